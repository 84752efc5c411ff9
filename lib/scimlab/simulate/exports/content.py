"""How rows and records become the bytes of a file: JSON documents, arrays, lines, and CSV as the portals write it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import msgspec

File = tuple[str, Iterable[bytes]]
"""A name and the content, piece by piece: a log of a million events is never held whole."""


def document(name: str, content: object) -> File:
    """One JSON document."""
    return name, [msgspec.json.encode(content)]


def lines(records: Iterable[dict]) -> Iterator[bytes]:
    """Lines of JSON, ended as Windows ends them."""
    return (msgspec.json.encode(each) + b"\r\n" for each in records)


def array(records: Iterable[bytes]) -> Iterator[bytes]:
    """A bare array of encoded records, an element at a time."""
    separator = b"["
    for each in records:
        yield separator + each
        separator = b","
    yield b"[]" if separator == b"[" else b"]"


def table(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A CSV as the portals write it: a byte-order mark, and Windows line ends. The first row is the header."""
    yield b"\xef\xbb\xbf"
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow(row)
        yield line.getvalue().encode()
