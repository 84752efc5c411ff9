"""Who needs something done, and the facts that tell what: joined from storms, users, records and the log."""

from datetime import timedelta

import polars as pl

from scimlab import names
from scimlab.schema import Tenant

RESTORABLE = timedelta(days=30)
WORDS = ("source_user_name", "sent_user_name", "sent_mail")


def retried(storms: pl.DataFrame, identities: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row an open storm, with the facts its situation rests on: the account's, the blocking record's, the old account's.

    `record_id` is the record that holds the name or the e-mail, else the one Entra is linked to; `old_id` the account
    whose id stands in front of that record's name.
    """
    people, records = accounts(tenant, identities), held_records(tenant, identities)
    # Who is on neither list is gone, but only where both lists were given.
    are_both_listed = tenant.has_bin and not people["is_deleted"].all()
    linked = records.select(target_id="record_id", is_linked_active="active")
    failing = (
        storms.filter(pl.col("is_open"))
        .join(_names_in_log(tenant, storms), on="source_id", how="left")
        .join(people.rename({"object_id": "source_id", "person_id": "owner_id"}), on="source_id", how="left")
        .join(linked, on="target_id", how="left")
        .with_columns(
            clean_name=pl.coalesce(_clean("sent_user_name"), "user_name", _clean("source_user_name")),
            is_live=(pl.col("enabled") & ~pl.col("is_deleted")).fill_null(False),
            is_gone=pl.lit(are_both_listed) & pl.col("is_deleted").is_null(),
            is_in_bin=pl.col("is_deleted").fill_null(False),
        )
        .with_columns(mail=pl.coalesce("sent_mail", "mail", "clean_name"))
    )
    blocking = _blocking(failing, records).join(_old_accounts(records, people, tenant), on="record_id", how="left")
    return failing.join(blocking, on="storm_id", how="left")


def restorable(identities: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row a deleted account that can still be restored, whose person has a record and is not known to leave for good.

    `live_id` is another account of the same person that is not deleted; `is_name_taken`: somebody else holds the clean name.
    """
    people = accounts(tenant, identities)
    live = people.filter(~pl.col("is_deleted"))
    has_record = identities.filter(pl.col("alias_kind") == "target_id").group_by("person_id").agg(record_id=pl.col("alias").min())
    replaced = live.group_by("person_id").agg(live_id=pl.col("object_id").sort_by("created_at", "object_id", nulls_last=False).last())
    held = live.select(key=names.canonical_names(pl.col("user_name")), holder_id="person_id").unique("key")
    deleted = people.filter(pl.col("is_deleted"), (pl.col("deleted_at") + RESTORABLE > tenant.as_of).fill_null(True))
    return (
        deleted.join(has_record, on="person_id")
        .join(replaced, on="person_id", how="left")
        .with_columns(key=names.canonical_names(pl.col("user_name")))
        .join(held, on="key", how="left")
        .with_columns(is_name_taken=(pl.col("holder_id") != pl.col("person_id")).fill_null(False))
        .join(_leaving(tenant), left_on="object_id", right_on="leaving", how="anti")
        .join(_leaving(tenant), left_on="key", right_on="leaving", how="anti")
    )


def accounts(tenant: Tenant, identities: pl.DataFrame) -> pl.DataFrame:
    """A row an account of Entra with its person: names clean, `is_deleted` never null, the latest look where there are several."""
    whose = identities.filter(pl.col("alias_kind") == "object_id").select(object_id="alias", person_id="person_id").unique("object_id")
    return (
        tenant.people.drop_nulls("object_id")
        .sort("taken_at", "is_deleted", nulls_last=False)
        .unique("object_id", keep="last")
        .join(whose, on="object_id", how="left")
        .select(
            "object_id", "mail", "display_name", "enabled", "hybrid", "created_at", "deleted_at",
            person_id=pl.coalesce("person_id", "object_id"),
            user_name=_clean("user_name"),
            is_deleted=pl.col("is_deleted").fill_null(False),
        )
    )  # fmt: skip


def held_records(tenant: Tenant, identities: pl.DataFrame) -> pl.DataFrame:
    """A row a record of the app with its person and the keys of its names; `prefix_id` is the account id in front of its user name."""
    whose = identities.filter(pl.col("alias_kind") == "target_id").select(record_id="alias", holder_id="person_id").unique("record_id")
    prefix = pl.col("user_name").map_elements(lambda name: names.recover(name).object_id, return_dtype=pl.String)
    return (
        tenant.records.drop_nulls("target_id")
        .sort("taken_at", nulls_last=False)
        .unique("target_id", keep="last")
        .select(
            "updated_at", "active", record_id="target_id", prefix_id=prefix, name_key=names.canonical_names(pl.col("user_name")),
            mail_key=names.canonical_names(pl.col("mail")),
        )
        .join(whose, on="record_id", how="left")
    )  # fmt: skip


def _blocking(failing: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """A row a storm that a record blocks: the one that holds the name, with the account's id in front or plain, else the e-mail.

    The record Entra is linked to blocks nothing; among several, one that holds the name goes first, then the person's own.
    """
    keys = failing.select(
        "storm_id",
        "person_id",
        linked="target_id",
        name_key=names.canonical_names(pl.col("clean_name")),
        mail_key=names.canonical_names(pl.col("mail")),
    )
    prefixed = pl.when(pl.col("prefix_id").is_null()).then(pl.lit("name")).otherwise(pl.lit("prefixed_name"))
    by_name = keys.join(records, on="name_key", suffix="_held").with_columns(holds=prefixed)
    by_mail = keys.join(records, on="mail_key", suffix="_held").with_columns(holds=pl.lit("mail"))
    return (
        pl.concat([by_name, by_mail], how="diagonal")
        .filter(pl.col("linked").is_null() | (pl.col("linked") != pl.col("record_id")))
        .with_columns(is_others=(pl.col("holder_id") != pl.col("person_id")).fill_null(False))
        .sort(pl.col("holds") == "mail", "is_others", pl.col("holds").cast(pl.Enum(["prefixed_name", "name", "mail"])), "record_id")
        .unique("storm_id", keep="first")
        .select("storm_id", "record_id", "holds", "is_others", record_updated_at="updated_at")
    )


def _old_accounts(records: pl.DataFrame, people: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row a record whose name carries an account's id, with what is known of that account.

    `old_is_gone`: it cannot be restored any more, since it is not among the deleted users given, was purged in the
    audit, had its deletion sent to the app, or was last heard of more than 30 days ago and is no user now.
    `old_until`: the latest day on which it might still be restored, null where nothing tells.
    """
    key = pl.col("object_id").str.to_lowercase()
    known = people.select(old_key=key, old_is_live=~pl.col("is_deleted"), old_deleted_at="deleted_at", old_hybrid="hybrid").unique(
        "old_key"
    )
    carrying = records.drop_nulls("prefix_id").select("record_id", "updated_at", old_id="prefix_id", old_key="prefix_id")
    last_heard = pl.max_horizontal("updated_at", "heard_at")
    silent_for_long = (last_heard + RESTORABLE < tenant.as_of).fill_null(False)
    listed = pl.lit(tenant.has_bin)
    return (
        carrying.join(known, on="old_key", how="left")
        .join(_last_words(carrying["old_key"], tenant), on="old_key", how="left")
        .with_columns(is_known=pl.col("old_is_live").is_not_null(), old_is_live=pl.col("old_is_live").fill_null(False))
        .with_columns(
            old_until=pl.coalesce(pl.col("old_deleted_at") + RESTORABLE, last_heard + RESTORABLE),
            old_is_gone=~pl.col("is_known") & (listed | pl.col("was_purged").fill_null(False) | silent_for_long),
            old_is_deleted=pl.col("is_known") & ~pl.col("old_is_live"),
        )
        .with_columns(
            old_is_gone=pl.col("old_is_gone") | (pl.col("old_is_deleted") & (pl.col("old_until") <= tenant.as_of).fill_null(False))
        )
        .select("record_id", "old_id", "old_is_live", "old_is_deleted", "old_is_gone", "old_until", "old_hybrid")
    )


def _last_words(old_keys: pl.Series, tenant: Tenant) -> pl.DataFrame:
    """A row an account: when the log last spoke of it, and whether its purge was seen, in the log or in the audit."""
    wanted = old_keys.unique().implode()
    key = pl.col("source_id").str.to_lowercase()
    heard = (
        tenant.events.filter(pl.col("counted"), key.is_in(wanted))
        .group_by(old_key=key)
        .agg(heard_at=pl.col("at").max(), was_purged=(pl.col("action") == "delete").any())
        .collect()
    )
    purged = tenant.audit.filter(pl.col("activity").str.to_lowercase().str.contains("hard delete", literal=True)).select(
        old_key=pl.col("object_id").str.to_lowercase(), heard_at="at", was_purged=pl.lit(True)
    )
    return pl.concat([heard, purged]).group_by("old_key").agg(pl.col("heard_at").max(), pl.col("was_purged").any())


def _names_in_log(tenant: Tenant, storms: pl.DataFrame) -> pl.DataFrame:
    """A row an account in a storm: the names it last went by in the log."""
    wanted = storms["source_id"].unique().implode()
    spoken = tenant.events.filter(pl.col("counted"), pl.col("source_id").is_in(wanted)).sort("at", "event_id")
    return spoken.group_by("source_id").agg(pl.col(WORDS).drop_nulls().last()).collect()


def _leaving(tenant: Tenant) -> pl.DataFrame:
    """The object ids and addresses of those the roster says leave for good."""
    gone = tenant.roster.filter(pl.col("intent") == "leaving")
    both = pl.concat([gone.select(leaving="object_id"), gone.select(leaving=names.canonical_names(pl.col("address")))])
    return both.drop_nulls().unique()


def jobs_of(tenant: Tenant) -> pl.DataFrame:
    """A row an account the log speaks of: the job and app that last did."""
    spoken = tenant.events.filter(pl.col("counted"), pl.col("source_id").is_not_null()).sort("at", "event_id")
    return spoken.group_by(object_id="source_id").agg(pl.col("job_id", "app_id").last()).collect()


def _clean(column: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda name: names.recover(name).clean_name, return_dtype=pl.String)
