"""Tables: what a CSV is about is told by its headers; its rows come as columns of text, many at a time."""

from collections.abc import Iterator

import polars as pl

from scimlab.read.csvs import Csv
from scimlab.read.headers import Headers, recognised
from scimlab.read.parts import ADDED, Parts
from scimlab.read.sources import Source
from scimlab.read.times import COMMON
from scimlab.schema import FRAMES, INSTANT

SLASHED = r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4},? [0-9]{1,2}:[0-9][0-9]:[0-9][0-9](?:\.[0-9]+)? (?:AM|PM)"
SERVICE_CLOCK = rf"{COMMON}|^[0-9]{{4}}-[0-9][0-9]-[0-9][0-9]T|^{SLASHED}$"
"""How the portal and Azure Monitor write a time; Excel, saving it again, leaves out seconds or halves of the day."""

DAY = r"^(\d{4}-\d{2}-\d{2})(?:[ T]00:00(?::00)?)?$"

SHOWN = 12
"""Headers not used that are named: PowerShell writes all the 130 properties of a user."""


def open_table(source: Source, parts: Parts) -> tuple[Csv, Headers] | None:
    """The table and what its headers mean; None where it is no table, or one whose headers say a thing twice."""
    table, reading = Csv(source), parts.reading
    if not table.headers:
        parts.refuse("rejected", "text that is neither JSON nor a table of two columns or more", table.head)
        return None
    for note in table.notes:
        reading.note(note)
    headers = recognised(table.headers, parts.options.columns)
    if table.twice:
        reading.stopped = f'two columns are headed "{table.twice}": remove one, or rename it'
        refuse_all(table, parts, "rejected", reading.stopped)
        return None
    if headers.unmatched and headers.kind:
        more = len(headers.unmatched) - SHOWN
        reading.note(f"headers not used: {', '.join(headers.unmatched[:SHOWN])}{f' and {more} more' if more > 0 else ''}")
    return table, headers


def refuse_all(table: Csv, parts: Parts, kind: str, reason: str) -> None:
    """Set every row of the table aside."""
    for row in table.rows():
        parts.refuse(kind, reason, row.text or ", ".join(row.cells))


def is_as_written(times: pl.Series, table: Csv) -> bool:
    """Whether a column of times looks as the service wrote it, and not as another program saved it again."""
    return table.separator == "," and not table.skipped and times.str.contains(SERVICE_CLOCK).all()


def frames(table: Csv, parts: Parts, columns: list[str]) -> Iterator[pl.DataFrame]:
    """The rows as columns of text, empty cells null, with their number; rows that do not fit the headers are set aside."""
    for block in table.blocks():
        first = parts.reading.rows + 1
        if isinstance(block, pl.DataFrame):
            parts.reading.rows += block.height
            numbers = pl.int_range(first, first + block.height, dtype=pl.Int64, eager=True)
            yield _texts(block.select(pl.nth(place).alias(name) for place, name in enumerate(columns) if name), numbers)
            continue
        numbered: list[int] = []
        for row in block:
            if row.wrong:
                parts.refuse("rejected", row.wrong, row.text)
            else:
                parts.reading.rows += 1
                numbered.append(parts.reading.rows)
        if numbered:
            cells = zip(*(row.cells for row in block if not row.wrong), strict=True)
            named = {name: pl.Series(name, texts, pl.String) for name, texts in zip(columns, cells, strict=True) if name}
            yield _texts(pl.DataFrame(named), pl.Series(numbered, dtype=pl.Int64))


def as_written(table: Csv, parts: Parts, columns: list[str], at: str, *, form: str, frame: str) -> Iterator[pl.DataFrame]:
    """The rows of a service's own table, as `frames` gives them: its times say whether another program saved it again."""
    written = None
    parts.belong(form, frame, as_written=False)
    for rows in frames(table, parts, columns):
        fits = is_as_written(rows[at], table)
        if written is None:
            written = fits
            parts.belong(form, frame, as_written=written)
        elif written and not fits:
            parts.stop("some times are not as the service writes them, so another program saved the file")
        yield rows


def days(frame: pl.DataFrame, parts: Parts, *names: str) -> pl.DataFrame:
    """The frame with the named columns as days of the calendar, where there are any; rows with a text that is no day are set aside."""
    for name in (each for each in names if each in frame.columns):
        read = frame[name].str.extract(DAY).str.to_date("%Y-%m-%d", strict=False)
        for row, text in frame.filter(read.is_null() & frame[name].is_not_null()).select("row", name).iter_rows():
            parts.refuse_row(row, "rejected", f'{name}: "{text[:40]}" is no day, write it as 2026-08-31', text)
        frame = frame.with_columns(read.alias(name)).filter(read.is_not_null() | frame[name].is_null())
    return frame


def fitted(frame: pl.DataFrame, parts: Parts, *needed: str) -> pl.DataFrame:
    """The frame with all columns of its schema, instants still text; rows with none of the needed columns are set aside."""
    schema = FRAMES[parts.reading.frame]
    text = {name: pl.String if dtype == INSTANT else dtype for name, dtype in schema.items() if name not in ADDED}
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in text.items() if name not in frame.columns]
    whole = frame.with_columns(absent)
    lacks = pl.all_horizontal(pl.col(needed).is_null())
    for row in whole.filter(lacks).iter_rows(named=True):
        parts.refuse_row(row["row"], "rejected", f"{' and '.join(needed)} is empty", ", ".join(str(each) for each in row.values() if each))
    return whole.filter(~lacks).select(*text, "row")


def _texts(frame: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    stripped = frame.with_columns(pl.all().str.strip_chars())
    return stripped.with_columns(pl.when(pl.all() != "").then(pl.all())).with_columns(numbers.alias("row"))
