"""Comparisons and choices of floats, whose truth is 1 or 0."""

from __future__ import annotations

from math import inf


def lt(a: float, b: float) -> float:
    """1 where a < b, else 0."""
    return 1.0 if a < b else 0.0


def le(a: float, b: float) -> float:
    """1 where a <= b, else 0."""
    return 1.0 if a <= b else 0.0


def gt(a: float, b: float) -> float:
    """1 where a > b, else 0."""
    return 1.0 if a > b else 0.0


def ge(a: float, b: float) -> float:
    """1 where a >= b, else 0."""
    return 1.0 if a >= b else 0.0


def eq(a: float, b: float) -> float:
    """1 where a = b, else 0."""
    return 1.0 if a == b else 0.0


def ne(a: float, b: float) -> float:
    """1 where a and b differ, else 0; nan differs from itself."""
    return 1.0 if a != b else 0.0


def isnan(x: float) -> float:
    """1 at nan, else 0."""
    return 1.0 if x != x else 0.0


def isinf(x: float) -> float:
    """1 at inf and -inf, else 0."""
    return 1.0 if x in (inf, -inf) else 0.0


def isfinite(x: float) -> float:
    """0 at inf, -inf and nan, else 1."""
    return 1.0 if x - x == 0.0 else 0.0


def logical_and(a: float, b: float) -> float:
    """1 where neither is 0, else 0."""
    return 1.0 if a and b else 0.0


def logical_or(a: float, b: float) -> float:
    """1 where one is not 0, else 0."""
    return 1.0 if a or b else 0.0


def logical_not(x: float) -> float:
    """1 where x is 0, else 0."""
    return 0.0 if x else 1.0


def where(c: float, a: float, b: float) -> float:
    """a where c is not 0 (nan is not), else b."""
    return a if c else b
