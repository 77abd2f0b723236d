"""Rules of the functions that work on each element by itself."""

from __future__ import annotations

from gradcli.autograd.rulebook import rule

rule(
    "sin", "x",
    value=lambda xp, x: xp.sin(x),
    vjps=[lambda xp, g, out, x: g * xp.cos(x)],
    backward="SinBackward0", summary="sine, x in radians", derivative="cos(x)", example="sin(x**2) at x=4",
)
rule(
    "cos", "x",
    value=lambda xp, x: xp.cos(x),
    vjps=[lambda xp, g, out, x: -g * xp.sin(x)],
    backward="CosBackward0", summary="cosine, x in radians", derivative="-sin(x)", example="cos(2x) at x=1",
)
