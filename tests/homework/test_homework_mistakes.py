"""Wrong answers and the mistakes that give them: names, places, and silence where no mistake is known."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from gradcli.evaluation.kinds import Decimal
from gradcli.evaluation.tape import Tape, record
from gradcli.homework.checking.problem import Problem, Sample
from gradcli.homework.mistakes import HIDDEN_BY, find
from gradcli.homework.mistakes.catalogue import CATALOGUE
from gradcli.homework.mistakes.graph import Graph, State
from gradcli.homework.mistakes.search import close, finite, outcome
from gradcli.homework.mistakes.structure import classify
from gradcli.language.parser import parse_expression
from gradcli.rules.rulebook import NAMES

if TYPE_CHECKING:
    from gradcli.homework.mistakes.mutation import Mutation

KIND = Decimal(50)


def tape(text: str) -> Tape:
    return record(text, parse_expression(text, functions=NAMES), KIND)


def sampled(f: Tape, claim: Tape, wrt: str, count: int = 16) -> Problem:
    """A problem with points of several scales and both signs, where both sides have a value."""
    draw = random.Random(3)
    names = dict.fromkeys((wrt, *f.names, *claim.names))
    samples: list[Sample] = []
    for _ in range(40 * count):
        at = {name: _number(draw, signed=name == wrt) for name in names}
        value, true = f.derivative(at, wrt)
        claimed = claim.value(at)
        if all(finite(number) for number in (value, true, claimed)):
            samples.append(Sample(at, *(KIND.context.mpf(number) for number in (value, true, claimed))))
        if len(samples) == count:
            break
    return Problem(f, claim, wrt, KIND, samples)


def _number(draw: random.Random, *, signed: bool) -> Any:
    size = 10.0 ** draw.uniform(-2, 1)
    return KIND.context.mpf(size * (draw.choice((-1, 1)) if signed else 1)) / KIND.context.sqrt(2)


def problem(f: str, claim: str, wrt: str = "x") -> Problem:
    return sampled(tape(f), tape(claim), wrt)


BCE = "-(y*log(sigmoid(w*x + b)) + (1 - y)*log(1 - sigmoid(w*x + b)))"

CATALOGUE_OF_WRONG_ANSWERS = [
    ("(3x+2)^5", "5(3x+2)^4", "x", "chain-rule-missing", "(3*x + 2)**5"),
    ("sin(x^2)", "cos(2x)", "x", "chain-rule-missing", "sin(x**2)"),
    ("sin(3x)", "3cos(x)", "x", "chain-rule-missing", "sin(3*x)"),
    ("(x^2+1)^3", "3(2x)^2", "x", "chain-rule-missing", "(x**2 + 1)**3"),
    ("sin(x^2)", "2x sin(x^2)", "x", "function-unchanged", "sin(x**2)"),
    (
        "(1-e^x)^3", "3(1-e^x)^3", "x", "chain-rule-missing constant-kept function-unchanged",
        "(1 - e**x)**3",
    ),
    ("cos(x)", "sin(x)", "x", "sign-error integrated-instead", "cos(x)"),
    ("x sin(x)", "cos(x)", "x", "product-as-product", "x*sin(x)"),
    ("x sin(x)", "x cos(x)", "x", "product-as-product", "x*sin(x)"),
    ("x sin(x)", "sin(x) - x cos(x)", "x", "sign-error integrated-instead", "x*sin(x)"),
    ("x sin(x)", "1 + cos(x)", "x", "product-as-product", "x*sin(x)"),
    ("x sin(x)", "x + sin(x) cos(x)", "x", "product-as-product", "x*sin(x)"),
    ("x/(x^2+1)", "1/(2x)", "x", "quotient-as-quotient", "x/(x**2 + 1)"),
    ("sin(x)/x", "(sin(x) - x cos(x))/x^2", "x", "quotient-order-swapped sign-error", "sin(x)/x"),
    ("sin(x)/x", "(sin(x) + x cos(x))/x^2", "x", "sign-error", "sin(x)/x"),
    ("sin(x)/x", "(x cos(x) - sin(x))/x", "x", "quotient-square-missing", "sin(x)/x"),
    ("x/(x^2+1)", "(1-x^2)/x^2", "x", "quotient-order-swapped", "x/(x**2 + 1)"),
    ("x^5", "x^4", "x", "power-coefficient-missing coefficient-dropped", "x**5"),
    ("x^5", "5x^5", "x", "power-not-reduced", "x**5"),
    ("x^5", "4x^4", "x", "power-coefficient-missing", "x**5"),
    ("3x^4", "7x^3", "x", "power-coefficient-missing", "3*x**4"),
    ("x^(-3)", "-3x^(-2)", "x", "power-not-reduced", "x**-3"),
    ("1/x^3", "1/(3x^2)", "x", "quotient-as-quotient chain-rule-missing", "1/x**3"),
    ("sqrt(x)", "1/sqrt(x)", "x", "power-coefficient-missing", "sqrt(x)"),
    ("e^x", "x e^(x-1)", "x", "exponential-as-power", "e**x"),
    ("2^x", "2^x", "x", "log-base-ignored function-unchanged", "2**x"),
    ("x^x", "x*x^(x-1)", "x", "exponential-as-power function-unchanged", "x**x"),
    ("x^x", "x^x*log(x)", "x", "exponential-as-power", "x**x"),
    ("pi^2", "2pi", "x", "constant-kept", ""),
    ("x^2+5", "2x+5", "x", "constant-kept", "x**2 + 5"),
    ("x^2+5", "2x+1", "x", "constant-kept", "x**2 + 5"),
    ("7x^2", "2x", "x", "coefficient-dropped", "7*x**2"),
    ("x^2-3x^3", "2x+9x^2", "x", "sign-error", "x**2 - 3*x**3"),
    ("(1-x^2)^3", "6x(1-x^2)^2", "x", "sign-error", "1 - x**2"),
    ("x e^(-x)", "e^(-x) + x e^(-x)", "x", "chain-rule-missing sign-error function-unchanged", "e**-x"),
    ("x^3", "x^4/4", "x", "integrated-instead", ""),
    ("x^3", "3x^2+1", "x", "plus-c", ""),
    ("x^3", "6x", "x", "second-derivative-given", ""),
    ("diff(x^3, x)", "3x^2", "x", "function-unchanged", ""),
    ("x^3", "x^3", "x", "function-unchanged", ""),
    ("tan(x)", "sec(x)", "x", "trig-swapped", "tan(x)"),
    ("a x^2", "x^2", "x", "variable-mixed-up", ""),
    ("ln(5x)", "1/(5x)", "x", "chain-rule-missing", "ln(5*x)"),
    (BCE, "sigmoid(w*x + b) - y", "w", "chain-rule-missing variable-mixed-up", "sigmoid(w*x + b)"),
    (BCE, "(y - sigmoid(w*x + b))*x", "w", "sign-error", BCE),
    ("sin(x)", "cos(x)*pi/180", "x", "arithmetic-slip", "sin(x)"),
    ("sin(x)", "cos(pi*x/180)", "x", "arithmetic-slip", "sin(x)"),
    ("x^2", "1/(2x)", "x", "variable-mixed-up", ""),
    ("sin(x)cos(x^2+4)", "cos(x(x^2+4))", "x", "", ""),
]
"""F, the wrong answer, every mistake that fits, the likeliest first, and where that was made."""


@pytest.mark.parametrize(("f", "claim", "wrt", "names", "operation"), CATALOGUE_OF_WRONG_ANSWERS)
def test_wrong_answer_has_its_mistake_and_place(
    f: str, claim: str, wrt: str, names: str, operation: str
) -> None:
    found = find(problem(f, claim, wrt))
    assert [mistake.name for mistake in found] == names.split()
    assert (found[0].operation if found else "") == operation


MORE = [
    ("exp(sin(3x^2))", "6x*exp(sin(3x^2))", "x", "chain-rule-missing"),
    ("A*sin(w*t + p)", "A*w*cos(w*t)", "t", "chain-rule-missing"),
    ("sin(x^2)", "4x^2*cos(x^2)", "x", "arithmetic-slip"),
    ("sin(x)cos(x)", "-cos(x)sin(x)", "x", "product-as-product"),
    ("x*sin(x)*exp(x)", "cos(x)*exp(x)", "x", "product-as-product"),
    ("1/(x^2+1)", "-1/(x^2+1)^2", "x", "chain-rule-missing"),
    ("1/(x^2+1)", "-2x/(x^2+1)", "x", "power-not-reduced quotient-square-missing"),
    ("3/x", "-1/x^2", "x", "coefficient-dropped"),
    ("x/2", "1", "x", "coefficient-dropped"),
    ("x^2 + pi^2", "2x + 2pi", "x", "constant-kept"),
    ("x^2 + log(3)", "2x + 1/3", "x", "constant-kept"),
    ("x^2 - a", "2x - a", "x", "constant-kept"),
    ("5 - x^2", "-2x + 5", "x", "constant-kept"),
    ("7", "1", "x", "constant-kept"),
    ("log(x, 3)", "1/x", "x", "log-base-ignored"),
    ("log10(x)", "log(10)/x", "x", "log-base-ignored"),
    ("log2(x)", "1/(2x)", "x", "log-base-ignored"),
    ("2^(3x)", "3*2^(3x)", "x", "log-base-ignored function-unchanged"),
    ("x^3", "x^3*log(x)", "x", "exponential-as-power"),
    ("abs(x)", "1", "x", "sign-error"),
    ("abs(x)", "-1", "x", "sign-error"),
    ("tanh(x)", "sech(x)", "x", "trig-swapped"),
    ("tanh(x)", "sec(x)^2", "x", "trig-swapped"),
    ("atan(x)", "1/sqrt(1 - x^2)", "x", "trig-swapped"),
    ("asin(x)", "-cos(x)/sin(x)^2", "x", "trig-swapped"),
    ("sin(x)", "-sin(x)", "x", "second-derivative-given trig-swapped"),
    ("x^2 + sin(x)", "2x", "x", "arithmetic-slip"),
    ("x^3 + x^2", "3x^2 + 4x", "x", "arithmetic-slip"),
    ("sin(3x)", "4cos(3x)", "x", "arithmetic-slip"),
    ("sin(3x)", "3cos(4x)", "x", "arithmetic-slip"),
    ("exp(5x) + sin(5x)", "5exp(5x) + 5cos(4x)", "x", "arithmetic-slip"),
    ("3x^2", "7x", "x", "arithmetic-slip"),
    ("x^2", "-2x", "x", "sign-error"),
    ("x^2", "2x + C", "x", "plus-c"),
    ("x^2 + sin(x)", "2x + cos(x) + 3k", "x", "plus-c"),
    ("x^2", "x^3/3 + C", "x", "integrated-instead"),
    ("x", "x^2/2", "x", "integrated-instead"),
    ("x", "x", "x", "function-unchanged"),
    ("e^x", "e^x + 1", "x", "plus-c"),
    ("sinh(x)", "cosh(x) + 2", "x", "plus-c"),
    ("e^(2x)", "e^(2x)/2", "x", "integrated-instead"),
    ("x^2", "2t", "x", "variable-mixed-up"),
    ("x^2*y", "2x^2", "x", "variable-mixed-up"),
    ("x^2*y", "2x*y + x^2", "x", "variable-mixed-up"),
    ("x*y^2", "2x*y", "x", "variable-mixed-up"),
    ("exp(-x^2/2)", "x*exp(-x^2/2)", "x", "sign-error"),
    ("sum([x^2, x^3])", "-(2x + 3x^2)", "x", "sign-error"),
    ("sum([x^2, x^3])", "2 + 6x", "x", "second-derivative-given"),
    ("sum([x^2, x^3])", "x^3/3 + x^4/4", "x", "integrated-instead"),
]


@pytest.mark.parametrize(("f", "claim", "wrt", "names"), MORE)
def test_all_mistakes_that_fit_are_named(f: str, claim: str, wrt: str, names: str) -> None:
    assert [mistake.name for mistake in find(problem(f, claim, wrt))] == names.split()


@pytest.mark.parametrize(
    ("f", "claim", "names"),
    [
        ("sin(x^2)", "-cos(x^2)", "chain-rule-missing sign-error"),
        ("x^2*e^(3x)", "2x*e^(3x) - x^2*e^(3x)", "chain-rule-missing sign-error"),
        ("log(5x)/x", "(1/5 - log(5x))/x", "quotient-square-missing chain-rule-missing"),
    ],
)
def test_two_mistakes_are_found_together(f: str, claim: str, names: str) -> None:
    found = find(problem(f, claim))
    assert [mistake.name for mistake in found] == names.split()
    assert all(mistake.together for mistake in found)


@pytest.mark.parametrize(
    ("f", "claim"),
    [("sin(x)", "0"), ("x^2 + 1", "0"), ("sin(x)", "1"), ("x^3", "17"), ("x^2", "2x"), ("e^x", "e^x")],
)
def test_trivial_or_right_claim_is_not_explained(f: str, claim: str) -> None:
    assert find(problem(f, claim)) == []


# --- places ---


@pytest.mark.parametrize(
    ("f", "claim", "wrt", "places"),
    [
        ("sin(x^2)", "cos(x^2)", "x", ["sin(x^2)"]),
        ("x + 2 * sin(x^2)", "1 + 2cos(x^2)", "x", ["sin(x^2)"]),
        ("sin(2x) + sin(2x)^2", "cos(2x) + 2sin(2x)cos(2x)", "x", ["sin(2x)", "sin(2x)"]),
        ("sin(2x) + 5sin(2x)^2", "cos(2x) + 20sin(2x)cos(2x)", "x", ["sin(2x)"]),
        (BCE, "sigmoid(w*x + b) - y", "w", ["sigmoid(w*x + b)", "sigmoid(w*x + b)"]),
        ("sin(3x) + cos(5x)", "cos(3x) - sin(5x)", "x", ["sin(3x)", "cos(5x)"]),
    ],
)
def test_spans_are_the_places_in_the_text(f: str, claim: str, wrt: str, places: list[str]) -> None:
    mistake = find(problem(f, claim, wrt))[0]
    assert [f[start:end] for start, end in mistake.spans] == places


# --- every row of the catalogue, and its limits ---

FUNCTIONS = [
    "sin(x^2)", "cos(3x)", "(x^2 + 1)^3", "x*sin(x)", "sin(x)/x", "3x^4", "1/(x^2 + 3)", "5/x^3", "2^x",
    "x^x",
    "(x + 2)^(3x)", "log(x, 3)", "x^2 + 5", "x^2 + pi*e", "7*sin(x)", "x^2 - cos(x)", "abs(x^2 - 3)",
    "exp(sin(3x + 1))", "tan(x)", "sec(2x)", "csc(x)", "cot(x)", "sinh(x)", "cosh(x)", "tanh(2x)", "sech(x)",
    "csch(x)", "coth(x)", "asin(x/2)", "acos(x)", "atan(3x)", "asinh(x)", "acosh(x)", "atanh(x)",
    "sin(2x + 1)", "x^3 + x", "asec(2x)", "acsc(x)",
]  # fmt: skip


@pytest.mark.parametrize("mutation", CATALOGUE, ids=lambda mutation: f"{mutation.name} of {mutation.tag}")
def test_every_row_is_found_again(mutation: Mutation) -> None:
    """A claim that is made by a mutation is explained by it, under its name or one that says more."""
    made = next(filter(None, (_mistaken(tape(f), mutation) for f in FUNCTIONS)), None)
    assert made is not None, "the mutation changes none of the functions"
    names = {mistake.name for mistake in find(made)}
    expected = {mutation.name} | HIDDEN_BY.get(mutation.name, set())
    assert names & expected or (mutation.name == "arithmetic-slip" and names), names


def _mistaken(f: Tape, mutation: Mutation) -> Problem | None:
    """A problem whose claim is what a mutation gives at the outermost operation that it is about."""
    graph = Graph(f, "x")
    classify(graph)
    nodes = [node for node in graph.nodes if mutation.tag in node.tags]
    if not nodes:
        return None
    wrong = {min(nodes, key=lambda node: node.depth).place: mutation.tangent}
    asked = sampled(f, tape("0*x"), "x")
    for sample in asked.samples:
        sample.claimed = outcome(State(graph, sample.at, KIND.context), wrong)
    asked.samples = [sample for sample in asked.samples if finite(sample.claimed)]
    if len(asked.samples) < 3 or all(close(s.claimed, s.true, 1e-20) for s in asked.samples):
        return None
    if not any(sample.claimed for sample in asked.samples):
        return None
    return asked


def test_catalogue_is_about_every_name() -> None:
    names = {mutation.name for mutation in CATALOGUE}
    of_the_whole = {
        "integrated-instead", "plus-c", "variable-mixed-up", "second-derivative-given", "rounded",
    }  # fmt: skip
    assert not names & of_the_whole
    assert len(names | of_the_whole) == 20


def test_operations_of_a_long_function_are_not_gone_through() -> None:
    f = "+".join(f"sin({k}x)" for k in range(1, 80))
    assert len(tape(f).steps) > 200
    one = "+".join(f"{k}cos({k}x)" for k in range(1, 79)) + "+cos(79x)"
    assert find(problem(f, one)) == []
    negative = "-(" + "+".join(f"{k}cos({k}x)" for k in range(1, 80)) + ")"
    assert [mistake.name for mistake in find(problem(f, negative))] == ["sign-error"]


def test_mismatched_pairs_are_left_unexplained() -> None:
    """The wrong answers to one function under another one: what is named does give the claim."""
    rows = [row for row in CATALOGUE_OF_WRONG_ANSWERS if row[2] == "x" and row[0] != "pi^2"]
    tried = 0
    named = []
    for i, (f, *_) in enumerate(rows):
        for j, (g, claim, *_) in enumerate(rows):
            if f == g or (3 * i + j) % 5:
                continue
            asked = problem(f, claim)
            if all(close(sample.true, sample.claimed, 1e-20) for sample in asked.samples):
                continue
            tried += 1
            if found := find(asked):
                named.append((f, claim, found[0].name))
    assert (tried, named) == (
        401,
        [
            ("sin(x^2)", "cos(x)", "chain-rule-missing"),
            ("cos(x)", "cos(x)", "function-unchanged"),
            ("x sin(x)", "sin(x)", "product-as-product"),
            ("x/(x^2+1)", "1/(2x)", "quotient-as-quotient"),
            ("x^5", "x^4/4", "arithmetic-slip"),
            ("x^2+5", "6x", "arithmetic-slip"),
            ("x^3", "3(2x)^2", "arithmetic-slip"),
            ("x^3", "x^2", "power-coefficient-missing"),
            ("x^3", "1/(3x^2)", "variable-mixed-up"),
            ("a x^2", "2x", "coefficient-dropped"),
            ("ln(5x)", "1/(2x)", "arithmetic-slip"),
            ("sin(x)", "sec(x)", "trig-swapped"),
            ("sin(x)", "sin(x)", "function-unchanged"),
            ("x^2", "2x+5", "plus-c"),
        ],
    )
