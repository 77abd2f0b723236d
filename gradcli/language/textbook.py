"""Textbook functions before arguments without parentheses: what two people read differently is refused."""

from __future__ import annotations

from gradcli.language.brackets import CLOSERS, OPENERS
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.language.lalr import LOGARITHMS
from gradcli.language.names import checked_name
from gradcli.numbers.expression import Expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match
    from typing import Any

    from gradcli.language.actions import Reading
    from gradcli.language.mistakes import Scene
    from gradcli.numbers.expression import Span

TWO_ENDS = "the function's argument can end in two places"
_ROOTS = ("sqrt", "cbrt")  # the words for signs that take one operand: √2x is sqrt(2)*x
_OPERATORS = frozenset(("TIMES", "DIVIDE", "FLOOR", "MODULO", "MATMUL", "POWER"))
_BESIDE = frozenset(("NAME", "CALLED", "LPAR", "LBRACE", "LSQB", "SQUARE", "VBAR", "ROOT"))
_ENDS = (
    frozenset(
        ("PLUS", "MINUS", "COMPARISON", "COMMA", "CLOSING", "$END", "SEMICOLON", "NEWLINE", "EQUAL", "COLON")
    )
    | CLOSERS.keys()
)
_PREFIXES = frozenset(("BARE", "RAISED_BARE"))


# --------------------------------------------------------------------------------------------------
# What the actions refuse
# --------------------------------------------------------------------------------------------------


def check_applied(
    reading: Reading, function: Match[str], argument: Expression, exponent: Expression | None
) -> None:
    """Raise Diagnostic for `sqrt 2x` and `sin^-1 x`."""
    name = checked_name(function)
    assert argument.span is not None
    start, end = function.start(), argument.span[1]
    if name in _ROOTS and argument.op in ("mul", "pow") and reading.text[end - 1] not in "})|":
        whole = format(argument)
        first, *_ = argument.args
        sign = "*" if argument.op == "mul" else "**"
        while first.op == "mul":
            first = first.args[0]
        rest = whole.removeprefix(format(first)).removeprefix(sign)
        fix = f"write {name}({whole}) or {name}({format(first)}){sign}{rest}"
        raise Diagnostic("syntax", TWO_ENDS, [((start, end), fix)])
    if exponent is not None and exponent.op == "neg" and exponent.args[0].value == 1.0:
        from gradcli.language.mistakes import inverse_or_reciprocal

        assert exponent.span is not None
        raise inverse_or_reciprocal(reading, name, format(argument), (start, exponent.span[1]))


def _in_capitals(name: str, span: Span) -> Diagnostic:
    """`Sin(x)`, `SIN x`."""
    return Diagnostic("name", f"unknown function {name!r}", [(span, f"did you mean {name.lower()!r}?")])


def two_ends(c: list[Any]) -> Diagnostic:
    """`ln sin x cos x`: where does the argument of the first end?"""
    left, right = c[0], c[-1]
    outer = left
    while outer.op != "call" or (outer.span == left.span and outer.args[0].span[1] != left.span[1]):
        outer = next(arg for arg in outer.args if arg.span[1] == left.span[1])
    sign = c[1].group() if len(c) == 3 else "*"
    inner = format(outer.args[0])
    first = f"{format(outer)}{sign}{format(right)}"
    second = f"{outer.value}({inner}{sign}{format(right)})"
    place = (outer.span[0], right.span[1])
    return Diagnostic("syntax", TWO_ENDS, [(place, f"write {first} or {second}")])


def logarithm(
    reading: Reading,
    function: Match[str],
    args: list[Expression],
    keywords: dict[str, Expression],
    span: Span,
) -> Expression:
    """`log_2(x)`, `log_b(x)` as the call that it is.

    Raises Diagnostic for another count of arguments, and for a name in capitals, which calls nothing.
    """
    name = checked_name(function)
    if not name.startswith(LOGARITHMS):
        raise _in_capitals(name, function.span())
    if len(args) != 1 or keywords:
        raise Diagnostic("call", f"{name}() takes one argument", [(span, f"write {name}(x)")])
    reading.reinterpret(span[0])
    base = name.removeprefix(LOGARITHMS)
    place = (function.start() + len(LOGARITHMS), function.end())
    if f"log{base}" in reading.functions:
        return Expression("call", tuple(args), f"log{base}", span, function.group())
    if base.isdigit():
        number = Expression("number", (), float(base), place, base)
    else:
        number = Expression("name", (), base, place)
    return Expression("call", (args[0], number), "log", span, function.group())


# --------------------------------------------------------------------------------------------------
# What the parser has refused
# --------------------------------------------------------------------------------------------------


def bare_function(scene: Scene) -> Diagnostic | None:
    """`sin + 1`, `sin/x`, `sin -x`, `sin[x]`: a function that is given nothing."""
    if scene.kind in _PREFIXES:
        return _function_refused(scene)
    at = _applied(scene)
    if at is None or _argument_begins(scene, at) != scene.index or scene.kind == "CALLED":
        return None
    name, power = _parts(scene, at)
    span = scene.lexemes[at].span()
    if name not in scene.functions and name.lower() in scene.functions:
        return _in_capitals(name, span)
    meant = "..."
    if scene.kind == "LSQB":
        end = _operand_end(scene, scene.index, one=True)
        written = _text(scene, scene.index, end)
        meant = written if "," in written or scene.kinds[end - 1] != "RSQB" else written[1:-1]
        message = f"the argument of {name!r} stands in parentheses"
        return Diagnostic("syntax", message, [(span, f"write {name}({meant}){power}")])
    if scene.kind == "MINUS":
        meant = "".join(_text(scene, scene.index, _operand_end(scene, scene.index + 1)).split())
    fix = f"write {name}({meant if 1 < len(meant) < 40 else '...'}){power}"
    message = f"{name!r} is a function, and its argument is missing"
    return Diagnostic("syntax", message, [(span, f"{fix}, or give {name!r} a value")])


def _function_refused(scene: Scene) -> Diagnostic | None:
    """`√sin x`, `zero_grad sin`."""
    name, power = _parts(scene, scene.index)
    if scene.previous == "ROOT":
        end = _operand_end(scene, scene.index + 1)
        argument = scene.text[scene.span()[1] : scene.lexemes[end - 1].end()].strip()
        fix = f"write √({name}({argument}){power})" if argument and not power else f"write √({name}(...))"
        place = (scene.span(-1)[0], scene.span()[1])
        return Diagnostic("syntax", "a function under √ stands in parentheses", [(place, fix)])
    if "NAME" in scene.expected and not scene.wants_operand:
        message = f"{name!r} is a function, and no variable of this name has a value"
        return Diagnostic("name", message, [(scene.span(), "give it one, or write another name")])
    return None


def argument_ends_twice(scene: Scene) -> Diagnostic | None:
    """`sin x/2`, `sin x(x+1)`, `sin x e^x`, `ln|x|^2`: half of all readers take the rest for a part of it."""
    index = scene.index
    if scene.kind == "CALLED":
        index += 1  # sin x(x+1): the x is part of the argument for all
    elif scene.wants_operand:
        if "NUMBER" in scene.expected or scene.ends or scene.kind in CLOSERS:
            return None
        index -= 1  # sin x/2: a function might have followed
    kind = scene.kinds[index]
    operator = kind in _OPERATORS or kind == "SUPERSCRIPT"
    at = _applied(scene)
    if at is None or not (operator or kind in _BESIDE):
        return None
    begin = _argument_begins(scene, at)
    if begin is None or begin >= index:
        return None
    name, power = _parts(scene, at)
    end = _operand_end(scene, index if kind == "SUPERSCRIPT" or not operator else index + 1)
    last = index - 1
    factor, sign = "", scene.lexemes[index].group() if operator else "*"
    if sign.isalpha():
        sign = f" {sign} "
    if kind in ("POWER", "SUPERSCRIPT") and last > begin and scene.kinds[last] == "NAME":
        factor = f"*{scene.lexemes[last].group()}"  # sin x y^2: a power stands on the last name alone
        last -= 1
    argument = _text(scene, begin, last + 1)
    rest = _text(scene, index + operator, end)
    for prefix in reversed(_chain(scene, at)):
        argument, power, name = f"{name}({argument}){power}", "", prefix
    one = f"{name}({argument}){power}{factor}{sign}{rest}"
    other = f"{name}({argument}{factor}{sign}{rest}){power}"
    fix = f"write {one} or {other}" if len(one) < 60 else "put it in parentheses"
    first = at - len(_chain(scene, at))
    place = (scene.lexemes[first].start(), scene.lexemes[end - 1].end())
    return Diagnostic("syntax", TWO_ENDS, [(place, fix)])


def _chain(scene: Scene, at: int) -> list[str]:
    """The names of the functions right before another: ln of `ln sin x`."""
    names: list[str] = []
    while at > 0 and scene.kinds[at - 1] == "BARE":
        at -= 1
        names.insert(0, scene.lexemes[at].group())
    return names


def _applied(scene: Scene) -> int | None:
    """The token of the textbook function whose argument the refused token would go on with, or begin."""
    depth = 0
    for at in range(scene.index - 1, -1, -1):
        kind = scene.kinds[at]
        if kind in CLOSERS or kind == "CLOSING":
            depth += 1
        elif kind in OPENERS or kind == "SQUARE":
            depth -= 1
            if depth < 0:
                return None
        elif depth == 0 and kind in _PREFIXES:
            return at
        elif (
            depth == 0 and kind in ("PLUS", "MINUS", "COMPARISON", "COMMA") and scene.kinds[at - 1] != "POWER"
        ):
            return None
    return None


def _argument_begins(scene: Scene, at: int) -> int | None:
    """The token behind a textbook function and its power; None where the power is not complete."""
    if scene.kinds[at] == "BARE":
        return at + 1
    index = at + 2
    if scene.kinds[at + 1] == "SUPERSCRIPT":
        return index
    while scene.kinds[index] in ("PLUS", "MINUS"):
        index += 1
    end = _operand_end(scene, index, one=True)
    return end if index < end <= scene.index else None


def _parts(scene: Scene, at: int) -> tuple[str, str]:
    """The name of a textbook function, and its power as it is written."""
    begin = _argument_begins(scene, at)
    power = "" if begin is None or scene.kinds[at] == "BARE" else _text(scene, at + 1, begin)
    return scene.lexemes[at].group(), power


def _operand_end(scene: Scene, start: int, *, one: bool = False) -> int:
    """The token behind the operands that begin with a token and stand side by side, or behind the first."""
    depth = 0
    for at in range(start, len(scene.kinds)):
        kind = scene.kinds[at]
        if depth == 0 and at > start and (one or (kind in _OPERATORS and kind != "POWER")):
            return at
        if depth == 0 and (kind in _ENDS and not (at > start and scene.kinds[at - 1] == "POWER")):
            return at
        if depth == 0 and at > start and kind in ("IF", "ELSE", "AND", "OR", "AT", "WITH"):
            return at
        depth += (kind in OPENERS or kind == "SQUARE") - (kind in CLOSERS or kind == "CLOSING")
    return len(scene.kinds) - 1


def _text(scene: Scene, start: int, end: int) -> str:
    """The text of some tokens; "" of none."""
    if start >= end:
        return ""
    return str(scene.text[scene.lexemes[start].start() : scene.lexemes[end - 1].end()])
