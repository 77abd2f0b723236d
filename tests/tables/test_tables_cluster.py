"""A table on a cluster of several processes: what comes out, and what is left when something goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

pa = pytest.importorskip("pyarrow")
distributed = pytest.importorskip("distributed")
import pyarrow.parquet as pq  # noqa: E402

BCE = "bce(sigmoid(w*x + b), y)"
SLOW = "diff(w*x**2, x)"  # goes row by row


def table(seed: int, rows: int) -> pa.Table:
    random = np.random.default_rng(seed)
    x = random.normal(size=rows)
    return pa.table(
        {
            "id": pa.array([f"{seed},{row}" if row % 7 else None for row in range(rows)], pa.string()),
            "x": pa.array(x, mask=random.random(rows) < 0.01),
            "y": random.integers(0, 2, rows).astype(float),
            "kind": pa.array(random.choice(["a", "b"], rows)).dictionary_encode(),
        }
    )


def write_csv(path: str, data: pa.Table) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(",".join(data.column_names) + "\n")
        for row in data.to_pylist():
            cells = ["" if cell is None else str(cell) for cell in row.values()]
            file.write(",".join(f'"{cell}"' if "," in cell else cell for cell in cells) + "\n")


def write_inputs(kind: str) -> str:
    """Three files of different sizes; the pattern that names them."""
    for number, rows in enumerate((5000, 70_000, 1)):
        data = table(number, rows if kind != "csv" else rows // 3 + 1)
        if kind == "parquet":
            pq.write_table(data, f"{number}.parquet", row_group_size=30_000)
        elif kind == "arrow":
            data = data.unify_dictionaries()
            with pa.ipc.new_file(f"{number}.arrow", data.schema) as file:
                file.write_table(data, max_chunksize=30_000)
        else:
            write_csv(f"{number}.csv", data)
    return f"[0-9].{kind}"


def slow_inputs(files: int = 2, groups: int = 12, rows: int = 50) -> str:
    for number in range(files):
        data = pa.table({"x": np.arange(groups * rows) + number * 0.5})
        pq.write_table(data, f"{number}.parquet", row_group_size=rows)
    return "[0-9].parquet"


def content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def parts(folder: str = "out.parquet.parts") -> list[str]:
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


# --- the same as in one process ---


@pytest.mark.parametrize(
    ("kind", "output", "options"),
    [
        ("parquet", "out.parquet", []),
        ("parquet", "out.csv", []),
        ("parquet", "out.csv.gz", ["--wrt", "w"]),
        ("parquet", "out.arrow", ["--keep", "id,x"]),
        ("csv", "out.csv", []),
        ("csv", "out.parquet", ["--keep", "none"]),
        ("csv", "out.jsonl", []),
        ("arrow", "out.parquet", []),
        ("arrow", "out.feather", ["--keep", "id,y"]),
    ],
)
def test_output_is_that_of_one_process_byte_for_byte(gradcli, cluster, kind, output, options):
    inputs = write_inputs(kind)
    call = (BCE, inputs, "w=0.5", "b=0.1", "-o", output, *options)
    alone = gradcli(*call)
    assert alone.status == 0, alone.err
    expected = content(output)
    os.unlink(output)
    assert gradcli(*call, "--scheduler", cluster.scheduler_address) == alone
    assert content(output) == expected
    assert sorted(os.listdir(".")) == sorted([*(f"{n}.{kind}" for n in range(3)), output])


@pytest.mark.parametrize("kind", ["parquet", "csv", "arrow"])
@pytest.mark.parametrize("how", ["sum", "mean"])
def test_reduced_is_that_of_one_process_bit_for_bit(gradcli, cluster, kind, how):
    call = (BCE, write_inputs(kind), "w=0.5", "b=0.1", "--reduce", how, "--json")
    assert gradcli(*call, "--scheduler", cluster.scheduler_address) == gradcli(*call)


def test_uncertainty_is_that_of_one_process(gradcli, cluster):
    call = ("w*x", write_inputs("parquet"), "w=2±0.1", "--uncertainty", "x=5%", "-o", "out.csv")
    alone = gradcli(*call)
    assert alone.status == 0, alone.err
    expected = content("out.csv")
    assert gradcli(*call, "--force", "--scheduler", cluster.scheduler_address) == alone
    assert content("out.csv") == expected


@pytest.mark.parametrize("output", ["out.jsonl", "out.csv", "out.parquet"])
def test_numbers_of_json_lines_are_written_as_by_one_process(gradcli, cluster, output):
    for number in range(2):
        with open(f"{number}.jsonl", "w", encoding="utf-8") as file:
            for row in range(1000):
                file.write(f'{{"id": {10**25 + row}, "d": {row}.10, "o": {{"k": [1.0]}}, "x": {row}}}\n')
    call = ("2*x", "[0-9].jsonl", "-o", output)
    alone = gradcli(*call)
    assert alone == (0, "", "2000 rows\n")
    expected = content(output)
    assert output == "out.parquet" or str(10**25 + 999).encode() in expected
    assert gradcli(*call, "--force", "--scheduler", cluster.scheduler_address) == alone
    assert content(output) == expected


def test_errors_at_kinks_are_told_as_by_one_process(gradcli, cluster):
    for number in range(2):
        with open(f"{number}.csv", "w", encoding="utf-8") as file:
            file.write("x\n1\n0\n-2\n0\n")
    for options in (["-o", "out.csv", "--force"], ["--reduce=mean", "--json"]):
        call = ("abs(w*x) + x^2*abs(w)", "[0-9].csv", "w=0±0.5", "--uncertainty=x=0.1", *options)
        alone = gradcli(*call)
        assert "at a kink the larger of the slopes on both sides gives the error" in alone.err
        assert gradcli(*call, "--scheduler", cluster.scheduler_address) == alone


def test_skipped_rows_are_told_as_by_one_process(gradcli, cluster):
    for number in range(2):
        with open(f"{number}.csv", "w", encoding="utf-8") as file:
            file.write("x\n1\n2\noops\n3\n")
    call = ("2*x", "[0-9].csv", "-o", "out.csv", "--skip-bad")
    alone = gradcli(*call)
    assert "2 skipped" in alone.err
    assert gradcli(*call, "--force", "--scheduler", cluster.scheduler_address) == alone


def test_findings_are_told_as_by_one_process(gradcli, cluster):
    for number in range(3):
        with open(f"{number}.csv", "w", encoding="utf-8") as file:
            file.write("x\n1\noops\n\n-1\n0\n" + "2\n" * number + f"{number}\n")
    for expression in (
        "abs(x) + sqrt(x - 1)",
        "diff(x**2, x) + relu(x) + 1/x",
        "abs(x) + inv([[x, 1], [1, x]])[0, 0]",
    ):
        for options in (["-o", "out.csv", "--force"], ["--reduce=mean", "--json"]):
            call = (expression, "[0-9].csv", "--skip-bad", *options)
            alone = gradcli(*call)
            assert "first in '0.csv', row " in alone.err
            assert gradcli(*call, "--scheduler", cluster.scheduler_address) == alone


# --- what goes wrong ---


def test_killed_worker_makes_no_difference(gradcli, cluster):
    inputs = slow_inputs()
    call = (SLOW, inputs, "w=2", "-o", "out.parquet")
    assert gradcli(*call).status == 0
    expected = content("out.parquet")
    os.unlink("out.parquet")
    seen: list[int] = []

    def kill() -> None:
        while not any(name.endswith(".json") and name.startswith("part") for name in parts()):
            time.sleep(0.005)
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        seen.append(sum(name.endswith(".json") for name in parts()))

    killer = threading.Thread(target=kill)
    killer.start()
    outcome = gradcli(*call, "--scheduler", cluster.scheduler_address)
    killer.join()
    assert (outcome.status, outcome.err) == (0, "1200 rows\n")
    assert seen[0] < 24  # in the middle
    assert content("out.parquet") == expected
    assert sorted(os.listdir(".")) == ["0.parquet", "1.parquet", "out.parquet"]


def break_pages(path: str) -> None:
    """Leave what says where the pages are, and nothing in them."""
    data = bytearray(content(path))
    data[4:2000] = bytes(1996)
    with open(path, "wb") as file:
        file.write(data)


def test_file_that_cannot_be_read_stops_the_job_and_resume_does_the_rest(gradcli, cluster):
    good = np.random.default_rng(5).normal(size=2000)
    for number in range(3):
        pq.write_table(pa.table({"x": good}), f"{number}.parquet")
    whole = content("1.parquet")
    status = os.stat("1.parquet")
    break_pages("1.parquet")
    os.utime("1.parquet", ns=(status.st_atime_ns, status.st_mtime_ns))
    call = ("w*x", "[0-9].parquet", "w=2", "-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    outcome = gradcli(*call)
    assert outcome.status == 2
    assert "error: cannot read '1.parquet': " in outcome.err
    assert "parts are done; --resume computes only the others" in outcome.err
    assert not os.path.exists("out.parquet")
    left = parts()
    assert "part-000000.json" in left
    assert "part-000000.arrows" in left
    assert not [name for name in left if "000001" in name or name.startswith(".")]

    with open("1.parquet", "wb") as file:
        file.write(whole)
    os.utime("1.parquet", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert gradcli(*call).err.startswith("error: 'out.parquet.parts' holds parts of an earlier run")
    outcome = gradcli(*call, "--resume")
    assert (outcome.status, outcome.err.splitlines()[-1]) == (0, "6000 rows")
    assert parts() == []
    expected = content("out.parquet")
    assert gradcli(*call[:-2], "--force").status == 0
    assert content("out.parquet") == expected


def test_bad_cell_is_told_by_its_place_in_the_file(gradcli, cluster):
    with open("0.csv", "w", encoding="utf-8") as file:
        file.write("x\n1\n2\n")
    with open("1.csv", "w", encoding="utf-8") as file:
        file.write("x\n1\noops\n")
    call = ("2*x", "[0-9].csv", "-o", "out.csv")
    alone = gradcli(*call)
    outcome = gradcli(*call, "--scheduler", cluster.scheduler_address)
    note = "note: 1 of 2 parts are done; --resume computes only the others\n"
    assert (outcome.status, outcome.err) == (2, note + alone.err)
    assert "'1.csv', row 2 (line 3), column 'x': 'oops' is no number" in alone.err
    assert not os.path.exists("out.csv")


def test_resume_computes_only_what_is_missing(gradcli, cluster, interrupted):
    inputs = slow_inputs(files=1, groups=4)
    call = (SLOW, inputs, "w=2", "-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    assert gradcli(*call).status == 0
    expected = content("out.parquet")
    os.unlink("out.parquet")
    interrupted(call)
    for name in ("part-000001.json", "part-000002.arrows"):
        os.unlink(f"out.parquet.parts/{name}")
    kept = {name: os.stat(f"out.parquet.parts/{name}").st_mtime_ns for name in parts() if "00000" in name}
    with open("out.parquet.parts/.part-000001.arrows.abc.part", "wb"):
        pass  # left by a worker that was killed
    outcome = gradcli(*call, "--resume")
    assert outcome == (0, "", "note: 2 of 4 parts are there already\n200 rows\n")
    assert len(kept) == 6
    assert content("out.parquet") == expected


ALTERED = {
    "a byte of a part": ("part-000001.arrows", lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]),
    "a part cut short": ("part-000001.arrows", lambda data: data[:100]),
    "a part that is empty": ("part-000001.arrows", lambda data: b""),
    "a count in its record": ("part-000001.json", lambda data: data.replace(b'"rows": 50', b'"rows": 51')),
    "a record that is none": ("part-000001.json", lambda data: b"[1]"),
    "half a record": ("part-000001.json", lambda data: data[: len(data) // 2]),
    "a record of an earlier version": ("part-000001.json", lambda data: b'{"counts": {}, "size": 1}'),
}


@pytest.mark.parametrize("what", ALTERED)
def test_a_part_that_was_altered_is_computed_again(gradcli, cluster, interrupted, what):
    inputs = slow_inputs(files=1, groups=3)
    call = (SLOW, inputs, "w=2", "-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    assert gradcli(*call).status == 0
    expected = content("out.parquet")
    os.unlink("out.parquet")
    interrupted(call)
    name, change = ALTERED[what]
    before = content(f"out.parquet.parts/{name}")
    with open(f"out.parquet.parts/{name}", "wb") as file:
        file.write(change(before))
    assert content(f"out.parquet.parts/{name}") != before
    outcome = gradcli(*call, "--resume")
    assert outcome == (
        0,
        "",
        "note: part 2 of 3 was altered since, and is computed again\n"
        "note: 2 of 3 parts are there already\n150 rows\n",
    )
    assert content("out.parquet") == expected
    assert parts() == []


def _link(path):
    os.symlink("../0.parquet", path)


@pytest.mark.parametrize("name", ["lock", "manifest.json", "part-000001.arrows", "part-000001.json"])
@pytest.mark.parametrize(("make", "kind"), [(_link, "a link"), (os.mkdir, "a directory")])
@pytest.mark.parametrize("option", ["--resume", "--force"])
def test_what_is_no_file_among_the_parts_is_left_alone(
    gradcli, cluster, interrupted, name, make, kind, option
):
    slow_inputs(files=1, groups=2)
    precious = content("0.parquet")
    call = ("2*x", "0.parquet", "-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    interrupted(call)
    path = f"out.parquet.parts/{name}"
    if os.path.exists(path):
        os.unlink(path)
    make(path)
    left = parts()
    outcome = gradcli(*call, option)
    said = f"error: 'out.parquet.parts' is in the way: {name} in it is {kind}, and no file\n"
    assert outcome == (2, "", said)
    assert parts() == left
    assert content("0.parquet") == precious


def test_a_folder_of_parts_that_is_a_link_is_not_followed(gradcli, cluster):
    slow_inputs(files=1, groups=2)
    os.mkdir("elsewhere")
    os.symlink("elsewhere", "out.parquet.parts")
    call = ("2*x", "0.parquet", "-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    said = "error: 'out.parquet.parts' is in the way: it is a link, and none is followed\n"
    assert gradcli(*call, "--force") == (2, "", said)
    assert os.listdir("elsewhere") == []


@pytest.mark.parametrize("name", [".mine.part", "part-1.json.bak", "notes.txt", ".part-000001.arrows.part"])
def test_files_of_others_are_never_removed(gradcli, cluster, interrupted, name):
    slow_inputs(files=1, groups=2)
    call = ("2*x", "0.parquet", "-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    interrupted(call)
    with open(f"out.parquet.parts/{name}", "w", encoding="utf-8"):
        pass
    said = f"error: 'out.parquet.parts' is in the way: {name} is no part of an earlier run\n"
    for option in ("--resume", "--force"):
        assert gradcli(*call, option) == (2, "", said)
        assert name in parts()


def test_files_that_come_among_the_parts_meanwhile_stay(gradcli, cluster, monkeypatch):
    from gradcli.tables.parts import Folder

    slow_inputs(files=1, groups=2)
    begin = Folder.begin

    def begins(self, *arguments, **options):
        begin(self, *arguments, **options)
        with open(os.path.join(self.path, "notes.txt"), "w", encoding="utf-8"):
            pass
        os.symlink("../0.parquet", os.path.join(self.path, "part-000007.json"))

    monkeypatch.setattr(Folder, "begin", begins)
    call = ("2*x", "0.parquet", "-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    note = "note: 'out.parquet.parts' stays, for what is none of ours: notes.txt, part-000007.json\n"
    assert gradcli(*call) == (0, "", f"{note}100 rows\n")
    assert parts() == ["notes.txt", "part-000007.json"]
    assert os.path.exists("0.parquet")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("3*x", "0.parquet"), "expression was 2*x and is 3*x"),
        (("2*x", "0.parquet", "--wrt", "x"), "wrt was not given and is ['x']"),
        (("2*x", "0.parquet", "w=1"), "parameters w was not given and is 1"),
        (("2*x", "1.parquet"), "its input '0.parquet' is not among those now"),
    ],
)
def test_parts_of_another_job_are_refused(gradcli, cluster, interrupted, change, said):
    slow_inputs(groups=2)
    rest = ("-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    interrupted(("2*x", "0.parquet", *rest))
    left = parts()
    outcome = gradcli(*change, *rest, "--resume")
    assert outcome.status == 2
    assert f"'out.parquet.parts' holds parts of another job: {said}" in outcome.err
    assert parts() == left
    assert gradcli(*change, *rest, "--force").status == 0
    assert parts() == []


def test_input_that_has_changed_is_another_job(gradcli, cluster, interrupted):
    slow_inputs(files=1, groups=2)
    call = ("2*x", "0.parquet", "-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    interrupted(call)
    os.utime("0.parquet", ns=(1, 1))
    outcome = gradcli(*call, "--resume")
    assert "holds parts of another job: '0.parquet' has changed since" in outcome.err


def test_foreign_folder_in_the_way_is_not_replaced(gradcli, cluster):
    slow_inputs(files=1, groups=2)
    os.mkdir("out.parquet.parts")
    with open("out.parquet.parts/precious", "w", encoding="utf-8"):
        pass
    call = ("2*x", "0.parquet", "-o", "out.parquet", "--scheduler", cluster.scheduler_address)
    outcome = gradcli(*call, "--force")
    assert outcome.status == 2
    assert "'out.parquet.parts' is in the way: precious is no part of an earlier run" in outcome.err
    assert parts() == ["precious"]


def test_interrupt_cancels_and_leaves_whole_parts_only(gradcli, cluster):
    slow_inputs(files=1, groups=40, rows=40)
    command = [sys.executable, "-m", "gradcli", "map", SLOW, "0.parquet", "w=2", "-o", "out.parquet"]
    command += ["--scheduler", cluster.scheduler_address]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not any(name.endswith(".json") and name.startswith("part") for name in parts()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    note, interrupted = err.splitlines()
    assert note.endswith(" of 40 parts are done; --resume computes only the others")
    assert interrupted == "interrupted: 'out.parquet' was not written"
    assert sorted(os.listdir(".")) == ["0.parquet", "out.parquet.parts"]
    until = time.monotonic() + 10
    while [name for name in parts() if name.startswith(".")] and time.monotonic() < until:
        time.sleep(0.05)  # a worker is still about to notice
    left = parts()
    assert [name for name in left if name.startswith(".")] == []
    assert len(left) < 2 * 40 + 1
    for name in left:
        if name.startswith("part-") and name.endswith(".json"):
            with open(f"out.parquet.parts/{name}", encoding="utf-8") as file:
                assert json.load(file)["size"] == os.path.getsize(f"out.parquet.parts/{name[:-5]}.arrows")
    outcome = gradcli(*command[4:], "--resume")
    assert outcome.err.endswith("parts are there already\n1600 rows\n")


def test_interrupt_from_a_terminal_ends_a_local_cluster_in_silence(gradcli):
    slow_inputs(files=1, groups=40, rows=40)
    command = [sys.executable, "-m", "gradcli", "map", SLOW, "0.parquet", "w=2", "-o", "out.parquet"]
    command += ["--scheduler", "local", "--workers", "2"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not any(name.endswith(".json") and name.startswith("part") for name in parts()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    note, interrupted = err.splitlines()
    assert note.endswith(" of 40 parts are done; --resume computes only the others")
    assert interrupted == "interrupted: 'out.parquet' was not written"
    assert [name for name in parts() if name.startswith(".")] == []


def test_file_that_a_worker_does_not_see(gradcli, cluster, tmp_path):
    from gradcli.tables.problems import TableError
    from gradcli.tables.tasks import compute

    part = {"first": [str(tmp_path / "a.csv"), "a.csv"], "path": "", "shown": "", "size": 0}
    part |= {"group": 0, "stretch": None}
    with open("a.csv", "w", encoding="utf-8") as file:
        file.write("x\n1\n")
    job = json.dumps(description_of("2*x"))
    part.update(path=str(tmp_path / "b.csv"), shown="b.csv", out=None)
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        future = client.submit(compute, part, job, pure=False)
        said = r"a worker on .* does not see 'b.csv' \(/.*/b.csv\): No such file"
        with pytest.raises(TableError, match=said):
            future.result()
        part["path"] = str(tmp_path / "a.csv")
        assert "another 'b.csv'" in client.submit(compute, part, job, pure=False).result()["error"][0]
        other = json.dumps({**json.loads(job), "gradcli": "0.0.1"})
        assert "this is 0.0.1" in client.submit(compute, part, other, pure=False).result()["error"][0]


def description_of(text: str) -> dict[str, object]:
    from gradcli.tables.asked import Asked
    from gradcli.tables.tasks import description

    asked = Asked()
    asked.parameters, asked.renames = {}, {}
    asked.wrt = asked.keep = None
    asked.const, asked.missing, asked.uncertainty = [], [], []
    asked.name, asked.reduce, asked.skip_bad = "value", "sum", False
    return description(text, asked, None)


@pytest.mark.parametrize(
    ("packages", "said"),
    [
        ({"gradcli": None}, "the worker tcp://there:1 has no gradcli"),
        ({"gradcli": "0.0.1", "pyarrow": "15"}, "the worker tcp://there:1 has gradcli 0.0.1, this is 0.1.0"),
        ({"gradcli": "0.1.0", "pyarrow": None}, "the worker tcp://there:1 has no pyarrow"),
    ],
)
def test_worker_without_this_gradcli(gradcli, cluster, monkeypatch, packages, said):
    slow_inputs(files=1)
    told = {"workers": {"tcp://there:1": {"packages": packages}}}
    monkeypatch.setattr(distributed.Client, "get_versions", lambda *_, **__: told)
    outcome = gradcli("2*x", "0.parquet", "--reduce", "sum", "--scheduler", cluster.scheduler_address)
    assert (outcome.status, outcome.err.splitlines()[0]) == (2, f"error: {said}")


def test_address_that_does_not_answer(gradcli):
    slow_inputs(files=1)
    outcome = gradcli("2*x", "0.parquet", "--reduce", "sum", "--scheduler", "tcp://127.0.0.1:1")
    said = "error: no Dask scheduler answers at 'tcp://127.0.0.1:1': Connection refused\n"
    assert (outcome.status, outcome.err.splitlines(keepends=True)[0]) == (2, said)


def test_distributed_is_not_installed(gradcli, monkeypatch):
    slow_inputs(files=1)
    monkeypatch.setitem(sys.modules, "distributed", None)
    outcome = gradcli("2*x", "0.parquet", "--reduce", "sum", "--scheduler", "local")
    assert outcome == (
        2,
        "",
        "error: --scheduler needs dask.distributed, which is not installed\n"
        "  install it: pip install 'gradcli[distributed]'\n",
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["a.csv", "--resume"], "--resume is for a cluster"),
        (["a.csv", "--workers", "2"], "--workers is for a cluster"),
        (["a.csv", "--scheduler", "h:1", "--workers", "2"], "--workers is for --scheduler local"),
        (["-", "--scheduler", "local"], "--scheduler does not read standard input"),
        (["a.csv", "--scheduler", "local"], "--scheduler writes parts beside a file"),
        (
            ["a.csv", "--scheduler", "local", "--reduce", "sum", "--resume"],
            "--resume is for the parts of a table, and --reduce leaves none",
        ),
    ],
)
def test_options_that_do_not_go_together(gradcli, options, said):
    outcome = gradcli("2*x", *options)
    assert (outcome.status, outcome.err.splitlines()[0]) == (2, f"error: {said}")
