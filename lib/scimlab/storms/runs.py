"""Runs of failures between successes, and which of them are storms."""

import hashlib
from datetime import datetime

import polars as pl

from scimlab import errors, names, schema
from scimlab.storms import cadence
from scimlab.storms.observed import WRITING, cycles, jobs, observed, people, person, persons

OBJECT = ("job_id", "source_id")
RUN = (*OBJECT, "action")
TOLD = ("app_id", "object_type", "source_name", "source_user_name", "target_id")
LEAST_PEOPLE = 10


def retry_storms(events: pl.LazyFrame, identities: pl.DataFrame, *, least_attempts: int = 3, as_of: datetime | None = None) -> pl.DataFrame:
    """Each run of failures of one source object in one job and action that nothing but a success has ended.

    A success of that object in that job under any writing action ends a run; a skip or a warning neither counts nor
    ends one, and no wait is too long, since Entra's retries thin out. A success at the instant of a failure follows it.

    events: EVENTS; those not `counted`, or after `as_of`, are left out. identities: IDENTITIES, for who is one person.
    least_attempts: kept are runs with so many attempts in all, which is what was seen or what the retry count says
        (retries + 1), whichever is more. as_of: the instant to judge at, with its zone; the latest event by default.
    returns: STORMS, open ones first, then by attempts. `first_is_cut`: the first failure seen was a retry, or nothing
        ended before it and it lies within the job's first cycle in the log. `cause` is that of most attempts, of the
        latest where two tie. `share`: of all people (or groups, roles) with an event in that job, those whom the cause
        hit; over half and at least 10 make `scope` app. `cadence` is null with fewer than two gaps. `next_attempt_at`
        stands only while open, `attempts_to_come` counts to day 28 after `first_at` (see cadence.attempts_to_come).
    raises: UsageError if least_attempts is below 1 or as_of has no zone.
    source: domain.md 2.4 and formats.md 2d (escrow: 6 h, 12 h, 24 h, then daily, for 28 days).
    """
    if least_attempts < 1:
        raise errors.UsageError(f"least_attempts is {least_attempts}", "Give 1 or more", field="least_attempts")
    seen = observed(events, as_of)
    failed = failures(seen)
    if failed.is_empty():
        return schema.STORMS.to_frame()
    facts = jobs(cycles(seen))
    return (
        runs(seen, failed, facts, least_attempts=least_attempts)
        .join(_shares(failed, people(seen, identities), identities), on=["job_id", "object_type", "cause"], nulls_equal=True, how="left")
        .join(persons(identities), on="source_id", how="left")
        .with_columns(cadence=cadence.cadence(), first_is_cut=_first_is_cut(), scope=_scope(), person=_names(), storm_id=_storm_ids())
        .with_columns(attempts_to_come=cadence.attempts_to_come(as_of or facts["job_last_at"].max()), person_id=person())
        .with_columns(job_id=pl.col("job_id").replace("", None), next_attempt_at=pl.when("is_open").then("next_retry_at"))
        .sort("is_open", "attempts", "first_at", "storm_id", descending=[True, True, False, False])
        .select(pl.col(name).cast(dtype) for name, dtype in schema.STORMS.items())
    )


def runs(seen: pl.LazyFrame, failed: pl.DataFrame, facts: pl.DataFrame, *, least_attempts: int) -> pl.DataFrame:
    """Each run of at least so many attempts, with what it says, its job's clock, its gaps, its cause, and whether it is open or silent.

    seen, failed, facts: as `observed`, `failures` and `jobs` give them.
    """
    spans = _spans(failed, _successes(seen, failed)).filter(pl.col("attempts") >= least_attempts).with_row_index("run")
    told = _told(spans, failed).join(facts, on="job_id")
    members = _members(told, failed)
    return (
        told.join(cadence.gaps(members), on="run", how="left")
        .join(_main_cause(members), on="run", how="left")
        .with_columns(is_open=pl.col("ended_at").is_null())
        .with_columns(is_silent=pl.col("is_open") & cadence.is_silent())
    )


def failures(seen: pl.LazyFrame) -> pl.DataFrame:
    """The failed attempts, each at its `place`."""
    failed = seen.filter(pl.col("status") == "failure", pl.col("source_id").is_not_null()).select(
        *RUN,
        *TOLD,
        "event_id",
        "at",
        "cycle_id",
        "retry_count",
        "next_retry_at",
        "is_retry",
        "detail",
        pl.col("cause").fill_null("unknown"),
    )
    return failed.collect().with_row_index("place")


def _successes(seen: pl.LazyFrame, failed: pl.DataFrame) -> pl.DataFrame:
    """A row a success in writing of an object that also failed: `job_id source_id done_at`, by time."""
    failing = failed["source_id"].unique().implode()
    done = seen.filter(pl.col("status") == "success", pl.col("action").is_in(WRITING), pl.col("source_id").is_in(failing))
    return done.select(*OBJECT, done_at="at").collect().sort("done_at")


def _spans(failed: pl.DataFrame, done: pl.DataFrame) -> pl.DataFrame:
    """A row a run of failures, however short: `places` lists its attempts in order of time."""
    match = {"by": list(OBJECT), "coalesce": False, "check_sortedness": False}
    return (
        failed.select(*RUN, "at", "event_id", "place", "retry_count")
        .sort("at", "event_id")
        .join_asof(done.rename({"done_at": "succeeded_at"}), left_on="at", right_on="succeeded_at", allow_exact_matches=False, **match)
        .group_by(*RUN, "succeeded_at", maintain_order=True)
        .agg(
            first_at=pl.col("at").first(),
            last_at=pl.col("at").last(),
            attempts_seen=pl.len(),
            attempts=pl.max_horizontal(pl.len(), pl.col("retry_count").max().cast(pl.Int64) + 1),
            places=pl.col("place"),
        )
        .sort("last_at")
        .join_asof(done.rename({"done_at": "ended_at"}), left_on="last_at", right_on="ended_at", strategy="forward", **match)
    )


def _told(spans: pl.DataFrame, failed: pl.DataFrame) -> pl.DataFrame:
    """The runs with what their first attempt, their last, and the last that names a thing say."""
    first = failed.select(
        place="place", first_event_id="event_id", first_retry_count="retry_count", started_as_retry="is_retry", cycle_id="cycle_id"
    )
    spelt = spans.select("run", place="places").explode("place").join(failed.select("place", *TOLD), on="place", maintain_order="left")
    named = spelt.group_by("run").agg(pl.col(TOLD).drop_nulls().last())
    return (
        spans.with_columns(first_place=pl.col("places").list.first(), last_place=pl.col("places").list.last())
        .join(first, left_on="first_place", right_on="place")
        .join(failed.select("place", "next_retry_at"), left_on="last_place", right_on="place")
        .join(named, on="run")
    )


def _members(told: pl.DataFrame, failed: pl.DataFrame) -> pl.DataFrame:
    """A row an attempt of a run, in order of time: `run cycle_hours place at cause detail`."""
    places = told.select("run", "cycle_hours", place="places").explode("place")
    return places.join(failed.select("place", "at", "cause", "detail"), on="place", maintain_order="left")


def _main_cause(members: pl.DataFrame) -> pl.DataFrame:
    """A row a run: the cause of most of its attempts, of the latest where two tie, and the latest text said with it."""
    counted = members.group_by("run", "cause", maintain_order=True).agg(
        times=pl.len(), latest=pl.col("at").last(), detail=pl.col("detail").drop_nulls().last()
    )
    return counted.sort("times", "latest", "cause").unique("run", keep="last").select("run", "cause", "detail")


def _shares(failed: pl.DataFrame, people: pl.DataFrame, identities: pl.DataFrame) -> pl.DataFrame:
    """A row a job, kind of object and cause: how many people it hit, and which share that is of all seen in the job."""
    return (
        failed.select("job_id", "object_type", "cause", "source_id")
        .unique()
        .join(persons(identities), on="source_id", how="left")
        .group_by("job_id", "object_type", "cause")
        .agg(people_hit=person().n_unique())
        .join(people, on=["job_id", "object_type"], nulls_equal=True)
        .select("job_id", "object_type", "cause", "people_hit", share=pl.col("people_hit") / pl.col("people"))
    )


def _scope() -> pl.Expr:
    return pl.when((pl.col("share") > 0.5) & (pl.col("people_hit") >= LEAST_PEOPLE)).then(pl.lit("app")).otherwise(pl.lit("person"))


def _first_is_cut() -> pl.Expr:
    in_first_cycle = (
        (pl.col("cycle_id") == pl.col("first_cycle_id")).fill_null(False)
        | (pl.col("first_at") == pl.col("job_first_at"))
        | (pl.col("first_at") < pl.col("job_first_at") + pl.duration(seconds=pl.col("cycle_hours") * 3600)).fill_null(False)
    )
    started_as_retry = pl.col("started_as_retry").fill_null(False) | (pl.col("first_retry_count") > 0).fill_null(False)
    return started_as_retry | (pl.col("succeeded_at").is_null() & in_first_cycle)


def _names() -> pl.Expr:
    """What to call the object: its display name, else its user name without a deleted object's id in front, else its id."""
    given = (pl.when(pl.col(name).str.strip_chars() != "").then(name) for name in ("source_name", "source_user_name"))
    called = pl.coalesce(*given, "source_id")
    return called.map_elements(lambda name: names.recover(name).clean_name, return_dtype=pl.String)


def _storm_ids() -> pl.Expr:
    parts = pl.struct(*RUN, pl.coalesce("first_event_id", pl.col("first_at").cast(pl.String)))
    return parts.map_elements(_storm_id, return_dtype=pl.String)


def _storm_id(parts: dict[str, str | None]) -> str:
    return hashlib.blake2b("\0".join(part or "" for part in parts.values()).encode(), digest_size=8).hexdigest()


def defects(storms: pl.DataFrame) -> pl.DataFrame:
    """The storms of scope app, told as one defect: a row a job, kind of object and cause.

    storms: STORMS, any order.
    returns: DEFECTS, most people first; empty if no cause hit over half of a job's people.
    """
    return (
        storms.filter(pl.col("scope") == "app")
        .group_by("job_id", "app_id", "object_type", "cause")
        .agg(
            people=pl.col("person_id").n_unique(),
            attempts=pl.col("attempts").sum(),
            first_at=pl.col("first_at").min(),
            last_at=pl.col("last_at").max(),
            share=pl.col("share").max(),
            is_open=pl.col("is_open").any(),
        )
        .sort("people", "job_id", "object_type", "cause", descending=[True, False, False, False])
        .select(pl.col(name).cast(dtype) for name, dtype in schema.DEFECTS.items())
    )
