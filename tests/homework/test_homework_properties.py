"""What holds for any expression: its derivative is right, one that is off by 1e-7 is wrong, diff is exact."""

from __future__ import annotations

import mpmath
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gradcli.evaluation import evaluate
from gradcli.evaluation.derive import derive
from gradcli.homework import check
from gradcli.language.format import format
from gradcli.language.parser import parse_expression
from gradcli.rules.rulebook import NAMES

SMOOTH = ["sin", "cos", "exp", "atan", "tanh", "sinh", "cosh", "asinh", "sigmoid", "softplus", "erf"]
PARTIAL = ["log", "sqrt", "tan", "sec", "asin", "acosh", "log1p", "log2", "cot"]
KINKED = ["abs", "relu", "cbrt", "sign", "floor"]
NUMBERS = ["2", "3", "5", "7", "10", "0.5", "1.5", "0.1", "pi", "e"]
EXPONENTS = ["2", "3", "4", "-1", "-2", "(1/2)", "(1/3)", "2.5", "1.1", "0.91", "-0.3", "(2/3)"]
POINTS = ["0.37", "-1.73", "2.9", "14.3", "-0.021"]

steady = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


LEAVES = ["x", "x", "x", "x", "a", *NUMBERS]


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """A text of up to four operations on top of each other, in every way the language has for x."""
    return grown(draw, draw(st.integers(1, 4)))


def grown(draw: st.DrawFn, depth: int) -> str:
    """A text with x in it whose deepest operation stands under `depth` - 1 others."""
    if depth == 0:
        return "x"
    part = grown(draw, depth - 1)
    match draw(st.sampled_from("fffoooopebnmiwc")):
        case "f":
            return f"{draw(st.sampled_from(SMOOTH + PARTIAL + KINKED))}({part})"
        case "o":
            other = (
                grown(draw, depth - 2) if depth > 2 and draw(st.booleans()) else draw(st.sampled_from(LEAVES))
            )
            left, right = (part, other) if draw(st.booleans()) else (other, part)
            return f"({left} {draw(st.sampled_from('+-*/'))} {right})"
        case "p":
            return f"({part})**{draw(st.sampled_from(EXPONENTS))}"
        case "e":
            return f"{draw(st.sampled_from(['2', 'e', '0.5', 'a']))}**({part})"
        case "b":
            return f"{draw(st.sampled_from(LEAVES))}*{part}"
        case "n":
            return f"-({part})"
        case "m":
            # Not of two texts with x: where they are one and the same, diff and engine differ by convention.
            return f"{draw(st.sampled_from(['max', 'min']))}({part}, {draw(st.sampled_from(NUMBERS))})"
        case "i":
            limit, other = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(["x", "x**2", "1", "a"]))
            return f"({part} if x > {limit} else {other})"
        case "w":
            return f"where({draw(st.sampled_from(['x', 'x - 2', 'sin(x)', 'x > a']))}, {part}, 1)"
        case _:
            return f"abs({part})"


EXPRESSIONS = expressions()


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


@settings(steady, max_examples=20)
@given(EXPRESSIONS)
def test_verdict_repeats(f: str) -> None:
    first, second = (check(f, f"({derivative(f)}) + x", "x") for _ in range(2))
    assert (first.verdict, first.points, first.detail) == (second.verdict, second.points, second.detail)


@pytest.mark.parametrize(
    "f", ["(x + 1)**40 - (x - 1)**40", "exp(x)*sinh(x) - cosh(x)*exp(x)", "log(x)/log(x)"]
)
def test_cancellation_costs_the_derivative_nothing(f: str) -> None:
    assert check(f, derivative(f)).verdict == "correct"


@steady
@given(EXPRESSIONS, st.sampled_from(POINTS), st.sampled_from(["1e-3", "0.5", "20"]))
def test_derivative_and_a_constant_that_shows_at_a_point_is_wrong(f: str, x: str, c: str) -> None:
    value, slope = at(f, x)
    assume(mpmath.isfinite(value) and mpmath.isfinite(slope) and mpmath.mpf(c) > 1e-6 * abs(slope))
    assume(check(f, derivative(f), "x").verdict == "correct")
    assert check(f, f"({derivative(f)}) + {c}", "x").verdict == "wrong"


TERMS = st.lists(
    st.tuples(
        st.sampled_from([1, -1, 2, -3, 5, 0.5]),
        st.sampled_from(["x", "x**2", "x**3", "x**4", "sin(x)", "cos(2*x)", "(x - 1)**2", "(x + 7)**3"]),
    ),
    min_size=1,
    max_size=4,
)


@steady
@given(TERMS, st.sampled_from(["1e-20", "1e-30", "1e-40", "-1e-33", "1e-60"]))
def test_a_constant_far_below_the_derivative_is_told_in_digits_whatever_its_zeros(
    terms: list[tuple[float, str]], c: str
) -> None:
    f = " + ".join(f"{factor}*{term}" for factor, term in terms)
    assume(derivative(f) != "0")
    verdict = check(f, f"({derivative(f)}) + {c}", "x")
    assert verdict.verdict == "correct", verdict.detail
    assert all(note.startswith("right to ") for note in verdict.notes)
