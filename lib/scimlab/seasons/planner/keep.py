"""The roster to keep: whoever comes and goes, by object id, so that next year they are met by id and not by name."""

import polars as pl

from scimlab.schema import KEEP, Tenant

PAST = {"last_left_on": "left_at", "last_back_on": "back_at"}


def keep(due: pl.DataFrame, returned: pl.DataFrame, persons: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """Each person who came back before, or is due to leave or return.

    Its first columns are those of roster.csv, so that the table, kept, is next year's roster.

    due: DUE. returned: RETURNS. persons: as `persons` gives them.
    returns: KEEP by person; leaves_on and returns_on only where somebody named a day, not where a day is only usual.
    """
    named = due.filter(pl.col("source") != "earlier_seasons", pl.col("person_id").is_not_null())
    days = {
        name: named.filter(pl.col("what") == what).group_by("person_id").agg(pl.col("on_max").min().alias(name))
        for name, what in (("leaves_on", "leaves"), ("returns_on", "returns"))
    }
    local = {name: pl.col(at).max().dt.convert_time_zone(tenant.zone).dt.date() for name, at in PAST.items()}
    history = returned.group_by("person_id").agg(
        **local, times_returned=pl.col("back_at").is_not_null().sum(), is_refused=pl.col("back_at").is_null().any()
    )
    plans = due.drop_nulls("person_id").group_by("person_id").agg(pl.col("intent").drop_nulls().first(), pl.col("wave").min(), is_due=True)
    rows = persons.join(history, on="person_id", how="left").join(plans, on="person_id", how="left")
    rows = rows.filter(pl.col("times_returned").is_not_null() | pl.col("is_due"))
    for each in days.values():
        rows = rows.join(each, on="person_id", how="left")
    # Whoever came back before may return again, until somebody says otherwise.
    intent = pl.coalesce("intent", pl.when(pl.col("times_returned") > 0).then(pl.lit("may_return")))
    return (
        rows.with_columns(intent=intent, times_returned=pl.col("times_returned").fill_null(0))
        .sort("person", "person_id")
        .select(pl.col(name).cast(dtype) for name, dtype in KEEP.items())
    )
