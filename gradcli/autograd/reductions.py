"""The functions of torch and the methods of Tensor that take elements together: sum, mean, max, norm,
softmax."""

from __future__ import annotations

from gradcli.autograd.functions import expect_tensor, function
from gradcli.autograd.refusals import expect_dim, expect_elements, expect_kernel, expect_real
from gradcli.engine import extras
from gradcli.engine.apply import MISSING, apply
from gradcli.engine.dtypes import REAL, bool_, cast, int64, settle
from gradcli.engine.tensor import Tensor, wrap
from gradcli.numbers.shapes import normal_axes, normal_axis
from gradcli.rules.rulebook import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Dim = int | tuple[int, ...] | list[int] | None

NO_FREEDOM = (
    "{}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input "
    "numel divided by output numel)."
)


def axis_of(dim: Any) -> Any:
    """A dimension, or several, as the rules take them."""
    if dim is None:
        return None
    return tuple(d.__index__() for d in dim) if isinstance(dim, (tuple, list)) else dim.__index__()


@function
def sum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of all elements, or along `dim`."""
    expect_tensor(input, "sum")
    if input.dtype is bool_:
        input = wrap(cast(input._value, int64))
    if dtype is not None:
        input = input.to(dtype)
    if input.dtype is int64:
        return _whole(input, "sum", dim, keepdim)
    return apply(RULES["sum"], input, axis=axis_of(dim), keepdim=int(keepdim))


def _whole(input: Tensor, name: str, dim: Dim, keepdim: bool) -> Tensor:
    import numpy

    axes = normal_axes(axis_of(dim), input.ndim)
    return wrap(numpy.asarray(getattr(numpy, name)(input._value, axis=axes, keepdims=keepdim)))


@function
def mean(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The mean of all elements, or along `dim`; raises RuntimeError for whole numbers."""
    expect_tensor(input, "mean")
    if input.dtype.rank < REAL:
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex "
            "dtype. Got: "
            f"{input.dtype.title}"
        )
    return apply(RULES["mean"], input, axis=axis_of(dim), keepdim=int(keepdim))


@function
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The product of all elements, or along `dim`."""
    if input.dtype.rank < REAL:
        return _whole(wrap(cast(input._value, int64)), "prod", dim, keepdim)
    return apply(RULES["prod"], input, axis=axis_of(dim), keepdim=int(keepdim))


def _spread(name: str) -> None:
    def operation(
        input: Tensor,
        dim: Any = None,
        unbiased: bool = True,
        keepdim: bool = False,
        *,
        correction: Any = None,
    ) -> Tensor:
        if isinstance(dim, bool):  # var(False) is var(unbiased=False)
            dim, unbiased = None, dim
        if input.dtype.rank < REAL:
            expect_real(name, input)
        correct = (1 if unbiased else 0) if correction is None else correction
        out = apply(RULES[name], input, axis=axis_of(dim), keepdim=int(keepdim), correction=correct)
        if out.shape.numel() and input.shape.numel() / out.shape.numel() <= correct:
            import warnings

            warnings.warn(NO_FREEDOM.format(name), UserWarning, stacklevel=2)
        return out

    operation.__name__ = name
    operation.__doc__ = RULES[name].summary
    function(operation, name)


_spread("var")
_spread("std")


@function
def norm(input: Tensor, p: Any = 2, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The p-norm of all elements, or along `dim`."""
    if input.dtype.rank < REAL:
        expect_real("norm", input)
    power = 2.0 if p is None or p == "fro" else float(p)
    operands, static = RULES["norm"].bind([input, power], {"axis": axis_of(dim), "keepdim": int(keepdim)})
    return apply(RULES["norm"], *operands, **static)


@function
def logsumexp(input: Tensor, dim: Any = MISSING, keepdim: bool = False) -> Tensor:
    """log(sum(exp(x))) along `dim`."""
    expect_dim("logsumexp", dim, 1)
    return apply(RULES["logsumexp"], input, axis=axis_of(dim), keepdim=int(keepdim))


def _along(name: str) -> None:
    def operation(input: Tensor, dim: Any = MISSING, dtype: Any = None) -> Tensor:
        expect_dim(name, dim, 1)
        expect_kernel(name, input)
        if name in ("cumsum", "cumprod") and input.dtype is bool_:
            input = wrap(cast(input._value, int64))
        axis = normal_axis(dim, input.ndim)
        return apply(RULES[name], input if dtype is None else input.to(dtype), axis=axis)

    operation.__name__ = name
    operation.__doc__ = RULES[name].summary
    function(operation, name)


for _name in ("softmax", "log_softmax", "cumsum", "cumprod"):
    _along(_name)


# --- extremes ---


class _Pair(tuple["Tensor", "Tensor"]):
    """Values and the indices at which they are."""

    __slots__ = ()
    _of = ""

    @property
    def values(self) -> Tensor:
        """The elements chosen."""
        return self[0]

    @property
    def indices(self) -> Tensor:
        """Where they are."""
        return self[1]

    def __repr__(self) -> str:
        return f"torch.return_types.{self._of}(\nvalues={self[0]!r},\nindices={self[1]!r})"


def _pair(name: str) -> type[_Pair]:
    return type(name, (_Pair,), {"__slots__": (), "_of": name})


_PAIRS = {name: _pair(name) for name in ("max", "min", "sort", "topk", "median")}


def _extreme(name: str, of_two: str, along: Any) -> None:
    def operation(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        if isinstance(dim, Tensor) or other is not None:
            return apply(RULES[of_two], input, dim if other is None else other)
        if dim is not None:
            return _along_dim(input, normal_axis(dim, input.ndim), keepdim, name, along)
        expect_elements(name, input, None)
        if input.dtype.rank < REAL:
            import numpy

            return wrap(settle(numpy.asarray(getattr(numpy, name)(input._value))))
        return apply(RULES[name], input, axis=None, keepdim=0)

    operation.__name__ = name
    operation.__doc__ = (
        f"The {name}imum of all elements; along `dim`, with its indices; of two tensors, elementwise."
    )
    function(operation, name)

    def shared(input: Tensor, dim: Dim = (), keepdim: bool = False) -> Tensor:
        if dim in ((), None):
            expect_elements(f"a{name}", input, None)
        axis = tuple(range(input.ndim)) if dim in ((), None) else axis_of(dim)
        return apply(RULES[name], input, axis=axis, keepdim=int(keepdim))

    function(shared, f"a{name}")


def _along_dim(input: Tensor, axis: int, keepdim: bool, name: str, along: Any) -> _Pair:
    import numpy

    if input.ndim == 0:
        return _PAIRS[name]((apply(along, input, index=()), wrap(numpy.asarray(0))))
    expect_elements(name, input, axis)
    found = getattr(numpy, f"arg{name}")(input._value, axis=axis, keepdims=True)
    return _PAIRS[name](_picked(input, found, axis, keepdim, along))


def _picked(input: Tensor, found: Any, axis: int, keepdim: bool, rule: Any) -> tuple[Tensor, Tensor]:
    """The elements of `input` at the indices `found` along an axis, and those indices as a tensor."""
    import numpy

    index = list(numpy.indices(found.shape, sparse=True))
    index[axis] = found
    if not keepdim:
        index = [numpy.squeeze(numpy.broadcast_to(i, found.shape), axis=axis) for i in index]
        found = numpy.squeeze(found, axis=axis)
    return apply(rule, input, index=tuple(index)), wrap(numpy.asarray(found))


_extreme("max", "maximum", extras.MAX)
_extreme("min", "minimum", extras.MIN)


def _position(name: str) -> None:
    def operation(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
        import numpy

        axis = None if dim is None else normal_axis(dim, input.ndim)
        expect_elements(name, input, axis)
        value = numpy.asarray(input._value)
        if axis is None or not value.ndim:
            return wrap(numpy.asarray(getattr(numpy, name)(value)))
        return wrap(numpy.asarray(getattr(numpy, name)(value, axis=axis, keepdims=keepdim)))

    operation.__name__ = name
    operation.__doc__ = f"The index of the {name[3:]}imum, of all elements flattened or along `dim`."
    function(operation, name)


_position("argmax")
_position("argmin")


@function
def sort(input: Tensor, dim: int = -1, descending: bool = False) -> Any:
    """The elements in order along `dim`, and where they were."""
    import numpy

    axis = normal_axis(dim, input.ndim)
    value = -input._value if descending else input._value
    order = numpy.argsort(value, axis=axis, kind="stable")
    return _PAIRS["sort"](_picked(input, order, axis, True, extras.SORT))


@function
def argsort(input: Tensor, dim: int = -1, descending: bool = False) -> Any:
    """The indices that put the elements in order along `dim`."""
    return sort(input, dim, descending)[1]


@function
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True) -> Any:
    """The k largest elements along `dim`, and where they are."""
    import numpy

    axis = normal_axis(dim, input.ndim)
    order = numpy.argsort(-input._value if largest else input._value, axis=axis, kind="stable")
    return _PAIRS["topk"](_picked(input, numpy.take(order, range(k), axis=axis), axis, True, extras.TOPK))


def _quantified(name: str) -> None:
    def operation(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
        import numpy

        axes = normal_axes(axis_of(dim), input.ndim)
        if not input.ndim:
            return wrap(bool(input._value))
        out = getattr(numpy, name)(input._value != 0, axis=axes, keepdims=keepdim)
        return wrap(settle(numpy.asarray(out)))

    operation.__name__ = name
    operation.__doc__ = f"Whether {name} elements are not zero, of everything or along `dim`."
    function(operation, name)


_quantified("all")
_quantified("any")


@function
def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The elements of `input` at `index` along `dim`."""
    return _picked(input, index._value, normal_axis(dim, input.ndim), True, extras.GATHER)[0]


@function
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The parts of `input` at `index` along `dim`."""
    before = (slice(None),) * normal_axis(dim, input.ndim)
    return apply(extras.INDEX_SELECT, input, index=(*before, index._value))
