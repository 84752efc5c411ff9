"""Whether Entra would have each object active in the app, and when: what lists, audit log and provisioning log say of it, as FACTS.

A FACT's `state` is ON where the object should not be active: disabled, deleted, unassigned, or sent as inactive without a word why.
Lists and logs of the directory speak of one of these; what Entra sends speaks of all of them together.
"""

import polars as pl

from scimlab.links.known import Known
from scimlab.schema import INSTANT, Tenant
from scimlab.seats.facts import FACTS
from scimlab.seats.lists import OFF, ON, UNKNOWN

REASONS = ("deleted", "disabled", "unassigned", "unsaid")
"""Why an object should not be active, what weighs most first; "unsaid" where it was only sent as inactive."""

ACTS = {
    "disable account": (ON, "disabled"),
    "enable account": (OFF, None),
    "delete user": (ON, "deleted"),
    "hard delete user": (ON, "deleted"),
    "restore user": (UNKNOWN, None),
}
"""What an act of the directory's log makes of an object. Restored, it is what it was before: disabled, perhaps."""


def standings(tenant: Tenant, known: Known) -> pl.DataFrame:
    """FACTS of every object, `record` being its id, with the `reason` that each gives for an object that should not be active.

    known: what the inputs cover; from a list of users that is not whole, nobody is missed.
    source: domain.md 2.1 in words: inactive is sent of whoever is disabled, deleted, unassigned or filtered out, and of nobody else.
    """
    logged = _logged(tenant)
    found = [logged, _not_yet(logged), _acts(tenant), _listed(tenant), _assigned(tenant)]
    if known.users and known.users_at is not None:
        found.append(_missed(tenant, logged, known))
    facts = pl.concat([_shaped(each) for each in found]).filter(pl.col("at").is_not_null())
    first = logged.group_by(pl.col("record").cast(pl.Categorical)).agg(logged_at=pl.col("at").min())
    # Only of an object that the log has dealt with before does silence say that nothing changed.
    is_sight = pl.col("is_sight") & (pl.col("at") > pl.col("logged_at")).fill_null(False)
    told = facts.join(first, on="record", how="left").with_columns(is_sight=is_sight)
    return told.with_columns(before=pl.when("is_sight").then("state").otherwise(UNKNOWN).cast(pl.Int8)).drop("logged_at")


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as FACTS with their `reason`."""
    rows = rows.with_columns(is_birth=pl.lit(False), before=pl.lit(UNKNOWN), record=_key("record").cast(pl.Categorical))
    return rows.select(*(pl.col(name).cast(dtype) for name, dtype in FACTS.items()), pl.col("reason").cast(pl.Enum(REASONS)))


def _key(column: str) -> pl.Expr:
    """An object id as all exports spell it alike."""
    return pl.col(column).str.to_lowercase()


def _logged(tenant: Tenant) -> pl.DataFrame:
    """What the job saw of an object when it dealt with it."""
    is_off = {
        "deleted": pl.col("source_soft_deleted") | _renamed(),
        "disabled": ~pl.col("source_enabled"),
        "unassigned": ~pl.col("assigned") | ~pl.col("in_scope"),
        "unsaid": ~pl.col("sent_active") | pl.col("action").is_in(["disable", "delete"]),
    }
    reason = pl.coalesce(pl.when(holds).then(pl.lit(name)) for name, holds in is_off.items())
    whole = pl.col("source_enabled") & ~pl.col("source_soft_deleted") & pl.col("assigned") & pl.col("in_scope")
    is_on = whole | pl.col("sent_active") | (pl.col("action") == "create")
    state = pl.when(reason.is_not_null()).then(ON).when(is_on).then(OFF)
    said = pl.when(state == ON).then(pl.lit("to be inactive")).otherwise(pl.lit("to be active"))
    return (
        tenant.events.filter("counted", pl.col("object_type") == "user", pl.col("source_id").is_not_null())
        .with_columns(reason=reason, state=state)
        .filter(pl.col("state").is_not_null(), pl.col("action") != "staged_delete")
        .select(
            "at", "state", "reason", "job_id", "cycle_id", "file", "row", record=_key("source_id"), what=said + pl.lit(" by Entra's log")
        )
        .with_columns(turn=pl.lit(5), is_sight=True, holds=False)
        .collect()
    )


def _renamed() -> pl.Expr:
    """Whether the object's own id stands before the user name sent: so it does from deletion to restoration."""
    return pl.col("sent_user_name").str.to_lowercase().str.starts_with(_key("source_id").str.replace_all("-", ""))


def _not_yet(logged: pl.DataFrame) -> pl.DataFrame:
    """Where an object turns from one log row to the next: until the cycle before began, it had not.

    Each cycle takes in whatever changed since the last one began, so the change came after that.
    """
    starts = (
        logged.drop_nulls("cycle_id").group_by("job_id", "cycle_id").agg(pl.col("at").min().alias("begun_at")).sort("job_id", "begun_at")
    )
    cycles = starts.with_columns(last_at=pl.col("begun_at").shift(1).over("job_id"))
    last = [pl.col(name).shift(1).over("record") for name in ("state", "at", "reason")]
    turned = logged.sort("record", "at", "row").with_columns(last_state=last[0], seen_at=last[1], last_reason=last[2])
    turned = turned.filter(pl.col("last_state") != pl.col("state")).join(cycles, on=["job_id", "cycle_id"])
    return turned.filter(pl.col("last_at") > pl.col("seen_at")).with_columns(
        at="last_at", state="last_state", reason="last_reason", what=pl.lit("not yet otherwise for Entra's job"), turn=pl.lit(4)
    )


def _acts(tenant: Tenant) -> pl.DataFrame:
    """What was done to an object by the directory's own log."""
    activity, new = pl.col("activity").str.to_lowercase(), pl.col("new_value").str.to_lowercase()
    by_flag = (pl.col("property").str.to_lowercase() == "accountenabled") & ~activity.is_in([*ACTS, "add user"])
    act = pl.when(by_flag & (new == "false")).then(pl.lit("disable account")).when(by_flag & (new == "true")).then(pl.lit("enable account"))
    done = tenant.audit.filter(pl.col("result").fill_null("success") == "success", pl.col("object_id").is_not_null())
    acts = done.with_columns(act=pl.coalesce(act, activity)).filter(pl.col("act").is_in([*ACTS])).unique(["object_id", "at", "act"])
    states, reasons = ({name: said[number] for name, said in ACTS.items()} for number in (0, 1))
    return acts.with_columns(
        record="object_id",
        state=pl.col("act").replace_strict(states, return_dtype=pl.Int8),
        reason=pl.col("act").replace_strict(reasons, return_dtype=pl.String),
        what=pl.col("activity"),
        turn=pl.lit(1),
        is_sight=False,
        holds=True,
    )


def _listed(tenant: Tenant) -> pl.DataFrame:
    """What the lists of users say; an enabled account may still not be given the app, so that says nothing here."""
    people = tenant.people.with_columns(record="object_id", state=pl.lit(ON), holds=False)
    is_deleted = pl.col("is_deleted").fill_null(False)
    return pl.concat(
        [
            people.filter(is_deleted, pl.col("deleted_at").is_not_null()).with_columns(
                at="deleted_at", reason=pl.lit("deleted"), what=pl.lit("deleted, says Entra"), turn=pl.lit(1), is_sight=False, holds=True
            ),
            people.filter(is_deleted).with_columns(
                at="taken_at", reason=pl.lit("deleted"), what=pl.lit("listed as deleted"), turn=pl.lit(7), is_sight=True
            ),
            people.filter(~is_deleted, ~pl.col("enabled")).with_columns(
                at="taken_at", reason=pl.lit("disabled"), what=pl.lit("listed as disabled"), turn=pl.lit(7), is_sight=True
            ),
        ]
    )


def _assigned(tenant: Tenant) -> pl.DataFrame:
    """Who is not given the app, by a list of assignments that leaves out nobody: members of every group that has the app are listed."""
    given = tenant.assignments
    groups = given.filter(pl.col("principal_type").str.to_lowercase() == "group", pl.col("group_id").is_null())["principal_id"]
    is_whole = given.height > 0 and groups.is_in(given["group_id"].drop_nulls().unique().implode()).all()
    live = tenant.people.filter(~pl.col("is_deleted").fill_null(False))
    live = live.with_columns(record=_key("object_id"))
    without = live.join(given.select(record=_key("principal_id")), on="record", how="anti") if is_whole else live.clear()
    return without.with_columns(
        at=pl.lit(given["taken_at"].max(), INSTANT),
        state=pl.lit(ON),
        reason=pl.lit("unassigned"),
        what=pl.lit("in no list of those who are given the app"),
        turn=pl.lit(7),
        is_sight=True,
        holds=False,
    )


def _missed(tenant: Tenant, logged: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Objects that Entra's log dealt with and that no list of users holds any more: gone by the time of the list, nobody saw when."""
    met = logged.group_by("record").agg(pl.col("at").max().alias("met_at"))
    gone = met.join(tenant.people.select(record=_key("object_id")), on="record", how="anti").filter(pl.col("met_at") < known.users_at)
    return gone.with_columns(
        at=pl.lit(known.users_at, INSTANT),
        state=pl.lit(ON),
        reason=pl.lit("deleted"),
        what=pl.lit("in no list of Entra's users"),
        turn=pl.lit(7),
        is_sight=True,
        holds=False,
        file=pl.lit(None, pl.String),
        row=pl.lit(None, pl.Int64),
    )
