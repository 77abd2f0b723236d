"""Verdicts: what is right in any form, what is wrong and where, what cannot be decided, and the words."""

from __future__ import annotations

import pytest

from gradcli.homework.checking.check import WrongCall, check, check_all
from gradcli.homework.results import CORRECT, UNDECIDED, UNREADABLE, WRONG

RIGHT = [
    # F, claim, the variable, notes
    ("sin(x)**2", "sin(2x)", None, []),
    ("sin(x)^2 + cos(x)^2", "0", None, []),
    ("atan(x) + atan(1/x)", "0", None, []),
    ("pi^2", "0", None, []),
    ("pi^2", "0", "x", []),
    ("5", "0", "t", []),
    # heavy cancellation, at points from 1e-5 to 1e6
    ("(1 - cos(x))/x^2", "(x*sin(x) - 2 + 2cos(x))/x^3", None, []),
    ("x", "cosh(x)^2 - sinh(x)^2", None, []),
    ("tanh(x^2)", "2x*(1 - tanh(x^2)^2)", None, []),
    ("log(1 + exp(x))", "1 - 1/(1 + exp(x))", None, []),
    ("exp(exp(x))", "exp(x + exp(x))", None, []),
    ("(x + 1)^100", "100*(x + 1)^99", None, []),
    ("sec(e^x)^2", "2*exp(x)*sec(exp(x))^2*tan(exp(x))", None, []),  # where exp(x) has no phase left
    # narrow and distant domains
    ("sqrt(x - 1000.5) + sqrt(1001 - x)", "1/(2sqrt(x - 1000.5)) - 1/(2sqrt(1001 - x))", None, []),
    ("acos(x - 1000)", "-1/sqrt(1 - (x - 1000)^2)", None, []),
    ("log(-x - 1e6)", "1/(x + 1e6)", None, []),
    ("sqrt(sin(x) - 0.999)", "cos(x)/(2sqrt(sin(x) - 0.999))", None, []),
    ("sqrt(1e-6 - x^2)", "-x/sqrt(1e-6 - x^2)", None, []),
    ("arcsec(x)", "1/(abs(x)*sqrt(x^2 - 1))", None, []),
    ("arccsc(3x)", "-1/(abs(x)*sqrt(9x^2 - 1))", None, []),
    ("cosec(x)", "-cot(x)cosec(x)", None, []),
    ("arccot(x) + arctan(x)", "0", None, []),
    ("arcoth(x)", "1/(1 - x^2)", None, []),
    ("arsech(x) + arcsch(x)", "-1/(x*sqrt(1 - x^2)) - 1/(x*sqrt(1 + x^2))", None, []),
    ("sinc(x)", "cos(pi*x)/x - sin(pi*x)/(pi*x^2)", None, ["but for x = 0, where the claim has no value"]),
    ("fmod(x^2, 3)", "2x", None, []),
    ("xlogy(x, x)", "ln(x) + 1", None, []),
    # only where both have a value
    ("log(x)", "1/x if x > 0 else 7", None, []),
    ("log(abs(x))", "1/sqrt(x)^2", None, ["only for x > 0"]),
    ("x^2", "2x + 0*log(x)", None, ["only for x > 0"]),
    ("x^2", "2x + 0*acos(x)", None, ["only for -1 < x < 1"]),
    ("x^2", "2x + 0*acosh(abs(x))", None, ["only for x < -1 or x > 1"]),
    ("x^2", "2x + 0*log(x - sqrt(2))", None, ["only for x > sqrt(2)"]),
    ("cbrt(x)", "x^(-2/3)/3", None, ["only for x > 0"]),
    # kinks and jumps
    ("abs(x)", "x/abs(x)", None, []),
    ("floor(x)*x", "floor(x)", None, []),
    ("where(x > 2, x, x^2)", "where(x > 2, 1, 2x)", None, []),
    ("max(x, y)", "x > y", "x", []),
    # other letters
    ("a*x^2", "2ax", "x", []),
    ("x^n", "n*x^(n - 1)", "x", []),
    ("sqrt(a^2 - x^2)", "-x/sqrt(a^2 - x^2)", "x", []),
    ("log(-a)*x", "log(-a)", "x", []),
    ("a*x", "sqrt(a^2)", "x", ["for a > 0"]),
    ("a*b*x", "exp(log(a) + log(b))", "x", ["for a > 0 and b > 0"]),
    ("log(-a)*x^2/2", "log(abs(a))*x", "x", []),
    ("-(y*log(sigmoid(w*x + b)) + (1 - y)*log(1 - sigmoid(w*x + b)))", "(sigmoid(w*x + b) - y)*x", "w", []),
    ("bce(sigmoid(w*x + b), y)", "(sigmoid(w*x + b) - y)*x", "w",
        ["w, x, b and y are taken as one number each, not as vectors"]),
    # ten right digits
    ("2^x", "0.6931471805599453*2^x", None, ["right to 16 digits"]),
    ("sin(pi*x)", "3.14159265358979*cos(pi*x)", None, ["right to 14 digits"]),
    # arrays
    ("[x, x^2]", "[1, 2x]", None, []),
    ("sum([x, x^2])", "1 + 2x", None, []),
]


def test_the_order_of_a_derivative_may_be_computed() -> None:
    assert check("diff(x^4, x, 1 + 1)", "24*x").verdict == "correct"
    verdict = check("diff(x^4, x, 1/2)", "24*x")
    assert verdict.verdict == UNREADABLE
    reason = "the order of a derivative is a whole number that is known here"
    assert verdict.detail == f"F cannot be read: {reason}"


@pytest.mark.parametrize(("f", "claim", "wrt", "notes"), RIGHT)
def test_right(f: str, claim: str, wrt: str | None, notes: list[str]) -> None:
    verdict = check(f, claim, wrt)
    assert (verdict.verdict, verdict.notes, verdict.detail) == (CORRECT, notes, "")
    assert verdict.points >= 6
    assert verdict.counterexample is None


WRONG_WHERE = [
    # F, claim, the variable, where it is wrong
    ("abs(x)", "1", None, "right for x > 0, wrong for x < 0"),
    ("abs(x - 3)", "-1", None, "right for x < 3, wrong for x > 3"),
    ("sqrt(x^2)", "1", None, "right for x > 0, wrong for x < 0"),
    ("clamp(x, -2, 2)", "1", None, "right for -2 < x < 2, wrong for x < -2 or x > 2"),
    ("relu(x - y)", "1", "x", "right for x > y, wrong for x < y"),
    ("x^2", "2x if x < 5000 else 3x", None, "right for x < 5000, wrong for x > 5000"),
    ("x^2", "2x + 1e-6*relu(x - 777)", None, "right for x < 777, wrong for x > 777"),
    (
        "x^2",
        "2x + max(0, 0.001 - abs(x - 0.3777))",
        None,
        "right for x < 0.3767 or x > 0.3787, wrong for 0.3767 < x < 0.3787",
    ),
    (
        "sqrt(1 - x^2)",
        "-x/sqrt(1 - x^2) if x < 0.99 else 1",
        None,
        "right for -1 < x < 0.99, wrong for 0.99 < x < 1",
    ),
    ("abs(sin(x))", "cos(x)", None, "right on part of F's domain only"),
    ("where(a > 50, x, 2x)", "2", "x", "right for some values of a only"),
    ("[x, x^2]", "1", None, "the derivative is an array of shape (2,), the claim a single number"),
    (
        "[x, x^2]",
        "[1, 2, 3]",
        None,
        "the derivative is an array of shape (2,), the claim an array of shape (3,)",
    ),
    (
        "log(cosh(x))",
        "sign(x)",
        None,
        "close to the derivative for x < -76.185 or x > 72.961, but nowhere equal to it",
    ),
]


@pytest.mark.parametrize(("f", "claim", "wrt", "detail"), WRONG_WHERE)
def test_wrong_somewhere(f: str, claim: str, wrt: str | None, detail: str) -> None:
    verdict = check(f, claim, wrt)
    assert (verdict.verdict, verdict.detail) == (WRONG, detail)


MEANT = [
    # F, claim, what would have been right
    ("log(x)/2", "1/2x", "as written this is 1/2*x; 1/(2x) would be right"),
    ("sqrt(x)", "1/2*sqrt(x)", "as written this is 1/2*sqrt(x); 1/(2*sqrt(x)) would be right"),
    ("e^(2x)", "2e^2x", "as written this is 2*e**2*x; 2e^(2x) would be right"),
    ("x^n", "n*x^n-1", "as written this is n*x**n - 1; n*x^(n-1) would be right"),
    ("2/3*x^(3/2)", "x^1/2", "as written this is x**1/2; x^(1/2) would be right"),
    ("atan(x)", "1/1+x^2", "as written this is 1/1 + x**2; 1/(1+x^2) would be right"),
    ("log(x)^2/2 + x", "x + log(x)/x", "as written this is x + log(x)/x; (x + log(x))/x would be right"),
    (
        "x*log10(x)",
        "log(x) + log(e)",
        "as written this is log(x) + log(e); log is the natural one, and log10 would be right",
    ),
    ("e^(x^2)", "y' = 2x*y", "as written this is 2*x*y; with F written out for y it would be right"),
    ("x^3/3", "-x^2", "as written this is -x**2; (-x)^2 would be right"),
    ("x^3", "3X^2", "as written this is 3*X**2; X is not x: with x it would be right"),
    (
        "sin(pi*x/180)",
        "pi/180*cos(x)",
        "as written this is pi/180*cos(x); angles are in radians, and it is right for degrees only",
    ),
]


@pytest.mark.parametrize(("f", "claim", "detail"), MEANT)
def test_another_reading(f: str, claim: str, detail: str) -> None:
    verdict = check(f, claim, "x")
    assert (verdict.verdict, verdict.detail) == (WRONG, detail)


ROUNDED = [
    ("pi*x", "3.14159", "3.14159 is not exact: it should be pi."),
    ("x/3", "0.3333", "0.3333 is not exact: it should be 1/3."),
    ("x^3", "3.0000001x^2", "3.0000001 is not exact: it should be 3."),
    ("sqrt(2)*x", "1.414", "1.414 is not exact: it should be sqrt(2)."),
    ("2^x", "0.693147*2^x", "0.693147 is not exact: it should be log(2)."),
    ("sin(pi*x)", "3.14159*cos(3.14159*x)", "3.14159 is not exact: it should be pi."),
    ("relu(x - 10)", "1.0000001*(x > 10)", "1.0000001 is not exact: it should be 1."),
    ("log10(x)", "0.4343/x", "0.4343 is not exact: it should be 1/log(10)."),
    (
        "x^2",
        "2*x*(1 + 1e-7)",
        "The answer is right to about 7 digits only: a number in it is rounded or mistyped.",
    ),
]


@pytest.mark.parametrize(("f", "claim", "says"), ROUNDED)
def test_rounded(f: str, claim: str, says: str) -> None:
    verdict = check(f, claim)
    assert verdict.verdict == WRONG
    assert (verdict.mistakes[0].name, verdict.mistakes[0].says) == ("rounded", says)


@pytest.mark.parametrize(("f", "claim"), [("x^2", "2.5x"), ("x^2", "3x"), ("x^2", "2x if x < 5000 else 3x")])
def test_not_rounded(f: str, claim: str) -> None:
    assert "rounded" not in [mistake.name for mistake in check(f, claim).mistakes]


COUNTEREXAMPLES = [
    # F, claim, the variable, the point, value claimed, value true
    ("x^2", "x", None, {"x": 1}, 1, 2),
    ("abs(x)", "1", None, {"x": -1}, 1, -1),
    ("x^3", "3x", None, {"x": 2}, 6, 12),
    ("log(x)", "x", None, {"x": 2}, 2, 0.5),
    ("x^2", "2x + sin(pi*x)", None, {"x": 0.5}, 2, 1),
    ("a*x^2", "a*x", "x", {"a": 2, "x": 1}, 2, 4),
    ("relu(x - y)", "1", "x", {"y": 2, "x": 1}, 1, 0),
    ("clamp(x, -2, 2)", "1", None, {"x": 3}, 1, 0),
]


@pytest.mark.parametrize(("f", "claim", "wrt", "at", "claimed", "true"), COUNTEREXAMPLES)
def test_counterexample(
    f: str, claim: str, wrt: str | None, at: dict[str, float], claimed: float, true: float
) -> None:
    example = check(f, claim, wrt).counterexample
    assert example is not None
    assert {name: float(value) for name, value in example.at.items()} == at
    assert (float(example.claimed), float(example.true)) == (claimed, true)


CONSTANTS = [
    # F without a variable, claim, the variable, detail
    ("5", "sin(x)", "x", "5 is a constant, its derivative is 0"),
    ("5", "5", None, "consistent with constant-kept"),
    ("25", "y", None, "25 is a constant, its derivative is 0"),
    ("25", "1", "t", "consistent with constant-kept"),
    ("0.1", "x^2 + x", None, "0.1 is a constant, its derivative is 0"),
    ("pi^2/6", "pi/3", None, "consistent with constant-kept"),
    ("sin(2)", "cos(2)", None, "consistent with constant-kept"),
    ("sum([1, 2])", "x", None, "sum([1, 2]) is a constant, its derivative is 0"),
    (" + ".join(["12345"] * 9), "9x", None, "F is a constant, its derivative is 0"),
]


@pytest.mark.parametrize(("f", "claim", "wrt", "detail"), CONSTANTS)
def test_of_a_constant(f: str, claim: str, wrt: str | None, detail: str) -> None:
    verdict = check(f, claim, wrt)
    assert (verdict.verdict, verdict.detail, verdict.failure) == (WRONG, detail, None)
    kept = ["constant-kept"] if detail == "consistent with constant-kept" else []
    assert [mistake.name for mistake in verdict.mistakes] == kept
    assert verdict.counterexample is not None
    assert verdict.counterexample.true == 0


RAISING = [
    # rules that raise on floats, at some points or at all
    ("polygamma(171, x)", "polygamma(172, x)", CORRECT),
    ("polygamma(171, x)", "x", WRONG),
    ("polygamma(171, x)", "2polygamma(172, x)", WRONG),
    ("x^2", "2x + 0*polygamma(171, x)", CORRECT),
    ("x^2", "3x + 0*polygamma(171, x)", WRONG),
]


@pytest.mark.parametrize(("f", "claim", "word"), RAISING)
def test_what_a_rule_raises_is_no_value(f: str, claim: str, word: str) -> None:
    verdict = check(f, claim)
    assert (verdict.verdict, verdict.failure) == (word, None)


GROWING = [
    ("sum(arange(w))", "1", "w", "arange(w)"),
    ("x^2 + sum(arange(0, 3x))", "2x", "x", "arange(0, 3x)"),
    ("w*sum(arange(3, 9, w))", "0", "w", "arange(3, 9, w)"),
]


@pytest.mark.parametrize(("f", "claim", "wrt", "place"), GROWING)
def test_an_array_that_grows_has_no_derivative(f: str, claim: str, wrt: str, place: str) -> None:
    verdict = check(f, claim)
    detail = f"how long the array is depends on {wrt}, and what grows in whole steps has no slope"
    assert (verdict.verdict, verdict.detail) == (UNREADABLE, f"F cannot be read: {detail}")
    assert verdict.diagnostic is not None
    ((span, label),) = verdict.diagnostic.labels
    assert (f[slice(*span)], label) == (place, f"no {wrt} may stand here")


NO_VERDICT = [
    ("sqrt(-x^2 - 1)", "x", "F is defined nowhere on the reals: it has no value at any point tried"),
    ("log(log(log(-x^2)))", "1", "F is defined nowhere on the reals: it has no value at any point tried"),
    ("x^2", "sqrt(-1 - x^2)", "the claim has no value anywhere that F has a derivative"),
]


@pytest.mark.parametrize(("f", "claim", "detail"), NO_VERDICT)
def test_undecided(f: str, claim: str, detail: str) -> None:
    verdict = check(f, claim)
    assert (verdict.verdict, verdict.detail, verdict.points) == (UNDECIDED, detail, 0)
    assert verdict.skipped > 0


CALLS = [
    ("x*y", None, "F has the variables x and y: say by which to differentiate"),
    ("x*y", "z", "F has no variable z: it has x and y"),
    ("x^2", "y", "F has no variable y: it has x"),
]


@pytest.mark.parametrize(("f", "wrt", "message"), CALLS)
def test_wrong_call(f: str, wrt: str | None, message: str) -> None:
    with pytest.raises(WrongCall) as raised:
        check(f, "1", wrt)
    assert str(raised.value) == message


def test_gradient_shares_f() -> None:
    verdicts = check_all("x*y^2", [("y^2", "x"), ("2xy", "y"), ("xy", "y")])
    assert [verdict.verdict for verdict in verdicts] == [CORRECT, CORRECT, WRONG]
    assert [verdict.wrt for verdict in verdicts] == ["x", "y", "y"]


def test_verdicts_repeat() -> None:
    first, second = (check("x^2", "2x + sin(100*pi*x)") for _ in range(2))
    assert first.points == second.points
    assert first.counterexample is not None
    assert second.counterexample is not None
    assert first.counterexample.at == second.counterexample.at


def test_unreadable_f() -> None:
    verdict = check("sn(x)", "1")
    assert (verdict.verdict, verdict.detail) == (UNREADABLE, "F cannot be read: unknown function 'sn'")
    assert verdict.text == "sn(x)"


def test_products_in_f_keep_their_places() -> None:
    verdict = check("xe^(x^2)", "e^(x^2) + x*e^(x^2)")
    assert verdict.readings == ["in F, xe is read as x*e"]
    assert [verdict.f[slice(*span)] for span in verdict.mistakes[0].spans] == ["e^(x^2)"]


@pytest.mark.parametrize("factor", ["1 + 1e-7", "1 - 1e-9", "1 + 2e-10"])
@pytest.mark.parametrize(
    ("f", "derivative"),
    [("x^2", "2x"), ("sin(x)", "cos(x)"), ("log(x)", "1/x"), ("e^x/x", "e^x/x - e^x/x^2")],
)
def test_a_slight_factor_is_wrong(f: str, derivative: str, factor: str) -> None:
    assert check(f, f"({derivative})*({factor})").verdict == WRONG


def test_failing_search_for_mistakes_costs_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(problem: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("gradcli.homework.mistakes.find", fail)
    verdict = check("x^2", "3x")
    assert (verdict.verdict, verdict.mistakes) == ("wrong", [])
    assert verdict.detail == "the search for mistakes failed: ZeroDivisionError: by nothing"
    assert verdict.counterexample is not None
    assert isinstance(verdict.failure, ZeroDivisionError)


def test_beside_a_rounded_number_none_other_is_told() -> None:
    verdict = check("x^2 + 3.0001", "2x + 3.0001")
    assert [mistake.name for mistake in verdict.likeliest] == ["constant-kept"]
    verdict = check("pi*x^2", "6.2832x")
    assert [mistake.name for mistake in verdict.likeliest] == ["rounded"]
    assert verdict.detail == "consistent with rounded"


@pytest.mark.parametrize(
    ("f", "claim", "right"),
    [("x**2", "2*x", True), ("x**2", "3*x", False), ("x**2", "2*", False), ("acosh(x - 300)", "1/q", False)],
)
def test_a_verdict_is_true_where_the_claim_is_right(f, claim, right):
    assert bool(check(f, claim)) is right


@pytest.mark.parametrize(
    ("f", "claim", "verdict", "said"),
    [
        ("x^2", "2x + 1e-20", "correct", "right to 19 digits"),
        ("x^2", "2x + 1e-25", "correct", "right to 24 digits"),
        ("x^2", "2x + 1e-28", "correct", "right to 25 digits"),
        ("x^2", "2x + 1e-30", "correct", "right to 27 digits"),
        ("x^2", "2x + 1e-40", "correct", "right to 37 digits"),
        ("x^2", "2x - 1e-60", "correct", "right to 57 digits"),
        ("x^2", "2x + 1e-300", "correct", "right to 297 digits"),
        ("x^4/4", "x^3 + 1e-30", "correct", "right to 21 digits"),
        ("(x - 1e-30)^2", "2x", "correct", "right to 27 digits"),
        ("cos(x)", "-sin(x) + 1e-14", "correct", "right to 12 digits"),
        ("x^2", "2x + 1e-6", "wrong", "consistent with plus-c"),
        ("x^2", "2x if x > 1e-40 else 3", "wrong", "right for x > 0, wrong for x < 0"),
        ("relu(x)", "1e-40 if x < 0 else 1", "wrong", "right for x > 0, wrong for x < 0"),
        ("5", "1e-40", "wrong", "consistent with constant-kept"),
        # What is small everywhere on one side is no zero: there the claim is another function.
        ("exp(x)", "exp(x) + 1e-13", "wrong", "consistent with plus-c"),
    ],
)
def test_how_near_a_claim_is_does_not_depend_on_the_zeros_of_the_derivative(f, claim, verdict, said):
    found = check(f, claim, wrt="x")
    assert (found.verdict, [*found.notes, found.detail][0]) == (verdict, said)


HOLES = [
    ("x^2", "2x*(x+7.77)/(x+7.77)", ["but for x = -7.77, where the claim has no value"]),
    ("x^2", "2*x^3/x^2", ["but for x = 0, where the claim has no value"]),
    ("x^2", "2x(x-1)(x+2)/((x-1)(x+2))", ["but for x = -2 and x = 1, where the claim has no value"]),
    ("x^2", "2x*(x-1/3)^-1*(x-1/3)", ["but for x = 0.3333333333, where the claim has no value"]),
    ("x*abs(x)", "2x^2/abs(x)", ["but for x = 0, where the claim has no value"]),
    (
        "x^2", "2x*(x+7.77)/(x+7.77) + 1e-30",
        ["right to 27 digits", "but for x = -7.77, where the claim has no value"],
    ),
    ("tan(x)", "1/cos(x)^2", []),
    ("ln(x)", "1/x", []),
    ("ln(abs(x))", "1/x", []),
    ("1/(x-3)", "-1/(x-3)^2", []),
    ("(x^2-1)/(x-1)", "(x-1)/(x-1)", []),
    ("sqrt(x)", "1/(2sqrt(x))", []),
]  # fmt: skip


@pytest.mark.parametrize(("f", "claim", "notes"), HOLES, ids=[claim for _, claim, _ in HOLES])
def test_points_at_which_a_right_claim_divides_by_zero_are_named(f, claim, notes):
    verdict = check(f, claim)
    assert (verdict.verdict, verdict.notes) == ("correct", notes)


def test_of_many_points_those_nearest_to_zero_are_named():
    assert check("x^3", "3x^2*sin(x)/sin(x)").notes == [
        "but for x = -3.141592654, x = 0, x = 3.141592654 and 24 more, where the claim has no value"
    ]


def test_a_power_that_only_whole_numbers_have_is_named():
    verdict = check("cos(n*pi)*x", "(-1)^n", wrt="x")
    assert (verdict.verdict, verdict.detail) == (
        "undecided",
        "the claim has no value anywhere that F has a derivative: (-1)**n has one for whole n only, "
        "and n is any number",
    )


def test_a_remainder_without_a_value_is_no_failure():
    assert check("relu(fmod(sin(sin(0.5)), sinc(exp(x))))", "0", wrt="x").verdict == "wrong"
