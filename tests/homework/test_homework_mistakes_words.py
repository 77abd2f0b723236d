"""What a tutor says of a mistake, whole: the rule, the place, what it should give there; and the hint."""

from __future__ import annotations

import pytest

from gradcli.evaluation.derive import derive
from gradcli.evaluation.kinds import Decimal
from gradcli.evaluation.tape import Tape, record
from gradcli.homework import check
from gradcli.homework.mistakes import summary
from gradcli.homework.results import Mistake
from gradcli.language.format import format
from gradcli.language.parser import parse_expression
from gradcli.rules.rulebook import NAMES

TEXTS = [
    (
        "sin(x^2)", "cos(x^2)",
        "In sin(x**2) the chain rule asks for the derivative of the inside as a factor: the "
        "derivative of x**2 is 2*x.",
        "Look at sin(x**2) again: what does the chain rule ask of its inside?",
    ),
    (
        "sin(x^2)", "cos(2x)",
        "In sin(x**2) the inside stays as it is when the outside is differentiated: that is "
        "cos(x**2), and the derivative of the inside, 2*x, comes as a factor.",
        "Look at sin(x**2) again: what stands inside when the outside is differentiated?",
    ),
    (
        "x sin(x)", "cos(x)",
        "x*sin(x) is a product: one factor after the other is differentiated, the other one left as "
        "it is, and the two terms are added. That gives sin(x) + x*cos(x).",
        "Look at x*sin(x) again: what is the rule for the derivative of a product?",
    ),
    (
        "x e^(-x)", "e^(-x) + x e^(-x)",
        "In e**-x the chain rule asks for the derivative of the inside as a factor: the derivative of"
        " -x is -1.",
        "Look at e**-x again: what does the chain rule ask of its inside?",
    ),
    (
        "sin(x)/x", "(sin(x) - x cos(x))/x^2",
        "The quotient rule is (u'*v - u*v')/v**2, and for sin(x)/x its two terms have changed places:"
        " it should be (cos(x)*x - sin(x))/x**2.",
        "Look at sin(x)/x again: which term comes first in the quotient rule?",
    ),
    (
        "sin(x)/x", "(x cos(x) - sin(x))/x",
        "The quotient rule for sin(x)/x divides by the square of the denominator: it should be "
        "(cos(x)*x - sin(x))/x**2.",
        "Look at sin(x)/x again: what does the quotient rule divide by?",
    ),
    (
        "x/(x^2+1)", "1/(2x)",
        "The derivative of a quotient is not the quotient of the derivatives, but (u'*v - u*v')/v**2 "
        "for u/v, and x/(x**2 + 1) is one: here that is (x**2 + 1 - x*2*x)/(x**2 + 1)**2.",
        "Look at x/(x**2 + 1) again: what is the rule for the derivative of a quotient?",
    ),
    (
        "x^5", "x^4",
        "The power rule takes the exponent down as a factor, u**n has the derivative n*u**(n - 1), "
        "and in x**5 that factor is missing: the derivative is 5*x**4.",
        "Look at x**5 again: which factor does the power rule put in front?",
    ),
    (
        "x^5", "5x^5",
        "The power rule lowers the exponent by 1, u**n has the derivative n*u**(n - 1), and in x**5 "
        "the exponent comes out otherwise: the derivative is 5*x**4.",
        "Look at x**5 again: what becomes of the exponent in the power rule?",
    ),
    (
        "2^x", "x*2^(x-1)",
        "2**x has the variable in its exponent, and the power rule is for constant exponents only: "
        "the derivative is 2**x*log(2).",
        "Look at 2**x again: where does the variable stand, in the base or in the exponent?",
    ),
    (
        "x^x", "x*x^(x-1)",
        "x**x has the variable in base and exponent, and neither the power rule nor that for "
        "exponentials is enough: u**v is exp(v*log(u)). The derivative is x**x*(log(x) + 1).",
        "Look at x**x again: where does the variable stand, in the base, in the exponent, or in both?",
    ),
    (
        "log(x, 3)", "1/x",
        "log(x, 3) is not to base e, and so its derivative has the logarithm of the base in it: it is"
        " 1/(x*log(3)).",
        "Look at log(x, 3) again: to which base is it?",
    ),
    (
        "x^2 + 5", "2x + 5",
        "The derivative of a constant is 0, and 5 has no part in the derivative of x**2 + 5: that is "
        "2*x.",
        "Look at x**2 + 5 again: what is the derivative of a constant?",
    ),
    (
        "7x^2", "2x",
        "The constant factor 7 of 7*x**2 stays in front of the derivative: the derivative is 14*x.",
        "Look at 7*x**2 again: what becomes of a constant factor?",
    ),
    (
        "x/3", "1",
        "The constant factor 1/3 of x/3 stays in front of the derivative: the derivative is 1/3.",
        "Look at x/3 again: what becomes of a constant factor?",
    ),
    (
        "cos(3x)", "3sin(3x)",
        "The derivative of cos(3*x) has the wrong sign: it is -3*sin(3*x).",
        "Look at cos(3*x) again: mind the signs.",
    ),
    (
        "tan(2x)", "2sec(2x)",
        "The derivative of tan(u) is 1/cos(u)**2, and another one was taken for tan(2*x): with 2*x "
        "for u it is 1/cos(2*x)**2.",
        "Look at tan(2*x) again: which derivative does the table have for it?",
    ),
    (
        "x^3", "x^4/4 + C",
        "The derivative of the claim is x^3: it was integrated where it should be differentiated.",
        "Which way round: what has x^3 as its derivative, or what is the derivative of it?",
    ),
    (
        "x^3", "3x^2 + 1/2",
        "The claim is the derivative and 1/2 more: a derivative has no constant added to it.",
        "Most of it is right: is there a term too many?",
    ),
    (
        "x^3", "6x",
        "The claim is the second derivative of x^3: it was differentiated once too often.",
        "How many times was it to be differentiated?",
    ),
    (
        "a x^2", "x^2",
        "The claim is the derivative of a x^2 with respect to a, not to x.",
        "With respect to which variable was it to be differentiated?",
    ),
    (
        "x^2", "2x + C",
        "Without C the claim is right: a derivative has no constant added to it, that belongs to an "
        "integral.",
        "What is C?",
    ),
    (
        "x^3 + x^2", "3x^2 + 4x",
        "Everything but one number is right: where the claim has 4, it should have 2.",
        "The form is right: go over the numbers in the claim.",
    ),
    (
        "sin(3x)", "4cos(3x)",
        "The claim is 4/3 times the derivative.",
        "Only a constant factor is wrong: go over the numbers.",
    ),
    (
        "sin(x^2)", "-cos(x^2)",
        "Two things together give the claim. In sin(x**2) the chain rule asks for the derivative of "
        "the inside as a factor: the derivative of x**2 is 2*x. The derivative of sin(x**2) has the "
        "wrong sign: it is 2*x*cos(x**2).",
        "Look at sin(x**2) again: what does the chain rule ask of its inside?",
    ),
    (
        "pi^2", "2pi",
        "pi^2 is a constant, no x is in it: its derivative is 0.",
        "Does pi^2 depend on x?",
    ),
]
"""F, the wrong answer, what is said of its likeliest mistake, and the hint."""


@pytest.mark.parametrize(("f", "claim", "says", "hint"), TEXTS)
def test_mistake_is_said_as_a_tutor_would(f: str, claim: str, says: str, hint: str) -> None:
    mistake = check(f, claim, "x").mistakes[0]
    assert (mistake.says, mistake.hint) == (says, hint)


@pytest.mark.parametrize(("f", "claim"), [row[:2] for row in TEXTS])
def test_hint_does_not_give_the_answer_away(f: str, claim: str) -> None:
    answer = format(derive(f, ["x"]).partials[0].formula) if "x" in f else "derivative is 0"
    for mistake in check(f, claim, "x").mistakes:
        assert mistake.hint
        assert answer not in mistake.hint.replace(mistake.operation, "").replace(f, "")


def test_formula_that_is_too_long_is_left_out() -> None:
    """What a sentence cannot hold is not quoted in it; the place is marked in the text."""
    f = "sin(" + " + ".join(f"{k}x^{k}" for k in range(2, 12)) + ")"
    inner = " + ".join(f"{k * k}x^{k - 1}" for k in range(2, 12))
    (mistake,) = check(f, f"({inner})*{f}").mistakes
    assert mistake.says == (
        "The outside of the marked part has to be differentiated, too, and is still there as it was."
    )
    assert mistake.hint == "Look at the marked part again: what is the derivative of its outside?"
    assert mistake.spans == ((0, len(f)),)


# --- in a few words ---


def _f(text: str = "sin(x)") -> Tape:
    return record(text, parse_expression(text, functions=NAMES), Decimal(50))


def _mistake(name: str, *, together: bool = False) -> Mistake:
    mistake = Mistake(name, "", "")
    mistake.together = together
    return mistake


@pytest.mark.parametrize(
    ("mistakes", "text"),
    [
        ([], "no common mistake gives this claim"),
        ([_mistake("plus-c")], "consistent with plus-c"),
        ([_mistake("sign-error"), _mistake("plus-c")], "consistent with sign-error or plus-c"),
        (
            [_mistake("sign-error"), _mistake("plus-c"), _mistake("constant-kept")],
            "consistent with sign-error or plus-c",
        ),
        (
            [_mistake("sign-error", together=True), _mistake("plus-c", together=True)],
            "consistent with sign-error together with plus-c",
        ),
    ],
)
def test_summary_has_two_mistakes_at_most(mistakes: list[Mistake], text: str) -> None:
    assert summary(mistakes, _f()) == text


@pytest.mark.parametrize("f", ["sum([x, x^2])", "+".join(f"sin({k}x)" for k in range(1, 80))])
def test_summary_says_where_operations_were_not_gone_through(f: str) -> None:
    assert summary([], _f(f)) == (
        "no mistake about the whole gives this claim; the operations of F were not gone through"
    )
