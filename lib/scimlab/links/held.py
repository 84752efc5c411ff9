"""Which record is a person's, what connects the two, and what else they hold."""

import polars as pl

POINTED, CARRIES, PREFIXED, BEFORE, NAMED = range(5)
"""How a record is a person's, the surest first: Entra's own connection, the account's id on it, that id in front of its name,
the connection or id of an earlier account, and nothing but a name."""


def held(persons: pl.DataFrame, accounts: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Each person's record: the one they are connected to, else the one in the way of a return, else the one under their name.

    returns: a row a subject that holds a record: tie (POINTED to NAMED), the record's columns, others (values of the axis),
        other_records (their target ids), apps (what all of them are).
    """
    formerly = accounts.filter(pl.col("pointer").is_not_null()).select("subject", target_id="pointer", was_pointed=True).unique()
    people = persons.select("subject", "key", "pointer", "state", "older_keys")
    # A record that another person's account is connected to is looked at as the one this account is connected to.
    own = people.join(records, on="subject")
    whosever = records.drop("subject")
    unpointed = people.filter(pl.col("pointer").is_null())
    claimed = pl.concat(
        [
            people.join(whosever, left_on="pointer", right_on="target_id", coalesce=False).select(own.columns),
            unpointed.join(whosever, left_on="key", right_on="external", coalesce=False).select(own.columns),
        ]
    )
    foreign = claimed.join(own, on=["subject", "target_id"], how="anti").with_columns(is_foreign=True)
    # Whoever is gone keeps no record that somebody else is connected to now.
    taken = claimed.filter(~_is_gone()).select("target_id", taker="subject").unique("target_id")
    mine = pl.concat([own.with_columns(is_foreign=False), foreign]).join(taken, on="target_id", how="left")
    both = mine.filter(~_is_gone() | pl.col("taker").is_null() | (pl.col("taker") == pl.col("subject"))).drop("taker")
    tied = both.join(formerly, on=["subject", "target_id"], how="left").with_columns(tie=_tie())
    ordered = tied.sort(
        "subject",
        pl.when(_is_gone() & pl.col("active")).then(0).otherwise(1),
        "tie",
        pl.col("prefix").is_null(),
        ~pl.col("active").fill_null(False),
        "target_id",
    )
    others = pl.col("active").slice(1)
    more = ordered.group_by("subject", maintain_order=True).agg(
        other_records=pl.col("target_id").slice(1),
        apps=pl.col("app_alone").str.split("|").list.explode().unique().sort().str.join("|"),
        others=pl.when(pl.len() == 1)
        .then(pl.lit("none"))
        .when(others.any())
        .then(pl.lit("act"))
        .when(others.null_count() > 0)
        .then(pl.lit("ina|act"))
        .otherwise(pl.lit("ina")),
    )
    return (
        ordered.unique("subject", keep="first", maintain_order=True)
        .drop("key", "pointer", "state", "older_keys", "person_id")
        .join(more, on="subject")
    )


def _is_gone() -> pl.Expr:
    return pl.col("state").is_in(["HD", "SD|HD"])


def _tie() -> pl.Expr:
    return (
        pl.when(pl.col("pointer") == pl.col("target_id"))
        .then(POINTED)
        .when(pl.col("external") == pl.col("key"))
        .then(CARRIES)
        .when(pl.col("prefix") == pl.col("key"))
        .then(PREFIXED)
        .when(
            pl.col("was_pointed").fill_null(False)
            | pl.col("external").is_in("older_keys").fill_null(False)
            | pl.col("prefix").is_in("older_keys").fill_null(False)
        )
        .then(BEFORE)
        .otherwise(NAMED)
        .cast(pl.Int8)
    )


def contested(persons: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Records that the accounts of two people claim: by Entra's connection, or, where none is known, by the id on the record.

    returns: a row a target_id: claimants (their subjects).
    """
    live = persons.filter(~pl.col("state").str.contains("HD"))
    pointed = live.filter(pl.col("pointer").is_not_null()).select("subject", target_id="pointer")
    carried = live.filter(pl.col("pointer").is_null()).join(records, left_on="key", right_on="external").select("subject", "target_id")
    return (
        pl.concat([pointed, carried])
        .unique()
        .group_by("target_id")
        .agg(claimants=pl.col("subject").sort())
        .filter(pl.col("claimants").list.len() > 1)
    )
