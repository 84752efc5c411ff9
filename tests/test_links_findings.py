"""What stands beside a diagnosis: other findings, deadlines, evidence, how sure it is; and that nothing depends on the order of rows."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from test_links_rows import LIFE, ROWS, WORLD
from typed_tenant import NOW, object_id, tenant

from scimlab import links, schema


def of(found: pl.DataFrame, subject_id: str, rank: str = "primary") -> dict:
    """The one finding of a subject and rank."""
    return found.row(by_predicate=(pl.col("subject_id") == subject_id) & (pl.col("rank") == rank), named=True)


def test_nothing_observed():
    """A tenant of which nothing was ever seen has no findings, and the frame has every column."""
    found = links.findings(tenant(as_of=None))
    assert found.is_empty() and found.schema == schema.FINDINGS


def test_tombstone_stands_beside():
    """The prefix of a deleted account is what a deletion does: said beside the way back, never instead of it."""
    found = links.findings(tenant(*WORLD, *ROWS["RESTORE_WINDOW_CLOSING"]))
    assert of(found, object_id("ada"))["diagnosis"] == "RESTORE_WINDOW_CLOSING"
    assert of(found, object_id("ada"), "secondary")["diagnosis"] == "TOMBSTONE_NAME"


@pytest.mark.parametrize("diagnosis", ["HEALTHY_ACTIVE", "DISABLE_NOT_DELIVERED", "RECOVERABLE"])
def test_hybrid_stands_beside(diagnosis):
    """Whoever is mastered in Active Directory is told so beside whatever else is said, never first."""
    typed = tenant(*WORLD, *ROWS[diagnosis])
    hybrid = replace(typed, people=typed.people.with_columns(hybrid=True))
    found = links.findings(hybrid).filter(pl.col("subject_id") == object_id("ada"))
    assert "HYBRID_SOURCE" in found.filter(pl.col("rank") == "secondary")["diagnosis"]
    assert found.filter(pl.col("rank") == "primary")["diagnosis"].to_list() == [diagnosis]


def test_settling_is_first_only_on_the_way():
    """A recent change is told first where the two still disagree and no row says they are on their way, else beside."""
    deleted = ("bin ada deleted=-30m", "create ada r -150d", "record r ada active key=ada")
    assert of(links.findings(tenant(*WORLD, *deleted)), object_id("ada"))["diagnosis"] == "SETTLING"
    pending = links.findings(tenant(*WORLD, *ROWS["PENDING_DISABLE"]))
    assert of(pending, object_id("ada"))["diagnosis"] == "PENDING_DISABLE"
    assert of(pending, object_id("ada"), "secondary")["diagnosis"] == "SETTLING"


def test_settling_is_measured():
    """Two cycles are waited for as the log shows them: here a cycle takes four hours, so six hours are not enough."""
    cycles = [f"update zoe z -{hour}h cycle_id=c{hour}" for hour in range(4, 41, 4)]
    lines = ("user ada disabled", "given ada", "create ada r -150d", "record r ada active key=ada", "done ada Disable_account -6h")
    assert of(links.findings(tenant(*WORLD, *lines)), object_id("ada"))["diagnosis"] == "DISABLE_NOT_DELIVERED"
    slow = tenant(*WORLD, *lines, *[line.replace("cycle_id", "cycle") for line in cycles])
    assert of(links.findings(slow), object_id("ada"))["diagnosis"] == "PENDING_DISABLE"


DEADLINES = {
    "RECOVERABLE": NOW + timedelta(days=21),  # deleted nine days ago
    "RESTORE_WINDOW_CLOSING": NOW + timedelta(days=6),
    "RECREATED_WHILE_RESTORABLE": NOW + timedelta(days=21),  # of the old account
    "CORRUPTED_BLOCKING_RETURN": NOW + timedelta(days=23),  # 28 days after the first failure
    "PENDING_DISABLE": NOW + timedelta(minutes=50),  # 80 minutes after the change
    "REMATCH_EXPECTED": NOW + timedelta(minutes=80),
    "DISABLE_NOT_DELIVERED": NOW,
    "SPLIT_IDENTITY": NOW + timedelta(hours=12) - timedelta(minutes=80),  # before the month ends
    "HEALTHY_ACTIVE": None,
}


@pytest.mark.parametrize("diagnosis", DEADLINES)
def test_deadline(diagnosis):
    """A deadline is counted from what starts its clock."""
    assert of(links.findings(tenant(*WORLD, *ROWS[diagnosis])), object_id("ada"))["deadline_at"] == DEADLINES[diagnosis]


def test_day_thirty_is_no_proof():
    """A deleted account is gone only when seen gone: on day 33, still in the recycle bin, its way back is closing."""
    late = ("bin ada deleted=-33d", "create ada r -150d", "disable ada r -33d", "record r ada inactive key=ada")
    found = of(links.findings(tenant(*WORLD, *late)), object_id("ada"))
    assert (found["diagnosis"], found["deadline_at"]) == ("RESTORE_WINDOW_CLOSING", NOW - timedelta(days=3))


def test_as_of_moves_the_clock():
    """Judged at an earlier instant, more days are left."""
    typed = tenant(*WORLD, *ROWS["RESTORE_WINDOW_CLOSING"])
    assert of(links.findings(typed, NOW - timedelta(days=5)), object_id("ada"))["diagnosis"] == "RECOVERABLE"


def test_evidence_names_file_and_row():
    """What a finding rests on can be looked up: account, assignment, record and last attempt, each with its file and row."""
    found = of(links.findings(tenant(*WORLD, *ROWS["DISABLE_NOT_DELIVERED"])), object_id("ada"))
    for text in ("people.json row 10", "assignments.json row 11", "record r is active (records.json row 14)", "events.json row 13"):
        assert text in found["evidence"]
    assert "failed: target_refused_state_change" in found["evidence"]


def test_a_job_in_quarantine_lowers_confidence():
    """What a job's state makes doubtful is said no surer than probable, and the job has a finding of its own."""
    typed = tenant(*WORLD, *LIFE, "record r ada active key=ada")
    job = {
        "job_id": "job-1",
        "status": "Quarantine",
        "state": "Active",
        "quarantined_at": NOW - timedelta(days=3),
        "file": "jobs.json",
        "row": 1,
    }
    held = replace(typed, jobs=pl.DataFrame([{name: job.get(name) for name in schema.JOBS}], schema=schema.JOBS))
    assert of(links.findings(typed), object_id("ada"))["confidence"] == "confirmed"
    found = links.findings(held)
    assert of(found, object_id("ada"))["confidence"] == "probable"
    quarantine = found.row(by_predicate=pl.col("diagnosis") == "X1_QUARANTINE", named=True)
    assert (quarantine["subject_kind"], quarantine["subject_id"]) == ("job", "job-1")
    assert quarantine["deadline_at"] == NOW + timedelta(days=25)


def test_exceptions_are_no_question():
    """An account on the tenant's list of exceptions stays what it is, with nothing to do and the reason said."""
    exclude = [{"address": "ada@contoso.example", "reason": "reception tablet"}]
    found = of(links.findings(tenant(*WORLD, "record r ada active", exclude=exclude)), "r")
    assert (found["diagnosis"], found["risk"]) == ("UNMANAGED_ACCOUNT", "none")
    assert "reception tablet" in found["action"]


def test_signs_in_and_is_never_present():
    """Whoever signs in on three days and is never present while others are is told so, beside the diagnosis."""
    seen = [f"seen ada sign_in -{day}d" for day in (1, 2, 3)]
    lines = (*WORLD, *LIFE, "record r ada active key=ada", *seen)
    assert links.findings(tenant(*lines)).filter(pl.col("diagnosis") == "NEVER_PRESENT").is_empty()
    found = links.findings(tenant(*lines, "seen zoe presence -1d"))
    assert found.filter(pl.col("diagnosis") == "NEVER_PRESENT")["subject_id"].to_list() == [object_id("ada")]


def test_order_of_rows_changes_nothing():
    """Rows in any order give the same findings with the same ids, but for file and row."""
    guest = ("user guest created=-5d", "given guest", "create guest -5d failure=duplicate_source")
    typed = tenant(*WORLD, *ROWS["DOUBLE_BILLED"], *guest)
    frames = {name: getattr(typed, name) for name in ("people", "records", "assignments", "audit")}
    for seed in range(3):
        mixed = {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in frames.items()}
        events = typed.events.collect().sample(fraction=1, shuffle=True, seed=seed).lazy()
        assert_frame_equal(links.findings(replace(typed, events=events, **mixed)), links.findings(typed))
