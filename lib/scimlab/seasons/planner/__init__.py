"""The season ahead: who left and came back before, who is due to, and what must happen before which day."""

from datetime import timedelta
from typing import NamedTuple

import polars as pl

from scimlab import people
from scimlab.errors import UsageError
from scimlab.schema import PLAN_BASIS, Tenant
from scimlab.seasons.planner import absences, bands, days, decisions, due, forecast, keep, persons, waves


class Plan(NamedTuple):
    """The frames of a plan, in order: PLAN_BASIS, SEASONS, RETURNS, DUE, FORECAST, WAVES, DEADLINES, KEEP, DESKS_TO_NOTE, DECISIONS."""

    basis: pl.DataFrame
    seasons: pl.DataFrame
    returned: pl.DataFrame
    due: pl.DataFrame
    forecast: pl.DataFrame
    waves: pl.DataFrame
    days: pl.DataFrame
    keep: pl.DataFrame
    desks: pl.DataFrame
    decisions: pl.DataFrame


def plan(intervals: pl.DataFrame, tenant: Tenant, *, deletion_threshold: int = 0) -> Plan:
    """The season ahead, from what is known of those behind.

    People are met by id, whatever became of account and record. What a list or a date would tell that is not
    given is said among the decisions, never assumed.

    intervals: INTERVALS of the tenant. deletion_threshold: the most accounts in one cycle; 0: as tenant.toml or the job has it.
    raises: UsageError where nothing was ever observed, or the threshold is below 0.
    """
    if tenant.as_of is None:
        raise UsageError("nothing in these exports says when anything was", "say in tenant.toml when the files were taken")
    if deletion_threshold < 0:
        raise UsageError(f"{deletion_threshold} is below 0", "Give 1 or more, or 0 for the tenant's own.", field="deletion_threshold")
    identities = people.identities(tenant)
    (most, said_by), (settle, known_by) = waves.threshold(tenant, deletion_threshold), waves.settle(tenant)
    away = absences.absences(intervals, as_of=tenant.as_of)
    everybody, rostered = persons.persons(identities, intervals, tenant), due.rostered(identities, tenant)
    seasons = bands.seasons(away, tenant)
    came_back = absences.returned(away, identities, everybody, seasons, tenant)
    expected = due.due(away, came_back, rostered, everybody, tenant, most)
    disabling = waves.waves(expected, most, settle=settle, tenant=tenant)
    ahead = days.season_days(expected, disabling, rostered, everybody, settle=settle, tenant=tenant)
    ranges = forecast.forecast(intervals, seasons, tenant)
    return Plan(
        _basis(tenant, seasons, (most, said_by), (settle, known_by)),
        seasons,
        came_back,
        expected,
        ranges,
        disabling,
        ahead,
        keep.keep(expected, came_back, everybody, tenant),
        waves.desks_to_note(expected, tenant.desks),
        decisions.decisions(expected, ahead, ranges, most, tenant),
    )


def _basis(tenant: Tenant, seasons: pl.DataFrame, most: tuple[int | None, str], settle: tuple[timedelta, str]) -> pl.DataFrame:
    """PLAN_BASIS: what the plan rests on."""
    behind = seasons.filter(pl.col("state").is_in(["past", "running"]))
    rows = [
        ("most accounts to disable in one cycle", None if most[0] is None else f"{most[0]:,}", most[1]),
        ("minutes until a change is in the app", f"{settle[0] // waves.MINUTE:,}", settle[1]),
        ("seasons behind", f"{behind.height:,}", behind["origin"].last() if behind.height else "nothing tells of any"),
        ("rows of the roster", f"{tenant.roster.height:,}", "roster" if tenant.roster.height else "no roster was given"),
        ("leave dates in Entra", f"{tenant.people['leaves_at'].count():,}", "the list of Entra's users"),
        ("desks", f"{tenant.desks.height:,}", "list of desks" if tenant.desks.height else "no list of desks was given"),
    ]
    return pl.DataFrame(rows, schema=PLAN_BASIS, orient="row")
