"""Seats that outlived a period's boundary because a change in Entra arrived in the app after it."""

import datetime as dt

import polars as pl

from scimlab import people
from scimlab.links.known import known
from scimlab.links.log import user_events
from scimlab.schema import INSTANT, LATE, Tenant
from scimlab.seasons.absences import absences
from scimlab.seats.periods import period_of

A_DAY = dt.timedelta(days=1)
"""What arrives later than that is no lag, but leakage."""


def late(
    tenant: Tenant, intervals: pl.DataFrame, *, period: tuple[dt.date, dt.date], identities: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Each seat that ended within a day after the period began or ended, for somebody whom Entra had, or may have had, off before.

    Such a seat costs a day of the next period, and by rules that count whoever was active at any time, all of it.

    intervals: INTERVALS. period: the first day and the day after the last, days of the tenant's zone.
    returns: LATE by boundary and person; `is_certain` where the change surely came before the boundary. Empty where nothing says so.
    source: domain.md 4, case 2, in words: disabled ten minutes before midnight, inactive half an hour after it, is one more day.
    """
    span = period_of(period, tenant.zone)
    if tenant.as_of is None:
        return LATE.to_frame()
    ids = people.identities(tenant) if identities is None else identities
    off = absences(tenant, ids, known(tenant, tenant.as_of, user_events(tenant, tenant.as_of))).drop_nulls("reason").sort("from_at")
    latest = off.filter(bound="low").select("person_id", "reason", "evidence", changed_at_max="from_at", at="from_at")
    earliest = off.filter(bound="high").select("person_id", changed_at_min="from_at", at="from_at")
    changes = latest.join_asof(earliest, on="at", by="person_id", check_sortedness=False).drop("at")
    boundaries = pl.DataFrame(
        {"boundary_on": [*period], "boundary_at": [span.at(day) for day in period]}, schema_overrides={"boundary_at": INSTANT}
    )
    ended = intervals.filter(pl.col("off_at_min") == pl.col("off_at_max")).rename({"off_at_max": "off_at"})
    over = (pl.col("off_at") > pl.col("boundary_at")) & (pl.col("off_at") <= pl.col("boundary_at") + A_DAY)
    rows = ended.join(boundaries, how="cross").filter(over, pl.col("on_at_max") < pl.col("boundary_at"), pl.col("kind") != "service")
    found = rows.join(changes, on="person_id").filter(
        pl.col("changed_at_min") < pl.col("boundary_at"), pl.col("changed_at_max") <= pl.col("off_at")
    )
    return (
        found.sort("changed_at_max")
        .unique(["person_id", "target_id", "boundary_on"], keep="last", maintain_order=True)
        .with_columns(
            why="reason",
            minutes=(pl.col("off_at") - pl.col("changed_at_max")).dt.total_minutes(),
            is_certain=pl.col("changed_at_max") < pl.col("boundary_at"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in LATE.items())
        .sort("boundary_on", "person_id", "target_id")
    )
