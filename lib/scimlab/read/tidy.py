"""Our own Parquet: EVENTS as `scimlab tidy` writes them, and a whole tenant as a report hands it to its pages."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import polars as pl

from scimlab.errors import InputError
from scimlab.read.parts import PART, Parts
from scimlab.read.readings import Reading
from scimlab.read.sources import Source
from scimlab.read.words import ACTION, STATUS
from scimlab.schema import EVENTS, FRAMES, Setting, Tenant

FORM = "tidy Parquet"
SETTINGS = "settings.json"
MARK = "scimlab tenant"
NEEDED = ("at", "action", "status")


def take_tidy(source: Source, parts: Parts, reading: Reading) -> None:
    """Every row of a Parquet file that has the columns of EVENTS; which file and row it first came from is kept."""
    try:
        stream: Path | BinaryIO = source.path if source.is_plain else source.open()
        scan = pl.scan_parquet(stream)
        met = scan.collect_schema()
        rows = scan.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        parts.refuse("rejected", f"no Parquet that can be read: {str(error).splitlines()[0]}", source.head())
        return
    missing = [name for name in NEEDED if name not in met] + [name for name in EVENTS if name in met and not _fits(met[name], EVENTS[name])]
    if missing or not {"event_id", "change_id"} & set(met):
        reading.form = "Parquet of something else"
        parts.refuse("foreign", f"no Parquet of EVENTS: wanting or of another type is {', '.join(missing or ['event_id'])}", b"")
        return
    parts.belong(FORM, "events", as_written=False)
    unknown = [name for name in met if name not in EVENTS]
    if unknown:
        reading.note(f"columns not used: {', '.join(unknown)}")
    for start in range(0, rows, PART):
        _take(scan.slice(start, PART).collect(), start, parts, source.name)


def _fits(met: pl.DataType, ours: pl.DataType) -> bool:
    """Whether a column is of our type, or one that casts into it without loss."""
    in_utc = isinstance(met, pl.Datetime) and isinstance(ours, pl.Datetime) and met.time_zone == ours.time_zone
    return met in (ours, pl.Null) or (met.is_integer() and ours.is_integer()) or in_utc


def _take(frame: pl.DataFrame, start: int, parts: Parts, file: str) -> None:
    names = [name for name in EVENTS if name != "counted"]
    absent = [pl.lit(None, EVENTS[name]).alias(name) for name in names if name not in frame.columns]
    whole = frame.with_columns(absent).select(pl.col(name).cast(EVENTS[name]) for name in names)
    place = pl.int_range(pl.len()) + start + 1
    whole = whole.with_columns(pl.col("file").fill_null(file), pl.col("row").fill_null(place), number=place)
    fits = pl.col("at").is_not_null() & pl.col("status").is_in(list(STATUS.values())) & pl.col("action").is_in(list(ACTION.values()))
    for number, event_id in whole.filter(~fits.fill_null(False)).select("number", "event_id").iter_rows():
        parts.refuse_row(number, "rejected", "at, action or status is empty or unknown", event_id or "")
    parts.reading.rows += whole.height
    parts.add(whole.filter(fits.fill_null(False)).drop("number"))


def write_tidy(tenant: Tenant, folder: str | Path) -> Path:
    """A folder that `read.tenant` reads back to the same tenant, without looking at the exports again.

    One Parquet file a frame, named for it, and the settings with their origins.
    returns: the folder.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    tenant.events.sink_parquet(place / "events.parquet")
    for frame in (name for name in FRAMES if name != "events"):
        getattr(tenant, frame).write_parquet(place / f"{frame}.parquet")
    told = {name: [each.value, each.origin] for name, each in tenant.settings.items()}
    (place / SETTINGS).write_bytes(msgspec.json.encode({"form": MARK, "name": tenant.name, "settings": told}))
    return place


def is_tidy(folder: Path) -> bool:
    """Whether `write_tidy` made the folder."""
    try:
        return msgspec.json.decode((folder / SETTINGS).read_bytes())["form"] == MARK
    except (OSError, ValueError, LookupError, TypeError):
        return False


def tidy_tenant(folder: Path) -> Tenant:
    """The tenant that `write_tidy` wrote.

    raises: InputError where one of its files is missing or is not of its schema.
    """
    told = msgspec.json.decode((folder / SETTINGS).read_bytes())
    settings = {name: Setting(_value(name, value), origin) for name, (value, origin) in told["settings"].items()}
    frames: dict[str, Any] = {name: _frame(folder / f"{name}.parquet", schema) for name, schema in FRAMES.items() if name != "events"}
    _frame(folder / "events.parquet", EVENTS, rows=0)
    return Tenant(name=told["name"], settings=settings, events=pl.scan_parquet(folder / "events.parquet"), **frames)


def _frame(place: Path, schema: pl.Schema, *, rows: int | None = None) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(place, n_rows=rows)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"no Parquet that can be read: {str(error).splitlines()[0]}", "Make the report again.", file=place.name) from None
    if frame.schema != schema:
        raise InputError("the columns are not those of its frame", "Make the report again, with this version.", file=place.name)
    return frame


def _value(name: str, value: Any) -> Any:
    """A setting as it was before JSON, which knows no instants and no days."""
    if name == "as_of" and value is not None:
        return datetime.fromisoformat(value)
    if name == "seasons":
        return [{key: date.fromisoformat(each) if key.endswith("_day") else each for key, each in season.items()} for season in value]
    return value
