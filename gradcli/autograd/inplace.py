"""Changing tensors in place: `add_` and its kin, `+=`, `fill_`, `copy_`, item assignment, `detach` and
`data`."""

from __future__ import annotations

from gradcli.autograd.indexing import parts_of, plain_index
from gradcli.engine import errors, operators
from gradcli.engine.apply import record
from gradcli.engine.dtypes import BOOLEAN, REAL, WHOLE, cast, dtype_of, is_array, settle
from gradcli.engine.extras import COPY, COPY_SLICES, FILL, FILL_NUMBER, INDEX_PUT, ZERO
from gradcli.engine.grad_mode import is_grad_enabled
from gradcli.engine.node import Extra, Node
from gradcli.engine.operators import method, operand_of
from gradcli.engine.storage import overwrite, share, with_versions
from gradcli.engine.tensor import Tensor, result, wrap
from gradcli.numbers import namespace_of, shape_of
from gradcli.numbers.shapes import broadcast_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.rules.rulebook import Rule


NO_FIT = "output with shape {} doesn't match the broadcast shape {}"


def check_change(tensor: Tensor) -> None:
    """Raise RuntimeError where a change in place would leave a leaf without its own value in the graph."""
    if not is_grad_enabled():
        return
    base = tensor._shared.base if tensor._shared is not None else None
    if base is not None and base.is_leaf and base.requires_grad:
        raise RuntimeError(errors.LEAF_VIEW_IN_PLACE)
    if tensor.requires_grad:
        if tensor.is_leaf:
            raise RuntimeError(errors.LEAF_IN_PLACE)
        others = tensor._shared.storage.living() if tensor._shared is not None else []
        if any(member.is_leaf and member.requires_grad for member in others):
            raise RuntimeError(errors.LEAF_VIEW_IN_PLACE)
        if any(member is not tensor and member.requires_grad for member in others):
            raise NotImplementedError(
                "changing a view of a recorded result in place is not supported; change a clone() of it "
                "instead"
            )


def become(tensor: Tensor, result: Tensor) -> Tensor:
    """Let `tensor` hold what an operation on it gave, and be its result in the graph; returns `tensor`."""
    check_change(tensor)
    _check_fit(tensor, result)
    node, old = result._node, tensor._value
    if node is not None and node.saved is not None and is_array(old):
        node.saved = tuple(v.copy() if v is old else v for v in node.saved)
    before = tensor._node
    overwrite(tensor, result._value)
    if node is None:
        if before is not None:
            tensor._node = _fork(before)
            _retain_later(tensor, before, tensor._node)
        return tensor
    with_versions(node, copied=before)
    node.out = tensor._value
    tensor._node = node
    _follow(node, before)
    if before is not None:
        _retain_later(tensor, before, node)
    return tensor


def _retain_later(tensor: Tensor, before: Node, now: Node) -> None:
    """Let a tensor that retains its gradient retain that of what it has become."""
    retained = before.extra.retained if before.extra is not None else []
    mine = [reference for reference in retained if reference() is tensor]
    if mine:
        retained[:] = [reference for reference in retained if reference() is not tensor]
        now.extra = now.extra or Extra()
        now.extra.retained += mine


def _follow(node: Node, before: Node | None) -> None:
    """Let a tensor's new node count on from its old one."""
    extra = node.extra = node.extra or Extra()
    if before is not None and before.extra is not None and before.extra.changes is not None:
        extra.changes = before.extra.changes
        extra.before = extra.changes.number
        extra.changes.latest = node.name()


def _fork(node: Node) -> Node:
    """A node like another, for what uses a tensor after it was changed without being recorded."""
    twin = node.twin()
    twin.extra = Extra()
    twin.extra.versions = node.extra.versions if node.extra is not None else None
    _follow(twin, node)
    return twin


def _check_fit(tensor: Tensor, result: Tensor) -> None:
    if result.shape != tensor.shape:
        raise RuntimeError(NO_FIT.format(errors.size(tensor.shape), errors.size(result.shape)))
    mine, its = tensor.dtype, result.dtype
    if its.rank > mine.rank and (its.rank == REAL or mine.rank == BOOLEAN != WHOLE):
        raise RuntimeError(f"result type {its.title} can't be cast to the desired output type {mine.title}")


def _method_named(name: str) -> Callable[..., Any]:
    return lambda self, *args, **keywords: getattr(self, name)(*args, **keywords)


def _changing(operation: Callable[..., Any]) -> Callable[..., Any]:
    def change(self: Tensor, *args: Any, **keywords: Any) -> Any:
        check_change(self)
        result = operation(self, *args, **keywords)
        return result if result is NotImplemented else become(self, result)

    return change


_operation: Any
for _name, _operation in {
    "__iadd__": operators.add,
    "__isub__": operators.sub,
    "__imul__": operators.mul,
    "__itruediv__": operators.div,
    "__ipow__": operators.pow,
    "__ifloordiv__": operators.floordiv,
    "__imod__": operators.mod,
}.items():
    method(_changing(_operation), _name)
for _name in (
    "add",
    "sub",
    "mul",
    "div",
    "pow",
    "floor_divide",
    "remainder",
    "neg",
    "abs",
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tanh",
    "sigmoid",
    "relu",
    "clamp",
    "round",
    "floor",
    "ceil",
    "reciprocal",
    "square",
):
    method(_changing(_method_named(_name)), f"{_name}_")


def _replaced(rule: Rule, tensor: Tensor, value: Any, **static: Any) -> Tensor:
    """What `rule` makes of a tensor and what is put into it, in the tensor's element type."""
    mine = tensor._value
    given = cast(getattr(value, "_value", value), tensor.dtype)
    out = settle(rule.value(namespace_of(mine, given), mine, given, **static))
    if not tensor.dtype.is_floating_point:
        return wrap(out)
    return result(out, record(rule, (tensor, value), (mine, given), out, static))


@method
def fill_(self: Tensor, value: Any) -> Tensor:
    """Make every element `value`."""
    check_change(self)
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions."
        )
    return become(self, _replaced(FILL if isinstance(value, Tensor) else FILL_NUMBER, self, value))


@method
def zero_(self: Tensor) -> Tensor:
    """Make every element zero."""
    check_change(self)
    return become(self, _replaced(ZERO, self, 0))


@method
def copy_(self: Tensor, src: Any) -> Tensor:
    """Take over the numbers of `src`, broadcast to this shape; its gradient flows to `src`."""
    check_change(self)
    theirs = tuple(src.shape) if isinstance(src, Tensor) else ()
    if broadcast_shape(tuple(self.shape), theirs) != self.shape:
        raise RuntimeError(NO_FIT.format(errors.size(self.shape), errors.size(theirs)))
    return become(self, _replaced(COPY, self, src))


@method
def __setitem__(self: Tensor, index: Any, value: Any) -> None:  # noqa: N807
    given = operand_of(value)
    if given is NotImplemented:
        raise TypeError(f"can't assign a {_name_of(value)} to a torch.{self.dtype.title}Tensor")
    index = plain_index(index)
    parts = parts_of(index, self.shape)
    if self._requires and self._node is None and is_grad_enabled():
        raise RuntimeError(errors.LEAF_VIEW_IN_PLACE)
    become(self, _with_all(self, given) if not parts else _with_part(self, index, parts, given))


def _name_of(value: Any) -> str:
    kind = type(value)
    return f"{kind.__module__}.{kind.__name__}" if kind.__module__ == "numpy" else kind.__name__


def _with_all(tensor: Tensor, value: Any) -> Tensor:
    """`value` in the place of the whole of a tensor."""
    theirs = tuple(value.shape) if isinstance(value, Tensor) else ()
    if theirs == tensor.shape or theirs:
        return _replaced(COPY, tensor, _expanded(value, tuple(tensor.shape)))
    return _replaced(FILL, tensor, value)


def _with_part(tensor: Tensor, index: Any, parts: list[Any], value: Any) -> Tensor:
    """A tensor with `value` at an index."""
    import numpy

    whole = numpy.asarray(tensor._value)
    place = whole[index].shape
    if not any(map(is_array, parts[-1])):
        return _replaced(COPY_SLICES, tensor, _expanded(value, place), index=index)
    theirs = tuple(value.shape) if isinstance(value, Tensor) else ()
    try:
        fits = broadcast_shape(theirs, place) == place
    except RuntimeError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {errors.size(theirs)} cannot be broadcast to indexing "
            f"result of shape {errors.size(place)}"
        )
    return _replaced(INDEX_PUT, tensor, value, index=index)


def _expanded(value: Any, shape: tuple[int, ...]) -> Any:
    """What is to be put into a part of this shape, as PyTorch expands it: dimensions of size 1 in front do
    not count."""
    if not isinstance(value, Tensor) or not value.ndim or tuple(value.shape) == shape:
        return value
    sizes = tuple(value.shape)
    while sizes and sizes[0] == 1 and len(sizes) > len(shape):
        sizes = sizes[1:]
    value = value.reshape(sizes) if sizes != value.shape else value
    return value if sizes == shape else value.expand(shape)


# --- the same numbers outside the graph ---


@method
def detach(self: Tensor) -> Tensor:
    """A constant that shows the same numbers."""
    return share(self, wrap(self._value))


@method
def detach_(self: Tensor) -> Tensor:
    """Make this result a constant."""
    self._node = None
    self._requires = False
    return self


def _data(self: Tensor) -> Tensor:
    """The same numbers as a constant whose changes in place autograd does not see."""
    return share(self, wrap(self._value), versions=False)


def _set_data(self: Tensor, new: Tensor) -> None:
    if not isinstance(new, Tensor):
        raise TypeError("Variable data has to be a tensor, but got " + type(new).__name__)
    self._value = new._value
    if new is not self and shape_of(new._value) and is_array(settle(new._value)) and dtype_of(new._value):
        self._shared = None
        share(new, self, versions=False)


setattr(Tensor, "data", property(_data, _set_data))  # noqa: B010
