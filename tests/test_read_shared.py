"""The public samples and cases of the folder beside the project, where it is there: each read to what its source says it is."""

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from scimlab import read
from scimlab.read.times import MICROSOFT

SHARED = Path(__file__).parents[1] / ".." / "shared"
SAMPLES, CASES = SHARED / "samples", SHARED / "cases"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of public samples is not beside the project")


@pytest.fixture
def events(tmp_path):
    """The events of a sample or case, chosen columns."""
    return lambda path, *names: read.events(path, workdir=tmp_path).select(names or pl.all()).collect()


@pytest.fixture
def receipt(tmp_path):
    """The one receipt row of a sample or case."""
    return lambda path: read.receipt(path, workdir=tmp_path).row(0, named=True)


def test_a_skipped_group(events):
    """A captured record of a group that already matches."""
    got = events(SAMPLES / "graph_v1_provisioning_group_skipped.json").row(0, named=True)
    assert (got["action"], got["status"], got["object_type"], got["skip_reason"]) == ("other", "skipped", "group", "RedundantExport")
    assert (got["matched_target_id"], got["assigned"], got["in_scope"], got["is_retry"]) == (got["target_id"], True, True, False)


@pytest.mark.parametrize("path", [SAMPLES / "graph_v1_provisioning_failure_escrow_retry.json", CASES / "01.json"])
def test_a_retried_duplicate(events, path):
    """Case 01: a 409 behind a code that says something else, retried once, next in six hours."""
    got = events(path).row(0, named=True)
    assert (got["cause"], got["http_status"], got["scim_type"], got["retry_count"]) == ("duplicate_conflict", 409, "uniqueness", 1)
    assert got["next_retry_at"] == datetime(2026, 3, 24, 13, 23, 44, 919851, tzinfo=UTC) and got["is_retry"]
    assert got["sent_mail"].partition("@")[0].casefold() == got["sent_user_name"].partition("@")[0].casefold()


@pytest.mark.parametrize("name", ["graph_v1_provisioning_docs_examples.json", "graph_beta_provisioning_old_shape_docs.json"])
def test_documented_examples(events, name):
    """The documentation's two records, in today's shape and in that of the beta."""
    assert events(SAMPLES / name, "status", "object_type").rows() == [("success", "role"), ("failure", "group")]
    failed = events(SAMPLES / name).row(1, named=True)
    assert (failed["http_status"], failed["cause"], failed["target_id"], failed["steps_failed"]) == (
        409,
        "duplicate_conflict",
        None,
        "EntryExportAdd",
    )
    assert failed["app_id"] is not None and failed["app_name"] is not None


def test_diagnostic_lines(events, receipt):
    """Five captured lines, two of which repeat the first; one carries its duration as text, one its tenant in the resource alone."""
    path = SAMPLES / "diag_provisioninglogs_PT1H.jsonl"
    assert receipt(path)["rows"] == 5 and (receipt(path)["kept"], receipt(path)["duplicate"]) == (3, 2)
    rows = events(path, "status", "action", "skip_reason", "duration_ms", "source_name", "tenant_id").rows(named=True)
    assert [each["status"] for each in rows] == ["skipped", "success", "failure"]
    assert all(each["action"] == "create" and each["duration_ms"] and each["source_name"] and each["tenant_id"] for each in rows)


@pytest.mark.parametrize("line", [0, 3, 4])
def test_the_first_line_in_three_spellings(events, tmp_path, line):
    """Duration as text, and a tenant that only the resource id names, read like the plain line."""
    lines = (SAMPLES / "diag_provisioninglogs_PT1H.jsonl").read_text().splitlines()
    (tmp_path / "one.jsonl").write_text(lines[line])
    (tmp_path / "first.jsonl").write_text(lines[0])
    assert events(tmp_path / "one.jsonl").drop("file").equals(events(tmp_path / "first.jsonl").drop("file"))


def test_what_is_no_provisioning_log(receipt):
    """An on-demand answer gives no event, and its row is counted."""
    got = receipt(SAMPLES / "graph_v1_provisionondemand_response.json")
    assert got["form"] != "Graph provisioning log" and got["rows"] == got["kept"] + got["foreign"] + got["rejected"] > 0


def test_users(tmp_path):
    """A portal export of users with formulas for names, and the recycle bin kept by kind of object."""
    put = tmp_path / "in"
    put.mkdir()
    for name in ("portal_users_export.csv", "graph_v1_deleteditems.json"):
        (put / name).write_bytes((SAMPLES / name).read_bytes())
    people = read.tenant(put, workdir=tmp_path / "parts").people
    assert people.select("is_deleted", "enabled").rows() == [(True, None), (False, True), (False, True)]
    assert people["created_at"][1] == datetime(2021, 8, 19, 13, 25, 31, tzinfo=UTC)
    assert people["display_name"][1].startswith("=")


def test_case_34_a_skipped_create(events):
    """A create skipped for a missing surname: in scope, and never provisioned."""
    got = events(CASES / "34.jsonl").row(0, named=True)
    assert (got["skip_reason"], got["skip_property"], got["in_scope"], got["target_id"]) == (
        "AttributeValidationFailed",
        "name.familyName",
        True,
        None,
    )


def test_case_36_the_diagnostic_shape(events):
    """Capital keys and numbers for words are the same events."""
    assert events(CASES / "36.jsonl", "status", "action", "object_type").rows() == [
        ("skipped", "create", "user"),
        ("success", "create", "user"),
    ]


def test_case_37_eleven_spellings():
    """Eleven spellings of one instant."""
    texts = [json.loads(line)["time"] for line in (CASES / "37.jsonl").read_text().splitlines()]
    read_back = read.instants(pl.Series(texts), **MICROSOFT)
    assert len(texts) == 11 and set(read_back.dt.truncate("1s")) == {datetime(2007, 1, 9, 9, 41, tzinfo=UTC)}


def test_case_40_another_product(receipt, events):
    """The same category name from another product is foreign, not an event and not a crash."""
    assert (receipt(CASES / "40.jsonl")["foreign"], events(CASES / "40.jsonl").height) == (1, 0)


def test_case_42_three_files(tmp_path):
    """The portal's three files: two events, three steps, three properties."""
    put = tmp_path / "in"
    put.mkdir()
    for each in CASES.glob("42_*"):
        (put / each.name).write_bytes(each.read_bytes())
    assert read.receipt(put, workdir=tmp_path / "parts")["kept"].to_list() == [3, 2, 3]
    rows = read.events(put, workdir=tmp_path / "parts").select("is_retry", "cause", "sent_active").collect().rows()
    assert rows == [(True, "duplicate_conflict", True), (False, None, False)]


def test_case_43_an_error_in_the_page(receipt):
    """A page that ends in an error keeps what stands before it, and is marked."""
    got = receipt(CASES / "43.txt")
    assert "truncated_by_service_error BadRequest" in got["notes"] and got["rejected"] == 1


def test_case_66_a_late_failure(receipt):
    """151 lines are 151 records, whatever they hold."""
    assert receipt(CASES / "66.jsonl")["rows"] == 151


def test_case_69_two_records(receipt):
    """Line breaks in cells make no rows."""
    assert receipt(CASES / "69.csv")["rows"] == 2


@pytest.mark.parametrize("path", sorted(CASES.glob("*")) if CASES.is_dir() else [], ids=lambda path: path.name)
def test_every_case_adds_up(receipt, path):
    """Whatever a case holds, its rows are the sum of what became of them."""
    got = receipt(path)
    assert got["rows"] == got["kept"] + got["duplicate"] + got["foreign"] + got["rejected"]
