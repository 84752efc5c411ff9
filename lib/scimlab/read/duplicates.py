"""Events told more than once: found by hashes of their ids, so that a big log is never held whole for it."""

from collections.abc import Sequence

import polars as pl

from scimlab import tellings

TOLD = {"unit": pl.UInt32, "_source": pl.UInt32, "_n": pl.UInt32, "row": pl.Int64, "reason": pl.String, "text": pl.String}


def duplicates(units: Sequence[tuple[pl.LazyFrame | None, Sequence[int]]]) -> pl.DataFrame:
    """A row an event that another row tells better (see `tellings`): its place, and in words which row that is.

    units: the events of each unit as they were written, and those of its sources that are not to be looked at.
    returns: `unit _source _n row reason text`, `unit` the place in `units`.
    """
    ids = [
        rows.filter(~pl.col("_source").is_in(list(stopped))).select(pl.lit(unit, pl.UInt32).alias("unit"), "_n", "_event", "_change")
        for unit, (rows, stopped) in enumerate(units)
        if rows is not None
    ]
    if not ids:
        return pl.DataFrame(schema=TOLD)
    met = pl.concat(ids).collect(engine="streaming")
    again = [pl.col(name).is_not_null() & pl.col(name).is_duplicated() for name in ("_event", "_change")]
    met = met.filter(pl.any_horizontal(again))
    if met.is_empty():
        return pl.DataFrame(schema=TOLD)
    rows = pl.concat([_weighed(rows, unit, met) for unit, (rows, _) in enumerate(units) if rows is not None]).collect(engine="streaming")
    reason = pl.format("the same event as row {} of {}", "row_best", "file_best")
    return tellings.told_better(rows).with_columns(reason=reason).select(*TOLD)


def _weighed(rows: pl.LazyFrame, unit: int, met: pl.DataFrame) -> pl.LazyFrame:
    """Of rows that share an id with another: their ids hashed, and what they are judged by."""
    wanted = met.lazy().filter(pl.col("unit") == unit).select("_n")
    place = [pl.lit(unit, pl.UInt32).alias("unit"), "_n", "_source", "file", "row", "_event", "_change"]
    text = pl.coalesce("event_id", "change_id")
    return rows.join(wanted, on="_n", how="semi").select(*place, text=text, **tellings.measures())
