"""Which inputs of an expression have errors: by what the call says, and by what stands in the cells."""

from __future__ import annotations

import math

from gradcli.evaluation.program import evaluate
from gradcli.language import measured
from gradcli.language import statements as language
from gradcli.language.diagnostics import Diagnostic
from gradcli.language.names import normal
from gradcli.language.suggest import nearest
from gradcli.tables.problems import TableError
from gradcli.tables.recording import Text
from gradcli.tables.uncertainty import Input, Propagation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcli.tables.asked import Asked

ERROR = "error"
MARK = "±"
"""Before the name of an input: its errors among the numbers of a piece. No name of the language begins so."""


class Stated:
    """The errors of a call and a table, before it is known what the expression makes of them.

    `parameters` are the texts of the values without their errors. Of columns, `within` has for those with
    errors in their own cells by what name these go, `apart` for the others by that name the column of errors.
    Raises TableError.
    """

    __slots__ = ("apart", "asked", "columns", "errors", "parameters", "within")

    def __init__(self, asked: Asked, columns: Any) -> None:
        self.asked = asked
        self.columns = columns
        self.parameters: dict[str, str] = {}
        self.errors: dict[str, str] = {}  # of a name; "" where they stand in its cells
        self.within: dict[str, str] = {}
        self.apart: dict[str, str] = {}
        for name, text in asked.parameters.items():
            self.parameters[name] = self._parted(name, text)
        for item in asked.uncertainty:
            self._add(item)

    def _parted(self, name: str, text: str) -> str:
        value, error = measured.parted(text)
        if error is None:
            other = measured.two_readings(text)
            if other is not None:
                raise TableError(
                    f"'{name}={text}' may be a value with its error, or {other[0]}",
                    f"write {name}={other[1]}, or {name}={other[2]}",
                )
            return text
        if not value or not error:
            raise TableError(f"'{name}={text}' is no value with its error", f"write {name}=2±0.1")
        if value.startswith("["):
            raise TableError(f"{name} is an array: its elements have no errors here")
        self.errors[normal(name)] = error
        return value

    def _add(self, item: str) -> None:
        name, equals, error = item.partition("=")
        name, error = normal(name.strip()), error.strip()
        if not name or (equals and not error):
            raise TableError(
                f"--uncertainty '{item}' is no error",
                "write x=x_err for a column of errors, x=0.1, x=5%, or x where the cells hold 2.0±0.1",
            )
        if name in self.errors:
            raise self._two_errors(name, error)
        self.errors[name] = error

    def _two_errors(self, name: str, other: str) -> TableError:
        return TableError(
            f"{name} has two errors, {_quoted(self.errors[name])} and {_quoted(other)}",
            "leave out one of them",
        )

    def inputs(self, text: str) -> list[Input]:
        """The inputs that have errors, in the order in which they are stated, those by their cells last.

        Raises TableError, and Diagnostic for the program.
        """
        parameters = {normal(name): value for name, value in self.parameters.items()}
        program = Text(text, parameters, self.columns.by_name.keys() - parameters.keys())
        self._look_into_cells(program.open)
        bound = {each.name for each in program.statements if isinstance(each, language.Bind)}
        bound.update(binding.name for binding in program.last.bindings)
        inputs = []
        for name, error in self.errors.items():
            self._verify_no_constant(name)
            if name in program.open:
                inputs.append(self._of_column(name, error))
            elif name in parameters or name in bound:
                inputs.append(self._common(name, error, parameters.get(name)))
            else:
                raise self._not_used(name, [*program.open, *parameters, *bound])
        return inputs

    def _look_into_cells(self, names: Sequence[str]) -> None:
        """Note those columns of these names that hold values with their errors."""
        measured = self.columns.table.files[0].measured
        for name in names:
            indices = self.columns.by_name.get(normal(name), [])
            if len(indices) == 1 and indices[0] in measured and self.errors.setdefault(normal(name), ""):
                raise self._two_errors(name, "")

    def _of_column(self, name: str, error: str) -> Input:
        if not error:
            file = self.columns.table.files[0]
            if file.types is not None and file.line(0) is not None:
                raise TableError(
                    f"{file.name}: JSON has no number with an error",
                    f"name the column of errors: --uncertainty {name}={name}_err",
                )
            self.within[name] = MARK + name
            return Input(name, column=MARK + name)
        number = _number(error)
        if number is not None:
            return Input(name, size=_verified(number[0], name, error), relative=number[1])
        if normal(error) in self.columns.by_name or error.isidentifier():
            self.apart[MARK + name] = error
            return Input(name, column=MARK + name)
        return Input(name, size=_verified(_value(error, f"the error of {name}"), name, error))

    def _common(self, name: str, error: str, value: str | None) -> Input:
        if not error:
            raise TableError(f"{name} is no column: its error is a number", f"--uncertainty {name}=0.1")
        number = _number(error)
        if number is None:
            if normal(error) in self.columns.by_name:
                raise TableError(
                    f"{name} has one value for all rows: its error is no column",
                    f"--uncertainty {name}=0.1, or {name}=5%",
                )
            number = _value(error, f"the error of {name}"), False
        size, relative = number
        if relative:
            if value is None:
                raise TableError(
                    f"the error of {name} is a percentage, and its value is in the program",
                    f"give the error as a number, or the value: {name}=2±5%",
                )
            size *= abs(_value(value, f"the value of {name}"))
        return Input(name, size=_verified(size, name, error), common=True)

    def _verify_no_constant(self, name: str) -> None:
        if name in map(normal, self.asked.const):
            raise TableError(
                f"{name} has an error, and --const takes it as exact",
                "leave one of them out; --wrt says of what the gradients go out",
            )

    def _not_used(self, name: str, names: Sequence[str]) -> TableError:
        near = nearest(name, names)
        hint = f"did you mean '{near}'?" if near else f"its names are {', '.join(dict.fromkeys(names))}"
        return TableError(f"--uncertainty: the expression mentions no '{name}'", hint)

    def propagation(self, inputs: Sequence[Input], program: Any) -> Propagation | None:
        """The errors of those inputs that something uses; None where there are none."""
        inputs = [each for each in inputs if each.name not in program.unused]
        if not inputs:
            return None
        place = {name: number for number, name in enumerate(program.variables)}
        inputs.sort(key=lambda each: place.get(each.name, len(place)))
        name = self.asked.name
        return Propagation(inputs, ERROR if name == "value" else f"{name}_{ERROR}")


def _number(text: str) -> tuple[float, bool] | None:
    """A number, and whether it is a part of the value, as in 5%; None where the text is none."""
    relative = text.endswith("%")
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        return None
    return (number / 100, True) if relative else (number, False)


def _value(text: str, what: str) -> float:
    """The number that an expression of numbers gives. Raises TableError."""
    try:
        return float(evaluate(text).value)
    except Diagnostic as diagnostic:
        raise TableError(f"{what}, '{text}', is no number: {diagnostic.message}") from diagnostic
    except TypeError as error:
        raise TableError(f"{what}, '{text}', is no number") from error


def _verified(error: float, name: str, text: str) -> float:
    if error < 0:
        raise TableError(f"the error of {name}, {text}, is negative")
    if not math.isfinite(error):
        raise TableError(f"the error of {name}, {text}, is not finite")
    return error


def _quoted(error: str) -> str:
    return f"'{error}'" if error else "those in its cells"
