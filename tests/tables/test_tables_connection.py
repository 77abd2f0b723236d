"""A cluster that is started on this machine: its end, which is silent, and what its workers hear and say."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

pa = pytest.importorskip("pyarrow")
pytest.importorskip("distributed")
import psutil  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

from gradcli.tables.connection import Cluster, _local  # noqa: E402

SAID = "interrupted: 'out.parquet' was not written\n"


def started() -> subprocess.Popen[str]:
    """A map on two workers, in a group of its own, which the terminal's Ctrl-C reaches as a whole."""
    pq.write_table(pa.table({"x": [float(x) for x in range(1600)]}), "t.parquet", row_group_size=40)
    command = [sys.executable, "-m", "gradcli", "map", "diff(w*x**2, x)", "t.parquet", "w=2"]
    command += ["-o", "out.parquet", "--scheduler", "local", "--workers", "2"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, start_new_session=True, **pipes)


def spawned(process: subprocess.Popen[str]) -> bool:
    """Whether a worker is there, which has hardly begun to import anything."""
    children = psutil.Process(process.pid).children()
    return any("spawn_main" in " ".join(child.cmdline()) for child in children)


def whole(process: subprocess.Popen[str]) -> bool:
    """Whether a part is done."""
    folder = "out.parquet.parts"
    return os.path.isdir(folder) and any(
        name.startswith("part-") and name.endswith(".json") for name in os.listdir(folder)
    )


def test_ctrl_c_while_the_workers_start(gradcli):
    process = started()
    while not spawned(process):
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    assert (*process.communicate(timeout=60), process.returncode) == ("", SAID, 130)
    assert os.listdir(".") == ["t.parquet"]


def test_ctrl_c_again_and_again(gradcli):
    process = started()
    while not whole(process):
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    while process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.01)
    out, err = process.communicate()
    note, end, said = err.partition("\n")
    assert (process.returncode, out, end + said) == (130, "", f"\n{SAID}")
    assert note.endswith(" of 40 parts are done; --resume computes only the others")


def test_workers_neither_hear_of_ctrl_c_nor_log():
    cluster = Cluster("local", 1)
    try:
        cluster.connect()
        asked = [
            (signal.getsignal, signal.SIGINT),
            (signal.pthread_sigmask, signal.SIG_BLOCK, []),
            (logging.getLogger("distributed.worker").isEnabledFor, logging.CRITICAL),
            (logging.getLogger("tornado.application").isEnabledFor, logging.CRITICAL),
            (logging.getLogger("asyncio").isEnabledFor, logging.CRITICAL),
        ]
        told = [next(iter(cluster.client.run(*question).values())) for question in asked]
    finally:
        cluster.close()
    assert told == [signal.SIG_IGN, {signal.SIGINT}, False, False, False]


def test_a_cluster_that_cannot_be_ended_is_left_alone():
    class Stuck:
        def __init__(self, **_):
            self.shutdown_on_close = True

        def close(self):
            raise AssertionError

    cluster = Cluster("local", 1)
    stuck = cluster._stack.enter_context(_local(SimpleNamespace(LocalCluster=Stuck), 1))
    cluster.close()
    assert not stuck.shutdown_on_close
