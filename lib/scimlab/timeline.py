"""Everything known of some people, in order: what Entra did, what the app shows, who changed what in the directory, what is planned."""

from collections.abc import Iterable

import polars as pl

from scimlab import names
from scimlab import people as persons
from scimlab.schema import INSTANT, TIMELINE, Tenant


def events(tenant: Tenant, people: Iterable[str], *, identities: pl.DataFrame | None = None) -> pl.DataFrame:
    """Everything known of these people, a row a thing, in the order in which it happened.

    tenant: every frame of it is looked at. Events of other apps are left out.
    people: person ids, object ids, target ids or addresses, in any spelling.
    identities: IDENTITIES of the tenant, where they are at hand already.
    returns: TIMELINE, people in the order given, each by `at` (what has no time last) and lane. A person who uses an address
    that somebody else used before is shown what is known by id, and by that address only where no id is given.
    raises: UsageError if one of them is nobody here; it names the nearest.
    """
    known = persons.identities(tenant) if identities is None else identities
    wanted = persons.person_ids(known, list(people))
    aliases = known.filter(pl.col("person_id").is_in(wanted)).select("person_id", "alias_kind", "alias")
    by = {kind: aliases.filter(alias_kind=kind).select("person_id", key="alias") for kind in ("object_id", "target_id", "address")}
    found = [
        *(_rows(frame, lane, of) for lane, frame, of in _by_id(tenant, by)),
        *(_rows(frame, lane, by["address"]) for lane, frame in _by_address(tenant)),
    ]
    rank = pl.col("person_id").replace_strict(wanted, range(len(wanted)), return_dtype=pl.Int64)
    return pl.concat([TIMELINE.to_frame(), *found]).sort(rank, "at", "lane", "what", "detail", "file", "row", nulls_last=True)


def _rows(frame: pl.DataFrame, lane: str, owners: pl.DataFrame) -> pl.DataFrame:
    """TIMELINE of rows with a `key` that is an alias of somebody."""
    whole = frame.join(owners, on="key").with_columns(lane=pl.lit(lane))
    return whole.select(pl.col(name).cast(dtype) for name, dtype in TIMELINE.items())


def _by_id(tenant: Tenant, by: dict[str, pl.DataFrame]) -> list[tuple[str, pl.DataFrame, pl.DataFrame]]:
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


def _by_address(tenant: Tenant) -> list[tuple[str, pl.DataFrame]]:
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
    action = pl.col("action").replace("other", None)
    outcome = {"success": "succeeded", "failure": "failed", "skipped": "was skipped", "warning": "gave a warning"}
    told = [
        _if_known("cause", pl.col("cause").str.replace_all("_", " ")),
        _if_known("skip_reason", "skipped: " + pl.col("skip_reason")),
        _if_known("sent_user_name", "user name sent: " + pl.col("sent_user_name")),
        pl.when("sent_active").then(pl.lit("sent as active")).when(~pl.col("sent_active")).then(pl.lit("sent as inactive")),
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
            "file",
            "row",
            what=pl.concat_str(action.str.replace_all("_", " "), pl.col("status").replace(outcome), separator=" ", ignore_nulls=True),
            detail=pl.concat_str(told, separator="; ", ignore_nulls=True),
        )
        .collect()
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
        _said(users, "leaves_at", pl.lit("is to leave, says Entra")),
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
    told = pl.concat_str(change, "by " + pl.col("actor"), _if_known("result", pl.col("result")), separator="; ", ignore_nulls=True)
    return tenant.audit.select("at", "object_id", "user_name", "file", "row", what="activity", detail=told)


def _acted(tenant: Tenant) -> pl.DataFrame:
    """Sign-ins and use of the app, a row a person, kind and day: someone who signs in hourly would drown the rest."""
    day = pl.col("at").dt.convert_time_zone(tenant.zone).dt.date()
    return (
        tenant.activity.sort("at", "file", "row")
        .group_by("object_id", "user_name", "kind", day.alias("day"), maintain_order=True)
        .agg(pl.col("at", "file", "row").first(), pl.len().alias("times"))
        .with_columns(
            what=pl.col("kind").str.replace_all("_", " "), detail=pl.when(pl.col("times") > 1).then(pl.format("{} times that day", "times"))
        )
    )


def _planned(tenant: Tenant) -> list[pl.DataFrame]:
    """What the business says: who leaves and returns on which day, of the tenant's zone, and what is meant for whom."""
    roster = tenant.roster.with_columns(detail=pl.col("intent").str.replace_all("_", " "))

    def on(day: str, what: str) -> pl.DataFrame:
        return roster.filter(pl.col(day).is_not_null()).with_columns(at=_start(day, tenant.zone), what=pl.lit(what))

    undated = roster.filter(pl.col("leaves_on").is_null(), pl.col("returns_on").is_null(), pl.col("intent").is_not_null())
    undated = undated.with_columns(at=pl.lit(None, dtype=INSTANT), what=pl.lit("in the roster"))
    return [on("leaves_on", "is to leave"), on("returns_on", "is to return"), undated]


def _billed(tenant: Tenant) -> pl.DataFrame:
    """What the vendor billed."""
    return tenant.invoice.with_columns(
        at=_start("billed_on", tenant.zone), what=pl.lit("billed"), detail=pl.format("quantity {}", "quantity")
    )


def _start(day: str, zone: str) -> pl.Expr:
    """The first instant of a day in the zone: midnight, or one o'clock where the clocks leap over midnight."""
    hours = (pl.col(day).cast(pl.Datetime("us")) + pl.duration(hours=hour) for hour in (0, 1))
    spelled = (hour.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null") for hour in hours)
    return pl.coalesce(spelled).dt.convert_time_zone("UTC")


def _said(frame: pl.DataFrame, at: str, what: pl.Expr, detail: pl.Expr | None = None) -> pl.DataFrame:
    """An instant that a list itself gives."""
    told = pl.lit(None, dtype=pl.String) if detail is None else detail
    return frame.filter(pl.col(at).is_not_null()).select("key", "file", "row", at=at, what=what, detail=told)


def _seen(frame: pl.DataFrame, what: pl.Expr, detail: pl.Expr) -> pl.DataFrame:
    """What a list shows at the time it was taken, known or not."""
    return frame.select("key", "file", "row", at="taken_at", what=what, detail=detail)


def _if_known(column: str, words: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(column).is_not_null()).then(words)


def _clock(at: pl.Expr) -> pl.Expr:
    return at.dt.strftime("%Y-%m-%d %H:%M UTC")
