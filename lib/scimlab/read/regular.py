"""CSV that is as regular as programs write it, read at once; anything else is left to the careful reader of `csvs`.

A table reader takes a short row for one with empty cells, and a stray quote for the beginning of a long cell.
Counting what stands outside of quotes shows neither happened: as many line ends as rows, and in all of them
together as many separators as so many whole rows have, where none has more.
"""

import io
import re
from typing import NamedTuple

import polars as pl


class Counted(NamedTuple):
    """Line ends and separators outside of quotes."""

    rows: int
    separators: int


def counted(block: bytes, separator: str) -> Counted | None:
    """The line ends and separators of whole rows that stand outside of quotes.

    None where a quote stands elsewhere than around a cell or doubled inside one.

    >>> counted(b"a,'b,c',d\\n".replace(b"'", b'"'), ",")
    Counted(rows=1, separators=2)
    """
    pieces = block.split(b'"')
    # Nothing stands between the two quotes of a doubled one.
    outside = b'"'.join(piece for piece in pieces[::2] if piece)
    mark = separator.encode()
    if len(pieces) % 2 == 0 or re.search(rb'"(?<=[^%b\n]")|"[^%b\r\n]' % (mark, mark), outside):
        return None
    return Counted(outside.count(b"\n"), outside.count(mark))


def frame(block: bytes, separator: str, width: int, found: Counted) -> pl.DataFrame | None:
    """The rows as columns of text, named by their place; None where a row has more or fewer cells than there are columns."""
    if found.separators != found.rows * (width - 1) or block.count(b"\r") != block.count(b"\r\n"):
        return None
    schema = {str(place): pl.String for place in range(width)}
    try:
        rows = pl.read_csv(io.BytesIO(block), has_header=False, separator=separator, schema=schema)
    except pl.exceptions.PolarsError:
        return None
    return rows if rows.height == found.rows else None
