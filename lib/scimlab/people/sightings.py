"""What each export says of each holder: an object of Entra or a record of the app, and the names it bore.

A holder is `o:` and the object id in lower case, or `r:` and the target id as it is (SCIM ids are case-exact). It is kept as a
category: most of the work here is joins on it, and those of numbers cost half of those of texts.
"""

from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl

from scimlab import names
from scimlab.schema import INSTANT, Tenant

NEVER = datetime(1, 1, 1, tzinfo=UTC)
LATEST = 1 << 57

WHERE = pl.concat_str(pl.col("file").fill_null("?"), pl.lit(" row "), pl.col("row").cast(pl.String).fill_null("?"))

NODE = pl.Categorical()

HOLDERS = pl.Schema(
    {
        "node": NODE,
        "is_object": pl.Boolean,
        "first_at": INSTANT,
        "last_at": INSTANT,
        "live_at": INSTANT,
        "alive_from": INSTANT,
        "alive_to": INSTANT,
        "display_name": pl.String,
        "employee_id": pl.String,
        "where": pl.String,
    }
)
"""A row a holder: when first and last seen, when last seen live in a list of users, the span it surely lived, its
latest display name and staff number."""

CALLED = pl.Schema({"node": NODE, "display_name": pl.String})
"""A row a display name that a holder ever bore."""

SPELLINGS = pl.Schema({"node": NODE, "spelling": pl.String})
"""A row a way an id is spelled in the inputs."""

NAMES = pl.Schema({"node": NODE, "role": pl.String, "text": NODE, "last_at": INSTANT, "where": pl.String})
"""A row a name a holder bore, as spelled: `role` is user_name, sent or mail; `last_at` when it was last seen to."""


MENTIONED = (
    "source_id",
    "source_name",
    "source_user_name",
    "target_id",
    "target_name",
    "matched_target_id",
    "matched_user_name",
    "sent_user_name",
    "sent_mail",
    "sent_external_id",
    "action",
)
"""What an event says of who is meant, and what was done."""


def object_node(column: str) -> pl.Expr:
    """The holder an object id names; ids differ by nothing but case between exports."""
    return (pl.lit("o:") + pl.col(column).str.to_lowercase()).cast(NODE).alias("node")


def record_node(column: str) -> pl.Expr:
    """The holder a target id names."""
    return (pl.lit("r:") + pl.col(column)).cast(NODE).alias("node")


def spoken(tenant: Tenant) -> pl.DataFrame:
    """What the log says, each thing once: a row a combination of object, record, names, action and outcome, not an event.

    returns: MENTIONED, `is_success`, `first_at` and `last_at` with where that was said, and from when to when the object surely lived.
    """
    # IsSoftDeleted is false only for a user who is there, enabled and in scope; a create that succeeded had one to create.
    is_alive = ~pl.col("source_soft_deleted") | ((pl.col("action") == "create") & pl.col("is_success"))
    alive = pl.col("at").filter(is_alive.fill_null(False))
    return (
        tenant.events.filter(pl.col("counted"), pl.col("object_type") == "user", pl.col("at").is_not_null())
        .with_columns(is_success=pl.col("status") == "success")
        .group_by(*MENTIONED, "is_success")
        .agg(
            first_at=pl.col("at").min(),
            last_at=pl.col("at").max(),
            first_where=WHERE.min_by("at"),
            last_where=WHERE.max_by("at"),
            alive_from=alive.min(),
            alive_to=alive.max(),
        )
        .collect()
    )


class Sighted(NamedTuple):
    """HOLDERS, CALLED and SPELLINGS."""

    holders: pl.DataFrame
    called: pl.DataFrame
    spellings: pl.DataFrame


def sighted(tenant: Tenant, spoken: pl.DataFrame) -> Sighted:
    """Every object and every record that any export mentions."""
    seen = pl.concat([_listed_people(tenant), _listed_records(tenant), *_mentioned(tenant, spoken)], how="diagonal_relaxed")
    # The latest word on a name or a number wins; at one instant the greatest, so that no order of rows decides.
    found = seen.group_by("node").agg(
        pl.col("first_at", "alive_from").min(),
        pl.col("last_at", "live_at", "alive_to").max(),
        pl.col("display_name").max_by(lateness("display_name")),
        pl.col("employee_id").max_by(lateness("employee_id")),
        pl.col("where").max_by((2 - pl.col("priority").cast(pl.Int64)) * LATEST + lateness("where")),
    )
    holders = found.with_columns(is_object=pl.col("node").cat.starts_with("o:")).select(HOLDERS.names())
    logged = spoken.select(object_node("source_id"), display_name="source_name").unique()
    called = pl.concat([seen.select(CALLED.names()), logged]).drop_nulls()
    return Sighted(holders, called, seen.select("node", "spelling").unique())


def lateness(told: str, at: str = "last_at") -> pl.Expr:
    """A number below LATEST, the greater the later something was told, and -1 where nothing was; of two at one instant the same one wins.

    It lets the latest be found without a sort, which for texts is the dearest thing there is.
    """
    seconds = pl.col(at).dt.epoch("s").fill_null(0).clip(0)
    return pl.when(pl.col(told).is_not_null()).then(seconds * (1 << 24) + pl.col(told).hash() % (1 << 24)).otherwise(-1)


def _listed_people(tenant: Tenant) -> pl.DataFrame:
    """Users as listed: the live ones surely live when the list was taken, the deleted ones until they were deleted."""
    seen_at = pl.coalesce("taken_at", pl.lit(tenant.as_of, dtype=INSTANT))
    live = ~pl.col("is_deleted").fill_null(False)
    end = pl.when(live).then(seen_at).otherwise(pl.col("deleted_at") - pl.duration(microseconds=1))
    return tenant.people.filter(pl.col("object_id").is_not_null()).select(
        object_node("object_id"),
        spelling="object_id",
        first_at=pl.coalesce("created_at", "deleted_at", seen_at),
        last_at=pl.coalesce(pl.when(live).then(seen_at).otherwise("deleted_at"), seen_at),
        live_at=pl.when(live).then(seen_at),
        alive_from=pl.coalesce("created_at", end),
        alive_to=pl.coalesce(end, "created_at"),
        display_name="display_name",
        employee_id=pl.col("employee_id").str.strip_chars().str.to_lowercase().replace("", None),
        priority=pl.lit(0),
        where=WHERE,
    )


def _listed_records(tenant: Tenant) -> pl.DataFrame:
    """Accounts as the app lists them."""
    seen_at = pl.coalesce("taken_at", pl.lit(tenant.as_of, dtype=INSTANT))
    return tenant.records.filter(pl.col("target_id").is_not_null()).select(
        record_node("target_id"),
        spelling="target_id",
        first_at="created_at",
        last_at=seen_at,
        display_name="display_name",
        employee_id=pl.col("employee_id").str.strip_chars().str.to_lowercase().replace("", None),
        priority=pl.lit(0),
        where=WHERE,
    )


def _mentioned(tenant: Tenant, spoken: pl.DataFrame) -> list[pl.DataFrame]:
    """Objects and records as the log and the audit mention them."""
    span = {"first_at": pl.col("first_at").min(), "last_at": pl.col("last_at").max(), "where": pl.col("first_where").min_by("first_at")}
    objects = (
        spoken.filter(pl.col("source_id").is_not_null())
        .group_by(spelling="source_id")
        .agg(
            **span,
            alive_from=pl.col("alive_from").min(),
            alive_to=pl.col("alive_to").max(),
            display_name=pl.col("source_name").drop_nulls().max(),
        )
        .with_columns(object_node("spelling"), priority=pl.lit(1))
    )
    records = [
        spoken.filter(pl.col(column).is_not_null())
        .group_by(spelling=column)
        .agg(**span)
        .with_columns(record_node("spelling"), priority=pl.lit(1))
        for column in ("target_id", "matched_target_id")
    ]
    audited = (
        tenant.audit.filter(pl.col("object_type").str.to_lowercase() == "user", pl.col("object_id").is_not_null())
        .group_by(spelling="object_id")
        .agg(first_at=pl.col("at").min(), last_at=pl.col("at").max(), where=WHERE.min_by("at"))
        .with_columns(object_node("spelling"), priority=pl.lit(2))
    )
    return [objects, *records, audited]


def bearings(tenant: Tenant, spoken: pl.DataFrame) -> pl.DataFrame:
    """NAMES: every name any export gives a holder, with the soft-delete prefix still on it."""
    listed = [
        _borne(frame, node(key), role, column)
        for frame, node, key, columns in (
            (tenant.people, object_node, "object_id", {"user_name": "user_name", "mail": "mail"}),
            (tenant.records, record_node, "target_id", {"user_name": "user_name", "mail": "mail"}),
        )
        for column, role in columns.items()
    ]
    # A record without a user name goes by its mail.
    nameless = tenant.records.filter(pl.col("user_name").is_null())
    listed.append(_borne(nameless, record_node("target_id"), "user_name", "mail"))
    seen_at = pl.coalesce("last_at", pl.lit(tenant.as_of, dtype=INSTANT))
    return (
        pl.concat([*(frame.with_columns(last_at=seen_at) for frame in listed), *_logged_names(tenant, spoken)], how="diagonal_relaxed")
        .filter(pl.col("node").is_not_null(), pl.col("text").str.strip_chars() != "")
        .with_columns(pl.col("text").cast(NODE))
    )


def _borne(frame: pl.DataFrame, node: pl.Expr, role: str, column: str) -> pl.DataFrame:
    return frame.select(node, role=pl.lit(role), text=column, last_at="taken_at", where=WHERE)


def _logged_names(tenant: Tenant, spoken: pl.DataFrame) -> list[pl.DataFrame]:
    """Names by which the log and the audit speak of objects and records."""
    written = spoken.filter("is_success", pl.col("action").is_in(["create", "update", "disable"]))
    addressed = spoken.filter(pl.col("target_name").str.contains("@", literal=True))
    audited = tenant.audit.with_columns(last_at="at", last_where=WHERE)
    said = [
        (spoken, object_node("source_id"), "user_name", "source_user_name"),
        (spoken, object_node("source_id"), "sent", "sent_user_name"),
        (spoken, object_node("source_id"), "mail", "sent_mail"),
        (written, record_node("target_id"), "user_name", "sent_user_name"),
        (addressed, record_node("target_id"), "user_name", "target_name"),
        (spoken, record_node("matched_target_id"), "user_name", "matched_user_name"),
        (audited, object_node("object_id"), "user_name", "user_name"),
    ]
    return [
        frame.filter(pl.col(column).is_not_null())
        .group_by(node, text=column)
        .agg(pl.col("last_at").max(), where=pl.col("last_where").max_by("last_at"))
        .with_columns(role=pl.lit(role))
        for frame, node, role, column in said
    ]


def clean(bearings: pl.DataFrame) -> pl.DataFrame:
    """NAMES with `address` (canonical), `spelling` (the text without prefixes) and `decoded` (the object id in front)."""
    texts = bearings.select("text").unique().with_columns(plain=pl.col("text").cast(pl.String).str.strip_chars())
    prefixed = texts.filter(pl.col("plain").str.contains(r"(?i)^[0-9a-f]{32}[^@\s]+@"))
    recovered = [names.recover(text) for text in prefixed["plain"]]
    found = prefixed.select(
        "text",
        decoded=pl.Series([each.object_id for each in recovered], dtype=pl.String),
        clean=pl.Series([each.clean_name for each in recovered], dtype=pl.String),
    )
    spelled = texts.join(found, on="text", how="left").select(
        "text", "decoded", spelling=pl.coalesce("clean", "plain").cast(NODE), address=names.canonical_names(pl.col("plain")).cast(NODE)
    )
    return bearings.join(spelled, on="text", how="left")
