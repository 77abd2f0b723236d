"""Homework: whether a claimed derivative is right, which mistake it has, the derivative as a formula, why.

>>> from gradcli.homework import check
>>> check("sin(x**2)", "cos(x**2)").verdict
'wrong'
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.homework.check import check as check
    from gradcli.homework.derive import derive as derive
    from gradcli.homework.explain import explain as explain

_HOMES = ("check", "derive", "explain")


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: a command pays for what it uses only."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{name}"), name)
    return value
