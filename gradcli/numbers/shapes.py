"""Shapes and axes for every kind of number: what broadcasts, which axes are meant, how large is too large."""

from __future__ import annotations

from gradcli.numbers.errors import ArrayTooLarge, ShapeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Shape = tuple[int, ...]
    Axis = int | Sequence[int] | None

SHARE_OF_MEMORY = 0.5
"""An array may take this much of the memory that is free: its gradient is as large again."""

WITHOUT_ASKING = 64 * 2**20
"""Arrays of up to so many bytes are allocated without a look at how much memory is free."""

FALLBACK_LIMIT = 2 * 2**30
"""The limit in bytes where the system does not say how much memory is free."""


def broadcast_shape(*shapes: Shape) -> Shape:
    """The shape that operands of these shapes broadcast to; raises ShapeError with PyTorch's text."""
    result: list[int] = [1] * max((len(s) for s in shapes), default=0)
    for shape in shapes:
        for back in range(1, len(shape) + 1):
            size, other = shape[-back], result[-back]
            if size == other or size == 1:
                continue
            if other != 1:
                raise ShapeError(
                    f"The size of tensor a ({other}) must match the size of tensor b ({size}) at "
                    f"non-singleton dimension {len(result) - back}", *shapes,
                )
            result[-back] = size
    return tuple(result)


def normal_axis(axis: int, rank: int) -> int:
    """`axis` counted from the front; raises IndexError with PyTorch's text."""
    bound = max(rank, 1)
    if not -bound <= axis < bound:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {axis})"
        )
    return axis % bound


def normal_axes(axis: Axis, rank: int) -> tuple[int, ...]:
    """The axes meant by `axis`: all where it is None; raises as `normal_axis`, and for one named twice."""
    if axis is None:
        return tuple(range(rank))
    if isinstance(axis, int):
        return (normal_axis(axis, rank),) if rank else (normal_axis(axis, rank),)[:0]
    axes = [normal_axis(a, rank) for a in axis]
    for a in axes:
        if axes.count(a) > 1:
            raise RuntimeError(f"dim {a} appears multiple times in the list of dims")
    return tuple(axes) if rank else ()


def reduced_shape(shape: Shape, axis: Axis, keepdim: bool = False) -> Shape:
    """The shape that remains of `shape` when `axis` is reduced."""
    axes = normal_axes(axis, len(shape))
    if keepdim:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)


def count(shape: Shape) -> int:
    """How many elements an array of `shape` has."""
    size = 1
    for n in shape:
        size *= n
    return size


def resolved_shape(shape: Sequence[int], size: int) -> Shape:
    """The shape meant by one with a -1 in it, for `size` elements; raises RuntimeError as PyTorch does."""
    shape = tuple(int(n) for n in shape)
    known = count(tuple(n for n in shape if n != -1))
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if any(n < -1 for n in shape):
        raise RuntimeError(f"invalid shape dimension {min(shape)}")
    if -1 in shape and known and size % known == 0:
        return tuple(size // known if n == -1 else n for n in shape)
    if -1 in shape or known != size:
        raise ShapeError(f"shape '[{', '.join(map(str, shape))}]' is invalid for input of size {size}", shape)
    return shape


def matmul_shape(a: Shape, b: Shape) -> Shape:
    """The shape of a @ b; raises RuntimeError with PyTorch's texts where their sizes do not fit."""
    if not a or not b:
        raise ShapeError(
            f"both arguments to matmul need to be at least 1D, but they are {len(a)}D and {len(b)}D", a, b
        )
    inner = b[-2] if len(b) > 1 else b[0]
    if a[-1] != inner:
        raise ShapeError(_mismatch(a, b), a, b)
    batch = broadcast_shape(a[:-2], b[:-2])
    return batch + (a[-2:-1] if len(a) > 1 else ()) + (b[-1:] if len(b) > 1 else ())


def _mismatch(a: Shape, b: Shape) -> str:
    if len(a) == len(b) == 1:
        return (f"inconsistent tensor size, expected tensor [{a[0]}] and src [{b[0]}] to have the same "
                f"number of elements, but got {a[0]} and {b[0]} elements respectively")
    if len(a) == 2 and len(b) == 1:
        return f"size mismatch, got input ({a[0]}), mat ({a[0]}x{a[1]}), vec ({b[0]})"
    if len(b) > 2 and len(a) > 2:
        return (f"Expected size for first two dimensions of batch2 tensor to be: [{count(a[:-2])}, {a[-1]}] "
                f"but got: [{count(b[:-2])}, {b[-2]}].")
    rows = count(a[:-1]) if len(a) > 1 else 1
    second = f"{b[-2]}x{b[-1]}" if len(b) > 1 else f"{b[0]}x1"
    return f"mat1 and mat2 shapes cannot be multiplied ({rows}x{a[-1]} and {second})"


def square(shape: Shape, function: str) -> Shape:
    """`shape` again where it is one of square matrices; raises RuntimeError as PyTorch's `function`."""
    if len(shape) < 2:
        raise ShapeError(f"{function}: The input tensor A must have at least 2 dimensions.", shape)
    if shape[-1] != shape[-2]:
        raise ShapeError(
            f"{function}: A must be batches of square matrices, but they are {shape[-2]} by {shape[-1]} "
            "matrices", shape,
        )
    return shape


def checked_index(index: object, shape: Shape) -> None:
    """Raise IndexError, with PyTorch's text, where a whole number of `index` lies outside `shape`."""
    items = index if isinstance(index, tuple) else (index,)
    used = sum(1 for item in items if item is not None and item is not Ellipsis)
    if not shape and used:
        raise IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to "
            "convert a 0-dim tensor to a number"
        )
    axis = 0
    for item in items:
        if item is Ellipsis:
            axis = len(shape) - used + axis
        elif item is not None:
            dimensions = getattr(item, "ndim", 1) if getattr(item, "dtype", None) == "bool" else 1
            if axis + dimensions > len(shape):
                raise IndexError(f"too many indices for tensor of dimension {len(shape)}")
            if type(item) is int and not -shape[axis] <= item < shape[axis]:
                size = shape[axis]
                raise IndexError(f"index {item} is out of bounds for dimension {axis} with size {size}")
            axis += dimensions


def check_allocation(shape: Shape, itemsize: int = 8) -> None:
    """Raise ArrayTooLarge where an array of `shape` would take more than SHARE_OF_MEMORY of what is free."""
    if any(n < 0 for n in shape):
        bad = min(shape)
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {bad}: [{', '.join(map(str, shape))}]"
        )
    size = count(shape) * itemsize
    if size > WITHOUT_ASKING and size > (limit := allocation_limit()):
        raise ArrayTooLarge(shape, size, limit)


def allocation_limit() -> int:
    """How many bytes one array may take."""
    import os

    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return FALLBACK_LIMIT
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:  # counts what caches would give back
            free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        pass
    return max(WITHOUT_ASKING, int(free * SHARE_OF_MEMORY))


def permutation(axes: Sequence[int] | None, rank: int) -> tuple[int, ...]:
    """The order of axes meant, reversed where none is named; raises RuntimeError with PyTorch's texts."""
    if axes is None:
        return tuple(reversed(range(rank)))
    if len(axes) != rank:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of "
            f"the desired ordering of dimensions i.e. input.dim() = {rank} is not equal to "
            f"len(dims) = {len(axes)}"
        )
    order = tuple(normal_axis(a, rank) for a in axes)
    if len(set(order)) < rank:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return order


def expanded_shape(shape: Shape, target: Shape) -> Shape:
    """`target` where `shape` broadcasts to it; raises ShapeError with the text of PyTorch's expand."""
    for back in range(1, len(shape) + 1):
        if back > len(target):
            raise ShapeError(
                f"expand({list(shape)}, size={list(target)}): the number of sizes provided ({len(target)}) "
                f"must be greater or equal to the number of dimensions in the tensor ({len(shape)})",
                shape, target,
            )
        if shape[-back] not in (1, target[-back]):
            raise ShapeError(
                f"The expanded size of the tensor ({target[-back]}) must match the existing size "
                f"({shape[-back]}) at non-singleton dimension {len(target) - back}.  "
                f"Target sizes: {list(target)}.  Tensor sizes: {list(shape)}", shape, target,
            )
    return target


def outer_shape(a: Shape, b: Shape) -> Shape:
    """The shape of the outer product of two vectors; raises ShapeError for other ranks."""
    for shape, name in ((a, "self"), (b, "vec2")):
        if len(shape) != 1:
            raise ShapeError(f"outer: Expected 1-D argument {name}, but got {len(shape)}-D", a, b)
    return a + b


def solve_shape(a: Shape, b: Shape) -> Shape:
    """The shape of x where a @ x = b; raises ShapeError with PyTorch's text."""
    square(a, "linalg.solve")
    vector = len(b) == 1
    rows = b[0] if vector else b[-2] if b else 0
    if not b or rows != a[-1]:
        of_b = f"{b[0]}x1" if vector else "x".join(map(str, b[-2:]))
        raise ShapeError(
            "linalg.solve: Incompatible shapes of A and B for the equation AX = B "
            f"({a[-2]}x{a[-1]} and {of_b})", a, b,
        )
    return a[:-2] + b if vector else broadcast_shape(a[:-2], b[:-2]) + b[-2:]


def stacked_shape(all_shapes: Sequence[Shape], axis: int) -> int:
    """The axis along which arrays of these shapes are stacked; raises RuntimeError with PyTorch's texts."""
    if not all_shapes:
        raise RuntimeError("stack expects a non-empty TensorList")
    first = all_shapes[0]
    for i, shape in enumerate(all_shapes):
        if shape != first:
            raise ShapeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                f"{list(shape)} at entry {i}", first, shape,
            )
    return normal_axis(axis, len(first) + 1)


def concat_axis(all_shapes: Sequence[Shape], axis: int) -> int:
    """The axis along which arrays of these shapes are joined; raises RuntimeError with PyTorch's texts."""
    if not all_shapes:
        raise RuntimeError("torch.cat(): expected a non-empty list of Tensors")
    first = all_shapes[0]
    for i, shape in enumerate(all_shapes):
        if not shape:
            raise ShapeError(f"zero-dimensional tensor (at position {i}) cannot be concatenated", shape)
        if len(shape) != len(first):
            raise ShapeError(
                f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}",
                first, shape,
            )
    axis = normal_axis(axis, len(first))
    for i, shape in enumerate(all_shapes):
        for j, (size, expected) in enumerate(zip(shape, first, strict=True)):
            if j != axis and size != expected:
                raise ShapeError(
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {expected} "
                    f"but got size {size} for tensor number {i} in the list.", first, shape,
                )
    return axis


def range_length(start: float, stop: float, step: float) -> int:
    """How many numbers `arange` makes; raises RuntimeError with PyTorch's texts where that never ends."""
    from math import ceil, isfinite

    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (isfinite(start) and isfinite(stop) and step == step):
        raise RuntimeError(f"unsupported range: {start:g} -> {stop:g}")
    if (stop - start) / step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    span = (stop - start) / step
    return ceil(span) if isfinite(span) else 2**62


def reducible_axes(axis: Axis, shape: Shape, function: str) -> tuple[int, ...]:
    """The axes meant, none of them empty; raises RuntimeError or IndexError with the texts of `function`."""
    axes = normal_axes(axis, len(shape))
    if count(shape) == 0:
        if axis is None:
            raise RuntimeError(
                f"{function}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
                "reduction dim with the 'dim' argument."
            )
        for i in axes:
            if shape[i] == 0:
                raise IndexError(f"{function}(): Expected reduction dim {i} to have non-zero size.")
    return axes


UNSOLVABLE = "torch.linalg.solve: The solver failed because the input matrix is singular."


def singular(diagonal: int, batch: int | None) -> str:
    """What PyTorch says of a matrix whose elimination met a zero in this place of the diagonal, from 1."""
    where = "" if batch is None else f"(Batch element {batch}): "
    return (f"linalg.inv: {where}The diagonal element {diagonal} is zero, the inversion could not be "
            "completed because the input matrix is singular.")


def index_of(position: int, shape: Shape) -> Shape:
    """Where an element stands in an array, by its number in row-major order."""
    index = []
    for size in reversed(shape):
        position, place = divmod(position, size)
        index.append(place)
    return tuple(reversed(index))
