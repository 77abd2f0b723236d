"""What names, numbers and functions are called in LaTeX."""

from __future__ import annotations

import re

_LETTERS = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
]  # fmt: skip

_CAPITALS = [
    "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
]  # fmt: skip
"""The others look like Latin letters, and LaTeX has no command for them."""

_GREEK = {
    **{letter: f"\\{letter}" for letter in (*_LETTERS, *_CAPITALS)},
    **dict(zip("αβγδεζηθικλμνξπρστυφχψω", (f"\\{letter}" for letter in _LETTERS), strict=True)),
    **dict(zip("ΓΔΘΛΞΠΣΥΦΨΩ", (f"\\{letter}" for letter in _CAPITALS), strict=True)),
    "ε": r"\varepsilon", "φ": r"\varphi", "ς": r"\varsigma",
    "inf": r"\infty", "∞": r"\infty", "nan": r"\mathrm{nan}", "ell": r"\ell", "hbar": r"\hbar",
}  # fmt: skip

_SUBSCRIPTED = re.compile(r"([^\W\d_]+)(?:_?(\d+)|_([^\W_]+(?:_[^\W_]+)*))")

_FUNCTIONS = {
    "sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "sec": r"\sec", "csc": r"\csc", "cot": r"\cot",
    "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh", "coth": r"\coth", "max": r"\max", "min": r"\min",
    "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan",
    "asec": r"\operatorname{arcsec}", "acsc": r"\operatorname{arccsc}", "acot": r"\operatorname{arccot}",
    "asech": r"\operatorname{arsech}", "acsch": r"\operatorname{arcsch}",
    "acoth": r"\operatorname{arcoth}",
    "asinh": r"\operatorname{arsinh}", "acosh": r"\operatorname{arcosh}", "atanh": r"\operatorname{artanh}",
    "log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}",
    "sign": r"\operatorname{sgn}", "sigmoid": r"\sigma", "gamma": r"\Gamma", "digamma": r"\psi",
    "beta": r"\mathrm{B}", "maximum": r"\max", "minimum": r"\min", "trace": r"\operatorname{tr}",
    "relu": r"\operatorname{ReLU}", "gelu": r"\operatorname{GELU}", "selu": r"\operatorname{SELU}",
    "elu": r"\operatorname{ELU}", "silu": r"\operatorname{SiLU}",
}  # fmt: skip
"""By the name of the rule; every other function is an \\operatorname."""

RAISED = frozenset((
    "sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh", "sech", "csch", "coth",
    "asin", "acos", "atan", "asec", "acsc", "acot", "log", "log2", "log10",
))  # fmt: skip
"""Functions whose powers are written at their names: sin² x."""


def function(text: str) -> str:
    """The name of a function, by that of its rule; of a user's function by its own."""
    return _FUNCTIONS.get(text) or (name(text) if len(text) == 1 else f"\\operatorname{{{escape(text)}}}")


def name(text: str) -> str:
    """A variable or constant: `theta` is θ, `w_1` and `w1` have a subscript, a word stands in one piece."""
    if text in _GREEK:
        return _GREEK[text]
    parts = _SUBSCRIPTED.fullmatch(text)
    if parts is None:
        return text if len(text) == 1 and text != "_" else _word("mathit", text)
    subscripts = (parts[2] or parts[3]).split("_")
    return f"{name(parts[1])}_{{{', '.join(map(_subscript, subscripts))}}}"


def is_subscripted(text: str) -> bool:
    """Whether a name has a subscript in LaTeX already, and can have no second one."""
    return text not in _GREEK and _SUBSCRIPTED.fullmatch(text) is not None


def _subscript(text: str) -> str:
    if text in _GREEK or len(text) == 1 or text.isdecimal():
        return _GREEK.get(text, text)
    return _word("mathrm", text)


def _word(font: str, text: str) -> str:
    return f"\\{font}{{{escape(text)}}}"


def is_word(piece: str) -> bool:
    """Whether a piece of LaTeX is a name of several letters, which must not touch another."""
    return piece.startswith(r"\math")


def escape(text: str) -> str:
    """A text whose characters mean nothing to LaTeX."""
    return "".join(f"\\{c}" if c in "_%&#${}" else c for c in text if c not in "\\^~")


def number(text: str) -> tuple[str, str]:
    """Mantissa and exponent of an unsigned number, as LaTeX writes them: 2.5e-08 is 2.5 and -8.

    The exponent is "" where there is none, the mantissa where it is 1 before one.
    """
    mantissa, e, exponent = text.replace("_", "").lower().partition("e")
    if mantissa.startswith("."):
        mantissa = f"0{mantissa}"
    mantissa = mantissa.removesuffix(".")
    if not e:
        return mantissa, ""
    return "" if mantissa in ("1", "1.0") else mantissa, str(int(exponent))
