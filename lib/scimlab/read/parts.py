"""Rows on their way to disk: counted, typed, and written as Parquet parts, so that a big log is never held whole."""

from pathlib import Path
from typing import Any

import polars as pl
from msgspec.structs import replace

from scimlab.read.readings import Options, Reading
from scimlab.read.times import MICROSOFT, column, contradiction, unsaid
from scimlab.schema import FRAMES, INSTANT, SET_ASIDE

BATCH = 1_000
"""Rows that become columns together: what still fits the processor's cache."""

PART = 20_000
"""Rows of a part: about 64 MiB of log."""

SEVERAL = ("audit", "mappings")
"""The frames of which a record may be several rows, one behind the other under one number."""

SHOWN = 200
ADDED = ("file", "row", "taken_at", "counted")
PLACE = ("_n", "_source", "_event", "_change")
"""Beside its frame's columns a part holds the place of a row in its unit, the place of the file it came from
among the unit's readings, and hashes of the ids that duplicates share."""

TODO = "say date_order and zone for this file in tenant.toml, under [files]"


class Parts:
    """Parts being written: rows of one file after another in, Parquet out, and a Reading for each file.

    Rows of small files wait for one another, so that an hour's file costs no more than its rows.
    """

    def __init__(self, folder: Path):
        """Nothing is written yet."""
        self.folder, self.readings, self.written, self.n = folder, [], 0, 0
        self.state: tuple[str, Options] = ("", Options())
        self.shape: object = None
        # Source, number, columns and text of rows that are not yet columns: `taking` appends to it without a call.
        self.waiting: list[tuple[int, int, Any, bytes | str]] = []
        self.apart: dict[str, list[tuple[int, int, Any, bytes | str]]] = {}
        self.frames: dict[str, list[pl.DataFrame]] = {}
        self.heights: dict[str, int] = {}
        self.aside: list[tuple[str, int, str, str, str]] = []
        self.unread: dict[tuple[int, str], list] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def begin(self, file: str, form: str, options: Options) -> Reading:
        """Go on to the next file."""
        self.reading, self.options, self.source = Reading(file, form), options, len(self.readings)
        self.readings.append(self.reading)
        return self.reading

    def belong(self, form: str, frame: str, *, as_written: bool) -> None:
        """Say what the file's rows are, and whether its bytes are as Microsoft's services wrote them."""
        if as_written:
            self.options = replace(self.options, **MICROSOFT)
        if self.state != (frame, self.options):
            self.flush()
        self.state = (frame, self.options)
        self.reading.form, self.reading.frame = form, frame

    def keep(self, row: Any, raw: bytes, frame: str = "") -> None:
        """Take the next record as a row, or rows, instants still text; `raw` is what it was read from.

        frame: another than the file's, of a log that stands in it too.
        """
        self.reading.rows += 1
        if not frame or frame == self.state[0]:
            self.keep_row(self.reading.rows, row, raw)
            return
        apart = self.apart.setdefault(frame, [])
        apart.append((self.source, self.reading.rows, row, raw))
        if len(apart) >= BATCH:
            self._turn(frame, apart)

    def keep_row(self, number: int, row: Any, raw: bytes | str) -> None:
        """Take a counted record as a row, or rows."""
        self.waiting.append((self.source, number, row, raw))
        if len(self.waiting) >= BATCH:
            self.flush()

    def refuse(self, kind: str, reason: str, raw: bytes | str) -> None:
        """Set the next record aside: `kind` is duplicate, foreign or rejected."""
        self.reading.rows += 1
        self.refuse_row(self.reading.rows, kind, reason, raw)

    def refuse_row(self, row: int, kind: str, reason: str, raw: bytes | str, reading: Reading | None = None) -> None:
        """Set a counted record aside, of the file at hand unless another is given."""
        reading = reading or self.reading
        setattr(reading, kind, getattr(reading, kind) + 1)
        text = raw if isinstance(raw, str) else bytes(memoryview(raw)[: 4 * SHOWN]).decode("utf-8", "replace")
        self.aside.append((reading.file, row, kind, reason, text[:SHOWN]))
        if len(self.aside) == PART:
            self._write_aside()

    def numbers_aside(self, reading: Reading) -> set[int]:
        """The numbers of the rows of a file that were set aside so far."""
        self._write_aside()
        written = [pl.read_parquet(each, columns=["file", "row"]) for each in self.folder.glob("set_aside-*.parquet")]
        return {row for each in written for row in each.filter(pl.col("file") == reading.file)["row"]}

    def flush(self) -> None:
        """Turn the rows that wait into columns."""
        for frame, waiting in [(self.state[0], self.waiting), *self.apart.items()]:
            if waiting:
                self._turn(frame, waiting)

    def _turn(self, frame: str, waiting: list[tuple[int, int, Any, bytes | str]]) -> None:
        """Turn the rows that wait for a frame into its columns."""
        schema = FRAMES[frame]
        names = [name for name in schema if name not in ADDED]
        if frame in SEVERAL:
            waiting[:] = [(source, number, row, raw) for source, number, rows, raw in waiting for row in rows]
        sources, numbers, rows, raws = zip(*waiting, strict=True)
        columns = [
            pl.Series(name, values, pl.String if schema[name] == INSTANT and name != "next_retry_at" else schema[name])
            for name, values in zip(names, zip(*rows, strict=True), strict=True)
        ]
        waiting.clear()
        before, self.state = self.state, (frame, self.state[1])
        self.add(pl.DataFrame([*columns, pl.Series("row", numbers, pl.Int64), pl.Series("_source", sources, pl.UInt32)]), raws)
        self.state = before

    def add(self, frame: pl.DataFrame, raws: tuple[bytes | str, ...] = ()) -> None:
        """Take counted records as columns: those of the frame, instants as text, and `row`; raws as in `keep`."""
        name, options = self.state
        if "_source" not in frame.columns:
            frame = frame.with_columns(pl.lit(self.source, pl.UInt32).alias("_source"))
        for at in (at for at, dtype in FRAMES[name].items() if dtype == INSTANT and frame.schema.get(at) == pl.String):
            texts = frame[at]
            read, against = column(texts, date_order=options.date_order, zone=options.zone)
            if against:
                self._stop_those(texts, frame["_source"])
            frame = frame.with_columns(read.alias(at))
            if read.null_count() > texts.null_count():
                frame = self._without_missed(at, texts, frame, raws)
        self.frames.setdefault(name, []).append(frame)
        self.heights[name] = self.heights.get(name, 0) + frame.height
        if self.heights[name] >= PART:
            self._write(name)

    def _without_missed(self, at: str, texts: pl.Series, frame: pl.DataFrame, raws: tuple[bytes | str, ...]) -> pl.DataFrame:
        """The rows but those of records that are none without the time that their text does not tell."""
        # The rows of one record stand together, and it is missed once.
        again = pl.col("row").eq(pl.col("row").shift()) & pl.col("_source").eq(pl.col("_source").shift())
        for index in frame.select(pl.col(at).is_null() & texts.is_not_null() & ~again.fill_null(False)).to_series().arg_true():
            self._miss(at, texts[index], frame, index, raws)
        return frame.filter(pl.col("at").is_not_null()) if at == "at" else frame

    def _miss(self, at: str, text: str, frame: pl.DataFrame, index: int, raws: tuple[bytes | str, ...]) -> None:
        """A time that is not known: an event without one is no row, of anything else it is merely not known."""
        source = frame["_source"][index]
        if at != "at":
            self.unread.setdefault((source, at), [0, unsaid(text)])[0] += 1
        else:
            shown = raws[index] if raws else ", ".join(str(each) for each in frame.row(index) if each is not None)
            self.refuse_row(frame["row"][index], "rejected", f"at: {unsaid(text)}", shown, self.readings[source])

    def _stop_those(self, texts: pl.Series, sources: pl.Series) -> None:
        """Give up the files that hold a date which contradicts the order of all others."""
        order = self.state[1].date_order
        shown = order.replace("_", " ")
        for source in sources.unique():
            if against := contradiction(texts.filter(sources == source), date_order=order):
                self.stop(f'the date "{against[:40]}" cannot be {shown}, so every date is in doubt', self.readings[source])

    def stop(self, found: str, reading: Reading | None = None) -> None:
        """Give the file up: what was read of it cannot be told from what was read wrongly."""
        reading = reading or self.reading
        reading.stopped = reading.stopped or f"{found}: {TODO}"

    def _count(self, name: str, frame: pl.DataFrame) -> None:
        """Count the records of a part, and note from when to when they are."""
        at = pl.col("at").dt.timestamp("us") if "at" in frame.columns else pl.lit(None, pl.Int64)
        records = pl.col("row").n_unique() if name in SEVERAL else pl.len()
        for source, kept, first, last in (
            frame.group_by("_source").agg(records.alias("kept"), at.min().alias("first"), at.max().alias("last")).iter_rows()
        ):
            reading = self.readings[source]
            reading.kept += kept
            if first is not None:
                reading.first_us = min(first, first if reading.first_us is None else reading.first_us)
                reading.last_us = max(last, last if reading.last_us is None else reading.last_us)

    def close(self) -> None:
        """Write what is left."""
        self.flush()
        for name in list(self.frames):
            self._write(name)
        self._write_aside()
        for (source, at), (count, reason) in self.unread.items():
            self.readings[source].note(f"{at} is not known in {count} row{'s'[: count != 1]}: {reason}")

    def _write(self, name: str) -> None:
        rows, self.heights[name] = pl.concat(self.frames.pop(name)), 0
        self._count(name, rows)
        place = [(pl.int_range(pl.len()) + self.n).cast(pl.UInt32).alias("_n")]
        if "file" not in rows.columns:
            place.append(pl.Series("file", [each.file for each in self.readings], pl.String).gather(rows["_source"]))
        if name == "events":
            self._note_apps(rows)
            place += [
                pl.when(pl.col(each).is_not_null()).then(pl.col(each).hash()).alias(hashed)
                for each, hashed in (("event_id", "_event"), ("change_id", "_change"))
            ]
        rows.with_columns(place).write_parquet(self.folder / f"{name}-0-{self.written:05}.parquet", compression="zstd", compression_level=1)
        self.n += rows.height
        self.written += 1

    def _note_apps(self, rows: pl.DataFrame) -> None:
        """Keep which tenants and apps the events of each file name."""
        for source, *app in rows.select("_source", "tenant_id", "app_id", "app_name").unique().iter_rows():
            apps = self.readings[source].apps
            if tuple(app) not in apps:
                apps.append(tuple(app))

    def _write_aside(self) -> None:
        if self.aside:
            pl.DataFrame(self.aside, SET_ASIDE, orient="row").write_parquet(self.folder / f"set_aside-0-{self.written:05}.parquet")
            self.aside = []
            self.written += 1
