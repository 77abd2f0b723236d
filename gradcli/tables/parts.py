"""The parts of a table that is computed by several processes: their files, and which are there already."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
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
    from typing import Any, BinaryIO, Self

SUFFIX = ".parts"
INPUTS = "inputs"  # what the identity of a job calls its files
APPEARS = 30.0  # seconds that a file system between machines may take to show what another one wrote
_MANIFEST = "manifest.json"
_LOCK = "lock"
_NAMES = r"manifest\.json|part-\d+(?:-\d+)?\.(?:json|arrows)"
_WHOLE = re.compile(r"part-(\d+)(-\d+)?\.json")
_UNFINISHED = re.compile(rf"\.(?:{_NAMES})\.[0-9a-f]+\.part")  # left behind by a worker that was killed
_OURS = re.compile(rf"lock|{_NAMES}|{_UNFINISHED.pattern}")
_READ_AT_ONCE = 2**20
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
    if os.path.islink(path):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if not os.path.getsize(path):
        return
    with pa.OSFile(path) as file, pa.ipc.open_stream(file) as reader:
        for batch in reader:
            yield batch.column(0)[0].as_py() if text else batch


class Folder:
    """The parts beside an output, and the identity of the job that they are of.

    A part counts as whole when its record is there, which is written after its file and has a checksum of
    both. From its beginning until it is left or removed the folder is that of one run. No link in it is
    followed, and nothing is removed that is no file with a name of ours.
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

    def remove(self) -> list[str]:
        """Remove our files, and the folder with them unless others are there; the names of these."""
        others: list[str] = []
        with suppress(OSError):
            self._empty()
            others = sorted(name for name in os.listdir(self.path) if name != _LOCK)
        self._give_back()
        if not others:
            with suppress(OSError):
                os.rmdir(self.path)
        return others

    def _whole(self) -> set[str]:
        """The numbers of the parts that are there."""
        return {found[1] for name in os.listdir(self.path) if (found := _WHOLE.fullmatch(name))}

    def _empty(self, names: re.Pattern[str] = _OURS) -> None:
        """Remove those of our files that have such names."""
        with os.scandir(self.path) as entries:
            for entry in entries:
                if entry.name != _LOCK and names.fullmatch(entry.name) and not _other_kind(entry):
                    with suppress(FileNotFoundError):  # a worker may be about to remove it, too
                        os.unlink(entry.path)

    def _take(self) -> None:
        """Have the folder for this run alone, until it ends in whatever way. Raises TableError, OSError."""
        try:
            import fcntl
        except ImportError:  # not on every system
            return
        path = os.path.join(self.path, _LOCK)
        self._lock = os.open(path, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o666)
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
            with _opened(os.path.join(self.path, _MANIFEST)) as file:
                earlier = dict(json.loads(file.read()))
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
        if os.path.islink(self.path):
            raise TableError(f"{self.name} is in the way: it is a link, and none is followed")
        if not os.path.isdir(self.path):
            raise TableError(f"{self.name} is in the way: it is no part of an earlier run")
        with os.scandir(self.path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                kind = _other_kind(entry)
                if not _OURS.fullmatch(entry.name):
                    raise TableError(f"{self.name} is in the way: {entry.name} is no part of an earlier run")
                if kind:
                    raise TableError(f"{self.name} is in the way: {entry.name} in it is {kind}, and no file")


_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # not on every system


def _opened(path: str) -> BinaryIO:
    """A file that is none of another place by way of a link. Raises OSError."""
    return open(path, "rb", opener=lambda path, flags: os.open(path, flags | _NO_LINK))


def _other_kind(entry: os.DirEntry[str]) -> str:
    """What an entry of a folder is that is no file; nothing for a file."""
    if entry.is_symlink():
        return "a link"
    if entry.is_file(follow_symlinks=False):
        return ""
    return "a directory" if entry.is_dir(follow_symlinks=False) else "a device"


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


class Altered(Exception):  # noqa: N818 -- nothing is lost: the part is computed again
    """A part is not what was written."""


def write_record(part: str, record: Mapping[str, Any]) -> None:
    """Say that a part is whole. Raises OSError."""
    record = {**record, "size": os.path.getsize(part)}
    _write_text(_record(part), json.dumps({**record, _CHECKSUM: _checksum(part, record)}))


def read_record(part: str) -> dict[str, Any] | None:
    """What is known of a part; None where it is not whole. Raises Altered."""
    try:
        with _opened(_record(part)) as file:
            text = file.read()
        if not os.path.lexists(part):
            return None
    except OSError:
        return None
    try:
        record: dict[str, Any] = json.loads(text)
        if record.pop(_CHECKSUM) == _checksum(part, record):
            return record
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise Altered(part) from error
    raise Altered(part)


_CHECKSUM = "sha256"  # of the file of a part and what its record says beside


def _checksum(part: str, record: Mapping[str, Any]) -> str:
    """The checksum of a part. Raises OSError."""
    total = hashlib.sha256(json.dumps(record, sort_keys=True).encode())
    with _opened(part) as file:
        while block := file.read(_READ_AT_ONCE):
            total.update(block)
    return total.hexdigest()


def _record(part: str) -> str:
    return os.path.splitext(part)[0] + ".json"
