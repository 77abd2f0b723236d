"""Texts that come from elsewhere, told where the parser gives up: code, marks of thousands, exponents."""

from __future__ import annotations

import re

from gradcli.language.diagnostics import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from gradcli.language.mistakes import Scene

_MODULES = frozenset(
    (
        "math", "Math", "cmath", "np", "numpy", "jnp", "jax", "anp", "torch", "tf", "tensorflow", "sp",
        "sympy", "scipy", "mpmath", "mp", "nn", "F", "functional", "special", "linalg",
    )
)  # fmt: skip
"""Names that code has before its functions; `F` and the like are variables wherever no function follows."""

_QUALIFIED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_ELSEWHERE = {
    "power": "pow", "fabs": "abs", "absolute": "abs", "ceil": "ceil", "float64": "", "float32": "",
    "tensor": "", "array": "", "expit": "sigmoid", "psi": "digamma", "PI": "pi", "E": "e", "amax": "max",
    "amin": "min", "fmax": "maximum", "fmin": "minimum", "loggamma": "lgamma", "gammaln": "lgamma",
    "binary_cross_entropy": "bce", "mse_loss": "mse", "l1_loss": "mae", "huber_loss": "huber",
}  # fmt: skip
"""Names that have another one here; "" for those of which the argument alone stays."""

_MARKS = re.compile(
    r"(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:(?:,\d{3}){2,}|(?:\.\d{3}){2,}))(?![\d.,])"
)
_EXPONENT = re.compile(r"(?P<digits>[\d_.]+)[eE](?P<sign>[-+]?)(?P<exponent>\d+\.\d*)")


def _syntax(message: str, span: tuple[int, int], fix: str) -> Diagnostic:
    return Diagnostic("syntax", message, [(span, fix)])


def qualified(scene: Scene) -> Diagnostic | None:
    """`math.sin(x)`, `torch.nn.functional.relu(x)`, `np.pi`: a name of a Python module."""
    if scene.kind != "ATTRIBUTE" or scene.previous != "NAME" or scene.word(-1) not in _MODULES:
        return None
    match = _QUALIFIED.match(scene.text, scene.span(-1)[0])
    assert match is not None
    written = match.group()
    last = written.rpartition(".")[2]
    called = scene.text[match.end() : match.end() + 1] == "("
    name = _here(last, scene.functions) if called else _ELSEWHERE.get(last, last)
    if name is None:
        return _syntax(
            f"'{written}' is not of this language", match.span(), "names stand without a module before them"
        )
    meant = f"{name}{_argument(scene.text, match.end())}" if called else name
    return _syntax("names stand without a module before them", match.span(), f"write {meant}")


def _here(name: str, functions: Container[str]) -> str | None:
    """What a function of another language is called here; None where there is none like it."""
    if name in functions:
        return name
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    return name.lower() if name.lower() in functions else None


_SHORT = 24


def _argument(text: str, opened: int) -> str:
    """The parenthesis that opens there as it is written, `(x)`; `(...)` where it is long or never closed."""
    depth = 0
    for position in range(opened, min(len(text), opened + _SHORT)):
        depth += (text[position] == "(") - (text[position] == ")")
        if depth == 0:
            return text[opened : position + 1]
    return "(...)"


def thousands(scene: Scene) -> Diagnostic | None:
    """`1.500,23` and `1,234.5`: a number with marks between its thousands."""
    if scene.kind not in ("COMMA", "NUMBER") or scene.previous != "NUMBER":
        return None
    start = scene.span(-1)[0]
    while start and scene.text[start - 1] in "0123456789.,":
        start -= 1
    match = _MARKS.match(scene.text, start)
    if match is None:
        return None
    number = match.group()
    whole, mark, fraction = number.rpartition(max(".,", key=number.rfind))
    if mark in whole:  # a mark that stands twice is that of the thousands
        whole, fraction = whole + fraction, ""
    digits = whole.replace(".", "").replace(",", "") + (f".{fraction}" if fraction else "")
    message = "a number has one point, and no mark between its thousands"
    return _syntax(message, match.span(), f"write {digits}")


def broken_exponent(scene: Scene) -> Diagnostic | None:
    """`2e1.5`: the power of ten of a number is whole."""
    if scene.kind != "NUMBER" or scene.previous != "NUMBER" or scene.span(-1)[1] != scene.span()[0]:
        return None
    match = _EXPONENT.fullmatch(scene.text, scene.span(-1)[0], scene.span()[1])
    if match is None:
        return None
    digits, sign, exponent = match.group("digits", "sign", "exponent")
    power = f"(-{exponent})" if sign == "-" else exponent
    sum_with_e = f", or {digits}*e {sign} {exponent}" if sign else ""
    return _syntax(
        "the exponent of a number is a whole number", match.span(), f"write {digits}*10**{power}{sum_with_e}"
    )
