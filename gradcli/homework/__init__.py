"""Homework: is a claimed derivative right, which mistake was made, what is the derivative, and why.

>>> from gradcli.homework import check
>>> check("sin(x**2)", "cos(x**2)").verdict
'wrong'
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluate.derive import derive as derive
    from gradcli.homework.checking.check import check as check
    from gradcli.homework.explanation.explain import explain as explain

_HOMES = {
    "check": "gradcli.homework.checking.check",
    "derive": "gradcli.evaluate.derive",
    "explain": "gradcli.homework.explanation.explain",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: a command pays for what it uses only."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value
