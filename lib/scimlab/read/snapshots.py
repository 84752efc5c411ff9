"""All frames but EVENTS out of all files: each thing once, as the file that tells most of it tells it."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from scimlab.read import audit
from scimlab.read.parts import SEVERAL
from scimlab.read.settings import Said
from scimlab.read.units import Parsed
from scimlab.schema import FRAMES

KEYS: Mapping[str, Sequence[str | pl.Expr]] = {
    "people": ["object_id", "is_deleted", "taken_at"],
    # An account is told by its id; where an export carries none, by its name.
    "records": [pl.coalesce("target_id", "user_name", "mail"), pl.col("target_id").is_null(), "taken_at"],
    "assignments": ["principal_id", "group_id", "resource_id", "role_id", "taken_at"],
    "audit": ["audit_id", pl.when("is_named").then("content")],
    "activity": ["object_id", "user_name", "target_id", "at", "kind"],
    # What is told otherwise in another file was so at another time.
    "jobs": ["content"],
    "mappings": ["content"],
    "roster": ["object_id", "address"],
    # A person billed twice is billed twice, unless it is the same bill in another file.
    "invoice": ["content", pl.int_range(pl.len()).over("file", "content")],
    "desks": ["content"],
}
"""What rows of a frame share when they are one thing told twice."""

PLACE = {"unit": pl.UInt32, "_source": pl.UInt32}
RECORD = [*PLACE, "file", "row"]


def ranked(frame: str, units: Sequence[Parsed], said: Mapping[str, Said]) -> pl.DataFrame:
    """Each row of the frame; `rank` is 0 where no other record tells the same thing better, `best` names the one that does.

    The record with more columns filled is the better one, then that of the lesser content hash.
    returns: the frame's columns with `unit _source rank best`, by unit, source and row.
    """
    schema = FRAMES[frame]
    content = [name for name in schema if name not in ("file", "row")]
    taken = [_taken(frame, number, unit, said) for number, unit in enumerate(units) if unit.rows(frame) is not None]
    rows = pl.concat([pl.DataFrame(schema={**schema, **PLACE}), *taken]).with_columns(
        weight=pl.sum_horizontal(pl.col(content).is_not_null()), content=pl.struct(content).hash()
    )
    if frame == "audit":
        rows = audit.with_ids(rows, RECORD)
    best = pl.format("row {} of {}", "row", "file").first()
    places = (
        (_records(rows) if frame in SEVERAL else rows)
        .sort("weight", "content", "file", "row", descending=[True, False, False, False])
        .select(*RECORD, rank=pl.int_range(pl.len()).over(KEYS[frame]), best=best.over(KEYS[frame]))
    )
    return rows.join(places, on=RECORD, how="left").select(*schema, *PLACE, "rank", "best").sort(*RECORD, maintain_order=True)


def told_again(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """A row a record that another tells better: `unit _source row reason text`."""
    return pl.concat(
        rows.filter(pl.col("rank") > 0)
        .unique(RECORD, keep="first", maintain_order=True)
        .select(
            *PLACE, "row", reason=pl.format("the same as {}", "best"), text=pl.concat_str(pl.nth(0, 1), separator=", ", ignore_nulls=True)
        )
        for rows in frames
    )  # fmt: skip


def _records(rows: pl.DataFrame) -> pl.DataFrame:
    """A row a record of several rows: in any order they weigh and hold what they do together."""
    rest = pl.exclude(*RECORD, "weight", "content").first()
    return rows.group_by(RECORD).agg(rest, pl.col("weight").sum(), content=pl.col("content").sort().implode().hash())


def _taken(frame: str, number: int, unit: Parsed, said: Mapping[str, Said]) -> pl.DataFrame:
    """The rows of a unit, with the time tenant.toml gives for their file."""
    rows = unit.rows(frame).collect().filter(~pl.col("_source").is_in(unit.stopped)).with_columns(pl.lit(number, pl.UInt32).alias("unit"))
    schema = FRAMES[frame]
    if "taken_at" in schema and "taken_at" not in rows.columns:
        times = pl.Series("taken_at", [said[each.file].taken_at for each in unit.readings], schema["taken_at"])
        rows = rows.with_columns(times.gather(rows["_source"]))
    return rows.select(*schema, *PLACE)
