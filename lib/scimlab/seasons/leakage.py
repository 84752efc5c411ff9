"""Days paid for needlessly: the seat of somebody whom Entra should have switched off, or a second record of one person."""

import datetime as dt
from collections.abc import Mapping

import polars as pl

from scimlab import people
from scimlab.links.known import known
from scimlab.links.log import user_events
from scimlab.schema import LEAKS, Tenant
from scimlab.seasons.absences import absences
from scimlab.seasons.standing import REASONS
from scimlab.seats.facts import SETTLED
from scimlab.seats.held import Held, numbered
from scimlab.seats.periods import Period, period_of

WHYS = (*REASONS, "doubled")
KEY = ("person_id", "day")


def leakage(
    tenant: Tenant, intervals: pl.DataFrame, *, period: tuple[dt.date, dt.date], identities: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The days of a period on which a person's seat was needless, and why.

    A day counts where the record was active on it and Entra stood behind the person at no instant of that: every object disabled,
    deleted or unassigned for longer than the two cycles, 80 minutes, that a change is given to arrive. A second record active on the
    same day is a day of its own, "doubled". A corrupted record that is inactive costs nothing and is not listed.

    intervals: INTERVALS of the tenant. period: the first day and the day after the last, days of its zone.
    identities: IDENTITIES, where they are at hand already.
    returns: LEAKS by days, the most first; money by the price in [terms] of one seat for the whole period, none without it.
    source: domain.md 4, cases 6 to 13, in words.
    """
    span = period_of(period, tenant.zone)
    if tenant.as_of is None:
        return LEAKS.to_frame()
    ids = people.identities(tenant) if identities is None else identities
    covered = known(tenant, tenant.as_of, user_events(tenant, tenant.as_of))
    away = absences(tenant, ids, covered).with_columns(from_at=pl.col("from_at") + SETTLED)
    days = pl.concat([_needless(intervals, away, span), _doubled(intervals, span)])
    terms = tenant.settings["terms"].value if "terms" in tenant.settings else None
    return _told(days, away, intervals, span, terms or {})


def _needless(intervals: pl.DataFrame, away: pl.DataFrame, period: Period) -> pl.DataFrame:
    """A row a person and day on which the seat was needless: `reason`, `low` (surely) and `high` (perhaps), 0 or 1."""
    concerned = intervals.filter(pl.col("person_id").is_in(away.filter(pl.col("reason").is_not_null())["person_id"].unique().implode()))
    rows = numbered(concerned)
    held = {bound: _spans(Held(rows, bound, period), period) for bound in ("low", "high")}
    idle, needed = {}, {}
    for bound in ("low", "high"):
        gone = away.filter(pl.col("bound") == bound).drop("bound")
        idle[bound] = _days(_during(held[bound], gone.filter(pl.col("reason").is_not_null())), period.zone)
        other = "high" if bound == "low" else "low"
        needed[bound] = _days(_outside(held[other], gone), period.zone)
    found = {bound: idle[bound].join(needed[bound], on=KEY, how="anti") for bound in held}
    both = found["high"].join(found["low"].select(*KEY, low=pl.lit(1)), on=KEY, how="left")
    return both.select(*KEY, "reason", pl.col("low").fill_null(0), high=pl.lit(1))


def _spans(held: Held, period: Period) -> pl.DataFrame:
    spans = held.within(period)
    return spans.select("on_at", "off_at", person_id=held.named(spans, "person_id"))


def _during(spans: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """What of the spans lies within the person's absences."""
    both = spans.join(gone, on="person_id")
    ends = {"on_at": pl.max_horizontal("on_at", "from_at"), "off_at": pl.min_horizontal("off_at", "until_at")}
    return both.with_columns(**ends).filter(pl.col("on_at") < pl.col("off_at")).select("person_id", "on_at", "off_at", "reason")


def _outside(spans: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """What of the spans lies between the person's absences: after each, until the next begins."""
    after = pl.col("until_at").shift(1).over("person_id")
    between = gone.sort("person_id", "from_at").select("person_id", after=after, before="from_at")
    last = gone.group_by("person_id").agg(after=pl.col("until_at").sort(nulls_last=True).last()).drop_nulls()
    gaps = pl.concat([between, last], how="diagonal")
    both = spans.join(gaps, on="person_id")
    ends = {"on_at": pl.max_horizontal("on_at", "after"), "off_at": pl.min_horizontal("off_at", "before")}
    never = spans.join(gone, on="person_id", how="anti")
    inside = both.with_columns(**ends).filter(pl.col("on_at") < pl.col("off_at")).select(never.columns)
    return pl.concat([inside, never]).with_columns(reason=pl.lit(None, pl.String))


def _days(spans: pl.DataFrame, zone: str) -> pl.DataFrame:
    """A row a person and day, with the weightiest reason of the day."""
    last = pl.col("off_at") - pl.duration(microseconds=1)
    day = pl.date_ranges(*(at.dt.convert_time_zone(zone).dt.date() for at in (pl.col("on_at"), last)))
    rows = spans.select("person_id", pl.col("reason").cast(pl.Enum(WHYS)), day=day).explode("day")
    return rows.group_by(*KEY).agg(pl.col("reason").min())


def _doubled(intervals: pl.DataFrame, period: Period) -> pl.DataFrame:
    """A row a person and day on which more than one record of the person was active: how many more, at the least and at the most."""
    several = intervals.group_by("person_id").agg(pl.col("target_id").n_unique()).filter(pl.col("target_id") > 1)
    rows = numbered(intervals.join(several, on="person_id", how="semi"))
    more = {bound: _more(Held(rows, bound, period), period) for bound in ("low", "high")}
    low = more["low"].select(*KEY, low="more")
    both = more["high"].join(low, on=KEY, how="left").filter(pl.col("more") > 0)
    reason = pl.lit("doubled").cast(pl.Enum(WHYS))
    return both.select(*KEY, reason=reason, low=pl.col("low").fill_null(0).cast(pl.Int32), high=pl.col("more").cast(pl.Int32))


def _more(held: Held, period: Period) -> pl.DataFrame:
    spans = held.within(period)
    named = spans.select(
        person_id=held.named(spans, "person_id"),
        target_id=held.named(spans, "target_id"),
        day=pl.date_ranges(pl.col("first_day"), pl.col("last_day")),
    )
    return named.explode("day").group_by(*KEY).agg(more=pl.col("target_id").n_unique().cast(pl.Int64) - 1)


def _told(days: pl.DataFrame, away: pl.DataFrame, intervals: pl.DataFrame, period: Period, terms: Mapping[str, object]) -> pl.DataFrame:
    """LEAKS of such days."""
    price = terms.get("price")
    money = {f"money_{bound}": pl.col(f"days_{bound}") * pl.lit(price, pl.Float64) / period.days for bound in ("low", "high")}
    return (
        days.group_by("person_id", pl.col("reason").cast(pl.String))
        .agg(first_day=pl.col("day").min(), last_day=pl.col("day").max(), days_low=pl.col("low").sum(), days_high=pl.col("high").sum())
        .join(_records(intervals, period), on="person_id", how="left")
        .join(_why(away, period), on=["person_id", "reason"], how="left")
        .with_columns(pl.col("reason").alias("why"), **money)
        .with_columns(currency=pl.when(pl.lit(price is not None)).then(pl.lit(terms.get("currency"), pl.String)))
        .sort("days_low", "days_high", "person_id", "why", descending=[True, True, False, False])
        .select(pl.col(name).cast(dtype) for name, dtype in LEAKS.items())
    )


def _records(intervals: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Each person's records that were, or may have been, active in the period, and how the last of them is known to have ended."""
    held = Held(numbered(intervals), "high", period)
    spans = held.within(period)
    ids = spans.select("off_at", person_id=held.named(spans, "person_id"), target_id=held.named(spans, "target_id"))
    last = (
        intervals.sort("off_at_min", "target_id", nulls_last=False)
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("off_evidence").last())
    )
    return ids.group_by("person_id").agg(records=pl.col("target_id").unique().sort().str.join(", ")).join(last, on="person_id", how="left")


def _why(away: pl.DataFrame, period: Period) -> pl.DataFrame:
    """How the last absence for each reason that began before the period's end is known."""
    end = pl.lit(period.at(period.end_day))
    told = away.filter(pl.col("reason").is_not_null(), pl.col("from_at") < end).sort("person_id", "from_at", "bound")
    return told.group_by("person_id", "reason", maintain_order=True).agg(evidence=pl.col("evidence").last())


def wasted(leaks: pl.DataFrame) -> pl.DataFrame:
    """LEAKS by why, the weightiest first: `why` `people` `days_low` `days_high` `money_low` `money_high` `currency`."""
    order = pl.col("why").cast(pl.Enum(WHYS))
    sums = [pl.col(name).sum() for name in ("days_low", "days_high")]
    money = [pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()) for name in ("money_low", "money_high")]
    return leaks.group_by("why").agg(pl.len().alias("people"), *sums, *money, pl.col("currency").first()).sort(order)
