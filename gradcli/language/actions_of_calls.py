"""What the parser makes of each call, with parentheses and without, the moment it has been read."""

from __future__ import annotations

from gradcli.language.actions import braces, exponent_of, juxtapose, span_of
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.names import checked_name
from gradcli.numbers.expression import Expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match

    from gradcli.language.actions import Action, Parts, Reading


def _call(reading: Reading, c: Parts) -> Expression:
    return _made_call(reading, c[0], c[2], c[3].end())


def _call_empty(reading: Reading, c: Parts) -> Expression:
    return _made_call(reading, c[0], [], c[2].end())


def _made_call(reading: Reading, function: Match[str], items: Parts, end: int) -> Expression:
    name = checked_name(function)
    args: list[Expression] = []
    keywords: dict[str, Expression] = {}
    for item in items:
        if type(item) is Expression:
            if keywords:
                message = "an argument without a name stands behind one with a name"
                raise Diagnostic("syntax", message, [(span_of(item), "put it before the named ones")])
            args.append(item)
        else:
            key = checked_name(item[0])
            if key in keywords:
                raise Diagnostic("call", f"'{key}' is given twice", [(item[0].span(), "leave one out")])
            keywords[key] = item[1]
    span = (function.start(), end)
    if name not in reading.functions and name not in reading.defined:
        from gradcli.language.textbook import logarithm

        return logarithm(reading, function, args, keywords, span)
    return Expression("call", tuple(args), name, span, function.group(), tuple(keywords.items()))


def _call_raised(reading: Reading, c: Parts) -> Expression:
    function, _power, exponent, _open, items, close = c
    return _raised(reading, function, exponent, items, close)


def _call_superscript(reading: Reading, c: Parts) -> Expression:
    function, match, _open, items, close = c
    return _raised(reading, function, exponent_of(reading, match), items, close)


def _raised(
    reading: Reading, function: Match[str], exponent: Expression, items: Parts, close: Match[str]
) -> Expression:
    reading.reinterpret(function.start())
    call = _made_call(reading, function, items, close.end())
    if exponent.op == "neg" and exponent.args[0].op == "number" and exponent.args[0].value == 1.0:
        from gradcli.language.mistakes import inverse_or_reciprocal

        place = (function.start(), span_of(exponent)[1])
        arguments = reading.text[reading.text.index("(", place[1]) + 1 : close.start()]
        raise inverse_or_reciprocal(reading, call.value, arguments, place)
    return Expression("pow", (call, exponent), None, (function.start(), close.end()))


# --------------------------------------------------------------------------------------------------
# Textbook functions before their arguments; an argument is a list of factors
# --------------------------------------------------------------------------------------------------


def _apply(reading: Reading, c: Parts) -> Expression:
    function, factors = c
    return _applied(reading, function, factors)


def _apply_raised(reading: Reading, c: Parts) -> Expression:
    function, _power, exponent, factors = c
    return _applied(reading, function, factors, exponent)


def _apply_superscript(reading: Reading, c: Parts) -> Expression:
    function, match, factors = c
    return _applied(reading, function, factors, exponent_of(reading, match))


def _applied(
    reading: Reading, function: Match[str], factors: Parts, exponent: Expression | None = None
) -> Expression:
    from gradcli.language.textbook import check_applied

    reading.reinterpret(function.start())
    argument = factors[0]
    for factor in factors[1:]:
        argument = juxtapose(reading, [argument, factor])
    end = span_of(argument)[1]
    check_applied(reading, function, argument, exponent)
    call = _made_call(reading, function, [argument], end)
    return call if exponent is None else Expression("pow", (call, exponent), None, (function.start(), end))


def _further(reading: Reading, c: Parts) -> Parts:
    reading.nested = span_of(c[0])[1]
    return c


def _braces_alone(reading: Reading, c: Parts) -> Parts:
    return [braces(reading, c)]


CALL_ACTIONS: dict[str, Action] = {
    "call": _call,
    "call_empty": _call_empty,
    "call_raised": _call_raised,
    "call_superscript": _call_superscript,
    "apply": _apply,
    "apply_raised": _apply_raised,
    "apply_superscript": _apply_superscript,
    "further": _further,
    "braces_alone": _braces_alone,
}
"""The actions of calls, by the names that the grammar gives its alternatives."""
