"""Who was counted: each person's share in the four rules that pages print, and each day of each seat."""

import datetime as dt

import polars as pl

from scimlab.schema import COUNTED, SEAT_DAYS
from scimlab.seats.held import Held, numbered
from scimlab.seats.periods import Period, period_of

SHARES = {"snapshot_end": "last", "user_days_prorated": "days", "peak_daily": "busiest", "any_active_full": "any"}
"""The columns of COUNTED, `_low` and `_high`, whose sum is what a rule counts; of the days, divided by the period's."""


def counted(intervals: pl.DataFrame, *, period: tuple[dt.date, dt.date], zone: str) -> pl.DataFrame:
    """Each person who held a seat in the period, or may have: for how many days, and what each rule makes of that.

    The busiest day is that on which the most people may have held one, the first of several.

    intervals: INTERVALS, any order. Service accounts are not counted. period: the first day and the day after the last, days of `zone`.
    returns: COUNTED, the most days first; `first_day` and `last_day` at the most.
    """
    span = period_of(period, zone)
    rows = numbered(intervals)
    high = Held(rows, "high", span)
    day = span.first_day + dt.timedelta(days=high.people_a_day(span).arg_max())
    shares = _shares(high, span, day).join(_shares(Held(rows, "low", span), span, day), on="person_id", how="left", suffix="_low")
    names = {f"{name}_high": name for name in SHARES.values()} | {f"{name}_low": f"{name}_low" for name in SHARES.values()}
    shares = shares.select("person_id", **{new: pl.col(old).fill_null(0) for new, old in names.items()})
    return (
        _known(high, intervals, span)
        .join(shares, on="person_id")
        .sort("days_low", "days_high", "person_id", descending=[True, True, False])
        .select(pl.col(name).cast(dtype) for name, dtype in COUNTED.items())
    )


def seat_days(intervals: pl.DataFrame, *, period: tuple[dt.date, dt.date], zone: str) -> pl.DataFrame:
    """Each day of the period on which a record was, or may have been, active, with what opened and what closed the seat.

    intervals, period, zone: as for `counted`.
    returns: SEAT_DAYS by person_id, day, target_id; of several spans of a record on a day the first opens and the last closes.
    """
    span = period_of(period, zone)
    rows = numbered(intervals)
    certain = _days(Held(rows, "low", span), span).select("person_id", "target_id", "day", is_certain=True).unique()
    days = _days(Held(rows, "high", span), span).join(_evidence(intervals), on="place").sort("place")
    key = ["person_id", "target_id", "day"]
    of_day = days.group_by(*key, maintain_order=True).agg(pl.col("on_evidence").first(), pl.col("off_evidence").last())
    found = of_day.join(certain, on=key, how="left", nulls_equal=True)
    return found.with_columns(pl.col("is_certain").fill_null(False)).select(SEAT_DAYS.names()).sort("person_id", "day", "target_id")


def _shares(held: Held, period: Period, busiest: dt.date) -> pl.DataFrame:
    """A row a person: whether at the last instant, on the busiest day and ever, as 0 or 1, and the days."""
    runs = held.runs_of(period)
    spans = held.within(period)
    named = spans.select("person", person_id=held.named(spans, "person_id")).unique()
    last = spans.group_by("person").agg(last=(pl.col("off_at") == pl.lit(period.at(period.end_day))).any().cast(pl.Int64))
    number = (busiest - dt.date(1970, 1, 1)).days
    on_it = ((pl.col("first") <= number) & (pl.col("last") >= number)).any().cast(pl.Int64)
    days = runs.group_by(pl.col("person").cast(pl.UInt32)).agg(days=(pl.col("last") - pl.col("first") + 1).sum(), busiest=on_it)
    return named.join(last, on="person").join(days, on="person").with_columns(any=pl.lit(1, pl.Int64)).drop("person")


def _known(held: Held, intervals: pl.DataFrame, period: Period) -> pl.DataFrame:
    """A row a person: kind, records and their ids, first and last day, and how beginning and end are known."""
    spans = held.within(period)
    named = spans.with_columns(held.named(spans, "person_id"), held.named(spans, "target_id")).join(_evidence(intervals), on="place")
    ids = pl.col("target_id").drop_nulls().unique().sort()
    return (
        named.sort("on_at", "place")
        .group_by("person_id", maintain_order=True)
        .agg(
            pl.col("kind").first(),
            records=pl.max_horizontal(ids.len(), 1),
            target_ids=ids.str.join(", "),
            first_day=pl.col("first_day").min(),
            last_day=pl.col("last_day").max(),
            on_evidence=pl.col("on_evidence").first(),
            off_evidence=pl.col("off_evidence").sort_by("off_at", "place").last(),
        )
    )


def _evidence(intervals: pl.DataFrame) -> pl.DataFrame:
    """What belongs to each `place` of what `numbered` gives."""
    rows = intervals.filter(pl.col("kind") != "service")
    rows = rows if rows["person_id"].is_sorted() else rows.sort("person_id")
    return rows.select("kind", "on_evidence", "off_evidence").with_row_index("place")


def _days(held: Held, period: Period) -> pl.DataFrame:
    spans = held.within(period)
    named = spans.select(
        "place", held.named(spans, "person_id"), held.named(spans, "target_id"), day=pl.date_ranges("first_day", "last_day")
    )
    return named.explode("day")
