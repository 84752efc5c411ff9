"""Waves of disabling that no accidental-deletion threshold holds back, and the desks to note down before them."""

from datetime import timedelta
from math import ceil

import polars as pl

from scimlab.links.known import known
from scimlab.links.log import user_events
from scimlab.schema import DESKS_TO_NOTE, INSTANT, WAVES, Tenant
from scimlab.seasons.planner.absences import today

HOLDS = "Same object ids as on the roster; assignment and group kept; desks noted down; the wave before has arrived in the app."
VERIFY = (
    "After two cycles: each has a disable with status success in the provisioning log, is inactive in the app, and its name has no prefix."
)
UNKNOWN = "How many disables one cycle may carry is not known: look it up in the portal, under Provisioning, Settings, before the day."
MINUTE, TWO_DAYS = timedelta(minutes=1), timedelta(days=2)
NONE_PASSES = "A threshold of 0 holds back every disable until somebody allows it."


def threshold(tenant: Tenant, given: int) -> tuple[int | None, str]:
    """The most accounts that may be disabled or deleted in one cycle, and who says so: the page, tenant.toml or the job; None: not known.

    source: domain.md 2.4 in words: what lies above the threshold is held back, and the job quarantined; disables count.
    """
    setting, of_job = tenant.settings.get("deletion_threshold"), tenant.jobs["deletion_threshold"].min()
    if given:
        return given, "parameter"
    if setting and setting.value is not None:
        return setting.value, setting.origin
    return of_job, "not said by anybody" if of_job is None else "the job's own settings"


def settle(tenant: Tenant) -> tuple[timedelta, str]:
    """What a change in Entra needs to arrive in the app, in whole minutes, and how that is known: two cycles, or two days in quarantine.

    source: domain.md 2.4 and 7 in words: a job in quarantine runs once a day.
    """
    if tenant.jobs["status"].str.to_lowercase().is_in(["quarantine"]).any():
        return TWO_DAYS, "the job is in quarantine and runs once a day"
    found = known(tenant, tenant.as_of, user_events(tenant, tenant.as_of))
    return timedelta(minutes=ceil(found.settle / MINUTE)), "two cycles, measured" if found.is_measured else "two cycles, as documented"


def waves(due: pl.DataFrame, most: int | None, *, settle: timedelta, tenant: Tenant) -> pl.DataFrame:
    """Each wave of people who are disabled together, in order.

    Waves of one day follow each other by what a change needs to arrive; the last leaves that time before the day ends, so
    that its people are inactive in the app on the day after.

    due: DUE. most: the most accounts in one cycle, None where not known. settle: two cycles.
    returns: WAVES; empty where nobody is due to leave.
    """
    day = today(tenant.as_of, tenant.zone)
    leaving = due.drop_nulls("wave").with_columns(day=pl.max_horizontal("on_max", pl.lit(day)))
    after = pl.col("wave").max().over("day") - pl.col("wave") + 1
    holds = UNKNOWN if most is None else NONE_PASSES if most == 0 else None
    return (
        leaving.group_by("wave", "day")
        .agg(
            people=pl.len().cast(pl.Int64),
            first_names=pl.col("person").sort_by("person", "person_id").head(3).str.join("; "),
            person_ids=pl.col("person_id").sort_by("person", "person_id").str.join("; "),
        )
        .with_columns(
            act_by=day_ends(pl.col("day"), tenant.zone) - after * pl.lit(settle),
            threshold=pl.lit(most, pl.Int64),
            holds=pl.lit(" ".join(filter(None, [HOLDS, holds]))),
            verify=pl.lit(VERIFY),
        )
        .sort("wave")
        .select(pl.col(name).cast(dtype) for name, dtype in WAVES.items())
    )


def day_ends(day: pl.Expr, zone: str) -> pl.Expr:
    """The instant at which a day of the zone is over."""
    midnight = day.dt.offset_by("1d").cast(pl.Datetime("us"))
    # Where clocks go forward at midnight, the next day begins an hour later by them.
    begins = (
        each.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null") for each in (midnight, midnight.dt.offset_by("1h"))
    )
    return pl.coalesce(*begins).dt.convert_time_zone("UTC").cast(INSTANT)


def desks_to_note(due: pl.DataFrame, desks: pl.DataFrame) -> pl.DataFrame:
    """The desks of people who are due to leave: the app cancels them when it deactivates their record, and none comes back by itself.

    due: DUE. desks: DESKS.
    returns: DESKS_TO_NOTE by wave and person; empty where nobody who leaves holds one, or no list of desks was given.
    source: domain.md 0.8 and 1.4 in words: deactivation cancels assignments and reservations; the history stays.
    """
    leaving = due.filter(pl.col("what") == "leaves", pl.col("target_id").is_not_null())
    return (
        desks.join(leaving.select("target_id", "person", "wave", leaves_on="on_max"), on="target_id")
        .sort("wave", "person", "target_id", "desk", nulls_last=True)
        .select(pl.col(name).cast(dtype) for name, dtype in DESKS_TO_NOTE.items())
    )
