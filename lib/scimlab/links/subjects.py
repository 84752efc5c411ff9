"""Whom a finding can be about: people known to Entra, and records that belong to nobody there."""

import polars as pl

SURE = ("confirmed", "probable")
STRENGTHS = pl.Enum(["confirmed", "probable", "suspect"])


def aliases(identities: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The object ids or target ids of each subject.

    Whoever is only suspected of being a person stands apart from them: two who had one address after the other are not to be
    taken for one.

    identities: IDENTITIES. kind: object_id or target_id.
    returns: a row an alias: key (an object id in lower case, a target id as it is), spelled, subject, person_id, strength, why.
    """
    is_sure = pl.col("strength").is_in(SURE)
    spelled = pl.col("alias").str.to_lowercase() if kind == "object_id" else pl.col("alias")
    return (
        identities.filter(pl.col("alias_kind") == kind)
        .select(
            key=spelled,
            spelled="alias",
            subject=pl.when(is_sure).then("person_id").otherwise(pl.lit("suspect:") + pl.col("person_id")),
            person_id="person_id",
            strength=pl.col("strength").cast(STRENGTHS),
            why="evidence",
        )
        .sort("key", "strength", "subject")
        .unique("key", keep="first", maintain_order=True)
    )
