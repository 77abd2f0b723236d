"""Errors of an evaluation as diagnostics: what went wrong, where in the text, and how to mend it."""

from __future__ import annotations

import re

from gradcli.evaluation.environment import CONSTANTS
from gradcli.language.diagnostics import LONGEST, Diagnostic
from gradcli.numbers.errors import ShapeError
from gradcli.rules.rulebook import NAMES, CallError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from gradcli.evaluation.machine import Machine
    from gradcli.language.diagnostics import Kind
    from gradcli.numbers.expression import Expression
    from gradcli.rules.rulebook import Rule, ValueRefused

    Span = tuple[int, int]
    Label = tuple[Span | None, str]


def failure(kind: Kind, message: str, *labels: Label, hint: str | None = None) -> Diagnostic:
    """A diagnostic of these labels, as far as they have a place."""
    return Diagnostic(kind, message, [(span, text) for span, text in labels if span is not None], hint=hint)


def clip(text: str) -> str:
    """A text from a statement, cut where it is too long to stand within a sentence."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def shape_text(operand: Any) -> str:
    """A shape as a label shows it: `(2, 3)`, or `a number`."""
    shape = tuple(getattr(operand, "shape", ()))
    return str(shape) if shape else "a number"


def has_shape(operand: Any) -> str:
    """A shape as a sentence says it: `has shape (2, 3)`, or `is a number`."""
    shape = tuple(getattr(operand, "shape", ()))
    return f"has shape {shape}" if shape else "is a number"


def diagnose(
    machine: Machine, expression: Expression, rule: Rule | None, operands: Sequence[Any], error: Exception
) -> Diagnostic:
    """What an error of the engine at an operation means for the text of that operation."""
    from gradcli.evaluation.wording import plain

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
    words = plain(error)
    for begins, parameter in _CULPRITS.items():
        if rule is not None and words.startswith(begins):
            place = place_of(machine, expression, rule, parameter)
    return failure("value", within + words, (place, ""))


_CULPRITS = {
    "there is no axis": "axis",
    "axis": "axis",
    "axes": "axes",
    "the number of steps": "steps",
    "a class": "k",
}
"""The parameters that messages are about, by how they begin."""


def refused(machine: Machine, expression: Expression, rule: Rule, error: ValueRefused) -> Diagnostic:
    """A static argument of a value that its parameter cannot have."""
    place = place_of(machine, expression, rule, error.parameter)
    return failure("value", machine.within() + str(error), (place, ""))


def place_of(machine: Machine, expression: Expression, rule: Rule, parameter: str) -> Span | None:
    """The place of the argument for a parameter; that of the whole call where there is no one argument."""
    argument = _arguments_of(expression, rule).get(parameter)
    return machine.place(expression if argument is None else argument)


def _arguments_of(expression: Expression, rule: Rule) -> dict[str, Expression]:
    """The arguments of a call by the parameters that they are for."""
    if expression.op != "call" or rule.variadic or rule.folds:
        return dict(expression.keywords)
    call = rule.overload(expression.args, expression.keywords).call
    return {**dict(zip(call.names, expression.args, strict=False)), **dict(expression.keywords)}


def _mismatch(
    machine: Machine, expression: Expression, rule: Rule | None, operands: Sequence[Any], error: Exception
) -> Diagnostic:
    """Operands whose shapes do not fit: each with its text, its shape and its place."""
    from gradcli.evaluation.wording import plain

    named = [] if rule is None else _operands_of(expression, rule, operands)
    if rule is None or not named:
        return failure("shape", machine.within() + plain(error), (machine.place(expression), ""))
    shapes = [f"{clip(machine.source(part))} {has_shape(operand)}" for part, operand in named]
    message = f"the shapes do not fit in {_name(expression, rule)}: {' and '.join(shapes)}"
    if machine.frame is not None and machine.frame.call is not None:
        return failure("shape", machine.within() + message, (machine.frame.call.span, "called here"))
    labels = [(part.span, shape_text(operand)) for part, operand in named]
    return failure("shape", message, *labels, hint=_reason(rule, error))


def _operands_of(expression: Expression, rule: Rule, operands: Sequence[Any]) -> list[tuple[Expression, Any]]:
    """The parts of an operation's text that are its operands, each with its operand."""
    parts: list[Expression | None] = list(expression.args)
    if expression.op == "call" and not (rule.variadic or rule.folds):
        arguments = _arguments_of(expression, rule)
        parts = [arguments.get(name) for name, _ in rule.operands]
    return [
        (part, operand)
        for part, operand in zip(parts, operands, strict=False)
        if part is not None and part.span is not None
    ]


def _name(expression: Expression, rule: Rule) -> str:
    """What the text calls an operation."""
    from gradcli.language.format import sign

    if expression.op == "if":
        return "if ... else"
    return str(expression.value) if expression.op == "call" else sign(expression.op) or rule.shown


def _reason(rule: Rule, error: Exception) -> str:
    from gradcli.evaluation.wording import plain

    text = str(error)
    if rule.name == "matmul" and "at least 1D" not in text:
        return "the columns of the left operand must be as many as the rows of the right one"
    return BROADCAST if any(words in text for words in ("broadcast", "non-singleton")) else plain(error)


BROADCAST = "sizes must be equal, or one of them 1, counted from the last"


def unbound(machine: Machine, expression: Expression) -> Diagnostic:
    """A name without a value: how to give it one, or what may have been meant."""
    name = expression.value
    place = machine.place(expression)
    unit = _unit_meant(machine, expression)
    if unit:
        message = machine.within() + f"{name!r} is no unit here, and has no value"
        return failure("name", message, (place, unit))
    add = f"add {name}=1" if len(name) <= LONGEST else "bind it: add NAME=VALUE"
    if name in NAMES or name in machine.environment.functions:
        return failure(
            "name",
            machine.within() + f"{name!r} is a function, and no variable of this name has a value",
            (place, f"write {_call_meant(machine, expression)}, or bind it: {add}"),
        )
    message = machine.within() + f"variable {name!r} has no value"
    return failure("name", message, (place, _meant(machine, expression, add)))


def no_number(machine: Machine, name: Expression, of: str, value: Expression) -> Diagnostic:
    """A name in a value that is to be a constant expression, as in `x=abc`; `of` says whose."""
    from gradcli.language.suggest import nearest, unit_of_angle

    written = name.value
    near = nearest(written, CONSTANTS)
    unit = name.span and unit_of_angle(machine.text, written, name.span[0])
    statement = None if near or unit else _statement_meant(machine.text, value)
    if written in machine.environment.variables or statement:
        label = f"write {statement}" if statement else "a variable"
        return failure("value", of + NOT_CONSTANT.format(written), (name.span, label))
    hint = "write a number, or a list as [1, 2]"
    if unit:
        hint = unit
    elif written in machine.environment.callables:
        hint = f"write {_call_meant(machine, name)}"
    elif near:
        hint = f"did you mean {near!r}?"
    return failure("value", f"{of}{written!r} is not a number or list", (name.span, hint))


def _statement_meant(text: str, value: Expression) -> str | None:
    """`k = 2x+5; k^2` for the value 2x+5 of `k^2 at k=2x+5`; None where the value stands behind no at."""
    assert value.span is not None
    start, end = value.span
    match = _AT_VALUE.search(text, max(start - _LONGEST_AT, 0), start)
    if match is None or end - start > _LONGEST_AT:
        return None
    others = match["others"].rstrip(", ")
    rest = f"{match['expression'].strip()} at {others}" if others else match["expression"].strip()
    return f"{match['name']} = {text[start:end]}; {rest}"


_LONGEST_AT = 60
_AT_VALUE = re.compile(
    r"(?P<expression>[^;\n]*)\bat\s+(?P<others>(?:[^;\n]*,\s*)?)"
    r"(?P<name>[^\W\d]\w*)\s*=\s*\(*\Z"
)
NOT_CONSTANT = "a value is a constant expression, and this mentions {}"


def _unit_meant(machine: Machine, expression: Expression) -> str | None:
    """How to write an angle where a name without a value is a unit of angles."""
    from gradcli.language.suggest import unit_of_angle

    if machine.frame is not None or expression.span is None:
        return None
    return unit_of_angle(machine.text, expression.value, expression.span[0])


def _meant(machine: Machine, expression: Expression, add: str) -> str:
    """What may have been meant by a name without a value, and else how to bind it."""
    from gradcli.language.suggest import call_with_number, nearest

    name, bound = expression.value, machine.names()
    if name == "d" and (derivative := _derivative_meant(machine, expression)):
        return derivative
    product = run_together(name, bound, machine.environment.callables)
    if product:
        return f"did you mean {product!r}?"
    call = call_with_number(name, machine.environment.callables)
    if call:
        return f"write {call}"
    near = nearest(name, [*bound, *CONSTANTS])
    return f"did you mean {near!r}? or {add}" if near else add


def _call_meant(machine: Machine, expression: Expression) -> str:
    """The call that a function's name without a parenthesis was meant for."""
    from gradcli.language.suggest import call_meant

    name = expression.value
    meant = None
    if machine.frame is None and expression.span is not None:
        meant = call_meant(machine.text, name, expression.span[1], machine.environment.callables)
    return meant or f"{name}(...)"


def _derivative_meant(machine: Machine, expression: Expression) -> str:
    """What to write for `d/dx`; "" where a name d stands in no such thing."""
    if machine.frame is not None or expression.span is None:
        return ""
    match = _LEIBNIZ.match(machine.text, expression.span[0])
    return f"a derivative is written diff(f, {match.group('x')})" if match else ""


_LEIBNIZ = re.compile(r"d\s*/\s*d\s*(?P<x>[^\W\d]\w{0,20})")


def unknown_function(machine: Machine, expression: Expression, name: str) -> Diagnostic:
    """A call of what is no function: the nearest one, or the product that may have been meant."""
    from gradcli.language.suggest import ELSEWHERE, nearest

    functions = machine.environment.callables
    span = machine.place(expression)
    message = machine.within() + f"unknown function {name!r}"
    if name in functions:  # defined only after the text that calls it had been read
        return failure(
            "name", f"{name!r} was no function yet when this was read", (span, f"define {name} before")
        )
    near = nearest(name, functions)
    bound = machine.names()
    for function in sorted((f for f in functions if name.endswith(f)), key=len, reverse=True):
        factor = name.removesuffix(function)
        product = factor if factor in bound or (near is None and len(factor) == 1) else ""
        product = product or run_together(factor, bound, ())
        if product:
            product = f"{product}*{function}{_arguments(machine, expression)}"
            return failure("name", message, (span, f"did you mean {product!r}?"))
    if near and ELSEWHERE.get(name) == near:
        call = f"{near}{_arguments(machine, expression)}"
        return failure("name", message, (span, f"{name!r} is {near} here: write {call}"))
    if near:
        return failure("name", message, (span, f"did you mean {near!r}?"))
    return failure("name", message, (span, f"to multiply, bind it (add {name}=1) or write '{name}*(...)'"))


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


def run_together(name: str, bound: Iterable[str], functions: Iterable[str]) -> str:
    """`x*y` for `xy` where both are bound, `x*sin(x)` for `xsinx`; "" where no three factors make it."""
    variables = [known for known in {**dict.fromkeys(bound), **CONSTANTS} if name != known]
    begun = [("", name)]
    for _ in range(3):
        begun = [
            (f"{product}*{factor}".lstrip("*"), rest)
            for product, left in begun
            for factor, rest in _factors(left, variables, functions)
        ]
        for product, rest in begun:
            if not rest:
                return product
    return ""


def _factors(text: str, variables: list[str], functions: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What `text` may begin with, a variable or a function with its argument, and the rest of it."""
    for variable in variables:
        if text.startswith(variable):
            yield variable, text[len(variable) :]
    for function in functions:
        if text.startswith(function) and len(function) > 1:
            match = _ARGUMENT.fullmatch(text, len(function))
            if match is None or match["x"] == "e":  # sine is a word
                continue
            if match["x"] in variables or (len(match["x"]) == 1 and len(function) > 2):
                yield f"{function}({match.group()})", ""


_ARGUMENT = re.compile(r"[0-9]{0,9}(?P<x>[^\W\d]\w{0,20})")
