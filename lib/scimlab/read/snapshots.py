"""PEOPLE, RECORDS and ROSTER out of all files: each thing once, as the file that tells most of it tells it."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from scimlab.read.settings import Said
from scimlab.read.units import Parsed
from scimlab.schema import FRAMES

KEYS: Mapping[str, Sequence[pl.Expr]] = {
    "people": [pl.col("object_id"), pl.col("is_deleted"), pl.col("taken_at")],
    # An account is told by its id; where an export carries none, by its name.
    "records": [pl.coalesce("target_id", "user_name", "mail"), pl.col("target_id").is_null(), pl.col("taken_at")],
    "roster": [pl.col("object_id"), pl.col("address")],
}
"""What rows of a snapshot share when they are one thing told twice."""

PLACE = {"unit": pl.UInt32, "_source": pl.UInt32}


def ranked(frame: str, units: Sequence[Parsed], said: Mapping[str, Said]) -> pl.DataFrame:
    """Each row of the frame; `rank` is 0 where no other row tells the same thing better, `best` names the one that does.

    The row with more columns filled is the better one, then that of the lesser content hash.
    returns: the frame's columns with `unit _source rank best`, by unit, source and row.
    """
    schema = FRAMES[frame]
    content = [name for name in schema if name not in ("file", "row")]
    rows = [_taken(frame, number, unit, said) for number, unit in enumerate(units) if unit.rows(frame) is not None]
    return (
        pl.concat([pl.DataFrame(schema={**schema, **PLACE}), *rows])
        .with_columns(weight=pl.sum_horizontal(pl.col(content).is_not_null()), content=pl.struct(content).hash())
        .sort("weight", "content", "file", "row", descending=[True, False, False, False])
        .with_columns(
            rank=pl.int_range(pl.len()).over(KEYS[frame]), best=pl.format("row {} of {}", "row", "file").first().over(KEYS[frame])
        )
        .drop("weight", "content")
        .sort("unit", "_source", "row")
    )  # fmt: skip


def told_again(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """A row a row that another tells better: `unit _source row reason text`."""
    return pl.concat(
        rows.filter(pl.col("rank") > 0).select(
            *PLACE, "row", reason=pl.format("the same as {}", "best"), text=pl.concat_str(pl.nth(0, 1), separator=", ", ignore_nulls=True)
        )
        for rows in frames
    )  # fmt: skip


def _taken(frame: str, number: int, unit: Parsed, said: Mapping[str, Said]) -> pl.DataFrame:
    """The rows of a unit, with the time tenant.toml gives for their file."""
    rows = unit.rows(frame).collect().filter(~pl.col("_source").is_in(unit.stopped)).with_columns(pl.lit(number, pl.UInt32).alias("unit"))
    schema = FRAMES[frame]
    if "taken_at" in schema and "taken_at" not in rows.columns:
        times = pl.Series("taken_at", [said[each.file].taken_at for each in unit.readings], schema["taken_at"])
        rows = rows.with_columns(times.gather(rows["_source"]))
    return rows.select(*schema, *PLACE)
