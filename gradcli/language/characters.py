"""Characters that the language does not have, and what to write instead."""

from __future__ import annotations

import re

from gradcli.language.diagnostics import Diagnostic
from gradcli.language.names import is_raised, normal

_COMMAND = re.compile(r"\\[A-Za-z]+")

_BEHIND_OPERAND = re.compile(r"[\w)\]|]\s*\Z")

_BASE = re.compile(r"\\log\s*_\s*(?:\{\s*)?(?P<base>\w+)")
_DEGREE = re.compile(r"\\sqrt\s*\[\s*(?P<degree>\w+)\s*\]")
_ANGLE = re.compile(r"(?P<angle>[\d.]+|[^\W\d]\w*)\s*\Z")

_LATEX = {
    r"\frac": "a fraction is (a)/(b)", r"\dfrac": "a fraction is (a)/(b)", r"\sqrt": "a root is sqrt(x)",
    r"\cdot": "write *", r"\times": "write *", r"\div": "write /", r"\pi": "write pi", r"\infty": "write inf",
    r"\left": "leave it out", r"\right": "leave it out", r"\le": "write <=", r"\leq": "write <=",
    r"\ge": "write >=", r"\geq": "write >=", r"\ne": "write !=", r"\neq": "write !=",
    r"\sum": "write sum(x)", r"\partial": "a derivative is diff(f, x)",
}  # fmt: skip

_SIGNS = {"⁺": "+", "⁻": "-"}
_QUOTE = "there are no texts in quotes here; a derivative is diff(f, x)"
_INSTEAD = {
    **dict.fromkeys("'’‘′‵`´", _QUOTE),
    **dict.fromkeys('"“”„«»″', "there are no texts in quotes here: leave them out"),
    **dict.fromkeys("–—‐‑‒―", "this is a dash: write -"),
    **dict.fromkeys("∗•∙⋆✕✖⨯", "write *"),
    **dict.fromkeys("∕⁄", "write /"),
    **dict.fromkeys("&∧", "write 'and'"),
    **dict.fromkeys("∨", "write 'or'"),
    **dict.fromkeys("~¬", "write 'not'"),
    **dict.fromkeys("∂∇", "a derivative is diff(f, x)"),
    **dict.fromkeys("≦⩽≲", "write <="),
    **dict.fromkeys("≧⩾≳", "write >="),
    "!": "there is no sign for the factorial: n! is gamma(n+1)",
    "$": "leave out the $ of LaTeX",
    "?": "a choice is written 'a if c else b'",
    "∛": "write cbrt(x)",
    "∑": "write sum(x)",
    "∏": "write prod(x)",
    "∫": "gradcli differentiates only",
    "±": "errors of values, as in x=2±0.1, are for gradcli map",
    "≈": "write == or abs(a - b) < 1e-9",
    "…": "write every element, or arange(a, b)",
    ".": "a point stands within a number, or before T",
}


def wrong_character(text: str, offset: int) -> Diagnostic:
    """A character at which no token begins."""
    character = text[offset]
    command = _COMMAND.match(text, offset)
    if command:
        name = command.group()
        fix = _latex_meant(text, offset) or _LATEX.get(name, f"write {name[1:]}")
        return Diagnostic("syntax", f"{name} is LaTeX, which is not read", [(command.span(), fix)])
    span = (offset, offset + 1)
    if character == "\\":
        if not text[offset + 1 :].strip():
            return Diagnostic(
                "syntax", "the line goes on, but nothing follows", [(span, r"leave out the \ ")]
            )
        if text[offset + 1] in "[]()":
            brackets = text[offset : offset + 2]
            label = ((offset, offset + 2), "leave it out")
            return Diagnostic("syntax", f"{brackets} is LaTeX, which is not read", [label])
        return Diagnostic("syntax", r"a \ stands at the end of a line only", [(span, "leave it out")])
    usual = normal(character)
    if character in "⁺⁻" and not _BEHIND_OPERAND.search(text, 0, offset):
        fix = f"this sign is that of a power: write {_SIGNS[character]}"
    elif character in "⁺⁻":
        fix = f"write **{_SIGNS[character]}"
    elif is_raised(character):
        fix = f"write **{usual}"
    elif character == "°":
        angle = _ANGLE.search(text, 0, offset)
        fix = f"an angle in degrees is radians({angle['angle'] if angle else 'x'})"
    elif character == "!" and not _BEHIND_OPERAND.search(text, 0, offset):
        fix = "write 'not'"
    elif character in _INSTEAD:
        fix = _INSTEAD[character]
    elif character.isdecimal():
        fix = f"write {int(character)}"
    elif usual != character and usual.isascii() and usual.isprintable() and usual.strip():
        fix = f"write {usual}"
    else:
        fix = ""
    return Diagnostic("syntax", f"{_shown(character)} means nothing here", [(span, fix)])


def _latex_meant(text: str, offset: int) -> str:
    """What to write for `\\log_2` and `\\sqrt[3]`; "" for any other command."""
    logarithm, root = _BASE.match(text, offset), _DEGREE.match(text, offset)
    if logarithm:
        base = logarithm["base"]
        return f"write log{base}(x)" if base in ("2", "10") else f"write log(x, {base})"
    if root:
        degree = root["degree"]
        return "the cube root is cbrt(x)" if degree == "3" else f"a root is x**(1/{degree})"
    return ""


def _shown(character: str) -> str:
    """The character in quotes, or by its number where it cannot be seen."""
    if character.isprintable() and not character.isspace():
        return f"'{character}'"
    return f"the character U+{ord(character):04X}"
