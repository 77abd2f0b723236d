"""The likely way out of what is wrong with a table, told from the cell, the bytes or the names."""

from __future__ import annotations

import re

from gradcli.language.measured import SIGNS, two_readings

_ABSENT = ("NA", "N/A", "n/a", "na", "null", "NULL", "None", "\\N", "-", "?")
"""What others write for a missing value."""
_CELL = re.compile(r": '(.*)' is no number", re.DOTALL)
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_POINTS = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+")
_KINDS = (
    (b"\x1f\x8b", "compressed by gzip", ".gz", "gunzip -c"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", ".zst", "zstd -dc"),
    (b"\x04\x22\x4d\x18", "compressed by lz4", ".lz4", "lz4 -dc"),
    (b"BZh91AY&SY", "compressed by bzip2", ".bz2", "bunzip2 -c"),
    (b"\xfd7zXZ\x00", "compressed by xz", "", "xz -dc"),
    (b"PAR1\x15", "Parquet", ".parquet", ""),
    (b"ARROW1\x00", "Arrow", ".arrow", ""),
    (b"PK\x03\x04", "a workbook or another zip file", "", ""),
    (b"\xd0\xcf\x11\xe0", "a workbook", "", ""),
)
_SEPARATORS = {"|": ("|", "tr '|' ','"), " ": ("blanks", "tr -s ' ' ','"), ":": (":", "tr : ,")}


def of_bad_row(what: str, delimiter: str) -> str:
    """What to do about a row that cannot be computed with, in a table whose cells are parted so."""
    found = _CELL.search(what)
    cell = found[1].strip() if found else ""
    if any(sign in what for sign in SIGNS) or two_readings(cell) is not None:
        return "--uncertainty NAME, without =, says that the cells of a column hold values with their errors"
    if cell in _ABSENT:
        return f"--missing {cell} takes it as missing, --skip-bad leaves such rows out"
    if _COMMA.fullmatch(cell) and _THOUSANDS.fullmatch(cell) and delimiter != ";":
        decimal, whole = cell.replace(",", "."), cell.replace(",", "")
        return f"is that a decimal comma, or one between thousands? Write {decimal} or {whole}"
    if _COMMA.fullmatch(cell):
        if delimiter == ";":
            return "numbers have a decimal point here: tr , . < FILE | gradcli map EXPR -"
        return f"numbers have a point and no comma here: {cell.replace(',', '.')}"
    if _THOUSANDS.fullmatch(cell):
        return f"numbers have no commas between thousands here: {cell.replace(',', '')}"
    if _POINTS.fullmatch(cell):
        number = cell.replace(".", "").replace(",", ".")
        return f"numbers have no points between thousands here, and a decimal point: {number}"
    return "--skip-bad leaves such rows out"


def other_format(data: bytes, *, stream: bool) -> tuple[str, str]:
    """What a file is that is no CSV, and what to do with it, by how it begins; nothing where it may be."""
    if data.lstrip().startswith((b'{"', b'[{"')):
        return "it looks like JSON Lines", _by_name(".jsonl", "", stream=stream)
    for magic, kind, ending, unpack in _KINDS:
        if data.startswith(magic):
            return f"it is {kind}", _by_name(ending, unpack, stream=stream)
    return "", ""


def _by_name(ending: str, unpack: str, *, stream: bool) -> str:
    if stream:
        return f"unpack it first: {unpack}" if unpack else "standard input is CSV: put a table in a file"
    ways = [f"let its name end in {ending}"] if ending else []
    ways += [f"unpack it: {unpack}"] if unpack else []
    return ", or ".join(ways) or "save the sheet as CSV"


def of_one_column(name: str) -> str:
    """What to do about a table whose header is one name, which should be several; nothing where it is one."""
    if name.lstrip().startswith("#"):
        return "its first line should name the columns: tail -n +2 leaves a line out"
    if "," in name:
        return "its cells are parted by commas: name it .csv"
    for separator, (words, command) in _SEPARATORS.items():
        if separator in name.strip():
            others = "those of a CSV by commas, semicolons or tabs"
            return f"its cells are parted by {words}, and {others}: {command}"
    return ""
