"""Changes in place: which tensors are views of the same numbers, and which saved values are no longer what they were."""

from __future__ import annotations

from weakref import ref

from gradcli.autograd import errors
from gradcli.autograd.dtypes import dtype_of
from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gradcli.autograd.node import Node
    from gradcli.autograd.tensor import Tensor

    Payload = Any


class _Changes:
    """How many changes in place there were; while there was none, no node need be looked at for them."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


CHANGES = _Changes()


class Storage:
    """The tensors that show the same numbers, so that a change of one is seen in the others."""

    __slots__ = ("members",)

    def __init__(self) -> None:
        self.members: list[ref[Tensor]] = []

    def __iter__(self) -> Iterator[Tensor]:
        return (tensor for r in self.members if (tensor := r()) is not None)


def share(tensor: Tensor, view: Tensor) -> Tensor:
    """Let `view` show the same numbers as `tensor` from now on; returns `view`."""
    storage = tensor._shared
    if storage is None:
        tensor._shared = storage = Storage()
        storage.members.append(ref(tensor))
    storage.members = [r for r in storage.members if r() is not None]
    storage.members.append(ref(view))
    view._shared = storage
    view._version = tensor._version
    return view


class Modified:
    """Stands for a saved value that was modified since; whatever a derivative does with it raises PyTorch's error."""

    __slots__ = ("message", "shape")

    __array_ufunc__ = None  # NumPy leaves operators to this class

    def __init__(self, payload: Payload, made_by: str, version: int, expected: int) -> None:
        self.shape = shape_of(payload)
        what = f"[torch.{dtype_of(payload).title}Tensor {errors.size(self.shape)}]"
        if made_by:
            what += f", which is output 0 of {made_by},"
        self.message = errors.MODIFIED.format(what, version, expected)

    def _used(self, *_: object) -> Any:
        raise RuntimeError(self.message)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __pow__ = __rpow__ = _used
    __float__ = __array__ = __lt__ = __gt__ = __le__ = __ge__ = __bool__ = _used

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(self.message)


def checked(node: Node) -> tuple[tuple[Payload, ...], Payload]:
    """A node's saved values and result, with Modified in the place of those that were changed in place since."""
    saved = list(node.saved or ())
    versions = node.extra.versions if node.extra is not None else None
    for i, edge in enumerate(node.inputs):
        expected = versions[i] if versions is not None else 0
        version, made_by = _version(edge)
        if version != expected:
            saved[i] = Modified(saved[i], made_by, version, expected)
    out = node.out
    version, made_by = _version(node)
    if version:
        out = Modified(out, made_by, version, 0)
    return tuple(saved), out


def _version(edge: Any) -> tuple[int, str]:
    if edge is None or isinstance(edge, (int, float)):
        return 0, ""
    if hasattr(edge, "_version"):
        return edge._version, ""
    extra = edge.extra
    return (extra.version if extra is not None else 0), type(edge).__name__.rstrip("0123456789").removesuffix("Backward")
