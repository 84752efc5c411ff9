"""What each kind of export knows of people, a lane a kind: rows with a `key`, the id or address they are known by."""

import polars as pl

from scimlab import names
from scimlab.schema import INSTANT, Tenant

# What Entra does, as it is said of what was done and of what was not.
DID = {
    "create": "created the record",
    "update": "updated the record",
    "disable": "switched the record off",
    "delete": "deleted the record",
    "staged_delete": "held the deletion of the record back",
    "other": "looked at the record",
}
TO_DO = {
    "create": "create the record",
    "update": "update the record",
    "disable": "switch the record off",
    "delete": "delete the record",
    "staged_delete": "hold the deletion of the record back",
    "other": "see to the record",
}
OUTCOMES = {"failure": "failed", "skipped": "skipped"}


def by_id(tenant: Tenant, by: dict[str, pl.DataFrame]) -> list[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """Each lane's rows that name an object or a record, and whose those are."""
    objects, records = by["object_id"], by["target_id"]
    logged = _logged(tenant, objects["key"], records["key"])
    return [
        ("provisioning", logged.with_columns(key="source_id"), objects),
        # An event that names an object is its person's; one without, or of an object that nobody knows, is the record's.
        (
            "provisioning",
            logged.filter(~pl.col("source_id").is_in(objects["key"].implode()).fill_null(False)).with_columns(key="target_id"),
            records,
        ),
        *(("directory", each, objects) for each in _directory(tenant)),
        *(("app", each, records) for each in _app(tenant)),
        ("audit", _audited(tenant).with_columns(key="object_id"), objects),
        ("activity", _acted(tenant).with_columns(key="object_id"), objects),
        *(("roster", each.with_columns(key="object_id"), objects) for each in _planned(tenant)),
        ("billing", _billed(tenant).with_columns(key="target_id"), records),
    ]


def by_address(tenant: Tenant) -> list[tuple[str, pl.DataFrame]]:
    """Each lane's rows that name nobody but by an address."""
    lanes = [
        ("audit", _audited(tenant), "object_id", "user_name"),
        ("activity", _acted(tenant), "object_id", "user_name"),
        *(("roster", each, "object_id", "address") for each in _planned(tenant)),
        ("billing", _billed(tenant), "target_id", "address"),
    ]
    return [
        (lane, frame.filter(pl.col(ident).is_null()).with_columns(key=names.canonical_names(pl.col(name))))
        for lane, frame, ident, name in lanes
    ]


def _logged(tenant: Tenant, objects: pl.Series, records: pl.Series) -> pl.DataFrame:
    """What Entra did or tried, of these objects and records."""
    steady = [
        _if_known("skip_reason", "skipped: " + pl.col("skip_reason")),
        _if_known("sent_user_name", "user name sent: " + pl.col("sent_user_name")),
        pl.when("sent_active").then(pl.lit("sent as active")).when(~pl.col("sent_active")).then(pl.lit("sent as inactive")),
    ]
    # What an attempt may say otherwise than the one before, though both fail alike.
    latest = [
        pl.when("matched_active").then(pl.lit("found active")).when(~pl.col("matched_active")).then(pl.lit("found inactive")),
        _if_known("retry_count", pl.format("retried {} times before", "retry_count")),
        _if_known("next_retry_at", "next try announced for " + _clock(pl.col("next_retry_at"))),
        _if_known("detail", "the app said: " + pl.col("detail")),
    ]
    return (
        tenant.events.filter(pl.col("counted"))
        .filter(pl.col("source_id").is_in(objects.implode()) | pl.col("target_id").is_in(records.implode()))
        .select(
            "at",
            "source_id",
            "target_id",
            "cause",
            "file",
            "row",
            what=_deed(),
            outcome=pl.col("status").replace_strict(OUTCOMES, default="done"),
            detail=_joined(steady),
            latest=_joined(latest),
        )
        .collect()
    )


def _deed() -> pl.Expr:
    """What Entra did, or failed to do, in words."""
    action = pl.col("action").fill_null("other")
    did, to_do = (action.replace_strict(words, default=words["other"]) for words in (DID, TO_DO))
    return (
        pl.when(pl.col("status") == "failure")
        .then("failed to " + to_do)
        .when(pl.col("status") == "skipped")
        .then(pl.lit("left the record as it was"))
        .when(pl.col("status") == "warning")
        .then(did + ", with a warning")
        .otherwise(did)
    )


def _directory(tenant: Tenant) -> list[pl.DataFrame]:
    """What Entra's lists say of each user."""
    users = tenant.people.with_columns(key="object_id")
    is_deleted = pl.col("is_deleted").fill_null(False)
    state = (
        pl.when(is_deleted).then(pl.lit("listed as deleted")).when("enabled").then(pl.lit("listed as enabled"))
        .when(~pl.col("enabled")).then(pl.lit("listed as disabled")).otherwise(pl.lit("listed"))
    )  # fmt: skip
    assigned = tenant.assignments.filter(pl.col("created_at").is_not_null()).with_columns(key="principal_id")
    return [
        _said(users, "created_at", pl.lit("created in Entra")),
        _said(users, "deleted_at", pl.lit("deleted in Entra")),
        _said(users, "last_sign_in_at", pl.lit("last sign-in, says Entra")),
        _said(users, "leaves_at", pl.lit("is to leave, says Entra"), outcome="planned"),
        _seen(users, state, pl.concat_str("user_name", "mail", separator="; mail ", ignore_nulls=True)),
        _said(assigned, "created_at", pl.lit("assigned to the app"), pl.lit("by group ") + pl.col("group_id")),
    ]


def _app(tenant: Tenant) -> list[pl.DataFrame]:
    """What the app's lists say of each record, and the desks it held."""
    records = tenant.records.with_columns(key="target_id")
    desks = tenant.desks.with_columns(key="target_id")
    state = (
        pl.when("active")
        .then(pl.lit("listed as active"))
        .when(~pl.col("active"))
        .then(pl.lit("listed as inactive"))
        .otherwise(pl.lit("listed"))
    )
    return [
        _said(records, "created_at", pl.lit("record created"), pl.col("target_id")),
        _said(records, "updated_at", pl.lit("record last changed"), pl.col("target_id")),
        _said(records, "deactivated_at", pl.lit("record deactivated"), pl.col("target_id")),
        _said(records, "last_login_at", pl.lit("last login, says the app"), pl.col("target_id")),
        _seen(records, state, pl.concat_str("target_id", "user_name", separator="; user name ", ignore_nulls=True)),
        _said(desks, "from_at", pl.lit("desk taken"), pl.col("desk")),
        _said(desks, "until_at", pl.lit("desk given up"), pl.col("desk")),
    ]


def _audited(tenant: Tenant) -> pl.DataFrame:
    """What the directory audit says of users, a row a property changed."""
    change = pl.format("{}: {} -> {}", "property", pl.col("old_value").fill_null("nothing"), pl.col("new_value").fill_null("nothing"))
    told = _joined([change, "by " + pl.col("actor"), pl.col("result")])
    outcome = pl.when(pl.col("result").str.to_lowercase() == "failure").then(pl.lit("failed")).otherwise(pl.lit("done"))
    return tenant.audit.select("at", "object_id", "user_name", "file", "row", what="activity", outcome=outcome, detail=told)


def _acted(tenant: Tenant) -> pl.DataFrame:
    """Sign-ins and use of the app, a row a person, kind and day: someone who signs in hourly would drown the rest."""
    day = pl.col("at").dt.convert_time_zone(tenant.zone).dt.date()
    return (
        tenant.activity.sort("at", "file", "row")
        .group_by("object_id", "user_name", "kind", day.alias("day"), maintain_order=True)
        .agg(pl.col("at", "file", "row").first(), pl.len().alias("times"))
        .with_columns(
            what=pl.col("kind").str.replace_all("_", " "),
            outcome=pl.lit("done"),
            latest=pl.when(pl.col("times") > 1).then(pl.format("{} times that day", "times")),
        )
    )


def _planned(tenant: Tenant) -> list[pl.DataFrame]:
    """What the business says: who leaves and returns on which day, of the tenant's zone, and what is meant for whom."""
    roster = tenant.roster.with_columns(detail=pl.col("intent").str.replace_all("_", " "), outcome=pl.lit("planned"))

    def on(day: str, what: str) -> pl.DataFrame:
        return roster.filter(pl.col(day).is_not_null()).with_columns(at=_start(day, tenant.zone), what=pl.lit(what))

    undated = roster.filter(pl.col("leaves_on").is_null(), pl.col("returns_on").is_null(), pl.col("intent").is_not_null())
    undated = undated.with_columns(at=pl.lit(None, dtype=INSTANT), what=pl.lit("in the roster"))
    return [on("leaves_on", "is to leave"), on("returns_on", "is to return"), undated]


def _billed(tenant: Tenant) -> pl.DataFrame:
    """What the vendor billed."""
    return tenant.invoice.with_columns(
        at=_start("billed_on", tenant.zone), what=pl.lit("billed"), outcome=pl.lit("done"), detail=pl.format("quantity {}", "quantity")
    )


def _start(day: str, zone: str) -> pl.Expr:
    """The first instant of a day in the zone: midnight, or one o'clock where the clocks leap over midnight."""
    hours = (pl.col(day).cast(pl.Datetime("us")) + pl.duration(hours=hour) for hour in (0, 1))
    spelled = (hour.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null") for hour in hours)
    return pl.coalesce(spelled).dt.convert_time_zone("UTC")


def _said(frame: pl.DataFrame, at: str, what: pl.Expr, detail: pl.Expr | None = None, *, outcome: str = "done") -> pl.DataFrame:
    """An instant that a list itself gives."""
    told = pl.lit(None, dtype=pl.String) if detail is None else detail
    return frame.filter(pl.col(at).is_not_null()).select("key", "file", "row", at=at, what=what, outcome=pl.lit(outcome), detail=told)


def _seen(frame: pl.DataFrame, what: pl.Expr, detail: pl.Expr) -> pl.DataFrame:
    """What a list shows at the time it was taken, known or not."""
    return frame.select("key", "file", "row", at="taken_at", what=what, outcome=pl.lit("seen"), detail=detail)


def _joined(parts: list[pl.Expr]) -> pl.Expr:
    """The parts that are known in one text, null where none is."""
    text = pl.concat_str(parts, separator="; ", ignore_nulls=True)
    return pl.when(text != "").then(text)


def _if_known(column: str, words: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(column).is_not_null()).then(words)


def _clock(at: pl.Expr) -> pl.Expr:
    return at.dt.strftime("%Y-%m-%d %H:%M UTC")
