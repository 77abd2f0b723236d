"""Brackets that do not meet: one too many, one missing, one of another kind."""

from __future__ import annotations

from itertools import pairwise

from gradcli.language.diagnostics import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.language.mistakes import Scene

OPENERS = {"LPAR": "RPAR", "LSQB": "RSQB", "SQUARE": "RSQB", "LBRACE": "RBRACE", "VBAR": "CLOSING"}
"""The tokens that open something, with those that close it."""

CLOSERS = {"RPAR": ")", "RSQB": "]", "RBRACE": "}", "CLOSING": "|"}
"""The tokens that close something, with their signs."""

OPERAND_ENDS = frozenset(
    (
        "NAME", "NUMBER", "FRACTION", "SUPERSCRIPT", "TRANSPOSE", "RPAR", "RSQB", "RBRACE", "CLOSING",
        "CALLED", "FUNCTION", "RAISED",
    )
)  # fmt: skip
"""The tokens with which an operand may end."""


def still_open(scene: Scene) -> list[int]:
    """The tokens before the refused one that open what is not closed there, outermost first."""
    opened: list[int] = []
    for index, kind in enumerate(scene.kinds[: scene.index]):
        if kind in OPENERS:
            opened.append(index)
        elif kind in CLOSERS and opened:
            opened.pop()
    return opened


def enclosing(scene: Scene) -> int | None:
    """The innermost token that is open where the parser gave up."""
    opened = still_open(scene)
    return opened[-1] if opened else None


def closes_nothing(scene: Scene) -> Diagnostic | None:
    """`sin(x))`."""
    if scene.kind not in CLOSERS or enclosing(scene) is not None:
        return None
    return Diagnostic("syntax", f"one '{scene.word()}' too many", [(scene.span(), "nothing is open here")])


def two_pairings(scene: Scene) -> Diagnostic | None:
    """`|a|b|c|`: |a|*b*|c|, or |a*|b|*c|?"""
    if scene.kind != "UNKNOWN" or scene.word() != "|":
        return None
    bars = [i for i, lexeme in enumerate(scene.lexemes) if lexeme is not None and lexeme.group() == "|"]
    third = bars.index(scene.index)
    if third < 2 or third + 1 >= len(bars):
        return Diagnostic("syntax", "'|' is missing", [(scene.span(), "to close this '|'")])
    first, last = bars[third - 2], bars[third + 1]
    parts = [*pairwise(bars[third - 2 : third + 2])]
    a, b, c = [scene.text[scene.lexemes[i].end() : scene.lexemes[j].start()].strip() for i, j in parts]
    if any(_opened(scene.kinds[i + 1 : j]) for i, j in parts):
        fix = "write abs(...) for each"
    else:
        beside = "" if c[:1] in "+-−*/^" else "*"
        fix = f"write abs({a})*{b}*abs({c}) or abs({a}*abs({b}){beside}{c})"
    place = (scene.lexemes[first].start(), scene.lexemes[last].end())
    return Diagnostic("syntax", "the bars can be paired in two ways", [(place, fix)])


def _opened(kinds: list[str]) -> int:
    """How many more brackets open than close."""
    return sum((kind in OPENERS) - (kind in CLOSERS) for kind in kinds)


def closes_another(scene: Scene) -> Diagnostic | None:
    """`(x]`, and `|(x|`: one closes what another opened."""
    opener = enclosing(scene)
    if opener is None or scene.kind not in CLOSERS or scene.wants_operand:
        return None
    wanted = OPENERS[scene.kinds[opener]]
    if wanted == scene.kind:
        return None
    sign = CLOSERS[wanted]
    lexeme = scene.lexemes[opener]
    return Diagnostic(
        "syntax",
        f"'{scene.word()}' stands where '{sign}' is missing",
        [(scene.span(), f"write '{sign}' first"), (lexeme.span(), f"this '{lexeme.group()}' is still open")],
    )


def never_closed(scene: Scene) -> Diagnostic | None:
    """`sin(x`: the statement ends, or goes on with what cannot be inside."""
    opener = enclosing(scene)
    if opener is None:
        return None
    closer = OPENERS[scene.kinds[opener]]
    if closer not in scene.expected or not (scene.ends or scene.kind in ("EQUAL", "AT", "LBRACE")):
        return None
    sign = CLOSERS[closer]
    lexeme = scene.lexemes[opener]
    if sign == "|" and (alone := _alone(scene, opener)):
        return alone
    at = scene.span()[0]
    by_semicolon = sign == "]" and scene.text[at : at + 20].lstrip()[:1] == ";"  # as Matlab parts rows
    rows = "; rows are written [[1, 2], [3, 4]]" if by_semicolon else ""
    return Diagnostic(
        "syntax",
        f"'{sign}' is missing",
        [(scene.span(), f"write '{sign}' here{rows}"), (lexeme.span(), f"to close this '{lexeme.group()}'")],
    )


def _alone(scene: Scene, bar: int) -> Diagnostic | None:
    """`x || y`, and `x | y`: signs of other languages."""
    if bar == 0 or scene.kinds[bar - 1] not in (*OPERAND_ENDS, "VBAR"):
        return None
    double = scene.kinds[bar - 1] == "VBAR" and scene.lexemes[bar - 1].end() == scene.lexemes[bar].start()
    start, end = scene.lexemes[bar].span()
    if double:
        return Diagnostic("syntax", "'||' is no sign of the language", [((start - 1, end), "write 'or'")])
    if scene.kinds.count("VBAR") + scene.kinds.count("CLOSING") > 1:
        return None
    fix = "write '|' here, too, or 'or' for a choice"
    return Diagnostic("syntax", "'|' is missing", [(scene.span(), fix), ((start, end), "to close this '|'")])
