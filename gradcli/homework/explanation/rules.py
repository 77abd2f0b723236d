"""What the rule of a step is called: sum rule, product rule, chain rule of sin."""

from __future__ import annotations

from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.homework.explanation.formulas import Step
    from gradcli.homework.explanation.graph import Vertex
    from gradcli.homework.explanation.steps import Steps
    from gradcli.homework.explanation.terms import Term


CONSTANT_FACTOR = "constant factor"
SIGN = "sign"  # a factor of -1, not worth a rule of its own within a sum


def rule_of(step: Step, steps: Steps) -> str:
    """The name of the rule by which the local derivatives of a step are found."""
    terms = steps.terms.get(step.head)
    if terms is not None:
        return _of_terms(terms)
    rule = step.head.rule
    assert rule is not None
    if step.head in steps.affine:
        return f"sum rule, {_of_product(steps.affine[step.head])}"
    if rule.name == "matmul":
        return _of_product(step.head)
    if rule.name == "pow":
        base, exponent = step.head.operands
        if base in step.inputs and exponent in step.inputs:
            return "power and exponential rule"
        return "power rule" if base in step.inputs else "exponential rule"
    if rule.name in _OF_ARRAYS:
        return _OF_ARRAYS[rule.name]
    named = step.head.spelling or rule.shown
    through = step.elementwise and any(operand.rule is not None for operand in step.inputs)
    return f"chain rule of {named}" if through else f"derivative of {named}"


def _of_product(product: Vertex) -> str:
    vectors = all(len(shape_of(o.value)) == 1 for o in product.operands if o is not None)
    return "product rule of vectors" if vectors else "product rule of matrices"


_OF_ARRAYS = {
    "sum": "sum rule",
    "dot": "product rule of vectors",
    "outer": "product rule of vectors",
    "getitem": "an element of an array",
    "stack": "an array of its elements",
    "transpose": "the transpose is linear",
    "reshape": "the same elements in another shape",
    "reciprocal": "reciprocal rule",
}


def _of_terms(terms: Sequence[Term]) -> str:
    kinds = list(dict.fromkeys(kind for term in terms if (kind := _of_term(term))))
    if len(terms) > 1:
        others = [kind for kind in kinds if kind not in (SIGN, CONSTANT_FACTOR)]
        kinds = ["sum", *(others or [kind for kind in kinds if kind != SIGN])]
    if not kinds:
        return "the identity"
    kinds = [CONSTANT_FACTOR if kind == SIGN else kind for kind in kinds]
    return f"{_listed(kinds)} rule"


def _of_term(term: Term) -> str:
    """The rule for one term; "" for a constant or a name alone."""
    exponents = list(term.factors.values())
    if not exponents:
        return ""
    if any(exponent < 0 for exponent in exponents):
        if len(exponents) > 1:
            return "quotient"
        return "reciprocal" if exponents == [-1.0] else "power"
    if len(exponents) > 1:
        return "product"
    if exponents != [1.0]:
        return "power"
    if abs(term.above) != 1.0 or term.below != 1.0 or term.constants or term.divisors:
        return CONSTANT_FACTOR
    return SIGN if term.above < 0 else ""


def _listed(kinds: Sequence[str]) -> str:
    return kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} and {kinds[-1]}"
