"""One event told more than once is one event, whichever file tells it and in whatever order."""

import json
import random

import polars as pl
import pytest
from typed_records import lines, page, put, record

from scimlab import read

POOR = record(1, durationInMilliseconds=None, initiatedBy=None)


def found(folder, **files):
    """The receipt and the events of a folder of these files."""
    put(folder, **files)
    return read.receipt(folder, workdir=folder / ".parts"), read.events(folder, workdir=folder / ".parts").collect()


def test_the_richest_row_stays(tmp_path):
    """Of two tellings of one event the one with more columns filled is kept, and the other says which that was."""
    receipt, events = found(tmp_path, a__jsonl=lines(POOR), b__json=page(record(1)))
    assert receipt.select("file", "kept", "duplicate").rows() == [("a.jsonl", 0, 1), ("b.json", 1, 0)]
    assert events.select("file", "duration_ms").rows() == [("b.json", 250)]
    aside = read.set_aside(tmp_path, workdir=tmp_path / ".parts")
    assert aside.select("file", "row", "kind", "reason").rows() == [("a.jsonl", 1, "duplicate", "the same event as row 1 of b.json")]


@pytest.mark.parametrize("field", ["id", "changeId", "jobId"])
def test_three_ids_tell_an_event(tmp_path, field):
    """Rows that differ in any of the three ids are two events."""
    _, events = found(tmp_path, a__jsonl=lines(record(1), record(1, **{field: "another"})))
    assert events.height == 2


def test_repeats_within_a_file(tmp_path):
    """At-least-once delivery repeats records under a new envelope time: one stays of each."""
    receipt, events = found(tmp_path, a__jsonl=lines(*(record(n) for n in (1, 2, 1, 1, 3))))
    assert events["event_id"].to_list() == ["event-1", "event-2", "event-3"]
    assert receipt.select("rows", "kept", "duplicate").row(0) == (5, 3, 2)


@pytest.mark.parametrize("missing", ["id", "jobId"])
def test_a_form_without_one_of_the_ids(tmp_path, missing):
    """A row that its form gives no event id or no job id is the same event as one that agrees in the rest."""
    _, events = found(tmp_path, a__jsonl=lines(record(1, **{missing: None})), b__jsonl=lines(record(1)))
    assert events.select("file").rows() == [("b.jsonl",)]


def test_times_cut_differently(tmp_path):
    """Forms cut times differently: seven digits or whole seconds, a second apart at most, are the same moment."""
    exact = record(1, activityDateTime="2026-05-04T08:00:59.9999999Z")
    _, events = found(tmp_path, a__jsonl=lines(record(1, id=None, activityDateTime="2026-05-04T08:01:00Z")), b__jsonl=lines(exact))
    assert events.select("file").rows() == [("b.jsonl",)]


def test_a_change_may_own_two_events(tmp_path):
    """Without event ids, two moments of one change are two events."""
    later = record(1, id=None, activityDateTime="2026-05-04T09:00:00Z")
    _, events = found(tmp_path, a__jsonl=lines(record(1, id=None), later, later))
    assert events.height == 2


def test_neither_order_nor_split_decides(tmp_path):
    """The same records shuffled, or cut into other files, give the same rows but for file and row."""
    rng = random.Random(11)
    records = [record(n % 40, durationInMilliseconds=rng.choice([None, 1, 2]), cycleId=rng.choice(["x", "y", None])) for n in range(120)]
    wanted = None
    for turn in range(4):
        rng.shuffle(records)
        cut = sorted(rng.sample(range(1, 120), 3))
        pieces = [records[a:b] for a, b in zip([0, *cut], [*cut, 120], strict=True)]
        _, events = found(tmp_path / str(turn), **{f"f{n}__jsonl": lines(*piece) for n, piece in enumerate(pieces)})
        told = events.drop("file", "row").sort("event_id")
        wanted = told if wanted is None else wanted
        assert told.equals(wanted) and told.height == 40


def test_many_repeats(tmp_path):
    """Two exports that overlap by thousands of events give each once."""
    _, events = found(tmp_path, a__jsonl=lines(*(record(n) for n in range(6_000))), b__json=page(*(record(n) for n in range(4_000, 9_000))))
    assert events.height == 9_000 == events["event_id"].n_unique()


def test_what_was_read_before_is_found_again(tmp_path):
    """A second reading takes the parts of the first; a file that changed since is read anew."""
    parts = tmp_path / "parts"
    put(tmp_path / "in", a__json=json.dumps([record(1)]))
    read.events(tmp_path / "in", workdir=parts).collect()
    before = {each.name for each in parts.iterdir()}
    assert read.events(tmp_path / "in", workdir=parts).collect().height == 1
    assert {each.name for each in parts.iterdir() if each.name != "hashes.json"} == before - {"hashes.json"}
    put(tmp_path / "in", a__json=json.dumps([record(1), record(2)]))
    assert read.events(tmp_path / "in", workdir=parts).collect().height == 2


def test_a_damaged_workdir_heals(tmp_path):
    """A list of hashes that is no JSON is begun anew, and half-written parts of a killed run are never read."""
    parts = tmp_path / "parts"
    put(tmp_path / "in", a__json=json.dumps([record(1)]))
    put(parts, hashes__json="{")
    (parts / ".0123abcd-killed").mkdir()
    assert read.events(tmp_path / "in", workdir=parts).select(pl.len()).collect().item() == 1
