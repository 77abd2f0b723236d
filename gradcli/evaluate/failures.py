"""Errors of an evaluation as diagnostics: what went wrong, where in the text, and how to mend it."""

from __future__ import annotations

from gradcli.autograd.rulebook import NAMES, CallError
from gradcli.evaluate.environment import CONSTANTS
from gradcli.language.diagnostics import Diagnostic
from gradcli.numbers.errors import ShapeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Literal

    from gradcli.autograd.rulebook import Rule
    from gradcli.evaluate.machine import Machine
    from gradcli.numbers.expression import Expression

    Span = tuple[int, int]
    Label = tuple[Span | None, str]
    Kind = Literal["syntax", "name", "call", "shape", "value"]

LONGEST = 40


def failure(kind: Kind, message: str, *labels: Label, hint: str | None = None) -> Diagnostic:
    """A diagnostic of these labels, as far as they have a place."""
    return Diagnostic(kind, message, [(span, text) for span, text in labels if span is not None], hint=hint)


def clip(text: str) -> str:
    """A text from a statement, cut where it is too long to stand within a sentence."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def shape_text(operand: Any) -> str:
    """A shape as a message shows it: `(2, 3)`, or `a scalar`."""
    shape = tuple(getattr(operand, "shape", ()))
    return str(shape) if shape else "a scalar"


def diagnose(
    machine: Machine, expression: Expression, rule: Rule | None, operands: Sequence[Any], error: Exception
) -> Diagnostic:
    """What an error of the engine at an operation means for the text of that operation."""
    place = machine.place(expression)
    within = machine.within()
    if isinstance(error, CallError):
        return failure("call", within + str(error), (place, ""))
    if isinstance(error, MemoryError):  # ArrayTooLarge is one
        return failure("value", within + (str(error) or "there is not enough memory"), (place, "too large"))
    # NumPy's own operators know no ShapeError.
    if isinstance(error, ShapeError) or (isinstance(error, ValueError) and "broadcast" in str(error)):
        return _mismatch(machine, expression, rule, operands, error)
    if rule is not None and (isinstance(error, TypeError) or "Python scalars" in str(error)):
        message = f"{rule.shown}({rule.signature}) needs a number where one of these arguments is an array"
        return failure("value", within + message, (place, ""))
    return failure("value", within + _sentence(error), (place, ""))


def _mismatch(
    machine: Machine, expression: Expression, rule: Rule | None, operands: Sequence[Any], error: Exception
) -> Diagnostic:
    """Operands whose shapes do not fit: each with its text, its shape and its place."""
    from gradcli.language.format import sign

    parts = [*expression.args, *(part for _, part in expression.keywords)]
    named = [pair for pair in zip(parts, operands, strict=False) if pair[0].span is not None]
    if rule is None or not named:
        return failure("shape", machine.within() + _sentence(error), (machine.place(expression), ""))
    shapes = [f"{clip(machine.source(part))} has shape {shape_text(operand)}" for part, operand in named]
    message = f"the shapes do not fit in {sign(rule.name) or rule.shown}: {' and '.join(shapes)}"
    if machine.frame is not None and machine.frame.call is not None:
        return failure("shape", machine.within() + message, (machine.frame.call.span, "called here"))
    labels = [(part.span, shape_text(operand)) for part, operand in named]
    return failure("shape", message, *labels, hint=_reason(rule, sign(rule.name), error))


def _reason(rule: Rule, sign: str | None, error: Exception) -> str:
    if rule.name == "matmul":
        return "the columns of the left operand must be as many as the rows of the right one"
    if sign or any(words in str(error) for words in ("broadcast", "non-singleton")):
        return "sizes must be equal, or one of them 1, counted from the last"
    return _sentence(error)


def _sentence(error: Exception) -> str:
    """An error's text without a full stop, beginning in lower case as the other messages do."""
    text = str(error).rstrip(".")
    return text[:1].lower() + text[1:] if text[:2].istitle() or text[1:2] == " " else text


def unbound(machine: Machine, expression: Expression) -> Diagnostic:
    """A name without a value: how to give it one, or what may have been meant."""
    from gradcli.language.suggest import call_meant, nearest

    name = expression.value
    bound = machine.names()
    place = machine.place(expression)
    product = _run_together(name, bound)
    if product:
        return failure("name", f"variable {name!r} has no value", (place, f"did you mean '{product}'?"))
    if name in NAMES or name in machine.environment.functions:
        meant = None
        if machine.frame is None and expression.span is not None:
            meant = call_meant(machine.text, name, expression.span[1])
        return failure(
            "name",
            f"{name!r} is a function, and no variable of this name has a value",
            (place, f"write {meant or f'{name}(...)'}, or bind it: add {name}=1"),
        )
    near = nearest(name, [*bound, *CONSTANTS])
    if near:
        return failure(
            "name", f"variable {name!r} has no value", (place, f"did you mean {near!r}? or add {name}=1")
        )
    return failure("name", f"variable {name!r} has no value", (place, f"add {name}=1"))


def unknown_function(machine: Machine, expression: Expression, name: str) -> Diagnostic:
    """A call of what is no function: the nearest one, or the product that may have been meant."""
    from gradcli.language.suggest import nearest

    functions = machine.environment.callables
    span = machine.place(expression)
    if name in functions:  # defined only after the text that calls it had been read
        return failure(
            "name", f"{name!r} was no function yet when this was read", (span, f"define {name} before")
        )
    near = nearest(name, functions)
    bound = machine.names()
    for cut in range(1, len(name)):
        if name[cut:] in functions and (name[:cut] in bound or (near is None and cut == 1)):
            product = f"{name[:cut]}*{name[cut:]}{_arguments(machine, expression)}"
            return failure("name", f"unknown function {name!r}", (span, f"did you mean {product!r}?"))
    if near:
        return failure("name", f"unknown function {name!r}", (span, f"did you mean {near!r}?"))
    return failure(
        "name",
        f"unknown function {name!r}",
        (span, f"to multiply, bind it (add {name}=1) or write '{name}*(...)'"),
    )


def _arguments(machine: Machine, expression: Expression) -> str:
    """The parenthesis behind a name as it is written, `(x)`; `(...)` where it is long."""
    frame = machine.frame
    text = machine.text if frame is None or frame.function is None else frame.function.text
    start = expression.span[1] if expression.span is not None else len(text)
    depth = 0
    for position, character in enumerate(text[start : start + LONGEST]):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return text[start : start + position + 1] if position else "(...)"
    return "(...)"


def unknown_variable(name: str, known: Iterable[str], option: str) -> Diagnostic:
    """A name given to an option that nothing binds."""
    from gradcli.language.suggest import nearest

    near = nearest(name, known)
    hint = f"did you mean {near!r}?" if near else f"bind it: add {name}=1"
    return failure("name", f"{option} names {name!r}, which is no variable here", hint=hint)


def _run_together(name: str, bound: Iterable[str]) -> str:
    """`x*y` for `xy` where both are bound; "" where no two, or three, names make up this one."""
    known = {*bound, *CONSTANTS}
    for cut in range(1, len(name)):
        if name[:cut] in known:
            if name[cut:] in known:
                return f"{name[:cut]}*{name[cut:]}"
            for second in range(cut + 1, len(name)):
                if name[cut:second] in known and name[second:] in known:
                    return f"{name[:cut]}*{name[cut:second]}*{name[second:]}"
    return ""
