"""Formulas that have a safer form: what loses its digits or turns to nan, and the function that does not.

One table. A row is used where its formula stands in a text around the operation that went wrong, and only
where the safer form, computed at the same point, gives a number.
"""

from __future__ import annotations

from functools import cache, reduce
from itertools import pairwise

from gradcli.engine.backward import cotangents
from gradcli.engine.tensor import Tensor, wrap
from gradcli.evaluation.kinds import payload_of, tensor_of
from gradcli.evaluation.machine import ENGINE, Frame
from gradcli.evaluation.results import Note
from gradcli.language.diagnostics import LONGEST, Diagnostic
from gradcli.language.format import format
from gradcli.language.parser import parse_expression
from gradcli.numbers import is_finite, shape_of, size_of
from gradcli.numbers.expression import Expression, parts, postorder
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gradcli.evaluation.answers import Answer
    from gradcli.evaluation.results import Payload

    Bound = dict[str, Expression]

TABLE = [
    # what overflows, underflows or is 0/0
    ("x*log(y)", "xlogy(x, y)"),
    ("sin(pi*x)/(pi*x)", "sinc(x)"),
    ("sin(x)/x", "sinc(x/pi)"),
    ("1/(1 + exp(-x))", "sigmoid(x)"),
    ("1/(1 + exp(x))", "sigmoid(-x)"),
    ("exp(x)/(1 + exp(x))", "sigmoid(x)"),
    ("log(det(A))", "logdet(A)"),
    ("log(prod(v))", "sum(log(v))"),
    ("log(gamma(x))", "lgamma(x)"),
    ("gamma(x)/gamma(y)", "exp(lgamma(x) - lgamma(y))"),
    ("sqrt(x**2 + y**2)", "hypot(x, y)"),
    ("exp(v)/sum(exp(v))", "softmax(v)"),
    ("log(sum(exp(v)))", "logsumexp(v)"),
    ("log(softmax(v))", "log_softmax(v)"),
    ("log(exp(x) + exp(y))", "logsumexp([x, y])"),
    ("log(1 + exp(x))", "softplus(x)"),
    ("log1p(exp(x))", "softplus(x)"),
    ("log(sigmoid(x))", "logsigmoid(x)"),
    ("log(1 - sigmoid(x))", "logsigmoid(-x)"),
    ("bce(sigmoid(x), y)", "bce_with_logits(x, y)"),
    ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", "tanh(x)"),
    # what cancels
    ("(exp(x) - exp(-x))/2", "sinh(x)"),
    ("exp(x) - 1", "expm1(x)"),
    ("1 - exp(x)", "-expm1(x)"),
    ("log(1 + x)", "log1p(x)"),
    ("log(1 - x)", "log1p(-x)"),
    ("(1 + x)**y", "exp(y*log1p(x))"),
    ("1 - cos(x)", "2*sin(x/2)**2"),
    ("cos(x)**2 - sin(x)**2", "cos(2*x)"),
    ("1 - sigmoid(x)", "sigmoid(-x)"),
    ("1 - tanh(x)", "2*sigmoid(-2*x)"),
    ("1 - tanh(x)**2", "sech(x)**2"),
    ("1 - erf(x)", "erfc(x)"),
    ("erf(x) - 1", "-erfc(x)"),
    ("log(x) - log(y)", "log1p((x - y)/y)"),
    ("sqrt(x**2 + y) - x", "y/(sqrt(x**2 + y) + x)"),
    ("sqrt(x**2 - y) - x", "-y/(sqrt(x**2 - y) + x)"),
    ("x - sqrt(x**2 - y)", "y/(x + sqrt(x**2 - y))"),
    ("sqrt(1 + x) - 1", "x/(sqrt(1 + x) + 1)"),
    ("sqrt(x) - sqrt(y)", "(x - y)/(sqrt(x) + sqrt(y))"),
    ("1/x - 1/y", "(y - x)/(x*y)"),
    ("x**2 - y**2", "(x - y)*(x + y)"),
]
"""Formulas, the more special before the more general, and what to write for each of them."""


class Safer:
    """A formula in a text, the form that is safer there, and what that is at the point."""

    __slots__ = ("expression", "gradients", "text", "value")

    def __init__(
        self, expression: Expression, text: str, value: Payload, gradients: dict[str, Payload]
    ) -> None:
        self.expression = expression  # the formula
        self.text = text
        self.value = value
        self.gradients = gradients  # by the names of the leaves


def safer(this: Answer, culprit: Expression, frame: Frame | None) -> Iterator[Safer]:
    """The safer forms, finite ones, of the formulas that an operation is in, of the smallest one first."""
    if not this.source.environment.variables.keys().isdisjoint(("e", "pi", "π")):
        return  # a formula of the table means the constants
    root = this.statement.expression if frame is None or frame.function is None else frame.function.body
    around = [part for part in postorder(root) if _holds(part, culprit)]
    for part in around[:MOST_AROUND]:
        for formula, form in _rows():
            for bound in _matches(formula, part, {}):
                found = _computed(this, part, _filled(form, bound), frame)
                if found is not None:
                    yield found
                    break


MOST_AROUND = 20
"""So many of the operations around one are looked at: a formula of the table is no larger."""


@cache
def _rows() -> list[tuple[Expression, Expression]]:
    """The rows of the table, read."""
    return [(parse_expression(a, functions=NAMES), parse_expression(b, functions=NAMES)) for a, b in TABLE]


def _holds(outer: Expression, inner: Expression) -> bool:
    if outer is inner:
        return True
    if outer.span is None or inner.span is None:
        return False
    return outer.span[0] <= inner.span[0] and inner.span[1] <= outer.span[1] and bool(outer.args)


# --- matching ---


def _matches(formula: Expression, part: Expression, bound: Bound) -> Iterator[Bound]:
    """The ways in which a part of a text is a formula: what its letters stand for. As deep as the formula."""
    if formula.op == "name" and formula.value != "pi":
        known = bound.get(formula.value)
        if known is None:
            yield {**bound, formula.value: part}
        elif format(known) == format(part):
            yield bound
        return
    wanted, (operation, operands) = _view(formula), _view(part if formula.op != "neg" else _negative(part))
    if wanted[0] != operation or len(wanted[1]) != len(operands):
        return
    yield from _all_match(wanted[1], operands, bound)
    if operation in ("add", "mul"):
        yield from _all_match(wanted[1], operands[::-1], bound)
        for one, others in _split(part):
            yield from _all_match(wanted[1], (others, one), bound)


def _all_match(
    formulas: tuple[Expression, ...], found: tuple[Expression, ...], bound: Bound
) -> Iterator[Bound]:
    if not formulas:
        yield bound
        return
    for first in _matches(formulas[0], found[0], bound):
        yield from _all_match(formulas[1:], found[1:], first)


def _view(part: Expression) -> tuple[Any, tuple[Expression, ...]]:
    """What a part is: an operation and its operands, in whichever way it is written."""
    if part.op == "number":
        return part.value, ()
    if part.op == "call" and part.value in NAMES and not part.keywords:
        return NAMES[part.value].name, part.args
    if part.op == "pow" and part.args[0].op == "name" and part.args[0].value == "e":
        return "exp", part.args[1:]
    if part.op == "name":
        return ("name", "pi" if part.value == "π" else part.value), ()
    return part.op, tuple(parts(part))


def _split(part: Expression) -> Iterator[tuple[Expression, Expression]]:
    """Each operand of a chain like `a*b*c`, with what the others make; none of what is no longer than two."""
    operands: list[Expression] = []
    first = part
    while first.op == part.op and len(operands) < MOST_OPERANDS:
        first, last = first.args
        operands.append(last)
    operands = [first, *reversed(operands)]
    for place, each in enumerate(operands if len(operands) > 2 else ()):
        others = (*operands[:place], *operands[place + 1 :])
        yield each, reduce(lambda a, b: Expression(part.op, (a, b)), others)


MOST_OPERANDS = 6
"""So long is a chain that is looked at operand by operand."""


def _negative(part: Expression) -> Expression:
    """`-k*x`, which is read as (-k)*x, as the negative that it is."""
    if part.op not in ("mul", "div") or part.args[0].op != "neg":
        return part
    (first,) = part.args[0].args
    return Expression("neg", (Expression(part.op, (first, part.args[1])),))


def _filled(form: Expression, bound: Bound) -> Expression:
    """A form of the table with what its letters stand for."""
    made: dict[int, Expression] = {}
    for part in postorder(form):
        if part.op == "name" and part.value in bound:
            made[id(part)] = bound[part.value]
        else:
            args = tuple(made[id(arg)] for arg in part.args)
            made[id(part)] = Expression(part.op, args, part.value, None, part.text)
    return made[id(form)]


# --- computing ---


def _computed(this: Answer, part: Expression, form: Expression, frame: Frame | None) -> Safer | None:
    """A safer form at the point of an answer; None where it is no finite number, or cannot be computed."""
    if any(p.op == "call" and p.value in this.source.environment.functions for p in postorder(form)):
        return None  # what the user calls so may be another function
    text = format(form)
    if len(text) > LONGEST:
        return None
    machine = this.source.machine()
    machine.frame = frame
    try:
        root = machine.run(form)
        value = payload_of(root)
        if not is_finite(value):
            return None
        gradients = _gradients(root, machine.mentioned)
        for name, gradient in gradients.items():
            if frame is None and len(gradients) == 1 and not shape_of(gradient) and not is_finite(gradient):
                gradients[name] = _tends(this, form, name)
    except (Diagnostic, *ENGINE):
        return None
    return Safer(part, text, value, gradients)


def _tends(this: Answer, form: Expression, name: str) -> float:
    """What the slope of a form tends to as a variable nears its value, from above; nan where to nothing."""
    x = float(this.source.environment.variables[name].tensor._value)
    slopes = []
    for step in STEPS:
        near = wrap(x + step, True)
        machine = this.source.machine()
        machine.frame = Frame(None, None, {name: near}, None)
        _, leaves = cotangents(tensor_of(machine.run(form)))
        slopes.append(float(leaves.get(near, 0.0)))
    growth = [after - before for before, after in pairwise(slopes)]
    if not is_finite(sum(slopes)):
        return NAN
    largest = max(map(abs, slopes))
    if abs(growth[-1]) <= CLOSE * largest:
        return slopes[-1] if abs(slopes[-1]) > CLOSE * largest else 0.0
    endless = all(after / before >= ENDLESS for before, after in pairwise(growth) if before)
    return (INFINITY if growth[-1] > 0 else -INFINITY) if endless else NAN


STEPS = (1e-16, 1e-32, 1e-64, 1e-128)
"""From a point at 0 to those beside it, each so much nearer that what grows as a logarithm doubles."""

CLOSE, ENDLESS = 1e-6, 1.5
"""Relative growth that is none any more, and how that grows which does not end."""

NAN, INFINITY = float("nan"), float("inf")


def _gradients(root: Any, mentioned: Any) -> dict[str, Payload]:
    if type(root) is not Tensor or not root.requires_grad:
        return {}
    _, leaves = cotangents(root)
    return {b.name: leaves[b.tensor] for b in mentioned if b.leaves is None and b.tensor in leaves}


# --- words ---


MOST_SHOWN = 9
"""So many elements of an array stand in a note."""


def note(this: Answer, culprit: Expression, frame: Frame | None, out: Payload) -> list[Note]:
    """A note on the safer form of a formula with an operation in it that gave `out`, nan or infinite."""
    found = next(safer(this, culprit, frame), None)
    if found is None:
        return []
    span = (found.expression if frame is None or frame.call is None else frame.call).span
    what = next((what for name, what in _WHAT.items() if found.text.startswith(name)), "")
    why = f"{what} {'over' if _grows(out) else 'under'}flows, " if what else ""
    return [Note(why + said(found), span)]


def _grows(out: Payload) -> bool:
    return bool(not shape_of(out) and out > 0)


_WHAT = {"logdet(": "the determinant", "sum(log(": "the product"}


def said(found: Safer) -> str:
    """`sinc(x) is 1 there, with slope 0`."""
    if size_of(found.value) > MOST_SHOWN:
        return f"{found.text} is finite there"
    text = f"{found.text} is {_shown(found.value)} there"
    if len(found.gradients) != 1:
        return text
    (gradient,) = found.gradients.values()
    if size_of(gradient) > MOST_SHOWN:
        return text
    if shape_of(gradient):
        return f"{text}, with the gradient {_shown(gradient)}"
    if is_finite(gradient):
        return f"{text}, with slope {_shown(gradient)}"
    return f"{text}, its slope tends to {_shown(gradient)}" if gradient == gradient else text


def _shown(payload: Payload) -> str:
    if not shape_of(payload):
        return f"{float(payload) + 0.0:.6g}"
    on_diagonal = _diagonal(payload)
    if on_diagonal is not None:
        return f"{on_diagonal:.6g} on the diagonal"
    rows = [_shown(row) for row in payload]
    return f"[{', '.join(rows)}]"


def _diagonal(payload: Payload) -> float | None:
    """What a square matrix has on its diagonal, where that is one number and all else is 0."""
    if len(shape_of(payload)) != 2 or len(set(shape_of(payload))) != 1:
        return None
    first = float(payload[0, 0])
    for i, row in enumerate(payload):
        for j, element in enumerate(row):
            if float(element) != (first if i == j else 0.0):
                return None
    return first
