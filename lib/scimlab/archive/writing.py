"""A run that writes: everything it brings is kept when it ends well, and nothing of it when it does not."""

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from scimlab.archive import events, pages, records
from scimlab.archive.delta import Storage
from scimlab.archive.state import Head, State
from scimlab.archive.tables import AGAIN, STORED, Tables
from scimlab.errors import UsageError
from scimlab.schema import LEDGER

TIMES = ("at", "taken_at", "billed_on")
WHAT = ("collected", "taken_in", "forgotten", "dropped", "compacted")


class Writing:
    """What a run does; `collection` is its number."""

    def __init__(self, place: str, storage: Storage, head: Head, now: datetime):
        """Begin from what the head names."""
        self.head, self.now, self.tables = head, now, Tables(place, storage, head.state)
        self.collection, self.numbered = head.state.collection + 1, head.state.rows
        self.entries: list[dict] = []
        self.replaced: set[str] = set()
        if head.state.polars != pl.__version__:
            events.judge_again(self.tables)

    def keep(self, file: str, windows: Iterable[bytes]) -> pages.Kept:
        """Keep bytes as evidence, packed and hashed; a piece that is held already takes no room again.

        file: by what name the ledger and the rows call it. windows: its bytes in order, in any portions.
        returns: how many pieces, how many bytes, and the SHA-256 of them all.
        """
        return pages.keep(self.tables, self.collection, file, windows)

    def merge(self, frame: str, rows: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
        """Take rows of a frame in, whatever of them is held already.

        rows: of FRAMES[frame] (`counted` is not kept); `file` and `row` tell a record. Rows of one record stand together.
        returns: a row a file: `file kept duplicate`, where a duplicate is held already or told better by another row.
        """
        if frame not in STORED or frame in (AGAIN, "ledger", "pages"):
            raise UsageError(f'"{frame}" is no frame that an archive holds', "Name one of schema.FRAMES.", field="frame")
        placed = _placed(frame, rows.lazy(), self.numbered)
        self.numbered += rows.lazy().select(pl.len()).collect().item()
        if frame == "events":
            return events.merge(self.tables, placed)
        if frame in records.REPLACED and frame not in self.replaced:
            self.replaced.add(frame)
            self.tables.replace(frame, STORED[frame].to_frame())
        return records.merge(self.tables, frame, placed.collect())

    def enter(self, what: str = "collected", *, missing: str = "", **said: object) -> None:
        """A row in the ledger.

        missing: exactly what did not come; empty where all came.
        said: other columns of LEDGER by name: `kind file form from_at until_at pages bytes sha256 rows kept …`.
        """
        if unknown := {*said} - {*LEDGER} or {what} - {*WHAT}:
            raise UsageError(f"the ledger does not know {', '.join(sorted(unknown))}", "data/README.md lists its columns.")
        of_run = {"collection": self.collection, "kept_at": self.now, "what": what}
        self.entries.append({**of_run, "complete": not missing, "missing": missing or None, **said})

    def finish(self) -> None:
        """Keep all of it, in one step."""
        if self.entries:
            self.tables.append("ledger", pl.DataFrame(self.entries, LEDGER, orient="row"))
        self.head.commit(State(self.collection, self.numbered, pl.__version__, self.tables.folders))


def _placed(frame: str, rows: pl.LazyFrame, numbered: int) -> pl.LazyFrame:
    """The rows as they are stored: with the number of their record, and the month they lie under."""
    stored = STORED[frame]
    at = next((each for each in TIMES if each in stored), None)
    month = pl.col(at).dt.strftime("%Y-%m").fill_null("unknown") if at else pl.lit("unknown")
    number = pl.int_range(pl.len(), dtype=pl.Int64)
    if frame in records.SEVERAL:
        number = (pl.col("file").ne_missing(pl.col("file").shift()) | pl.col("row").ne_missing(pl.col("row").shift())).cum_sum()
    return rows.with_columns(_n=number.cast(pl.Int64) + numbered + 1, month=month).select(*stored)
