"""What the engine says in PyTorch's words, in the language's: there are no tensors and dims in it."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from re import Match


def plain(error: Exception) -> str:
    """What an error says, as a clause: without a full stop, beginning in lower case."""
    text = str(error).rstrip(".")
    for pattern, words in _WORDS.items():
        match = pattern.search(text)
        if match:
            return words if isinstance(words, str) else words(match)
    text = _SHAPE.sub(lambda shape: _tuple(shape[1]), text)
    return text[:1].lower() + text[1:] if text[:2].istitle() or text[1:2] == " " else text


_SHAPE = re.compile(r"\[((?:-?\d+(?:, -?\d+)*)?)\]")


def _tuple(sizes: str) -> str:
    """A shape as the language shows it."""
    return f"({sizes}{',' if sizes and ',' not in sizes else ''})"


def _no_axis(match: Match[str]) -> str:
    count, axis = int(match[1]) + 1, match[2]
    if count == 1:
        return f"there is no axis {axis}: the only one is 0 (or -1)"
    return f"there is no axis {axis}: the axes are 0 to {count - 1}, or -{count} to -1"


def _no_reshape(match: Match[str]) -> str:
    count = int(match[2])
    elements = "1 element does" if count == 1 else f"{count:,} elements do"
    return f"{elements} not make an array of shape {_tuple(match[1])}"


_EMPTY = "an empty array has no largest or smallest element"
_TABLE: dict[str, str | Callable[[Match[str]], str]] = {
    # axes
    r"Dimension out of range .*range of \[-\d+, (\d+)\], but got (-?\d+)": _no_axis,
    r"dim (\d+) appears multiple times": lambda m: f"axis {m[1]} is given twice",
    r"^permute": "axes must name every axis once, as [1, 0] does for a matrix",
    r"maximum supported dimension|number of dimensions must be within": "an array has at most 64 axes",
    # sizes
    r"negative dimension (-\d+)": lambda m: f"a size is 0 or more, not {m[1]}",
    r"maximum allowed dimension": "a size is too large",
    r"only one dimension can be inferred": "one size only may be -1, which stands for what is left",
    r"invalid shape dimension (-\d+)": lambda m: f"a size is 0 or more, or -1 for what is left, not {m[1]}",
    r"shape '\[(.*)\]' is invalid for input of size (\d+)": _no_reshape,
    # ranges
    r"number of steps must be non-negative": "the number of steps is 0 or more",
    r"step must be nonzero": "a step of 0 leads nowhere",
    r"unsupported range: (\S+) -> (\S+)": lambda m: f"a range from {m[1]} to {m[2]} has no end",
    r"bound inconsistent with step sign": "the steps lead away from stop: a step below 0 goes down",
    # joining
    r"non-empty (list of Tensors|TensorList)": "there are no arrays to join",
    r"stack expects each tensor": "the arrays must have one shape",
    r"zero-dimensional tensor": "a single number is no array: write [x], or use stack",
    r"Tensors must have same number of dimensions": "the arrays must have as many axes as each other",
    r"Sizes of tensors must match except in dimension (\d+)": (
        lambda m: f"along every axis but {m[1]} the sizes must be the same"
    ),
    # linear algebra
    r"arguments to matmul need to be at least 1D": "one is a single number: that product is written *",
    r"^inconsistent tensor size": "both vectors must have as many elements",
    r"^outer: Expected 1-D": "outer takes two vectors",
    r"Incompatible shapes of A and B": "the right side must have as many rows as the matrix",
    r"solver failed|linalg.solve.*singular": "the matrix is singular: there is not one solution",
    r"singular": "the matrix is singular: it has no inverse",
    r"^diag\(\)": "diag takes a vector or a matrix",
    # reductions
    r"^(amax|amin)\(\): Expected reduction dim": _EMPTY,
}
_WORDS = {re.compile(pattern, re.IGNORECASE): words for pattern, words in _TABLE.items()}
