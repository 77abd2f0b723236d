"""A kind of number that records every decision: on which side of a kink or jump each operand was.

Nothing is said here of where a function ends, as the logarithm does at 0: there a value is missing. Who wants
those borders as well, and has the values of every operation at hand, as checking homework does, asks its own
table of rules (gradcli.homework.checking.regions).
"""

# ruff: noqa: ARG001, ARG005 - every decision takes the namespace, the outcome and the operands

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcli.numbers.namespace import Namespace, Payload


class Deciding:
    """The functions of a namespace; `record` gets what those with kinks or jumps decided, in their order.

    Two evaluations between which no decision changed went through the same smooth pieces. Rules are written
    against a namespace, so that whatever they decide passes by here.
    """

    def __init__(self, xp: Namespace) -> None:
        self._xp = xp
        self.record: list[Payload] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._xp, name)
        decision = _DECISIONS.get(name)
        if decision is not None:
            found = self._watched(found, decision)
        setattr(self, name, found)  # so that it is found at once the next time
        return found

    def _watched(self, function: Callable[..., Any], decision: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*operands: Any) -> Any:
            out = function(*operands)
            self.record.append(decision(self._xp, out, *operands))
            return out

        return watched


def same(a: Payload, b: Payload) -> bool:
    """Whether two decisions, of scalars or arrays, are one."""
    if getattr(a, "shape", ()) != getattr(b, "shape", ()):
        return False
    equal = a == b
    return bool(equal.all()) if hasattr(equal, "all") else bool(equal)


def _outcome(xp: Any, out: Any, *operands: Any) -> Any:
    return out


def _order(xp: Any, out: Any, a: Any, b: Any) -> Any:
    return xp.gt(a, b) - xp.lt(a, b)


def _extreme(xp: Any, out: Any, x: Any, axis: Any = None, keepdim: Any = False) -> Any:
    return xp.eq(x, out if not axis and not xp.shape(out) else _kept(xp, out, x, axis))


def _kept(xp: Any, out: Any, x: Any, axis: Any) -> Any:
    axes = axis if isinstance(axis, tuple) else (axis,)
    rank = len(xp.shape(x))
    chosen = {a % rank for a in axes if a is not None} if rank else set()
    return xp.reshape(out, tuple(1 if i in chosen else n for i, n in enumerate(xp.shape(x))))


_DECISIONS: dict[str, Callable[..., Any]] = {
    "abs": lambda xp, out, x: xp.sign(x),
    "sign": _outcome,
    "maximum": _order,
    "minimum": _order,
    "where": lambda xp, out, c, a, b: c != 0,
    "lt": _outcome,
    "le": _outcome,
    "gt": _outcome,
    "ge": _outcome,
    "eq": _outcome,
    "ne": _outcome,
    "floor": _outcome,
    "ceil": _outcome,
    "round": _outcome,
    "trunc": _outcome,
    "floordiv": _outcome,
    "mod": lambda xp, out, a, b: xp.floordiv(a, b),
    "fmod": lambda xp, out, a, b: xp.trunc(xp.div(a, b)),
    "asec": lambda xp, out, x: xp.sign(x),
    "acsc": lambda xp, out, x: xp.sign(x),
    "acot": lambda xp, out, x: xp.sign(x),
    "amax": _extreme,
    "amin": _extreme,
}
"""The functions that are smooth in pieces only, and what tells the pieces apart."""
