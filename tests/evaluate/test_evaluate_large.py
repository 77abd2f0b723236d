"""Deep, long and many: no recursion, no growth from line to line, no import that a scalar does not need."""

import subprocess
import sys
import tracemalloc

import pytest

from gradcli.evaluation import Session, evaluate

DEEP = 20_000

CASES = [
    ("sum", "+".join(["x"] * DEEP), float(DEEP), float(DEEP)),
    ("parentheses", "(" * DEEP + "x" + ")" * DEEP, 1.0, 1.0),
    ("signs", "-" * DEEP + "x", 1.0, 1.0),
    ("powers", "**".join(["x"] * DEEP), 1.0, 1.0),
    ("choices", "0 if x < 0 else " * DEEP + "x", 1.0, 1.0),
    ("calls", "f(t) = t + 1; " + "f(" * 5000 + "x" + ")" * 5000, 5001.0, 1.0),
    ("array", "sum([" + ",".join(["x"] * DEEP) + "])", float(DEEP), float(DEEP)),
    ("comparisons", "<=".join(["x"] * DEEP), 1.0, None),
]


@pytest.mark.parametrize(("text", "value", "gradient"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_deep(text, value, gradient):
    result = evaluate(text, x=1)
    assert (result.value, result.gradients["x"]) == (value, gradient)
    assert result.graph().root.value == value


def test_a_line_of_very_many_definitions():
    lines = ["f0(x) = x", *(f"f{i}(x) = f{i - 1}(x) + 1" for i in range(1, 10_000)), "f9999(x)"]
    assert evaluate("; ".join(lines), x=1).value == 10_000.0


def test_functions_hide_only_so_many_names(run):
    lines = ["f0(p0) = p0", *(f"f{i}(p{i}) = f{i - 1}(p{i})" for i in range(1, 3000))]
    assert run.failure("; ".join([*lines, "f2999(x)"]), {"x": 1})[:2] == (
        "call",
        "the functions called here have more than 1,000 parameters between them",
    )


def test_arrays_are_nested_only_so_deep(run):
    assert evaluate("sum(" + "[" * 64 + "x" + "]" * 64 + ")", x=3).value == 3.0
    kind, message, _, _ = run.failure("[" * 20_000 + "x" + "]" * 20_000, {"x": 3})
    assert (kind, message) == ("value", "an array has at most 64 axes")


def test_a_long_chain_of_functions():
    lines = ["f0(x) = x + 1", *(f"f{i}(x) = f{i - 1}(x)*1" for i in range(1, 3000)), "f2999(x)"]
    assert evaluate("\n".join(lines), x=1).value == 2.0


def test_a_stream_needs_no_more_memory_than_a_line():
    session = Session()
    session.set("x", 2)

    def lines(count):
        for number in range(count):
            for _ in session.run(f"y = {number}; sin(x)*y at x={number}", number):
                pass

    lines(200)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    lines(2000)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 50_000


def test_scalars_import_neither_numpy_nor_mpmath():
    code = (
        "import sys; from gradcli.evaluation.session import Session; s = Session(); s.set('x', '4'); "
        "list(s.run('z = sin(x**2)*2; z at x=1; f(t) = |t|; f(z); 1/0')); "
        "print([m for m in ('numpy', 'scipy', 'mpmath', 'lark', 'rich', 'dataclasses', "
        "'inspect') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
