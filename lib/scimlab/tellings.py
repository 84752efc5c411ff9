"""When two rows tell one event, and which of them tells it better: the same for files of a folder and for runs of an archive.

Two rows are one event when their event id, change id and job id agree. A form that cannot carry all three
(the portal's CSV has no event id) agrees where what it has agrees, within a second of the other's time, as
forms cut times differently. The row with more ids, then with more columns filled, then of the lesser
content hash stays: so neither the order of rows nor their split into files decides. A row stays behind any
better one that it agrees with, be that behind another one itself, so rows that come later change nothing for it.
"""

from typing import Any

import polars as pl

from scimlab.schema import EVENTS

CONTENT = [name for name in EVENTS if name not in ("counted", "file", "row")]
RANK = ["ids", "weight", "content", "file", "row"]
DESCENDING = [True, True, False, False, False]
SECOND = 1_000_000


def hashed(name: str) -> pl.Expr:
    """A hash of an id, null where there is none."""
    return pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash())


def measures() -> dict[str, Any]:
    """What a row is judged by: its job, its second, how many ids and columns it tells, and a hash of all it tells."""
    ids = [pl.col(name).is_not_null() for name in ("event_id", "change_id", "job_id")]
    return {
        "_job": hashed("job_id"),
        "second": pl.col("at").dt.timestamp("us") // SECOND,
        "ids": pl.sum_horizontal(ids),
        "weight": pl.sum_horizontal(pl.col(CONTENT).is_not_null()),
        "content": pl.struct(CONTENT).hash(),
    }


def told_better(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that another one tells better, the best first.

    rows: `_event _change` (hashes of the ids), the `measures`, `file row`, and whatever else.
    returns: those rows with `rank` and, of the best row that each agrees with, `file_best row_best`.
    """
    ranked = rows.sort(RANK, descending=DESCENDING).with_row_index("rank")
    same = _behind_equals(ranked)
    partial = ranked.join(same, on="rank", how="anti").filter(pl.col("ids") < 3)
    return pl.concat([same, _behind_agreeing(partial, ranked)]).sort("rank")


def _behind_equals(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows behind a better one with the same ids; without an event id the second counts too, as a change may own several."""
    names = ["_event", "_change", "_job", "moment"]
    keyed = rows.with_columns(moment=pl.when(pl.col("_event").is_null()).then("second"))
    best = keyed.group_by(names, maintain_order=True).agg(pl.col("rank", "file", "row").first())
    return _told(keyed.join(best, on=names, nulls_equal=True, suffix="_best").filter(pl.col("rank") > pl.col("rank_best")), rows.columns)


def _behind_agreeing(partial: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without one of the ids behind a better one that agrees in those they have."""
    by_event = partial.filter(pl.col("_event").is_not_null()).join(rows, on="_event", suffix="_best")
    seconds = pl.concat_list(pl.col("second") + each for each in (-1, 0, 1))
    near = partial.filter(pl.col("_change").is_not_null()).with_columns(near=seconds).explode("near")
    by_change = near.join(rows, left_on=["_change", "near"], right_on=["_change", "second"], suffix="_best").drop("near")
    agree = {name: pl.col(name).eq(pl.col(f"{name}_best")).fill_null(True) for name in ("_event", "_change", "_job")}
    behind = pl.col("rank") > pl.col("rank_best")
    pairs = [
        by_event.filter(behind, agree["_change"], agree["_job"]),
        by_change.filter(behind, agree["_event"], agree["_job"]),
    ]
    best = pl.concat(pairs, how="diagonal").sort("rank_best").unique("rank", keep="first", maintain_order=True)
    return _told(best, rows.columns)


def _told(pairs: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    return pairs.select(*columns, "file_best", "row_best")
