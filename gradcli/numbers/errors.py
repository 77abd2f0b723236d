"""The errors of computing with numbers; their texts are PyTorch's where PyTorch has one."""

from __future__ import annotations


class ArrayTooLarge(MemoryError):  # noqa: N818 - what happened, as in the error's text
    """An array that was refused before it was allocated; `shape` and `bytes` are what it would have had."""

    def __init__(self, shape: tuple[int, ...], size: int, limit: int) -> None:
        self.shape = shape
        self.bytes = size
        self.limit = limit
        sizes = " by ".join(f"{n:,}" for n in shape)
        super().__init__(
            f"an array of {sizes} elements needs {in_words(size)}, "
            f"more than the {in_words(limit)} that it may have"
        )


class SingularMatrix(RuntimeError):  # noqa: N818 - what happened, as in the error's text
    """A matrix without an inverse."""


class ShapeError(RuntimeError):
    """Operands whose shapes do not fit together; `shapes` are theirs, in the order of the operands."""

    def __init__(self, message: str, *shapes: tuple[int, ...]) -> None:
        super().__init__(message)
        self.shapes = shapes


def in_words(size: int) -> str:
    """A number of bytes as a person reads it, `7.3 TiB`."""
    if size < 1024:
        return f"{size} bytes"
    for unit in ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB"):
        # In whole bytes as long as possible: a size may lie beyond what a float can hold.
        if size < 1024 * 1024 or unit == "EiB":
            return f"{size / 1024:.1f} {unit}" if size < 1024**3 else f"10**{len(str(size)) - 4} {unit}"
        size //= 1024
    raise AssertionError
