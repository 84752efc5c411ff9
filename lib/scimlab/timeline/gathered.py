"""What repeats itself, gathered: a storm of a thousand attempts is one thing to a reader."""

import polars as pl

from scimlab.schema import RUNS

LANE = ["person_id", "lane"]
STEADY = ["outcome", "what", "cause", "detail"]
TRIED = ("failed", "skipped")


def runs(events: pl.DataFrame) -> pl.DataFrame:
    """Each thing that befell a person, and each that befell them again and again, once.

    Attempts that fail alike, or are skipped alike, are one run until something succeeds in their lane, whatever fails beside
    them. Of other things, those are one that follow each other in their lane and say the same.

    events: TIMELINE, in its order.
    returns: RUNS, people as they came, each by `at`; `detail` ends in what the last time said. Empty input gives an empty frame.
    """
    is_tried = pl.col("outcome").is_in(TRIED)
    ordered = events.with_row_index("order").with_columns(successes=(~is_tried).cast(pl.Int64).cum_sum().over(LANE))
    tried = ordered.filter(is_tried).with_columns(block="successes")
    others = ordered.filter(~is_tried).with_columns(block=pl.struct(STEADY).rle_id().over(LANE).cast(pl.Int64))
    place = pl.format("{} row {}", "file", "row")
    return (
        pl.concat([tried, others])
        .sort("order")
        .group_by(*LANE, *STEADY, "block", maintain_order=True)
        .agg(
            pl.col("at").first(),
            pl.col("at").last().alias("last_at"),
            pl.len().cast(pl.Int64).alias("times"),
            pl.col("latest").last(),
            pl.col("file").n_unique().alias("files"),
            place.first().alias("first_place"),
            place.last().alias("last_place"),
            pl.col("row").last().alias("last_row"),
        )
        .with_columns(detail=_both("detail", "latest"), evidence=_evidence())
        .select(pl.col(name).cast(dtype) for name, dtype in RUNS.items())
    )


def _both(*columns: str) -> pl.Expr:
    text = pl.concat_str(columns, separator="; ", ignore_nulls=True)
    return pl.when(text != "").then(text)


def _evidence() -> pl.Expr:
    """Where the first and the last of a run stand."""
    last = pl.when(pl.col("files") == 1).then(pl.format("row {}", "last_row")).otherwise("last_place")
    return pl.when(pl.col("times") == 1).then("first_place").otherwise(pl.format("{} to {}", "first_place", last))
