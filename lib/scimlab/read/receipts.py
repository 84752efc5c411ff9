"""The receipt of a folder, and what of it was set aside: every row that was read is in one or in the other."""

from collections.abc import Iterator, Sequence

import polars as pl

from scimlab.read.readings import Reading
from scimlab.read.shapes import LOGS
from scimlab.read.units import Parsed
from scimlab.schema import FRAMES, RECEIPT, SET_ASIDE


def receipt(units: Sequence[Parsed], again: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """RECEIPT, by file.

    again: a row a duplicate, `unit _source …`. records: RECORDS as kept, to be held against what the app says it has.
    """
    duplicates = {(unit, source): count for unit, source, count in again.group_by("unit", "_source").len().iter_rows()}
    short = _short(units, records)
    rows = [
        (each.file, each.form, each.rows, *_sums(each, duplicates.get((number, source), 0)), *_span(each), "; ".join(_notes(each, short)))
        for number, unit in enumerate(units)
        for source, each in enumerate(unit.readings)
    ]
    return pl.DataFrame(rows, {**RECEIPT, "first_at": pl.Int64, "last_at": pl.Int64}, orient="row").cast(dict(RECEIPT)).sort("file")


def set_aside(units: Sequence[Parsed], again: pl.DataFrame) -> pl.DataFrame:
    """SET_ASIDE, by file and row."""
    aside = [rows.collect() for unit in units if (rows := unit.rows("set_aside")) is not None]
    files = pl.DataFrame(
        [(number, source, each.file) for number, unit in enumerate(units) for source, each in enumerate(unit.readings)],
        {"unit": pl.UInt32, "_source": pl.UInt32, "file": pl.String},
        orient="row",
    )
    told = again.join(files, on=["unit", "_source"]).with_columns(kind=pl.lit("duplicate")).select(*SET_ASIDE)
    return pl.concat([SET_ASIDE.to_frame(), *aside, *_stopped(units), told]).sort("file", "row")


def _stopped(units: Sequence[Parsed]) -> Iterator[pl.DataFrame]:
    """The rows that were read from files which then had to be stopped."""
    for unit in units:
        for source in unit.stopped:
            reading = unit.readings[source]
            for frame in sorted({reading.frame, *LOGS} & set(FRAMES)):
                if (rows := unit.rows(frame)) is not None:
                    of_file = rows.filter(pl.col("_source") == source).unique("row", keep="first", maintain_order=True)
                    place = {"file": pl.lit(reading.file), "kind": pl.lit("rejected"), "reason": pl.lit(reading.stopped)}
                    yield of_file.select("row", text=pl.col(next(iter(FRAMES[frame]))), **place).select(*SET_ASIDE).collect()


def _sums(reading: Reading, duplicate: int) -> tuple[int, int, int, int]:
    """What was kept, told again, foreign and rejected; of a file that was stopped nothing is kept."""
    if reading.stopped:
        return 0, reading.duplicate, reading.foreign, reading.rejected + reading.kept
    return reading.kept - duplicate, reading.duplicate + duplicate, reading.foreign, reading.rejected


def _span(reading: Reading) -> tuple[int | None, int | None]:
    return (None, None) if reading.stopped else (reading.first_us, reading.last_us)


def _short(units: Sequence[Parsed], records: pl.DataFrame) -> str:
    """What is missing of the accounts that the app says it has; empty where nothing is."""
    told = {each.file: each.total for unit in units for each in unit.readings if each.total is not None}
    read = records.filter(pl.col("file").is_in(list(told)))["target_id"].n_unique()
    total = max(told.values(), default=0)
    return f"the app says it has {total} users, {read} were read: pages are missing" if read < total else ""


def _notes(reading: Reading, short: str) -> Iterator[str]:
    yield from reading.notes
    if reading.stopped:
        yield f"stopped: {reading.stopped}"
    if reading.total is not None and short:
        yield short
