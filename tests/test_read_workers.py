"""A big log read by two processes gives what one gives: the same rows, numbers, receipt and reasons."""

import io
import json

import pytest
from polars.testing import assert_frame_equal
from typed_records import lines, put, record

from scimlab import read
from scimlab.read import progress, workers

NESTED = [{"id": "inner", "deep": [{"id": "inner", "x": 1}, {"id": "inner", "x": 2}]}]
RECORDS = [record(n, provisioningSteps=[]) for n in range(1, 301)]
TORN = lines(record(7))[:90] + b"\n"


def told(folder, parts):
    """Everything that reading a folder tells."""
    events = read.events(folder, workdir=parts).collect()
    return events, read.receipt(folder, workdir=parts), read.set_aside(folder, workdir=parts)


LOGS = {
    "lines": lines(*RECORDS),
    "lines without a last end": lines(*RECORDS).rstrip(),
    "bad lines in both halves": lines(*RECORDS[:20]) + TORN + b"\n\n" + lines(*RECORDS) + TORN + lines(*RECORDS[:3]),
    "page": json.dumps({"@odata.context": "x", "value": RECORDS, "@odata.nextLink": "https://graph.example/?a=]b}"}).encode(),
    "pretty page": json.dumps({"value": RECORDS}, indent=2).encode(),
    "array": json.dumps(RECORDS, separators=(",", ":")).encode(),
    "a record that is none": json.dumps({"value": [*RECORDS, {"hello": 1}, *RECORDS[:5]]}).encode(),
    # A cut inside this record would look like one between records, and must be found out.
    "a cut that is none": json.dumps([record(1), record(2, modifiedProperties=NESTED * 400)]).encode(),
    "one half torn": json.dumps({"value": RECORDS}).encode()[:-200],
    "one line": lines(record(1, sourceIdentity={"id": "x" * 5_000})),
}


SHORT = ("bad lines in both halves", "page", "a cut that is none")


@pytest.mark.parametrize("log", [each if each in SHORT else pytest.param(each, marks=pytest.mark.long) for each in LOGS])
def test_two_processes_give_what_one_gives(tmp_path, monkeypatch, log):
    """Rows, their numbers, the receipt and what is set aside do not tell by how many processes a file was read."""
    folder = put(tmp_path / "in", log=LOGS[log])
    alone = told(folder, tmp_path / "one")
    monkeypatch.setattr(workers, "BIG", 4_000)
    for ours, theirs in zip(told(folder, tmp_path / "two"), alone, strict=True):
        assert_frame_equal(ours, theirs)
    assert not list((tmp_path / "two").glob(".piece-*"))


def test_a_cut_is_made(tmp_path, monkeypatch):
    """A plain log is really cut in two; what is packed, or text of two bytes a character, is not."""
    monkeypatch.setattr(workers, "BIG", 4_000)
    folder = put(tmp_path / "in", log=LOGS["page"])
    read.events(folder, workdir=tmp_path / "parts")
    numbered_from = {part.name.split("-")[1] for part in (tmp_path / "parts").glob("*/events-*")}
    assert len(numbered_from) == 2 and "0" in numbered_from
    put(folder, log=LOGS["lines"].decode().encode("utf-16"))
    assert read.events(folder, workdir=tmp_path / "parts").collect().height == 300


def test_a_worker_that_dies_costs_nothing(tmp_path, monkeypatch):
    """Where a worker fails the file is read by this process, as if there were none."""
    folder = put(tmp_path / "in", log=LOGS["lines"])
    monkeypatch.setattr(workers, "BIG", 4_000)
    monkeypatch.setattr(workers.sys, "executable", "/bin/false")
    assert read.events(folder, workdir=tmp_path / "parts").collect().height == 300


class Screen(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_a_terminal_sees_how_far_it_is(tmp_path, monkeypatch):
    """On a terminal a line says how far a long reading has come, and is gone at the end; elsewhere nothing is written."""
    folder, screen = put(tmp_path / "in", log=lines(*RECORDS) * 16), Screen()
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    monkeypatch.setattr(progress, "STEP_S", 0.0)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    read.events(folder, workdir=tmp_path / "one")
    assert not progress.sys.stderr.getvalue()
    monkeypatch.setattr("sys.stderr", screen)
    read.events(folder, workdir=tmp_path / "two")
    assert "reading log: " in screen.getvalue() and screen.getvalue().endswith("\r\x1b[K")
