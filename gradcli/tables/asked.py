"""What is asked of a table, beside the expression."""

from __future__ import annotations


class Asked:
    """What is asked of a table.

    `table` and `output` are paths, `output` None where rows go elsewhere; `parameters` the texts of values
    by name; `wrt` and `const` names as for eval, None for all; `keep` the columns that go out again, None for
    all; `name` that of the value's column; `renames` new names of columns by their old ones; `reduce` "sum",
    "mean" or None; `missing` texts of cells that are taken as missing;
    `uncertainty` has what is said of errors, as "x=x_err", "x=5%", "x". `scheduler` is the address of a
    Dask cluster, or "local" for one of so many `workers`; with `resume` parts that are there are not made
    again.
    """

    __slots__ = (
        "const",
        "digits",
        "force",
        "json",
        "keep",
        "missing",
        "name",
        "output",
        "parameters",
        "reduce",
        "renames",
        "resume",
        "scheduler",
        "skip_bad",
        "strict",
        "table",
        "uncertainty",
        "workers",
        "wrt",
    )
    const: list[str]
    digits: int | None
    force: bool
    json: bool
    keep: list[str] | None
    missing: list[str]
    name: str
    output: str | None
    parameters: dict[str, str]
    reduce: str | None
    renames: dict[str, str]
    resume: bool
    scheduler: str | None
    skip_bad: bool
    strict: bool
    table: str
    uncertainty: list[str]
    workers: int | None
    wrt: list[str] | None
