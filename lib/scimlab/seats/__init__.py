"""How many people were active, when, and by which event: INTERVALS, and what each counting rule makes of them."""

import polars as pl

from scimlab import names, people
from scimlab.schema import INTERVALS, Tenant
from scimlab.seats.counting import count, daily
from scimlab.seats.facts import facts, reach
from scimlab.seats.periods import default_period
from scimlab.seats.policies import POLICIES
from scimlab.seats.spans import bounded, ranges, stretches

__all__ = ["POLICIES", "count", "daily", "default_period", "intervals"]


def intervals(tenant: Tenant) -> pl.DataFrame:
    """Each span in which a record was active, its ends as ranges that hold the truth, each with the evidence behind it.

    An end is exact where the log or the app saw it, given that nobody changes the flag by hand in the app while the
    log runs. Where history is cut, and where a list contradicts the log, the end is a range; a span that may not have been
    at all has `on_at_max` after `off_at_min`.

    tenant: its counted events, records, people (for the kind of account) and settings `as_of` and `exclude`.
    returns: INTERVALS by person_id, target_id, on_at_max; empty where no record is known. `target_id` is null where the log carries none.
    source: domain.md 4 in words: half-open intervals in the app's own time; missing history gives bounds, not a value.
    """
    known = facts(tenant)
    if tenant.as_of is not None:
        known = known.filter(pl.col("at") <= tenant.as_of)
    listed = tenant.records.filter(pl.col("target_id").is_not_null())["target_id"]
    rows = bounded(known, pl.concat([known["record"], listed]).unique(), reach(tenant), tenant.as_of)
    found = ranges(stretches(rows)).join(rows.select("key", "record").unique("key"), on="key")
    found = _evidenced(found, rows)
    return (
        _owned(found, tenant)
        .select(pl.col(name).cast(dtype) for name, dtype in INTERVALS.items())
        .sort("person_id", "target_id", "on_at_max", "off_at_min", nulls_last=False)
    )


def _evidenced(found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The facts at each end in words: one where it is exact, two where it lies between them or they contradict each other."""
    on_by, on_until, off_by, off_until = (_told(rows, found[column]) for column in ("on_by", "on_until", "off_by", "off_until"))
    on_link = pl.when("on_contradicted").then(pl.lit("; yet ")).otherwise(pl.lit("; then "))
    off_link = pl.when("off_contradicted").then(pl.lit("; yet ")).otherwise(pl.lit("; then "))
    told = found.with_columns(on_by=on_by, on_until=on_until, off_by=off_by, off_until=off_until)
    off = (
        pl.when(pl.col("off_until").is_null())
        .then(pl.concat_str(pl.lit("not seen to end"), pl.lit("; ") + pl.col("off_by"), ignore_nulls=True))
        .otherwise(pl.concat_str(pl.col("off_by") + off_link, "off_until", ignore_nulls=True))
    )
    on = pl.concat_str(pl.col("on_by") + on_link, "on_until", ignore_nulls=True)
    doubt = pl.when("on_contradicted").then(pl.lit("sources disagree")).otherwise(pl.lit("nothing says"))
    unseen = pl.when("is_seen").then(pl.lit("")).otherwise(doubt + pl.lit(" whether it was active: "))
    return told.with_columns(on_evidence=unseen + on, off_evidence=off)


def _told(rows: pl.DataFrame, numbers: pl.Series) -> pl.Series:
    """What these rows say, when, and where it stands; null for no number and for the beginning of time."""
    where = pl.when(pl.col("file").is_not_null()).then(pl.format(" ({} row {})", "file", pl.col("row"))).otherwise(pl.lit(""))
    picked = rows.select(pl.col("what", "at", "file", "row").gather(numbers))
    return picked.select(told=pl.col("what") + pl.col("at").dt.strftime(" %Y-%m-%d %H:%M:%S UTC") + where)["told"]


def _owned(found: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """Whose each span is, and of what kind the account is.

    A service account is one the tenant excludes, with its reason; a guest one that Entra lists as such or whose user name has
    the form of one; unmanaged a record that no object of Entra stands behind, or only a doubtful one.
    """
    known = people.identities(tenant)
    owner = known.filter(pl.col("alias_kind").is_in(["target_id", "object_id"])).select(
        "person_id", record=pl.when(pl.col("alias_kind") == "object_id").then(pl.lit("source:") + pl.col("alias")).otherwise("alias")
    )
    kinds = _kinds(known, tenant)
    is_stand_in = pl.col("record").str.starts_with("source:")
    return (
        found.join(owner.unique("record"), on="record", how="left")
        .with_columns(
            person_id=pl.coalesce("person_id", pl.lit("record:") + pl.col("record")), target_id=pl.when(~is_stand_in).then("record")
        )
        .join(kinds, on="person_id", how="left")
        .with_columns(
            kind=pl.col("kind").fill_null("unmanaged"),
            on_evidence=pl.concat_str("on_evidence", pl.lit("; excluded: ") + pl.col("reason"), ignore_nulls=True),
        )
    )


def _kinds(known: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row a person whom something is known of beside a record: `kind`, and for service accounts the `reason`."""
    managed = known.filter(pl.col("alias_kind") == "object_id", pl.col("strength") != "suspect").select(
        "person_id", kind=pl.lit("member"), order=3
    )
    is_guest = (pl.col("user_type").str.to_lowercase() == "guest") | pl.col("user_name").str.contains("#EXT#", literal=True)
    guests = tenant.people.filter(is_guest).select(alias="object_id").unique()
    guests = known.filter(pl.col("alias_kind") == "object_id").join(guests, on="alias").select("person_id", kind=pl.lit("guest"), order=2)
    excluded = pl.DataFrame(
        [
            {
                "alias": names.canonical(str(table[key])) if key == "address" else str(table[key]),
                "alias_kind": key,
                "reason": str(table.get("reason", "no reason given")),
            }
            for table in tenant.settings["exclude"].value
            for key in ("address", "object_id", "target_id")
            if key in table
        ],
        schema={"alias": pl.String, "alias_kind": pl.String, "reason": pl.String},
    )
    service = known.join(excluded, on=["alias", "alias_kind"]).select("person_id", "reason", kind=pl.lit("service"), order=1)
    return (
        pl.concat([service, guests, managed], how="diagonal")
        .sort("order", "reason")
        .unique("person_id", keep="first", maintain_order=True)
        .drop("order")
    )
