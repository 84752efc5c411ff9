"""What of INTERVALS is held over some days, looked at in each way once, whatever number of periods is then counted."""

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import polars as pl

from scimlab.schema import INSTANT
from scimlab.seats.periods import Period

Bound = Literal["low", "high"]

DAYS = (pl.col("first_day").to_physical(), pl.col("last_day").to_physical())
COLUMNS = ("person_id", "target_id", "on_at_min", "on_at_max", "off_at_min", "off_at_max")

TICK = pl.duration(microseconds=1)
EPOCH = dt.date(1970, 1, 1)
ROOM = 1 << 32
"""Numbers of days or hours kept apart for each person, so that one sort of one number orders both."""


class Held:
    """The seats held over the days of `over`, at the least or at the most. Service accounts hold none."""

    def __init__(self, numbered: pl.DataFrame, bound: Bound, over: Period):
        """Clip INTERVALS, as `numbered` gives them, to the days of `over`."""
        self.over = over
        self._names = numbered.select("person_id", "target_id")
        self.spans = _spans(numbered, bound, over)

    def within(self, period: Period) -> pl.DataFrame:
        """The spans of a period within, clipped to it: `on_at` `off_at` (half-open), `first_day` `last_day` (both held, in the zone), and
        person and `place` in what was numbered."""
        start, end = (pl.lit(period.at(day), INSTANT) for day in (period.first_day, period.end_day))
        return self.spans_of(period).with_columns(
            pl.col("on_at").clip(lower_bound=start),
            pl.col("off_at").clip(upper_bound=end),
            pl.col("first_day").clip(lower_bound=period.first_day),
            pl.col("last_day").clip(upper_bound=period.end_day - dt.timedelta(days=1)),
        )

    def spans_of(self, period: Period) -> pl.DataFrame:
        """The spans with an instant in the period, not clipped to it."""
        return self.spans.filter(pl.col("first_day") < period.end_day, pl.col("last_day") >= period.first_day)

    def named(self, spans: pl.DataFrame, column: str) -> pl.Series:
        """The person_id or target_id of each of these spans."""
        return self._names[column].gather(spans["place"])

    @cached_property
    def _runs(self) -> pl.DataFrame:
        return person_runs(self.spans, *DAYS)

    def runs_of(self, period: Period) -> pl.DataFrame:
        """PERSON RUNS of days with a day in the period, not clipped to it."""
        return self._runs.filter(pl.col("first") < number(period.end_day), pl.col("last") >= number(period.first_day))

    @cached_property
    def _days(self) -> pl.Series:
        return people_each(self._runs, number(self.over.first_day), self.over.days)

    def people_a_day(self, period: Period) -> pl.Series:
        """A number a day of the period: the people who held a seat at any instant of it."""
        return self._days.slice((period.first_day - self.over.first_day).days, period.days)

    @cached_property
    def _merged(self) -> pl.DataFrame:
        """Each person's spans of time, without what overlaps an earlier one of the same person: `on_at` `off_at`.

        Almost all come one after the other as they are; the few people whose spans do not are put in order.
        """
        spans = self.spans.select("person", "on_at", "off_at")
        is_tangled = (pl.col("person") == pl.col("person").shift(1)) & (pl.col("on_at") < pl.col("off_at").shift(1))
        tangled = spans.filter(is_tangled)["person"].unique()
        of_tangled = pl.col("person").is_in(tangled.implode())
        before = pl.col("off_at").cum_max().shift(1).over("person")
        untangled = spans.filter(of_tangled).sort("person", "on_at").with_columns(on_at=pl.max_horizontal("on_at", before))
        both = pl.concat([spans.filter(~of_tangled), untangled.filter(pl.col("on_at") < pl.col("off_at"))])
        return both.select("on_at", "off_at")

    @cached_property
    def _ends(self) -> tuple[pl.Series, pl.Series]:
        return self._merged["on_at"].sort(), self._merged["off_at"].sort()

    def people_at(self, instants: Sequence[dt.datetime]) -> list[int]:
        """How many people hold a seat at each of these instants: those whose span began by then, less those whose span ended."""
        begun, over = (ends.to_physical().search_sorted(pl.Series([_micros(at) for at in instants]), side="right") for ends in self._ends)
        return (begun.cast(pl.Int64) - over.cast(pl.Int64)).to_list()

    @cached_property
    def _steps(self) -> pl.DataFrame:
        """A row a span's end or beginning: `at` `people` (from then on). Of one instant the ends come first, so none counts too many."""
        changes = [self._merged.select(at="off_at", change=pl.lit(-1)), self._merged.select(at="on_at", change=pl.lit(1))]
        return pl.concat(changes).sort("at", "change").select("at", people=pl.col("change").cum_sum().cast(pl.Int64))

    def steps_of(self, period: Period) -> pl.DataFrame:
        """A row an instant of the period at which the number of people changes, the first at its first instant: `at` `people`."""
        start, end = (period.at(day) for day in (period.first_day, period.end_day))
        first = pl.DataFrame({"at": [start], "people": self.people_at([start])}, schema=self._steps.schema)
        return pl.concat([first, self._steps.filter(pl.col("at") > pl.lit(start), pl.col("at") < pl.lit(end))])


def numbered(intervals: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """INTERVALS of whoever may hold a seat, each person with a number; free where they come by person, as `seats.intervals` gives them."""
    rows = intervals.lazy().filter(pl.col("kind") != "service").select(*COLUMNS).collect()
    rows = rows if rows["person_id"].is_sorted() else rows.sort("person_id")
    # A whole column is gathered from ten times faster than its pieces.
    return rows.with_columns(rows["target_id"].rechunk(), person=pl.col("person_id").rle_id())


def _spans(rows: pl.DataFrame, bound: Bound, over: Period) -> pl.DataFrame:
    start, end = (pl.lit(over.at(day)).dt.cast_time_unit("us") for day in (over.first_day, over.end_day))
    on, off = (pl.col("on_at_max"), pl.col("off_at_min")) if bound == "low" else (pl.col("on_at_min"), pl.col("off_at_max"))
    # Seen active at one instant only: a span of one tick at the least. A null end is open on the high side, unknown on the low.
    if bound == "low":
        certain = on <= off
        off = pl.max_horizontal(off, on + TICK)
    else:
        certain, on, off = pl.lit(True), on.fill_null(start), off.fill_null(end)
    spans = rows.lazy().with_row_index("place").filter(certain)
    spans = spans.select("place", "person", on_at=pl.max_horizontal(on, start), off_at=pl.min_horizontal(off, end))
    local = {"first_day": pl.col("on_at"), "last_day": pl.col("off_at") - TICK}
    return (
        spans.filter(pl.col("on_at") < pl.col("off_at"))
        .with_columns(**{name: at.dt.convert_time_zone(over.zone).dt.date() for name, at in local.items()})
        .collect()
        .rechunk()
    )


def person_runs(spans: pl.DataFrame, first: pl.Expr, last: pl.Expr) -> pl.DataFrame:
    """A row a run of days (or of hours) on which a person held a seat: each counts once, however many records or spans.

    first, last: the numbers of the first and last day of a span, both held.
    returns: `person` `first` `last`, no two of one person overlapping.
    """
    key = pl.col("person").cast(pl.Int64) * ROOM
    runs = spans.lazy().select(start=key + first, stop=key + last)
    # Persons lie so far apart that the running end of one never reaches the next.
    runs = runs.sort("start").with_columns(before=pl.col("stop").cum_max().shift(1))
    runs = runs.with_columns(start=pl.max_horizontal("start", pl.col("before") + 1)).filter(pl.col("start") <= pl.col("stop"))
    return runs.select(person=pl.col("stop") // ROOM, first=pl.col("start") % ROOM, last=pl.col("stop") % ROOM).collect()


def person_days(spans: pl.DataFrame) -> int:
    """How many days all people together held a seat; a part of a day is a day."""
    runs = person_runs(spans, *DAYS)
    return runs.select((pl.col("last") - pl.col("first") + 1).sum()).item()


def people_an_hour(spans: pl.DataFrame, period: Period) -> pl.Series:
    """The people who held a seat at any instant of each hour of the period, counted from its first instant."""
    start, end = period.at(period.first_day), period.at(period.end_day)
    hours = [(at - pl.lit(start)).dt.total_hours() for at in (pl.col("on_at"), pl.col("off_at") - TICK)]
    return people_each(person_runs(spans, *hours), 0, -((start - end) // dt.timedelta(hours=1)))


def people_each(runs: pl.DataFrame, first: int, numbers: int) -> pl.Series:
    """How many runs hold each of so many days or hours, from the first on."""
    changes = [runs.select(number=pl.col("first"), change=1), runs.select(number=pl.col("last") + 1, change=-1)]
    changed = pl.concat(changes).group_by("number").agg(pl.col("change").sum())
    every = pl.DataFrame({"number": pl.Series(range(first, first + numbers), dtype=pl.Int64)})
    return every.join(changed, on="number", how="left", maintain_order="left")["change"].fill_null(0).cum_sum().cast(pl.Int64)


def number(day: dt.date) -> int:
    """The number of a day, from 1970."""
    return (day - EPOCH).days


def _micros(at: dt.datetime) -> int:
    return (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
