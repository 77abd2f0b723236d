"""Time a scalar operation forward and backward on long chains, beside PyTorch where it is installed.

    python tests/benchmarks/chain.py [OPERATIONS] [ROUNDS]

Each round runs the contestants one after the other in this one process; their results are compared before any
time is printed. Then a chain and a sum of a million operations, with time and peak memory, at a quarter, a
half and all of the million, so that it is seen whether they grow in proportion.
"""

from __future__ import annotations

import gc
import subprocess
import sys
from math import isclose
from statistics import median
from time import perf_counter
from typing import Any

import gradcli.autograd as gradcli

OPERATIONS = 300_000
ROUNDS = 5
MILLION = 1_000_000


def products(library: Any, n: int) -> tuple[Any, Any]:
    """x*w*w*...: two operands, each of which wants a gradient."""
    x = library.tensor(1.0, requires_grad=True, dtype=library.float64)
    w = library.tensor(1.0000001, requires_grad=True, dtype=library.float64)
    y = x
    for _ in range(n):
        y = y * w
    return x, y


def affine(library: Any, n: int) -> tuple[Any, Any]:
    """Alternately times and plus a Python number."""
    x = library.tensor(1.0, requires_grad=True, dtype=library.float64)
    y = x
    for _ in range(n // 2):
        y = y * 0.999999 + 0.000001
    return x, y


def sines(library: Any, n: int) -> tuple[Any, Any]:
    """sin(sin(sin(...)))."""
    x = library.tensor(1.0, requires_grad=True, dtype=library.float64)
    y, sin = x, library.sin
    for _ in range(n):
        y = sin(y)
    return x, y


def terms(library: Any, n: int) -> tuple[Any, Any]:
    """x + x + x + ..."""
    x = library.tensor(1.0, requires_grad=True, dtype=library.float64)
    y = x
    for _ in range(n - 1):
        y = y + x
    return x, y


GRAPHS = {"products": products, "affine": affine, "sines": sines, "terms": terms}


def run(library: Any, name: str, n: int) -> tuple[float, float, float, float]:
    """Microseconds an operation forward, backward and to delete, and the gradient."""
    gc.collect()
    start = perf_counter()
    x, y = GRAPHS[name](library, n)
    built = perf_counter()
    y.backward()
    done = perf_counter()
    gradient = x.grad.item()
    del y
    deleted = perf_counter()
    scale = 1e6 / n
    return (built - start) * scale, (done - built) * scale, (deleted - done) * scale, gradient


def beside(libraries: dict[str, Any], name: str, n: int, rounds: int) -> None:
    """Print the medians of one graph for each library, and the ratio of the first two."""
    results: dict[str, list[tuple[float, float, float, float]]] = {key: [] for key in libraries}
    for _ in range(rounds):
        for key, library in libraries.items():
            results[key].append(run(library, name, n))
    gradients = [r[3] for found in results.values() for r in found]
    if not all(isclose(g, gradients[0], rel_tol=1e-12) for g in gradients):
        raise SystemExit(f"{name}: the gradients differ: {sorted(set(gradients))}")
    totals = {}
    for key, found in results.items():
        forward, backward, deleted = (median(r[i] for r in found) for i in range(3))
        totals[key] = median(r[0] + r[1] for r in found)
        print(
            f"{name:9} {key:8} forward {forward:6.2f}  backward {backward:6.2f}  both {totals[key]:6.2f}  "
            f"delete {deleted:5.2f}  us an operation"
        )
    if "torch" in totals:
        print(f"{name:9} gradcli / torch = {totals['gradcli'] / totals['torch']:.3f}")


def peak_memory() -> int:
    """The most memory that this process has used, in KiB."""
    with open("/proc/self/status", encoding="ascii") as lines:  # getrusage would count the parent's too
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def grow(name: str, n: int) -> None:
    """Print time and peak memory of one graph; meant for a process of its own."""
    before = peak_memory()
    forward, backward, deleted, gradient = run(gradcli, name, n)
    peak = peak_memory()
    print(
        f"{name:9} {n:9,}  {(forward + backward + deleted) * n / 1e6:6.2f} s  {(peak - before) / 1024:7.1f} "
        f"MiB  "
        f"{(peak - before) * 1024 / n:5.0f} bytes an operation  gradient {gradient:.15g}"
    )


def main(arguments: list[str]) -> None:
    """Run everything, or with `grow NAME N` one graph."""
    if arguments[:1] == ["grow"]:
        grow(arguments[1], int(arguments[2]))
        return
    n = int(arguments[0]) if arguments else OPERATIONS
    rounds = int(arguments[1]) if len(arguments) > 1 else ROUNDS
    libraries: dict[str, Any] = {"gradcli": gradcli}
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: gradcli alone")
    else:
        torch.set_num_threads(1)
        libraries["torch"] = torch
    for name in GRAPHS:
        beside(libraries, name, n, rounds)
    for name in ("products", "terms"):
        for share in (4, 2, 1):
            subprocess.run([sys.executable, __file__, "grow", name, str(MILLION // share)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
