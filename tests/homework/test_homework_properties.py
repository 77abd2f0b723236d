"""What holds for any expression: its derivative is right, one that is off by 1e-7 is wrong, diff is exact."""

from __future__ import annotations

import mpmath
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gradcli.autograd.rulebook import NAMES
from gradcli.evaluate import evaluate
from gradcli.homework import check
from gradcli.homework.derive import derive
from gradcli.language.format import format
from gradcli.language.parser import parse_expression

SMOOTH = ["sin", "cos", "exp", "atan", "tanh", "sinh", "cosh", "asinh", "sigmoid", "softplus", "erf"]
PARTIAL = ["log", "sqrt", "tan", "sec", "asin", "acosh", "log1p", "log2", "cot"]
KINKED = ["abs", "relu", "cbrt", "sign", "floor"]
NUMBERS = ["2", "3", "5", "7", "10", "0.5", "1.5", "0.1", "pi", "e"]
POINTS = ["0.37", "-1.73", "2.9", "14.3", "-0.021"]

# Seconds are the machine's business, and what a shrunk example looks like is more use than a fast run.
steady = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def grown(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts made of smaller ones, in every way the language has for x."""
    functions = st.sampled_from(SMOOTH) | st.sampled_from(PARTIAL) | st.sampled_from(KINKED)
    exponents = st.sampled_from(["2", "3", "4", "-1", "-2", "(1/2)", "(1/3)", "2.5"])
    return st.one_of(
        st.builds("{}({})".format, st.sampled_from(SMOOTH), part),
        st.builds("{}({})".format, functions, part),
        st.builds("({} {} {})".format, part, st.sampled_from("+-*/"), part),
        st.builds("({} {} {})".format, part, st.sampled_from("+-*"), part),
        st.builds("({})**{}".format, part, exponents),
        st.builds("{}**({})".format, st.sampled_from(["2", "e", "0.5"]), part),
        st.builds("{}*{}".format, st.sampled_from(NUMBERS), part),
        st.builds("-({})".format, part),
        st.builds("max({}, {})".format, part, part),
        st.builds("({0} if {1} > {2} else {1})".format, part, part, st.sampled_from(NUMBERS)),
    )


IN_X = st.recursive(st.sampled_from(["x", "x", "x", *NUMBERS]), grown, max_leaves=5)
WITH_A = st.recursive(st.sampled_from(["x", "x", "a", *NUMBERS[:4]]), grown, max_leaves=5)
EXPRESSIONS = (IN_X | WITH_A).filter(lambda text: "x" in text.replace("exp", "").replace("max", ""))


def derivative(f: str) -> str:
    """What `gradcli diff` prints for f by x."""
    return format(derive(f, ["x"]).partials[0].formula)


def at(text: str, x: str) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Value of the text and its derivative by x, at 60 digits."""
    result = evaluate(text, {"x": x, "a": "1.37"}, wrt=["x"] if mentions(text, "x") else (), precision=60)
    return result.value, result.gradients.get("x", mpmath.mpf(0))


def mentions(text: str, name: str) -> bool:
    """Whether the text has a variable of this name."""
    return name in derive(text).variables


def has_derivative_somewhere(f: str) -> bool:
    """Whether f and its derivative are numbers at one of the points at least."""
    return any(
        mpmath.isfinite(value) and mpmath.isfinite(slope) for value, slope in (at(f, x) for x in POINTS)
    )


@steady
@given(EXPRESSIONS)
def test_own_derivative_is_correct(f: str) -> None:
    verdict = check(f, derivative(f), "x")
    if verdict.verdict == "undecided":
        assert not has_derivative_somewhere(f), verdict.detail
    else:
        assert verdict.verdict == "correct", verdict.detail
        assert verdict.mistakes == []


@steady
@given(EXPRESSIONS)
def test_derivative_off_by_1e_7_is_wrong(f: str) -> None:
    assume(check(f, "0", "x").verdict == "wrong")  # of nothing, a ten-millionth is nothing
    verdict = check(f, f"({derivative(f)})*(1 + 1e-7)", "x")
    assert verdict.verdict == "wrong", verdict.detail
    assert verdict.counterexample is not None


@steady
@given(EXPRESSIONS)
def test_derivative_plus_a_wave_that_is_0_at_whole_numbers_is_wrong(f: str) -> None:
    assume(has_derivative_somewhere(f))
    verdict = check(f, f"({derivative(f)}) + sin(pi*x)", "x")
    assert verdict.verdict == "wrong", verdict.detail


@steady
@given(EXPRESSIONS)
def test_what_diff_prints_parses_back(f: str) -> None:
    printed = derivative(f)
    assert format(parse_expression(printed, functions=NAMES)) == printed


@steady
@given(EXPRESSIONS, st.sampled_from(POINTS))
def test_what_diff_prints_has_the_value_of_the_gradient(f: str, x: str) -> None:
    value, slope = at(f, x)
    assume(mpmath.isfinite(value) and mpmath.isfinite(slope))
    printed, _ = at(derivative(f), x)
    # Twenty digits of sixty are left for what a formula written otherwise cancels.
    assert mpmath.almosteq(printed, slope, 1e-40, 1e-40), (derivative(f), printed, slope)


@steady
@given(EXPRESSIONS)
def test_verdict_repeats(f: str) -> None:
    first, second = (check(f, f"({derivative(f)}) + x", "x") for _ in range(2))
    assert (first.verdict, first.points, first.detail) == (second.verdict, second.points, second.detail)


@pytest.mark.parametrize(
    "f", ["(x + 1)**40 - (x - 1)**40", "exp(x)*sinh(x) - cosh(x)*exp(x)", "log(x)/log(x)"]
)
def test_cancellation_costs_the_derivative_nothing(f: str) -> None:
    assert check(f, derivative(f)).verdict == "correct"
