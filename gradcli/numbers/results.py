"""What NumPy computes, as payloads: quiet about overflow, rank 0 as each dtype has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.numbers.namespace import Payload

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
_SCALARS = (np.dtype(np.float64), np.dtype(object))
"""Kinds of element that stand for themselves at rank 0, where the others stay arrays."""


def payload(result: Any) -> Payload:
    """A result of NumPy as a payload: rank 0 is a float in float64, the object itself among objects."""
    if type(result) is np.ndarray:
        return result if result.ndim or result.dtype not in _SCALARS else result.item()
    if type(result) is np.float64:
        return float(result)
    return np.asarray(result) if isinstance(result, np.generic) else result


def function(compute: Callable[..., Any]) -> Callable[..., Any]:
    """`compute` without NumPy's warnings, whatever overflows, its result a payload."""

    def quiet(*args: Any, **static: Any) -> Payload:
        with np.errstate(all="ignore"):
            return payload(compute(*args, **static))

    quiet.__name__ = quiet.__qualname__ = compute.__name__
    quiet.__doc__ = compute.__doc__
    return quiet


def elementwise(compute: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a function of real numbers, to which integers and truths are float64."""
    quiet = function(lambda *args: compute(*map(real, args)))
    quiet.__name__ = quiet.__qualname__ = compute.__name__
    quiet.__doc__ = compute.__doc__
    return quiet


def real(x: Payload) -> Payload:
    return x if isinstance(x, float) or getattr(x, "dtype", None) in FLOATS else np.asarray(x, np.float64)


def dtype_of(*like: Payload) -> Any:
    """float32 where the arrays among `like` are, else float64; plain floats take the arrays' dtype."""
    dtype = np.result_type(*like)
    return dtype if dtype in FLOATS else np.dtype(np.float64)
