"""What every entry of the rulebook says of itself: complete, and with formulas that compute the gradient."""

import re

import numpy as np
import pytest

from gradcli import rules as rules
from gradcli.evaluation import evaluate
from gradcli.rules.rulebook import NAMES, NO_NODE, RULES, rule

EVERY = list(RULES.values())
every_rule = pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.name)

SPELLINGS = (
    "abs sign sgn sqrt cbrt exp exp2 expm1 log ln log2 log10 log1p sin cos tan sec csc cosec cot asin arcsin "
    "acos arccos atan arctan sinh cosh tanh sech csch cosech coth asinh arcsinh arsinh acosh arccosh arcosh "
    "atanh arctanh artanh asec arcsec acsc arccsc acosec arccosec acot arccot arcctg asech arcsech arsech "
    "acsch arccsch arcsch acoth arccoth arcoth cth sinc xlogy fmod logdet cumprod atan2 hypot pow "
    "sigmoid σ logit logsigmoid softplus relu leaky_relu elu selu gelu silu swish erf erfc erfinv "
    "lgamma digamma polygamma gamma beta floor ceil round trunc radians degrees clamp maximum minimum where "
    "tg ctg arctg sen sh ch th lg sum mean prod var std logsumexp max min norm softmax log_softmax cumsum "
    "dot transpose trace det inv solve outer cross diag reshape concat stack mse mae huber bce "
    "bce_with_logits cross_entropy zeros ones full arange linspace eye diff detach "
)


def test_every_function_of_the_language_is_there_and_no_other():
    assert set(NAMES) == set(SPELLINGS.split())


TEXTBOOK = (
    "sin sen cos tan tg sec csc cosec cot ctg asin arcsin acos arccos atan arctan arctg asec arcsec acsc "
    "arccsc acosec arccosec acot arccot arcctg sinh sh cosh ch tanh th sech csch cosech coth cth asinh "
    "arcsinh arsinh acosh arccosh arcosh atanh arctanh artanh asech arcsech arsech acsch arccsch arcsch "
    "acoth arccoth arcoth ln log lg log2 log10 exp sqrt cbrt"
)


def test_the_textbook_functions():
    assert {name for name, entry in NAMES.items() if entry.textbook} == set(TEXTBOOK.split())


@every_rule
def test_says_everything(entry):
    assert entry.summary
    assert entry.domain
    assert entry.example
    assert entry.backward == NO_NODE or re.fullmatch(r"[A-Z][A-Za-z0-9]*Backward\d(_copy)?", entry.backward)
    assert (entry.backward == NO_NODE) == (not entry.differentiable)


@every_rule
def test_has_a_vjp_and_a_formula_for_every_operand(entry):
    if entry.variadic:
        assert entry.derivative
        return
    assert len(entry.vjps) in (len(entry.operands), 0)
    assert len(entry.derivative.split("; ")) == max(len(entry.operands), 1)


def test_refuses_a_second_entry_of_a_name():
    fields = {"value": lambda xp, x: x, "summary": "again"}
    with pytest.raises(ValueError, match=re.escape("the rulebook has two rules called 'sin'")):
        rule("sin", "x", **fields)
    with pytest.raises(ValueError, match=re.escape("the rulebook has two functions called 'ln'")):
        rule("other", "x", spellings=["ln"], **fields)
    del RULES["other"], NAMES["other"]


@every_rule
def test_the_example_is_computed(entry):
    result = evaluate(entry.example)
    assert np.all(np.isfinite(result.value))


def formula(text, names):
    """The value of a derivative's formula, in the language, with these names."""
    used = {name: value for name, value in names.items() if re.search(rf"\b{name}\b(?!\()", text)}
    return evaluate(text, **used).value


REARRANGING = {"getitem", "scatter", "broadcast_to", "flip", "reshape", "stack", "concat", "full"}
WITH_FORMULA = [e for e in EVERY if e.differentiable and e.name not in REARRANGING | {"diff"}]


@pytest.mark.parametrize("entry", WITH_FORMULA, ids=lambda entry: entry.name)
def test_the_formula_is_the_vjp(entry, checker):
    operands, static = next(iter(checker.samples(entry)))
    g = checker.weights(checker.value(entry, operands, static), 0)
    names = {name: operand for (name, _), operand in zip(entry.operands, operands, strict=True)}
    names = {"n": float(len(np.atleast_1d(operands[0]))), **names, **static, "g": g}
    found = checker.cotangents(entry, operands, static, g)
    for got, text in zip(found, entry.derivative.split("; "), strict=True):
        if got is not None:
            result = formula(text, names)
            result = result if re.search(r"\bg\b", text) else result * g
            assert np.allclose(result, got, rtol=1e-12, atol=1e-15), (text, names)
