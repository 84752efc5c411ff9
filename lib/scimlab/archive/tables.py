"""The tables of an archive as one run sees and changes them, each from the version that the head names."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from scimlab.archive import delta
from scimlab.archive.delta import Storage
from scimlab.archive.state import State
from scimlab.schema import FRAMES, LEDGER

if TYPE_CHECKING:
    from deltalake import DeltaTable

AGAIN = "events_again"
PAGES = "pages"
PLACE = {"_n": pl.Int64, "month": pl.String}
"""Beside its frame's columns a stored row has the number of its record, counted through the archive, and the month it lies under."""

_FRAMES = {name: [each for each in schema.items() if each[0] != "counted"] for name, schema in FRAMES.items()}
STORED: Mapping[str, pl.Schema] = {
    **{name: pl.Schema([*columns, *PLACE.items()]) for name, columns in _FRAMES.items() if name not in ("receipt", "set_aside")},
    AGAIN: pl.Schema([*_FRAMES["events"], *PLACE.items()]),
    PAGES: pl.Schema(
        {"collection": pl.Int64, "file": pl.String, "ordinal": pl.Int64, "sha256": pl.String, "size": pl.Int64, "bytes": pl.Binary}
    ),
    "ledger": LEDGER,
}
"""Every table by its name. `events_again` holds the rows that another tells better; `bytes` is null where they are held already."""


class Tables:
    """The tables by name; what is written is seen here at once, and by nobody else before the head names it."""

    def __init__(self, place: str, storage: Storage, state: State):
        """As the head says."""
        self.place, self.storage, self.folders = place, storage, dict(state.tables)
        self.open: dict[str, DeltaTable] = {}

    def uri(self, name: str) -> str:
        """Where the table lies, or will."""
        return f"{self.place}/{self.folders[name][0] if name in self.folders else name}"

    def scan(self, name: str) -> pl.LazyFrame:
        """The rows of a table; none where there is no table yet."""
        schema = STORED[name]
        if name not in self.folders:
            return schema.to_frame().lazy()
        held = self.open.get(name) or delta.table(self.uri(name), self.storage, self.folders[name][1])
        scan = pl.scan_delta(held)
        absent = [pl.lit(None, dtype).alias(column) for column, dtype in schema.items() if column not in scan.collect_schema()]
        return scan.with_columns(absent).select(*schema)

    def append(self, name: str, rows: pl.DataFrame) -> None:
        """Add rows."""
        if rows.height:
            self._write(name, rows, "append")

    def replace(self, name: str, rows: pl.DataFrame) -> None:
        """Put rows in the place of all that there are."""
        self._write(name, rows, "overwrite")

    def delete(self, name: str, keys: pl.DataFrame) -> None:
        """Take rows out. keys: `_n month`."""
        if keys.height and (held := self.writable(name)):
            delta.delete(held, keys)
            self._note(name, held)

    def writable(self, name: str) -> "DeltaTable | None":
        """The table at the version that counts, what a killed run added to it taken back; None where there is none yet."""
        if name not in self.open and (held := delta.table(self.uri(name), self.storage)):
            if name not in self.folders:
                with delta.committed():
                    held.delete(commit_properties=delta.once())
            elif held.version() != self.folders[name][1]:
                with delta.committed():
                    held.restore(self.folders[name][1], commit_properties=delta.once())
            self.open[name] = held
            self._note(name, held)
        return self.open.get(name)

    def _write(self, name: str, rows: pl.DataFrame, mode: str) -> None:
        target = self.writable(name) or self.uri(name)
        row = rows.select(pl.col(column).cast(dtype) for column, dtype in STORED[name].items())
        delta.write(row, target, self.storage, mode=mode, by_month="month" in row.columns, plain=name == PAGES)
        if isinstance(target, str):
            target = delta.table(target, self.storage)
        self.open[name] = target
        self._note(name, target)

    def _note(self, name: str, held: "DeltaTable") -> None:
        self.folders[name] = (Path(held.table_uri).name, held.version())
