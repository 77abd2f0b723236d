"""Results and failures as JSON, one object a line, with every digit.

The keys of a result are `expression`, `line`, `value`, `gradients`, `dtype` and `notes`; `file` where it came
from one, `verify`, `hessian`, `verify_hessian` and `graph` where they were asked for. `verify` has for every
variable, null for one without a gradient, `numeric` (the numeric derivative, null where there is none),
`difference`, `relative` (as a part of the larger) and `error` (what the numeric one may be off by), of an
array those of the element that is worst, `method` ("complex step" or "central difference") and `agrees`;
`left` and `right`, the slopes of the two sides, at a kink, a jump or the edge of the domain; `unverified`,
the number of elements left out; and `note`. `verify_hessian` has the same for every pair of variables. A
statement that failed has `line` and `error`, a print statement `line`, `print` and `text`. Numbers are JSON
numbers with every digit that was computed (under --precision more than a double holds: read them as decimals
where that matters); nan and the infinities, for which JSON has no number, are the strings "nan", "inf" and
"-inf".
"""

from __future__ import annotations

from functools import partial

from gradcli import jsontext
from gradcli.render.diagnostics import note_text, position
from gradcli.render.numbers import scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from gradcli.evaluation.results import Failure, Graph, Printed, Result
    from gradcli.evaluation.verification import Verification

class Json:
    """What all lines have in common: the file they come from, and what is written of a result."""

    __slots__ = ("_text", "file", "graph")

    def __init__(self, *, file: str | None = None, graph: bool = False, ascii: bool = False) -> None:
        self.file = file
        self.graph = graph
        # Escapes for all that is not ASCII, where the output cannot take it.
        self._text = partial(jsontext.text, ascii=True) if ascii else jsontext.text

    def result(self, result: Result) -> str:
        """The line of a result."""
        digits = _digits(result.dtype)
        text = self._text
        file = "" if self.file is None else f', "file": {text(self.file)}'
        gradients = ", ".join([f"{text(v.name)}: {number(v.gradient, digits)}" for v in result.variables])
        notes = (
            ", ".join([text(note_text(note, result.text)) for note in result.notes]) if result.notes else ""
        )
        line = (
            f'{{"expression": {text(result.expression)}, "line": {result.line}{file}, '
            f'"value": {number(result.value, digits)}, "gradients": {{{gradients}}}, '
            f'"dtype": "{result.dtype}", "notes": [{notes}]'
        )
        if result.verified:
            found = ((v.name, self._verification(v.verification, digits)) for v in result.variables)
            line += f', "verify": {self._object(found)}'
        if result.second is not None:
            line += f', "hessian": {self._hessian(result.second, partial(number, digits=digits))}'
        if result.second_verified is not None:
            shown = partial(self._verification, digits=digits)
            line += f', "verify_hessian": {self._hessian(result.second_verified, shown)}'
        if self.graph:
            line += f', "graph": {self._graph(result.graph(), digits)}'
        return line + "}\n"

    def printed(self, printed: Printed) -> str:
        """The line of a print statement."""
        fields = self._place(printed.line)
        fields |= {"print": self._text(printed.expression), "text": self._text(printed.text)}
        return self._object(fields.items()) + "\n"

    def failure(self, failure: Failure) -> str:
        """The line of a statement that failed, which stands where its result would."""
        diagnostic = failure.diagnostic
        start = diagnostic.labels[0][0][0] if diagnostic.labels else 0
        line, column = position(failure.text, start, failure.line)
        error = {
            "kind": self._text(diagnostic.kind),
            "message": self._text(diagnostic.message),
            "column": str(column),
        }
        fields = self._place(line) | {"error": self._object(error.items())}
        return self._object(fields.items()) + "\n"

    def _place(self, line: int) -> dict[str, str]:
        return {"line": str(line)} | ({} if self.file is None else {"file": self._text(self.file)})

    def _verification(self, found: Verification | None, digits: int) -> str:
        """What verifying found for a variable; null where it has no gradient."""
        if found is None:
            return "null"
        worst = found.worst
        fields = {
            "numeric": number(found.numeric, digits),
            "difference": number(worst.difference if worst else 0.0, digits),
            "relative": number(worst.relative if worst else 0.0, digits),
            "error": number(worst.error if worst else 0.0, digits),
            "method": self._text(found.method),
            "agrees": "true" if found.agrees else "false",
        }
        if worst is not None and worst.sides is not None:
            fields |= {k: number(s, digits) for k, s in zip(("left", "right"), worst.sides, strict=True)}
        if found.unverified:
            fields["unverified"] = str(found.unverified)
        if found.notes:
            fields["note"] = self._text("; ".join(note.text for note in found.notes))
        return self._object(fields.items())

    def _hessian(self, blocks: dict[tuple[str, str], Any], written: Callable[[Any], str]) -> str:
        rows: dict[str, dict[str, str]] = {}
        for (row, column), block in blocks.items():
            rows.setdefault(row, {})[column] = written(block)
        return self._object((row, self._object(columns.items())) for row, columns in rows.items())

    def _graph(self, graph: Graph, digits: int) -> str:
        return array(
            self._object(
                {
                    "id": str(node.id),
                    "name": self._text(node.name),
                    "kind": self._text(node.kind),
                    "value": number(node.value, digits),
                    "gradient": number(node.gradient, digits),
                    "inputs": array(map(str, node.inputs)),
                }.items()
            )
            for node in graph.nodes
        )

    def _object(self, fields: Iterable[tuple[str, str]]) -> str:
        return "{" + ", ".join(f"{self._text(key)}: {value}" for key, value in fields) + "}"


def number(value: Any, digits: int) -> str:
    """A payload as JSON with so many digits: a number, nested arrays of them, null for None."""
    if type(value) is not float:
        if value is None:
            return "null"
        if hasattr(value, "tolist"):
            return _nested(value.tolist(), digits)
        if type(value).__module__.startswith("mpmath"):
            infinite = jsontext.INFINITE
            return scalar(value, digits) if -infinite < value < infinite else jsontext.number(float(value))
        value = float(value)
    return jsontext.number(value)


def _nested(value: Any, digits: int) -> str:
    """The lists of an array; they are as deep as it has axes."""
    return (
        array(_nested(part, digits) for part in value) if isinstance(value, list) else number(value, digits)
    )


def array(parts: Iterable[str]) -> str:
    """Values as an array."""
    return f"[{', '.join(parts)}]"


def _digits(dtype: str) -> int:
    return 17 if dtype == "float64" or not dtype.startswith("decimal") else int(dtype.removeprefix("decimal"))
