"""The kinds of number: which one some payloads are of, and what can be asked of a payload of any kind."""

from __future__ import annotations

import sys

from gradcli.numbers import floats
from gradcli.numbers.errors import ArrayTooLarge, ShapeError, SingularMatrix
from gradcli.numbers.expression import Expression
from gradcli.numbers.shapes import check_allocation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from gradcli.numbers.namespace import Namespace, Payload

__all__ = [
    "ArrayTooLarge",
    "Expression",
    "ShapeError",
    "SingularMatrix",
    "check_allocation",
    "is_finite",
    "kind_of_arrays",
    "namespace_of",
    "normal",
    "quiet",
    "shape_of",
    "size_of",
    "unbroadcast",
]


def namespace_of(*payloads: Payload) -> Namespace:
    """The kind of number in which these payloads can be computed with together.

    Floats (and Python's integers) give `floats`, with an ndarray `arrays`; an mpf gives `precise`, an
    Expression `expressions`; either of them with an ndarray, and ndarrays of objects, give `lifted`. NumPy
    and mpmath are imported only where a payload is theirs. Raises TypeError for what is no number.
    """
    for payload in payloads:
        if type(payload) is not float:
            return _namespace_of(payloads)
    return floats


def _namespace_of(payloads: tuple[Payload, ...]) -> Namespace:
    kinds = {_kind(payload) for payload in payloads}
    if "objects" in kinds or ("arrays" in kinds and ("precise" in kinds or "expressions" in kinds)):
        return _lifted()
    if "arrays" in kinds:
        from gradcli.numbers import arrays

        return arrays
    if "expressions" in kinds:
        from gradcli.numbers import expressions

        return expressions
    if "precise" in kinds:
        from gradcli.numbers import precise

        return precise
    return floats


def kind_of_arrays(*payloads: Payload) -> Namespace:
    """The kind that holds an array of these payloads."""
    if {"objects", "precise", "expressions"}.isdisjoint(map(_kind, payloads)):
        from gradcli.numbers import arrays

        return arrays
    return _lifted()


def _lifted() -> Namespace:
    from gradcli.numbers import lifted

    return lifted


def _kind(payload: Payload) -> str:
    kind = type(payload)
    if kind is Expression:
        return "expressions"
    if kind.__module__ == "numpy":
        return "objects" if payload.dtype.char == "O" else "arrays"
    if issubclass(kind, (float, int)):
        return "floats"
    if hasattr(payload, "_mpf_"):
        return "precise"
    raise TypeError(f"a {kind.__name__} is no kind of number")


def shape_of(payload: Payload) -> tuple[int, ...]:
    """The shape of a payload of any kind; () of a scalar."""
    return () if type(payload) is float else getattr(payload, "shape", ())


def size_of(payload: Payload) -> int:
    """How many elements a payload has."""
    return 1 if type(payload) is float else getattr(payload, "size", 1)


def normal(payload: Payload) -> Payload:
    """What `+ - *` left, as a payload: NumPy's float64 scalar as a float, its others as arrays of rank 0."""
    if type(payload) is float or type(payload).__module__ != "numpy":
        return payload
    from gradcli.numbers import arrays

    return arrays.payload(payload)


def is_finite(payload: Payload) -> bool:
    """Whether no element is nan or infinite; an expression counts as finite."""
    if type(payload) is float:
        return payload - payload == 0.0
    if size_of(payload) == 0 or isinstance(payload, Expression):
        return True
    if _kind(payload) == "objects":
        return all(map(is_finite, payload.flat))
    xp = namespace_of(payload)
    return bool(xp.amin(xp.isfinite(payload)) != 0)


def unbroadcast(xp: Namespace, g: Payload, shape: tuple[int, ...]) -> Payload:
    """A cotangent of the broadcast shape, summed down to an operand's `shape`."""
    if type(g) is float and not shape:
        return g
    of_g = shape_of(g)
    if of_g == shape:
        return g
    extra = len(of_g) - len(shape)
    if extra < 0:  # a cotangent that was the same everywhere
        return xp.broadcast_to(g, shape)
    axes = tuple(i for i, n in enumerate(of_g) if i < extra or (shape[i - extra] == 1 and n != 1))
    if axes:
        g = namespace_of(g).sum(g, axes, True)
    if extra:
        g = namespace_of(g).reshape(g, shape_of(g)[extra:])
    return g if shape_of(g) == shape else xp.broadcast_to(g, shape)


class _Nothing:
    """A context that does nothing."""

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(self, *exception: object) -> None:
        return None


_NOTHING = _Nothing()


def quiet() -> AbstractContextManager[object]:
    """A context in which `+ - *` on payloads never warn of overflow and the like, as IEEE-754 has it.

    The functions of a namespace are quiet by themselves; the operators of ndarrays cannot be.
    """
    if "numpy" in sys.modules:
        from numpy import errstate

        return errstate(all="ignore")
    return _NOTHING
