"""How tensors are shown: PyTorch's reprs, to the character; attached to the class on import.

Follows torch/_tensor_str.py: four digits, a common width, scientific notation where the range asks for it,
lines of 80 columns, three items at each edge of what has more than a thousand.
"""

from __future__ import annotations

from math import ceil, isfinite

from gradcli.engine.dtypes import DEFAULT, REAL, bool_, int64, is_array
from gradcli.engine.operators import method

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from gradcli.engine.tensor import Tensor

PRECISION = 4
THRESHOLD = 1000
EDGE = 3
WIDTH = 80


class Formatter:
    """The form that all numbers of a tensor share."""

    __slots__ = ("real", "scientific", "whole", "width")

    def __init__(self, values: list[Any], real: bool) -> None:
        self.real = real
        self.whole = True
        self.scientific = False
        self.width = 1
        if not real:
            self.width = max(map(len, map(str, values)), default=1)
            return
        shown = [v for v in values if isfinite(v) and v != 0]
        if not shown:
            return
        self.whole = all(v == ceil(v) for v in shown)
        smallest, largest = min(map(abs, shown)), max(map(abs, shown))
        self.scientific = largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4
        if self.scientific:
            lengths = (len(f"{v:.{PRECISION}e}") for v in shown)
        elif self.whole:
            lengths = (len(f"{v:.0f}") + 1 for v in shown)
        else:
            lengths = (len(f"{v:.{PRECISION}f}") for v in shown)
        self.width = max(1, *lengths)

    def __call__(self, value: Any) -> str:
        if not self.real:
            text = str(value)
        elif self.scientific:
            text = f"{value:.{PRECISION}e}"
        elif self.whole:
            text = f"{value:.0f}" + ("." if isfinite(value) else "")
        else:
            text = f"{value:.{PRECISION}f}"
        return text.rjust(self.width)


def contents(tensor: Tensor, indent: int) -> str:
    """The numbers of a tensor as its repr shows them, `[1., 2., 3.]`; lines after the first start at
    `indent`."""
    value = tensor._value
    if not is_array(value):
        return (
            Formatter([value], isinstance(value, float))(value)
            if isinstance(value, (int, float))
            else str(value)
        )
    if value.dtype == object:
        return str(value.tolist())
    if value.size == 0:
        return "[]"
    summarize = value.size > THRESHOLD
    data = _edges(value).tolist() if summarize else value.tolist()
    if value.ndim == 0:
        return Formatter([data], tensor.dtype.rank == REAL)(data)
    form = Formatter(list(_leaves(data, value.ndim)), tensor.dtype.rank == REAL)
    return _array(data, value.shape, indent, summarize, form)


def _edges(array: Any) -> Any:
    """The part of an array that is shown of a large one."""
    import numpy

    for axis, n in enumerate(array.shape):
        if n > 2 * EDGE:
            array = numpy.take(array, [*range(EDGE), *range(n - EDGE, n)], axis=axis)
    return array


def _leaves(data: list[Any], rank: int) -> Iterable[Any]:
    for _ in range(rank - 1):
        data = [item for part in data for item in part]
    return data


def _array(data: Any, shape: tuple[int, ...], indent: int, summarize: bool, form: Formatter) -> str:
    """Rows within rows, as deep as the tensor has dimensions."""
    cut = summarize and shape[0] > 2 * EDGE
    if len(shape) == 1:
        return _row([form(v) for v in data], cut, indent, form.width + 2)
    parts = [_array(part, shape[1:], indent + 1, summarize, form) for part in data]
    if cut:
        parts.insert(EDGE, "...")
    return "[" + ("," + "\n" * (len(shape) - 1) + " " * (indent + 1)).join(parts) + "]"


def _row(items: list[str], cut: bool, indent: int, width: int) -> str:
    if cut:
        items.insert(EDGE, " ...")
    per_line = max(1, (WIDTH - indent) // width)
    lines = [", ".join(items[i : i + per_line]) for i in range(0, len(items), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def suffixes(tensor: Tensor) -> list[str]:
    """What a repr says besides the numbers: size, dtype, grad_fn, where they do not go without saying."""
    found: list[str] = []
    kind = tensor.dtype
    empty = getattr(tensor._value, "size", 1) == 0
    if empty and tensor.ndim != 1:
        found.append(f"size={tuple(tensor.shape)}")
    if kind is not DEFAULT.dtype and (empty or (kind is not int64 and kind is not bool_)):
        found.append(f"dtype={kind}")
    if tensor._node is not None:
        found.append(f"grad_fn=<{tensor._node.name()}>")
    elif tensor._requires:
        found.append("requires_grad=True")
    return found


@method
def __repr__(self: Tensor) -> str:  # noqa: N807
    return shown(self)


def shown(tensor: Tensor) -> str:
    """A tensor as PyTorch shows it, `tensor([1., 2.])`."""
    prefix = "tensor("
    text = prefix + contents(tensor, len(prefix))
    last = len(text) - text.rfind("\n") + 1
    for suffix in suffixes(tensor):
        if last + len(suffix) + 2 > WIDTH:
            text += ",\n" + " " * len(prefix) + suffix
            last = len(prefix) + len(suffix)
        else:
            text += ", " + suffix
            last += len(suffix) + 2
    return text + ")"
