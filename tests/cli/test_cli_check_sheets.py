"""`gradcli check --file`: whole outputs for whole sheets, broken ones, processes that are lost, Ctrl-C."""

from __future__ import annotations

import csv
import io
import json
import operator
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from gradcli.cli import sheets
from gradcli.cli.workers import Here, Lost, Pool, Task, pool_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SHEET = """\
id,name,F, Claim ,wrt
1,Ann,x**2,2x,
2,"O'Neill, Bob",x*y,y,x
3,Cem,x**2,cosx,
4,Dee,x*y,y,
5,Eve,x**2,2x,
"""
ANSWERS = """\
id,name,F, Claim ,wrt,verdict,mistake,detail
1,Ann,x**2,2x,,correct,,
2,"O'Neill, Bob",x*y,y,x,correct,,
3,Cem,x**2,cosx,,unreadable,,unknown name 'cosx'
4,Dee,x*y,y,,unreadable,,F has the variables x and y: say by which to differentiate (in a column wrt)
5,Eve,x**2,2x,,correct,,
"""
SUMMARY = "5 answers: 3 correct, 2 unreadable\n"


@pytest.fixture
def check(gradcli: Callable) -> Callable:
    """Check a sheet that is piped in, in this process."""

    def call(sheet: str | bytes, *options: str, **environment: Any) -> Any:
        stdin = sheet.encode() if isinstance(sheet, str) else sheet
        return gradcli("check", "--file", "-", "--jobs", "1", *options, stdin=stdin, **environment)

    return call


def rows(out: str) -> list[list[str]]:
    """The rows of a CSV without the header."""
    if len(out) > 100_000:  # more than the module takes in
        return [line.split(",") for line in out.splitlines()[1:]]
    return list(csv.reader(io.StringIO(out, newline="")))[1:]


def verdicts(out: str) -> list[str]:
    """The verdicts of a CSV whose last columns they are."""
    return [row[-3] for row in rows(out)]


def test_a_sheet(check: Callable) -> None:
    assert check(SHEET) == (1, ANSWERS, SUMMARY)


def test_a_file_by_processes_gives_the_same(gradcli: Callable, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(SHEET)
    assert gradcli("check", "--file", str(path)) == (1, ANSWERS, SUMMARY)
    assert gradcli("check", "-f", str(path), "--jobs=2") == (1, ANSWERS, SUMMARY)


def test_all_right(check: Callable) -> None:
    assert check("f,claim\nx,1\n") == (0, "f,claim,verdict,mistake,detail\nx,1,correct,,\n", ONE)


ONE = "1 answer: 1 correct\n"


def test_a_wrong_answer_has_the_mistake_and_what_is_to_be_said(check: Callable) -> None:
    status, out, err = check("f,claim\nsin(x**2),cos(x**2)\nsin(x**2),cos(x**2)\n")
    first, second = rows(out)
    assert first == second
    assert first[2:4] == ["wrong", "chain-rule-missing"]
    assert "chain rule" in first[4]
    assert (status, err) == (1, "2 answers: 2 wrong\nmistakes: chain-rule-missing 2\n")


def test_a_hint_gives_nothing_away(check: Callable) -> None:
    sheet = "f,claim\nsin(x**2),cos(x**2)\n"
    (row,) = rows(check(sheet, "--hint").out)
    assert row[3] == "chain-rule-missing"
    assert row[4]
    assert "2*x" not in row[4]
    assert "2*x" not in check(sheet, "--hint", "--json").out


def test_json_lines(check: Callable) -> None:
    sheet = "id,notes,f,claim\n7,late,x**2,2x\n,,x**2\n"
    status, out, err = check(sheet, "--json")
    first, second = map(json.loads, out.splitlines())
    assert list(first)[:5] == ["line", "id", "sheet_notes", "verdict", "mistakes"]
    assert (first["line"], first["id"], first["sheet_notes"], first["notes"]) == (2, "7", "late", [])
    assert (first["verdict"], first["f"], first["claim"], first["wrt"]) == ("correct", "x**2", "2x", "x")
    assert (second["line"], second["id"], second["claim"], second["verdict"]) == (3, "", "", "unreadable")
    assert list(first) == list(second)
    assert (status, err) == (1, "2 answers: 1 correct, 1 unreadable\n")


def test_a_variable_for_the_rows_that_name_none(check: Callable) -> None:
    out = check("f,claim,wrt\nx*y,y,\nx*y,x,y\nx*y,df/dx = y,\n", "--wrt", "x").out
    assert verdicts(out) == ["correct"] * 3


# --- what sheets are like ---

READABLE: dict[str, tuple[bytes, str]] = {
    "CRLF": (b"f,claim\r\nx,1\r\n", "f,claim,verdict,mistake,detail\nx,1,correct,,\n"),
    "CR": (b"f,claim\rx,1\r", "f,claim,verdict,mistake,detail\nx,1,correct,,\n"),
    "no newline at the end": (b"f,claim\nx,1", "f,claim,verdict,mistake,detail\nx,1,correct,,\n"),
    "BOM": (b"\xef\xbb\xbff,claim\nx,1\n", "f,claim,verdict,mistake,detail\nx,1,correct,,\n"),
    "blank lines": (b"\n\nf,claim\n\nx,1\n , \n\n", "f,claim,verdict,mistake,detail\nx,1,correct,,\n"),
    "semicolons": (b"f;claim\nx;1\n", "f;claim;verdict;mistake;detail\nx;1;correct;;\n"),
    "tabs": (b"f\tclaim\nx\t1\n", "f\tclaim\tverdict\tmistake\tdetail\nx\t1\tcorrect\t\t\n"),
    "case and blanks of names": (b" CLAIM,F \n1,x\n", " CLAIM,F ,verdict,mistake,detail\n1,x,correct,,\n"),
    "a newline in a cell": (
        b'f,claim,id\nx,1,"a\r\nb\n"\nx,1,\n',
        'f,claim,id,verdict,mistake,detail\nx,1,"a\r\nb\n",correct,,\nx,1,,correct,,\n',
    ),
    "quotation marks in a cell": (
        b'f,claim,id\nx,1,"a ""b"""\n',
        'f,claim,id,verdict,mistake,detail\nx,1,"a ""b""",correct,,\n',
    ),
    "blank cells behind": (b"f,claim\nx,1,,\n", "f,claim,verdict,mistake,detail\nx,1,correct,,,,\n"),
    "short rows": (b"f,claim,id\nx,1\n", "f,claim,id,verdict,mistake,detail\nx,1,,correct,,\n"),
    "columns of our names": (
        b"verdict,f,claim,detail\nok,x,1,=1+1\n",
        "verdict,f,claim,detail,check_verdict,mistake,check_detail\nok,x,1,=1+1,correct,,\n",
    ),
    "two columns of one name": (
        b"id,f,claim,id\n1,x,1,2\n",
        "id,f,claim,id,verdict,mistake,detail\n1,x,1,2,correct,,\n",
    ),
    "a claim that begins like a formula of a spreadsheet": (
        b"f,claim,id\n-x,-1,@a\n",
        "f,claim,id,verdict,mistake,detail\n-x,-1,@a,correct,,\n",
    ),
    "nothing but a header": (b"f,claim\n", "f,claim,verdict,mistake,detail\n"),
}


@pytest.mark.parametrize(("sheet", "expected"), READABLE.values(), ids=READABLE)
def test_sheets_of_all_kinds(check: Callable, sheet: bytes, expected: str) -> None:
    status, out, err = check(sheet)
    assert (status, out) == (0, expected)
    count = expected.count("correct")
    said = "".join(note_on(cell) for cell in ("=1+1", "-x") if f"{cell}," in expected)
    summary = f"{count} answer{'s' * (count != 1)}: {count} correct\n" if count else "0 answers\n"
    assert err == summary + said


BROKEN: dict[str, tuple[bytes, list[str]]] = {
    "a cell too many": (
        b"atan2(x, 1),1",
        ["unreadable", "3 cells in a row of 2 columns: a cell with a comma in it stands in quotation marks"],
    ),
    "no claim": (b"x", ["unreadable", "the claim is empty"]),
    "a quotation mark that is not closed": (
        b'"x,1',
        ["unreadable", "a quotation mark is opened and not closed"],
    ),
    "one that another row seems to close": (
        b'"x,1\nx,"1"',
        ["unreadable", "a quotation mark is opened and not closed"],
    ),
    "not UTF-8": (b"x,1\xe9", ["unreadable", "not UTF-8: byte 0xe9 is the 2nd byte of the line"]),
    "a NUL": (b"x,1\x00", ["unreadable", None]),
    "a huge cell": (b"x," + b"1" * 200_000, ["unreadable", "a cell of more than 131072 characters"]),
    "very many brackets": (b"x," + b"(" * 50_000, ["unreadable", None]),
}


@pytest.mark.parametrize(("row", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_broken_row_costs_no_other_its_verdict(check: Callable, row: bytes, expected: list[Any]) -> None:
    status, out, err = check(b"f,claim\nx,1\n" + row + b"\nx**2,2*x\nx,2\n")
    found = rows(out)
    assert status == 1
    assert found[0] == ["x", "1", "correct", "", ""]
    assert ["x**2", "2*x", "correct", "", ""] in found
    assert found[-1][:3] == ["x", "2", "wrong"]
    assert found[1][2] == expected[0]
    assert found[1][4]
    assert expected[1] in (None, found[1][4])
    assert "gradcli itself" not in out + err


@pytest.mark.skipif(sys.platform == "win32", reason="bytes of a pipe")
def test_bytes_that_are_not_utf_8_pass_through(process: Callable) -> None:
    done = process("check", "--file", "-", "--jobs=1", input=b"f,claim,name\nx,1,Ren\xe9\n")
    assert done.stdout == b"f,claim,name,verdict,mistake,detail\nx,1,Ren\xe9,correct,,\n"
    done = process("check", "--file", "-", "--jobs=1", "--json", input=b"f,claim,name\nx,1,Ren\xe9\n")
    assert json.loads(done.stdout)["name"] == "Ren\udce9"


NO_SHEETS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "error: standard input is empty\n  its first line names the columns: f,claim\n"),
    "blank": (b" \n\n", "error: standard input is empty\n  its first line names the columns: f,claim\n"),
    "a mistyped column": (
        b"id,f,clam\n1,x,1\n",
        "error: standard input has no column 'claim'; its columns are id, f, clam\n  rename 'clam'?\n",
    ),
    "no header": (
        b"x**2,2x\n",
        "error: standard input has no column 'f'; its columns are x**2, 2x\n"
        "  its first line must name the columns: f,claim\n",
    ),
    "two columns": (
        b"f,Claim,claim\nx,1,2\n",
        "error: standard input has 2 columns 'claim'\n  rename all but one\n",
    ),
    "UTF-16": (
        "f,claim\nx,1\n".encode("utf-16"),
        "error: cannot read standard input: not UTF-8: byte 0xff is the 1st byte of the line; "
        "the text looks like UTF-16, save it as UTF-8\n",
    ),
}


@pytest.mark.parametrize(("sheet", "message"), NO_SHEETS.values(), ids=NO_SHEETS)
def test_what_is_no_sheet(check: Callable, sheet: bytes, message: str) -> None:
    assert check(sheet) == (2, "", message)


def test_files_that_cannot_be_read(gradcli: Callable, tmp_path: Path) -> None:
    assert gradcli("check", "--file", "no.csv") == (
        2,
        "",
        "error: cannot read 'no.csv': No such file or directory\n",
    )
    assert (
        gradcli("check", "--file", str(tmp_path)).err == f"error: cannot read '{tmp_path}': Is a directory\n"
    )
    assert gradcli("check", "--file", "-") == (
        2,
        "",
        "error: no sheet: standard input is the keyboard\n  pipe a sheet in, or name its file\n",
    )


def test_a_tsv_has_tabs_whatever_its_header_says(gradcli: Callable, tmp_path: Path) -> None:
    path = tmp_path / "answers.tsv"
    path.write_text("f\tclaim\ta,b,c\nx\t1\tatan2(x, 1)\n")
    out = gradcli("check", "--file", str(path), "--jobs=1").out
    assert out == "f\tclaim\ta,b,c\tverdict\tmistake\tdetail\nx\t1\tatan2(x, 1)\tcorrect\t\t\n"


# --- on a terminal ---

TABLE = """\
id  f     claim  verdict     mistake
1   x**2  2x     correct
2   x*y   y      correct
3   x**2  cosx   unreadable  unknown name 'cosx'
4   x*y   y      unreadable  F has the variables x and y: say by which to diffe…
5   x**2  2x     correct
"""


def test_a_table_for_a_terminal(check: Callable) -> None:
    status, out, err = check(SHEET, terminal=True, NO_COLOR="1", TERM="dumb")
    assert (status, out, err) == (1, TABLE, SUMMARY)
    coloured = check(SHEET, terminal=True, TERM="xterm").out
    assert "\x1b[1;32mcorrect" in coloured


def test_lines_stand_for_ids(check: Callable) -> None:
    out = check("f,claim\n\nx,1\n", terminal=True, NO_COLOR="1", TERM="dumb").out
    assert out == "line  f  claim  verdict     mistake\n3     x  1      correct\n"


def test_a_bar_on_a_terminal_is_gone_in_the_end(check: Callable) -> None:
    err = check(SHEET, terminal=True, TERM="xterm", NO_COLOR="1").err
    assert "rows/s" in err
    assert err.endswith(f"\x1b[2K{SUMMARY}")


# --- many rows, many processes ---


def test_rows_that_say_the_same_are_checked_once(check: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    class Judge(sheets.RowJudge):
        def __call__(self, *question: str) -> dict[str, Any]:
            asked.append(question)
            return super().__call__(*question)

    monkeypatch.setattr(sheets, "RowJudge", Judge)
    out = check("f,claim\n" + "x,1\nx,2\n" * 500).out
    assert verdicts(out) == ["correct", "wrong"] * 500
    assert asked == [("x", "1", ""), ("x", "2", "")]


def test_a_failure_of_ours_costs_one_row(check: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    class Judge(sheets.RowJudge):
        def judge(self, f: str, claim: str, wrt: str | None) -> Any:
            if claim == "3":
                raise ZeroDivisionError("oh")
            return super().judge(f, claim, wrt)

    monkeypatch.setattr(sheets, "RowJudge", Judge)
    found = rows(check("f,claim\nx,1\nx,3\nx,1\n").out)
    assert [row[2] for row in found] == ["correct", "undecided", "correct"]
    assert found[1][4] == "gradcli itself failed: ZeroDivisionError: oh"


def test_a_row_has_its_time(check: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    class Judge(sheets.RowJudge):
        def judge(self, f: str, claim: str, wrt: str | None) -> Any:
            while claim == "3":
                pass
            return super().judge(f, claim, wrt)

    monkeypatch.setattr(sheets, "RowJudge", Judge)
    monkeypatch.setattr(sheets, "SECONDS", 0.5)
    found = rows(check("f,claim\nx,1\nx,3\nx,1\n").out)
    assert [row[2] for row in found] == ["correct", "undecided", "correct"]
    assert found[1][4] == "took more than 0.5 s"


def outcomes(pool: Here | Pool, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What becomes of calls; that of one that is lost is why."""
    tasks = [Task(call) for call in calls]
    try:
        for task in tasks:
            pool.submit(task)
        while not all(task.done for task in tasks):
            pool.wait()
    finally:
        pool.close()
    return [str(task.outcome) if isinstance(task.outcome, Lost) else task.outcome for task in tasks]


@pytest.mark.parametrize("jobs", [1, 2])
def test_tasks_that_take_forever(jobs: int) -> None:
    calls = [(abs, -1), (time.sleep, 60), (abs, -2), (abs, -3)]
    assert outcomes(pool_of(operator.call, jobs, 1.0), calls) == [1, "took more than 1 s", 2, 3]


def test_a_process_that_dies_takes_its_task_with_it() -> None:
    calls = [(abs, -1), (os._exit, 3), (abs, -2), (abs, -3), (signal.raise_signal, signal.SIGTERM), (abs, -4)]
    assert outcomes(Pool(operator.call, 2, 60.0), calls) == [
        1,
        "its process ended (status 3)",
        2,
        3,
        "its process ended (SIGTERM)",
        4,
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_processes_do_not_hear_of_ctrl_c() -> None:
    program = (
        "import signal\n"
        "from operator import call\n"
        "from gradcli.cli.workers import Pool, Task\n"
        "pool, task = Pool(call, 1, 60.0), Task((signal.pthread_sigmask, signal.SIG_BLOCK, []))\n"
        "pool.submit(task)\n"
        "pool.wait(), pool.wait(), pool.close()\n"
        "print(task.outcome, signal.pthread_sigmask(signal.SIG_BLOCK, []))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == (b"{<Signals.SIGINT: 2>} set()\n", b"")


def test_a_process_that_died_idle_costs_nothing() -> None:
    pool = Pool(operator.call, 1, 60.0)
    try:
        for expected in (1, 2):
            task = Task((abs, expected))
            pool.submit(task)
            while not task.done:
                pool.wait()
            assert task.outcome == expected
            (worker,) = pool.workers
            worker.process.kill()
            worker.process.join()
    finally:
        pool.close()


def test_where_no_process_can_be_started_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool(operator.call, 2, 60.0)
    monkeypatch.setattr(pool.context, "Process", lambda **_: (_ for _ in ()).throw(OSError("none")))
    assert outcomes(pool, [(abs, -1), (abs, -2)]) == [1, 2]
    pool = Pool(operator.call, 2, 60.0)
    # It starts and ends at once, as it does where Python cannot start again what it is running.
    monkeypatch.setattr("gradcli.cli.workers.serve", os._exit)
    assert outcomes(pool, [(abs, -1), (abs, -2), (abs, -3)]) == [1, 2, 3]


LONG = "f,claim\n" + "".join(f"x**{i}*sin(x),{i}\n" for i in range(2, 3000))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_it_at_once(jobs: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(LONG)
    command = [sys.executable, "-m", "gradcli", "check", "--file", str(path), "--jobs", jobs]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, start_new_session=True, **pipes) as gradcli:  # type: ignore[call-overload]
        assert gradcli.stdout.readline() == b"f,claim,verdict,mistake,detail\n"
        assert gradcli.stdout.readline().startswith(b"x**2*sin(x),2,wrong")
        os.killpg(gradcli.pid, signal.SIGINT)
        _, err = gradcli.communicate(timeout=30)
    assert (gradcli.returncode, err) == (130, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes")
def test_an_answer_comes_before_the_next_row_is_there() -> None:
    command = [sys.executable, "-m", "gradcli", "check", "--file", "-", "--jobs", "2"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as gradcli:  # type: ignore[call-overload]
        for row, answer in [
            (b"f,claim\nx,1\n", b"f,claim,verdict,mistake,detail\nx,1,correct,,\n"),
            (b"x**2,2x\n", b"x**2,2x,correct,,\n"),
        ]:
            gradcli.stdin.write(row)
            gradcli.stdin.flush()
            assert b"".join(gradcli.stdout.readline() for _ in range(answer.count(b"\n"))) == answer
        out, err = gradcli.communicate(timeout=30)
    assert (gradcli.returncode, out, err) == (0, b"", b"2 answers: 2 correct\n")


def test_a_reader_that_leaves_is_no_error(process: Callable, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(LONG)
    command = f"{sys.executable} -m gradcli check --file {path} --jobs 2 | head -2"
    done = subprocess.run(command, shell=True, capture_output=True, check=False, timeout=60)
    assert done.stdout.startswith(b"f,claim,verdict,mistake,detail\nx**2*sin(x),2,wrong")
    assert done.stderr == b""


# --- cells that a spreadsheet runs ---


def note_on(cell: str) -> str:
    return (
        f"note: a spreadsheet runs cells that begin with =, +, - or @, such as '{cell}'; "
        "--guard writes an apostrophe before them\n"
    )


RUN = {
    "a formula": "=1+1",
    "a sum": "+2x",
    "a difference": "-2x",
    "a function of old": "@SUM(1)",
    "a tab": "\t=2x",
    "a wide sign": "＝2x",
    "a link": '=HYPERLINK("http://example.org"; "2x")',
}


@pytest.mark.parametrize("claim", RUN.values(), ids=RUN)
def test_a_cell_that_a_spreadsheet_runs(check: Callable, claim: str) -> None:
    quoted = claim.replace('"', '""')
    sheet = f'id,f,claim\n1,x**2,"{quoted}"\n2,x**2,2x\n3,x**2,"{quoted}"\n'
    shown = claim.replace("\t", r"\t")
    done = check(sheet)
    assert done.err.count("note: ") == 1
    assert done.err.endswith(note_on(shown))
    assert [row[2] for row in rows(done.out)] == [claim, "2x", claim]
    guarded = check(sheet, "--guard")
    assert "note: " not in guarded.err
    assert [row[2] for row in rows(guarded.out)] == [f"'{claim}", "2x", f"'{claim}"]
    assert [row[3:] for row in rows(guarded.out)] == [row[3:] for row in rows(done.out)]


def test_every_column_is_guarded(check: Callable) -> None:
    out = check("name,f,claim,=n\n=a,-x**2,-2x,+b\n", "--guard").out
    assert out.startswith("name,f,claim,'=n,")
    assert rows(out)[0][:4] == ["'=a", "'-x**2", "'-2x", "'+b"]


@pytest.mark.parametrize("claim", ["-2", "+2.5", "-1e-3", "-1,5", "2-x", "'=1", ""])
def test_cells_that_no_spreadsheet_runs(check: Callable, claim: str) -> None:
    sheet = f'f,claim\nx**2,"{claim}"\n'
    assert "note: " not in check(sheet).err
    assert rows(check(sheet, "--guard").out)[0][1] == claim


def test_what_is_no_csv_has_no_guard(check: Callable, gradcli: Callable) -> None:
    assert "note: a spreadsheet" not in check("f,claim\nx,=1\n", "--json").err
    assert "note: a spreadsheet" not in check("f,claim\nx,=1\n", terminal=True, TERM="dumb").err
    assert check("f,claim\nx,1\n", "--guard", "--json") == (
        2,
        "",
        "error: --guard is for CSV, which spreadsheets open\n  leave it out, or --json\n",
    )
    assert gradcli("check", "x**2", "2x", "--guard") == (
        2,
        "",
        "error: --guard is for a sheet\n  add --file, or leave it out\n",
    )
