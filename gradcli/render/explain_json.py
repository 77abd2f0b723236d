"""Explanations as JSON, one object a line, with every digit.

The keys are `expression`, `line`, `value`, `output` (the name of what is differentiated), `definitions`
(`name`, `kind`: variable, constant or step, `formula`, `value`), `steps`, the last one first (`name`,
`formula`, `value`, `rule`, `locals`: `derivative`, `formula`, `words`, `value`, null where it is no number
for each element; `sums`: `derivative`, `value` and the `products` added, each with `factors`, `numbers`,
`formula`, `summed_over` (axes), `value`), `results` (`derivative`, `variable`, `value`, `ways`, `paths`),
`gradients` by name, and `notes`; `file` where it came from one. Formulas are texts of the language, null
where it has none; nan and the infinities are the strings "nan", "inf" and "-inf".
"""

from __future__ import annotations

from gradcli.jsontext import dumps, plain
from gradcli.language.format import format
from gradcli.render.diagnostics import note_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.homework.explanation.results import Explanation, Gradient, Step, Total
    from gradcli.numbers.expression import Expression

def line(explanation: Explanation, *, file: str | None = None, ascii: bool = False) -> str:
    """The line of an explanation."""
    result = explanation.result
    fields: dict[str, Any] = {"expression": result.expression, "line": result.line}
    if file is not None:
        fields["file"] = file
    fields |= {
        "value": plain(result.value),
        "output": explanation.output or None,
        "definitions": [
            {"name": d.name, "kind": d.kind, "formula": _formula(d.formula), "value": plain(d.value)}
            for d in explanation.definitions
        ],
        "steps": [_step(step) for step in explanation.steps],
        "results": [_gradient(gradient) for gradient in explanation.gradients],
        "gradients": {variable.name: plain(variable.gradient) for variable in result.variables},
        "notes": [note_text(note, result.text) for note in explanation.notes],
    }
    return dumps(fields, ascii=ascii) + "\n"


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "formula": _formula(step.formula),
        "value": plain(step.value),
        "rule": step.rule,
        "locals": [
            {
                "derivative": str(part.symbol),
                "formula": _formula(part.formula),
                "words": part.words,
                "value": plain(part.value),
                "arrives": plain(part.product.value),
            }
            for part in step.locals
        ],
        "sums": [_total(total) for total in step.totals],
    }


def _total(total: Total) -> dict[str, Any]:
    return {
        "derivative": str(total.symbol),
        "value": plain(total.value),
        "products": [
            {
                "factors": list(map(str, product.factors)),
                "numbers": list(map(plain, product.numbers)),
                "formula": _formula(product.formula),
                "summed_over": None if product.axes is None else list(product.axes),
                "value": plain(product.value),
            }
            for product in total.products
        ],
    }


def _gradient(gradient: Gradient) -> dict[str, Any]:
    return {
        "derivative": str(gradient.symbol),
        "variable": gradient.symbol.by,
        "value": plain(gradient.value),
        "ways": gradient.count,
        "paths": [
            {"factors": list(map(str, path.factors)), "numbers": list(map(plain, path.numbers))}
            for path in gradient.paths
        ],
    }


def _formula(formula: Expression | None) -> str | None:
    return None if formula is None else format(formula)
