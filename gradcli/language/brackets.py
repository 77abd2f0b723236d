"""Brackets that do not meet: one too many, one missing, one of another kind."""

from __future__ import annotations

from gradcli.language.diagnostics import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.language.mistakes import Scene

OPENERS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE", "VBAR": "VBAR"}
"""The tokens that open something, with those that close it."""

CLOSERS = {"RPAR": ")", "RSQB": "]", "RBRACE": "}", "VBAR": "|"}
"""The tokens that close something, with their signs."""

OPERAND_ENDS = frozenset(
    ("NAME", "NUMBER", "FRACTION", "SUPERSCRIPT", "TRANSPOSE", "RPAR", "RSQB", "CALLED", "FUNCTION", "RAISED")
)
"""The tokens with which an operand may end (and a bar that closes)."""


def still_open(scene: Scene) -> list[int]:
    """The tokens before the refused one that open what is not closed there, outermost first."""
    opened: list[int] = []
    before = ""
    for index, kind in enumerate(scene.kinds[: scene.index]):
        if kind == "VBAR":
            if before in OPERAND_ENDS:
                if opened and scene.kinds[opened[-1]] == "VBAR":
                    opened.pop()
                kind = "RPAR"  # what may follow is the same
            else:
                opened.append(index)
        elif kind in OPENERS:
            opened.append(index)
        elif kind in CLOSERS and opened:
            opened.pop()
        before = kind
    return opened


def enclosing(scene: Scene) -> int | None:
    """The innermost token that is open where the parser gave up."""
    opened = still_open(scene)
    return opened[-1] if opened else None


def _is_closer(scene: Scene) -> bool:
    return scene.kind in CLOSERS and (scene.kind != "VBAR" or _after_operand(scene))


def _after_operand(scene: Scene) -> bool:
    return scene.previous in OPERAND_ENDS or (scene.previous == "VBAR" and "NUMBER" not in scene.expected)


def closes_nothing(scene: Scene) -> Diagnostic | None:
    """`sin(x))`; and `2|x|`, where the bar cannot open."""
    if not _is_closer(scene) or enclosing(scene) is not None:
        return None
    sign = scene.word()
    if sign == "|" and scene.word(1) == "|" and scene.span(1)[0] == scene.span()[1] and "VBAR" not in (
        scene.kinds[: scene.index]
    ):
        both = (scene.span()[0], scene.span(1)[1])
        return Diagnostic("syntax", "'||' is no sign of the language", [(both, "write 'or'")])
    if sign == "|":
        return Diagnostic(
            "syntax",
            "'|' closes nothing, for nothing is open here",
            [(scene.span(), "write * before bars that open: 2*|x|")],
        )
    return Diagnostic("syntax", f"one '{sign}' too many", [(scene.span(), "nothing is open here")])


def closes_another(scene: Scene) -> Diagnostic | None:
    """`(x]`, and `|(x|`: one closes what another opened."""
    opener = enclosing(scene)
    if opener is None or not _is_closer(scene) or scene.wants_operand:
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
    at = scene.span()[0]
    by_semicolon = sign == "]" and scene.text[at : at + 20].lstrip()[:1] == ";"  # as Matlab parts rows
    rows = "; rows are written [[1, 2], [3, 4]]" if by_semicolon else ""
    return Diagnostic(
        "syntax",
        f"'{sign}' is missing",
        [(scene.span(), f"write '{sign}' here{rows}"), (lexeme.span(), f"to close this '{lexeme.group()}'")],
    )


def brace(scene: Scene) -> Diagnostic | None:
    """Braces that hold no block."""
    if scene.kind != "LBRACE":
        return None
    if scene.wants_operand or scene.previous in OPERAND_ENDS:
        return Diagnostic(
            "syntax",
            "braces hold the block of no_grad only",
            [(scene.span(), "write ( ) to group, [ ] for an array")],
        )
    return None
