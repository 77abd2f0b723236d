"""Which columns of a table go in and out: those that are needed, those kept, those of the results."""

from __future__ import annotations

import re
from collections import Counter

import pyarrow as pa

from gradcli.evaluation.results import unused
from gradcli.language.names import normal
from gradcli.language.suggest import application_meant, nearest
from gradcli.rules.rulebook import NAMES
from gradcli.tables import advice
from gradcli.tables.blocks import Program
from gradcli.tables.formats import CSV, JSON
from gradcli.tables.mapping import Job
from gradcli.tables.pieces import Wanted
from gradcli.tables.problems import TableError
from gradcli.tables.stated import Stated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from typing import Any

    from gradcli.tables.asked import Asked
    from gradcli.tables.formats import Format
    from gradcli.tables.sources import Table
    from gradcli.tables.uncertainty import Input

MOST_NAMED = 20  # columns in an error
_NUMBER = re.compile(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?", re.IGNORECASE)


class Prepared:
    """What a run needs: the job, the schema of what goes out (None for a reduced result), and notes."""

    __slots__ = ("job", "notes", "schema")

    def __init__(self, job: Job, schema: Any, notes: list[str]) -> None:
        self.job = job
        self.schema = schema
        self.notes = notes


class Columns:
    """The columns of a table by the names that the expression has for them; `shown` are their names now."""

    def __init__(self, table: Table, renames: dict[str, str]) -> None:
        self.table = table
        self.names = table.columns
        self._counts = Counter(self.names)
        stripped = [name.strip() for name in self.names]
        for old in renames:
            if old not in self.names and old not in stripped:
                raise _no_column(old, self.names, table.name, "")
        self.shown = [
            renames.get(name, renames.get(bare, name))
            for name, bare in zip(self.names, stripped, strict=True)
        ]
        for new in renames.values():
            if self.shown.count(new) > 1:
                raise TableError(f"{table.name} has a column '{new}' already", "--rename to another name")
        self.by_name: dict[str, list[int]] = {}
        for index, name in enumerate(self.shown):
            self.by_name.setdefault(normal(name.strip()), []).append(index)

    def index(self, name: str, otherwise: str = "") -> int:
        """The index of the one column of a name. Raises TableError, with what else can be done."""
        found = self.by_name.get(normal(name.strip()), [])
        if not found:
            raise _no_column(name, self.shown, self.table.name, otherwise)
        if len(found) > 1:
            raise TableError(
                f"{self.table.name} has {len(found)} columns '{name}'", "in its header, rename all but one"
            )
        return found[0]

    def reference(self, index: int) -> str | int:
        """What a file is asked for: the column's name, or its index where several have the name."""
        name = self.names[index]
        return index if self._counts[name] > 1 else name


def prepare(text: str, table: Table, asked: Asked, format: Format | None) -> Prepared:
    """What is to be done with every piece of a table; `format` is that of what goes out, None for a sum.

    Raises TableError for columns that are not there or in each other's way, Diagnostic for the program.
    """
    columns = Columns(table, asked.renames)
    stated = Stated(asked, columns)
    inputs = stated.inputs(text)
    program = _program(text, columns, asked, stated.parameters, inputs)
    needed = {name: columns.index(name, f"give it a value: {name}=1") for name in program.names}
    if not needed:
        raise _nothing_needed(columns, asked.parameters)
    notes = [note.text for note in program.notes]
    notes += [unused(name).text for name in program.unused]
    notes += [
        f"{name} is {asked.parameters[name]} for all rows; the column of that name is not used"
        for name in asked.parameters
        if normal(name) in columns.by_name and name not in program.unused
    ]
    kept = [] if format is None else _kept(columns, asked.keep)
    propagation = stated.propagation(inputs, program)
    needed |= {
        name: columns.index(error, "name the column of errors") for name, error in stated.apart.items()
    }
    wanted = Wanted(
        {name: table.columns[index] for name, index in needed.items()},
        [columns.reference(index) for index in kept],
        delimiter=format.detail if format is not None and format.is_text else "",
        skip_bad=asked.skip_bad,
        absent=asked.missing,
        measured=stated.within,
        errors=stated.apart,
        raw=_raw(columns, kept, set(needed.values()), format),
    )
    shown = [name for name in program.variables if not asked.wrt or name in map(normal, asked.wrt)]
    results = [asked.name, *(f"d_{name}" for name in shown)]
    if propagation is not None:
        results = [asked.name, propagation.name, *results[1:], *propagation.shares]
    names = [columns.shown[index] for index in kept]
    schema = None
    if format is not None:
        _verify_names(names, results, table.name, format)
        numbers = {index for name, index in needed.items() if name not in stated.within}
        schema = _schema(columns, kept, numbers, results, wanted.raw)
    job = Job(program, wanted, shown, results, [*names, *results], format, propagation)
    return Prepared(job, schema, notes)


def _program(
    text: str, columns: Columns, asked: Asked, parameters: Mapping[str, str], inputs: Sequence[Input]
) -> Program:
    """The program, which gives the gradients that are asked for, and those with respect to the inputs."""

    def compiled(wrt: Sequence[str] | None) -> Program:
        names = columns.by_name.keys() - parameters.keys()
        return Program(text, parameters, wrt, asked.const, columns=names, threads=1)

    program = compiled(asked.wrt)
    others = {each.name for each in inputs}.difference(map(normal, asked.wrt or ()))
    if asked.wrt and others:
        others.intersection_update(compiled(None).variables)
        program = compiled([*asked.wrt, *sorted(others)])
    return program


def _kept(columns: Columns, keep: Sequence[str] | None) -> list[int]:
    """The indices of the columns that go out again."""
    if keep is None or list(keep) == ["all"]:
        return list(range(len(columns.names)))
    if list(keep) == ["none"]:
        return []
    return sorted({columns.index(name) for name in keep})


def _raw(columns: Columns, kept: Sequence[int], needed: set[int], format: Format | None) -> set[str]:
    """Which columns of JSON Lines go out as written: to text all, to types those that would lose digits."""
    names = {columns.names[index] for index in kept}
    if format is not None and format.name in (CSV, JSON):
        return names
    long: frozenset[str] = getattr(columns.table.files[0], "long", frozenset())
    return names & long - {columns.names[index] for index in needed}


def _verify_names(names: Sequence[str], results: Sequence[str], table: str, format: Format) -> None:
    """Raise TableError where two columns that go out would have one name."""
    for result in results:
        if result in names:
            hint = f"call that one otherwise, --rename {result}=NAME, or leave it out with --keep"
            if result == results[0]:
                hint = "choose another name for the result's, --name NAME, or leave that one out with --keep"
            raise TableError(f"{table} has a column '{result}' already", hint)
    if len(set(results)) < len(results):
        raise TableError(f"two columns would be called '{results[0]}'", "choose another --name")
    if format.name != CSV:
        for name, count in Counter(names).items():
            if count > 1:
                raise TableError(
                    f"{table} has two columns '{name}', which {format.name} cannot have",
                    "leave them out with --keep, or write CSV",
                )


def _schema(
    columns: Columns, kept: Sequence[int], needed: set[int], results: Sequence[str], raw: Collection[str]
) -> Any:
    """The types of what goes out: those of the table; of text, numbers where they were read as such."""
    types = columns.table.types
    fields = []
    for index in kept:
        kind = pa.string() if types is None or columns.names[index] in raw else types[index]
        if index in needed and columns.table.is_text:
            kind = pa.float64()
        fields.append(pa.field(columns.shown[index], kind))
    return pa.schema([*fields, *(pa.field(name, pa.float64()) for name in results)])


def _nothing_needed(columns: Columns, parameters: Mapping[str, str]) -> TableError:
    what, hint = "the expression mentions no column of the table", f"its columns are {_listed(columns.shown)}"
    for name, value in parameters.items():
        if normal(name) in columns.by_name:
            return TableError(
                f"{what}: {name} is {value} by the call", f"leave that out, or mention another; {hint}"
            )
    return TableError(what, hint)


def _no_column(name: str, names: Sequence[str], table: str, otherwise: str) -> TableError:
    near = nearest(name, [column.strip() for column in names])
    near = near or application_meant(name, names, NAMES.textbook, alone=False)
    hint = f"did you mean '{near}'?" if near else otherwise
    if near and otherwise:
        hint += f" Or {otherwise}"
    if len(names) == 1:
        hint = advice.of_one_column(names[0]) or hint
    if all(_NUMBER.fullmatch(column.strip()) for column in names):
        hint = "its first line should name the columns"
    return TableError(f"{table} has no column '{name}'; its columns are {_listed(names)}", hint)


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
