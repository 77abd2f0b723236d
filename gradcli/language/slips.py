"""Slips of the pen: a missing operand, a `=` for `==`, two numbers side by side."""

from __future__ import annotations

import re

from gradcli.language.brackets import CLOSERS, OPENERS, OPERAND_ENDS, enclosing
from gradcli.language.characters import wrong_character
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.lalr import RESERVED
from gradcli.language.names import normal
from gradcli.language.statements import ATTRIBUTES
from gradcli.language.suggest import call_meant, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from gradcli.language.mistakes import Scene
    from gradcli.numbers.expression import Span

_STATEMENT_WORDS = ("const", "print", "backward", "zero_grad", "no_grad", "requires_grad")
_SIGNS = frozenset(("PLUS", "MINUS", "TIMES", "DIVIDE", "FLOOR", "MODULO", "MATMUL", "POWER", "COMPARISON"))
_BETWEEN = ("if", "else", "and", "or", "at", "with")
_OPERAND_BEGINS = frozenset(
    (
        "NAME", "NUMBER", "FRACTION", "CALLED", "FUNCTION", "RAISED", "BARE", "RAISED_BARE", "LPAR", "LSQB",
        "SQUARE", "LBRACE", "VBAR", "ROOT", "NOT",
    )
)  # fmt: skip
_OPERATORS = _SIGNS | {"AND", "OR", "NOT"}
_EXAMPLES = {
    "const": "const y = 2",
    "print": "print x.grad",
    "backward": "backward z",
    "requires_grad": "requires_grad x off",
    "no_grad": "no_grad { y = x }",
    "at": "x**2 at x=3",
    "with": "backward z with [1, 1]",
}


_EQUATION = "to compare, write ==; a function is y = ..., solved for y"
_MISSING = "a number, a name or ( is missing here"
_FIRST = "a number, a name or ( must come first"
_WANTED = {
    "NUMBER": "a number, a name or (",
    "$END": "the end of the statement",
    "NAME": "a name",
    "EQUAL": "=",
    "LPAR": "(",
    "RPAR": ")",
    "RSQB": "]",
    "CLOSING": "|",
    "LBRACE": "{",
    "RBRACE": "}",
}
"""Terminals in a person's words, the most telling first."""


def _syntax(message: str, *labels: Any) -> Diagnostic:
    return Diagnostic("syntax", message, labels)


def unknown_character(scene: Scene) -> Diagnostic | None:
    """A character that begins no token."""
    return wrong_character(scene.text, scene.span()[0]) if scene.kind == "UNKNOWN" else None


def unknown_function(scene: Scene) -> Diagnostic | None:
    """`sn(x, y)`, `sn()`: only a call looks like that, so the name is to blame and not the comma."""
    if scene.kind not in ("COMMA", "EQUAL") and not (scene.kind == "RPAR" and scene.previous == "LPAR"):
        return None
    opener = enclosing(scene)
    if opener is None or scene.kinds[opener] != "LPAR" or scene.kinds[opener - 1 : opener] != ["CALLED"]:
        return None
    lexeme = scene.lexemes[opener - 1]
    names = scene.functions
    near = nearest(lexeme.group(), _listed(names))
    fix = f"did you mean '{near}'?" if near else f"to define it, write {lexeme.group()}(x) = ..."
    return Diagnostic("name", f"unknown function '{normal(lexeme.group())}'", [(lexeme.span(), fix)])


def _listed(names: Any) -> Iterable[str]:
    return names if hasattr(names, "__iter__") else ()


def decimal_comma(scene: Scene) -> Diagnostic | None:
    """`1,5` as the continent writes it."""
    if scene.kind != "COMMA" or scene.previous != "NUMBER" or enclosing(scene) is not None:
        return None
    after = scene.word(1)
    if not after[:1].isdigit() or scene.span(1)[0] != scene.span()[1] or scene.span(-1)[1] != scene.span()[0]:
        return None
    before = scene.word(-1)
    thousands = f"{before}{after}, or " if len(after) == 3 and before.isdigit() else ""
    return _syntax(
        "a number has a point, not a comma",
        ((scene.span(-1)[0], scene.span(1)[1]), f"write {thousands}{before}.{after}"),
    )


def attribute(scene: Scene) -> Diagnostic | None:
    """`x.grad + 1`, `x.sin()`: what follows a point is shown by print only."""
    if scene.kind != "ATTRIBUTE":
        return None
    word = scene.word()
    owner = scene.word(-1) if scene.previous in ("NAME", "CALLED") else "x"
    if word[1:] in scene.functions:
        return _syntax(f"'{word}' is no part of a value", (scene.span(), f"write {word[1:]}({owner})"))
    if word[1:] in ("backward", "zero_grad"):
        return _syntax(f"'{word}' is no part of a value", (scene.span(), f"write {word[1:]} {owner}"))
    if word[1:] not in ATTRIBUTES:
        near = nearest(word, [*(f".{known}" for known in ATTRIBUTES), ".T"])
        return _syntax(
            f"'{word}' is no part of a value",
            (scene.span(), f"did you mean '{near}'?" if near else "there is .T"),
        )
    if scene.kinds[0] == "PRINT" and scene.previous != "NAME":
        return _syntax(
            f"only a name has a '{word}'", (scene.span(), f"give it a name: z = ...; print z{word}")
        )
    return _syntax(f"'{word}' is no operand", (scene.span(), f"to see it, write print {owner}{word}"))


def equals(scene: Scene) -> Diagnostic | None:
    """`=` where `==` was meant, and comparisons spelt otherwise."""
    before, word = scene.word(-1), scene.word()
    both = (scene.span(-1)[0], scene.span()[1])
    if scene.kind == "COMPARISON" and scene.previous == "EQUAL" and word in ("<", ">"):
        return _syntax(f"'={word}' is no comparison", (both, f"write {word}="))
    if scene.kind != "EQUAL":
        if scene.kind == "COMPARISON" and (before, word) in (("<", ">"), ("!", "==")):
            return _syntax(f"'{before}{word}' is no comparison", (both, "write !="))
        return None
    if before == "==" or (scene.previous in ("EQUAL", "COMPARISON") and before in ("=", "<", ">")):
        sign = {"<": "<=", ">": ">="}.get(before, "==")
        return _syntax(f"'{scene.text[slice(*both)]}' is no comparison", (both, f"write {sign}"))
    if before in RESERVED:
        return None
    if scene.index == 1 and scene.previous in ("NUMBER", "FRACTION"):
        return _syntax("only a name can be bound", (scene.span(-1), "to compare, write =="))
    if scene.index == 2 and scene.word(-2) in ("let", "set", "var"):
        return _syntax("a binding is NAME = VALUE", (scene.span(-2), f"leave out '{scene.word(-2)}'"))
    if scene.index == 2 and scene.kinds[0] == "NAME" and scene.previous in _SIGNS:
        name, operand = scene.word(-2), scene.word(1) if len(scene.kinds) == 5 else "..."
        return _syntax(f"there is no '{before}='", (both, f"write {name} = {name} {before} {operand}"))
    if scene.wants_operand:
        return None
    if "AT" in scene.kinds[: scene.index] and scene.kinds[scene.index - 2] in OPERAND_ENDS:
        return _syntax("a ',' is missing between two bindings", (scene.span(-1), "write ',' before it"))
    if scene.kinds[:2] == ["NAME", "EQUAL"] and enclosing(scene) is None:
        return _syntax("one '=' binds one name", (scene.span(), "to compare, write =="))
    return _syntax("'=' binds a name at the start of a statement", (scene.span(), _EQUATION))


def per_cent(scene: Scene) -> Diagnostic | None:
    """`5% + 3`, `3%`, where half of the readers see a remainder, and `5 % -3`."""
    if scene.previous != "MODULO" or scene.word(-1) not in ("%", "mod") or not scene.wants_operand:
        return None
    if scene.word(-1) == "mod" and scene.kind not in _SIGNS:
        return None
    is_sign = scene.kind in ("PLUS", "MINUS")
    plain = scene.kinds[scene.index - 2] in ("NUMBER", "FRACTION", "NAME") if scene.index > 1 else False
    operand = scene.word(-2) if plain else "(...)"
    follows = scene.kinds[scene.index + 1 : scene.index + 2]
    signed = f"({scene.word()}{scene.word(1) if follows in (['NUMBER'], ['NAME']) else '...'})"
    touches = scene.span(-2)[1] == scene.span(-1)[0]
    parted = scene.span(-1)[1] < scene.span()[0]
    if scene.word(-1) == "mod" or (is_sign and not (touches and parted)):
        fix = f"write {scene.word(-1)} {signed}"
        return _syntax(f"a sign behind '{scene.word(-1)}'", ((scene.span(-1)[0], scene.span()[1]), fix))
    remainder = f"{operand} % {signed}" if is_sign else f"{operand} % n"
    place = (scene.span(-2)[0] if plain else scene.span(-1)[0], scene.span(-1)[1])
    fix = f"write {operand}/100 for per cent, {remainder} for the remainder"
    return _syntax("'%' is per cent or the remainder: say which", (place, fix))


def per_cent_of(text: str, place: Span) -> Diagnostic:
    """`10% of x`."""
    operand = text[slice(*place)].partition("%")[0]
    of = re.compile(r"\s*\w{1,20}").match(text, place[1])
    fix = f"write {operand}/100*{of.group().strip() if of else '(...)'}"
    return _syntax("per cent is written as a quotient", (place, fix))


def number_beside(scene: Scene) -> Diagnostic | None:
    """`2 3`, `1.2.3`, `x 2`, `sin 2`: a number is never the second factor of an implicit product."""
    if scene.kind not in ("NUMBER", "FRACTION") or scene.wants_operand:
        return None
    if scene.previous not in OPERAND_ENDS:
        return None
    before, word = scene.word(-1), scene.word()
    both = (scene.span(-1)[0], scene.span()[1])
    touching = scene.span(-1)[1] == scene.span()[0]
    if scene.previous == "NAME" and normal(before) in scene.functions:
        meant = call_meant(scene.text, before, scene.span(-1)[1]) or f"{before}({word})"
        return _syntax(f"the argument of '{before}' stands in parentheses", (both, f"write {meant}"))
    if scene.kind == "FRACTION" and scene.previous == "NUMBER":
        return _syntax("two numbers side by side", (both, f"write {before} + {word}"))
    if scene.previous in ("NUMBER", "FRACTION"):
        if touching and "." in word:
            return _syntax("a number with two points", (both, "write one"))
        opener = enclosing(scene)
        if opener is not None and scene.kinds[opener] == "LSQB":
            return _syntax("two numbers side by side", (both, f"write {before}, {word}"))
        one = f", or {before}{word} for one number" if scene.previous == "NUMBER" else ""
        return _syntax("two numbers side by side", (both, f"write {before}*{word}{one}"))
    if scene.previous in ("NAME", "SUPERSCRIPT"):
        return _syntax("a number behind an operand", (scene.span(), "write * or ** before it"))
    return _syntax("a number behind an operand", (scene.span(), f"write *{word} or **{word}"))


def parameter(scene: Scene) -> Diagnostic | None:
    """`f(2) = x`: what stands in the parentheses of a definition."""
    if scene.kinds[0] != "DEFINED" or "EQUAL" in scene.kinds[: scene.index] or scene.ends:
        return None
    return _syntax(
        "a function is defined for names",
        (scene.span(), f"write {scene.lexemes[0].group()}(x) = ..., with a name for each parameter"),
    )


def switch(scene: Scene) -> Diagnostic | None:
    """`requires_grad x`: on or off?"""
    if scene.kinds[0] != "REQUIRES_GRAD" or scene.index != 2:
        return None
    return _syntax("on or off?", (scene.span(), "write requires_grad x on, or off"))


def missing_word(scene: Scene) -> Diagnostic | None:
    """`a if c` without its else, `at` and others without what they need."""
    if "ELSE" in scene.expected and (scene.ends or scene.kind in ("RPAR", "RSQB", "COMMA", "IF", "AT")):
        opened = max(index for index, kind in enumerate(scene.kinds[: scene.index]) if kind == "IF")
        return _syntax(
            "the 'if' has no 'else'",
            (scene.span(), "write else and what to take otherwise"),
            (scene.lexemes[opened].span(), "this 'if'"),
        )
    before = scene.word(-1)
    if scene.previous == "SUPERSCRIPT" or before not in _EXAMPLES or scene.kind in ("EQUAL", "COMMA"):
        return None
    if before == "at" and not scene.ends:
        return _syntax("a binding begins with a name", (scene.span(), f"as in {_EXAMPLES[before]}"))
    if scene.ends or before == "no_grad":
        return _syntax(f"'{before}' stands alone", (scene.span(), f"write it like this: {_EXAMPLES[before]}"))
    return None


def reserved_word(scene: Scene) -> Diagnostic | None:
    """A word of the language as a name, or in the middle of a statement."""
    word, before = scene.word(), scene.word(-1)
    if before in ("zero_grad", "retain_graph") and scene.kind in ("EQUAL", "LPAR"):
        return _syntax(f"'{before}' takes nothing behind it", (scene.span(), f"write {before} alone"))
    if before in RESERVED and scene.kind in ("EQUAL", "COMMA", "LPAR", *_OPERATORS) and before != "not":
        return _syntax(f"'{before}' is a reserved word, and no name", (scene.span(-1), "choose another name"))
    if word not in RESERVED:
        return None
    if word == "not" and scene.wants_operand:
        return _syntax("'not' needs parentheses here", (scene.span(), "write (not x)"))
    named = scene.word(1) == "(" and scene.span(1)[0] == scene.span()[1]
    operand_follows = not named and scene.kinds[scene.index + 1] in _OPERAND_BEGINS
    if scene.wants_operand and word in _BETWEEN and operand_follows:
        return _syntax(f"an operand is missing before '{word}'", (scene.span(), _FIRST))
    if scene.wants_operand or ("NAME" in scene.expected and scene.previous not in OPERAND_ENDS):
        return _syntax(f"'{word}' is a reserved word, and no name", (scene.span(), "choose another name"))
    if word in _STATEMENT_WORDS:
        return _syntax(f"'{word}' begins a statement", (scene.span(), "write ; or begin a line before it"))
    if word == "else":
        return _syntax("'else' without its 'if'", (scene.span(), "a choice is written 'a if c else b'"))
    return None


def missing_operand(scene: Scene) -> Diagnostic | None:
    """`2 +`, `* 2`, `2 +* 3`, `f(x,)`, `()`: an operand would have to stand here."""
    if scene.previous == "ROOT" and scene.kind in ("MINUS", "PLUS"):
        return _syntax("a sign under √", (scene.span(), "put it in parentheses: √(-x)"))
    if not scene.wants_operand or (scene.ends and "RBRACE" in scene.expected and "LBRACE" in scene.kinds):
        return None
    before = scene.word(-1)
    if scene.kind in CLOSERS and scene.previous in OPENERS:
        return _syntax(f"there is nothing between '{before}' and '{scene.word()}'", (scene.span(), _MISSING))
    if scene.ends or scene.kind in CLOSERS or scene.kind == "COMMA":
        if not before:
            return _syntax(f"an operand is missing before '{scene.word()}'", (scene.span(), "leave it out"))
        return _syntax(f"an operand is missing behind '{before}'", (scene.span(), _MISSING))
    if scene.kind in _OPERATORS or scene.kind in ("SUPERSCRIPT", "EQUAL", "TRANSPOSE", "IF", "COLON"):
        where = f"between '{before}' and" if before else "before"
        return _syntax(f"an operand is missing {where} '{scene.word()}'", (scene.span(), _FIRST))
    return None


def comma(scene: Scene) -> Diagnostic | None:
    """`x, y` and `(x, y)` are no arrays."""
    if scene.kind != "COMMA":
        return None
    opener = enclosing(scene)
    if opener is not None and scene.kinds[opener] == "SQUARE":
        from gradcli.language.mistakes import number_in_brackets

        start = scene.lexemes[opener].start()
        end = scene.text.find("]", start) + 1
        factor = scene.text[start:end] if end else "[...]"
        return number_in_brackets(scene.text, (start, end or scene.span()[0]), factor)
    if opener is not None and scene.kinds[opener] == "LPAR":
        return _syntax(
            "a ',' in parentheses that belong to no function", (scene.span(), "an array is written [x, y]")
        )
    choice = ", a choice 'a if c else b'" if opener is not None and scene.kinds[opener] == "LBRACE" else ""
    fix = f"an array is written [x, y]{choice}"
    return _syntax("a ',' stands in calls and arrays only", (scene.span(), fix))


def repetition(scene: Scene) -> Diagnostic | None:
    """`repeat 3 { x = 2 }`, and with another count."""
    if scene.kinds[0] != "NAME" or scene.lexemes[0].group() != "repeat" or "LBRACE" not in scene.kinds:
        return None
    if scene.index > scene.kinds.index("LBRACE") or scene.index == 1:
        place = scene.lexemes[0].span()
        return _syntax("there is no 'repeat'", (place, "write the lines as often as they are wanted"))
    return None


def index_of_power(scene: Scene) -> Diagnostic | None:
    """`v²[0]`: an index stands behind an operand, and a power is none."""
    if scene.kind != "LSQB" or scene.previous != "SUPERSCRIPT":
        return None
    power = scene.word(-1)
    return _syntax("an index behind a power", (scene.span(), f"write v[0]{power}, or (v{power})[0]"))


def colon(scene: Scene) -> Diagnostic | None:
    """`x := 2`, `f: x`: a colon is for slices."""
    if scene.kind != "COLON":
        return None
    if scene.word(1) == "=":
        return _syntax("a name is bound by '='", ((scene.span()[0], scene.span(1)[1]), "write ="))
    return _syntax("a ':' stands within an index only", (scene.span(), "a slice is written x[1:3]"))


def wanted(scene: Scene) -> str:
    """What would have been taken, in a person's words."""
    for kind, words in _WANTED.items():
        if kind in scene.expected:
            return f"{words} was expected"
    return ""
