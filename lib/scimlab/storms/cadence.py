"""The rhythm of retries: the gaps between attempts, the class they fall in, and what is still to come."""

from datetime import datetime, timedelta

import polars as pl

from scimlab.storms.observed import hours

# Hours after the first failure at which Entra's documented back-off tries again, until day 28.
SCHEDULE = (6, 12, 24, *range(48, 28 * 24 + 1, 24))
GAPS = (6, 6, 12, 24)
LONGEST_GAP = 24
# Hours: a wait well under the six of the schedule's first.
FLAT = 3
DAYS = timedelta(days=28)


def gaps(members: pl.DataFrame) -> pl.DataFrame:
    """A row a run, with what its gaps look like: `run n_gaps gap_hours_median gap_hours_max` and the shares that decide its class.

    members: `run at cycle_hours`, a row an attempt, in order of time within each run.
    """
    gap, goes_on = pl.col("gap"), pl.col("run") == pl.col("run").shift(1)
    wait = members.with_columns(gap=hours(pl.col("at").diff())).filter(goes_on)
    place = pl.int_range(pl.len())
    return wait.group_by("run").agg(
        n_gaps=pl.len(),
        gap_hours_median=gap.median(),
        gap_hours_max=gap.max(),
        near_cycle=(gap / pl.col("cycle_hours")).is_between(0.5, 1.5).mean(),
        steady=(gap / gap.median()).is_between(0.5, 2).mean(),
        daily=gap.is_between(20, 28).mean(),
        rising=(gap >= 0.8 * gap.shift(1)).mean(),
        first_gap=gap.first(),
        late_gap=gap.tail(pl.len() // 2).median(),
        documented=pl.any_horizontal(_documented(gap, place, skipped) for skipped in range(3)),
    )


def _documented(gap: pl.Expr, place: pl.Expr, skipped: int) -> pl.Expr:
    """Whether the gaps are those of the documented schedule, from its (skipped + 1)th on."""
    expected = pl.lit(pl.Series(GAPS, dtype=pl.Float64)).gather(pl.min_horizontal(place + skipped, pl.lit(len(GAPS) - 1)))
    fits = (gap / expected).is_between(0.75, 1.25)
    return fits.first() & (fits.mean() >= 0.8)


def cadence() -> pl.Expr:
    """The class of a run's gaps, over the columns of `gaps`; null with fewer than two gaps, which show no rhythm."""
    median, cycle = pl.col("gap_hours_median"), pl.col("cycle_hours")
    as_the_job = (cycle < 20) & (median / cycle).is_between(0.5, 1.5) & (pl.col("near_cycle") >= 0.6)
    grows = (pl.col("n_gaps") >= 4) & (pl.col("rising") >= 0.8) & (pl.col("late_gap") >= 1.5 * pl.col("first_gap"))
    return (
        pl.when(pl.col("n_gaps").fill_null(0) < 2)
        .then(None)
        .when(as_the_job | (cycle.is_null() & (median < FLAT) & (pl.col("steady") >= 0.8)))
        .then(pl.lit("every_cycle"))
        .when(pl.col("documented") | grows)
        .then(pl.lit("escrow_backoff"))
        .when(median.is_between(20, 28) & (pl.col("daily") >= 0.6))
        .then(pl.lit("daily"))
        .otherwise(pl.lit("irregular"))
    )


def is_silent() -> pl.Expr:
    """Whether a job has gone on three times as long as the longest wait of a run, without another attempt of it.

    The longest wait is the longest gap seen or the wait announced, but no less than the distance of the job's cycles;
    where neither a gap nor an announcement is known, the longest of the documented schedule, a day.
    """
    waited = pl.max_horizontal("gap_hours_max", hours(pl.col("next_retry_at") - pl.col("last_at")))
    longest = pl.max_horizontal(waited.fill_null(LONGEST_GAP), "cycle_hours")
    return hours(pl.col("job_last_at") - pl.col("last_at")) > 3 * longest


def attempts_to_come(as_of: datetime) -> pl.Expr:
    """How often a run will be tried after `as_of`, until day 28 after its first attempt, if nothing is done.

    By the documented schedule where the run backs off by it, else by the measured gap. Where too few gaps show no rhythm, by
    the only gap or the announced wait if it is well under six hours, else by the schedule. For a run whose start is cut off,
    and whose 28 days so began earlier, it is an upper bound.
    """
    since, ends = pl.lit(as_of), pl.col("first_at") + DAYS
    scheduled = pl.sum_horizontal((pl.col("first_at") + timedelta(hours=each) > since).cast(pl.Int64) for each in SCHEDULE)
    step = pl.coalesce("gap_hours_median", hours(pl.col("next_retry_at") - pl.col("last_at")))
    after = ((hours(ends - pl.col("last_at")) / step).floor() - (hours(since - pl.col("last_at")) / step).floor()).cast(pl.Int64)
    backs_off = (pl.col("cadence") == "escrow_backoff") | (pl.col("cadence").is_null() & (step >= FLAT))
    by_schedule = backs_off.fill_null(False) | step.is_null() | (step <= 0)
    return (
        pl.when(~pl.col("is_open"))
        .then(None)
        .when(pl.col("is_silent") | (ends <= since))
        .then(0)
        .otherwise(pl.when(by_schedule).then(scheduled).otherwise(after))
    )
