"""derive: what a text's derivatives are of, by what, how often, and what cannot be derived."""

from __future__ import annotations

import pytest

from gradcli.evaluation.derive import derive, formula
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.language.parser import parse_expression
from gradcli.numbers.expression import postorder
from gradcli.rules.rulebook import NAMES


def shown(text: str, wrt: tuple[str, ...] = (), order: int = 1) -> dict[str, str]:
    return {partial.wrt: format(partial.formula) for partial in derive(text, wrt, order).partials}


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("f(x) = x**2 + 1; f(x)**3", {"x": "6*x*(x**2 + 1)**2"}),
        ("f(x) = a*x; f(y)**2", {"y": "2*a**2*y", "a": "2*a*y**2"}),
        ("y = x**2; sin(y)", {"x": "2*x*cos(x**2)"}),
        ("y = x**2\nz = y*y\nz*w", {"x": "4*w*x**3", "w": "x**4"}),
        ("x = 3; x**2", {"x": "2*x"}),
        ("const a = 3; a*x", {"x": "a"}),
        ("x**2 at x=3", {"x": "2*x"}),
        ("x**2; x**3", {"x": "3*x**2"}),
        ("a(x+1)", {"a": "x + 1", "x": "a"}),
        ("2πr", {"r": "2*pi"}),
        ("y*x", {"y": "x", "x": "y"}),
        ("3", {}),
        ("pi**2", {}),
        ("detach(x)*x", {"x": "x"}),
        ("diff(x**3, x)*x", {"x": "9*x**2"}),
        ("diff(sin(x), x, 2)", {"x": "-cos(x)"}),
        ("sum([x, x**2])", {"x": "2*x + 1"}),
        ("[x, y]*[2, 3]", {"x": "[2, 0]", "y": "[0, 3]"}),
        ("[[x, x**2], [1, 2]]", {"x": "[[1, 2*x], [0, 0]]"}),
        ("norm([x, y])", {"x": "x/sqrt(x**2 + y**2)", "y": "y/sqrt(x**2 + y**2)"}),
        ("[x, x**2, x**3][-1]", {"x": "3*x**2"}),
        ("x if x > 0 else -x", {"x": "where(x > 0, 1, -1)"}),
        ("x**2 if 0 < x < 1 else 0", {"x": "where(x > 0 and x < 1, 2*x, 0)"}),
        ("x**2 if not x < 1 else 0", {"x": "where(x >= 1, 2*x, 0)"}),
        ("0.1*x + 1/3", {"x": "0.1"}),
        ("1/3*x**2", {"x": "2*x/3"}),
        ("0.10000000000000000000000000000000001*x", {"x": "0.10000000000000000000000000000000001"}),
        ("x**25", {"x": "25*x**24"}),
        ("[1, 2]", {}),
        ("[[1, 2], [3, 4]]*1.5", {}),
        ("logsumexp([x, y])", {"x": "exp(x)/(exp(x) + exp(y))", "y": "exp(y)/(exp(x) + exp(y))"}),
    ],
)
def test_texts(text: str, formulas: dict[str, str]) -> None:
    assert shown(text) == formulas


def test_some_variables_in_the_order_asked_for() -> None:
    derivation = derive("x*y*z", ["z", "x"])
    assert [(partial.wrt, format(partial.formula)) for partial in derivation.partials] == [
        ("z", "x*y"),
        ("x", "y*z"),
    ]
    assert derivation.variables == ["x", "y", "z"]
    assert format(derivation.expression) == "x*y*z"


def test_the_derivative_of_a_constant_is_0_by_any_name() -> None:
    assert shown("pi**2", ("x",)) == {"x": "0"}


@pytest.mark.parametrize(("text", "formula"), [("[1, 2]", "[0, 0]"), ("[[1.5, 2]]", "[[0, 0]]")])
def test_the_derivative_of_a_constant_array_is_an_array_of_zeros(text: str, formula: str) -> None:
    assert shown(text, ("x",)) == {"x": formula}


def test_a_constant_of_nature_may_be_a_variable() -> None:
    assert shown("e**x", ("e",)) == {"e": "x*e**(x - 1)"}
    assert shown("e**x") == {"x": "e**x"}


@pytest.mark.parametrize(
    ("text", "order", "formula"),
    [
        ("x**2", 0, "x**2"),
        ("x**2", 3, "0"),
        ("log(1+x)", 6, "-120/(x + 1)**6"),
        ("sin(x)*exp(x)", 4, "-4*exp(x)*sin(x)"),
        ("exp(-x**2/2)", 6, "(x**6 - 15*x**4 + 45*x**2 - 15)*exp(-x**2/2)"),
        ("atan(x)", 5, "24*(5*x**4 - 10*x**2 + 1)/(x**2 + 1)**5"),
        ("sqrt(x)", 6, "-945/(64*x**(11/2))"),
        ("logsumexp([x, 0])", 2, "exp(x)/(exp(x) + 1)**2"),
        ("log(gamma(x))", 2, "polygamma(1, x)"),
        ("x**40", 30, "224844379201911853600532206127677440000000*x**10"),
        ("x**50", 30, "12501158328406120266757143916231576780800000000*x**20"),
        ("where(x > 0 and x < 1, x**3, 0)", 2, "where(x > 0 and x < 1, 6*x, 0)"),
        ("x**3 if not x > 0 else 0", 2, "where(x <= 0, 6*x, 0)"),
    ],
)
def test_orders(text: str, order: int, formula: str) -> None:
    found = shown(text, ("x",), order)["x"]
    assert found == formula
    assert format(parse_expression(found, functions=NAMES)) == found


def test_mixed_derivatives() -> None:
    found = derive("max(x, y)*x", order=2, mixed=True)
    assert [(partial.by, partial.order, format(partial.formula)) for partial in found.partials] == [
        (("x", "x"), 2, "where(x >= y, 2, 0)"),
        (("x", "y"), 2, "where(y > x, 1, 0)"),
        (("y", "y"), 2, "0"),
    ]
    assert len(found.notes) == 1
    (partial,) = derive("sec(x*y)", ["x", "y"], 2, mixed=True).partials[1:2]
    assert format(partial.formula) == "sec(x*y)*(x*y*(tan(x*y)**2 + sec(x*y)**2) + tan(x*y))"


def test_formula_of_a_parsed_expression() -> None:
    expression = parse_expression("a*x**3", functions=NAMES)
    assert format(formula(expression, "x", 2)) == "6*a*x"
    assert format(formula(expression, "t")) == "0"


@pytest.mark.parametrize(
    ("text", "order", "shown"),
    [
        ("x/x", 1, "0 + 0/x"),
        ("x^3/x", 2, "2 + 0/x"),
        ("log(sqrt(x))", 1, "1/(2*x) + 0/sqrt(x)"),
        ("x/x if x > -1 else x", 1, "where(x > -1, 0, 1) + where(x > -1, 0/x, 0)"),
        ("x**2", 1, "2*x"),
    ],
)
def test_a_guarded_formula_has_a_value_only_where_it_holds(text: str, order: int, shown: str) -> None:
    expression = parse_expression(text, functions=NAMES)
    assert format(formula(expression, "x", order, guarded=True)) == shown


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("x**2*abs(x)", []),
        ("(t^2 - 1)/(t - 1)", ["for t != 1"]),
        ("sqrt(x*x)/x", ["for x != 0"]),
        ("(x^2 - y^2)/(x - y)", ["for x != y"]),
        ("(y^2 - x^2)/(x^2 - 4)*(x^2 - 4)", ["by x: for x**2 != 4"]),
        ("atan(y/x)", ["by x: for x != 0"]),
        ("log(sqrt(5x - 7))", ["for x > 7/5"]),
        ("t + log(1 - t) - log(1 - t)", ["for t < 1"]),
        ("0*log(4 - x^2)", ["for -2 < x < 2"]),
        ("0*log(2 - x^2)", ["for x**2 < 2"]),
        ("0*sqrt(x^2 - 9)", ["for x**2 > 9"]),
        ("0*acosh(x)", ["for x > 1"]),
        ("0*atanh(x/2)", ["for -2 < x < 2"]),
        ("0*acosh(3x)", ["for x > 1/3"]),
        ("asin(x - 1) + acos(x - 1)", ["for x**2 <= 2*x"]),
        ("0*gamma(x)", ["for not (x <= 0 and x == floor(x))"]),
        ("0*log(x) + 0*sqrt(y)", ["by x: for x > 0", "by y: for y > 0"]),
        ("x/x if x > -1 else x", ["for x != 0 (where x > -1)"]),
        ("log(x)", []),
        (
            "max(x, y)",
            ["the formula leaves a convention of maximum out: a tie: the gradient is shared, half to each"],
        ),
        (
            "x**y",
            [
                "the formula leaves a convention of pow out: 0**0 is 1 and its gradient 0 by convention, "
                "as in PyTorch"
            ],
        ),
    ],
)
def test_notes(text: str, notes: list[str]) -> None:
    assert derive(text).notes == notes


@pytest.mark.parametrize(
    ("text", "wrt", "order", "message"),
    [
        ("sn(x)", (), 1, "unknown function 'sn'"),
        ("sin(x", (), 1, "')' is missing"),
        ("x**2", ("y",), 1, "--wrt names 'y', which is no variable here"),
        ("x**2", (), -1, "the order of a derivative is 0 or more"),
        ("x**2", (), 101, "the order of a derivative is at most 100"),
        ("diff(x**3, x, 1e9)", (), 1, "the order of a derivative is at most 100"),
        ("f(x) = x**2", (), 1, "there is no expression to differentiate"),
        ("backward x", (), 1, "a formula is made of expressions, bindings and functions"),
        ("[x, y][x]", (), 1, "an index must be known here, and x is not"),
        ("diff(x**3, x, y)", (), 1, "the order of a derivative must be known here, and y is not"),
        (
            "[x, [y]]",
            (),
            1,
            "the elements of an array must have one shape: x is a number, [y] is an array of shape (1,)",
        ),
    ],
)
def test_what_cannot_be_derived(text: str, wrt: tuple[str, ...], order: int, message: str) -> None:
    with pytest.raises(Diagnostic) as caught:
        derive(text, wrt, order)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "text",
    [
        "sin(" * 1000 + "x" + ")" * 1000,
        "*".join(f"sin({i}*x)" for i in range(1, 300)),
        "+".join(f"sin({i}*x)" for i in range(1, 1000)),
        "f(x) = 3.7*x*(1 - x); " + "f(" * 50 + "x" + ")" * 50,
        "1" + "".join(f"/(x + {i})" for i in range(1, 100)),
        "(" * 1000 + "x" + ")" * 1000,
        "*".join(["x"] * 1000),
        "+".join(f"x{i}**2" for i in range(300)) + " + x",
    ],
    ids=["chain", "product", "sum", "logistic", "quotient", "parentheses", "power", "variables"],
)
def test_large_texts_give_formulas_of_linear_size(text: str) -> None:
    (partial,) = derive(text, ["x"]).partials
    assert sum(1 for _ in postorder(partial.formula)) < 10_000
