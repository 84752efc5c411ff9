"""Each person's account of today, and what became of the ones before."""

import polars as pl

RANKS = {"EN": 0, "DI": 0, "EN|DI": 0, "SD": 1, "SD|HD": 2, "HD": 3}
"""Which account of a person speaks for them: the live one, else one that can be restored, else one that was."""

BEFORE = {"SD": "restorable", "HD": "purged", "SD|HD": "restorable|purged", "AB": "purged", "SD|AB": "restorable|purged|none"}
"""What an earlier account is: an id that only a record still carries was an account once, and is in no list."""

WORSE = ("restorable", "restorable|purged", "restorable|purged|none", "purged", "none")


def persons(accounts: pl.DataFrame) -> pl.DataFrame:
    """Each person with the account that speaks for them.

    accounts: a row an object, as `accounts.accounts` gives them.
    returns: the columns of that account, a row a subject; and older (values of the axis), older_keys (all other accounts),
        older_deleted_at, older_where, older_strength, is_older_kin (one of them had a name that has a word in common).
    """
    ranked = accounts.with_columns(
        rank=pl.col("state").replace_strict(RANKS, default=2, return_dtype=pl.Int8),
        before=pl.col("state").replace_strict(BEFORE, default="restorable|purged|none", return_dtype=pl.String),
        stand=pl.max_horizontal("created_at", "deleted_at", "seen_to", "changed_at"),
    ).sort("subject", ~pl.col("is_proven"), "rank", pl.col("stand"), "key", descending=[False, False, False, True, False], nulls_last=True)
    first = ranked.filter(pl.col("is_proven")).unique("subject", keep="first", maintain_order=True)
    leading = first.select("subject", leading="key", leading_words=_words(display_name()))
    others = ranked.join(leading, on="subject").filter(pl.col("key") != pl.col("leading"))
    worst = pl.col("before").replace_strict({each: place for place, each in enumerate(WORSE)}, return_dtype=pl.Int8).min()
    before = others.group_by("subject").agg(
        older=worst.replace_strict(dict(enumerate(WORSE)), return_dtype=pl.String),
        older_keys=pl.col("key").sort(),
        older_deleted_at=pl.col("deleted_at").filter(pl.col("state") == "SD").max(),
        older_where=pl.col("people_where").drop_nulls().max(),
        older_strength=pl.col("strength").max(),
        is_older_kin=(_words(display_name()).list.set_intersection("leading_words").list.len() > 0).any(),
    )
    return (
        first.drop("rank", "before", "stand")
        .join(before, on="subject", how="left")
        .with_columns(pl.col("older").fill_null("none"), pl.col("older_keys").fill_null(pl.lit([], pl.List(pl.String))))
    )


def display_name() -> pl.Expr:
    """What an account is called: as listed, as an earlier list had it, as the log calls it."""
    return pl.coalesce("display_name", "old_display_name", "name")


def strangers(accounts: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """People connected to a record that was connected to an earlier account under quite another name: no word in common.

    returns: a row a subject: stranger_record (its target id), former_name.
    """
    named = accounts.filter(pl.col("pointer").is_not_null()).select("subject", "key", "state", "pointer", called=display_name())
    named = named.with_columns(words=_words(pl.col("called"))).filter(pl.col("words").list.len() > 0)
    now = named.join(persons.select("key"), on="key", how="semi").filter(~pl.col("state").str.contains("HD"))
    return (
        now.join(named.join(now, on="key", how="anti"), on="pointer", suffix="_before")
        .filter(pl.col("words").list.set_intersection("words_before").list.len() == 0)
        .group_by("subject")
        .agg(stranger_record=pl.col("pointer").first(), former_name=pl.col("called_before").sort().first())
    )


def _words(name: pl.Expr) -> pl.Expr:
    return name.str.to_lowercase().str.extract_all(r"\p{L}{2,}")
