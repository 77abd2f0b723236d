"""Changes in place: which tensors show the same numbers, and which saved values are no longer what they
were."""

from __future__ import annotations

from _weakref import ref

from gradcli.autograd import errors
from gradcli.autograd.dtypes import cast, dtype_of, is_array
from gradcli.autograd.node import Changes, Extra, Node
from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.autograd.tensor import Tensor

    Payload = Any


class _Changes:
    """How many changes in place there were; while there was none, no node need be looked at for them."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


CHANGES = _Changes()


class Storage:
    """The tensors that show the same numbers, so that a change of one is seen in the others.

    Each belongs to a group with a version of its own: `detach` and views stay in the tensor's, `data` leaves
    it.
    """

    __slots__ = ("members",)

    def __init__(self, first: Tensor) -> None:
        self.members: list[tuple[ref[Tensor], object]] = [(ref(first), self)]

    def living(self) -> list[tuple[Tensor, object]]:
        """The tensors that are still there, with their groups."""
        self.members[:] = [member for member in self.members if member[0]() is not None]
        return [(tensor, group) for r, group in self.members if (tensor := r()) is not None]

    def group_of(self, tensor: Tensor) -> object:
        """The group that shares its version with `tensor`."""
        return next(group for member, group in self.living() if member is tensor)


def share(tensor: Tensor, view: Tensor, versions: bool = True) -> Tensor:
    """Let `view` show the same numbers as `tensor` from now on, and have the same version; returns `view`."""
    storage = tensor._shared
    if storage is None:
        tensor._shared = storage = Storage(tensor)
    storage.members.append((ref(view), storage.group_of(tensor) if versions else object()))
    view._shared = storage
    if versions:
        view._version = tensor._version
    return view


def overwrite(tensor: Tensor, value: Payload) -> None:
    """Put other numbers into a tensor and into all that show the same ones; counts as a change in place."""
    CHANGES.count += 1
    old = tensor._value
    if (is_array(old) and is_array(value) and old.shape == value.shape and old.flags.writeable) or (
        is_array(old) and old.flags.writeable and old.dtype != object
    ):
        old[...] = value
    else:
        value = cast(value, tensor.dtype)
        for member, _ in tensor._shared.living() if tensor._shared is not None else ((tensor, None),):
            member._value = value
    if tensor._shared is None:
        _count(tensor)
        return
    group = tensor._shared.group_of(tensor)
    for member, its in tensor._shared.living():
        if its is group:
            _count(member)


def _count(tensor: Tensor) -> None:
    tensor._version += 1
    if tensor._node is not None:
        tensor._node.extra = extra = tensor._node.extra or Extra()
        if extra.changes is None:
            extra.changes = Changes()
            extra.changes.latest = tensor._node.name()
        extra.changes.number += 1


class Modified:
    """Stands for a saved value that was modified since; whatever a derivative does with it raises
    PyTorch's error."""

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
    """A node's saved values and result, with Modified in the place of those that were changed in place
    since."""
    saved = list(node.saved or ())
    versions = node.extra.versions if node.extra is not None else None
    for i, edge in enumerate(node.inputs):
        expected = versions[i] if versions is not None else 0
        version = version_of(edge)
        if expected is not None and version != expected:
            saved[i] = _modified(saved[i], edge, version, expected)
    version = version_of(node)
    return tuple(saved), _modified(node.out, node, version, 0, node.name()) if version else node.out


def _modified(payload: Payload, edge: Any, version: int, expected: int, name: str = "") -> Modified:
    before = 0
    if isinstance(edge, Node) and edge.extra is not None and edge.extra.changes is not None:
        name = name or edge.extra.changes.latest
        before = edge.extra.before
    elif not isinstance(edge, Node):
        payload = edge._value  # before its element type was adjusted to the others'
    return Modified(
        payload, name.rstrip("0123456789").removesuffix("Backward"), before + version, before + expected
    )


def version_of(edge: Any) -> int:
    """How often the tensor that came along an edge was modified in place since the edge was made."""
    if isinstance(edge, Node):
        return edge.extra.version if edge.extra is not None else 0
    return getattr(edge, "_version", 0)


def with_versions(node: Node, copied: Node | None = None) -> None:
    """Have a node remember the versions that its operands have now; of what `copied` made it has a copy."""
    node.extra = extra = node.extra or Extra()
    extra.versions = tuple(None if copied is not None and e is copied else version_of(e) for e in node.inputs)
