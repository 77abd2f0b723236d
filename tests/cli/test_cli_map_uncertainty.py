"""`gradcli map` with errors: whole outputs per row and reduced, every way to state an error, mistakes."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyarrow")

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

from gradcli.cli.environment import Environment
from gradcli.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE = Path(__file__).parents[2] / "examples" / "pendulum_measurements.csv"
TABLE = """\
id,x,x_err,y
a,1,3,2
b,2,0,4
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> str:
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    return name


def mapped(gradcli: Callable, text: str, *arguments: str, table: str = TABLE) -> list[str]:
    """The lines that go out of a table that is piped in; all that is said is how many rows there were."""
    done = gradcli("map", text, "-", *arguments, stdin=table.encode())
    assert (done.status, done.err.count("\n")) == (0, 1)
    return done.out.splitlines()


# --- rows ---


def test_a_column_of_errors_and_a_constant_one(gradcli: Callable) -> None:
    done = gradcli("map", "x + y", "-", "--uncertainty", "x=x_err,y=4", stdin=TABLE.encode())
    assert done == (
        0,
        "id,x,x_err,y,value,error,d_x,d_y,share_x,share_y\na,1,3,2,3,5,1,1,0.36,0.64\nb,2,0,4,6,4,1,1,0,1\n",
        "2 rows\n",
    )


def test_an_error_in_percent(gradcli: Callable) -> None:
    assert mapped(gradcli, "x + y", "--uncertainty=y=50%", "--keep", "none") == [
        "value,error,d_x,d_y,share_y",
        "3,1,1,1,1",
        "6,2,1,1,1",
    ]


def test_several_options_are_one(gradcli: Callable) -> None:
    options = ("--uncertainty", "y=4", "--uncertainty", "x=x_err", "--keep", "id")
    assert mapped(gradcli, "x + y", *options)[:2] == [
        "id,value,error,d_x,d_y,share_x,share_y",
        "a,3,5,1,1,0.36,0.64",
    ]


@pytest.mark.parametrize("m", ["2±0.5", "2 ± 0.5", "2+/-0.5", "4/2±1/2", "2±25%", "2 +/- 25%"])
def test_a_parameter_with_its_error(gradcli: Callable, m: str) -> None:
    assert mapped(gradcli, "m*x", f"m={m}", "--keep", "id") == [
        "id,value,error,d_m,d_x,share_m",
        "a,2,0.5,1,2,1",
        "b,4,1,2,2,1",
    ]


@pytest.mark.parametrize("error", ["0.5", "25%", "1/2"])
def test_an_error_of_a_parameter_by_the_option(gradcli: Callable, error: str) -> None:
    found = mapped(gradcli, "m*x", "m=2", "--uncertainty", f"m={error}", "--keep", "id")
    assert found[1] == "a,2,0.5,1,2,1"


def test_an_error_of_what_the_program_binds(gradcli: Callable) -> None:
    write("p.grad", "m = 2\nm*x\n")
    done = gradcli("map", "-f", "p.grad", "-", "--uncertainty", "m=0.5", "--keep=id", stdin=TABLE.encode())
    assert done.out == "id,value,error,d_m,d_x,share_m\na,2,0.5,1,2,1\nb,4,1,2,2,1\n"


@pytest.mark.parametrize("sign", ["±", " ± ", "+/-", " +/- "])
def test_cells_with_their_errors(gradcli: Callable, sign: str) -> None:
    table = f"x,note\n3{sign}0.25,a ± b\n4{sign}50%,\n"
    assert mapped(gradcli, "2*x", table=table) == [
        "x,note,value,error,d_x,share_x",
        f"3{sign}0.25,a ± b,6,0.5,2,1",
        f"4{sign}50%,,8,4,2,1",
    ]


def test_cells_with_their_errors_further_down(gradcli: Callable, tmp_path: Path) -> None:
    write("t.csv", "x\n" + "1\n" * 1_100_000 + "3±1\n")
    done = gradcli("map", "x", "t.csv", "--reduce", "sum")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "error: 't.csv', row 1100001 (line 1100002), column 'x': '3±1' is no number\n"
        "  --uncertainty NAME, without =, says that the cells of a column hold values with their errors\n"
    )
    done = gradcli("map", "x", "t.csv", "--reduce", "sum", "--uncertainty", "x")
    assert done.out == (
        "sum over 1 row of x = 3.0 ± 1.0\n"
        "\n"
        "variable   value  gradient  share\n"
        "x         column         1   100%\n"
    )
    assert done.err == "1100001 rows: 1100000 with a missing error, left out\n"


def test_gradients_that_go_out_are_those_asked_for(gradcli: Callable) -> None:
    found = mapped(gradcli, "m*x*y", "m=2±0.5", "--uncertainty=x=x_err", "--wrt", "y", "--keep", "none")
    assert found[0] == "value,error,d_y,share_m,share_x"
    assert found[1].split(",")[2] == "2"
    found = mapped(gradcli, "m*x*y", "m=2±0.5", "--const", "x,y", "--keep", "none")
    assert found == ["value,error,d_m,share_m", "4,1,2,1", "16,4,8,1"]


def test_the_name_of_the_error_goes_with_that_of_the_value(gradcli: Callable) -> None:
    found = mapped(gradcli, "x + 0", "--name", "v", "--keep", "none", "--uncertainty", "x=1")
    assert found[0] == "v,v_error,d_x,share_x"


def test_renamed_columns(gradcli: Callable) -> None:
    options = ("--rename", "x err=s", "--rename", "long name=x", "--uncertainty", "x=s", "--keep", "none")
    found = mapped(gradcli, "2*x", *options, table="long name,x err\n1,3\n")
    assert found == ["value,error,d_x,share_x", "2,6,2,1"]


def test_no_error_anywhere_has_no_share(gradcli: Callable) -> None:
    assert mapped(gradcli, "x*y", "--uncertainty", "x=0,y=0", "--keep", "none")[1] == "2,0,2,1,0,0"


def test_missing_errors_are_nan_and_counted(gradcli: Callable) -> None:
    table = "x,s\n1,3\n2,\n,3\n,\n5,nan\n"
    done = gradcli("map", "2*x + y", "-", "y=0±8", "--uncertainty", "x=s", "--strict", stdin=table.encode())
    assert done == (
        0,
        "x,s,value,error,d_x,d_y,share_x,share_y\n"
        "1,3,2,10,2,1,0.36,0.64\n"
        "2,,4,nan,2,1,nan,nan\n"
        ",3,nan,nan,nan,nan,nan,nan\n"
        ",,nan,nan,nan,nan,nan,nan\n"
        "5,nan,10,nan,2,1,nan,nan\n",
        "5 rows: 2 with a missing value, 2 with a missing error\n",
    )


def test_errors_that_are_infinite_are_counted(gradcli: Callable) -> None:
    done = gradcli("map", "sqrt(x)", "-", "--uncertainty", "x=1", "--strict", stdin=b"x\n0\n1\n")
    assert done == (
        3,
        "x,value,error,d_x,share_x\n0,0,inf,inf,nan\n1,1,0.5,0.5,1\n",
        "2 rows: 1 with nan or inf\n"
        "note: in 1 row one-sided: the derivative tends to inf as x falls to 0 (column 1: sqrt(x)), "
        "first in row 1\n"
        "note: in 1 row a gradient is inf, first in row 1: the gradient becomes inf here: its derivative is "
        "infinite, x = 0 (column 1: sqrt(x))\n",
    )
    done = gradcli("map", "sqrt(x)", "-", "--uncertainty", "x=0", "--wrt=x", stdin=b"x\n0\n")
    assert done.out == "x,value,error,d_x,share_x\n0,0,0,inf,0\n"


def test_cells_keep_their_errors_in_a_file_with_types(gradcli: Callable) -> None:
    write("t.csv", "x,s,y\n3±0.5,1,2\n4,0,\n")
    assert gradcli("map", "x*s", "t.csv", "--uncertainty=s=0.1", "-o", "o.parquet").status == 0
    table = pq.read_table("o.parquet")
    assert [str(kind) for kind in table.schema.types] == ["string", "double", "string"] + ["double"] * 6
    assert table["x"].to_pylist() == ["3±0.5", "4"]
    assert table["error"].to_pylist() == pytest.approx([math.hypot(0.5, 0.3), math.nan], nan_ok=True)
    # And they are read from there again, where the call says so.
    done = gradcli("map", "2*x", "o.parquet", "--uncertainty", "x", "--keep", "none")
    assert done.out == "value,error,d_x,share_x\n6,1,2,1\n8,nan,2,nan\n"


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow", "t.jsonl", "t.tsv"])
def test_every_format(gradcli: Callable, name: str) -> None:
    table = pa.table({"id": ["a", "b"], "x": [1, 2], "x_err": [3.0, 0.0], "y": [2.0, 4.0]})
    if name == "t.tsv":
        write(name, TABLE.replace(",", "\t"))
    elif name == "t.jsonl":
        write(name, "".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    elif name == "t.arrow":
        pyarrow.feather.write_feather(table, name)
    else:
        pq.write_table(table, name)
    done = gradcli("map", "x + y", name, "--uncertainty", "x=x_err,y=4", "--keep", "id", "--json")
    assert [json.loads(line) for line in done.out.splitlines()] == [
        {"id": "a", "value": 3, "error": 5, "d_x": 1, "d_y": 1, "share_x": 0.36, "share_y": 0.64},
        {"id": "b", "value": 6, "error": 4, "d_x": 1, "d_y": 1, "share_x": 0, "share_y": 1},
    ]


# --- reduced ---


def test_a_sum(gradcli: Callable) -> None:
    # In quadrature 3 for each of x, of k twice 2 at once: 9 + 9 + 16.
    done = gradcli("map", "x + k", "-", "k=1±2", "--uncertainty=x=3", "--reduce=sum", stdin=TABLE.encode())
    assert done == (
        0,
        "sum over 2 rows of x + k = 5.0 ± 5.8\n"
        "\n"
        "variable       value  gradient  share\n"
        "x         column ± 3         2  52.9%\n"
        "k          1.0 ± 2.0         2  47.1%\n",
        "2 rows\n",
    )


def test_a_mean_as_json(gradcli: Callable) -> None:
    arguments = ("k=1±2", "--uncertainty", "x=x_err", "--reduce", "mean", "--json")
    done = gradcli("map", "x + k", "-", *arguments, stdin=(TABLE + "c,1,,1\n").encode())
    found = json.loads(done.out)
    assert found.pop("error") == pytest.approx(math.sqrt(9 + 16) / 2)
    assert found.pop("shares") == pytest.approx({"x": 9 / 25, "k": 16 / 25})
    assert found == {
        "expression": "x + k",
        "reduce": "mean",
        "value": 2.5,
        "gradients": {"x": 1.0, "k": 1.0},
        "dtype": "float64",
        "rows": 2,
        "missing": 0,
        "missing_errors": 1,
        "skipped": 0,
        "notes": [],
    }
    assert done.err == "3 rows: 1 with a missing error, left out\n"


def test_what_has_no_gradient_on_the_page_has_its_share(gradcli: Callable) -> None:
    arguments = ("k=1±2", "--uncertainty=x=5%", "--reduce", "sum", "--wrt", "y", "--digits", "4")
    done = gradcli("map", "x*k + y", "-", *arguments, stdin=TABLE.encode())
    assert done.out == (
        "sum over 2 rows of x*k + y = 9 ± 6.001\n"
        "\n"
        "variable        value  gradient    share\n"
        "y              column         2        -\n"
        "k               1 ± 2         -     100%\n"
        "x         column ± 5%         -  0.0347%\n"
    )


def test_the_example(gradcli: Callable) -> None:
    arguments = ("r=0.0125±0.0005", "--uncertainty", "T=T_err", "--reduce", "mean")
    assert gradcli("map", "4*pi**2*(L + r)/T**2", str(EXAMPLE), *arguments) == (
        0,
        "mean over 6 rows of 4*pi**2*(L + r)/T**2 = 9.812 ± 0.028\n"
        "\n"
        "variable              value      gradient  share\n"
        "L                    column   12.77089944  18.6%\n"
        "r         0.01250 ± 0.00050   12.77089944  5.17%\n"
        "T                    column  -10.90526947  76.2%\n",
        "6 rows\n",
    )


def test_no_rows(gradcli: Callable) -> None:
    done = gradcli("map", "x + k", "-", "k=1±2", "--reduce", "sum", stdin=b"x\n")
    assert done.out.startswith("sum over 0 rows of x + k = 0 ± 0\n")
    done = gradcli("map", "x + k", "-", "k=1±2", "--reduce", "mean", stdin=b"x\n")
    assert done.out.startswith("mean over 0 rows of x + k = nan ± nan\n")
    assert gradcli("map", "x", "-", "--uncertainty=x=1", stdin=b"x\n").out == "x,value,error,d_x,share_x\n"


def test_a_terminal_without_the_sign() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    stdin = io.BytesIO(TABLE.encode())
    environment = Environment(stdin=stdin, stdout=out, stderr=io.StringIO(), variables={}, width=80)
    assert run(["map", "x*k", "-", "k=2±0.5", "--uncertainty=x=1", "--reduce=sum"], environment) == 0
    assert out.buffer.getvalue().decode("ascii") == (  # type: ignore[attr-defined]
        "sum over 2 rows of x*k = 6.0 +/- 3.2\n"
        "\n"
        "variable          value  gradient  share\n"
        "x          column +/- 1         4    78%\n"
        "k         2.00 +/- 0.50         3    22%\n"
    )


# --- mistakes ---


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("c,1,-0.5,1", "row 3 (line 4), column 'x_err': the error -0.5 is negative"),
        ("c,1,-inf,1", "row 3 (line 4), column 'x_err': the error -inf is negative"),
        ("c,1,abc,1", "row 3 (line 4), column 'x_err': 'abc' is no number"),
    ],
)
def test_bad_errors(gradcli: Callable, row: str, said: str) -> None:
    write("t.csv", f"{TABLE}{row}\nd,2,4,1\n")
    call = ("map", "x + 0", "t.csv", "--uncertainty", "x=x_err", "--keep=id")
    status, _, err = gradcli(*call)
    assert (status, err) == (2, f"error: 't.csv', {said}\n  --skip-bad leaves such rows out\n")
    out = "id,value,error,d_x,share_x\na,1,3,1,1\nb,2,0,1,0\nd,2,4,1,1\n"
    assert gradcli(*call, "--skip-bad") == (0, out, f"4 rows: 1 skipped\nskipped: 't.csv', {said}\n")


def test_bad_errors_in_cells(gradcli: Callable) -> None:
    table = b"x\n1\xc2\xb11\n2\xc2\xb1-1\n\xc2\xb1\n3\xc2\xb1a\n4\n"
    done = gradcli("map", "x", "-", "--skip-bad", "--keep", "none", stdin=table)
    assert done.out == "value,error,d_x,share_x\n1,1,1,1\nnan,nan,nan,nan\n4,nan,1,nan\n"
    assert done.err == (
        "5 rows: 1 with a missing value, 1 with a missing error, 2 skipped\n"
        "the first one skipped: standard input, row 2 (line 3), column 'x': the error -1 is negative\n"
    )


def test_negative_errors_in_files_with_types(gradcli: Callable) -> None:
    pq.write_table(pa.table({"x": [1.0, 2.0, 3.0], "s": [1.0, -1.0, None]}), "t.parquet")
    write("t.jsonl", '{"x": 1, "s": 1}\n\n{"x": 2, "s": -1}\n{"x": 3}\n')
    for name, line in (("t.parquet", ""), ("t.jsonl", " (line 3)")):
        done = gradcli("map", "x + 0", name, "--uncertainty", "x=s", "-o", "o.csv")
        said = f"'{name}', row 2{line}, column 's': the error -1 is negative\n"
        assert done == (2, "", f"error: {said}  --skip-bad leaves such rows out\n")
        assert not Path("o.csv").exists()
        done = gradcli("map", "x + 0", name, "--uncertainty", "x=s", "--skip-bad")
        assert done.out == "x,s,value,error,d_x,share_x\n1,1,1,1,1,1\n3,,3,nan,1,nan\n"
        assert done.err == f"3 rows: 1 with a missing error, 1 skipped\nskipped: {said}"


MISTAKES: list[tuple[list[str], str, str]] = [
    # (what stands behind the table, the error, the hint)
    (["--uncertainty=q=1"], "--uncertainty: the expression mentions no 'q'", "its names are x, m"),
    (["--uncertainty=X=1"], "--uncertainty: the expression mentions no 'X'", "did you mean 'x'?"),
    (["--uncertainty=y=1"], "--uncertainty: the expression mentions no 'y'", "its names are x, m"),
    (
        ["--uncertainty=x=x_er"],
        "standard input has no column 'x_er'; its columns are id, x, x_err, y",
        "did you mean 'x_err'? Or name the column of errors",
    ),
    (["--uncertainty=x=-1"], "the error of x, -1, is negative", ""),
    (["--uncertainty=x=inf"], "the error of x, inf, is not finite", ""),
    (["--uncertainty=x=1+"], "the error of x, '1+', is no number: an operand is missing behind '+'", ""),
    (["--uncertainty=x=[1]"], "the error of x, '[1]', is no number", ""),
    (
        ["--uncertainty=x="],
        "--uncertainty 'x=' is no error",
        "write x=x_err for a column of errors, x=0.1, x=5%, or x where the cells hold 2.0±0.1",
    ),
    (["--uncertainty=x=1,x=2"], "x has two errors, '1' and '2'", "leave out one of them"),
    (["--uncertainty=m=1", "m=2±1"], "m has two errors, '1' and '1'", "leave out one of them"),
    (["--uncertainty=m"], "m is no column: its error is a number", "--uncertainty m=0.1"),
    (
        ["--uncertainty=m=x_err"],
        "m has one value for all rows: its error is no column",
        "--uncertainty m=0.1, or m=5%",
    ),
    (["m=±1"], "'m=±1' is no value with its error", "write m=2±0.1"),
    (["m=1±"], "'m=1±' is no value with its error", "write m=2±0.1"),
    (["m=1±-1"], "the error of m, -1, is negative", ""),
    (["m=1±2±3"], "the error of m, '2±3', is no number: '±' means nothing here", ""),
    (["m=[1±2, 3]"], "m is an array: its elements have no errors here", ""),
    (
        ["m=-2e3 + − 5"],
        "'m=-2e3 + − 5' may be a value with its error, or a sum",
        "write m=-2e3±5, or m=-2e3-5",
    ),
    (["m=2+-0.1"], "'m=2+-0.1' may be a value with its error, or a sum", "write m=2±0.1, or m=2-0.1"),
    (
        ["m=2.00(5)"],
        "'m=2.00(5)' may be a value with its error, or a product",
        "write m=2.00±0.05, or m=2.00*5",
    ),
    (
        ["m=6.62607015(12)e-34"],
        "'m=6.62607015(12)e-34' may be a value with its error, or a product",
        "write m=6.62607015e-34±0.00000012e-34, or m=6.62607015*12e-34",
    ),
    (["m=-20(3)"], "'m=-20(3)' may be a value with its error, or a product", "write m=-20±3, or m=-20*3"),
    (
        ["m=1±2", "--const=m"],
        "m has an error, and --const takes it as exact",
        "leave one of them out; --wrt says of what the gradients go out",
    ),
    (
        ["--uncertainty=x=1", "--name=x"],
        "standard input has a column 'x' already",
        "choose another name for the result's, --name NAME, or leave that one out with --keep",
    ),
]


@pytest.mark.parametrize(("arguments", "error", "hint"), MISTAKES, ids=[" ".join(row[0]) for row in MISTAKES])
def test_mistakes(gradcli: Callable, arguments: list[str], error: str, hint: str) -> None:
    given: Any = [] if any(argument.startswith("m=") for argument in arguments) else ["m=2"]
    done = gradcli("map", "x*m", "-", *given, *arguments, stdin=TABLE.encode())
    assert done == (2, "", f"error: {error}\n" + (f"  {hint}\n" if hint else ""))


@pytest.mark.parametrize("m", ["2*(1)", "2-1", "2+(-1)", "(2)(3)", "1-+2", "2(1+1)"])
def test_what_cannot_be_taken_for_an_error(gradcli: Callable, m: str) -> None:
    assert mapped(gradcli, "x*m", f"m={m}", "--keep", "none")[0] == "value,d_x,d_m"


def test_a_percentage_of_what_the_program_binds(gradcli: Callable) -> None:
    write("p.grad", "m = 2\nm*x\n")
    done = gradcli("map", "-f", "p.grad", "-", "--uncertainty", "m=5%", stdin=TABLE.encode())
    assert done.err == (
        "error: the error of m is a percentage, and its value is in the program\n"
        "  give the error as a number, or the value: m=2±5%\n"
    )


def test_two_errors_of_a_column(gradcli: Callable) -> None:
    done = gradcli("map", "x", "-", "--uncertainty=x=1", stdin="x\n1±2\n".encode())
    assert done.err == "error: x has two errors, '1' and those in its cells\n  leave out one of them\n"


def test_no_values_with_errors_in_json(gradcli: Callable) -> None:
    write("t.jsonl", '{"x": "1±2"}\n')
    done = gradcli("map", "x", "t.jsonl", "--uncertainty=x")
    assert done.err == (
        "error: 't.jsonl': JSON has no number with an error\n"
        "  name the column of errors: --uncertainty x=x_err\n"
    )


def test_a_column_called_as_the_error_is(gradcli: Callable) -> None:
    done = gradcli("map", "x", "-", "--uncertainty=x=error", stdin=b"x,error\n1,2\n")
    assert done.err == (
        "error: standard input has a column 'error' already\n"
        "  call that one otherwise, --rename error=NAME, or leave it out with --keep\n"
    )


def test_eval_says_where_errors_belong(gradcli: Callable) -> None:
    done = gradcli("eval", "m*g", "m=2±0.1", "g=9.81")
    assert done.err == (
        "error: value of m: '±' means nothing here\n"
        "  line 1, column 4\n"
        "  │ m=2±0.1\n"
        "  │    ^ errors of values, as in x=2±0.1, are for gradcli map\n"
    )


def test_cells_that_come_late_through_a_pipe(process: Callable) -> None:
    code = "import time; print('x', flush=True); time.sleep(0.3); print('1 +/- 2')"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        done = process("map", "x", "-", stdin=writer.stdout)
    assert done.stdout.decode().splitlines() == ["x,value,error,d_x,share_x", "1 +/- 2,1,2,1,1"]


def test_a_cluster_gives_the_same(gradcli: Callable, process: Callable, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    write("t.csv", "x,s\n" + "".join(f"{i / 7} ± 0.1,{i / 99}\n" for i in range(500)))
    call = ("map", "k*x*s", "t.csv", "k=2±0.1", "--uncertainty", "s=5%")
    cluster = ("--scheduler", "local", "--workers", "1")
    done = process(*call, *cluster, "-o", "o.csv", cwd=tmp_path)
    assert (done.returncode, Path("o.csv").read_text(encoding="utf-8")) == (0, gradcli(*call).out)
    done = process(*call, *cluster, "--reduce", "mean", "--json", cwd=tmp_path)
    assert done.stdout.decode() == gradcli(*call, "--reduce", "mean", "--json").out


# --- errors as they are written in cells ---


@pytest.mark.parametrize(
    ("cell", "value", "error"),
    [
        ("1.234(56)", "1.234", "0.056"),
        ("-1.234(5)", "-1.234", "0.005"),
        ("1.234(5600)", "1.234", "5.6"),
        ("12(3)", "12", "3"),
        ("12(3)e2", "1200", "300"),
        ("1.20(15)E-3", "0.0012", "0.00015"),
        ("1.2(3.4)", "1.2", "3.4"),
        (" 2.50(1) ", "2.5", "0.01"),
        (".5(1)", "0.5", "0.1"),
        ("1.02+-0.02", "1.02", "0.02"),
        ("1.02 +- 0.02", "1.02", "0.02"),
        ("-1.02+−0.02", "-1.02", "0.02"),
        ("(2.50±0.05)e3", "2500", "50"),
        ("( 2.50 +/- 0.05 ) E-3", "0.0025", "0.00005"),
        ("(-2.50±5%)e3", "-2500", "125"),
        ("(2.50 ± 5 %)e+3", "2500", "125"),
        ("2.50±5%", "2.5", "0.125"),
        ("2.5e3±1e1", "2500", "10"),
    ],
)
def test_a_cell_with_its_error(gradcli: Callable, cell: str, value: str, error: str) -> None:
    for options in ([], ["--uncertainty", "x"]):
        out = mapped(gradcli, "x + 0", "--keep=none", *options, table=f"x\n{cell}\n2±1\n")
        assert out == ["value,error,d_x,share_x", f"{value},{error},1,1", "2,1,1,1"]


def test_a_cell_with_the_error_of_its_last_digits_alone(gradcli: Callable) -> None:
    table = "x\n1.234(56)\n"
    out = ["x,value,error,d_x,share_x", "1.234(56),1.522756,0.138208,2.468,1"]
    assert mapped(gradcli, "x^2", "--uncertainty", "x", table=table) == out
    assert mapped(gradcli, "x^2", table=table) == out


@pytest.mark.parametrize("value", ["(2.50±0.05)e3", "(2.50 +/- 0.05)E+3", "(2.50±2%)e3"])
def test_a_parameter_with_a_power_of_ten_in_common(gradcli: Callable, value: str) -> None:
    out = ["x,value,error,d_m,d_x,share_m", "1,2500,50,1,2500,1"]
    assert mapped(gradcli, "m*x", f"m={value}", table="x\n1\n") == out


@pytest.mark.parametrize("cell", ["1.2(3", "1.2(x)", "(2±1)", "(2±1)e", "2(3)(4)", "(1+-2)e3"])
def test_cells_that_are_no_value_with_an_error(gradcli: Callable, cell: str) -> None:
    done = gradcli("map", "x", "-", "--uncertainty", "x", stdin=f"x\n{cell}\n".encode())
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        f"error: standard input, row 1 (line 2), column 'x': '{cell}' is no number",
    )


# --- kinks, ties, and where the first order vanishes ---

SIDED = "at a kink the larger of the slopes on both sides gives the error"
VANISHES = "the first order vanishes: the error leaves out how an input's error changes the value"
ABS = "not differentiable at 0: the subgradient 0 is used, as PyTorch does (left -1, right 1)"
RELU = "not differentiable at 0: the subgradient 0 is used, as PyTorch does (left 0, right 1)"
EQUAL = "both sides of the condition are equal: the derivative of the branch that is taken is used"
TIE = "a tie: the gradient is shared, half to each"
JUMP = "a jump: the derivative beside it, 0, is used"

POINTS: list[tuple[str, str, str, str, list[str]]] = [
    # expression, what is given, errors, the error and the shares that come out, notes on that one row
    ("x^2", "x=0", "x=10", "0,0", [VANISHES]),
    ("x^2", "x=3", "x=0.5", "3,1", []),
    ("x^2 + y", "x=0,y=1", "x=10,y=0.1", "0.1,0,1", [VANISHES]),
    ("x^2 + y", "x=0,y=1", "x=0.1,y=10", "10,0,1", []),
    ("cos(x)", "x=0", "x=0.1", "0,0", [VANISHES]),
    ("0*x", "x=1", "x=0.1", "0,0", []),
    ("abs(x)", "x=0", "x=0.1", "0.1,1", [f"{ABS} (column 1: abs(x))", SIDED]),
    ("3*abs(x) + x", "x=0", "x=0.1", "0.4,1", [f"{ABS} (column 3: abs(x))", SIDED]),
    ("x - 3*abs(x)", "x=0", "x=0.1", "0.4,1", [f"{ABS} (column 7: abs(x))", SIDED]),
    ("abs(x)", "x=0", "x=0", "0,0", [f"{ABS} (column 1: abs(x))"]),
    ("abs(x)", "x=-2", "x=0.1", "0.1,1", []),
    ("abs(x)^3", "x=0", "x=0.1", "0,0", [f"{ABS} (column 1: abs(x))", VANISHES]),
    ("max(x, 0)", "x=0", "x=0.1", "0.1,1", [f"{TIE} (column 1: max(x, 0))", SIDED]),
    ("min(x, 0)", "x=0", "x=0.1", "0.1,1", [f"{TIE} (column 1: min(x, 0))", SIDED]),
    ("max(x, y)", "x=2,y=2", "x=3,y=4", "5,0.36,0.64", [f"{TIE} (column 1: max(x, y))", SIDED]),
    ("relu(x)", "x=0", "x=0.1", "0.1,1", [f"{RELU} (column 1: relu(x))", SIDED]),
    ("relu(x)", "x=-3", "x=0.1", "0,0", []),
    ("relu(x)", "x=-3", "x=4", "0,0", [VANISHES]),
    ("x if x > 0 else 0", "x=0", "x=0.1", "0.1,1", [f"{EQUAL} (column 6: x > 0)", SIDED]),
    ("x if x < 1 else x^2", "x=1", "x=0.1", "0.2,1", [f"{EQUAL} (column 6: x < 1)"]),
    ("x if x <= 1 else x^2", "x=1", "x=0.1", "0.2,1", [f"{EQUAL} (column 6: x <= 1)", SIDED]),
    ("floor(x)", "x=2.5", "x=0.1", "0,0",
     ["flat almost everywhere: its derivative is 0 (column 1: floor(x))"]),
    ("floor(x)", "x=2", "x=0.1", "0,0",
     [f"{JUMP} (column 1: floor(x))", "flat almost everywhere: its derivative is 0 (column 1: floor(x))",
      VANISHES]),
    ("norm([x, y])", "x=0,y=0", "x=3,y=4", "5,0.36,0.64",
     ["the tip of a cone: not differentiable at 0, the subgradient 0 is used, as PyTorch does "
      "(column 1: norm([x, y]))", SIDED]),
    ("abs(x)*y", "x=0,y=2", "x=0.5", "1,1", [f"{ABS} (column 1: abs(x))", SIDED]),
    ("detach(x)*y", "x=0,y=2", "x=0.5,y=1", "0,0,0", []),
    ("diff(x**2, x)", "x=0", "x=0.5", "1,1", []),
    ("diff(x**3, x)", "x=0", "x=0.5", "0,0", [VANISHES]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "errors", "out", "said"), POINTS)
@pytest.mark.parametrize("names", ["", "x"])
def test_an_error_at_a_point(
    gradcli: Callable, text: str, given: str, errors: str, out: str, said: list[str], names: str
) -> None:
    """Every name is a column, or x a parameter."""
    values = dict(pair.split("=") for pair in given.split(","))
    parameters = [f"{name}={values.pop(name)}" for name in names]
    values["z"] = "0"
    table = f"{','.join(values)}\n{','.join(values.values())}\n"
    arguments = ["--uncertainty", errors, "--keep=none", "--const=z", "--name=v"]
    done = gradcli("map", f"{text} + z", "-", *parameters, *arguments, stdin=table.encode())
    rows = [line.split(",") for line in done.out.splitlines()]
    found = [cell for name, cell in zip(*rows, strict=True) if name == "v_error" or "share" in name]
    assert ",".join(found) == out
    assert done.err == "1 row\n" + "".join(f"note: in 1 row {note}, first in row 1\n" for note in said)


@pytest.mark.parametrize(
    ("table", "errors", "error", "said"),
    [
        ("x\n0\n0\n3\n", "x=2", math.sqrt(12), 2),
        ("x,s\n0,3\n0,4\n1,0\n", "x=s", 5.0, 2),
        ("x\n0±3\n-1±4\n", "x", 5.0, 1),
        ("x\n\n0±3\n0\n", "x", 3.0, 1),
    ],
)
def test_a_sum_of_kinks(gradcli: Callable, table: str, errors: str, error: float, said: int) -> None:
    done = gradcli(
        "map", "abs(x)", "-", "--uncertainty", errors, "--reduce=sum", "--json", stdin=table.encode()
    )
    assert json.loads(done.out)["error"] == pytest.approx(error, rel=1e-12)
    rows = f"{said} row" + "s" * (said > 1)
    assert f"in {rows} {SIDED}, first in row" in done.err


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("abs(w*x)", 0.3),
        ("abs(w)*x", 0.1),  # the slopes of 2 and -1 add up to 1 on either side
        ("max(w, 0)*abs(x)", 0.3),
        ("w*x", 0.1),
        ("abs(w) - w*x", 0.3),  # 2 - 1 to the right, -2 - 1 to the left
    ],
)
def test_the_sum_of_kinks_of_what_all_rows_have_in_common(gradcli: Callable, text: str, error: float) -> None:
    """The slopes of each side are added before the larger is taken."""
    done = gradcli("map", text, "-", "w=0±0.1", "--reduce=sum", "--json", stdin=b"x\n2\n-1\n")
    assert json.loads(done.out)["error"] == pytest.approx(error, rel=1e-12)


def test_correlations_are_refused(gradcli: Callable) -> None:
    done = gradcli(
        "map", "a - b", "-", "--uncertainty=a=1,b=1", "--correlation", "a,b=0.5", stdin=b"a,b\n1,1\n"
    )
    assert done == (
        2,
        "",
        "error: --correlation: errors are taken as independent of each other\n"
        "  what two inputs have in common can be one of its own: (a + c) - (b + c) with c=0±0.1\n",
    )
