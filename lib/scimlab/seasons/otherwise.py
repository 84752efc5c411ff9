"""The season had everyone left in another way: the same people, away for the same time, disabled, deleted or unassigned."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources

import polars as pl

from scimlab import people, seats
from scimlab import storms as room
from scimlab.links.known import TWO_CYCLES, known
from scimlab.links.log import user_events
from scimlab.schema import INSTANT, INTERVALS, WHAT_IF, Tenant
from scimlab.seasons.planner.absences import absences

WAYS: Mapping[str, dict] = tomllib.loads((resources.files("scimlab") / "rules" / "policies.toml").read_text(encoding="utf-8"))["way"]

RESTORABLE = dt.timedelta(days=30)
ESCROW = dt.timedelta(days=28)
BACKOFF = (dt.timedelta(0), dt.timedelta(hours=6), dt.timedelta(hours=12), *(dt.timedelta(days=day) for day in range(1, 29)))
"""When a failed object is tried, after the first time: 31 attempts in 28 days, as Microsoft documents it."""

SELDOM = ("escrow_backoff", "daily")


def what_if(
    tenant: Tenant,
    intervals: pl.DataFrame,
    storms: pl.DataFrame,
    *,
    periods: Sequence[tuple[dt.date, dt.date]],
    policy: str = "user_days_prorated",
    identities: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What the same absences would have cost, had everybody left in one way: attempts in vain, seats and money.

    Away is who surely held no seat for three weeks or more; wanted back from the day of the seat's return, or of the first attempt at it.
    What the exports leave open (whether the job deletes records, whether it lets go of unassigned people) makes a range.

    intervals, storms: INTERVALS and STORMS of the tenant. periods: those that are billed, days of its zone; attempts are counted in them.
    policy: a name of rules/policies.toml that needs no activity. identities: IDENTITIES, where they are at hand already.
    returns: WHAT_IF, as it was first; empty where nothing was ever observed.
    source: domain.md 2.1, 2.4 and C4 in words: who is restored within thirty days or given the app anew keeps the record;
        who is made anew is refused while the old one has the e-mail, and is tried again by 6, 12, 24 hours and daily until day 28.
    """
    if tenant.as_of is None or not periods:
        return WHAT_IF.to_frame()
    ids = people.identities(tenant) if identities is None else identities
    away = _away(tenant, intervals, ids)
    start, end = _reach(tenant, periods)
    worlds = {
        "as_it_was": (intervals, _tried(tenant, storms, away, ids, start, end)),
        "disabled": (_returned(intervals, away, tenant.as_of), (0, 0)),
        "deleted": _deleted(intervals, away, _is_taken(tenant, storms), storms, tenant, start, end),
        "unassigned": (_unassigned(intervals, away, tenant), (0, 0)),
    }
    rows = [_row(way, *world, tenant, periods, policy) for way, world in worlds.items()]
    prose = {
        "deleted": WAYS["deleted"]["taken" if _is_taken(tenant, storms) else "prose"],
        "unassigned": WAYS["unassigned"]["kept" if _is_kept(tenant) else "prose"],
    }
    told = [
        {"people": away["person_id"].n_unique(), "prose": _prose(prose.get(row["way"], WAYS[row["way"]]["prose"]))} | row for row in rows
    ]
    return pl.DataFrame(told, schema=WHAT_IF)


def _prose(said: str | dict) -> str:
    return said["prose"] if isinstance(said, dict) else said


def _reach(tenant: Tenant, periods: Sequence[tuple[dt.date, dt.date]]) -> tuple[dt.datetime, dt.datetime]:
    """From the first period's first instant to the last one's end, or to when the tenant is judged."""
    midnights = pl.Series([min(first for first, _ in periods), max(end for _, end in periods)]).cast(pl.Datetime("us"))
    start, end = midnights.dt.replace_time_zone(tenant.zone, non_existent="null", ambiguous="earliest").dt.convert_time_zone("UTC")
    return start, min(end, tenant.as_of)


def _away(tenant: Tenant, intervals: pl.DataFrame, identities: pl.DataFrame) -> pl.DataFrame:
    """A row an absence: person_id, kind, left_at, wanted_at (null: still away), and next_left_at, when the person left again."""
    objects = identities.filter(pl.col("alias_kind") == "object_id").select("person_id", source_id="alias")
    tried = (
        tenant.events.filter("counted", pl.col("object_type") == "user", pl.col("action") == "create")
        .select("source_id", tried_at="at")
        .collect()
        .join(objects, on="source_id")
        .sort("tried_at")
    )
    kinds = intervals.select("person_id", "kind").unique("person_id", keep="first", maintain_order=True)
    gone = absences(intervals, as_of=tenant.as_of).sort("left_at")
    later = gone.join_asof(
        tried.select("person_id", "tried_at"),
        left_on="left_at",
        right_on="tried_at",
        by="person_id",
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    next_left_at = pl.col("left_at").shift(-1).over("person_id")
    before = (pl.col("tried_at") < next_left_at).fill_null(True)
    return (
        later.with_columns(next_left_at=next_left_at)
        .with_columns(wanted_at=pl.min_horizontal("back_at", pl.when(before).then("tried_at")))
        .join(kinds, on="person_id")
        .select("person_id", "kind", "left_at", "wanted_at", "next_left_at")
    )


def _tried(
    tenant: Tenant, storms: pl.DataFrame, away: pl.DataFrame, identities: pl.DataFrame, start: dt.datetime, end: dt.datetime
) -> tuple[int, int]:
    """How often a return was really tried in vain."""
    first = away.group_by("person_id").agg(pl.col("left_at").min())
    theirs = storms.filter(pl.col("action") == "create").join(first, on="person_id").filter(pl.col("last_at") > pl.col("left_at"))
    tries = room.attempts(tenant.events, storms).join(theirs.select("storm_id"), on="storm_id", how="semi")
    found = tries.filter(pl.col("at").is_between(pl.lit(start, INSTANT), pl.lit(end, INSTANT), closed="left")).height
    return found, found


def _returned(intervals: pl.DataFrame, away: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    """INTERVALS in which everybody who was wanted back had a seat again within two cycles, until the next time away."""
    back = away.drop_nulls("wanted_at").with_columns(
        target_id=pl.lit(None, pl.String),
        on_at_min="wanted_at",
        on_at_max=pl.col("wanted_at") + TWO_CYCLES,
        off_at_min=pl.col("next_left_at").fill_null(pl.lit(as_of, INSTANT)),
        off_at_max="next_left_at",
        on_evidence=pl.lit("wanted back, in this reckoning"),
        off_evidence=pl.lit(None, pl.String),
    )
    return pl.concat([intervals, back.select(INTERVALS.names())])


def _deleted(
    intervals: pl.DataFrame,
    away: pl.DataFrame,
    is_taken: bool | None,
    storms: pl.DataFrame,
    tenant: Tenant,
    start: dt.datetime,
    end: dt.datetime,
) -> tuple[pl.DataFrame, tuple[int, int]]:
    """INTERVALS in which who was away for thirty days or more is refused from then on, and how often Entra tries it."""
    back = _returned(intervals, away, tenant.as_of)
    refused = away.filter(pl.col("wanted_at") - pl.col("left_at") >= RESTORABLE)
    refused = refused.group_by("person_id").agg(wanted_at=pl.col("wanted_at").min())
    if is_taken:
        return back, (0, 0)
    low, high = _attempts(refused["wanted_at"], storms, tenant, start, end)
    without = _until(back, refused)
    if is_taken is None:
        return pl.concat([without, _perhaps(back)]), (0, high)
    return without, (low, high)


def _until(intervals: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """INTERVALS of which nothing is left of these people from `wanted_at` on."""
    cut = {name: pl.min_horizontal(name, "wanted_at") for name in ("off_at_min", "off_at_max")}
    rows = intervals.join(refused, on="person_id", how="left")
    kept = (pl.col("wanted_at").is_null() | (pl.col("on_at_min") < pl.col("wanted_at"))).fill_null(True)
    return rows.filter(kept).with_columns(**cut).drop("wanted_at")


def _perhaps(intervals: pl.DataFrame) -> pl.DataFrame:
    """The same, none of it certain."""
    return intervals.with_columns(on_at_max=pl.col("off_at_max"), off_at_min=pl.col("on_at_min"))


def _unassigned(intervals: pl.DataFrame, away: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """INTERVALS in which the app was taken away: as disabled, or, where the job leaves such people be, active all along."""
    back, is_kept = _returned(intervals, away, tenant.as_of), _is_kept(tenant)
    if is_kept is False:
        return back
    whole = away.with_columns(
        target_id=pl.lit(None, pl.String),
        on_at_min="left_at",
        on_at_max="left_at",
        off_at_min=pl.col("wanted_at").fill_null(pl.lit(tenant.as_of, INSTANT)),
        off_at_max="wanted_at",
        on_evidence=pl.lit("unassigned and left active, in this reckoning"),
        off_evidence=pl.lit(None, pl.String),
    ).select(INTERVALS.names())
    return pl.concat([back, whole if is_kept else _perhaps(whole)])


def _is_taken(tenant: Tenant, storms: pl.DataFrame) -> bool | None:
    """Whether the app takes a person who was purged and made anew: it does where the job deletes the old record and the app frees the
    e-mail, it does not where it was seen to refuse; else nobody knows."""
    if storms.filter(pl.col("action") == "create", pl.col("cause") == "duplicate_conflict").height:
        return False
    deletes = tenant.events.filter("counted", pl.col("action") == "delete", pl.col("status") == "success").select(pl.len()).collect().item()
    semantics = tenant.settings.get("delete_semantics")
    if not deletes or semantics is None:
        return None
    return semantics.value != "soft_reserves_email"


def _is_kept(tenant: Tenant) -> bool | None:
    """Whether the job leaves unassigned people active: as it says itself, else as the log shows it; None where neither does."""
    said = tenant.jobs["skips_out_of_scope"].drop_nulls()
    if len(said):
        return said.any()
    off = pl.col("sent_active").eq(False) & pl.col("assigned").eq(False) & (pl.col("status") == "success")
    seen = tenant.events.filter("counted", off.fill_null(False)).select(pl.len()).collect().item()
    return False if seen else None


def _attempts(wanted: pl.Series, storms: pl.DataFrame, tenant: Tenant, start: dt.datetime, end: dt.datetime) -> tuple[int, int]:
    """How often Entra tries each of these in vain, by how often it did: ever more seldom, every cycle, or, where nothing tells, either."""
    settle = known(tenant, tenant.as_of, user_events(tenant, tenant.as_of)).settle
    met = storms.filter(pl.col("action") == "create", pl.col("cause") == "duplicate_conflict")["cadence"].drop_nulls()
    is_seldom, is_often = met.is_in(SELDOM).any(), (~met.is_in(SELDOM)).any()
    none = len(met) == 0
    seldom = [_tries(wanted, BACKOFF, late, start, end) for late in (settle, dt.timedelta(0))]
    each = ESCROW // (settle / 2)
    often = [_tries(wanted, [settle / 2 * number * slow for number in range(each)], dt.timedelta(0), start, end) for slow in (2, 1)]
    return seldom[0] if is_seldom or none else often[0], often[1] if is_often or none else seldom[1]


def _tries(wanted: pl.Series, after: Sequence[dt.timedelta], late: dt.timedelta, start: dt.datetime, end: dt.datetime) -> int:
    """How many of such attempts lie in the time from `start` to `end`; each may be late by a wait for the next cycle."""
    waits = pl.Series("wait", [each + late * bool(each) for each in after], dtype=pl.Duration("us"))
    at = wanted.alias("at").to_frame().join(waits.to_frame(), how="cross").filter(pl.col("wait") <= ESCROW + late)
    within = (pl.col("at") + pl.col("wait")).is_between(pl.lit(start, INSTANT), pl.lit(end, INSTANT), closed="left")
    return at.filter(within).height


def _row(
    way: str, intervals: pl.DataFrame, attempts: tuple[int, int], tenant: Tenant, periods: Sequence[tuple[dt.date, dt.date]], policy: str
) -> dict[str, object]:
    """What it comes to over all periods."""
    terms = tenant.settings["terms"].value if "terms" in tenant.settings else None
    found = seats.counts(intervals, policies=[policy], periods=periods, zone=tenant.zone, terms=terms)
    money = [None if found[name].has_nulls() else found[name].sum() for name in ("money_low", "money_high")]
    return {
        "way": way,
        "policy": policy,
        "attempts_low": attempts[0],
        "attempts_high": attempts[1],
        "seats_low": found["low"].sum(),
        "seats_high": found["high"].sum(),
        "periods": len(periods),
        "money_low": money[0],
        "money_high": money[1],
        "currency": found["currency"][0],
    }
