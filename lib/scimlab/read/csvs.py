"""CSV as bytes met in the wild: encoding, separator and marks of other programs found out, rows of the wrong length told apart."""

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from functools import cached_property
from itertools import chain, islice
from typing import NamedTuple

import polars as pl

from scimlab.read.regular import counted, frame
from scimlab.read.sources import Source

BLOCK = 5_000
SEPARATORS = ",;\t|"
# A cell longer than this is taken for a quote that was never closed.
csv.field_size_limit(1 << 20)
PREAMBLES = ("#TYPE", "sep=")
"""First lines that Windows PowerShell and Excel put before the headers."""


class Row(NamedTuple):
    """The cells of a row, or why it has none that fit the headers; `text` is then its beginning."""

    cells: list[str]
    wrong: str = ""
    text: str = ""


class Csv:
    """A CSV being read: its headers, then its rows.

    headers: as met; empty where the file is no table of two columns or more.
    """

    def __init__(self, source: Source):
        """Find out how the file is written, from its beginning."""
        self.source, self.head = source, source.head()
        first = [line for line in self.head.decode("utf-8", "replace").splitlines() if line.strip()][:2]
        self.skipped = 1 if first and first[0].startswith(PREAMBLES) else 0
        self.separator = _separator(first[self.skipped :])
        text = self.head.decode("utf-8" if _is_utf8(iter([self.head[: self.head.rfind(b"\n") + 1]])) else "cp1252", "replace")
        header = next(self._rows(iter([text]), self.skipped), Row([]))
        names = [each.strip() for each in header.cells]
        while names and not names[-1]:
            names.pop()
        self.headers = names if len(names) > 1 and not header.wrong else []

    @cached_property
    def encoding(self) -> str:
        """UTF-8, or Windows-1252 where a byte of the file is none."""
        return "utf-8" if _is_utf8(self.source.windows()) else "cp1252"

    @property
    def notes(self) -> list[str]:
        """What had to be found out, and could be found out wrongly."""
        of_sheet = sheet.notes if (sheet := self.source.sheet) else []
        return of_sheet if self.encoding == "utf-8" else ["not UTF-8: read as Windows-1252"]

    @property
    def twice(self) -> str:
        """A header that stands over two columns; empty where there is none."""
        return next((each for each in self.headers if each and self.headers.count(each) > 1), "")

    def rows(self) -> Iterator[Row]:
        """Each row, with as many cells as there are headers; cells that are empty beyond them are no cells."""
        rows = self._rows(codecs.iterdecode(self.source.windows(), self.encoding, "replace"), self.skipped)
        next(rows, None)
        return self._fitted(rows)

    def blocks(self) -> Iterator[pl.DataFrame | list[Row]]:
        """All rows in their order, many at a time: as columns of text where they are regular, else as `rows` gives them.

        A block that ends in the middle of a cell, or whose quotes do not stand where quotes stand, makes the
        rest of the file be read row by row: from there on no line end can be trusted.
        """
        windows, rest, begun = self.source.windows(), b"", False
        for window in windows if self.encoding == "utf-8" else ():
            rest += window
            if not begun:
                rest, begun = rest[self._body(rest) :], True
            end = _last_end(rest)
            found = counted(rest[:end], self.separator) if end else None
            if found is None:
                break
            block, rest = rest[:end], rest[end:]
            rows = frame(block, self.separator, len(self.headers), found)
            yield list(self._fitted(self._rows(iter([block.decode()])))) if rows is None else rows
        slow = self._rows(codecs.iterdecode(chain([rest], windows), self.encoding, "replace"), 0 if begun else self.skipped)
        if not begun:
            next(slow, None)
        slow = self._fitted(slow)
        while block := list(islice(slow, BLOCK)):
            yield block

    def _body(self, window: bytes) -> int:
        """Where the row behind the headers begins."""
        start, end, lines = 0, -1, self.skipped
        while (end := window.find(b"\n", end + 1)) >= 0:
            line = window[start:end]
            if lines or not line.strip():
                lines -= bool(line.strip())
                start = end + 1
            elif line.count(b'"') % 2 == 0:
                return end + 1
        return len(window)

    def _fitted(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Rows with as many cells as there are headers, or why they have none."""
        width = len(self.headers)
        for row in rows:
            cells = row.cells
            if row.wrong:
                yield row
            elif len(cells) == width or (len(cells) > width and not any(cells[width:])):
                yield Row(cells[:width])
            else:
                yield Row([], f"{len(cells)} cells under {width} headers", self.separator.join(cells))

    def _lines(self, texts: Iterator[str], skipped: int) -> Iterator[str]:
        """The lines, ends and all, without a preamble; cut at line feeds only, as other marks may stand in cells."""
        rest = ""
        for text in texts:
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                if skipped and line.strip():
                    skipped = 0
                else:
                    yield line + "\n"
        if rest and not skipped:
            yield rest

    def _rows(self, texts: Iterator[str], skipped: int = 0) -> Iterator[Row]:
        """Rows as the csv module cuts them; one it cannot cut costs its first line, and reading goes on behind that."""
        feed = _Feed(self._lines(texts, skipped))
        reader = csv.reader(feed, delimiter=self.separator, strict=True)
        while True:
            feed.taken = []
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                line, *behind = feed.taken
                feed.again.extendleft(reversed(behind))
                reader = csv.reader(feed, delimiter=self.separator, strict=True)
                yield Row([], f"no CSV: {error}", line)
                continue
            if cells and (len(cells) > 1 or cells[0].strip()):
                yield Row(cells)


class _Feed:
    """Lines given one by one, remembered until the row they make is whole."""

    def __init__(self, lines: Iterator[str]):
        self.lines, self.again, self.taken = lines, deque(), []

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else next(self.lines)
        self.taken.append(line)
        return line


def _is_utf8(windows: Iterator[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for window in windows:
            decoder.decode(window)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _last_end(window: bytes) -> int:
    """Where the last whole row ends: behind the last line feed with as many opening as closing quotes before it."""
    end = window.rfind(b"\n")
    quotes = window.count(b'"', 0, max(end, 0))
    while end >= 0 and quotes % 2:
        before = window.rfind(b"\n", 0, end)
        quotes -= window.count(b'"', max(before, 0), end)
        end = before
    return end + 1


def _separator(lines: list[str]) -> str:
    """The separator that cuts the first line into most cells."""
    first = lines[0] if lines else ""
    return max(SEPARATORS, key=lambda each: len(next(csv.reader([first], delimiter=each), [])))
