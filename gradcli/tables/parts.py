"""The parts of a table that is computed by several processes: their files, and which are there already."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import uuid
from contextlib import suppress

import pyarrow as pa
import pyarrow.ipc

from gradcli.tables.problems import TableError
from gradcli.tables.sources import reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Self

SUFFIX = ".parts"
INPUTS = "inputs"  # what the identity of a job calls its files
APPEARS = 30.0  # seconds that a file system between machines may take to show what another one wrote
_MANIFEST = "manifest.json"
_LOCK = "lock"
_OURS = re.compile(r"lock|manifest\.json|part-\d+(-\d+)?\.(json|arrows)|\..*\.part")
_WHOLE = re.compile(r"part-(\d+)(-\d+)?\.json")
_UNFINISHED = re.compile(r"\..*\.part")  # left behind by a worker that was killed
_TEXT = "text"


class Beside:
    """A file that is written beside its place, `path`, and takes it when it is whole.

    As a context: what is not published by then is removed. Raises OSError.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        folder, name = os.path.split(path)
        self.beside = os.path.join(folder, f".{name}.{uuid.uuid4().hex}.part")
        os.close(os.open(self.beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.beside:
            with suppress(OSError):
                os.unlink(self.beside)

    def publish(self) -> None:
        """Give it its name."""
        with open(self.beside, "rb") as file:
            os.fsync(file.fileno())
        os.replace(self.beside, self.path)
        self.beside = ""


class PartFile(Beside):
    """The file of a part: what came of its pieces, each as the sink is to take it, one after the other."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._stream = pa.OSFile(self.beside, "wb")
        self._writer: Any = None

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError, ValueError):  # what could not be written is not wanted
            self.close()
        super().__exit__(*exception)

    def write(self, encoded: Any) -> None:
        """Write what came of a piece: a record batch, or text."""
        if isinstance(encoded, bytes):
            encoded = pa.record_batch([pa.array([encoded], pa.large_binary())], names=[_TEXT])
        if self._writer is None:
            self._writer = pa.ipc.new_stream(self._stream, encoded.schema)
        self._writer.write_batch(encoded)

    def close(self) -> None:
        """Write the end of the file."""
        if self._writer is not None:
            self._writer.close()
        self._stream.close()


def written(path: str, *, text: bool) -> Iterator[Any]:
    """What came of the pieces of a part, in their order. Raises OSError, ValueError."""
    if not os.path.getsize(path):
        return
    with pa.OSFile(path) as file, pa.ipc.open_stream(file) as reader:
        for batch in reader:
            yield batch.column(0)[0].as_py() if text else batch


class Folder:
    """The parts beside an output, and the identity of the job that they are of.

    A part counts as whole when its record is there, which is written after its file. From its beginning until
    it is left or removed the folder is that of one run.
    """

    def __init__(self, output: str) -> None:
        self.path = os.path.realpath(output) + SUFFIX
        self.name = f"'{output}{SUFFIX}'"
        self._lock: int | None = None

    def file(self, number: int, start: int | None = None) -> str:
        """The path of a part, which is another one where it starts somewhere else in its file."""
        behind = "" if start is None else f"-{start}"
        return os.path.join(self.path, f"part-{number:06}{behind}.arrows")

    def begin(self, identity: Mapping[str, Any], *, resume: bool, force: bool) -> None:
        """Make the folder, or take up the one that is there. Raises TableError where it is of another job."""
        text = json.dumps(identity)
        try:
            with suppress(FileExistsError):
                os.mkdir(self.path)
            self._verify_ours()
            self._take()
            if not self._whole() or (force and not resume):
                self._empty()
                _write_text(os.path.join(self.path, _MANIFEST), text)
                return
            if not resume:
                raise TableError(
                    f"{self.name} holds parts of an earlier run",
                    "--resume computes only what is missing, --force begins anew",
                )
            self._verify(json.loads(text))
            self._empty(_UNFINISHED)
        except OSError as error:
            self._give_back()
            raise TableError(f"cannot write {self.name}: {reason(error)}") from error
        except TableError:
            self._give_back()
            raise

    def appeared(self, path: str, size: int) -> None:
        """Wait until this machine sees the part that another one has written. Raises TableError."""
        until = time.monotonic() + APPEARS
        while True:
            with suppress(OSError):
                if os.path.getsize(path) == size:
                    return
                os.listdir(self.path)  # has a network file system look again
            if time.monotonic() > until:
                raise TableError(
                    f"a worker wrote '{path}', but here it is not to be seen",
                    "the workers must write to the same file system",
                )
            time.sleep(0.1)

    def leave(self) -> int:
        """Leave the whole parts for another run and count them; without any, leave nothing."""
        with suppress(OSError):
            self._empty(_UNFINISHED)
        with suppress(OSError):
            whole = self._whole()
            if whole:
                self._give_back()
                return len(whole)
        self.remove()
        return 0

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._give_back()

    def _whole(self) -> set[str]:
        """The numbers of the parts that are there."""
        return {found[1] for name in os.listdir(self.path) if (found := _WHOLE.fullmatch(name))}

    def _empty(self, names: re.Pattern[str] = _OURS) -> None:
        """Remove those of our files that have such names."""
        for name in os.listdir(self.path):
            if name != _LOCK and names.fullmatch(name):
                with suppress(FileNotFoundError):  # a worker may be about to remove it, too
                    os.unlink(os.path.join(self.path, name))

    def _take(self) -> None:
        """Have the folder for this run alone, until it ends in whatever way. Raises TableError, OSError."""
        try:
            import fcntl
        except ImportError:  # not on every system
            return
        path = os.path.join(self.path, _LOCK)
        self._lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = os.path.samestat(os.fstat(self._lock), os.stat(path))
        except (BlockingIOError, FileNotFoundError):
            is_ours = False
        except OSError:  # a file system without locks
            return
        if not is_ours:
            os.close(self._lock)
            self._lock = None
            raise TableError(
                f"another run is at work in {self.name}", "wait for its end, or name another file"
            )

    def _give_back(self) -> None:
        """Let other runs have the folder."""
        if self._lock is not None:
            with suppress(OSError):
                os.unlink(os.path.join(self.path, _LOCK))
            os.close(self._lock)
            self._lock = None

    def _verify(self, identity: Mapping[str, Any]) -> None:
        try:
            with open(os.path.join(self.path, _MANIFEST), encoding="utf-8") as file:
                earlier = dict(json.load(file))
        except (OSError, TypeError, ValueError) as error:
            raise TableError(
                f"{self.name} does not say of which job its parts are",
                "--force, without --resume, begins anew",
            ) from error
        for key, now in identity.items():
            difference = _difference(key, earlier.get(key), now)
            if difference:
                raise TableError(
                    f"{self.name} holds parts of another job: {difference}",
                    "--force, without --resume, begins anew",
                )

    def _verify_ours(self) -> None:
        """Raise TableError where something is there that is none of our parts, and is not to be lost."""
        others = ["it"] if not os.path.isdir(self.path) else os.listdir(self.path)
        for name in others:
            if not _OURS.fullmatch(name):
                raise TableError(f"{self.name} is in the way: {name} is no part of an earlier run")


def _difference(key: str, before: Any, now: Any) -> str:
    """What is different in one respect, nothing where nothing is."""
    if before == now:
        return ""
    if key == INPUTS:
        return _other_inputs(before, now)
    if isinstance(before, dict) and isinstance(now, dict):
        for name in [*before, *now]:
            if before.get(name) != now.get(name):
                return f"{key} {name} was {_shown(before.get(name))} and is {_shown(now.get(name))}"
    return f"{key} was {_shown(before)} and is {_shown(now)}"


def _other_inputs(before: list[list[Any]], now: list[list[Any]]) -> str:
    """The same for files: what each is called, its path, and what shows that it has not changed."""
    paths = {path: state for _, path, *state in now}
    for name, path, *state in before:
        if path not in paths:
            return f"its input '{name}' is not among those now"
        if paths[path] != state:
            return f"'{name}' has changed since"
    paths = {path: state for _, path, *state in before}
    for name, path, *_ in now:
        if path not in paths:
            return f"'{name}' was not among its inputs"
    same = [path for _, path, *_ in before] == [path for _, path, *_ in now]
    return "" if same else "its inputs were in another order"


def _shown(value: Any) -> str:
    return "not given" if value is None or value == [] else str(value)


def _write_text(path: str, text: str) -> None:
    with Beside(path) as file:
        with open(file.beside, "w", encoding="utf-8") as stream:
            stream.write(text)
        file.publish()


def write_record(part: str, record: Mapping[str, Any]) -> None:
    """Say that a part is whole. Raises OSError."""
    _write_text(_record(part), json.dumps({**record, "size": os.path.getsize(part)}))


def read_record(part: str) -> dict[str, Any] | None:
    """What is known of a part; None where it is not whole."""
    try:
        with open(_record(part), encoding="utf-8") as file:
            record: dict[str, Any] = json.load(file)
        return record if os.path.getsize(part) == record["size"] else None
    except (OSError, ValueError):
        return None


def _record(part: str) -> str:
    return os.path.splitext(part)[0] + ".json"
