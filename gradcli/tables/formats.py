"""The formats of tables: by what name each goes, how it is compressed, and whether pyarrow is there."""

from __future__ import annotations

from gradcli.tables.problems import TableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CSV, PARQUET, ARROW, JSON = "csv", "parquet", "arrow", "jsonl"
_SUFFIXES = {
    ".csv": (CSV, ","),
    ".tsv": (CSV, "\t"),
    ".tab": (CSV, "\t"),
    ".parquet": (PARQUET, ""),
    ".pq": (PARQUET, ""),
    ".arrow": (ARROW, ""),
    ".feather": (ARROW, "lz4"),
    ".ipc": (ARROW, ""),
    ".jsonl": (JSON, ""),
    ".ndjson": (JSON, ""),
    ".json": (JSON, ""),
}
_COMPRESSIONS = {
    ".gz": "gzip",
    ".bz2": "bz2",
    ".zst": "zstd",
    ".zstd": "zstd",
    ".lz4": "lz4",
    ".br": "brotli",
}
KNOWN = "a table is .csv, .tsv, .parquet, .arrow, .feather or .jsonl; text also .gz, .zst or .bz2"


class Format:
    """A format: its name, what parts the cells of a CSV or compresses an Arrow file, and the compression."""

    __slots__ = ("compression", "detail", "name")

    def __init__(self, name: str, detail: str = "", compression: str | None = None) -> None:
        self.name = name
        self.detail = detail
        self.compression = compression

    @property
    def is_text(self) -> bool:
        """Whether cells go out as text, whatever their type."""
        return self.name == CSV

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Format):
            return False
        return (self.name, self.detail, self.compression) == (other.name, other.detail, other.compression)

    def __hash__(self) -> int:
        return hash((self.name, self.detail, self.compression))

    def __repr__(self) -> str:
        return f"Format({self.name!r}, {self.detail!r}, {self.compression!r})"


def format_of(path: str) -> Format:
    """The format of a file, by its name. Raises TableError where that says none."""
    base = path.lower().rsplit("/", 1)[-1]
    compression = None
    for suffix, codec in _COMPRESSIONS.items():
        if base.endswith(suffix):
            base, compression = base.removesuffix(suffix), codec
    for suffix, (name, detail) in _SUFFIXES.items():
        if base.endswith(suffix):
            if compression is not None and name in (PARQUET, ARROW):
                raise TableError(
                    f"'{path}': a file of {name} is compressed within, not as a whole",
                    f"name it without the ending: '{path[: path.rfind('.')]}'",
                )
            return Format(name, detail, compression)
    hint = (
        "for CSV from a pipe write -, as in command | gradcli map x -" if path.startswith("/dev/") else KNOWN
    )
    raise TableError(f"the name of '{path}' does not say its format", hint)


def arrow() -> Any:
    """The module pyarrow. Raises TableError where it is not installed."""
    try:
        import pyarrow
    except ImportError as error:
        raise TableError(
            "tables are read and written by pyarrow, which is not installed",
            "install it: pip install 'gradcli[data]'",
        ) from error
    return pyarrow
