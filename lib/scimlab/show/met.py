"""The causes a tenant met, in full sentences."""

import polars as pl

from scimlab import causes


def causes_met(storms: pl.DataFrame) -> pl.DataFrame:
    """A row a cause of open storms: how many people, how many attempts, what it means, who can mend it and how.

    storms: STORMS. returns: `cause people attempts sentence owner remedy`, the most people first; empty if no storm is open.
    """
    return (
        storms.filter("is_open")
        .group_by("cause")
        .agg(people=pl.coalesce("person_id", "source_id").n_unique(), attempts=pl.col("attempts").sum())
        .join(causes.TABLE, on="cause", how="left")
        .sort(["people", "attempts", "cause"], descending=[True, True, False])
        .select("cause", "people", "attempts", "sentence", "owner", "remedy")
    )
