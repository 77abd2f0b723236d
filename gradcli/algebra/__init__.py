"""Expressions as a textbook would write them: simplification, and names for what they share."""

from __future__ import annotations

from gradcli.algebra.sharing import share
from gradcli.algebra.simplify import simplify, simplify_derivatives

__all__ = ["share", "simplify", "simplify_derivatives"]
