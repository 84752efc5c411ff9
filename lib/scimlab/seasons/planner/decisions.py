"""What the plan comes down to within the next weeks, and what would have to be supplied to know more."""

from datetime import timedelta

import polars as pl

from scimlab.schema import DECISIONS, INSTANT, Tenant

SOON = timedelta(weeks=6)
"""What lies farther ahead is planned, and need not be decided now."""

ADMINISTRATOR = "User Administrator"
KEEPER = "whoever keeps the inputs of this report"
SUPPLY = {
    "roster": (
        "Supply roster.csv: object_id, intent (may_return, leaving, permanent), leaves_on, returns_on",
        "Who leaves and returns on which day is known only as far as Entra's leave dates and earlier seasons tell.",
    ),
    "seasons": (
        "Name the seasons in tenant.toml: [[season]] with name, first_day, last_day; two past ones at least, with a log that reaches back",
        "Next season's seats cannot be told as a range.",
    ),
    "threshold": (
        "Look up the accidental-deletion threshold in the portal, and write it into tenant.toml as deletion_threshold",
        "Whether a day's leavers fit into one cycle is not known; too many at once are held back and the job is quarantined.",
    ),
    "desks": (
        "Export the desks before anybody is parked: the app's list of desk assignments and reservations",
        "Deactivation cancels them, and nobody will know who sat where.",
    ),
}


def decisions(due: pl.DataFrame, days: pl.DataFrame, forecast: pl.DataFrame, most: int | None, tenant: Tenant) -> pl.DataFrame:
    """What is to be decided now: whom to disable, enable and restore within six weeks; and which inputs would tell more.

    due: DUE. days: DEADLINES, as `season_days` gives them. forecast: FORECAST. most: the threshold, None where not known.
    returns: DECISIONS; what is due first on top, what to supply last, for nobody in particular.
    """
    until = pl.lit(tenant.as_of + SOON, INSTANT)
    ahead = days.filter(pl.col("deadline_at") <= until)
    day = pl.lit(tenant.as_of + SOON, INSTANT).dt.convert_time_zone(tenant.zone).dt.date()
    soon = due.filter(pl.col("on_min") <= day)
    leaving, coming = soon.drop_nulls("wave"), soon.filter(pl.col("what") == "returns", pl.col("is_active").ne_missing(True))
    # Whom the app refuses is brought in order by the runbook's own decisions.
    overdue = coming.filter("is_overdue", ~pl.col("is_refused"))
    # A deleted account cannot be enabled: it is restored first, which is a decision of its own.
    expected = coming.filter(~pl.col("is_overdue"), pl.col("account").ne_missing("deleted"))
    rows = [
        _row(
            leaving,
            what="Disable those who leave for the season, in waves, and keep account and assignment",
            by=_first(ahead, "wave"),
            owner=f"{ADMINISTRATOR}, once the manager has confirmed",
            cost="Whoever stays enabled is paid for; whoever is deleted instead loses the way back after thirty days.",
            runbook="R12",
            situation="season_leaves",
        ),
        _row(
            expected,
            what="Enable those who come back, by the object ids they left with",
            by=_first(ahead, "day"),
            owner=ADMINISTRATOR,
            cost="A new account instead finds no match in the app, and is refused.",
            runbook="R2",
            situation="season_returns",
        ),
        _row(
            overdue,
            what="See why they are not back: the roster's day has passed, and the app does not hold them active",
            by=None,
            owner="their manager, then the User Administrator",
            cost="Who is back works without the app; who is not stands on a list that is no longer true.",
            runbook="R2",
            situation="season_overdue",
        ),
        _row(
            ahead.filter(pl.col("subject_kind") == "person"),
            what="Restore the deleted accounts of those who may return, then disable them",
            by=_first(ahead, "person"),
            owner=ADMINISTRATOR,
            cost="After day thirty nobody can restore the account, and the return will be refused as a duplicate.",
            runbook="R3",
            # The runbook's own situation: on an index the two are one decision.
            situation="restorable",
        ),
    ]
    told = pl.concat([DECISIONS.to_frame(), *rows]).sort("by", nulls_last=True, maintain_order=True)
    return pl.concat([told, _supply(due, forecast, most, tenant)])


def _row(rows: pl.DataFrame, **told: object) -> pl.DataFrame:
    """DECISIONS of one row, where there is anybody in it."""
    named = rows.sort("person", "person_id", nulls_last=True)
    row = {
        "people": len(named),
        "first_names": "; ".join(named["person"].head(3)),
        "person_ids": "; ".join(named["person_id"].drop_nulls()),
    }
    return pl.DataFrame([row | told] if len(named) else [], schema=DECISIONS)


def _first(days: pl.DataFrame, kind: str) -> object:
    return days.filter(pl.col("subject_kind") == kind)["act_by"].min()


def _supply(due: pl.DataFrame, forecast: pl.DataFrame, most: int | None, tenant: Tenant) -> pl.DataFrame:
    """A row an input that is not there and would tell more."""
    lacks = {
        "roster": tenant.roster.is_empty(),
        "seasons": forecast.filter(pl.col("low").is_null(), pl.col("expected_high").is_not_null()).is_empty(),
        "threshold": most is None and due["wave"].max() is not None,
        "desks": tenant.desks.is_empty() and due["wave"].max() is not None,
    }
    rows = [
        {"what": SUPPLY[name][0], "owner": KEEPER, "cost": SUPPLY[name][1], "runbook": "R0", "situation": f"season_input_{name}"}
        for name, is_lacking in lacks.items()
        if is_lacking
    ]
    return pl.DataFrame(rows, schema=DECISIONS)
