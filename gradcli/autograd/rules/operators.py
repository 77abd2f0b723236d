"""Rules of the operations that the language writes with a sign: + - * / ** and their kin."""

from __future__ import annotations

from gradcli.autograd.rulebook import operator

operator(
    "add", "a, b",
    value=lambda xp, a, b: a + b,
    vjps=[lambda xp, g, out, a, b: g, lambda xp, g, out, a, b: g],
    backward="AddBackward0", summary="a + b", derivative="1, 1", linear=True,
)
operator(
    "mul", "a, b",
    value=lambda xp, a, b: a * b,
    vjps=[lambda xp, g, out, a, b: g * b, lambda xp, g, out, a, b: g * a],
    backward="MulBackward0", summary="a times b", derivative="b, a",
)
