"""Events told more than once: found by hashes of their ids, so that a big log is never held whole for it.

Two rows are one event when their event id, change id and job id agree. A form that cannot carry all three
(the portal's CSV has no event id) agrees where what it has agrees, within a second of the other's time, as
forms cut times differently. The row with more ids, then with more columns filled, then of the lesser
content hash stays: so neither the order of rows nor their split into files decides.
"""

from collections.abc import Sequence

import polars as pl

from scimlab.schema import EVENTS

CONTENT = [name for name in EVENTS if name not in ("counted", "file", "row")]
RANK = ["ids", "weight", "content", "file", "row"]
DESCENDING = [True, True, False, False, False]
SECOND = 1_000_000
TOLD = {"unit": pl.UInt32, "_source": pl.UInt32, "_n": pl.UInt32, "row": pl.Int64, "reason": pl.String, "text": pl.String}


def duplicates(units: Sequence[tuple[pl.LazyFrame | None, Sequence[int]]]) -> pl.DataFrame:
    """A row an event that another row tells better: its place, and in words which row that is.

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
    rows = rows.sort(RANK, descending=DESCENDING).with_row_index("rank")
    same = _better_of_equals(rows)
    rest = rows.join(same, on="rank", how="anti")
    return pl.concat([same, _better_of_partial(rest)]).sort("rank").select(*TOLD)


def _weighed(rows: pl.LazyFrame, unit: int, met: pl.DataFrame) -> pl.LazyFrame:
    """Of rows that share an id with another: their ids hashed, how much they tell, and a hash of all they tell."""
    wanted = met.lazy().filter(pl.col("unit") == unit).select("_n")
    ids = [pl.col(name).is_not_null() for name in ("event_id", "change_id", "job_id")]
    return (
        rows.join(wanted, on="_n", how="semi")
        .select(
            pl.lit(unit, pl.UInt32).alias("unit"),
            "_n", "_source", "file", "row", "_event", "_change",
            pl.when(pl.col("job_id").is_not_null()).then(pl.col("job_id").hash()).alias("_job"),
            (pl.col("at").dt.timestamp("us") // SECOND).alias("second"),
            pl.sum_horizontal(ids).alias("ids"),
            pl.sum_horizontal(pl.col(CONTENT).is_not_null()).alias("weight"),
            pl.struct(CONTENT).hash().alias("content"),
            pl.coalesce("event_id", "change_id").alias("text"),
        )
    )  # fmt: skip


def _better_of_equals(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows behind a better one with the same ids; without an event id the second counts too, as a change may own several."""
    names = ["_event", "_change", "_job", "moment"]
    keyed = rows.with_columns(moment=pl.when(pl.col("_event").is_null()).then("second"))
    best = keyed.group_by(names, maintain_order=True).agg(pl.col("rank", "file", "row").first())
    return _told(keyed.join(best, on=names, nulls_equal=True, suffix="_best").filter(pl.col("rank") > pl.col("rank_best")))


def _better_of_partial(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without one of the ids behind a better one that agrees in those they have."""
    partial = rows.filter(pl.col("ids") < 3)
    by_event = partial.filter(pl.col("_event").is_not_null()).join(rows, on="_event", suffix="_best")
    near = partial.filter(pl.col("_change").is_not_null()).with_columns(
        second=pl.concat_list(pl.col("second") + each for each in (-1, 0, 1))
    )
    by_change = near.explode("second").join(rows, on=["_change", "second"], suffix="_best")
    agree = {name: pl.col(name).eq(pl.col(f"{name}_best")).fill_null(True) for name in ("_event", "_change", "_job")}
    behind = pl.col("rank") > pl.col("rank_best")
    pairs = [
        by_event.filter(behind, agree["_change"], agree["_job"]),
        by_change.filter(behind, agree["_event"], agree["_job"]),
    ]
    return _told(pl.concat(pairs, how="diagonal").sort("rank_best").unique("rank", keep="first", maintain_order=True))


def _told(pairs: pl.DataFrame) -> pl.DataFrame:
    reason = pl.format("the same event as row {} of {}", "row_best", "file_best")
    return pairs.select("rank", *(each for each in TOLD if each != "reason"), reason=reason)
