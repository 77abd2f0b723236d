"""A gradient calculator for the command line, on a reverse-mode autograd engine of its own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluation import evaluate as evaluate

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name != "evaluate":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gradcli.evaluation import evaluate  # the command line has no use for it

    return evaluate
