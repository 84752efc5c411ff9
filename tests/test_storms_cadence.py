"""The rhythm of retries, what is still to come, and when silence means that Entra gave up."""

import csv
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from typed_events import FIRST_DAY, events, instant

from scimlab import schema, storms

SHARED = Path(__file__).parents[1].parent / "shared"
NOBODY = schema.IDENTITIES.to_frame()
DOCUMENTED = [0, 6, 12, 24, *range(48, 28 * 24 + 1, 24)]


def failing_at(hours: list[float], *more: str) -> pl.LazyFrame:
    """One object's failures, so many hours after the first day's beginning, and whatever else is typed."""
    typed = events(*(f"ada create failure {n}" for n in range(len(hours))), *more).collect()
    moved = [FIRST_DAY + timedelta(hours=each) for each in hours] + typed["at"].to_list()[len(hours) :]
    return typed.with_columns(at=pl.Series(moved, dtype=schema.INSTANT)).lazy()


def cycles(hours: float, number: int) -> list[str]:
    """A success of somebody else in each of so many cycles, so far apart: the job's own clock."""
    starts = [timedelta(hours=hours * n) for n in range(number)]
    return [f"bob update success {s.days}d{s.seconds // 3600}:{s.seconds // 60 % 60} cycle=c{n:03}" for n, s in enumerate(starts)]


def only(log: pl.LazyFrame, **arguments) -> dict:
    """The one storm of ada's."""
    (storm,) = storms.retry_storms(log, NOBODY, **arguments).rows(named=True)
    return storm


@pytest.mark.parametrize(
    ("hours", "cadence"),
    [
        pytest.param(DOCUMENTED, "escrow_backoff", id="the documented schedule"),
        pytest.param(DOCUMENTED[:3], "escrow_backoff", id="its first two gaps, 6 and 6"),
        pytest.param(DOCUMENTED[1:4], "escrow_backoff", id="6 and 12: the start is cut off"),
        pytest.param(DOCUMENTED[2:5], "escrow_backoff", id="12 and 24"),
        pytest.param([0, 0.1, *(each + 0.1 for each in DOCUMENTED[1:6])], "escrow_backoff", id="a first try right after, as captured"),
        pytest.param([0, 0.7, 1.4, 2.8, 5.6, 11, 22, 44, 68], "escrow_backoff", id="another schedule that grows and settles"),
        pytest.param(DOCUMENTED[6:], "daily", id="its daily tail alone"),
        pytest.param([0, 23.5, 48.2, 72, 95.8], "daily", id="once a day, roughly"),
        pytest.param([n * 2 / 3 for n in range(50)], "every_cycle", id="40 minutes, flat"),
        pytest.param([0, 0.55, 1.0, 1.45, 2.1, 2.5], "every_cycle", id="30 minutes and jitter, as other providers"),
        pytest.param([0, 1, 2], "every_cycle", id="two equal gaps are a rhythm"),
        pytest.param([0, 6, 12, 18, 24, 30, 36], "irregular", id="flat, but not well under six hours"),
        pytest.param([0, 5, 6, 20, 21, 50], "irregular", id="no order in it"),
        pytest.param([0, 1, 9], "irregular", id="two gaps that grow prove nothing"),
        pytest.param([0, 0.1, 9, 10, 15, 15.2], "irregular", id="a short median alone is no loop"),
        pytest.param([0, 2, 26, 28, 52, 54, 78, 148], "irregular", id="a median of a day alone is not daily"),
    ],
)
def test_cadence_without_cycles(hours, cadence):
    """Without known cycles the gaps alone decide; no distance is assumed."""
    assert only(failing_at(hours))["cadence"] == cadence


@pytest.mark.parametrize(
    ("distance", "hours", "cadence"),
    [
        pytest.param(2 / 3, [n * 2 / 3 for n in range(6)], "every_cycle", id="as often as the job"),
        pytest.param(2 / 3, [0, 2 / 3, 2, 8 / 3, 10 / 3], "every_cycle", id="one cycle missed"),
        pytest.param(5, [0, 5, 10, 15, 20], "every_cycle", id="a slow job is known by its own distance"),
        pytest.param(1 / 3, [n * 2 / 3 for n in range(6)], "irregular", id="not this job's distance"),
        pytest.param(2 / 3, [0, 9, 9.2, 9.9, 15, 15.2], "irregular", id="a median at the job's distance alone is no loop"),
        pytest.param(24, [0, 24, 48, 72], "daily", id="a job that itself runs daily, as in quarantine"),
        pytest.param(2 / 3, DOCUMENTED, "escrow_backoff", id="the back-off within a job of 40 minutes"),
    ],
)
def test_cadence_with_cycles(distance, hours, cadence):
    """With known cycles, every_cycle is the job's own measured distance."""
    assert only(failing_at(hours, *cycles(distance, 30)))["cadence"] == cadence


def test_too_few_gaps_show_no_rhythm():
    """Two attempts have one gap: attempts that retention hid give no class."""
    storm = only(failing_at([0, 6]), least_attempts=2)
    assert (storm["cadence"], storm["gap_hours_median"]) == (None, 6.0)


def test_attempts_to_come_by_schedule():
    """On the documented schedule, 31 attempts fit into 28 days: what was not yet tried is to come."""
    assert only(failing_at(DOCUMENTED[:4]))["attempts_to_come"] == 27
    assert only(failing_at(DOCUMENTED[:4]), as_of=instant("2d0"))["attempts_to_come"] == 26
    assert only(failing_at(DOCUMENTED))["attempts_to_come"] == 0


def test_attempts_to_come_by_gap():
    """A loop of 40 minutes goes on at 40 minutes, to day 28 after its first."""
    every_cycle = [n * 2 / 3 for n in range(36)]  # the first day
    assert only(failing_at(every_cycle))["attempts_to_come"] == 28 * 36 - 35
    assert only(failing_at([0, 24, 48]))["attempts_to_come"] == 26


def test_attempts_to_come_of_what_is_over():
    """Nothing is known of a closed storm's future, and an expired or silent one has none."""
    assert only(failing_at([0, 1, 2], "ada create success 3"))["attempts_to_come"] is None
    assert only(failing_at([0, 1, 2]), as_of=instant("28d0"))["attempts_to_come"] == 0
    assert only(failing_at([0, 1, 2], "bob update success 9"))["attempts_to_come"] == 0


def test_attempts_to_come_by_announcement():
    """With one failure seen, an announced wait of minutes is the rhythm; one of hours is the back-off, as is no announcement."""
    assert only(events("ada create failure 0 retry=9 next=0:40"))["attempts_to_come"] == 28 * 36
    assert only(events("ada create failure 0 retry=9 next=6"))["attempts_to_come"] == 30
    assert only(events("ada create failure 0 retry=9"))["attempts_to_come"] == 30


@pytest.mark.parametrize(
    ("log", "is_silent"),
    [
        pytest.param(failing_at([0, 1, 2], "bob update success 5"), False, id="three times the longest gap, not more"),
        pytest.param(failing_at([0, 1, 2], "bob update success 5:01"), True, id="more than three times"),
        pytest.param(failing_at([0, 3, 4], "bob update success 12"), False, id="the longest gap counts, not the last"),
        pytest.param(events("ada create failure 0 retry=9 next=10", "bob update success 1d6"), False, id="three times the announced wait"),
        pytest.param(events("ada create failure 0 retry=9 next=10", "bob update success 1d7"), True, id="more than that"),
        pytest.param(events("ada create failure 0 retry=9", "bob update success 3d0"), False, id="nothing known: three days"),
        pytest.param(events("ada create failure 0 retry=9", "bob update success 3d1"), True, id="and an hour"),
        pytest.param(failing_at([0, 0.1, 0.2], *cycles(2, 4)), False, id="no shorter than the job's own cycles"),
        pytest.param(failing_at([0, 1, 2], "bob update success 9 job=j2"), False, id="another job going on says nothing"),
        pytest.param(failing_at([0, 1, 2], "ada create success 9", "bob update success 2d0"), False, id="a closed storm is not silent"),
    ],
)
def test_silence(log, is_silent):
    """Open, but its job went on more than three times as long as the longest wait: nobody tries any more."""
    assert only(log)["is_silent"] == is_silent


@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not here")
def test_shared_case_documented_schedule():
    """The documented schedule gives 31 attempts, gaps settling at 24 h, and is no loop of 40 minutes."""
    with (SHARED / "cases/06.csv").open() as file:
        storm = only(failing_at([float(row["hours_after_first_failure"]) for row in csv.DictReader(file)]))
    assert (storm["attempts"], storm["cadence"], storm["gap_hours_median"]) == (31, "escrow_backoff", 24.0)
