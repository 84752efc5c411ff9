"""Who each person is to a planner: names, ids, the account in Entra, and whether the app holds them active now."""

from datetime import datetime

import polars as pl

from scimlab.schema import INSTANT, Tenant


def persons(identities: pl.DataFrame, intervals: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row a person that is no service account.

    identities: IDENTITIES. intervals: INTERVALS.
    returns: person_id, person, object_id (null where only a record is known), target_id (the record held last), address, employee_id,
        account (enabled, disabled, deleted or not listed; null without a list), leaves_at, deleted_at, is_active (null: not known).
    """
    service = intervals.filter(pl.col("kind") == "service")["person_id"].implode()
    everybody = identities.filter(~pl.col("person_id").is_in(service)).select("person_id").unique()
    objects = identities.filter(pl.col("alias_kind") == "object_id").select("person_id", object_id="alias")
    records = identities.filter(pl.col("alias_kind") == "target_id").select("person_id", target_id="alias")
    listed = everybody.join(_accounts(objects, tenant), on="person_id", how="left")
    listed = listed.join(_held_last(intervals, records, tenant), on="person_id", how="left")
    unnamed = objects.join(listed.filter(pl.coalesce("in_entra", "in_app").is_null()), on="person_id", how="semi")
    return (
        listed.join(_active(intervals, tenant.as_of), on="person_id", how="left")
        .join(_called(unnamed, tenant), on="person_id", how="left")
        .with_columns(
            # In Entra's list, in the app's, in the log; where nobody says a name, the id stands for it.
            person=pl.coalesce("in_entra", "in_app", "in_log", "person_id"),
            is_active=pl.col("is_active").fill_null(False) if len(intervals) else pl.lit(None, pl.Boolean),
        )
        .drop("in_entra", "in_app", "in_log")
        .sort("person_id")
    )


def _accounts(objects: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row a person with an account: the live one, else the one deleted last, as the last list has it."""
    listed = tenant.people.sort("taken_at", nulls_last=False).unique("object_id", keep="last", maintain_order=True)
    account = (
        pl.when("is_deleted")
        .then(pl.lit("deleted"))
        .when(pl.col("enabled"))
        .then(pl.lit("enabled"))
        .when(~pl.col("enabled"))
        .then(pl.lit("disabled"))
        .when(pl.lit(len(listed) > 0) & pl.col("is_deleted").is_null())
        .then(pl.lit("not listed"))
    )
    leads = pl.col("object_id") == pl.col("person_id")
    return (
        objects.join(listed, on="object_id", how="left")
        .sort("is_deleted", ~leads, "deleted_at", "object_id", descending=[False, False, True, False], nulls_last=True)
        .unique("person_id", keep="first", maintain_order=True)
        .select(
            "person_id",
            "object_id",
            "employee_id",
            "leaves_at",
            "deleted_at",
            account=account,
            in_entra="display_name",
            mail=pl.coalesce("mail", "user_name"),
        )
        .rename({"mail": "address"})
    )


def _held_last(intervals: pl.DataFrame, records: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row a person with a record: the one that was active last, and the name the app gives them."""
    last = intervals.drop_nulls("target_id").group_by("person_id", "target_id").agg(pl.col("on_at_max").max())
    named = tenant.records.select("target_id", in_app="display_name").unique("target_id", keep="last", maintain_order=True)
    return (
        records.join(last, on=["person_id", "target_id"], how="left")
        .sort("on_at_max", "target_id", nulls_last=False)
        .unique("person_id", keep="last", maintain_order=True)
        .join(named, on="target_id", how="left")
        .select("person_id", "target_id", "in_app")
    )


def _active(intervals: pl.DataFrame, as_of: datetime | None) -> pl.DataFrame:
    """A row a person who is or may be active at this instant: null where it may be."""
    at = pl.lit(as_of, INSTANT)
    surely = (pl.col("on_at_max") <= at) & (pl.col("off_at_min") >= at)
    perhaps = (pl.col("on_at_min") <= at).fill_null(True) & (pl.col("off_at_max") > at).fill_null(True)
    return intervals.filter(perhaps).group_by("person_id").agg(is_active=pl.when(surely.any()).then(True))


def _called(unnamed: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row a person whom only the log names: the last name it has for any of their accounts."""
    spoken = tenant.events.filter(pl.col("counted"), pl.col("source_name").is_not_null())
    named = spoken.select("at", "event_id", "source_name", object_id="source_id").join(unnamed.lazy(), on="object_id")
    last = named.sort("at", "event_id").unique("person_id", keep="last", maintain_order=True)
    return last.select("person_id", in_log="source_name").collect()
