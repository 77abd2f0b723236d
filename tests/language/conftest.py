"""What the tests of the language share: the functions that it is told of."""

from __future__ import annotations

import pytest

from gradcli.language.names import Vocabulary

TEXTBOOK = ("arctan", "asin", "ch", "cos", "exp", "ln", "log", "log2", "sec", "sin", "sqrt", "tan")
FUNCTIONS = Vocabulary((*TEXTBOOK, "abs", "atan2", "gamma", "mean", "mse", "sum", "σ"), TEXTBOOK)


@pytest.fixture
def functions():
    """Names that are functions before a parenthesis."""
    return FUNCTIONS
