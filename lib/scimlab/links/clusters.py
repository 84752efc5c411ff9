"""People with several records: what each record holds, and which one is proposed to survive the others."""

from datetime import datetime

import polars as pl

from scimlab import people
from scimlab.links import axes, persons
from scimlab.schema import CLUSTERS, Tenant

REASONS = (
    "Entra is connected to it, so keeping it breaks no link",
    "it holds the history: Entra made it for the person's earlier account",
    "it is the only active one",
    "it was signed in to last",
    "it is the oldest",
    "nothing tells them apart but their ids",
)
"""Why a record is proposed, the best reason first."""


def clusters(tenant: Tenant, as_of: datetime | None = None, *, identities: pl.DataFrame | None = None) -> pl.DataFrame:
    """Each record of whoever has more than one.

    The survivor is a proposal: the vendor merges, and somebody who knows the person says first that they are one.

    as_of, identities: as in `findings`.
    returns: CLUSTERS by person, the proposed survivor first; `reason` says why it is, and what the others hold. Empty where nobody has two.
    source: domain.md 6, R5 in words: keep the record that is linked, move the history to it.
    """
    now = as_of or tenant.as_of
    if now is None:
        return CLUSTERS.to_frame()
    ids = people.identities(tenant) if identities is None else identities
    seen = axes.seen(tenant, now, ids)
    several = seen.records.filter(pl.len().over("subject") > 1)
    linked = seen.people.filter(pl.col("link").is_in(["ok", "wrong"])).select("subject", "target_id", is_linked=True)
    owners = seen.people.select("subject", "object_key", "older_keys", "subject_id", called=persons.display_name())
    desks = tenant.desks.group_by("target_id").agg(desks=pl.len().cast(pl.Int64))
    joined = (
        several.join(linked, on=["subject", "target_id"], how="left")
        .join(owners, on="subject", how="left")
        .join(desks, on="target_id", how="left")
    )
    ranked = joined.with_columns(pl.col("is_linked").fill_null(False)).with_columns(reason_rank=_reason())
    ordered = ranked.sort(
        "subject",
        "reason_rank",
        "last_login_at",
        "record_created_at",
        "target_id",
        descending=[False, False, True, False, False],
        nulls_last=True,
    ).with_columns(is_survivor=pl.int_range(pl.len()).over("subject") == 0, evidence="record_where")
    return ordered.select(
        "person_id",
        pl.coalesce("called", "record_name", "address").alias("person"),
        "target_id",
        pl.col("raw_user_name").alias("user_name"),
        pl.col("raw_mail").alias("mail"),
        pl.col("raw_external").alias("external_id"),
        "active",
        "is_linked",
        pl.col("desks").fill_null(0) if not tenant.desks.is_empty() else pl.lit(None, pl.Int64).alias("desks"),
        pl.col("record_created_at").alias("created_at"),
        "updated_at",
        "last_login_at",
        "is_survivor",
        _told(),
        "evidence",
    ).cast(dict(CLUSTERS))


def _reason() -> pl.Expr:
    """The best reason a record has, as an index into REASONS; the latest sign-in and the greatest age break ties."""
    of_older = pl.col("external").is_in("older_keys").fill_null(False) | pl.col("prefix").is_in("older_keys").fill_null(False)
    only_active = pl.col("active").fill_null(False) & (pl.col("active").fill_null(False).sum().over("subject") == 1)
    last = pl.col("last_login_at") == pl.col("last_login_at").max().over("subject")
    oldest = pl.col("record_created_at") == pl.col("record_created_at").min().over("subject")
    return (
        pl.when("is_linked").then(0).when(of_older).then(1).when(only_active).then(2).when(last).then(3).when(oldest).then(4).otherwise(5)
    )


def _told() -> pl.Expr:
    """For the survivor the reason, for the others what has to be seen to before they go."""
    why = pl.col("reason_rank").replace_strict(dict(enumerate(REASONS)), return_dtype=pl.String)
    before = pl.concat_str(
        pl.when("active").then(pl.lit("active, and so paid for")),
        pl.when(pl.col("reason_rank") == 1).then(pl.lit("holds the history of the person's earlier account")),
        pl.when(pl.col("desks") > 0).then(pl.format("holds {} desks", "desks")),
        separator="; ",
        ignore_nulls=True,
    )
    return pl.when("is_survivor").then(why).when(before != "").then(before).otherwise(pl.lit("holds nothing that is known")).alias("reason")
