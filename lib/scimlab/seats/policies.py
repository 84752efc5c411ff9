"""The counting rules of rules/policies.toml: each one function from what is held in a period to a number of seats."""

import datetime as dt
import math
import tomllib
from collections.abc import Callable, Mapping
from importlib import resources

import polars as pl

from scimlab.errors import UsageError
from scimlab.seats.held import Held, number, people_an_hour, person_days
from scimlab.seats.periods import Period

POLICIES: Mapping[str, dict] = tomllib.loads((resources.files("scimlab") / "rules" / "policies.toml").read_text(encoding="utf-8"))["policy"]

Options = Mapping[str, object]

TICK, _DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)


def snapshot_start(held: Held, period: Period, options: Options) -> float:
    """n(P0)."""
    return held.people_at([period.at(period.first_day)])[0]


def snapshot_end(held: Held, period: Period, options: Options) -> float:
    """n(P1-), an instant before the period's end."""
    return held.people_at([period.at(period.end_day) - TICK])[0]


def peak_daily(held: Held, period: Period, options: Options) -> float:
    """max over the days of the day's count."""
    return _daily(held, period, options).max()


def average_daily(held: Held, period: Period, options: Options) -> float:
    """(1/D) times the sum over the days of the day's count."""
    return _daily(held, period, options).sum() / period.days


def peak_instant(held: Held, period: Period, options: Options) -> float:
    """max over all instants of n(t)."""
    return held.steps_of(period)["people"].max()


def user_days_prorated(held: Held, period: Period, options: Options) -> float:
    """(1/D) times the sum over people of their active days, which is the sum over the days of their people."""
    return held.people_a_day(period).sum() / period.days


def any_active_full(held: Held, period: Period, options: Options) -> float:
    """Distinct people active at any instant."""
    return held.runs_of(period)["person"].n_unique()


def max_quantity_prorated(held: Held, period: Period, options: Options) -> float:
    """(1/D) times the sum over the days of the greatest n(t) so far, that day included."""
    return _greatest_so_far(held, period).sum() / period.days


def committed(held: Held, period: Period, options: Options) -> float:
    """The same, but never below the contract's seats."""
    return _greatest_so_far(held, period).clip(lower_bound=options["contract"]).sum() / period.days


def github_metered(held: Held, period: Period, options: Options) -> float:
    """(1/D) times the sum over people of the days from their first active day to the end."""
    first, end = number(period.first_day), number(period.end_day)
    began = held.runs_of(period).group_by("person").agg(pl.col("first").min().clip(lower_bound=first))
    return began.select((end - pl.col("first")).sum()).item() / period.days


def p99_highwater(held: Held, period: Period, options: Options) -> float:
    """The greatest count of the hours that are left when the highest 1 - quantile of them are set aside."""
    counts = people_an_hour(held.within(period), period).sort()
    return counts[math.ceil(len(counts) * float(options["quantile"])) - 1]


def activity_window_28(held: Held, period: Period, options: Options) -> float:
    """(1/D) times the person-days that were both held and within the window of an action.

    At the most, a day whose window reaches beyond what the activity covers counts as well.
    """
    window = dt.timedelta(days=int(options["window_days"]) - 1)
    spans, acts = held.within(period), _acts(options["activity"], period)
    people = spans.select("person", held.named(spans, "person_id")).unique()
    acted = acts.join(people, on="person_id")
    fresh = acted.select(
        "person", first_day=pl.max_horizontal("day", pl.lit(period.first_day)), last_day=_before_end("day", window, period)
    )
    if options["bound"] == "high":
        everyone = people.select("person")
        early = everyone.with_columns(
            first_day=pl.lit(period.first_day), last_day=_before_end(pl.lit(acts["day"].min()), window - _DAY, period)
        )
        late = everyone.with_columns(
            first_day=pl.lit(max(acts["day"].max() + _DAY, period.first_day)), last_day=pl.lit(period.end_day - _DAY)
        )
        fresh = pl.concat([fresh, early, late])
    fresh = fresh.filter(pl.col("first_day") <= pl.col("last_day"))
    days = spans.select("person", "first_day", "last_day")
    # What both hold is what each holds less what either holds.
    return (person_days(days) + person_days(fresh) - person_days(pl.concat([days, fresh]))) / period.days


def mau(held: Held, period: Period, options: Options) -> float:
    """Distinct people who held a seat in the period and did something in it; at the most all of them, where the activity covers a part."""
    spans, acts = held.within(period), _acts(options["activity"], period)
    is_covered = acts["day"].min() <= period.first_day and acts["day"].max() >= period.end_day - _DAY
    if options["bound"] == "high" and not is_covered:
        return spans["person"].n_unique()
    within = acts.filter(pl.col("day").is_between(period.first_day, period.end_day, closed="left"))
    return held.named(spans, "person_id").unique().to_frame().join(within, on="person_id", how="semi").height


RULES: Mapping[str, Callable[[Held, Period, Options], float]] = {
    "snapshot_start": snapshot_start,
    "snapshot_end": snapshot_end,
    "peak_daily": peak_daily,
    "peak_instant": peak_instant,
    "average_daily": average_daily,
    "user_days_prorated": user_days_prorated,
    "any_active_full": any_active_full,
    "max_quantity_prorated": max_quantity_prorated,
    "github_metered": github_metered,
    "activity_window_28": activity_window_28,
    "mau": mau,
    "p99_highwater": p99_highwater,
    "committed": committed,
}
assert set(RULES) == set(POLICIES)


def _daily(held: Held, period: Period, options: Options) -> pl.Series:
    """The count of each day: of the whole day, or at the hour that `at` names."""
    if not options["at"]:
        return held.people_a_day(period)
    try:
        clock = dt.time.fromisoformat(str(options["at"]))
    except ValueError as error:
        raise UsageError(f"no time of day: {options['at']!r}", 'give it as in at = "09:30"', field="terms.at") from error
    return pl.Series(held.people_at([period.at(period.first_day + day * _DAY, clock) for day in range(period.days)]))


def _greatest_so_far(held: Held, period: Period) -> pl.Series:
    """A number a day: the most people at one instant from the start of the period to the end of that day."""
    days = pl.DataFrame({"day": pl.date_range(period.first_day, period.end_day, closed="left", eager=True)})
    local = pl.col("at").dt.convert_time_zone(period.zone).dt.date()
    greatest = held.steps_of(period).group_by(day=local).agg(pl.col("people").max())
    return days.join(greatest, on="day", how="left", maintain_order="left")["people"].fill_null(0).cum_max()


def _acts(activity: pl.DataFrame, period: Period) -> pl.DataFrame:
    """A row a person and a day on which it did something: `person_id` `day`, in the period's zone."""
    return activity.select("person_id", day=pl.col("at").dt.convert_time_zone(period.zone).dt.date()).unique()


def _before_end(day: str | pl.Expr, later: dt.timedelta, period: Period) -> pl.Expr:
    day = pl.col(day) if isinstance(day, str) else day
    return pl.min_horizontal(day + pl.lit(later), pl.lit(period.end_day - _DAY)).cast(pl.Date)
