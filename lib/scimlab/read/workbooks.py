"""Excel workbooks: each sheet as the CSV that it would be if it were saved as one, so that every reader of tables takes it.

Cells come as the text they hold; a number that is whole has no decimals, a date is written year first and still has no zone.
"""

import zipfile
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import fastexcel
import polars as pl

OLD, PACKED = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
PARTS = {"xl/workbook.xml", "xl/workbook.bin"}
SEPARATOR = ";"
"""Not the comma of Microsoft's services: what a program of the office saved is not as they wrote it."""

TITLES = 20
"""Rows above the headers at the most: a title, a date, a hint how to fill it in."""


class Sheet(NamedTuple):
    """A sheet as CSV, and what is to be said of it."""

    text: bytes
    notes: list[str]


def sheets(path: Path) -> list[str]:
    """The names of a workbook's sheets, hidden ones too; empty where it is none, or cannot be opened."""
    try:
        return fastexcel.read_excel(path).sheet_names if is_one(path) else []
    except fastexcel.FastExcelError:
        return []


def sheet(path: Path, name: str) -> Sheet:
    """A sheet from its headers on; rows without a filled cell are no rows."""
    stat = path.stat()
    return _sheet(path, name, stat.st_mtime_ns, stat.st_size)


def is_one(path: Path) -> bool:
    """Whether the file is packed as a workbook is."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start != PACKED:
        return start == OLD
    try:
        with zipfile.ZipFile(path) as packed:
            return not PARTS.isdisjoint(packed.namelist())
    except zipfile.BadZipFile:
        return False


@lru_cache(maxsize=2)
def _sheet(path: Path, name: str, _changed: int, _size: int) -> Sheet:
    try:
        loaded = fastexcel.read_excel(path).load_sheet(name, header_row=None, dtypes="string")
    except fastexcel.FastExcelError as error:
        return Sheet(b"", [f"the sheet cannot be read: {str(error).splitlines()[0]}"])
    cells = loaded.to_polars()
    if cells.is_empty():
        return Sheet(b"", [])
    first = _headers(cells)
    rows = cells.slice(first).filter(pl.any_horizontal(pl.all().is_not_null()))
    text = rows.write_csv(separator=SEPARATOR, quote_style="always", include_header=False).encode()
    titles = [f"the table begins in row {first + 1} of the sheet"] if first else []
    return Sheet(text, titles + ["a hidden sheet"] * (loaded.visible != "visible"))


def _headers(cells: pl.DataFrame) -> int:
    """The row of the headers: the first that fills half of the columns that are in use, and two at the least."""
    used = cells.select(each for each in cells if each.null_count() < cells.height)
    filled = used.head(TITLES).select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    wide = (filled >= max(2, used.width / 2)).arg_true()
    return wide[0] if len(wide) else 0
