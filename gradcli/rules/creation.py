"""Rules of making arrays; no gradient flows to a size."""

from __future__ import annotations

from gradcli.rules.rulebook import operator, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

rule(
    "zeros", "; *shape",
    value=lambda xp, shape: xp.zeros(shape),
    summary="an array of zeros: zeros(2, 3) or zeros([2, 3])", derivative="0", domain="sizes not below 0",
    example="zeros(3) + x at x=2", samples=[((), {"shape": (2, 3)})],
)
rule(
    "ones", "; *shape",
    value=lambda xp, shape: xp.ones(shape),
    summary="an array of ones: ones(2, 3) or ones([2, 3])", derivative="0", domain="sizes not below 0",
    example="ones(3)*x at x=2", samples=[((), {"shape": (2, 3)})],
)
def _full(xp: Any, value: Any, shape: Any) -> Any:
    if xp.shape(value):
        from gradcli.numbers.errors import ShapeError

        raise ShapeError("the value to fill an array with is a single number", xp.shape(value))
    return xp.full(shape if isinstance(shape, tuple) else (shape,), value)


rule(
    "full", "value; shape", order=("shape", "value"),
    value=_full,
    vjps=[lambda xp, g, out, value, shape: xp.sum(g)],
    # PyTorch's has no gradient; the name follows its pattern.
    backward="FullBackward0", summary="an array of one value: full(3, x) or full([2, 3], x)",
    derivative="sum(g)",
    domain="sizes not below 0", example="full([2, 2], x) at x=5", linear=True,
    samples=[((0.7,), {"shape": (2, 3)}), ((0.7,), {"shape": 3})],
)
rule(
    "arange", "stop", overloads=["arange_between"],
    value=lambda xp, stop: xp.arange(0.0, stop, 1.0),
    vjps=[None],
    summary="0, 1, 2, ... below stop; arange(start, stop, step=1) from another start in other steps",
    derivative="0",
    domain="all stop", example="sum(x**arange(3)) at x=2", samples=[(4.0,)],
)
operator(
    "arange_between", "start, stop, step=1", shown="arange",
    value=lambda xp, start, stop, step: xp.arange(start, stop, step),
    vjps=[None, None, None],
    summary="start, start + step, ... below stop", derivative="0; 0; 0", domain="step != 0",
    example="sum(x*arange(1, 4)) at x=2", samples=[(1.0, 4.0, 0.5)],
)


def _steps(xp: Any, g: Any, steps: int) -> Any:
    """How far along the way from start to stop each element is, from 0 to 1."""
    return xp.reshape(xp.linspace(xp.number(0.0, g), xp.number(1.0, g), steps), (steps,))


rule(
    "linspace", "start, stop; steps",
    value=lambda xp, start, stop, steps: xp.linspace(start, stop, steps),
    vjps=[
        lambda xp, g, out, start, stop, steps: xp.sum(g * (1.0 - _steps(xp, g, steps))),
        lambda xp, g, out, start, stop, steps: xp.sum(g * _steps(xp, g, steps)),
    ],
    # PyTorch's has no gradient; the name follows its pattern.
    backward="LinspaceBackward0", summary="so many numbers from start to stop, both included, evenly spaced",
    derivative="sum(g*linspace(1, 0, steps)); sum(g*linspace(0, 1, steps))", domain="steps not below 0",
    example="sum(linspace(a, b, 5)**2) at a=0, b=1", linear=True, samples=[((0.7, -1.3), {"steps": 5})],
)
def _eye(xp: Any, n: int, m: int | None) -> Any:
    if m is None or m == n:
        return xp.eye(n)
    if m > n:
        return xp.concat([xp.eye(n), xp.zeros((n, m - n))], 1)
    return xp.concat([xp.eye(m), xp.zeros((n - m, m))], 0)


rule(
    "eye", "; n, m=None",
    value=_eye,
    summary="the identity matrix of n rows (and m columns)", derivative="0", domain="n not below 0",
    example="eye(2) @ x at x=[1, 2]", samples=[((), {"n": 2}), ((), {"n": 2, "m": 3})],
)
