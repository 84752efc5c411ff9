"""What the log shows up to an instant: its events, the clock of each job, and who was seen in it."""

from datetime import datetime

import polars as pl

from scimlab import errors

WRITING = ("create", "update", "disable", "delete")


def hours(span: pl.Expr) -> pl.Expr:
    """A span of time in hours."""
    return span.dt.total_microseconds() / 3_600_000_000


def observed(events: pl.LazyFrame | pl.DataFrame, as_of: datetime | None) -> pl.LazyFrame:
    """The events of the chosen app, up to an instant; events without a job count as one job, without an action as other.

    raises: UsageError if `as_of` has no zone.
    """
    if as_of is not None and as_of.tzinfo is None:
        raise errors.UsageError(f"as_of has no zone: {as_of.isoformat()}", "Give an instant, as in 2026-09-01T00:00:00Z", field="as_of")
    until = pl.lit(True) if as_of is None else pl.col("at") <= as_of
    return (
        events.lazy()
        .filter(pl.col("counted") & pl.col("at").is_not_null() & until)
        .with_columns(pl.col("job_id").fill_null(""), pl.col("action").fill_null("other"))
    )


def cycles(seen: pl.LazyFrame) -> pl.DataFrame:
    """A row a job and cycle: `job_id cycle_id started_at ended_at`, by job and start; a null cycle_id is "not said"."""
    spans = seen.group_by("job_id", "cycle_id").agg(started_at=pl.col("at").min(), ended_at=pl.col("at").max())
    return spans.collect().sort("job_id", "started_at", "cycle_id")


def jobs(cycles: pl.DataFrame) -> pl.DataFrame:
    """A row a job: `job_id job_first_at job_last_at first_cycle_id cycle_hours`.

    `cycle_hours` is the median distance between the starts of its cycles, null where fewer than two are known:
    it is measured, never assumed.
    """
    known = pl.col("cycle_id").is_not_null()
    return cycles.group_by("job_id").agg(
        job_first_at=pl.col("started_at").min(),
        job_last_at=pl.col("ended_at").max(),
        first_cycle_id=pl.col("cycle_id").first(),
        cycle_hours=hours(pl.col("started_at").filter(known).diff()).median(),
    )


def persons(identities: pl.DataFrame) -> pl.DataFrame:
    """A row an object of Entra: `source_id person_id`."""
    objects = identities.filter(pl.col("alias_kind") == "object_id")
    return objects.select(source_id="alias", person_id="person_id").sort("source_id", "person_id").unique("source_id", keep="first")


def people(seen: pl.LazyFrame, identities: pl.DataFrame) -> pl.DataFrame:
    """A row a job and kind of object: `job_id object_type people`, all with any event in that job; two objects of a person are one.

    Objects are told apart by a 64-bit hash, three times as fast: among a million the odds that two share one are 1 in 10 million.
    """
    by = ["job_id", "object_type"]
    who = persons(identities)
    doubled = who.filter(pl.col("person_id").is_duplicated())
    objects = seen.filter(pl.col("source_id").is_not_null()).group_by(by).agg(objects=pl.col("source_id").hash().n_unique())
    again = (
        seen.filter(pl.col("source_id").is_in(doubled["source_id"].implode()))
        .group_by(by)
        .agg(pl.col("source_id").unique())
        .explode("source_id")
        .join(doubled.lazy(), on="source_id")
        .group_by(by)
        .agg(surplus=pl.len() - pl.col("person_id").n_unique())
    )
    counted = objects.collect().join(again.collect(), on=by, how="left", nulls_equal=True)
    return counted.select(*by, people=pl.col("objects").cast(pl.Int64) - pl.col("surplus").cast(pl.Int64).fill_null(0))


def person() -> pl.Expr:
    """The person an object belongs to, else the object itself."""
    return pl.coalesce("person_id", "source_id")
