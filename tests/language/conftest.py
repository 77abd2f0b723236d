"""What the tests of the language share: the functions that it is told of."""

from __future__ import annotations

import pytest

FUNCTIONS = frozenset(
    ("abs", "asin", "atan2", "cos", "exp", "gamma", "ln", "log", "mean", "mse", "sin", "sqrt", "sum", "σ")
)


@pytest.fixture
def functions():
    """Names that are functions before a parenthesis."""
    return FUNCTIONS
