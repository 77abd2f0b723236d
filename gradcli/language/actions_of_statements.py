"""What the parser makes of each statement, the moment it has been read."""

from __future__ import annotations

from gradcli.language.actions import span_of
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.names import checked_name
from gradcli.language.statements import (
    ATTRIBUTES,
    Backward,
    Bind,
    Binding,
    Define,
    Evaluate,
    NoGrad,
    Print,
    RequiresGrad,
    ZeroGrad,
)
from gradcli.numbers.expression import Expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.language.actions import Action, Parts, Reading

SYMBOLS = frozenset("·⋅×÷−≤≥≠")
"""What is shown as the signs of ASCII that mean the same."""


def _evaluate(reading: Reading, c: Parts) -> Evaluate:
    expression = c[0]
    bindings = tuple(c[2]) if len(c) == 3 else ()
    start, end = span = span_of(expression)
    place, reading.reinterpreted = reading.reinterpreted, None
    reinterpreted = (place is not None and place < end) or (
        not reading.text.isascii() and not SYMBOLS.isdisjoint(reading.text[start:end])
    )
    twice = _first_twice([binding.name for binding in bindings])
    if twice is not None:
        binding = bindings[twice]
        raise Diagnostic("syntax", f"'{binding.name}' is bound twice", [(binding.span, "leave one out")])
    if bindings:
        span = (start, span_of(bindings[-1].expression)[1])
    return Evaluate(expression, bindings, span, reinterpreted)


def _first_twice(names: Sequence[str]) -> int | None:
    """The number of the first name that was there before."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            return index
        seen.add(name)
    return None


def _one_pair(_: Reading, c: Parts) -> Parts:
    return [Binding(checked_name(c[0]), c[2], c[0].span())]


def _more_pairs(_: Reading, c: Parts) -> Parts:
    c[0].append(Binding(checked_name(c[2]), c[4], c[2].span()))
    return c[0]  # type: ignore[no-any-return]


def _bind(reading: Reading, c: Parts) -> Bind:
    reading.reinterpreted = None
    name, _equal, expression = c[-3:]
    return Bind(checked_name(name), expression, len(c) == 4, (c[0].start(), expression.span[1]), name.span())


def _define(reading: Reading, c: Parts) -> Define:
    reading.reinterpreted = None
    parameters = tuple(map(checked_name, c[2])) if len(c) == 6 else ()
    twice = _first_twice(parameters)
    if twice is not None:
        message = f"two parameters are called '{parameters[twice]}'"
        raise Diagnostic("syntax", message, [(c[2][twice].span(), "choose another name")])
    return Define(checked_name(c[0]), parameters, c[-1], (c[0].start(), c[-1].span[1]), c[0].span())


def _backward(gradient: int | None, retain: int | None) -> Action:
    def action(reading: Reading, c: Parts) -> Backward:
        reading.reinterpreted = None
        last = c[-1]
        end = span_of(last)[1] if type(last) is Expression else last.end()
        return Backward(
            c[1], None if gradient is None else c[gradient], retain is not None, (c[0].start(), end)
        )

    return action


def _zero_grad(_: Reading, c: Parts) -> ZeroGrad:
    if len(c) == 1:
        return ZeroGrad(None, c[0].span())
    return ZeroGrad(checked_name(c[1]), (c[0].start(), c[1].end()), c[1].span())


def _requires_grad(_: Reading, c: Parts) -> RequiresGrad:
    word, name, switch = c
    if switch.group() not in ("on", "off"):
        raise Diagnostic(
            "syntax", f"'{switch.group()}' is neither on nor off", [(switch.span(), "write 'on' or 'off'")]
        )
    return RequiresGrad(checked_name(name), switch.group() == "on", (word.start(), switch.end()), name.span())


def _print(reading: Reading, c: Parts) -> Print:
    reading.reinterpreted = None
    if len(c) == 2:
        return Print(c[1], None, (c[0].start(), c[1].span[1]))
    word, name, attribute = c
    if attribute.group()[1:] not in ATTRIBUTES:
        from gradcli.language.suggest import nearest

        near = nearest(attribute.group(), [f".{known}" for known in ATTRIBUTES])
        known = f"did you mean '{near}'?" if near else f"there is .{', .'.join(ATTRIBUTES)}"
        raise Diagnostic("syntax", f"'{attribute.group()}' is not known", [(attribute.span(), known)])
    shown = Expression("name", (), checked_name(name), name.span())
    return Print(shown, attribute.group()[1:], (word.start(), attribute.end()), attribute.span())


def _no_grad(_: Reading, c: Parts) -> NoGrad:
    return NoGrad(tuple(c[2]), (c[0].start(), c[3].end()))


def _add_line(lines: Parts, statement: Any) -> Parts:
    if type(statement) is NoGrad:  # a block within a block changes nothing
        lines.extend(statement.statements)
    else:
        lines.append(statement)
    return lines


STATEMENT_ACTIONS: dict[str, Action] = {
    "evaluate": _evaluate,
    "evaluate_at": _evaluate,
    "one_pair": _one_pair,
    "more_pairs": _more_pairs,
    "bind": _bind,
    "bind_const": _bind,
    "define": _define,
    "define_constant": _define,
    "backward": _backward(None, None),
    "backward_with": _backward(3, None),
    "backward_retain": _backward(None, 2),
    "backward_with_retain": _backward(3, 4),
    "backward_retain_with": _backward(4, 2),
    "zero_grad": _zero_grad,
    "zero_grad_of": _zero_grad,
    "requires_grad": _requires_grad,
    "print_value": _print,
    "print_attribute": _print,
    "no_grad": _no_grad,
    "no_lines": lambda *_: [],
    "one_line": lambda _, c: _add_line([], c[0]),
    "same_lines": lambda _, c: c[0],
    "more_lines": lambda _, c: _add_line(c[0], c[2]),
}
"""The actions of statements, by the names that the grammar gives its alternatives."""
