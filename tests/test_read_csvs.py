"""CSV as it is met: read at once where it is regular, row by row where it is not, and the same rows either way."""

import csv
import io
from pathlib import Path
from tempfile import NamedTemporaryFile

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimlab.read.csvs import Csv, Row
from scimlab.read.sources import Source


class Cut(Source):
    """A file whose windows are so small that rows and cells span them."""

    def windows(self, size: int = 11):
        """A few bytes at a time."""
        return super().windows(min(size, 11) if size != 1 << 16 else size)


def table(content: bytes, source: type[Source] = Source) -> Csv:
    """The bytes as a table."""
    with NamedTemporaryFile(delete=False) as file:
        file.write(content)
    return Csv(source("t.csv", Path(file.name)))


def cells(found: Csv) -> list[list[str] | str]:
    """The cells of each row that `blocks` gives, null as empty, or why it has none."""
    rows = []
    for block in found.blocks():
        if isinstance(block, pl.DataFrame):
            rows += [[each or "" for each in row] for row in block.iter_rows()]
        else:
            rows += [row.cells if not row.wrong else row.wrong for row in block]
    return rows


CELL = st.text(alphabet='ab ,;"\r\n\u00e9', max_size=5)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=12), st.booleans())
def test_what_is_written_reads_back(rows, quoted):
    """Whatever a CSV writer puts into cells comes out of them, however windows cut the file."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows([["x", "y", "z"], *rows])
    for source in (Source, Cut):
        assert cells(table(out.getvalue().encode(), source)) == rows


@given(st.text(alphabet='ab,"\r\n', max_size=60))
def test_at_once_or_row_by_row(text):
    """Any text below the headers gives the same rows and the same reasons at once, window by window, and row by row."""
    content = b"x,y,z\n" + text.encode()
    careful = [row.cells if not row.wrong else row.wrong for row in table(content).rows()]
    assert cells(table(content)) == careful == cells(table(content, Cut))


@pytest.mark.parametrize(
    ("content", "separator", "headers"),
    [
        (b"a,b;c\n1,2\n", ",", ["a", "b;c"]),
        (b"a;b;c,d\n", ";", ["a", "b", "c,d"]),
        (b"a\tb\n", "\t", ["a", "b"]),
        (b"\xef\xbb\xbfa|b\n", "|", ["a", "b"]),
        (b"sep=;\r\na;b\r\n1;2\r\n", ";", ["a", "b"]),
        (b'#TYPE System.Object\n"a","b"\n"1","2"\n', ",", ["a", "b"]),
        (b'\n\n"a\nx",b,,\n', ",", ["a\nx", "b"]),
        ("a,b\n1,ü\n".encode("utf-16"), ",", ["a", "b"]),
        (b"just a line\n", ",", []),
        (b'"open,b\n', ",", []),
    ],
)
def test_headers_are_found(content, separator, headers):
    """Separator, preambles of other programs, marks and empty columns at the end are found out from the beginning."""
    found = table(content)
    assert (found.separator if headers else ",", found.headers) == (separator, headers)


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ('1,"a,b",3\n', [["1", "a,b", "3"]]),
        ('1,"say ""hi""",3\n', [["1", 'say "hi"', "3"]]),
        ('1,a"b,3\n', [["1", 'a"b', "3"]]),  # a quote inside a bare cell is a character
        ("1,2\n4,5,6\n", ["2 cells under 3 headers", ["4", "5", "6"]]),
        ("1,2,3,4\n4,5,6,,\n", ["4 cells under 3 headers", ["4", "5", "6"]]),
        ('1,"x"y,3\n4,5,6\n', ["no CSV: ',' expected after '\"'", ["4", "5", "6"]]),
        ('1,"open,3\n4,5,6\n', ["no CSV: unexpected end of data", ["4", "5", "6"]]),
        ("\n1,2,3\n\n\n4,5,6", [["1", "2", "3"], ["4", "5", "6"]]),
        ('1,"a\n\nb",3\n', [["1", "a\n\nb", "3"]]),
    ],
)
def test_rows_by_hand(body, rows):
    """Line breaks in cells make no rows; a row of another length, and a quote out of place, cost their row alone."""
    assert cells(table(b"x,y,z\n" + body.encode())) == rows


def test_an_old_code_page():
    """Bytes that are no UTF-8 are read as Windows-1252, and that is said."""
    found = table("name,place\nJörg,Zürich\n".encode("cp1252"))
    assert (list(found.rows()), found.notes) == ([Row(["Jörg", "Zürich"])], ["not UTF-8: read as Windows-1252"])


def test_two_columns_of_one_name():
    """A header that stands twice is told."""
    assert table(b"a,b,a\n").twice == "a"
