"""What repeats itself is gathered into one run, and nothing else is."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from scimlab import timeline
from scimlab.schema import RUNS, TIMELINE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TRY = {"lane": "provisioning", "outcome": "failed", "what": "failed to create the record", "cause": "duplicate_conflict"}
OFF = TRY | {"what": "failed to switch the record off", "cause": "throttled"}
DONE = {"lane": "provisioning", "outcome": "done", "what": "updated the record"}
SEEN = {"lane": "directory", "outcome": "seen", "what": "listed as enabled", "detail": "ada@example.org"}


def line(*rows: dict) -> pl.DataFrame:
    """TIMELINE of Ada, an hour between two rows, each from a row of one log."""
    usual = [{"person_id": "ada", "at": NOON + timedelta(hours=hour), "file": "log.json", "row": hour} for hour in range(len(rows))]
    return pl.DataFrame([common | row for common, row in zip(usual, rows, strict=True)], schema=TIMELINE)


def told(*rows: dict) -> list[tuple]:
    """What the rows are gathered into: what, how often, and the hours from noon to the first and to the last time."""
    hours = [(pl.col(name) - pl.lit(NOON)).dt.total_hours() for name in ("at", "last_at")]
    return timeline.runs(line(*rows)).select("what", "times", *hours).rows()


def test_a_storm_is_one_run():
    """A thousand attempts that fail alike are one row from the first to the last."""
    assert told(*[TRY] * 1_000) == [("failed to create the record", 1_000, 0, 999)]


def test_a_success_ends_a_run():
    """What failed before it and what fails after it are two runs, as they are two storms."""
    assert [row[:2] for row in told(TRY, TRY, DONE, TRY)] == [
        ("failed to create the record", 2),
        ("updated the record", 1),
        ("failed to create the record", 1),
    ]


def test_two_things_that_fail_by_turns_are_two_runs():
    """Neither ends the other, or a person with two troubles would fill the page."""
    assert told(TRY, OFF, TRY, OFF) == [("failed to create the record", 2, 0, 2), ("failed to switch the record off", 2, 1, 3)]


def test_another_cause_is_another_run():
    """A storm that goes on for another reason is told apart."""
    assert [row[1] for row in told(TRY, TRY | {"cause": "throttled"})] == [1, 1]


def test_what_another_lane_does_ends_nothing():
    """That a list shows the person says nothing of whether the attempts succeed."""
    assert [row[1] for row in told(TRY, SEEN, TRY)] == [2, 1]


def test_other_things_are_one_only_where_they_follow_each_other_and_say_the_same():
    """Two lists that show the same are one; a list that shows otherwise, or of another account, stands for itself."""
    other = SEEN | {"what": "listed as disabled"}
    assert [row[1] for row in told(SEEN, SEEN, other, SEEN, SEEN | {"detail": "bo@example.org"})] == [2, 1, 1, 1]


def test_a_run_says_what_its_last_time_said_and_where_both_ends_stand():
    """The retry count of the last attempt is the one that holds; evidence names the first and the last row."""
    rows = [TRY | {"detail": "sent as active", "latest": f"retried {n} times before"} for n in range(3)]
    found = timeline.runs(line(*rows)).row(0, named=True)
    assert (found["detail"], found["evidence"]) == ("sent as active; retried 2 times before", "log.json row 0 to row 2")
    across = timeline.runs(line(TRY, TRY | {"file": "late.json"}, TRY | {"outcome": "skipped"}))["evidence"].to_list()
    assert across == ["log.json row 0 to late.json row 1", "log.json row 2"]


def test_people_stay_apart_and_in_their_order():
    """Two people who fail alike are two runs, in the order in which they came."""
    two = timeline.runs(line(TRY | {"person_id": "bo"}, TRY | {"person_id": "bo"}, TRY))
    assert two.select("person_id", "times").rows() == [("bo", 2), ("ada", 1)]


def test_nothing_is_nothing():
    """An empty line gives an empty frame of the full schema."""
    assert timeline.runs(TIMELINE.to_frame()).equals(RUNS.to_frame())


@given(st.lists(st.sampled_from([TRY, OFF, DONE, SEEN, TRY | {"outcome": "skipped", "at": None}, SEEN | {"at": None}]), max_size=30))
def test_no_row_is_lost(rows):
    """Whatever is gathered, each row is in exactly one run of its own lane and outcome."""
    found = timeline.runs(line(*rows)).group_by("lane", "outcome").agg(pl.col("times").sum()).sort("lane", "outcome")
    expected = line(*rows).group_by("lane", "outcome").agg(times=pl.len().cast(pl.Int64)).sort("lane", "outcome")
    assert found.equals(expected)
