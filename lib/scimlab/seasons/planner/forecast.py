"""The seats of the next season as a range, and what the same reckoning would have said of the seasons before."""

import math
from datetime import date, timedelta

import polars as pl

from scimlab import seats
from scimlab.schema import FORECAST, Tenant
from scimlab.seasons.planner.absences import today

RULES = ("peak_daily", "user_days_prorated", "any_active_full")
"""The counting rules that say something of a whole season."""

LEAST_SEASONS = 2
SAME_TIME_OF_YEAR = timedelta(days=91)
NO_MODEL = "no range: fewer than two seasons to reckon from"

Range = tuple[float, float]


def forecast(intervals: pl.DataFrame, seasons: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """What each season took by each rule, and what the seasons before it would have led to expect; the next one last.

    Expected is as much as the last season, or changed by as much as it ever changed from one to the next. Only whole
    seasons about the same time of year as the next, and the one that runs, are reckoned with.

    intervals: INTERVALS. seasons: SEASONS.
    returns: FORECAST by rule and first day; no range where fewer than two seasons lie before. Empty where no season is to come.
    """
    coming = seasons.filter(pl.col("state") == "next").head(1)
    if coming.is_empty():
        return FORECAST.to_frame()
    known = _alike(seasons, coming["first_day"].item(), today(tenant.as_of, tenant.zone))
    return pl.concat([_of_rule(rule, intervals, known, coming.row(0, named=True), tenant) for rule in RULES])


def expected(before: list[Range]) -> Range | None:
    """The range that the seasons before lead to expect, in whole seats; None where there are fewer than two.

    >>> expected([(50, 50), (55, 55)]), expected([(50, 50), (40, 44)]), expected([(50, 50)])
    ((55, 61), (32, 44), None)
    """
    if len(before) < LEAST_SEASONS:
        return None
    pairs = list(zip(before, before[1:], strict=False))
    least = min([1.0, *(low / highest for (_, highest), (low, _) in pairs if highest)])
    most = max([1.0, *(high / lowest for (lowest, _), (_, high) in pairs if lowest)])
    low, high = before[-1]
    # A product that is whole but for the last bit of a float is whole.
    return math.floor(round(low * least, 9)), math.ceil(round(high * most, 9))


def _alike(seasons: pl.DataFrame, first_day: date, day: date) -> pl.DataFrame:
    """The seasons to reckon with: `name first_day last_day end_day state`, the one that runs until yesterday."""
    years = ((pl.lit(first_day) - pl.col("first_day")).dt.total_days() / 365.25).round().cast(pl.Int64)
    anniversary = pl.col("first_day").dt.offset_by(pl.format("{}y", years))
    apart = (anniversary - pl.lit(first_day)).dt.total_days().abs()
    runs = (pl.col("state") == "running") & (pl.col("first_day") < day)
    end_day = pl.min_horizontal(pl.col("last_day").dt.offset_by("1d"), pl.lit(day))
    return (
        seasons.filter(pl.col("is_whole") | runs, pl.col("first_day") < first_day)
        .filter(apart <= SAME_TIME_OF_YEAR.days)
        .with_columns(end_day=end_day.fill_null(pl.lit(day)))
        .sort("first_day")
    )


def _of_rule(rule: str, intervals: pl.DataFrame, known: pl.DataFrame, coming: dict, tenant: Tenant) -> pl.DataFrame:
    """FORECAST of one rule."""
    counted: list[Range] = []
    rows = []
    for season in known.to_dicts():
        period = season["first_day"], season["end_day"]
        found = seats.count(intervals, policy=rule, period=period, zone=tenant.zone).row(0, named=True)
        rows.append(_row(rule, season, expected(counted), len(counted), (found["low"], found["high"])))
        counted.append((found["low"], found["high"]))
    rows.append(_row(rule, coming, expected(counted), len(counted), None))
    return pl.DataFrame(rows, schema=FORECAST)


def _row(rule: str, season: dict, reckoned: Range | None, before: int, counted: Range | None) -> dict:
    low, high = counted or (None, None)
    return {
        "policy": rule,
        "season": season["name"],
        "first_day": season["first_day"],
        "last_day": season["last_day"],
        "seasons_before": before,
        "expected_low": reckoned and reckoned[0],
        "expected_high": reckoned and reckoned[1],
        "low": low,
        "high": high,
        "verdict": _verdict(reckoned, counted, runs=season["state"] == "running"),
    }


def _verdict(reckoned: Range | None, counted: Range | None, *, runs: bool) -> str:
    """Whether what was counted lies in what was expected: held, missed or open (the exports leave it so, or the season runs)."""
    if reckoned is None:
        return NO_MODEL if counted is None else "nothing to compare with"
    if counted is None:
        return "to come"
    (least, most), (low, high) = reckoned, counted
    if low > most:
        return "missed: more than expected"
    if high < least:
        return "open: not there yet" if runs else "missed: fewer than expected"
    if runs:
        return "held so far" if least <= low and high <= most else "open: the season runs"
    return "held" if least <= low and high <= most else "open: the exports do not say more"
