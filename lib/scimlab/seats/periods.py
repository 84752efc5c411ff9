"""A period of whole days in a zone, and what of INTERVALS lies in it."""

import datetime as dt
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from scimlab.errors import UsageError
from scimlab.schema import Tenant

Bound = Literal["low", "high"]

MICROSECOND = pl.duration(microseconds=1)

DAYS = (pl.col("first_day").to_physical(), pl.col("last_day").to_physical())


class Period(NamedTuple):
    """The days from `first_day` to the day before `end_day`, as the zone's clocks count them."""

    first_day: dt.date
    end_day: dt.date
    zone: str

    @property
    def days(self) -> int:
        """How many days, whatever their hours."""
        return (self.end_day - self.first_day).days

    def at(self, day: dt.date, clock: dt.time = dt.time()) -> dt.datetime:
        """The instant at which the zone's clocks show this."""
        return dt.datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(dt.UTC)


def period_of(period: tuple[dt.date, dt.date], zone: str) -> Period:
    """The period checked. raises: UsageError if it is not two days in order, or the zone is unknown."""
    first_day, end_day = period
    if not all(isinstance(each, dt.date) and not isinstance(each, dt.datetime) for each in (first_day, end_day)):
        raise UsageError(f"a period from {first_day!r} to {end_day!r}", "give two dates: the first day and the day after the last")
    if first_day >= end_day:
        raise UsageError(f"a period from {first_day} to {end_day} holds no day", "give the first day and the day after the last")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"no time zone {zone!r}", "give an IANA name such as Europe/Berlin") from error
    return Period(first_day, end_day, zone)


def default_period(tenant: Tenant) -> tuple[dt.date, dt.date]:
    """The last calendar month, in the tenant's zone, that had ended when it was judged.

    raises: UsageError if nothing was ever observed, so that no month has ended.
    """
    if tenant.as_of is None:
        raise UsageError(
            "nothing in these exports says when anything was", "give a period, or say in tenant.toml when the files were taken"
        )
    this_month = tenant.as_of.astimezone(ZoneInfo(tenant.zone)).date().replace(day=1)
    return (this_month - dt.timedelta(days=1)).replace(day=1), this_month


def held(intervals: pl.DataFrame, bound: Bound, period: Period) -> pl.DataFrame:
    """A row a span in which a seat was held in the period, at the least or at the most, clipped to it. Service accounts hold none.

    intervals: INTERVALS, any order.
    returns: person_id target_id `on_at` `off_at` (half-open), `first_day` `last_day` (both held, in the zone).
    """
    start, end = (pl.lit(period.at(day)).dt.cast_time_unit("us") for day in (period.first_day, period.end_day))
    on, off = (pl.col("on_at_max"), pl.col("off_at_min")) if bound == "low" else (pl.col("on_at_min"), pl.col("off_at_max"))
    # Seen active at one instant only: a span of one tick at the least. A null end is open on the high side, unknown on the low.
    if bound == "low":
        certain = on <= off
        off = pl.max_horizontal(off, on + MICROSECOND)
    else:
        certain, on, off = pl.lit(True), on.fill_null(start), off.fill_null(end)
    spans = intervals.lazy().filter(pl.col("kind") != "service", certain)
    spans = spans.select("person_id", "target_id", on_at=pl.max_horizontal(on, start), off_at=pl.min_horizontal(off, end))
    local = {"first_day": pl.col("on_at"), "last_day": pl.col("off_at") - MICROSECOND}
    return (
        spans.filter(pl.col("on_at") < pl.col("off_at"))
        .with_columns(**{name: at.dt.convert_time_zone(period.zone).dt.date() for name, at in local.items()})
        .collect()
    )


def person_runs(spans: pl.DataFrame, first: pl.Expr, last: pl.Expr) -> pl.DataFrame:
    """A row a run of days (or of hours) on which a person held a seat: each counts once, however many records or spans.

    first, last: the numbers of the first and last day of a span, both held.
    returns: `person` (a number) `first` `last`, no two of one person overlapping.
    """
    wide = 1 << 32
    key = pl.col("person_id").cast(pl.Categorical).to_physical().cast(pl.Int64) * wide
    runs = spans.lazy().select(start=key + first, stop=key + last)
    # One sort of one number; persons lie so far apart that the running end of one never reaches the next.
    runs = runs.sort("start").with_columns(before=pl.col("stop").cum_max().shift(1))
    runs = runs.with_columns(start=pl.max_horizontal("start", pl.col("before") + 1)).filter(pl.col("start") <= pl.col("stop"))
    return runs.select(person=pl.col("stop") // wide, first=pl.col("start") % wide, last=pl.col("stop") % wide).collect()


def person_days(spans: pl.DataFrame) -> int:
    """How many days all people together held a seat; a part of a day is a day."""
    runs = person_runs(spans, *DAYS)
    return runs.select((pl.col("last") - pl.col("first") + 1).sum()).item()


def people_a_day(spans: pl.DataFrame, period: Period) -> pl.DataFrame:
    """A row a day of the period: `day` and the `people` who held a seat at any instant of it."""
    counts = _people_each(person_runs(spans, *DAYS), (period.first_day - dt.date(1970, 1, 1)).days, period.days)
    return counts.select(day=pl.col("number").cast(pl.Int32).cast(pl.Date), people="people")


def people_an_hour(spans: pl.DataFrame, period: Period) -> pl.Series:
    """The people who held a seat at any instant of each hour of the period, counted from its first instant."""
    start, end = period.at(period.first_day), period.at(period.end_day)
    hours = [(at - pl.lit(start)).dt.total_hours() for at in (pl.col("on_at"), pl.col("off_at") - MICROSECOND)]
    return _people_each(person_runs(spans, *hours), 0, -((start - end) // dt.timedelta(hours=1)))["people"]


def _people_each(runs: pl.DataFrame, first: int, numbers: int) -> pl.DataFrame:
    """A row a day or hour: its `number` and how many runs hold it."""
    changes = [runs.select(number=pl.col("first"), change=1), runs.select(number=pl.col("last") + 1, change=-1)]
    changed = pl.concat(changes).group_by("number").agg(pl.col("change").sum())
    every = pl.DataFrame({"number": pl.Series(range(first, first + numbers), dtype=pl.Int64)})
    return every.join(changed, on="number", how="left", maintain_order="left").select(
        "number", people=pl.col("change").fill_null(0).cum_sum().cast(pl.Int64)
    )


def person_spans(spans: pl.DataFrame) -> pl.DataFrame:
    """A row a stretch of time in which a person held a seat, by whichever record: `person_id` `on_at` `off_at`, touching ones merged."""
    ordered = spans.lazy().sort("person_id", "on_at").with_columns(before=pl.col("off_at").cum_max().shift(1).over("person_id"))
    is_new = pl.col("before").is_null() | (pl.col("on_at") > pl.col("before"))
    runs = ordered.with_columns(run=is_new.cum_sum()).group_by("run", maintain_order=True)
    return runs.agg(pl.col("person_id").first(), pl.col("on_at").first(), pl.col("off_at").max()).drop("run").collect()


def steps(spans: pl.DataFrame) -> pl.DataFrame:
    """A row an instant at which the number of people who hold a seat changes: `at` `people` (from then on)."""
    merged = person_spans(spans)
    changes = [merged.select(at="on_at", change=pl.lit(1)), merged.select(at="off_at", change=pl.lit(-1))]
    return pl.concat(changes).group_by("at").agg(pl.col("change").sum()).sort("at").select("at", people=pl.col("change").cum_sum())


def people_at(spans: pl.DataFrame, instants: list[dt.datetime]) -> pl.Series:
    """How many people hold a seat at each of these instants, in their order."""
    asked = pl.DataFrame({"at": pl.Series(instants, dtype=pl.Datetime("us", "UTC"))}).with_row_index("ask").sort("at")
    found = asked.join_asof(steps(spans), on="at", strategy="backward").sort("ask")
    return found["people"].fill_null(0)
