"""Seats as a page shows them: a period by several rules, the days around it, and whose each interval is."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from scimlab import seats
from scimlab.schema import Tenant

RULES = ("snapshot_end", "user_days_prorated", "peak_daily", "any_active_full")


def counts(intervals: pl.DataFrame, period: tuple[date, date], tenant: Tenant) -> pl.DataFrame:
    """A row a rule: what it makes of the same intervals, in the tenant's zone and by its terms.

    intervals: INTERVALS. period: the first day and the day after the last. returns: SEATS.
    """
    terms = tenant.settings["terms"].value
    return pl.concat(seats.count(intervals, policy=rule, period=period, zone=tenant.zone, terms=terms) for rule in RULES)


def around(tenant: Tenant, period: tuple[date, date]) -> tuple[date, date]:
    """The period, widened to all the days that the counted log reaches over, in the tenant's zone: a season is seen from outside."""
    reach = tenant.events.filter("counted").select(first=pl.col("at").min(), last=pl.col("at").max()).collect().row(0)
    days = [at.astimezone(ZoneInfo(tenant.zone)).date() for at in reach if at]
    return min([period[0], *days]), max([period[1], *(day + timedelta(days=1) for day in days)])


def named(intervals: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """INTERVALS with `person` in front: the name in Entra, else in the app, null where neither list has one."""
    by_person = tenant.people.select(person_id="object_id", in_entra="display_name").drop_nulls().unique("person_id", keep="first")
    by_record = tenant.records.select("target_id", in_app="display_name").drop_nulls().unique("target_id", keep="first")
    return (
        intervals.join(by_person, on="person_id", how="left", maintain_order="left")
        .join(by_record, on="target_id", how="left", maintain_order="left")
        .select(pl.coalesce("in_entra", "in_app").alias("person"), *intervals.columns)
    )
