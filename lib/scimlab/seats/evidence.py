"""FACTS in words, as the evidence of an interval's ends."""

import polars as pl


def told_by(rows: pl.DataFrame, numbers: pl.Series) -> pl.Series:
    """What these rows say, when, and where it stands; null for no number and for the beginning of time."""
    where = pl.when(pl.col("file").is_not_null()).then(pl.format(" ({} row {})", "file", pl.col("row"))).otherwise(pl.lit(""))
    picked = rows.select(pl.col("what", "at", "file", "row").gather(numbers))
    return picked.select(told=pl.col("what") + pl.col("at").dt.strftime(" %Y-%m-%d %H:%M:%S UTC") + where)["told"]
