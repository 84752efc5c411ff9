"""How far each job is from quarantine: the objects failing now, against the thresholds Microsoft documents."""

from datetime import datetime, timedelta

import polars as pl

from scimlab import causes, schema
from scimlab.storms.observed import cycles, jobs, observed
from scimlab.storms.runs import failures, runs

LEAST, SHARE, MOST, MOST_WITH_REFERENCE = 5_000, 0.4, 40_000, 60_000
RECENT = timedelta(days=7)
DISABLED_AFTER = timedelta(days=28)
REFERENCE = causes.TABLE.filter("is_reference")["cause"].implode()


def quarantine(events: pl.LazyFrame, known_jobs: pl.DataFrame | None = None, *, as_of: datetime | None = None) -> pl.DataFrame:
    """Each job with the objects failing in it now, and how many more it takes until Entra quarantines it.

    An object fails now if no success ended its failures and its retries have not fallen silent. It counts as a reference
    failure if nothing but a manager or group member cannot be set: Entra counts these apart. Microsoft does not say to
    the last word what it counts, and says that the logic may change; counting failed events instead of objects gives
    the upper bound beside it. Below the first threshold a storm goes on unnoticed: no quarantine, and so no mail either.

    events: EVENTS. known_jobs: JOBS; without a row for a job, `quarantined` is "not known", never "no".
    as_of: the instant to judge at; the latest event by default.
    returns: QUARANTINE, nearest first. `distance` is null where more would have to fail than were seen. `projected_at` goes
        by the objects that began to fail within the last 7 days and still do, null where none did. `top_causes`: the
        three whose mending buys most distance, with their objects. `disabled_at`: 28 days after a known quarantine.
    source: formats.md 2d: from 5,000 failures on, over 40 % or over 40,000; over 60,000 with reference failures.
    """
    seen = observed(events, as_of)
    facts = jobs(cycles(seen))
    at = as_of or facts["job_last_at"].max()
    failing = _failing(runs(seen, failures(seen), facts, least_attempts=1))
    return (
        _totals(seen)
        .join(_failing_counts(failing, at), on="job_id", how="left")
        .join(_top_causes(failing), on="job_id", how="left")
        .with_columns(pl.col("failing", "failing_reference", "began").fill_null(0), job_id=pl.col("job_id").replace("", None))
        .join(_quarantined(known_jobs), on="job_id", how="left")
        .with_columns(
            failing_share=pl.col("failing") / pl.col("objects"),
            is_over=is_over(pl.col("failing"), pl.col("failing_reference"), pl.col("objects") - pl.col("failing")),
            is_over_by_events=is_over(pl.col("failed_events"), pl.col("failed_events_reference"), pl.col("done_events")),
            distance=_distance(),
            quarantined=pl.col("quarantined").fill_null("not known"),
        )
        .with_columns(projected_at=_projected_at(at), says=_says())
        .sort("distance", "job_id", nulls_last=True)
        .select(pl.col(name).cast(dtype) for name, dtype in schema.QUARANTINE.items())
    )


def is_over(failing: pl.Expr, reference: pl.Expr, successes: pl.Expr) -> pl.Expr:
    """Whether so many failures, reference failures apart, among so many successes put a job into quarantine."""
    share = failing / (failing + successes)
    return ((failing >= LEAST) & ((share > SHARE) | (failing > MOST))) | (failing + reference > MOST_WITH_REFERENCE)


def _distance() -> pl.Expr:
    """How many more of the objects seen must fail: 0 where it is over already, null where there are not enough."""
    objects, failing, reference = pl.col("objects"), pl.col("failing"), pl.col("failing_reference")
    by_share = pl.max_horizontal(LEAST - failing, (objects * SHARE).floor().cast(pl.Int64) + 1 - failing)
    ways = (by_share, MOST + 1 - failing, MOST_WITH_REFERENCE + 1 - failing - reference)
    return pl.min_horizontal(pl.when(way.clip(0) + failing + reference <= objects).then(way.clip(0)) for way in ways)


def _failing(told: pl.DataFrame) -> pl.DataFrame:
    """A row an object failing now: `job_id source_id cause is_reference began_at`, by its latest open run."""
    return (
        told.filter(pl.col("is_open") & ~pl.col("is_silent"))
        .with_columns(is_reference=pl.col("cause").is_in(REFERENCE))
        .sort("is_reference", "last_at", "action", descending=[True, False, False])
        .group_by("job_id", "source_id", maintain_order=True)
        .agg(pl.col("cause", "is_reference").last(), began_at=pl.col("first_at").min())
    )


def _failing_counts(failing: pl.DataFrame, at: datetime | None) -> pl.DataFrame:
    return failing.group_by("job_id").agg(
        failing=(~pl.col("is_reference")).sum().cast(pl.Int64),
        failing_reference=pl.col("is_reference").sum().cast(pl.Int64),
        began=(~pl.col("is_reference") & (pl.col("began_at") > pl.lit(at, schema.INSTANT) - RECENT)).sum().cast(pl.Int64),
    )


def _top_causes(failing: pl.DataFrame) -> pl.DataFrame:
    counted = failing.filter(~pl.col("is_reference")).group_by("job_id", "cause").agg(objects=pl.len())
    ranked = counted.sort("objects", "cause", descending=[True, False]).with_columns(told=pl.format("{} ({})", "cause", "objects"))
    return ranked.group_by("job_id", maintain_order=True).agg(top_causes=pl.col("told").head(3).str.join(", "))


def _totals(seen: pl.LazyFrame) -> pl.DataFrame:
    """A row a job: the objects seen in it, and its events by outcome."""
    failed, reference = pl.col("status") == "failure", pl.col("cause").is_in(REFERENCE).fill_null(False)
    counted = seen.group_by("job_id").agg(
        app_id=pl.col("app_id").drop_nulls().last(),
        objects=pl.col("source_id").hash().filter(pl.col("source_id").is_not_null()).n_unique().cast(pl.Int64),
        failed_events=(failed & ~reference).sum().cast(pl.Int64),
        failed_events_reference=(failed & reference).sum().cast(pl.Int64),
        done_events=(pl.col("status") == "success").sum().cast(pl.Int64),
    )
    return counted.collect()


def _quarantined(known_jobs: pl.DataFrame | None) -> pl.DataFrame:
    """A row a job whose state was looked at, the latest look: `job_id quarantined disabled_at`."""
    known = schema.JOBS.to_frame() if known_jobs is None else known_jobs
    held = pl.col("quarantined_at").is_not_null() | pl.col("quarantine_reason").is_not_null() | (pl.col("status") == "Quarantine")
    latest = known.drop_nulls("job_id").sort("taken_at", "job_id").unique("job_id", keep="last")
    return latest.select(
        "job_id",
        quarantined=pl.when(held.fill_null(False)).then(pl.lit("yes")).when(pl.col("status").is_not_null()).then(pl.lit("no")),
        disabled_at=pl.col("quarantined_at") + DISABLED_AFTER,
    )


def _projected_at(at: datetime | None) -> pl.Expr:
    days = pl.col("distance") / (pl.col("began") / RECENT.days)
    return pl.when((pl.col("distance") > 0) & (pl.col("began") > 0)).then(pl.lit(at, schema.INSTANT) + pl.duration(hours=days * 24))


def _says() -> pl.Expr:
    return (
        pl.when(pl.col("quarantined") == "yes")
        .then(pl.lit("In quarantine: Entra tries once a day only, and switches the job off after 28 days."))
        .when("is_over")
        .then(pl.lit("Over the documented threshold: expect quarantine, or look whether it is in force."))
        .when((pl.col("failing") == 0) & (pl.col("failing_reference") == 0))
        .then(pl.lit("Nothing fails now."))
        .when(pl.col("distance").is_null())
        .then(pl.lit("Will not stop by itself: even if everybody seen failed, no threshold would be met, and so no mail is sent."))
        .otherwise(pl.format("Will not stop by itself yet: {} more would have to fail.", "distance"))
    )
