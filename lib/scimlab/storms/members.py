"""The failed attempts themselves: those of each storm, and all of them by cycle."""

import polars as pl

from scimlab import schema
from scimlab.storms.observed import hours, observed

MOST_ROWS = 2_000
SPANS = ("1h", "3h", "6h", "12h", "1d", "2d", "1w", "4w", "52w")
RUN = ["job_id", "source_id", "action"]


def attempts(events: pl.LazyFrame, storms: pl.DataFrame) -> pl.DataFrame:
    """Each failed attempt of each storm, with the wait before it.

    events: EVENTS, those that the storms were found in. storms: STORMS.
    returns: ATTEMPTS, by storm_id and ordinal; `gap_hours` is null for the first attempt seen.
    """
    return (
        _failures(events, storms)
        .drop_nulls("storm_id")
        .sort("storm_id", "at", "event_id")
        .with_columns(ordinal=pl.int_range(1, pl.len() + 1).over("storm_id"), gap_hours=hours(pl.col("at").diff().over("storm_id")))
        .select(pl.col(name).cast(dtype) for name, dtype in schema.ATTEMPTS.items())
    )


def attempts_by_cycle(events: pl.LazyFrame, storms: pl.DataFrame) -> pl.DataFrame:
    """Failed attempts by job, start of the cycle and cause, and how many of them belong to storms.

    An event without a cycle stands at its full hour. Where that gives more than 2,000 rows, `at` is the start of a
    longer span, the shortest that fits: three hours, a day, up to a year.

    events: EVENTS. storms: STORMS.
    returns: CYCLE_ATTEMPTS, by job_id, at and cause.
    """
    started = observed(events, None).group_by("job_id", "cycle_id").agg(started_at=pl.col("at").min()).drop_nulls("cycle_id")
    counted = (
        _failures(events, storms)
        .join(started.collect(), on=["job_id", "cycle_id"], how="left")
        .group_by("job_id", "cause", at=pl.coalesce("started_at", pl.col("at").dt.truncate("1h")))
        .agg(attempts=pl.len(), in_storms=pl.col("storm_id").count())
    )
    for span in SPANS:
        if counted.height <= MOST_ROWS:
            break
        counted = counted.group_by("job_id", "cause", pl.col("at").dt.truncate(span)).agg(pl.col("attempts", "in_storms").sum())
    return (
        counted.sort("job_id", "at", "cause")
        .with_columns(pl.col("job_id").replace("", None))
        .select(pl.col(name).cast(dtype) for name, dtype in schema.CYCLE_ATTEMPTS.items())
    )


def _failures(events: pl.LazyFrame, storms: pl.DataFrame) -> pl.DataFrame:
    """Every failed attempt, with the storm it belongs to, if any: the last one to begin, if that had not ended yet."""
    failed = observed(events, None).filter(pl.col("status") == "failure")
    spans = storms.select("storm_id", pl.col("job_id").fill_null(""), "source_id", "action", "first_at", "last_at").sort("first_at")
    return (
        failed.select("event_id", "at", *RUN, "cycle_id", pl.col("cause").fill_null("unknown"))
        .collect()
        .sort("at")
        .join_asof(spans, left_on="at", right_on="first_at", by=RUN, check_sortedness=False)
        .with_columns(storm_id=pl.when(pl.col("at") <= pl.col("last_at")).then("storm_id"))
    )
