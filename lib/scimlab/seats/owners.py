"""Whose each span is, and of what kind the account is."""

import polars as pl

from scimlab import names
from scimlab.schema import Tenant
from scimlab.seats.lists import OFF, ON, STAND_IN


def owners(known: pl.DataFrame) -> pl.DataFrame:
    """A row a record and its person: `record` `person_id`; an object stands for the record that the log gives no id of.

    known: IDENTITIES.
    """
    is_object = pl.col("alias_kind") == "object_id"
    ids = known.filter(is_object | (pl.col("alias_kind") == "target_id"))
    return ids.select("person_id", record=pl.when(is_object).then(pl.lit(STAND_IN) + pl.col("alias")).otherwise("alias")).unique("record")


def expected(known: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row a record whose person's objects are known: `record` `expects`, ON where one of them is live and enabled, else OFF.

    Null where a live one may be either. Nothing is expected of a record that no object of Entra stands behind.
    """
    live = tenant.people.filter(~pl.col("is_deleted").fill_null(False)).group_by(alias="object_id").agg(pl.col("enabled").any())
    objects = known.filter(pl.col("alias_kind") == "object_id", pl.col("strength") != "suspect").join(live, on="alias", how="left")
    is_live = pl.col("alias").is_in(live["alias"].implode())
    of_person = objects.group_by("person_id").agg(
        expects=pl.when((is_live & pl.col("enabled")).any())
        .then(ON)
        .when((is_live & pl.col("enabled").is_null()).any())
        .then(None)
        .otherwise(OFF)
    )
    return owners(known).join(of_person, on="person_id").select("record", pl.col("expects").cast(pl.Int8)).filter(len(live) > 0)


def owned(found: pl.DataFrame, known: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """Spans with `person_id`, `target_id` and `kind`: the person for whom Entra wrote the record at the time.

    A record that Entra wrote for one person and later for another is split where the second began. A service account is one the
    tenant excludes, with its reason; a guest one that Entra lists as such or whose user name has the form of one; unmanaged a
    record that no object of Entra stands behind, or only a doubtful one.
    """
    is_stand_in = pl.col("record").str.starts_with(STAND_IN)
    return (
        _handed_over(found.join(owners(known), on="record", how="left"), tenures(tenant, known))
        .with_columns(
            person_id=pl.coalesce("person_id", pl.lit("record:") + pl.col("record")), target_id=pl.when(~is_stand_in).then("record")
        )
        .join(_kinds(known, tenant), on="person_id", how="left")
        .with_columns(
            kind=pl.col("kind").fill_null("unmanaged"),
            on_evidence=pl.concat_str("on_evidence", pl.lit("; excluded: ") + pl.col("reason"), ignore_nulls=True),
        )
    )


def tenures(tenant: Tenant, known: pl.DataFrame) -> pl.DataFrame:
    """A row a person for whom Entra wrote a record that it wrote for others too: `record` `holder` `from_at` `until_at`.

    The first begins and the last ends with null.
    """
    objects = known.filter(pl.col("alias_kind") == "object_id").select(source_id="alias", holder="person_id")
    written = (
        tenant.events.filter(pl.col("counted"), pl.col("object_type") == "user", pl.col("status") == "success")
        .filter(pl.col("action").is_in(["create", "update", "disable", "delete"]), pl.col("target_id").is_not_null())
        .select("at", "source_id", record="target_id")
    )
    numbered = written.select(pl.col("source_id", "record").cast(pl.Categorical)).with_columns(pl.col("source_id").to_physical())
    several = numbered.group_by("record").agg(pl.col("source_id").min() != pl.col("source_id").max()).filter("source_id")
    runs = (
        written.join(several.select(pl.col("record").cast(pl.String)), on="record", how="semi")
        .join(objects.lazy(), on="source_id")
        .sort("record", "at", "holder")
        .filter((pl.col("holder") != pl.col("holder").shift(1).over("record")).fill_null(True))
    )
    first = pl.col("at").shift(1).over("record").is_null()
    ranged = runs.select("record", "holder", from_at=pl.when(~first).then("at"), until_at=pl.col("at").shift(-1).over("record"))
    return ranged.filter(pl.col("from_at").is_not_null() | pl.col("until_at").is_not_null()).collect()


def _handed_over(found: pl.DataFrame, tenures: pl.DataFrame) -> pl.DataFrame:
    """Spans of records that passed from one person to another, each cut to the time of the one and of the other."""
    if tenures.is_empty():
        return found
    kept = found.join(tenures, on="record", how="anti")
    start, end = pl.col("from_at"), pl.col("until_at")
    ends = {
        "on_at_min": pl.max_horizontal("on_at_min", start),
        "on_at_max": pl.max_horizontal("on_at_max", start),
        "off_at_min": pl.min_horizontal("off_at_min", end),
        "off_at_max": pl.min_horizontal("off_at_max", end),
    }
    came = pl.format("passed from another person {} UTC", start.dt.strftime("%Y-%m-%d %H:%M:%S"))
    went = pl.format("passed to another person {} UTC", end.dt.strftime("%Y-%m-%d %H:%M:%S"))
    passed = (
        found.join(tenures, on="record")
        .with_columns(
            **ends,
            person_id="holder",
            on_evidence=pl.when(start > pl.col("on_at_max")).then(came).otherwise("on_evidence"),
            off_evidence=pl.when(end < pl.col("off_at_min")).then(went).otherwise("off_evidence"),
        )
        .filter((pl.col("on_at_min") < pl.col("off_at_max")).fill_null(True))
    )
    return pl.concat([kept, passed.select(kept.columns)])


def _kinds(known: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row a person whom something is known of beside a record: `kind`, and for service accounts the `reason`."""
    objects = known.filter(pl.col("alias_kind") == "object_id")
    managed = objects.filter(pl.col("strength") != "suspect").select("person_id", kind=pl.lit("member"), order=3)
    is_guest = (pl.col("user_type").str.to_lowercase() == "guest") | pl.col("user_name").str.contains("#EXT#", literal=True)
    guests = tenant.people.filter(is_guest).select(alias="object_id").unique()
    guests = objects.join(guests, on="alias").select("person_id", kind=pl.lit("guest"), order=2)
    excluded = pl.DataFrame(
        [
            {
                "alias_kind": key,
                "alias": names.canonical(str(table[key])) if key == "address" else str(table[key]),
                "reason": str(table.get("reason", "no reason given")),
            }
            for table in tenant.settings["exclude"].value or []
            for key in ("address", "object_id", "target_id")
            if key in table
        ],
        schema={"alias_kind": pl.String, "alias": pl.String, "reason": pl.String},
    )
    service = known.join(excluded, on=["alias", "alias_kind"]).select("person_id", "reason", kind=pl.lit("service"), order=1)
    ranked = pl.concat([service, guests, managed], how="diagonal").sort("order", "reason")
    return ranked.unique("person_id", keep="first", maintain_order=True).drop("order")
