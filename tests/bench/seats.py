"""Seat-days of 36 months from half a million spans of 200,000 people: ours against pandas."""

import datetime as dt
import sys
from pathlib import Path

FIRST = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
MONTHS = [
    (dt.date(2023 + month // 12, month % 12 + 1, 1), dt.date(2023 + (month + 1) // 12, (month + 1) % 12 + 1, 1)) for month in range(36)
]


def make(file: Path, spans: int) -> None:
    """Spans of days to months, several a person, some touching or overlapping on a day."""
    import polars as pl

    from scimlab import schema

    n = pl.int_range(spans, dtype=pl.Int64)
    who = (n.hash(3) % (2 * spans // 5)).cast(pl.String)
    on = pl.lit(FIRST) + pl.duration(minutes=n.hash(5) % (1096 * 1440))
    off = on + pl.duration(minutes=30 + n.hash(9) % (120 * 1440))
    said = {"person_id": who, "target_id": n.cast(pl.String), "kind": pl.lit("member"), "on_at_min": on, "on_at_max": on}
    said |= {"off_at_min": off, "off_at_max": off, "on_evidence": pl.lit("bench"), "off_evidence": pl.lit("bench")}
    pl.select(**{name: said[name].cast(dtype) for name, dtype in schema.INTERVALS.items()}).write_parquet(file)


def ours(file: Path) -> str:
    """Each month by the rule that prorates days."""
    import polars as pl

    from scimlab import seats

    intervals = pl.read_parquet(file)
    counts = [seats.count(intervals, policy="user_days_prorated", period=month, zone="UTC")["low"].item() for month in MONTHS]
    return f"{sum(round(count * (end - first).days) for count, (first, end) in zip(counts, MONTHS, strict=True))} seat-days"


def pandas(file: Path) -> str:
    """The same by merging each person's days, sorted, month by month; without ranges, evidence or zones."""
    import pandas as pd

    spans = pd.read_parquet(file, columns=["person_id", "on_at_min", "off_at_max"])
    day = pd.Timedelta(days=1)
    spans["first"] = spans["on_at_min"].dt.floor("D")
    spans["end"] = spans["off_at_max"].dt.ceil("D")
    spans = spans.sort_values(["person_id", "first"], kind="stable")
    total = 0
    for first, end in MONTHS:
        first, end = pd.Timestamp(first, tz="UTC"), pd.Timestamp(end, tz="UTC")
        inside = spans[(spans["first"] < end) & (spans["end"] > first)].copy()
        inside["first"], inside["end"] = inside["first"].clip(lower=first), inside["end"].clip(upper=end)
        before = inside.groupby("person_id")["end"].cummax().groupby(inside["person_id"]).shift()
        start = inside["first"].where(before.isna() | (before < inside["first"]), before)
        total += int(((inside["end"] - start) / day).clip(lower=0).sum())
    return f"{total} seat-days"


if __name__ == "__main__":
    way, file, *size = sys.argv[1:]
    print({"make": make, "ours": ours, "pandas": pandas}[way](Path(file), *map(int, size)))
