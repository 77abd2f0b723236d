"""`gradcli map`: an expression and its gradients over the rows of a table."""

from __future__ import annotations

import os
from typing import Annotated, Literal

import typer
from typer import Context

from gradcli.cli.arguments import BINDING, UsageError
from gradcli.cli.options import (
    Color,
    Const,
    MaxMemory,
    Timeout,
    Traceback,
    Wrt,
    bounds_of,
    count,
    file,
    named,
    words,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.cli.bounds import Bounds
    from gradcli.cli.environment import Environment
    from gradcli.tables.asked import Asked

HELP = """Map a table: the value of an expression for every row, and its gradients.

EXPR is a text of the language, in single quotes. TABLE is a file of CSV, TSV, Parquet, Arrow, Feather or JSON
Lines, by its name, or a pattern in quotes for several; - is CSV on standard input. Columns go by their names,
every other name by NAME=VALUE. Needs pyarrow: pip install 'gradcli[data]'.

The rows go out in their order, as CSV or into the file that -o names, with a column value and columns d_NAME
for the gradient of each variable and parameter. A row in which a value is missing (an empty cell, null, nan)
has nan in these; --reduce leaves it out. At the end it is said in how many rows a gradient is a matter of
convention, and in how many nan or inf comes out and why.

Values may have errors: a parameter as m=2±0.1, m=2+/-0.1, m=2±5% or m=(2.50±0.05)e3, the cells of a CSV in
the same way or as 2.50(5), and any column or parameter by --uncertainty. They are propagated to first order,
by the gradients, at a kink by the larger of the slopes on both sides, and taken as independent of each other.
Then a column error stands behind the value, and columns share_NAME say what part
of its square comes from each input: they add up to 1, or are 0 where nothing has an error. With --reduce the
errors of a column are independent from row to row, too, and that of a parameter is one and the same for all
rows. A missing error makes error and shares nan, and --reduce leaves the row out.

With --scheduler the files and row groups of TABLE, and stretches of large files of text, are tasks of a Dask
cluster. Its workers must see TABLE and the folder of -o under the same names: they write parts into
FILE.parts, which are joined in order.

Examples:

\b
  gradcli map 'bce(sigmoid(w*x + b), y)' data.csv w=0.5 b=0 -o out.parquet
  gradcli map 'bce(sigmoid(w*x + b), y)' 'parts/*.parquet' w=0.5 b=0 --reduce mean
  gradcli map 'm*v**2/2' lab.csv --keep id --wrt v | head
  gradcli map -f model.grad data.jsonl -o out.csv.gz --skip-bad
  gradcli map 'w*x' 'data/*.parquet' w=2 -o out.parquet --scheduler tcp://host:8786
  gradcli map 'm*v**2/2 + E' lab.csv E=1.5±0.2 --uncertainty m=0.01,v=5% --reduce mean
"""

_VALUE = "value"

Words = Annotated[
    list[str] | None,
    words(
        "[EXPR] TABLE [NAME=VALUE]...",
        "What to compute, of which table, and the values of the names that are no columns.",
    ),
]
Program = Annotated[
    str | None,
    file("Read the program from a file; its last expression is mapped."),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        show_default=False,
        help="Write a file, in the format of its name: .csv, .tsv, .parquet, .arrow, .feather, .jsonl.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file of -o where it is there already.")]
Keep = Annotated[
    list[str] | None,
    named("--keep", "COLUMNS|all|none", "Let these columns of the table go out, too; without it all."),
]
Name = Annotated[
    str, typer.Option("--name", metavar="NAME", help="What the column of the expression's value is called.")
]
Rename = Annotated[
    list[str] | None,
    named(
        "--rename",
        "COLUMN=NAME",
        "Call a column otherwise, in the expression and in what goes out; may be repeated.",
    ),
]
Reduce = Annotated[
    Literal["sum", "mean"] | None,
    typer.Option(
        "--reduce", show_default=False, help="Give one result for all rows: sum or mean, of gradients, too."
    ),
]
Uncertainty = Annotated[
    list[str] | None,
    named(
        "--uncertainty",
        "NAME=ERROR",
        "Propagate the errors of these: x=x_err (a column of errors), x=0.1, x=5%, or x for one whose "
        "cells hold 2.0±0.1; several with commas.",
    ),
]
Correlation = Annotated[
    list[str] | None,
    typer.Option("--correlation", metavar="NAMES=NUMBER", hidden=True, help="Refused: there are none."),
]
Json = Annotated[
    bool, typer.Option("--json", help="Write JSON to standard output: an object a row, or one with --reduce.")
]
Digits = Annotated[
    int | None,
    count("--digits", "Show N significant digits of what --reduce gives; without it 10.", most=17),
]
Missing = Annotated[
    list[str] | None,
    named("--missing", "TEXTS", "Take cells with these texts as missing, as empty ones are: NA,null."),
]
SkipBad = Annotated[
    bool,
    typer.Option("--skip-bad", help="Leave out rows with a cell that should be a number and is none."),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with 3 where nan or inf comes out although nothing is missing.")
]

Scheduler = Annotated[
    str | None,
    named(
        "--scheduler",
        "ADDRESS|local",
        "Compute on a Dask cluster, as tcp://host:8786, or on one of processes of this machine. "
        "The workers must see the files under the same names. Needs pip install 'gradcli[distributed]'.",
    ),
]
Workers = Annotated[
    int | None,
    count("--workers", "Start N processes with --scheduler local; without it one for each processor."),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="With --scheduler, compute only the parts that an earlier run of the same call did not finish.",
    ),
]


def map_table(
    context: Context,
    words: Words = None,
    file: Program = None,
    output: Output = None,
    force: Force = False,
    wrt: Wrt = None,
    const: Const = None,
    keep: Keep = None,
    name: Name = _VALUE,
    rename: Rename = None,
    reduce: Reduce = None,
    uncertainty: Uncertainty = None,
    correlation: Correlation = None,
    json: Json = False,
    digits: Digits = None,
    missing: Missing = None,
    skip_bad: SkipBad = False,
    strict: Strict = False,
    scheduler: Scheduler = None,
    workers: Workers = None,
    resume: Resume = False,
    timeout: Timeout = None,
    max_memory: MaxMemory = None,
    color: Color = "auto",
    traceback: Traceback = False,
) -> int:
    """Map the table of the call; the help of the command is HELP."""
    environment: Environment = context.obj
    environment.color, environment.traceback = color, traceback
    expression, table, bindings = _split(words or [], program=file is not None)
    if output == "-":
        output = None
    if correlation is not None:
        raise UsageError(
            "--correlation: errors are taken as independent of each other",
            "what two inputs have in common can be one of its own: (a + c) - (b + c) with c=0±0.1",
        )
    _verify_result(name, digits, reduce)
    _verify_rows(reduce, output, keep, name)
    if json and output is not None:
        raise UsageError("--json writes to standard output", "leave it out, or -o; -o FILE.jsonl is JSON")
    bounds = bounds_of(timeout, max_memory)
    # Imported once the call is known to be right, so that help and a mistyped option come at once.
    from gradcli.cli.mapping import map_rows
    from gradcli.tables.asked import Asked

    asked = Asked()
    asked.table, asked.output, asked.force = table, output, force
    asked.parameters = bindings
    asked.wrt, asked.const = _names(wrt), _names(const) or []
    asked.keep, asked.name, asked.renames = _names(keep), name, _renames(rename or [])
    asked.reduce, asked.json, asked.digits = reduce, json, digits
    asked.missing = _names(missing) or []
    asked.uncertainty = _names(uncertainty) or []
    asked.skip_bad, asked.strict = skip_bad, strict
    asked.scheduler, asked.workers, asked.resume = scheduler, workers, resume
    _verify_cluster(asked)
    if bounds is not None:
        status = _watched(environment, bounds, asked)
        if status is not None:
            return status
    return map_rows(environment, expression, file, asked)


def _watched(environment: Environment, bounds: Bounds, asked: Asked) -> int | None:
    """The exit status of the call in a process within bounds; None in that one. Raises UsageError."""
    from gradcli.cli.watched import watched

    if bounds.memory is not None and asked.scheduler is not None:
        raise UsageError(
            "--max-memory does not reach the workers of --scheduler", "bound theirs when they are started"
        )
    status = watched(bounds, environment, lambda number: _discard(asked.output, number))
    if status is None:
        bounds.prepare("pyarrow")
    return status


def _discard(output: str | None, process: int) -> None:
    if output is not None:
        from gradcli.tables.sinks import discard_left

        discard_left(output, process)


def _split(words: Sequence[str], *, program: bool) -> tuple[str | None, str, dict[str, str]]:
    """The expression, the table and the values of names. Raises UsageError where one is missing."""
    bindings: dict[str, str] = {}
    others: list[str] = []
    for word in words:
        binding = BINDING.fullmatch(word)
        if binding is None:
            others.append(word)
        elif binding[1] in bindings:
            first = bindings[binding[1]]
            raise UsageError(
                f"two values of {binding[1]}, '{first}' and '{binding[2].strip()}'; leave one out"
            )
        else:
            bindings[binding[1]] = binding[2].strip()
    expression = None if program or not others else others.pop(0)
    if expression is not None and _is_table(expression):
        raise _no_expression(expression, others, bindings)
    if not any(others):
        example = "as in gradcli map 'w*x' data.csv w=2"
        if expression is None and not program:
            raise UsageError("nothing to map", f"add an expression and a table, {example}")
        raise UsageError("no table", f"add one, {example}" if not program else "add one behind -f FILE")
    if len(others) > 1:
        what = f"more than one table: '{others[0]}', '{others[1]}'"
        if program:
            what += " (the expression is that of -f)"
        raise UsageError(what, "for several files of one kind put a pattern in quotes: 'data/*.csv'")
    return expression, others[0], bindings


def _is_table(word: str) -> bool:
    return "." in word and os.path.isfile(word)


def _no_expression(table: str, others: Sequence[str], bindings: dict[str, str]) -> UsageError:
    """What is wrong where a file stands in the place of the expression."""
    if others or not bindings:
        expression = "w*x" if not others or _is_table(others[0]) else others[0]
        return UsageError(
            f"'{table}' is a file, and stands where the expression belongs",
            f"the expression goes first, then the table: gradcli map '{expression}' {table}",
        )
    name, value = next(iter(bindings.items()))
    return UsageError(
        f"no expression: '{name}={value}' gives a value to {name}",
        f"leave out '{name}=', or give an expression, too",
    )


def _verify_result(name: str, digits: int | None, reduce: str | None) -> None:
    """Raise UsageError for what is said of the result and means nothing."""
    if not name.strip():
        raise UsageError("--name is empty", "leave it out, or write --name loss")
    if digits is not None and reduce is None:
        raise UsageError("--digits is for what --reduce gives", "rows go out with every digit")


def _verify_rows(reduce: str | None, output: str | None, keep: list[str] | None, name: str) -> None:
    """Raise UsageError for what is said of rows where none go out."""
    if reduce is None:
        return
    if output is not None:
        raise UsageError("--reduce gives one result and no table", "leave out -o; --json has every digit")
    if keep is not None or name != _VALUE:
        option = "--keep" if keep is not None else "--name"
        raise UsageError(f"{option} is for rows that go out, and --reduce gives one result", "leave it out")


def _verify_cluster(asked: Asked) -> None:
    """Raise UsageError where the options of a cluster do not go with the others."""
    if asked.scheduler is None:
        if asked.workers is not None or asked.resume:
            option = "--workers" if asked.workers is not None else "--resume"
            raise UsageError(f"{option} is for a cluster", "add --scheduler local, or an address")
        return
    if asked.workers is not None and asked.scheduler != "local":
        raise UsageError("--workers is for --scheduler local", "a cluster that is there has its own workers")
    if asked.table == "-":
        raise UsageError("--scheduler does not read standard input", "name a file that the workers see")
    if asked.output is None and asked.reduce is None:
        raise UsageError("--scheduler writes parts beside a file", "name the file, -o out.parquet")
    if asked.resume and asked.output is None:
        raise UsageError("--resume is for the parts of a table, and --reduce leaves none", "leave it out")


def _names(lists: Sequence[str] | None) -> list[str] | None:
    if lists is None:
        return None
    return [name.strip() for names in lists for name in names.split(",") if name.strip()]


def _renames(pairs: Sequence[str]) -> dict[str, str]:
    """The new names of columns by their old ones. Raises UsageError."""
    renames: dict[str, str] = {}
    for pair in pairs:
        old, equals, new = pair.rpartition("=")
        if not equals or not old.strip() or not new.strip():
            raise UsageError(f"--rename '{pair}' is no renaming", "write --rename 'unit price=p'")
        renames[old.strip()] = new.strip()
    return renames
