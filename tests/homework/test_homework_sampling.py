"""Where derivative and claim are compared: scales, regions, borders, and how many digits it takes."""

from __future__ import annotations

from math import e, pi, sqrt

import pytest

from gradcli.evaluation.tape import record
from gradcli.homework.checking.claims import read_claim
from gradcli.homework.checking.comparison import AGREE, DIFFER, settle
from gradcli.homework.checking.evidence import gather, measure
from gradcli.homework.checking.question import Question
from gradcli.homework.checking.recognition import border, recognised
from gradcli.homework.checking.regions import finite
from gradcli.homework.checking.sampling import constants, letter, scan, spread
from gradcli.homework.checking.written import Written, decimal
from gradcli.language.parser import parse_expression
from gradcli.rules.rulebook import NAMES


def test_scan_covers_both_signs_and_all_scales() -> None:
    points = scan()
    assert points == sorted(points)
    for low, high in ((1e-5, 1e-3), (0.003, 0.01), (0.1, 0.2), (1, 1.3), (10, 14), (150, 210), (1e4, 1e7)):
        assert any(low < x < high for x in points)
        assert any(low < -x < high for x in points)
    assert not any(x == round(x, 3) for x in points if 0.1 < abs(x) < 100)


def test_letters_are_positive_and_differ() -> None:
    values = [letter(name, draw) for name in ("a", "b", "c", "C", "k", "n", "theta") for draw in range(3)]
    assert min(values) > 0
    assert len(set(values)) == len(values)


def test_spread_takes_from_both_ends() -> None:
    assert spread([1, 2], 5) == [1, 2]
    assert spread(list(range(100)), 4) == [12, 37, 62, 87]


def test_constants_are_the_largest() -> None:
    assert constants([2.0, -3.0, 0.0, 2.0]) == [3.0, -3.0, 2.0, -2.0]


BORDERS = [
    ("abs(x)", "1", [0.0]),
    ("relu(x - 3)", "1", [3.0]),
    ("sqrt(x - 1000.5) + sqrt(1001 - x)", "1", [1000.5, 1001.0]),
    ("clamp(x, -2, 2)", "abs(x - 7)", [-2.0, 2.0, 7.0]),
    ("asin(x/3)", "1", [-3.0, 3.0]),
    ("where(x**2 > 2, x, 1)", "1", [-sqrt(2), sqrt(2)]),
]


@pytest.mark.parametrize(("f", "claim", "expected"), BORDERS)
def test_borders(f: str, claim: str, expected: list[float]) -> None:
    question = Question(f)
    line = gather(question, read_claim(claim, question.names), {}).lines[0]
    assert line.borders == pytest.approx(expected, rel=1e-12)


def test_every_region_is_compared() -> None:
    question = Question("abs(x - 3) + relu(x - 3.001)")
    compared = gather(question, read_claim("1", ("x",)), {}).compared
    for low, high in ((-1e9, 3), (3, 3.001), (3.001, 1e9)):
        assert sum(low < c.x < high for c in compared) >= 3


DIGITS = [
    # claim about F at a point, what it is found to be
    ("x", "cosh(x)^2 - sinh(x)^2", 200.0, AGREE),
    ("x", "cosh(x)^2 - sinh(x)^2 + 1e-20", 200.0, DIFFER),
    ("tanh(x)", "1 - tanh(x)^2", 200.0, AGREE),
    ("sin(x)^2 + cos(x)^2", "0", 3.7, AGREE),
    ("sin(x)^2 + cos(x)^2", "1e-40", 3.7, DIFFER),
    ("x", "(1 - cos(x))/x^2*2", 1e-8, DIFFER),
    ("x^2", "2x + 1e-60", 1.3, AGREE),  # nobody writes that
]


@pytest.mark.parametrize(("f", "claim", "x", "status"), DIGITS)
def test_digits(f: str, claim: str, x: float, status: str) -> None:
    question, read = Question(f), read_claim(claim, ("x",))
    compared = question.compared(x, 0, {})
    measure(compared, question, read)
    settle(compared, question.f, read, "x")
    assert compared.status == status


RECOGNISED = [
    (0.0, "0"), (2.0, "2"), (-0.5, "-1/2"), (pi, "pi"), (-2 * pi / 3, "-2*pi/3"), (1 / pi, "1/pi"),
    (e, "e"), (sqrt(2), "sqrt(2)"), (sqrt(2) / 2, "sqrt(2)/2"), (sqrt(17), "sqrt(17)"), (0.123456, None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), RECOGNISED)
def test_recognised(value: float, text: str | None) -> None:
    assert recognised(value, 1e-12, 12) == text


@pytest.mark.parametrize(
    ("value", "letters", "text"),
    [
        (1.7, {"a": 1.7}, "a"),
        (-1.7, {"a": 1.7}, "-a"),
        (1.7 / 0.9, {"a": 1.7, "b": 0.9}, "a/b"),
        (0.7390851332, {}, "0.73909"),
        (1000.5, {}, "1000.5"),
        (3.5e-13, {}, "0"),
    ],
)
def test_border(value: float, letters: dict[str, float], text: str) -> None:
    assert border(value, letters) == text


def test_finite_of_every_kind() -> None:
    context = decimal(50).context
    assert [finite(v) for v in (1.0, float("inf"), float("nan"))] == [True, False, False]
    assert [finite(v) for v in (context.mpf(0), context.mpf(2), context.inf, context.nan)] == [
        True,
        True,
        False,
        False,
    ]


TAPES = ["x*sin(x)/(x**2 + 1)", "where(x > 1, log(x), x**3)", "2**x*max(x, 1) - abs(x)", "3.5", "x"]


@pytest.mark.parametrize("text", TAPES)
def test_a_tape_has_the_derivative_of_the_engine(text: str) -> None:
    expression = parse_expression(text, functions=NAMES)
    tape = record(text, expression, decimal(50))
    for x in ("0.37", "2.61", "-1.9"):
        at = {"x": decimal(50).context.mpf(x)}
        value, derivative = tape.derivative(at, "x")
        assert value == tape.value(at)
        assert derivative == pytest.approx(tape._derivative_of_array(at, "x")[1], rel=1e-45)
        floats = Written(text, expression).floats.derivative({"x": float(x)}, "x")
        assert floats == pytest.approx((float(value), float(derivative)), rel=1e-13)
