"""Tensor: a number, or an array of them, and its place in the graph; its operators are attached by
`operators`."""

from __future__ import annotations

import warnings

from gradcli.engine import errors
from gradcli.engine.dtypes import dtype_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.engine.dtypes import dtype
    from gradcli.engine.node import Node
    from gradcli.engine.storage import Share

    Payload = Any

NOT_A_LEAF = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't "
    "be "
    "populated during autograd.backward(). If you indeed want the .grad field to be populated for a "
    "non-leaf Tensor, "
    "use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you "
    "access "
    "the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information."
)


class Tensor:
    """A payload, the node that made it, and, for a leaf, its gradient.

    The slots after `_node` are set for leaves and constants only; a result of an operation leaves them empty,
    which costs nothing, and `__getattr__` answers for them.
    """

    __module__ = "torch"  # what `type(x)` shows
    __slots__ = ("__weakref__", "_grad", "_node", "_requires", "_shared", "_since", "_value", "_version")

    _value: Payload
    _node: Node | None
    _requires: bool
    _grad: Tensor | None
    _version: int  # how often it was modified in place
    _since: int  # the stamp since which it requires a gradient
    _shared: Share | None  # the tensors that are views of the same numbers

    def __getattr__(self, name: str) -> Any:
        if name in _EMPTY:
            return _EMPTY[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    __hash__ = object.__hash__

    if TYPE_CHECKING:
        # Attached by `operators`, which needs the engine, which needs this class.
        def __add__(self, other: Any) -> Tensor: ...
        def __radd__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __rsub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __rmul__(self, other: Any) -> Tensor: ...
        def __truediv__(self, other: Any) -> Tensor: ...
        def __pow__(self, other: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __getitem__(self, index: Any) -> Tensor: ...
        def __new__(cls, *args: Any) -> Tensor: ...

    # --- its place in the graph ---

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are computed for it: a leaf that was told to, or a result of one."""
        return self._node is not None or self._requires

    @requires_grad.setter
    def requires_grad(self, on: bool) -> None:
        if self._node is not None and on:
            raise RuntimeError(errors.REQUIRES_GRAD_OF_RESULT.partition(". If")[0] + ".")
        self._require(on, errors.FLOATING_ONLY.format("only"))

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad` and return the tensor; raises RuntimeError for results and for whole
        numbers."""
        self._require(requires_grad, "only Tensors of floating point dtype can require gradients")
        return self

    def _require(self, on: bool, floating_only: str) -> None:
        if self._node is not None:
            if on:
                return
            raise RuntimeError(errors.REQUIRES_GRAD_OF_RESULT)
        if on and not self.dtype.is_floating_point:
            raise RuntimeError(floating_only)
        if on and not self._requires:
            from gradcli.engine.apply import tick

            self._since = tick()
        self._requires = bool(on)

    @property
    def grad_fn(self) -> Node | None:
        """The node that made it; None for leaves and constants."""
        return self._node

    @grad_fn.setter
    def grad_fn(self, _: object) -> None:
        raise AttributeError("attribute 'grad_fn' of 'torch._C.TensorBase' objects is not writable")

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return self._node is None

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward passes have added up so far; warns where it never will be filled."""
        if self._node is not None and self._grad is None and not self.retains_grad:
            warnings.warn(NOT_A_LEAF, UserWarning, stacklevel=2)
        return self._grad

    @grad.setter
    def grad(self, grad: Tensor | None) -> None:
        if grad is not None:
            if not isinstance(grad, Tensor):
                raise TypeError(
                    "assigned grad expected to be a Tensor or None but got grad of type "
                    f"{type(grad).__name__}"
                )
            self._check_grad(grad)
        self._grad = grad

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    def _check_grad(self, grad: Tensor) -> None:
        if grad is self:
            raise RuntimeError("can't assign Variable as its own grad")
        mine, its = self.shape, grad.shape
        if mine != its:
            raise RuntimeError(
                f"attempting to assign a gradient of size '{errors.size(its)}' to a tensor of size "
                f"'{errors.size(mine)}'. Please ensure that the gradient and the tensor are the same size"
            )
        if self.dtype is not grad.dtype:
            raise RuntimeError(
                f"attempting to assign a gradient with dtype '{grad.dtype.legacy}' to a tensor with "
                f"grad_dtype "
                f"'{self.dtype.title}'. The gradient must match the tensor's grad_dtype (defaults to the "
                f"tensor's "
                "dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to "
                "allow any "
                "dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may "
                "break "
                "downstream systems that assume they match."
            )

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was asked of it, a result."""
        extra = self._node.extra if self._node is not None else None
        return extra is not None and any(r() is self for r in extra.retained)

    def retain_grad(self) -> None:
        """Make backward passes fill `.grad` of this result too; a leaf's is filled anyway."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self._node is not None and not self.retains_grad:
            from _weakref import ref

            from gradcli.engine.node import Extra

            self._node.extra = extra = self._node.extra or Extra()
            extra.retained.append(ref(self))

    # --- what it holds ---

    @property
    def dtype(self) -> dtype:
        """The element type."""
        return dtype_of(self._value)

    @property
    def shape(self) -> Size:
        """The sizes of its dimensions."""
        return Size(getattr(self._value, "shape", ()))

    @property
    def ndim(self) -> int:
        """The number of its dimensions."""
        return len(getattr(self._value, "shape", ()))


class Size(tuple[int, ...]):
    """A shape, shown as PyTorch shows it, `torch.Size([2, 3])`."""

    __module__ = "torch"
    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __add__(self, other: Any) -> Size:
        return Size(tuple.__add__(self, tuple(other)))

    def __getitem__(self, index: Any) -> Any:
        found = tuple.__getitem__(self, index)
        return Size(found) if isinstance(index, slice) else found

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        size = 1
        for n in self:
            size *= n
        return size


_EMPTY: dict[str, Any] = {"_requires": False, "_grad": None, "_version": 0, "_since": 0, "_shared": None}

_new = object.__new__


def wrap(value: Payload, requires_grad: bool = False) -> Tensor:
    """A tensor that no operation made, of a payload that nobody else will change."""
    tensor: Tensor = _new(Tensor)
    tensor._value = value
    tensor._node = None
    tensor._requires = requires_grad
    tensor._since = 0
    tensor._version = 0
    tensor._grad = None
    tensor._shared = None
    return tensor


def result(value: Payload, node: Node | None) -> Tensor:
    """The tensor that `node` made."""
    if node is None:
        return wrap(value)
    tensor: Tensor = _new(Tensor)
    tensor._value = value
    tensor._node = node
    return tensor
