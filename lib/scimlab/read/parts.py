"""Rows on their way to disk: counted, typed, and written as Parquet parts, so that a big log is never held whole."""

from pathlib import Path

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from scimlab.read.times import MICROSOFT, column, unsaid
from scimlab.schema import FRAMES, INSTANT, SET_ASIDE

BATCH = 1_000
"""Rows that become columns together: what still fits the processor's cache."""

PART = 20_000
"""Rows of a part: about 64 MiB of log."""

SHOWN = 200
TAKEN = ("file", "row", "taken_at", "counted")
REQUIRED = {"events": "at"}
PLACE = ("_n", "_source", "_event", "_change")
"""Beside its frame's columns a part holds the place of a row in its unit, the place of the file it came from
among the unit's readings, and hashes of the ids that duplicates share."""


class Options(Struct, frozen=True):
    """How tenant.toml says a file is to be read: the order and zone of its dates, and what its headers mean."""

    date_order: str = ""
    zone: str = ""
    columns: dict[str, str] = field(default_factory=dict)


class Reading(Struct):
    """What became of a file: its form, its rows, and why it was stopped where it was.

    apps: the tenants and enterprise applications its events name, each as tenant id, app id, app name.
    """

    file: str
    form: str = ""
    frame: str = ""
    rows: int = 0
    kept: int = 0
    duplicate: int = 0
    foreign: int = 0
    rejected: int = 0
    first_us: int | None = None
    last_us: int | None = None
    stopped: str = ""
    total: int | None = None
    apps: list[tuple[str | None, str | None, str | None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Say something about the file, once."""
        if text and text not in self.notes:
            self.notes.append(text)


class Parts:
    """Parts being written: rows of one file after another in, Parquet out, and a Reading for each file."""

    def __init__(self, folder: Path):
        """Nothing is written yet."""
        self.folder, self.readings, self.written, self.n = folder, [], 0, 0
        self.frames: dict[str, list[pl.DataFrame]] = {}
        self.aside: list[tuple[str, int, str, str, str]] = []
        self.rows: list[tuple] = []
        self.raws: list[bytes] = []
        self.numbers: list[int] = []
        self.unread: dict[str, list] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def begin(self, file: str, form: str, options: Options) -> Reading:
        """Go on to the next file."""
        self.reading, self.options = Reading(file, form), options
        self.readings.append(self.reading)
        self.columns: tuple[str, ...] = ()
        return self.reading

    def belong(self, form: str, frame: str, *, as_written: bool) -> None:
        """Say what the rows to come are, and whether the bytes are as Microsoft's services wrote them."""
        self.flush()
        self.reading.form, self.reading.frame = form, frame
        if as_written:
            self.options = replace(self.options, **MICROSOFT)
        self.columns = tuple(name for name in FRAMES[frame] if name not in TAKEN)

    def keep(self, row: tuple, raw: bytes) -> None:
        """Take the next record as a row, its instants still text; `raw` is what it was read from."""
        self.reading.rows += 1
        self.keep_row(self.reading.rows, row, raw)

    def keep_row(self, number: int, row: tuple, raw: bytes | str) -> None:
        """Take a counted record as a row."""
        self.rows.append(row)
        self.raws.append(raw)
        self.numbers.append(number)
        if len(self.rows) == BATCH:
            self.flush()

    def refuse(self, kind: str, reason: str, raw: bytes | str) -> None:
        """Set the next record aside: `kind` is duplicate, foreign or rejected."""
        self.reading.rows += 1
        self.refuse_row(self.reading.rows, kind, reason, raw)

    def refuse_row(self, row: int, kind: str, reason: str, raw: bytes | str) -> None:
        """Set a counted record aside."""
        setattr(self.reading, kind, getattr(self.reading, kind) + 1)
        text = raw if isinstance(raw, str) else bytes(memoryview(raw)[: 4 * SHOWN]).decode("utf-8", "replace")
        self.aside.append((self.reading.file, row, kind, reason, text[:SHOWN]))
        if len(self.aside) == PART:
            self._write_aside()

    def numbers_aside(self, reading: Reading) -> set[int]:
        """The numbers of the rows of a file that were set aside so far."""
        self._write_aside()
        written = [pl.read_parquet(each, columns=["file", "row"]) for each in self.folder.glob("set_aside-*.parquet")]
        return {row for each in written for row in each.filter(pl.col("file") == reading.file)["row"]}

    def flush(self) -> None:
        """Turn the rows at hand into columns."""
        if not self.rows:
            return
        schema = FRAMES[self.reading.frame]
        columns = [
            pl.Series(name, values, pl.String if schema[name] == INSTANT and name != "next_retry_at" else schema[name])
            for name, values in zip(self.columns, zip(*self.rows, strict=True), strict=True)
        ]
        frame, raws = pl.DataFrame([*columns, pl.Series("row", self.numbers, pl.Int64)]), self.raws
        self.rows, self.raws, self.numbers = [], [], []
        self.add(frame, raws)

    def add(self, frame: pl.DataFrame, raws: list[bytes] | None = None) -> None:
        """Take counted rows as columns: the frame's own, instants as text, and `row`; raws as in `keep`."""
        schema, needed = FRAMES[self.reading.frame], REQUIRED.get(self.reading.frame)
        for name in (name for name, dtype in frame.schema.items() if schema[name] == INSTANT and dtype == pl.String):
            texts = frame[name]
            read, against = column(texts, date_order=self.options.date_order, zone=self.options.zone)
            if against:
                self.stop(f'the date "{against[:40]}" cannot be {self.options.date_order.replace("_", " ")}, so every date is in doubt')
            missing = (read.is_null() & texts.is_not_null()).arg_true()
            frame = frame.with_columns(read.alias(name))
            if not len(missing):
                continue
            if name != needed:
                self.unread.setdefault(name, [0, unsaid(texts[missing[0]])])[0] += len(missing)
                continue
            for index in missing:
                shown = raws[index] if raws else ", ".join(str(each) for each in frame.row(index) if each is not None)
                self.refuse_row(frame["row"][index], "rejected", f"{name}: {unsaid(texts[index])}", shown)
            frame = frame.filter(pl.col(name).is_not_null())
        self._count(frame, needed)

    def stop(self, found: str) -> None:
        """Give the file up: what was read of it cannot be told from what was read wrongly."""
        todo = "say date_order and zone for this file in tenant.toml, under [files]"
        self.reading.stopped = self.reading.stopped or f"{found}: {todo}"

    def _count(self, frame: pl.DataFrame, at: str | None) -> None:
        """Count rows that stay, and write them when they fill a part."""
        reading = self.reading
        reading.kept += frame.height
        if at and frame.height:
            us = frame[at].dt.timestamp("us")
            reading.first_us = min(us.min(), us.min() if reading.first_us is None else reading.first_us)
            reading.last_us = max(us.max(), us.max() if reading.last_us is None else reading.last_us)
        frames = self.frames.setdefault(reading.frame, [])
        source = pl.lit(len(self.readings) - 1, pl.UInt32).alias("_source")
        frames.append(frame.with_columns(source, *([] if "file" in frame.columns else [pl.lit(reading.file).alias("file")])))
        if sum(each.height for each in frames) >= PART:
            self._write(reading.frame)

    def end(self) -> None:
        """The file has been read."""
        self.flush()
        for name, (count, reason) in self.unread.items():
            self.reading.note(f"{name} is not known in {count} row{'s'[: count != 1]}: {reason}")
        self.unread = {}

    def close(self) -> None:
        """Write what is left."""
        for frame in list(self.frames):
            self._write(frame)
        self._write_aside()

    def _write(self, frame: str) -> None:
        rows = pl.concat(self.frames.pop(frame))
        place = [(pl.int_range(pl.len()) + self.n).cast(pl.UInt32).alias("_n")]
        if frame == "events":
            for source, *app in rows.select("_source", "tenant_id", "app_id", "app_name").unique().iter_rows():
                apps = self.readings[source].apps
                if tuple(app) not in apps:
                    apps.append(tuple(app))
            place += [
                pl.when(pl.col(each).is_not_null()).then(pl.col(each).hash()).alias(hashed)
                for each, hashed in (("event_id", "_event"), ("change_id", "_change"))
            ]
        rows.with_columns(place).write_parquet(self.folder / f"{frame}-{self.written:05}.parquet", compression="zstd", compression_level=1)
        self.n += rows.height
        self.written += 1

    def _write_aside(self) -> None:
        if self.aside:
            pl.DataFrame(self.aside, SET_ASIDE, orient="row").write_parquet(self.folder / f"set_aside-{self.written:05}.parquet")
            self.aside = []
            self.written += 1
