"""Changes in place: `add_` and its kin, augmented assignment, `fill_`, `copy_`, item assignment, `detach`, `data`."""

from __future__ import annotations

from gradcli.autograd import errors
from gradcli.autograd.dtypes import cast, is_array
from gradcli.autograd.storage import CHANGES
from gradcli.autograd.tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def overwrite(tensor: Tensor, value: Any) -> None:
    """Put other numbers into a tensor and into all that show the same ones; counts as a change in place."""
    CHANGES.count += 1
    old = tensor._value
    if is_array(old) and is_array(value) and old.shape == value.shape and old.flags.writeable:
        old[...] = value
        value = old
    else:
        value = cast(value, tensor.dtype)
    for member in tensor._shared or (tensor,):
        if not is_array(value) or member is tensor:
            member._value = value
        member._version += 1
    node = tensor._node
    if node is not None:
        from gradcli.autograd.node import Extra

        node.extra = node.extra or Extra()
        node.extra.version += 1
