"""Claims that are not of the language: LaTeX and words, with how the language would have them."""

from __future__ import annotations

import re

from gradcli.evaluation.environment import CONSTANTS
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.format import format
from gradcli.language.lalr import RESERVED
from gradcli.language.parser import parse_expression
from gradcli.language.suggest import nearest
from gradcli.rules.rulebook import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

_LATEX = re.compile(r"\\[A-Za-z]+|\\[(\[]|\$|[\^_]\{")
_WORD = re.compile(r"(?<![\w\\])[^\W\d_]{2,}(?![\w(])")
_EXAMPLE = "2*x*cos(x)"
_WORDS = 2  # one unknown word is a misspelt name

_GROUP = r"\{([^{}]*)\}"
_REWRITES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"\\(?:d|t|c)?frac\s*" + _GROUP + r"\s*" + _GROUP), r"((\1)/(\2))"),
    (re.compile(r"\\(?:d|t|c)?frac\s*(\w)\s*(\w)"), r"((\1)/(\2))"),
    (re.compile(r"\\sqrt\s*\[\s*3\s*\]\s*" + _GROUP), r"cbrt(\1)"),
    (re.compile(r"\\sqrt\s*\[([^\]]*)\]\s*" + _GROUP), r"(\2)**(1/(\1))"),
    (re.compile(r"\\sqrt\s*" + _GROUP), r"sqrt(\1)"),
    (re.compile(r"\\(?:operatorname|mathrm|text|mathit)\*?\s*" + _GROUP), r"\\\1"),
    (re.compile(r"\^\s*" + _GROUP), r"^(\1)"),
]
_BLANKS = re.compile(r"\\(?:left|right|displaystyle|quad|big|Big|[,;!: ])(?![A-Za-z])|\\[(\[\])]|\$")
_TIMES = re.compile(r"\\(?:cdot|times|ast)(?![A-Za-z])")
_ARGUMENT = re.compile(
    r"\\([A-Za-z]+)(?![A-Za-z])\s*((?:\^\s*(?:\([^()]*\)|\w))?)\s*(\([^()]*\)|[\d.]*[A-Za-z](?:\^\w)?(?![A-Za-z(])|\d+)"
)
_MOST_ROUNDS = 40


def foreign(text: str, names: Collection[str]) -> Diagnostic | None:
    """What a text is that was never meant for the language, None for all else."""
    latex = _LATEX.search(text)
    if latex is not None:
        meant = from_latex(text)
        label = f"write {meant}" if meant else "write a/b for \\frac{a}{b}, cos(x) for \\cos(x)"
        return Diagnostic("syntax", "the claim is in LaTeX", [(latex.span(), label)])
    unknown = [word for word in _WORD.finditer(text) if _is_word(word.group(), names)]
    if len(unknown) < _WORDS:
        return None
    rest = _formula(text[unknown[-1].end() :])
    label = f"write {rest}" if rest else f"write a formula, as in {_EXAMPLE}"
    return Diagnostic("syntax", "the claim is in words", [((unknown[0].start(), unknown[-1].end()), label)])


def _is_word(word: str, names: Collection[str]) -> bool:
    from gradcli.homework.checking.claims import split

    if word in names or word in CONSTANTS or word in NAMES or split(word, names):
        return False
    return word not in RESERVED and nearest(word, NAMES) is None


def _formula(text: str) -> str:
    """What follows the words, where that is a formula."""
    try:
        parse_expression(text, functions=NAMES)
    except Diagnostic:
        return ""
    return text.strip()


def from_latex(text: str) -> str | None:
    """A formula in LaTeX as the language writes it; None where it is more than a formula."""
    text = _TIMES.sub("*", _BLANKS.sub(" ", text))
    for _ in range(_MOST_ROUNDS):
        before = text
        for pattern, replacement in _REWRITES:
            text = pattern.sub(replacement, text)
        if text == before:
            break
    text = text.replace("{", "(").replace("}", ")")
    for _ in range(_MOST_ROUNDS):
        before = text
        text = _ARGUMENT.sub(_called, text)
        if text == before:
            break
    text = text.replace("\\", " ")
    try:
        return format(parse_expression(text, functions=NAMES))
    except Diagnostic:
        return None


def _called(match: re.Match[str]) -> str:
    """`\\cos x` with its argument in parentheses; a name that is no function stays as it is."""
    name, power, argument = match.groups()
    if name not in NAMES:
        return f" {name}{power} {argument}"
    inside = argument if argument.startswith("(") else f"({argument})"
    return f" {name}{power}{inside}"
