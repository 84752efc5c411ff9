"""What was collected piece by piece is what it would be at once, and a run that fails leaves nothing behind."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scimlab import archive, read, simulate


@pytest.fixture(scope="module")
def tenant(tmp_path_factory):
    """Two months of twenty people."""
    place = tmp_path_factory.mktemp("world")
    simulate.write(place / "in", seed=5, people=20, months=2, exports=("log", "users", "deleted", "records", "audit"))
    return read.tenant(place / "in", workdir=place / "parts")


def taken_in(held: archive.Archive, frame: str, rows: pl.DataFrame) -> None:
    """A run that brings these rows."""
    with held.writing() as run:
        run.merge(frame, rows)
        run.enter(kind=frame)


def test_overlapping_collections_are_one_log(tenant, tmp_path):
    """Collections that overlap, in any order, hold each event once, the same as the whole log at once."""
    events = tenant.events.drop("counted").collect().sort("at", "event_id")
    held = archive.opened(tmp_path / "held", create=True)
    for first, last in ((400, events.height), (0, 250), (200, 450)):
        taken_in(held, "events", events[first:last])
    got = archive.opened(tmp_path / "held").frame("events").collect().sort("at", "event_id")
    assert_frame_equal(got.select(events.columns), events)


def test_an_audit_record_is_held_once(tenant, tmp_path):
    """An act collected twice, of which a record is several rows, is held once."""
    held, audit = archive.opened(tmp_path / "held", create=True), tenant.audit
    for _ in range(2):
        taken_in(held, "audit", audit)
    assert held.frame("audit").collect().height == audit.height > 0


def test_a_run_that_fails_leaves_nothing(tenant, tmp_path):
    """What a run brought before it failed is not there, and the next run is as if it had not been."""
    held = archive.opened(tmp_path / "held", create=True)
    events = tenant.events.drop("counted").collect()
    with pytest.raises(RuntimeError), held.writing() as run:
        run.merge("events", events)
        raise RuntimeError
    assert held.frame("events").collect().is_empty() and held.ledger().is_empty()
    taken_in(held, "events", events)
    assert held.frame("events").collect().height == events.height and held.ledger().height == 1
