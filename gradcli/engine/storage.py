"""Changes in place: which tensors show the same numbers, and which saved values are no longer what they
were."""

from __future__ import annotations

from _weakref import ref

from gradcli.engine import errors
from gradcli.engine.dtypes import cast, dtype_of, is_array, settle
from gradcli.engine.node import Changes, Extra, Node
from gradcli.numbers import shape_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.engine.tensor import Tensor

    Payload = Any


class _Changes:
    """How many changes in place there were; while there was none, no node need be looked at for them."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


CHANGES = _Changes()


class Storage:
    """The tensors that show the same numbers, so that a change of one is seen in the others."""

    __slots__ = ("limit", "members")

    def __init__(self) -> None:
        self.members: list[ref[Tensor]] = []
        self.limit = 16  # so many members at the most before those that are gone are dropped

    def join(
        self, tensor: Tensor, group: object, window: Payload = None, base: Tensor | None = None
    ) -> None:
        """Make `tensor` one of them; of a view, `base` is the tensor that it shows a part of."""
        if len(self.members) >= self.limit:
            self.limit = 2 * len(self.living()) + 16
        self.members.append(ref(tensor))
        tensor._shared = Share(self, group, window, base)

    def living(self) -> list[Tensor]:
        """The tensors that are still there."""
        self.members[:] = [member for member in self.members if member() is not None]
        found = [tensor for member in self.members if (tensor := member()) is not None]
        return [tensor for tensor in found if tensor._shared is not None and tensor._shared.storage is self]


class Share:
    """A tensor's part in a storage.

    Tensors of one `group` share a version: `detach` and views stay in the tensor's, `data` leaves it. A
    tensor of one number holds a copy of it, and may have a `window`: the place in an array where it lies. A
    view has a `base`, which is none itself; what `detach` and `data` give is no view in this sense.
    """

    __slots__ = ("base", "group", "storage", "window")

    def __init__(self, storage: Storage, group: object, window: Payload, base: Tensor | None) -> None:
        self.base = base
        self.storage = storage
        self.group = group
        self.window = window


def share(
    tensor: Tensor,
    view: Tensor,
    versions: bool = True,
    window: Payload = None,
    base: Tensor | None = None,
) -> Tensor:
    """Let `view` show the same numbers as `tensor` from now on, and have the same version; returns `view`.

    `base` is `tensor` where a change of the view in place is one of the tensor for autograd.
    """
    mine = tensor._shared
    if mine is None:
        Storage().join(tensor, object())
        mine = tensor._shared
        assert mine is not None
    first = mine.base if base is not None and mine.base is not None else base
    group = mine.group if versions else object()
    mine.storage.join(view, group, mine.window if window is None else window, first)
    if versions:
        view._version = tensor._version
    return view


def share_number(tensor: Tensor, view: Tensor, place: Callable[[Payload], Payload]) -> None:
    """As `share`, where one of the two holds a number by itself; `place` finds the view's in an array."""
    mine, its = tensor._value, view._value
    window = tensor._shared.window if tensor._shared is not None else None
    if window is None and not is_array(mine):
        if not is_array(its):
            share(tensor, view, base=tensor)
            return
        if type(mine) is not float and type(mine) is not bool:
            return
        import numpy

        window = numpy.array(mine)
        for member in tensor._shared.storage.living() if tensor._shared is not None else ():
            if member._shared is not None and not is_array(member._value):
                member._shared.window = window
    elif window is None:
        window = place(mine)
    share(tensor, view, window=window, base=tensor)
    if is_array(its) and its.ndim:
        import numpy

        view._value = window.reshape(its.shape) if its.size == 1 else numpy.broadcast_to(window, its.shape)
        assert view._shared is not None
        view._shared.window = None
    if not is_array(mine) and tensor._shared is not None:
        tensor._shared.window = window


def overwrite(tensor: Tensor, value: Payload) -> None:
    """Put other numbers into a tensor and into all that show the same ones; counts as a change in place."""
    CHANGES.count += 1
    old, shared = tensor._value, tensor._shared
    others = shared.storage.living() if shared is not None else [tensor]
    if shared is not None and shared.window is not None:
        shared.window[...] = value
    elif (is_array(old) and is_array(value) and old.shape == value.shape and old.flags.writeable) or (
        is_array(old) and old.flags.writeable and old.dtype != object
    ):
        old[...] = value
    else:
        value = cast(value, tensor.dtype)
        for member in others:
            if member is tensor or member._value is old or not is_array(old):
                member._value = value
    for member in others:
        if member._shared is not None and member._shared.window is not None:
            member._value = settle(member._shared.window[()])
        if shared is None or (member._shared is not None and member._shared.group is shared.group):
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

    def __init__(self, payload: Payload, made_by: str, version: int, expected: int) -> None:
        self.shape = shape_of(payload)
        what = f"[torch.{dtype_of(payload).title}Tensor {errors.size(self.shape)}]"
        if made_by:
            what += f", which is output 0 of {made_by},"
        self.message = errors.MODIFIED.format(what, version, expected)

    def _used(self, *_: object, **__: object) -> Any:
        raise RuntimeError(self.message)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __pow__ = __rpow__ = _used
    __array_ufunc__ = _used
    __float__ = __array__ = __lt__ = __gt__ = __le__ = __ge__ = __bool__ = _used

    def __array_function__(self, function: Any, *_: object) -> Any:
        """NumPy's functions refuse it, but for its shape, which no change in place alters."""
        return self.shape if function.__name__ == "shape" else self._used()

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
