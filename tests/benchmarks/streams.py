"""Time a line of `gradcli eval --json < lines`, start-up aside, against Python loops with other libraries.

The loop is CPython's `eval` with PyTorch's tensors and `.backward()`, run by a Python that has PyTorch; HIPS
autograd, CasADi and SymPy are measured, too, on the first of the lines, where that Python has them. The lines
differ from each other: by their numbers alone (templates), or in all that they are made of (random). What
comes out is compared before the times are.

Run with the Python that has gradcli installed:
`python tests/benchmarks/streams.py [--torch PYTHON] [--lines N] [--runs N] [--jobs N]`; with `--jobs 2` and
100,000 lines or more it tells what a second process brings.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

GRADCLI = str(Path(sysconfig.get_path("scripts")) / "gradcli")
GOAL = 0.5
COMPARED = 2000
TEMPLATES = [
    "sin({a}*x**2) at x={x}",
    "log(x**2 + {a}) at x={x}",
    "x*exp(-{a}*x) at x={x}",
    "x**5 - {a}*x + {b} at x={x}",
    "tanh({a}*x + {b})*y at x={x}, y={y}",
    "sqrt(x**2 + {a}*y**2) at x={x}, y={y}",
    "(x + {a})*(y - {b})/x at x={x}, y={y}",
    "-(y*log(sigmoid(w*x+b)) + (1-y)*log(1-sigmoid(w*x+b))) at x={x}, y={y}, w={w}, b={v}",
]
FUNCTIONS = ("sin", "cos", "exp", "log", "sqrt", "tanh", "sigmoid")

# With it Python would hand over every line by itself, and wake up whoever reads it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}

PEERS = {"torch": None, "autograd": COMPARED, "casadi": COMPARED, "sympy": 50}
"""The other libraries, and how many of the lines each is given; None: all of them."""

PEER = """
import json, sys, time
which, path, count = sys.argv[1:]
names = ("sin", "cos", "exp", "log", "sqrt", "tanh")
if which == "torch":
    import torch
    functions = {name: getattr(torch, name) for name in (*names, "sigmoid")}
    def answer(text, values):
        leaves = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in values.items()}
        out = eval(text, {**functions, **leaves})
        out.backward()
        return out.item(), {name: leaf.grad.item() for name, leaf in leaves.items()}
elif which == "autograd":
    import autograd.numpy as np
    from autograd import value_and_grad
    functions = {name: getattr(np, name) for name in names}
    functions["sigmoid"] = lambda x: 1 / (1 + np.exp(-x))
    def answer(text, values):
        f = lambda point: eval(text, {**functions, **point})
        out, gradients = value_and_grad(f)(values)
        return float(out), {name: float(g) for name, g in gradients.items()}
elif which == "casadi":
    import casadi
    functions = {name: getattr(casadi, name) for name in names}
    functions["sigmoid"] = lambda x: 1 / (1 + casadi.exp(-x))
    def answer(text, values):
        symbols = {name: casadi.SX.sym(name) for name in values}
        out = eval(text, {**functions, **symbols})
        point = casadi.vertcat(*symbols.values())
        found = casadi.Function("f", [point], [out, casadi.gradient(out, point)])([*values.values()])
        return float(found[0]), {name: float(g) for name, g in zip(values, found[1].full().ravel())}
else:
    import sympy
    functions = {name: getattr(sympy, name) for name in names}
    functions["sigmoid"] = lambda x: 1 / (1 + sympy.exp(-x))
    def answer(text, values):
        symbols = {name: sympy.Symbol(name, real=True) for name in values}
        out = sympy.sympify(eval(text, {**functions, **symbols}))
        point = {symbols[name]: value for name, value in values.items()}
        return float(out.evalf(subs=point)), {
            name: float(out.diff(symbol).evalf(subs=point)) for name, symbol in symbols.items()
        }
lines = open(path).read().splitlines()[:int(count)]
found = []
begin = time.perf_counter()
for line in lines:
    text, _, bindings = line.partition(" at ")
    pairs = (binding.split("=") for binding in bindings.split(", "))
    found.append(answer(text, {name: float(value) for name, value in pairs}))
print(json.dumps([(time.perf_counter() - begin) / len(lines), found[:2000]]))
"""


def template(draw: random.Random) -> str:
    """A line that differs from others in its numbers alone."""
    numbers = {name: f"{draw.uniform(0.1, 9):.4g}" for name in "ab"}
    numbers |= {name: f"{draw.uniform(0.01, 0.99):.4f}" for name in "xywv"}
    return draw.choice(TEMPLATES).format(**numbers)


def formula(draw: random.Random, size: int, names: list[str]) -> str:
    """A formula of so many operations, whatever they are."""
    if size == 0:
        return draw.choice(names) if draw.random() < 0.75 else f"{draw.uniform(0.1, 9):.3g}"
    name = draw.choice(names)
    kind = draw.random()
    if kind < 0.3:
        inner = formula(draw, size - 1, names)
        function = draw.choice(FUNCTIONS)
        if function in ("log", "sqrt", "exp"):
            return f"{function}({draw.uniform(1, 3):.2f} + {name}**2)"
        return f"{function}({inner} - {name})"
    if kind < 0.4:
        return f"({formula(draw, size - 1, names)})**{draw.choice((2, 3))}"
    left = formula(draw, (size - 1) // 2, names)
    right = formula(draw, size - 1 - (size - 1) // 2, names)
    sign = draw.choice(("+", "-", "*", "*", "/"))
    return f"({left})/({name}**2 + {draw.uniform(1, 5):.2f})" if sign == "/" else f"({left} {sign} {right})"


def any_line(draw: random.Random) -> str:
    """A line that has hardly anything in common with others."""
    names = draw.sample("xywbta", draw.randint(1, 3))
    text = formula(draw, draw.randint(2, 8), names)
    used = set(re.findall(r"[a-z]+", text))
    text = " + ".join([text, *(name for name in names if name not in used)])
    if not 8 <= len(text) <= 75:
        return any_line(draw)
    return f"{text} at " + ", ".join(f"{name}={draw.uniform(0.01, 2):.4f}" for name in names)


def ours(path: Path, jobs: int) -> tuple[float, list[tuple[float, dict[str, float]]]]:
    """Seconds a line of a whole process less that of one with a single line, and what it found."""
    command = [GRADCLI, "eval", "--json", *(["--jobs", str(jobs)] if jobs > 1 else [])]
    lines = path.read_bytes()
    times = []
    for text in (b"x at x=1\n", lines):
        begin = time.perf_counter()
        done = subprocess.run(command, input=text, check=True, capture_output=True, env=ENVIRONMENT)
        times.append(time.perf_counter() - begin)
    found = [json.loads(line) for line in done.stdout.splitlines()[:COMPARED]]
    return (times[1] - times[0]) / lines.count(b"\n"), [(f["value"], f["gradients"]) for f in found]


def peer(
    python: str, which: str, path: Path, count: int
) -> tuple[float, list[tuple[float, dict[str, float]]]] | None:
    """Seconds a line of another library, and what it found; None where it is not installed."""
    command = [python, "-c", PEER, which, str(path), str(count)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=ENVIRONMENT)
    if "ModuleNotFoundError" in done.stderr:
        return None
    assert done.returncode == 0, done.stderr
    seconds, found = json.loads(done.stdout.splitlines()[-1])
    return seconds, found


def compare(mine: list[tuple[float, dict[str, float]]], theirs: list[tuple[float, dict[str, float]]]) -> None:
    """Refuse answers that differ."""
    for (value, gradients), (other, others) in zip(mine, theirs, strict=False):
        assert math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-12), (value, other)
        assert gradients.keys() == others.keys()
        for name, gradient in gradients.items():
            assert math.isclose(gradient, others[name], rel_tol=1e-6, abs_tol=1e-9), (gradient, others[name])


def against(which: str, python: str, path: Path, count: int, runs: int) -> str:
    """What to say of a peer and gradcli, run by turns: medians, and the median of the ratios."""
    pairs = []
    for _ in range(runs):
        theirs = peer(python, which, path, count)
        if theirs is None:
            return f"{which} is not installed"
        mine = ours(path, 1)
        compare(mine[1], theirs[1])
        pairs.append((theirs[0], mine[0]))
    other, own = (statistics.median(column) * 1e6 for column in zip(*pairs, strict=True))
    ratio = statistics.median(own / other for other, own in pairs)
    goal = f" (goal {GOAL})" if which == "torch" else ""
    return f"{which:8} {other:6.0f} us a line   gradcli {own:5.0f} us   ratio {ratio:.3f}{goal}"


def alone(path: Path, jobs: int, runs: int) -> str:
    """What to say of one process and several, by turns."""
    pairs = []
    for _ in range(runs):
        one, many = ours(path, 1), ours(path, jobs)
        assert one[1] == many[1]
        pairs.append((one[0], many[0]))
    one, many = (statistics.median(column) * 1e6 for column in zip(*pairs, strict=True))
    times = statistics.median(one / many for one, many in pairs)
    return f"--jobs {jobs}  {many:5.0f} us a line   without {one:5.0f} us   {times:.2f} times as fast"


def main() -> None:
    """Alternate peers and gradcli; print medians and the ratio beside the goal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--torch", default=sys.executable, metavar="PYTHON", help="a Python with PyTorch")
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1)
    call = parser.parse_args()
    for kind, make in (("templates", template), ("random", any_line)):
        draw = random.Random(1)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "lines")
            path.write_text("".join(make(draw) + "\n" for _ in range(call.lines)))
            if call.jobs > 1:
                print(f"{kind:9}  {alone(path, call.jobs, call.runs)}")
                continue
            for which, most in PEERS.items():
                count = call.lines if most is None else most
                runs = call.runs if most is None else 1
                print(f"{kind:9}  {against(which, call.torch, path, count, runs)}", flush=True)
    print(f"load average {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
