"""Homework: is a claimed derivative right, which mistake was made, what is the derivative, and why.

>>> from gradcli.homework import check
>>> check("sin(x**2)", "cos(x**2)").verdict
'wrong'
"""

from __future__ import annotations

from gradcli.on_demand import on_demand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.evaluation.derive import derive as derive
    from gradcli.homework.checking.check import check as check
    from gradcli.homework.explanation.explain import explain as explain

__getattr__ = on_demand(
    __name__,
    {
        "check": "gradcli.homework.checking.check",
        "derive": "gradcli.evaluation.derive",
        "explain": "gradcli.homework.explanation.explain",
    },
)
