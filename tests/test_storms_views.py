"""Attempts of storms, attempts by cycle, defects, and how far a job is from quarantine."""

import csv
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from typed_events import events, identities, instant

from scimlab import schema, storms
from scimlab.storms.thresholds import is_over

SHARED = Path(__file__).parents[1].parent / "shared"
NOBODY = schema.IDENTITIES.to_frame()
LOG = (
    "ada create failure 9 cycle=c1",  # of a storm
    "ada create failure 9:20 cycle=c1 cause=duplicate_conflict",  # of the same, another cause
    "ada create failure 10 cycle=c2",  # its last
    "ada create success 11 cycle=c3",  # between two runs
    "ada create failure 12",  # after it, and of no storm
    "ada update failure 9:30 cycle=c1",  # another action, within the storm's time
    "bob create failure 9:30 cycle=c1",  # another person
    "cyd create skipped 8:50 cycle=c1",  # where the cycle begins
    "dan create failure 9 counted=no",  # another app
)


def test_attempts():
    """The attempts of a storm are its own failures, numbered from 1, with the wait before each."""
    log = events(*LOG)
    found = storms.attempts(log, storms.retry_storms(log, NOBODY))
    assert found.schema == schema.ATTEMPTS
    assert found.select("event_id", "ordinal", pl.col("gap_hours").round(3)).rows() == [
        ("e000", 1, None),
        ("e001", 2, 0.333),
        ("e002", 3, 0.667),
    ]


def test_attempts_by_cycle():
    """Failures are counted where their cycle begins, by cause, those of storms beside them; without a cycle at the full hour."""
    log = events(*LOG)
    found = storms.attempts_by_cycle(log, storms.retry_storms(log, NOBODY))
    assert found.schema == schema.CYCLE_ATTEMPTS
    assert found.drop("job_id").rows() == [
        (instant("8:50"), "duplicate_conflict", 1, 1),
        (instant("8:50"), "throttled", 3, 1),
        (instant("10"), "throttled", 1, 1),
        (instant("12"), "throttled", 1, 0),
    ]


def test_attempts_without_a_cause_are_counted():
    """A failure that says nothing, or whose action the form does not carry, is counted like any other."""
    log = events(*LOG[:3]).with_columns(cause=pl.lit(None, pl.String), action=pl.lit(None, pl.String))
    found = storms.retry_storms(log, NOBODY)
    assert storms.attempts(log, found).height == 3
    assert storms.attempts_by_cycle(log, found).select("cause", "attempts", "in_storms").rows() == [("unknown", 2, 2), ("unknown", 1, 1)]


def test_attempts_by_cycle_stays_small():
    """However long the log, at most 2,000 rows come back, and no attempt is lost."""
    one = events("ada create failure 0").collect()
    many = pl.concat([one.with_columns(at=pl.col("at") + timedelta(minutes=40 * n), event_id=pl.lit(f"m{n}")) for n in range(5_000)]).lazy()
    found = storms.attempts_by_cycle(many, storms.retry_storms(many, NOBODY))
    assert found.height <= 2_000
    assert found.select("attempts", "in_storms").sum().row(0) == (5_000, 5_000)


def test_views_of_events_without_a_job():
    """Events whose form names no job are told together, and keep saying so."""
    log = events(*LOG).with_columns(job_id=pl.lit(None, pl.String))
    found = storms.retry_storms(log, NOBODY)
    assert storms.attempts(log, found).height == 3
    assert storms.attempts_by_cycle(log, found)["job_id"].null_count() == 4


def test_defects():
    """App-wide storms of one job and cause are one row, however many people and attempts; personal ones are none."""
    lines = [f"f{n} update failure {h}:{n:02} cause=patch_shape_rejected" for n in range(11) for h in (9, 10, 11)]
    lines += [f"f{n} create failure {h} cause=throttled" for n in (1, 2) for h in (12, 13, 14, 15)]
    found = storms.defects(storms.retry_storms(events(*lines), identities(f0="Fay", f1="Fay")))
    assert found.schema == schema.DEFECTS
    assert found.rows(named=True) == [
        {
            "job_id": "j1", "app_id": "app", "object_type": "user", "cause": "patch_shape_rejected", "people": 10, "attempts": 33,
            "first_at": instant("9"), "last_at": instant("11:10"), "share": 1.0, "is_open": True,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("failing", "reference", "successes", "expected"),
    [
        pytest.param(4_999, 0, 0, False, id="all fail, but not 5,000"),
        pytest.param(5_000, 0, 7_500, False, id="exactly 40 percent"),
        pytest.param(5_000, 0, 7_499, True, id="more than 40 percent of at least 5,000"),
        pytest.param(40_000, 0, 1_000_000, False, id="exactly 40,000"),
        pytest.param(40_001, 0, 1_000_000, True, id="more than 40,000"),
        pytest.param(0, 60_000, 1_000_000, False, id="exactly 60,000 with references"),
        pytest.param(1, 60_000, 1_000_000, True, id="more than 60,000 with references"),
        pytest.param(0, 0, 0, False, id="nothing at all"),
    ],
)
def test_thresholds(failing, reference, successes, expected):
    """Quarantine by the documented thresholds, each of them at its edge."""
    assert pl.select(is_over(*(pl.lit(each) for each in (failing, reference, successes)))).item() == expected


@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not here")
def test_shared_truth_table():
    """The worked examples: no, yes, yes, no, yes."""
    with (SHARED / "cases/52.csv").open() as file:
        for row in csv.DictReader(file):
            numbers = (int(row[name]) for name in ("non_reference_failures", "reference_failures", "successes"))
            assert pl.select(is_over(*(pl.lit(each) for each in numbers))).item() == (row["expect_quarantine"] == "yes"), row["why"]


def test_quarantine_counts_objects_failing_now():
    """An object counts once, while it fails: not what succeeded since, not what fell silent; references apart; events beside."""
    log = events(
        "ada create failure 9 cause=duplicate_conflict",
        "ada create failure 10 cause=duplicate_conflict",  # once, for two attempts
        "ada update failure 10 cause=reference_unresolved",  # and once for two actions
        "bob create failure 9",
        "bob update success 10",  # healed
        "cyd update failure 10 cause=reference_unresolved",  # a reference alone
        "dan create failure 1",
        "dan create failure 2",  # silent since 2: three times an hour is over
        "eve update success 10",
    )
    (job,) = storms.quarantine(log).rows(named=True)
    assert (job["objects"], job["failing"], job["failing_reference"], job["failing_share"]) == (5, 1, 1, 0.2)
    assert (job["failed_events"], job["failed_events_reference"], job["is_over_by_events"]) == (5, 2, False)
    assert (job["top_causes"], job["quarantined"], job["distance"], job["projected_at"]) == (
        "duplicate_conflict (1)",
        "not known",
        None,
        None,
    )
    assert "no mail" in job["says"]


def many(failing: int, fine: int, *, recent: int = 0) -> pl.LazyFrame:
    """A job in which so many objects failed once, the recent ones today, the others 20 days before, and so many are fine."""
    objects = pl.DataFrame({"n": range(failing + fine)}).with_columns(
        event_id=pl.format("e{}", "n"), source_id=pl.format("s{}", "n"), job_id=pl.lit("j1"), action=pl.lit("update"), counted=True,
        status=pl.when(pl.col("n") < failing).then(pl.lit("failure")).otherwise(pl.lit("success")), cause=pl.lit("throttled"),
        at=pl.when(pl.col("n") < failing - recent).then(pl.lit(instant("1"))).otherwise(pl.lit(instant("20d1"))),
        next_retry_at=pl.lit(instant("20d2")),
    )  # fmt: skip
    return pl.concat([schema.EVENTS.to_frame(), objects.drop("n")], how="diagonal_relaxed").select(schema.EVENTS.names()).lazy()


@pytest.mark.parametrize(
    ("failing", "fine", "distance"),
    [
        pytest.param(4_000, 0, None, id="4,000 of 4,000 can never be 5,000"),
        pytest.param(4_000, 2_000, 1_000, id="1,000 short of the least"),
        pytest.param(4_000, 96_000, 36_001, id="40 percent of 100,000 and one"),
        pytest.param(5_000, 1_000, 0, id="over it"),
    ],
)
def test_distance(failing, fine, distance):
    """How many more of those seen must fail, by the nearest way."""
    (job,) = storms.quarantine(many(failing, fine)).rows(named=True)
    assert (job["distance"], job["is_over"]) == (distance, distance == 0)


def test_projected_date():
    """At 700 newly failing in 7 days, the 1,000 that are missing take 10 days."""
    (job,) = storms.quarantine(many(4_000, 2_000, recent=700)).rows(named=True)
    assert job["projected_at"] == instant("30d1")


def test_known_quarantine():
    """A job that was looked at is said to be in quarantine or not; it is switched off 28 days after."""
    known = pl.DataFrame(
        [("j1", "Quarantine", instant("2"), instant("9")), ("j1", "Active", None, instant("1")), ("j2", "Active", None, instant("9"))],
        schema={"job_id": pl.String, "status": pl.String, "quarantined_at": schema.INSTANT, "taken_at": schema.INSTANT},
        orient="row",
    )
    jobs = pl.concat([schema.JOBS.to_frame(), known], how="diagonal")
    log = events(*(f"ada update success 9 job={job}" for job in ("j1", "j2", "j3")))
    found = storms.quarantine(log, jobs).sort("job_id")
    assert found["quarantined"].to_list() == ["yes", "no", "not known"]
    assert found["disabled_at"].to_list() == [instant("28d2"), None, None]


def test_quarantine_of_nothing():
    """A job without a failure has none failing; without events there are no jobs, and the frame has every column."""
    (healthy,) = storms.quarantine(many(0, 3)).rows(named=True)
    assert (healthy["failing"], healthy["failing_share"], healthy["top_causes"], healthy["is_over_by_events"]) == (0, 0.0, None, False)
    assert healthy["says"] == "Nothing fails now."
    assert storms.quarantine(events()).schema == schema.QUARANTINE
    assert storms.quarantine(events()).is_empty()
