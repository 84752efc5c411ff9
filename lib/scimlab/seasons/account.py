"""Everything a page on seats shows, from one going through the evidence."""

from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from scimlab import people, seats, storms
from scimlab.schema import BILLED, BILLS, COUNTED, KINDS, LATE, LEAKS, MONTHS, SEASONS, SEATS, WHAT_IF, Tenant
from scimlab.seasons import billing
from scimlab.seasons.lag import late
from scimlab.seasons.leakage import leakage, wasted
from scimlab.seasons.otherwise import what_if
from scimlab.seasons.planner.absences import absences
from scimlab.seasons.planner.bands import seasons
from scimlab.seasons.planner.persons import persons

RULES = ("snapshot_end", "user_days_prorated", "peak_daily", "any_active_full")
"""The four that pages print; no page of the app's vendor says which of all the rules holds."""

UNTIMED = "nothing in these exports says when anything was: give a period, or say in tenant.toml when the files were taken"
FIRST_NAMES = 3
Period = tuple[date, date]


class Account(NamedTuple):
    """The frames of an account of seats; all that name people have `person` in front.

    `daily` (day, low, high) and `seasons` (SEASONS) reach over the whole log, `months` (MONTHS) over its months that have ended;
    `counts` (SEATS), `counted` (COUNTED), `kinds` (KINDS), `leaks` (LEAKS), `wasted`, `late` (LATE), `bills` (BILLS), `billed` (BILLED) and
    `letter` are of the `period`; `otherwise` (WHAT_IF) is of the months, and `by_month` what these are made of (SEATS).
    """

    period: Period | None
    daily: pl.DataFrame
    seasons: pl.DataFrame
    counts: pl.DataFrame
    months: pl.DataFrame
    by_month: pl.DataFrame
    counted: pl.DataFrame
    kinds: pl.DataFrame
    leaks: pl.DataFrame
    wasted: pl.DataFrame
    late: pl.DataFrame
    bills: pl.DataFrame
    billed: pl.DataFrame
    letter: pl.DataFrame
    otherwise: pl.DataFrame


def account(intervals: pl.DataFrame, tenant: Tenant, *, period: Period | None, billed: float = 0) -> Account:
    """How many people are paid for in a period, month by month, by whom and why, what of it is needless, and what the bill says.

    intervals: INTERVALS of the tenant. period: the first day and the day after the last; None where nothing says when anything was:
    then every frame is empty, but for the counts, which say so. billed: the number on the vendor's bill; 0: as its lines add up.
    """
    if period is None:
        return _untimed(tenant)
    ids, zone = people.identities(tenant), tenant.zone
    everybody = _called(ids, intervals, tenant)
    terms = tenant.settings["terms"].value if "terms" in tenant.settings else None
    reach = around(tenant, period)
    ended = [each for each in seats.months(*reach) if tenant.as_of and each[1] <= _today(tenant)]
    counts = seats.counts(intervals, policies=RULES, periods=[period], zone=zone, terms=terms)
    by_month = seats.counts(intervals, policies=RULES, periods=ended, zone=zone, terms=terms)
    counted = _named(seats.counted(intervals, period=period, zone=zone), everybody)
    leaks = _named(leakage(tenant, intervals, period=period, identities=ids), everybody)
    late_ones = late(tenant, intervals, period=period, identities=ids)
    lines = _named(billing.invoice(tenant, intervals, period=period, identities=ids), everybody)
    found = storms.retry_storms(tenant.events, ids, as_of=tenant.as_of)
    return Account(
        period,
        seats.daily(intervals, period=reach, zone=zone),
        _seasons(intervals, tenant),
        counts,
        months(by_month),
        by_month,
        counted,
        kinds(counted, _named(intervals.filter(pl.col("kind") == "service"), everybody)),
        leaks,
        wasted(leaks),
        _named(late_ones, everybody),
        billing.bills(tenant, intervals, period=period, billed=billed),
        lines,
        billing.letter(lines),
        what_if(tenant, intervals, found, periods=ended, identities=ids),
    )


def around(tenant: Tenant, period: Period) -> Period:
    """The period, widened to all the days that the counted log reaches over, in the tenant's zone: a season is seen from outside."""
    reach = tenant.events.filter("counted").select(first=pl.col("at").min(), last=pl.col("at").max()).collect().row(0)
    days = [at.astimezone(ZoneInfo(tenant.zone)).date() for at in reach if at]
    return min([period[0], *days]), max([period[1], *(day + timedelta(days=1) for day in days)])


def months(by_month: pl.DataFrame) -> pl.DataFrame:
    """A row a month, a column a rule: the number, or the range in which it lies.

    by_month: SEATS of RULES, month by month. returns: MONTHS.
    """
    low, high = (pl.col(bound).round(2).cast(pl.String).str.strip_suffix(".0") for bound in ("low", "high"))
    said = by_month.with_columns(said=pl.when(pl.col("low") == pl.col("high")).then(high).otherwise(low + " to " + high))
    rows = said.select("period_start", "period_end").unique(maintain_order=True)
    for rule in RULES:
        of_rule = said.filter(policy=rule).select("period_start", pl.col("said").alias(rule), **{f"{rule}_{b}": b for b in ("low", "high")})
        rows = rows.join(of_rule, on="period_start", how="left", maintain_order="left")
    return rows.select(pl.col(name).cast(dtype) for name, dtype in MONTHS.items())


def kinds(counted: pl.DataFrame, service: pl.DataFrame) -> pl.DataFrame:
    """A row a kind of account: members, guests, people whom Entra does not manage, and what the tenant leaves out, with its reasons.

    counted: COUNTED with `person`. service: INTERVALS of service accounts with `person`. returns: KINDS.
    """
    names = pl.col("person").unique(maintain_order=True).head(FIRST_NAMES).str.join("; ")
    days = [pl.col(name).sum() for name in ("days_low", "days_high")]
    held = counted.group_by("kind").agg(pl.len().alias("people"), pl.col("records").sum(), *days, first_names=names)
    why = pl.col("on_evidence").str.extract(r"; excluded: (.*)$").drop_nulls().unique().sort().str.join("; ")
    out = service.group_by("kind").agg(
        people=pl.col("person_id").n_unique(), records=pl.col("target_id").n_unique(), first_names=names, reasons=why
    )
    order = pl.col("kind").cast(pl.Enum(["member", "guest", "unmanaged", "service"]))
    return pl.concat([held, out], how="diagonal_relaxed").sort(order).select(pl.col(name).cast(dtype) for name, dtype in KINDS.items())


def _today(tenant: Tenant) -> date:
    return tenant.as_of.astimezone(ZoneInfo(tenant.zone)).date()


def _seasons(intervals: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    if tenant.as_of is None:
        return SEASONS.to_frame()
    return seasons(absences(intervals, as_of=tenant.as_of), tenant)


def _called(identities: pl.DataFrame, intervals: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row a person: what they are called."""
    service = intervals.filter(pl.col("kind") == "service").with_columns(kind=pl.lit("member"))
    everybody = pl.concat([intervals.filter(pl.col("kind") != "service"), service])
    return persons(identities, everybody, tenant).select("person_id", "person")


def _named(rows: pl.DataFrame, everybody: pl.DataFrame) -> pl.DataFrame:
    """The rows with `person` in front, in their order; null for whom these exports do not know."""
    return rows.join(everybody, on="person_id", how="left", maintain_order="left").select("person", *rows.columns)


def _untimed(tenant: Tenant) -> Account:
    """An account that can say nothing, and why."""
    nobody = pl.DataFrame(schema={"person_id": pl.String, "person": pl.String})
    why = [{"policy": rule, "zone": tenant.zone, "unit": seats.POLICIES[rule]["unit"], "reason": UNTIMED} for rule in RULES]
    lines = _named(BILLED.to_frame(), nobody)
    return Account(
        None,
        pl.DataFrame(schema={"day": pl.Date, "low": pl.Int64, "high": pl.Int64}),
        SEASONS.to_frame(),
        pl.DataFrame([{name: row.get(name) for name in SEATS} for row in why], schema=SEATS),
        MONTHS.to_frame(),
        SEATS.to_frame(),
        _named(COUNTED.to_frame(), nobody),
        KINDS.to_frame(),
        _named(LEAKS.to_frame(), nobody),
        wasted(LEAKS.to_frame()),
        _named(LATE.to_frame(), nobody),
        BILLS.to_frame(),
        lines,
        billing.letter(lines),
        WHAT_IF.to_frame(),
    )
