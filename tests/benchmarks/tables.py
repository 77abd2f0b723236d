"""Time of a table's rows through one expression, with gradients, against PyTorch eager and a jitted JAX.

4 million rows, float64, all processors: per row the value and its gradient with respect to every parameter
and column, then the mean of the value and its gradient with respect to the parameters. The peers do the same
work, PyTorch with a cotangent of ones and its default threads, JAX by jit(vmap(value_and_grad)); the results
are compared before their times are, which are medians of alternating runs.

Run with a Python that has torch and jax: `PYTHONPATH=. python tests/benchmarks/tables.py [RUNS [ROWS]]`.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
import torch

from gradcli.tables.blocks import Program

if TYPE_CHECKING:
    from collections.abc import Callable

GOALS = {"torch": 1.5, "jax": 1.3}
PARAMETERS = {"w": 0.5, "b": -0.25}

# The text, and the same for a peer whose functions are in `m`: of w, b, x, y.
FORMULAS: dict[str, tuple[str, Callable[..., Any], list[str]]] = {
    "bce": (
        "-(y*log(sigmoid(w*x + b)) + (1 - y)*log(1 - sigmoid(w*x + b)))",
        lambda m, w, b, x, y: -(y * m.log(m.sigmoid(w * x + b)) + (1 - y) * m.log(1 - m.sigmoid(w * x + b))),
        ["w", "b", "x"],
    ),
    "polynomial": (
        "(w*x**2 + b*x - y)**2",
        lambda m, w, b, x, y: (w * x**2 + b * x - y) ** 2,
        ["w", "b", "x", "y"],
    ),
    "sin and exp": (
        "sin(w*x)*exp(b*y**2)",
        lambda m, w, b, x, y: m.sin(w * x) * m.exp(b * y**2),
        ["w", "b", "x", "y"],
    ),
}
ORDER = ["w", "b", "x", "y"]
Results = list["np.ndarray[Any, Any]"]


class Jax:
    """The functions that the formulas use, by JAX."""

    log, exp, sin, sigmoid = jnp.log, jnp.exp, jnp.sin, staticmethod(jax.nn.sigmoid)


def ours(text: str, wrt: list[str], columns: dict[str, Any]) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Per row, and reduced: each gives the value and the gradients in the order of `wrt`."""
    rows = Program(text, PARAMETERS, wrt=wrt)
    reduced = Program(text, PARAMETERS, wrt=["w", "b"])

    def each() -> Results:
        block = rows.run(columns)
        return [block.value, *(block.gradients[name] for name in wrt)]

    def mean() -> list[float]:
        value, gradients = reduced.reduce(columns).result("mean")
        return [value, gradients["w"], gradients["b"]]

    return each, mean


def pytorch(
    f: Callable[..., Any], wrt: list[str], columns: dict[str, Any]
) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The same; a parameter's gradient of each row is that of a column which repeats it."""
    x, y = (torch.from_numpy(columns[name]) for name in "xy")
    n = len(x)
    ones = torch.ones(n, dtype=torch.float64)

    def each() -> Results:
        given = {name: torch.full((n,), value, dtype=torch.float64) for name, value in PARAMETERS.items()}
        given |= {"x": x.detach(), "y": y.detach()}
        for name in wrt:
            given[name].requires_grad_(True)
        value = f(torch, *(given[name] for name in ORDER))
        gradients = torch.autograd.grad(value, [given[name] for name in wrt], ones)
        return [value.detach().numpy(), *(g.numpy() for g in gradients)]

    def mean() -> list[float]:
        w, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in PARAMETERS.values())
        value = f(torch, w, b, x.detach(), y.detach()).mean()
        return [float(value.detach()), *map(float, torch.autograd.grad(value, [w, b]))]

    return each, mean


def jitted(
    f: Callable[..., Any], wrt: list[str], columns: dict[str, Any]
) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The same, compiled before it is timed."""
    x, y = (jnp.asarray(columns[name]) for name in "xy")

    def of_row(w: Any, b: Any, x: Any, y: Any) -> Any:
        return f(Jax, w, b, x, y)

    argnums = tuple(ORDER.index(name) for name in wrt)
    rows = jax.jit(jax.vmap(jax.value_and_grad(of_row, argnums), (None, None, 0, 0)))
    whole = jax.jit(jax.value_and_grad(lambda w, b, x, y: of_row(w, b, x, y).mean(), (0, 1)))
    w, b = PARAMETERS.values()

    def each() -> Results:
        value, gradients = jax.block_until_ready(rows(w, b, x, y))
        return [np.asarray(value), *map(np.asarray, gradients)]

    def mean() -> list[float]:
        value, gradients = jax.block_until_ready(whole(w, b, x, y))
        return [float(value), *map(float, gradients)]

    return each, mean


def compare(name: str, work: str, runs: dict[str, Callable[[], Any]], count: int) -> None:
    """Check that all say the same, time them in turn, print medians and the ratios beside the goals."""
    expected = runs["gradcli"]()
    for peer, run in runs.items():
        for mine, theirs in zip(expected, run(), strict=True):
            np.testing.assert_allclose(theirs, mine, rtol=1e-9, atol=1e-12, err_msg=f"{name}, {peer}")
    times: dict[str, list[float]] = {peer: [] for peer in runs}
    for _ in range(count):
        for peer, run in runs.items():
            time.sleep(0.05)  # until the threads of the one before have gone to sleep
            begin = time.perf_counter()
            found = run()
            times[peer].append(time.perf_counter() - begin)
            del found
    medians = {peer: statistics.median(some) for peer, some in times.items()}
    shown = "   ".join(f"{peer} {seconds * 1e3:6.1f} ms" for peer, seconds in medians.items())
    ratios = []
    for peer, goal in GOALS.items():
        pairs = zip(times[peer], times["gradcli"], strict=True)
        ratios.append(f"{peer}/gradcli {statistics.median(a / b for a, b in pairs):.2f} (goal {goal})")
    print(f"{name:12} {work:8} {shown}   {'   '.join(ratios)}")


def main(count: int = 9, rows: int = 4_000_000) -> None:
    """Every formula, row by row and reduced."""
    jax.config.update("jax_enable_x64", True)
    generator = np.random.default_rng(0)
    columns = {"x": generator.normal(size=rows), "y": (generator.random(rows) < 0.5) * 1.0}
    print(f"{rows:,} rows, {torch.get_num_threads()} threads, medians of {count}")
    for name, (text, f, wrt) in FORMULAS.items():
        kinds = {
            "gradcli": ours(text, wrt, columns),
            "torch": pytorch(f, wrt, columns),
            "jax": jitted(f, wrt, columns),
        }
        for position, work in enumerate(("each row", "mean")):
            compare(name, work, {kind: both[position] for kind, both in kinds.items()}, count)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
