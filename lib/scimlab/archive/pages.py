"""What came in, byte for byte: cut into pieces that are known by their hash and held once, however often they come."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import count
from typing import NamedTuple

import polars as pl

from scimlab.archive.tables import PAGES, STORED, Tables
from scimlab.errors import InputError

PIECE = 4 << 20
TOGETHER = 32 << 20
"""Bytes of a piece, and of the pieces that are written in one go."""


class Kept(NamedTuple):
    """What was kept of a file: its pieces, its bytes and the hash of them."""

    pages: int
    bytes: int
    sha256: str


def keep(tables: Tables, collection: int, file: str, windows: Iterable[bytes]) -> Kept:
    """The bytes of a file, a window at a time; those that are held already are only named."""
    whole, size, number, waiting, weight = hashlib.sha256(), 0, count(), [], 0
    for piece in (window[start : start + PIECE] for window in windows for start in range(0, len(window), PIECE)):
        whole.update(piece)
        size += len(piece)
        waiting.append((collection, file, next(number), hashlib.sha256(piece).hexdigest(), len(piece), piece))
        weight += len(piece)
        if weight >= TOGETHER:
            _write(tables, waiting)
            waiting, weight = [], 0
    _write(tables, waiting)
    return Kept(next(number), size, whole.hexdigest())


def _write(tables: Tables, pieces: list[tuple]) -> None:
    rows = pl.DataFrame(pieces, STORED[PAGES], orient="row")
    held = tables.scan(PAGES).filter(pl.col("bytes").is_not_null(), pl.col("sha256").is_in(rows["sha256"].implode()))
    known = held.select("sha256").collect()["sha256"]
    again = pl.col("sha256").is_in(known.implode()) | ~pl.col("sha256").is_first_distinct()
    tables.append(PAGES, rows.with_columns(bytes=pl.when(~again).then("bytes")))


def windows(pages: pl.LazyFrame, collection: int, file: str) -> Iterator[bytes]:
    """The bytes of a file as they came, a piece at a time.

    raises: InputError where a piece is not there, or is not what it was.
    """
    pieces = pages.filter(collection=collection, file=file).select("ordinal", "sha256").collect().sort("ordinal")
    for sha256 in pieces["sha256"]:
        held = pages.filter(pl.col("bytes").is_not_null(), sha256=sha256).select("bytes").head(1).collect()
        if held.is_empty() or hashlib.sha256(held.item()).hexdigest() != sha256:
            raise InputError("a piece of it is not held any more, or not as it was", "Bring the archive back from a copy.", file=file)
        yield held.item()
