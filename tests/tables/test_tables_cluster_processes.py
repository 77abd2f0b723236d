"""A table on a cluster whose scheduler and workers are processes that somebody else has started."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pa = pytest.importorskip("pyarrow")
distributed = pytest.importorskip("distributed")
import pyarrow.parquet as pq  # noqa: E402

from gradcli import __version__  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SLOW = "diff(w*x**2, x)"  # goes row by row
GROUPS = 30
BROKEN = """\
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name == "gradcli":
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)

sys.meta_path.insert(0, Hidden())
"""


class Processes:
    """A scheduler, and workers that are started and killed by a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []

    def begin(self) -> None:
        """Start the scheduler."""
        file = self.folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
        self.scheduler = self._start("scheduler", *options)
        wait(lambda: file.exists() and file.read_text().rstrip().endswith("}"))
        self.address: str = json.loads(file.read_text())["address"]

    def worker(self, *flags: str, path: Path | None = None, threads: int = 1) -> subprocess.Popen[bytes]:
        """Start a worker, which looks for modules in `path` first, and wait until the scheduler knows it."""
        environment = dict(os.environ)
        if path is not None:
            environment["PYTHONPATH"] = str(path)
        options = ["--no-nanny", "--no-dashboard", "--nthreads", str(threads)]
        options += ["--local-directory", str(self.folder)]
        before = self.workers()
        process = self._start("worker", self.address, *options, flags=flags, env=environment)
        wait(lambda: self.workers() > before)
        return process

    def workers(self) -> int:
        with distributed.Client(self.address, set_as_default=False) as client:
            return len(client.scheduler_info()["workers"])

    def close(self) -> None:
        for process in reversed(self.running):
            process.kill()
            process.wait()

    def _start(self, *command: str, flags: Sequence[str] = (), **options: Any) -> subprocess.Popen[bytes]:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": self.folder}
        process = subprocess.Popen([sys.executable, *flags, "-m", "dask", *command], **{**quiet, **options})
        self.running.append(process)
        return process


@pytest.fixture
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    started = Processes(tmp_path_factory.mktemp("dask"))
    try:
        started.begin()
        yield started
    finally:
        started.close()


def wait(condition: Callable[[], Any]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def slow_input() -> None:
    pq.write_table(pa.table({"x": np.arange(GROUPS * 40.0)}), "t.parquet", row_group_size=40)


def call(address: str, *options: str) -> tuple[str, ...]:
    return (SLOW, "t.parquet", "w=2", "-o", "out.parquet", "--scheduler", address, *options)


def started(*arguments: str) -> subprocess.Popen[str]:
    """`gradcli map` as a process, once some parts are done."""
    command = [sys.executable, "-m", "gradcli", "map", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait(lambda: done() > 3 or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    return process


def done() -> int:
    try:
        names = os.listdir("out.parquet.parts")
    except FileNotFoundError:
        return 0
    return sum(name.startswith("part-") and name.endswith(".json") for name in names)


def content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


# --- workers ---


def without_gradcli(folder: Path) -> Path:
    """All that is installed but this, for a Python that looks nowhere else (-S)."""
    for package in Path(pa.__file__).parents[1].iterdir():
        if not package.name.startswith("gradcli") and package.suffix != ".pth":
            (folder / package.name).symlink_to(package)
    return folder


def test_worker_without_gradcli(gradcli, processes, tmp_path_factory):
    slow_input()
    processes.worker("-S", path=without_gradcli(tmp_path_factory.mktemp("site")))
    status, out, err = gradcli(*call(processes.address))
    assert (status, out) == (2, "")
    worker, hint = err.splitlines()
    assert worker.startswith("error: the worker tcp://127.0.0.1:")
    assert worker.endswith(" has no gradcli")
    assert hint == f"  install it on all of them: pip install 'gradcli[distributed]=={__version__}'"
    assert os.listdir(".") == ["t.parquet"]


def test_worker_with_another_gradcli(gradcli, processes, tmp_path_factory):
    slow_input()
    folder = without_gradcli(tmp_path_factory.mktemp("site"))
    (folder / "gradcli").mkdir()
    (folder / "gradcli" / "__init__.py").write_text("__version__ = '0.0.1'\n")
    (folder / "gradcli-0.0.1.dist-info").mkdir()
    (folder / "gradcli-0.0.1.dist-info" / "METADATA").write_text("Name: gradcli\nVersion: 0.0.1\n")
    processes.worker("-S", path=folder)
    status, _, err = gradcli(*call(processes.address))
    worker, hint = err.splitlines()
    assert (status, hint) == (2, "  install the same version on all of them")
    assert worker.endswith(f" has gradcli 0.0.1, this is {__version__}")


def test_worker_without_gradcli_that_comes_later(gradcli, processes, tmp_path_factory):
    slow_input()
    folder = tmp_path_factory.mktemp("site")
    (folder / "sitecustomize.py").write_text(BROKEN)
    good = processes.worker()
    process = started(*call(processes.address))
    good.send_signal(signal.SIGSTOP)
    bad = processes.worker(path=folder)
    good.kill()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    note, error, hint = err.splitlines()
    assert note.endswith(f" of {GROUPS} parts are done; --resume computes only the others")
    assert error == "error: a worker cannot compute 't.parquet': No module named 'gradcli'"
    assert hint == "  all of them need gradcli"
    assert bad.poll() is None  # it may have other work to do


def test_threads_of_one_worker(gradcli, processes):
    slow_input()
    processes.worker(threads=4)
    assert gradcli(*call(processes.address)) == (0, "", "1200 rows\n")
    found = content("out.parquet")
    assert gradcli(*call(processes.address)[:-2], "--force") == (0, "", "1200 rows\n")
    assert content("out.parquet") == found


def test_all_workers_are_killed_and_others_come(gradcli, processes):
    slow_input()
    workers = [processes.worker(), processes.worker()]
    process = started(*call(processes.address))
    for worker in workers:
        worker.kill()
    time.sleep(0.5)
    assert process.poll() is None
    processes.worker()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.splitlines()[-1]) == (0, "", "1200 rows")
    found = content("out.parquet")
    assert gradcli(*call(processes.address)[:-2], "--force").status == 0
    assert content("out.parquet") == found


def test_no_workers_yet(gradcli, processes, monkeypatch):
    from gradcli.tables import cluster

    monkeypatch.setattr(cluster, "LOOK", 0.05)
    slow_input()
    late = threading.Timer(1.0, processes.worker)
    late.start()
    status, _, err = gradcli(*call(processes.address))
    late.join()
    assert (status, err) == (
        0,
        f"note: the scheduler at '{processes.address}' has no workers; waiting for some\n1200 rows\n",
    )


def test_workers_that_see_no_folder_to_write_to(processes, tmp_path):
    from gradcli.tables.problems import TableError
    from gradcli.tables.tasks import compute

    processes.worker()
    path = str(tmp_path / "a.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("x\n1\n")
    part = {"first": [path, "a.csv"], "path": path, "shown": "a.csv", "size": 4, "group": 0, "stretch": None}
    part["out"] = str(tmp_path / "elsewhere" / "part-000000.arrows")
    job = {"expression": "x", "gradcli": __version__, "format": ["csv", ",", None], "name": "value"}
    job |= {"parameters": {}, "renames": {}, "wrt": None, "keep": None, "reduce": None, "skip_bad": False}
    job |= {"const": [], "missing": [], "uncertainty": []}
    with distributed.Client(processes.address, set_as_default=False) as client:
        future = client.submit(compute, part, json.dumps(job), pure=False)
        with pytest.raises(TableError, match=r"a worker on .* cannot write '.*000.arrows': No such file"):
            future.result()


# --- the scheduler, and who asks it ---


def test_scheduler_is_killed(gradcli, processes):
    slow_input()
    processes.worker()
    process = started(*call(processes.address))
    processes.scheduler.kill()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    note, error = err.splitlines()
    assert note.endswith(f" of {GROUPS} parts are done; --resume computes only the others")
    assert error == f"error: the scheduler at '{processes.address}' is gone"
    assert not os.path.exists("out.parquet")


def test_ctrl_c_where_the_scheduler_hangs(gradcli, processes, monkeypatch):
    from gradcli.tables import addresses
    from gradcli.tables.cluster import Run

    slow_input()
    processes.worker()

    def interrupt(*_):
        processes.scheduler.send_signal(signal.SIGSTOP)
        monkeypatch.setattr(addresses, "ANSWERS", 0.1)
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "_record", interrupt)
    status, out, err = gradcli(*call(processes.address))
    assert (status, out) == (130, "")
    assert err.splitlines()[-1] == "interrupted: 'out.parquet' was not written"


def test_killed_client_is_taken_up_again(gradcli, processes):
    slow_input()
    processes.worker()
    process = started(*call(processes.address))
    process.kill()
    process.communicate()
    before = done()
    assert 0 < before < GROUPS
    wait(lambda: not [name for name in os.listdir("out.parquet.parts") if name.startswith(".")])
    status, _, err = gradcli(*call(processes.address))
    assert (status, err.splitlines()[0]) == (2, "error: 'out.parquet.parts' holds parts of an earlier run")
    status, _, err = gradcli(*call(processes.address, "--resume"))
    note, rows = err.splitlines()
    assert (status, rows) == (0, "1200 rows")
    assert before <= int(note.split()[1]) < GROUPS
    assert note.endswith(f" of {GROUPS} parts are there already")
    assert not os.path.exists("out.parquet.parts")


@pytest.mark.parametrize("option", [[], ["--force"], ["--resume"]])
def test_two_runs_at_once(gradcli, processes, option):
    slow_input()
    processes.worker()
    process = started(*call(processes.address))
    process.send_signal(signal.SIGSTOP)  # so that it is still there
    status, out, err = gradcli(*call(processes.address, *option))
    process.send_signal(signal.SIGCONT)
    assert (status, out, err) == (
        2,
        "",
        "error: another run is at work in 'out.parquet.parts'\n  wait for its end, or name another file\n",
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "1200 rows\n")
    assert sorted(os.listdir(".")) == ["out.parquet", "t.parquet"]


# --- addresses ---

HINT = "  an address is like tcp://host:8786; --scheduler local starts a cluster on this machine\n"


@pytest.mark.parametrize(
    "address",
    ["", "localhost", "tcp://localhost", "http://localhost:1", "tcp:/h:1", "h:x", "h:99999", "ucx://h:1"],
)
def test_what_is_no_address(gradcli, address):
    slow_input()
    said = f"error: '{address}' is no address of a Dask scheduler\n{HINT}"
    assert gradcli(*call(address)) == (2, "", said)


def test_what_listens_is_no_scheduler(gradcli, monkeypatch):
    from gradcli.tables import addresses

    slow_input()
    monkeypatch.setattr(addresses, "ANSWERS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        said = f"error: no Dask scheduler answers at '{address}': nothing was heard within 0 seconds\n{HINT}"
        assert gradcli(*call(address)) == (2, "", said)
        assert gradcli(*call(f"tls://{address}")) == (
            2,
            "",
            f"error: no certificates are configured for 'tls://{address}'\n"
            "  Dask's configuration names them: distributed.comm.tls.ca-file, .client.cert and .client.key\n",
        )


# --- a folder of parts that is there ---


@pytest.mark.parametrize("option", [[], ["--resume"], ["--force"]])
def test_folder_without_parts_is_in_nobodys_way(gradcli, cluster, option):
    slow_input()
    os.mkdir("out.parquet.parts")
    with open("out.parquet.parts/manifest.json", "w", encoding="utf-8") as file:
        file.write("{")  # by a process that was killed
    assert gradcli(*call(cluster.scheduler_address, *option)) == (0, "", "1200 rows\n")


@pytest.mark.parametrize("manifest", ["", "[1]", '"a"', "null"])
def test_folder_that_does_not_say_what_it_is(gradcli, cluster, interrupted, manifest):
    slow_input()
    arguments = call(cluster.scheduler_address)
    interrupted(arguments)
    with open("out.parquet.parts/manifest.json", "w", encoding="utf-8") as file:
        file.write(manifest)
    assert gradcli(*arguments, "--resume") == (
        2,
        "",
        "error: 'out.parquet.parts' does not say of which job its parts are\n"
        "  --force, without --resume, begins anew\n",
    )
