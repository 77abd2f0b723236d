"""The functions of torch and the methods of Tensor that rearrange: shapes, axes, joining, element types."""

from __future__ import annotations

from gradcli.autograd.creation import as_dtype, filled, leaf, shape_from, tensor
from gradcli.autograd.functions import function
from gradcli.autograd.indexing import view_of
from gradcli.engine import extras
from gradcli.engine.apply import apply
from gradcli.engine.dtypes import DEFAULT, REAL, bool_, cast, float32, float64, int64, is_array
from gradcli.engine.operators import method
from gradcli.engine.tensor import Tensor, wrap
from gradcli.numbers.shapes import normal_axis, resolved_shape
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from typing import Any

T_OF_ANY_RANK = (
    "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will "
    "throw an "
    "error in a future release. Consider `x.mT` to transpose batches of matrices or "
    "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor."
)


# --- sizes ---


@method
def size(self: Tensor, dim: int | None = None) -> Any:
    """The shape, or its size along `dim`."""
    return self.shape if dim is None else self.shape[normal_axis(dim, self.ndim)]


@method
def dim(self: Tensor) -> int:
    """The number of dimensions."""
    return self.ndim


@function
def numel(input: Tensor) -> int:
    """The number of elements."""
    return input.shape.numel()


setattr(Tensor, "nelement", numel)  # noqa: B010
setattr(Tensor, "ndimension", dim)  # noqa: B010
setattr(Tensor, "element_size", lambda self: self.dtype.itemsize)  # noqa: B010
setattr(Tensor, "is_floating_point", lambda self: self.dtype.is_floating_point)  # noqa: B010


# --- shapes ---


def _reshape(input: Tensor, *shape: Any) -> Tensor:
    """The same elements in another shape, in which one size may be -1."""
    sizes = resolved_shape(shape_from(shape), input.shape.numel())
    return view_of(input, apply(RULES["reshape"], input, shape=sizes))


reshape = function(_reshape, "reshape")
setattr(Tensor, "view", reshape)  # noqa: B010
setattr(Tensor, "view_as", lambda self, other: reshape(self, tuple(other.shape)))  # noqa: B010
setattr(Tensor, "reshape_as", lambda self, other: reshape(self, tuple(other.shape)))  # noqa: B010


@function
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from `start_dim` to `end_dim` as one."""
    rank = input.ndim
    if rank == 0:
        return _reshape(input, (1,))
    first, last = normal_axis(start_dim, rank), normal_axis(end_dim, rank)
    if first == last:
        return input
    return _reshape(input, (*input.shape[:first], -1, *input.shape[last + 1 :]))


setattr(Tensor, "ravel", lambda self: flatten(self))  # noqa: B010


@function
def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """The same elements without dimensions of size 1, or without `dim` where that is one."""
    several = isinstance(dim, (tuple, list))
    dims = range(input.ndim) if dim is None else dim if several else (dim,)
    gone = {normal_axis(d, input.ndim) for d in dims}
    shape = tuple(n for i, n in enumerate(input.shape) if n != 1 or i not in gone)
    rule = extras.SQUEEZE if dim is None else extras.SQUEEZE_DIMS if several else extras.SQUEEZE_DIM
    return view_of(input, apply(rule, input, shape=shape))


@function
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """The same elements with a new dimension of size 1 at `dim`."""
    at = normal_axis(dim, input.ndim + 1)
    return view_of(input, apply(extras.UNSQUEEZE, input, shape=(*input.shape[:at], 1, *input.shape[at:])))


@method
def expand(self: Tensor, *sizes: Any) -> Tensor:
    """The elements repeated along dimensions of size 1; -1 keeps a size."""
    if not sizes:
        raise TypeError('expand() missing 1 required positional arguments: "size"')
    wanted = shape_from(sizes)
    lead = len(wanted) - self.ndim
    if lead < 0 or -1 in wanted[:lead]:
        from gradcli.autograd.refusals import not_expanded

        not_expanded(self, wanted)
    shape = tuple(self.shape[i - lead] if n == -1 else n for i, n in enumerate(wanted))
    return apply(RULES["broadcast_to"], self, shape=shape)


def _expand_as(self: Tensor, other: Tensor) -> Tensor:
    """The elements repeated to the shape of another tensor."""
    if not isinstance(other, Tensor):
        raise TypeError(
            f"expand_as(): argument 'other' (position 1) must be Tensor, not {type(other).__name__}"
        )
    return expand(self, tuple(other.shape))  # type: ignore[no-any-return]


method(_expand_as, "expand_as")
function(lambda input, *shape: expand(input, *shape), "broadcast_to")


@method
def repeat(self: Tensor, *repeats: Any) -> Tensor:
    """The elements several times over along each dimension."""
    if not repeats:
        raise TypeError('repeat() missing 1 required positional arguments: "repeats"')
    sizes = shape_from(repeats)
    if len(sizes) < self.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    return apply(extras.REPEAT, self, sizes=sizes)


# --- axes ---


@function
def permute(input: Tensor, *dims: Any) -> Tensor:
    """The dimensions in another order."""
    order = shape_from(dims)
    if len(order) != input.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
            f"desired ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = "
            f"{len(order)}"
        )
    axes = tuple(normal_axis(d, input.ndim) for d in order)
    return view_of(input, apply(RULES["transpose"], input, axes=axes))


@function
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged."""
    axes = list(range(input.ndim))
    a, b = normal_axis(dim0, input.ndim), normal_axis(dim1, input.ndim)
    if axes:
        axes[a], axes[b] = axes[b], axes[a]
    return view_of(input, apply(extras.TRANSPOSE, input, axes=tuple(axes)))


function(transpose, "swapaxes")


@function
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a vector stays as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return view_of(input, apply(extras.T, input, axes=tuple(reversed(range(input.ndim)))))


def _reversed(self: Tensor) -> Tensor:
    """The dimensions in reverse order; warns, as PyTorch does, where there are not two."""
    if self.ndim != 2:
        import warnings

        warnings.warn(T_OF_ANY_RANK, UserWarning, stacklevel=2)
    return view_of(self, apply(RULES["transpose"], self, axes=None))


setattr(Tensor, "T", property(_reversed))  # noqa: B010


def _matrix_transposed(self: Tensor) -> Tensor:
    """The last two dimensions exchanged."""
    if self.ndim < 2:
        raise RuntimeError(
            f"tensor.mT is only supported on matrices or batches of matrices. Got {self.ndim}-D tensor."
        )
    return transpose(self, -2, -1)  # type: ignore[no-any-return]


setattr(Tensor, "mT", property(_matrix_transposed))  # noqa: B010


@function
def flip(input: Tensor, *dims: Any) -> Tensor:
    """The elements in reverse order along the given dimensions."""
    if not dims:
        raise TypeError('flip() missing 1 required positional arguments: "dims"')
    return apply(RULES["flip"], input, axis=shape_from(dims))


@function
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix."""
    if diagonal:
        raise NotImplementedError("diag() of another than the main diagonal is not supported")
    return apply(RULES["diag"], input)


@function
def diagonal(input: Tensor) -> Tensor:
    """The diagonal of a matrix."""
    import numpy

    normal_axis(1, input.ndim)
    n = min(input.shape)
    return apply(extras.DIAGONAL, input, index=(numpy.arange(n), numpy.arange(n)))



def _of_squares(name: str, *aliases: str) -> None:
    rule = RULES[name]

    def operation(input: Tensor) -> Tensor:
        if input.ndim != 2 or input.shape[0] != input.shape[1] or input.dtype.rank < REAL:
            from gradcli.autograd.refusals import expect_square

            expect_square(name, input)
        return apply(rule, input)

    operation.__doc__ = rule.summary
    for alias in (name, *aliases):
        function(operation, alias)


_of_squares("trace")
_of_squares("det")
_of_squares("logdet")
_of_squares("inv", "inverse")


# --- joining ---


@function
def stack(tensors: Any, dim: int = 0) -> Tensor:
    """Tensors of one shape side by side along a new dimension."""
    return apply(RULES["stack"], *_parts(tensors, "stack"), axis=dim)


@function
def cat(tensors: Any, dim: int = 0) -> Tensor:
    """Tensors one after the other along `dim`."""
    return apply(RULES["concat"], *_parts(tensors, "cat"), axis=dim)


function(cat, "concat", also_method=False)
function(cat, "concatenate", also_method=False)
for _name in ("stack", "cat"):
    delattr(Tensor, _name)


def _parts(tensors: Any, name: str) -> list[Tensor]:
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not "
            f"{type(tensors).__name__}"
        )
    parts = list(tensors)
    if not parts and name == "stack":
        raise RuntimeError("stack expects a non-empty TensorList")
    if not parts:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for i, part in enumerate(parts):
        if not isinstance(part, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(part).__name__}")
    return parts


# --- element types ---


@method
def to(self: Tensor, *args: Any, dtype: Any = None, copy: builtins.bool = False) -> Tensor:
    """The same numbers in another element type; the tensor itself where it has that already."""
    for arg in args:
        if isinstance(arg, Tensor):
            dtype = arg.dtype
        elif not isinstance(arg, (str, Device)):
            dtype = arg
    kind = as_dtype(dtype) or self.dtype
    if kind is self.dtype:
        return self.clone() if copy else self
    if not kind.is_floating_point or not self.dtype.is_floating_point:
        return wrap(cast(self._value, kind))
    return apply(extras.TO, self, kind=kind)


for _name, _kind in {"float": float32, "double": float64, "long": int64, "int": int64, "bool": bool_}.items():
    setattr(Tensor, _name, lambda self, _kind=_kind: to(self, _kind))


def _type(self: Tensor, dtype: Any = None) -> Any:
    """The name of the tensor's type, or the tensor in another element type."""
    return f"torch.{self.dtype.title}Tensor" if dtype is None else to(self, dtype)


method(_type, "type")


class Device:
    """Where a tensor is: there is only the CPU."""

    __slots__ = ("type",)

    def __init__(self, type: str = "cpu") -> None:
        self.type = type

    def __repr__(self) -> str:
        return f"device(type='{self.type}')"

    def __str__(self) -> str:
        return self.type

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and other.type == self.type

    def __hash__(self) -> int:
        return hash(self.type)


setattr(Tensor, "device", property(lambda self: Device()))  # noqa: B010
setattr(Tensor, "is_cuda", property(lambda self: False))  # noqa: B010
setattr(Tensor, "name", property(lambda self: None))  # noqa: B010
for _name in ("cpu", "contiguous"):
    setattr(Tensor, _name, lambda self: self)


# --- of the kind of another ---


@method
def new_zeros(self: Tensor, *sizes: Any) -> Tensor:
    """Zeros of this element type."""
    return filled(shape_from(sizes), 0.0, self.dtype)


@method
def new_ones(self: Tensor, *sizes: Any) -> Tensor:
    """Ones of this element type."""
    return filled(shape_from(sizes), 1.0, self.dtype)


@method
def new_tensor(self: Tensor, data: Any, *, requires_grad: builtins.bool = False) -> Tensor:
    """A tensor of this element type."""
    return tensor(data, dtype=self.dtype, requires_grad=requires_grad)


def from_numpy(array: Any) -> Tensor:
    """A tensor that shows the numbers of a NumPy array."""
    if not is_array(array):
        raise TypeError(f"expected np.ndarray (got {array.__class__.__name__})")
    return leaf(array if array.ndim else tensor(array)._value)


def as_tensor(data: Any, dtype: Any = None) -> Tensor:
    """`data` as a tensor: itself where it is one, the same memory where it is a NumPy array."""
    if isinstance(data, Tensor):
        return to(data, dtype) if dtype is not None else data
    return from_numpy(data) if is_array(data) and dtype is None else tensor(data, dtype=dtype)


def default_dtype_tensor(*args: Any) -> Tensor:
    """What `torch.Tensor(...)` makes: an uninitialised shape, or data in the default element type."""
    if len(args) == 1 and isinstance(args[0], (list, tuple, Tensor)):
        return tensor(args[0] if not isinstance(args[0], Tensor) else args[0]._value, dtype=DEFAULT.dtype)
    return filled(shape_from(args), 0.0, DEFAULT.dtype)


setattr(Tensor, "__new__", lambda cls, *args: default_dtype_tensor(*args))  # noqa: B010
