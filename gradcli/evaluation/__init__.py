"""Program and bindings to results: `evaluate` for one text, `Session` for a stream of them.

>>> from gradcli.evaluation import evaluate
>>> evaluate("x**2 + y", x=3, y=1).gradients
{'x': 6.0, 'y': 1.0}
"""

from __future__ import annotations

from gradcli.on_demand import on_demand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.evaluation.options import Options as Options
    from gradcli.evaluation.program import evaluate as evaluate
    from gradcli.evaluation.session import Session as Session

__getattr__ = on_demand(
    __name__,
    {
        "Options": "gradcli.evaluation.options",
        "Session": "gradcli.evaluation.session",
        "evaluate": "gradcli.evaluation.program",
    },
)
