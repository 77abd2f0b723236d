"""Program and bindings to results: `evaluate` for one text, `Session` for a stream of them.

>>> from gradcli.evaluate import evaluate
>>> evaluate("x**2 + y", x=3, y=1).gradients
{'x': 6.0, 'y': 1.0}
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluate.options import Options as Options
    from gradcli.evaluate.program import evaluate as evaluate
    from gradcli.evaluate.session import Session as Session

_HOMES = {"Options": "options", "Session": "session", "evaluate": "program"}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: a command pays for what it uses only."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
