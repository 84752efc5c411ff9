"""The seats of 36 months from the million spans that two million events of 200,000 people open and close: ours against pandas."""

import datetime as dt
import sys
from pathlib import Path

FIRST = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
MONTHS = [
    (dt.date(2023 + month // 12, month % 12 + 1, 1), dt.date(2023 + (month + 1) // 12, (month + 1) % 12 + 1, 1)) for month in range(36)
]


def make(file: Path, spans: int) -> None:
    """Five spans of days to months a person, some touching or overlapping on a day, some by a second record."""
    import polars as pl

    from scimlab import schema

    n = pl.int_range(spans, dtype=pl.Int64)
    who = (n // 5).cast(pl.String)
    on = pl.lit(FIRST) + pl.duration(days=n % 5 * 219) + pl.duration(minutes=n.hash(5) % (100 * 1440))
    off = on + pl.duration(minutes=30 + n.hash(9) % (120 * 1440))
    said = {
        "person_id": who,
        "target_id": pl.format("r{}-{}", who, n.hash(11) % 30 // 29),
        "kind": pl.lit("member"),
        "on_at_min": on,
        "on_at_max": on,
    }
    said |= {"off_at_min": off, "off_at_max": off, "on_evidence": pl.lit("bench"), "off_evidence": pl.lit("bench")}
    pl.select(**{name: said[name].cast(dtype) for name, dtype in schema.INTERVALS.items()}).sort(
        "person_id", "target_id", "on_at_max"
    ).write_parquet(file)


def ours(file: Path) -> str:
    """Each month by the four rules that pages print, at the least and at the most; what prorates days is compared."""
    import polars as pl

    from scimlab import seats

    rules = ["snapshot_end", "user_days_prorated", "peak_daily", "any_active_full"]
    counts = seats.counts(pl.scan_parquet(file), policies=rules, periods=MONTHS, zone="UTC")
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days()
    return f"{counts.filter(policy='user_days_prorated').select((pl.col('low') * days).round().sum()).item():.0f} seat-days"


def pandas(file: Path) -> str:
    """The one rule that prorates days, each person's days merged once and summed up day by day; without ranges, evidence or zones."""
    import numpy as np
    import pandas as pd

    spans = pd.read_parquet(file, columns=["person_id", "on_at_min", "off_at_max"])
    origin = pd.Timestamp(FIRST)
    spans["first"] = (spans["on_at_min"] - origin) // pd.Timedelta(days=1)
    spans["end"] = -((origin - spans["off_at_max"]) // pd.Timedelta(days=1))
    spans = spans.sort_values(["person_id", "first"], kind="stable")
    before = spans.groupby("person_id")["end"].cummax().groupby(spans["person_id"]).shift().fillna(0).astype("int64")
    start = np.maximum(spans["first"], before)
    kept = start < spans["end"]
    change = np.zeros(spans["end"].max() + 2, dtype="int64")
    np.add.at(change, start[kept], 1)
    np.add.at(change, spans["end"][kept], -1)
    last = (MONTHS[-1][1] - FIRST.date()).days
    return f"{change.cumsum()[:last].sum()} seat-days"


if __name__ == "__main__":
    way, file, *size = sys.argv[1:]
    print({"make": make, "ours": ours, "pandas": pandas}[way](Path(file), *map(int, size)))
