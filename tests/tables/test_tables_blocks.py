"""A program over the rows of a table gives for every row what eval gives for it, and their sums."""

from __future__ import annotations

import math
import pickle
import random
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.evaluation.program import evaluate
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.parser import parse
from gradcli.numbers import shape_of
from gradcli.rules.rulebook import NAMES, RULES
from gradcli.tables import blocks
from gradcli.tables.blocks import Partial, Program

BCE = "-(y*log(sigmoid(w*x + b)) + (1 - y)*log(1 - sigmoid(w*x + b)))"
NAN, INF = math.nan, math.inf
EDGES = [0.0, -0.0, 1.0, -1.0, INF, -INF, NAN, 1e300, -1e-300, 3.0, 2.0, 0.5]


def close(a, b, digits=1e-15):
    """Equal to the last digits of a float, nan to nan."""
    a, b = float(a), float(b)
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= 2 * digits * abs(b)


def check_rows(program, text, columns, digits=1e-15, parameters=None, **options):
    """Every row against eval at that row."""
    found = program.run(columns)
    for row in range(len(next(iter(columns.values())))):
        at = {name: float(column[row]) for name, column in columns.items()}
        expected = evaluate(text, {**(parameters or {}), **at}, **options)
        assert close(found.value[row], expected.value, digits), (text, at, found.value[row], expected.value)
        for variable in expected.variables:
            if variable.name in found.gradients:
                gradient = 0.0 if variable.gradient is None else variable.gradient
                got = found.gradients[variable.name][row]
                assert close(got, gradient, digits), (text, at, variable.name, got, gradient)
            else:
                assert variable.gradient is None or variable.name not in program.names


def rows_around(value, seed):
    generator = np.random.default_rng(seed)
    values = [value, *generator.normal(size=5) * 2, *generator.random(4), *EDGES]
    return np.concatenate([values, generator.permutation(values), generator.permutation(values)])


def example(rule):
    """An example of the rulebook as a program for a table: arrays made of columns, the result a number."""
    statement = parse(rule.example, functions=NAMES)[-1]
    text = rule.example.split(" at ")[0]
    lines, columns = [], {}

    def spelled(name, value):
        if not shape_of(value):
            columns[name] = float(value)
            return name
        return "[" + ", ".join(spelled(f"{name}_{i}", part) for i, part in enumerate(value)) + "]"

    for binding in statement.bindings:
        start, end = binding.expression.span
        value = evaluate(rule.example[start:end]).value
        if shape_of(value):
            lines.append(f"{binding.name} = {spelled(binding.name, value)}")
        else:
            columns[binding.name] = float(value)
    shape = shape_of(evaluate(rule.example).value)
    lines.append(f"sum(sin({text}))" if shape else text)
    return "\n".join(lines), columns, bool(lines[1:])


EXAMPLES = [rule for rule in RULES.values() if rule.example]
# The float's digamma loses digits near its zeros, as PyTorch's; the terms of bce_with_logits cancel, and
# NumPy's exp and log differ from those of a float in the last place on processors with AVX-512.
DIGITS = {
    "beta": 1e-13, "digamma": 1e-13, "lgamma": 1e-13, "polygamma": 1e-13, "gamma": 1e-13,
    "bce_with_logits": 1e-14,
}  # fmt: skip
ROW_BY_ROW = {"diff", "det", "logdet"}


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.name)
def test_each_row_is_what_eval_says(rule):
    text, values, arrays = example(rule)
    program = Program(text)
    assert program.rowwise == (rule.name in ROW_BY_ROW)
    if not arrays:
        columns = {name: rows_around(value, seed) for seed, (name, value) in enumerate(values.items())}
    else:
        generator = np.random.default_rng(1)
        columns = {name: value + 0.3 * generator.random(7) for name, value in values.items()}
    check_rows(program, text, columns, 1e-14 if arrays else DIGITS.get(rule.name, 1e-15))


FORMULAS = [
    BCE,
    "norm([x, y])",
    "sum([x, x**2, 3])",
    "max(x, y) + min([x, y, 1])",
    "x if x > 0 else y",
    "log(x) if x > 0 else y",
    "(log(x) if x > 0 else x**2)*(1 if y > 1 else sqrt(y)) + x",
    "where(x > 0, log(x), 0)",
    "sqrt(x)*y if x > 0 and not y < 0 else exp(x) if x < -1 else x*y",
    "sigmoid(x) if 0 < x < 1 else 0",
    "x*detach(x)",
    "x**y + x**0.5 + x**3 + x**-1",
    "abs(x) + relu(y) + sign(x) + floor(y)",
    "[x, y] @ [[1, 2], [3, 4]] @ [y, 2]",
    "logsumexp([x, y, 0])",
    "softmax([x, y, x*y])[1]",
    "prod([x, y, 0]) + var([x, y, 1]) + std([x, y])",
    "norm([[x, 2], [y, 1]]) + sum([[x], [y]] + [1, 2])",
    "f(a, k) = a*exp(-k*a)\ng = f(x, y) + f(y, 2)\nc = 3\ng**2/c",
    "s = sigmoid(x)\ns*(1 - s)*s",
    "pi*x + e",
    "x + y",
    "3*x",
    "inv([[x, 1], [y, 5]])[0, 1]",
    "cumsum([x, y, x])[2]",
    "x/y//2 + x % y",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_row_by_row(text):
    program = Program(text)
    assert not program.rowwise
    generator = np.random.default_rng(3)
    edges = [] if "inv" in text else EDGES
    columns = {
        name: np.concatenate([generator.normal(size=20), generator.permutation(edges)])
        for name in dict.fromkeys((*program.names, *("xy" if not program.names else ())))
    }
    parameters = {name: value for name, value in (("w", 0.5), ("b", -1.0)) if name in program.names}
    if parameters:
        columns = {name: column for name, column in columns.items() if name not in parameters}
        program = Program(text, parameters)
    check_rows(program, text, columns, 1e-14, parameters)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("diff(sin(x**2), x)*y", {"x": [1.0, 2.0], "y": [3.0, -1.0]}),
        ("det([[x, 2], [3, y]])", {"x": [1.0, 2.0], "y": [6.0, 1.0]}),
        ("cross_entropy([x, y, 0], k)", {"x": [1.0, 2.0], "y": [6.0, 1.0], "k": [0.0, 2.0]}),
    ],
)
def test_what_differs_from_row_to_row_goes_row_by_row(text, columns):
    columns = {name: np.array(values) for name, values in columns.items()}
    program = Program(text)
    assert program.rowwise
    check_rows(program, text, columns)
    total = program.reduce(columns).result("sum")[0]
    assert close(total, math.fsum(program.run(columns).value))


def test_nan_stays_in_its_row():
    x = np.array([1.0, NAN, -1.0, INF, 2.0])
    found = Program("log(x)**2").run({"x": x})
    assert np.isnan(found.value).tolist() == [False, True, True, False, False]
    assert found.gradients["x"][[0, 4]].tolist() == [0.0, 2 * math.log(2) / 2]


def test_a_branch_that_is_not_taken_lets_no_nan_in():
    x = np.array([-1.0, 0.0, 4.0])
    found = Program("sqrt(x) if x > 0 else 2*x").run({"x": x})
    assert found.value.tolist() == [-2.0, 0.0, 2.0]
    assert found.gradients["x"].tolist() == [2.0, 2.0, 0.25]
    assert np.isnan(Program("where(x > 0, log(x), x)*0").run({"x": -x}).gradients["x"]).tolist() == [
        False, True, False,
    ]  # fmt: skip


def test_parameters_have_a_gradient_in_every_row():
    x = np.array([1.0, 2.0, 3.0])
    program = Program("w*x + b*c", {"w": 2.0, "b": "1/4", "c": 4}, const=["c"])
    assert (program.names, program.variables) == (("x",), ("w", "x", "b"))
    found = program.run({"x": x, "other": x})
    assert found.value.tolist() == [3.0, 5.0, 7.0]
    assert {name: g.tolist() for name, g in found.gradients.items()} == {
        "w": [1.0, 2.0, 3.0], "x": [2.0, 2.0, 2.0], "b": [4.0, 4.0, 4.0],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        ({}, ("w", "x", "b", "y")),
        ({"wrt": ["y", "w"]}, ("y", "w")),
        ({"const": ["y", "x"]}, ("w", "b")),
        ({"wrt": ["x"], "const": ["w"]}, ("x",)),
    ],
)
def test_which_gradients(options, variables):
    program = Program("(w*x + b - y)**2", {"w": 1, "b": 2}, **options)
    assert program.variables == variables
    assert tuple(program.run({"x": np.ones(2), "y": np.ones(2)}).gradients) == variables


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("sn(x)", {}, "unknown function 'sn'"),
        ("x +", {}, None),
        ("y = 2", {}, "the program for a table ends in the expression that is wanted"),
        ("backward x\nx", {}, "this statement has no meaning for the rows of a table"),
        ("[x, 1]", {}, "a row gives an array of shape (2,), where a column has one number a row"),
        ("[1, 2]", {}, "a row gives an array of shape (2,), where a column has one number a row"),
        ("x", {"wrt": ["z"]}, None),
        ("x", {"const": ["z"]}, None),
        ("u = x**2\nu + x", {"wrt": ["u"]},
         "u is computed: a table has gradients with respect to columns and parameters"),
        ("sum(w*x)", {"parameters": {"w": "[1, 2]"}},
         "w is an array, and its gradient no column"),
    ],
)  # fmt: skip
def test_what_is_refused(text, options, message):
    with pytest.raises(Diagnostic) as refused:
        Program(text, **options)
    assert message is None or refused.value.message == message


def test_columns_before_constants_where_the_table_has_them():
    assert Program("e*x").names == ("x",)
    assert Program("e*x", columns=["e", "x"]).names == ("e", "x")
    assert Program("e*x", columns=["e", "x"]).run({"e": np.array([3.0]), "x": np.array([2.0])}).value == 6.0


def test_a_constant_program_and_no_rows():
    assert Program("2*3").run({"x": np.ones(3)}).value.tolist() == [6.0, 6.0, 6.0]
    program = Program("x**2")
    assert program.run({"x": np.ones(0)}).value.tolist() == []
    empty = program.reduce({"x": np.ones(0)})
    assert empty.result("sum") == (0.0, {"x": 0.0})
    assert math.isnan(empty.result("mean")[0])


def test_arrays_as_constant_parameters():
    program = Program("sum(w*[x, x**2])", {"w": "[1, 2]"}, const=["w"])
    assert program.run({"x": np.array([1.0, 2.0])}).gradients["x"].tolist() == [5.0, 9.0]


# --- many rows ---


@pytest.fixture(scope="module")
def many():
    generator = np.random.default_rng(0)
    return {"x": generator.normal(size=50_021) * 3, "y": (generator.random(50_021) < 0.5) * 1.0}


@pytest.mark.parametrize("text", [BCE, "x*exp(-y*x) if x > 0 else w*y**3", "b + w*norm([x, y, 1])"])
def test_blocks_and_threads_make_no_difference(text, many, monkeypatch):
    parameters = {"w": 0.5, "b": -0.25}
    whole, totals = None, {}
    for rows, threads in ((8192, 1), (100, 3), (60_000, 1), (16384, 2), (8192, 3), (1777, 2), (60_000, 2)):
        monkeypatch.setattr(blocks, "ROWS", rows)
        program = Program(text, {k: v for k, v in parameters.items() if k in text}, threads=threads)
        found, total = program.run(many), program.reduce(many)
        everything = [found.value, *found.gradients.values()]
        result = total.result("sum"), total.result("mean"), total.rows
        assert whole is None or all(map(np.array_equal, whole, everything))
        assert totals.setdefault(rows, result) == result
        whole = everything
    expected = [math.fsum(column) for column in whole]
    assert [totals[100][0][0], *totals[100][0][1].values()] == expected
    assert [totals[100][1][0], *totals[100][1][1].values()] == [total / len(many["x"]) for total in expected]
    for found, *_ in totals.values():
        for total, column in zip((found[0], *found[1].values()), whole, strict=True):
            assert abs(total - math.fsum(column)) <= 1e-15 * math.fsum(abs(column))


def test_parts_of_a_table_add_up_in_any_order(many):
    program = Program(BCE, {"w": 0.5, "b": 1})
    cuts = [0, 13, 5000, 5001, 33_333, len(many["x"])]
    pieces = [program.reduce({name: column[a:b] for name, column in many.items()}) for a, b in pairwise(cuts)]
    whole = reduce(Partial.merge, pieces, Partial()).result("sum")
    for seed in range(3):
        random.Random(seed).shuffle(pieces)
        total = Partial()
        for piece in pieces:
            total.merge(pickle.loads(pickle.dumps(piece)))
        assert total.result("sum") == whole
        assert total.rows == len(many["x"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1e16, 1.0, -1e16], 1.0),
        ([1e20, 1.0, -1e20, 2.0] * 5, 15.0),
        ([INF, 1.0], INF),
        ([INF, -INF], NAN),
        ([NAN, 1.0], NAN),
        ([1e-320, 1e-320], 2e-320),
        ([1e200, -1e200, 3.0], 3.0),
        ([1.7e308, 1.7e308], INF),
        ([0.1] * 10, 1.0),
    ],
)
def test_sums_of_few_rows_are_exact_to_the_last_digit(values, expected, monkeypatch):
    for rows in (1, 2, 100):
        monkeypatch.setattr(blocks, "ROWS", rows)
        value, gradients = Program("x").reduce({"x": np.array(values)}).result("sum")
        assert close(value, expected, 0.0) or rows == 100
        assert gradients["x"] == len(values)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300), st.integers(1, 50))
def test_sums_of_few_rows_are_those_of_fsum(values, cut):
    x = np.array(values)
    total = Partial()
    program = Program("x")
    for start in range(0, len(x), cut):
        total.merge(program.reduce({"x": x[start : start + cut]}))
    assert close(total.result("sum")[0], math.fsum(values), 1e-16) or abs(math.fsum(values)) < 1e-12


def test_a_long_program_takes_fewer_rows_at_a_time():
    long = Program(" + ".join(f"x**{i}*sin({i}*y)" for i in range(2, 202)))
    workspace = long._workspace(long._kernel)
    assert sum(len(buffer) for buffer in workspace._buffers.values()) <= blocks.MOST
    short = Program("sin(x)*y")
    assert {len(buffer) for buffer in short._workspace(short._kernel)._buffers.values()} == {blocks.ROWS}
    columns = {"x": np.linspace(0.1, 0.9, 70_000), "y": np.linspace(-1, 1, 70_000)}
    found = long.run(columns).value
    assert close(found[69_999], evaluate(long.text, x=0.9, y=1.0).value, 1e-12)
    assert close(long.reduce(columns).result("sum")[0], math.fsum(found), 1e-12)


def test_shared_operations_are_computed_once():
    assert len(Program("sin(x)*y + sin(x)*y", wrt=["y"])._kernel.calls) == 4


def test_long_chains():
    text = " + ".join(f"{i}*x" for i in range(3000))
    assert Program(text).run({"x": np.ones(2)}).gradients["x"].tolist() == [3000 * 2999 / 2] * 2


def test_buffers_of_which_others_are_views_stay():
    text = "s = sin(x)\nu = [s, s*y]\nv = exp(s)*cos(y)\nsum(u*[v, 2]) + u[0]*v + s"
    program = Program(text)
    generator = np.random.default_rng(5)
    check_rows(program, text, {"x": generator.normal(size=9), "y": generator.normal(size=9)}, 1e-14)


def test_what_was_given_out_is_not_written_to_again(many):
    program = Program("sin(x)*y", threads=1)
    found = program.run(many)
    before = [found.value.copy(), found.gradients["x"].copy(), many["x"].copy()]
    program.run({name: column[::-1] for name, column in many.items()})
    program.reduce({name: column + 1.0 for name, column in many.items()})
    assert all(map(np.array_equal, before, [found.value, found.gradients["x"], many["x"]]))


def test_large_constant_arrays_are_told_apart():
    text = "a = arange(2000)\nsum(a*x) - sum((a - 1000*(a == 1000))*x)"
    program = Program(text, const=["a"])
    assert program.run({"x": np.array([1.0, 2.0])}).value.tolist() == [1000.0, 2000.0]


def test_a_row_that_has_no_value_is_an_error_unless_a_cell_is_missing():
    inverse = Program("inv([[x, 2], [1, y]])[0, 0]")
    fine = {"x": np.array([1.0, 3.0]), "y": np.array([1.0, 4.0])}
    assert not inverse.rowwise
    check_rows(inverse, inverse.text, fine, 1e-14)
    for compute in (inverse.run, inverse.reduce):
        with pytest.raises(Diagnostic, match="singular"):
            compute({"x": np.array([1.0, 2.0]), "y": np.array([1.0, 1.0])})
    classes = Program("cross_entropy([x, 0], k)")
    found = classes.run({"x": np.array([1.0, 2.0]), "k": np.array([0.0, NAN])})
    assert np.isnan(found.value).tolist() == [False, True]
    with pytest.raises(Diagnostic, match="class"):
        classes.run({"x": np.array([1.0]), "k": np.array([7.0])})
