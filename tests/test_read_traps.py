"""The silent traps of readers, each one loud: a record that cannot be read is set aside with its reason and costs no other."""

import gzip
import json

import polars as pl
import pytest
from typed_records import failed, lines, put, record

from scimlab import read
from scimlab.errors import InputError

BEFORE, BEHIND = lines(record(1)), lines(record(2))
LINE = lines(record(9)).strip()


def changed(**fields: object) -> bytes:
    """The record with other values."""
    return lines(record(9, **fields)).strip()


def raw(field: str, value: str) -> bytes:
    """The record with one field's value as these very characters."""
    return lines(record(9, **{field: "@@"})).strip().replace(b'"@@"', value.encode("utf-8", "surrogatepass"))


BAD_LINES = {  # the line, and a word of the reason
    "torn in the middle": (LINE[: len(LINE) // 2], "no JSON"),
    "garbage": (b"HTTP/1.1 503 Service Unavailable", "no JSON"),
    "two objects on a line": (LINE + LINE, "no JSON"),
    "two objects and a comma": (LINE + b"," + LINE, "no JSON"),
    "a mark in the middle": (b"\xef\xbb\xbf\xef\xbb\xbf{" + LINE, "no JSON"),
    "an array": (b"[" + LINE + b"]", "an array where a record is expected"),
    "a number": (b"17", "a number"),
    "a text": (b'"event"', "a text"),
    "null": (b"null", "null"),
    "NUL": (LINE[:30] + b"\0" + LINE[30:], "no JSON"),
    "a control character": (LINE.replace(b"Ada", b"A\x01a"), "no JSON"),
    "bytes that are no UTF-8": (LINE.replace(b"Ada", b"\xe9\xe9a"), "not UTF-8"),
    "no UTF-8 where nobody looks": (LINE[:-1] + b',"unread":"\xff"}', "not UTF-8"),
    "half a character": (LINE.replace(b"Ada", b"\\ud800"), "no JSON"),
    "NaN": (raw("durationInMilliseconds", "NaN"), "no JSON"),
    "nested without end": (raw("durationInMilliseconds", "[" * 2000 + "]" * 2000), "no JSON"),
    "a fraction for a whole number": (raw("durationInMilliseconds", "17.9"), "durationInMilliseconds"),
    "17.0 for a whole number": (raw("durationInMilliseconds", "17.0"), "durationInMilliseconds"),
    "1e3 for a whole number": (raw("durationInMilliseconds", "1e3"), "durationInMilliseconds"),
    "true for a whole number": (raw("durationInMilliseconds", "true"), "durationInMilliseconds"),
    "a number too large": (raw("durationInMilliseconds", "1" + "0" * 20), "durationInMilliseconds"),
    "a word for a number": (raw("durationInMilliseconds", '"soon"'), "durationInMilliseconds"),
    "a number for an id": (raw("id", "17"), "$.id"),
    "true for an id": (raw("id", "true"), "$.id"),
    "an object for a text": (changed(changeId={"is": "one"}), "$.changeId"),
    "a list for an object": (changed(sourceIdentity=[{"id": "x"}]), "$.sourceIdentity"),
    "an object for a list": (changed(provisioningSteps={"name": "x"}), "provisioningSteps"),
    "a text for an object": (changed(sourceIdentity="somebody"), "sourceIdentity"),
    "broken JSON in a string": (changed(provisioningSteps='[{"name": "x"'), "provisioningSteps"),
    "a wrong type deep inside": (changed(provisioningSteps=[{"provisioningStepType": "matching", "details": {"id": 5}}]), "id is 5"),
    "two ids": (LINE[:-1] + b',"id":"event-8"}', 'the key "id" stands twice'),
    "two statuses": (LINE.replace(b'"status":', b'"status":"skipped","status":', 1), 'the key "status" stands twice'),
    "a key twice where nobody looks": (raw("cycleId", '"c","unread":{"a":1,"a":2}'), 'the key "a" stands twice'),
    "a key twice, once spelled in codes": (LINE[:-1] + b',"\\u0069d":"event-8"}', 'the key "id" stands twice'),
    "a key twice, between blanks": (LINE[:-1] + b' , "id" : "event-8" }', 'the key "id" stands twice'),
    "a key twice in a string's JSON": (changed(provisioningSteps='[{"name":"x","name":"y"}]'), 'the key "name" stands twice'),
    "no time": (changed(activityDateTime=None), "activityDateTime is missing"),
    "a time that is none": (changed(activityDateTime="soon"), '"soon" is no time'),
    "30 February": (changed(activityDateTime="2026-02-30T00:00:00Z"), "at: "),
    "neither id": (changed(id=None, changeId=None), "both id and changeId are missing"),
    "empty ids": (changed(id="", changeId=""), "both id and changeId are missing"),
    "no status": (changed(provisioningStatusInfo=None), "status is missing"),
    "an empty status": (changed(provisioningStatusInfo={"status": None}), "status is missing"),
    "an unknown status": (changed(provisioningStatusInfo={"status": "queued"}), "'queued'"),
    "no action": (changed(provisioningAction=None), "provisioningAction is missing"),
    "the error of a service": (b'{"error":{"code":"TooManyRequests","message":"later"}}', "TooManyRequests"),
}


@pytest.mark.parametrize("trap", BAD_LINES)
def test_a_bad_line(tmp_path, trap):
    """A bad line between good ones is rejected by its number with a reason; both good ones stay."""
    line, word = BAD_LINES[trap]
    put(tmp_path, log__jsonl=BEFORE + line + b"\n" + BEHIND)
    aside = read.set_aside(tmp_path, workdir=tmp_path / ".parts")
    assert aside.select("row", "kind").rows() == [(2, "rejected")]
    assert word in aside["reason"][0]
    assert read.events(tmp_path, workdir=tmp_path / ".parts").collect()["event_id"].to_list() == ["event-1", "event-2"]


DOCUMENTED = [
    name for name, (line, _) in BAD_LINES.items() if line.startswith(b"{") and line.endswith(b"}") and not name.startswith("two ")
]


@pytest.mark.parametrize("trap", DOCUMENTED)
def test_a_bad_record_of_a_page(tmp_path, trap):
    """The same in a page, where no line ends help: the record alone is rejected."""
    line, word = BAD_LINES[trap]
    put(tmp_path, log__json=b'{"value":[' + BEFORE.strip() + b"," + line + b"," + BEHIND.strip() + b"]}")
    aside = read.set_aside(tmp_path, workdir=tmp_path / ".parts")
    assert aside.select("row", "kind").rows() == [(2, "rejected")]
    assert word in aside["reason"][0]
    assert read.events(tmp_path, workdir=tmp_path / ".parts").collect()["event_id"].to_list() == ["event-1", "event-2"]


@pytest.mark.parametrize("again", [b'"id":"event-9"', b' "id" : "event-9"', b'"\\u0069d":"event-9"'])
def test_the_same_said_twice(tmp_path, again):
    """A key that stands twice with one and the same value leaves nothing in doubt, and the record is kept."""
    put(tmp_path, log__jsonl=LINE[:-1] + b"," + again + b"}\n")
    assert read.events(tmp_path, workdir=tmp_path / ".parts").collect()["event_id"].to_list() == ["event-9"]


@pytest.mark.parametrize(
    ("ours", "met"), [('"jobId"', '"JobID"'), ('"sourceIdentity"', '"SourceIdentity"'), ('"displayName": "Ada', '"DISPLAYNAME": "Ada')]
)
def test_a_key_in_another_case(tmp_path, ours, met):
    """One key among many that is spelled in another case is read as ours, never passed over."""
    changed = json.dumps(record(1)).replace(ours, met).encode()
    assert changed.decode() != json.dumps(record(1))
    put(tmp_path, log__jsonl=json.dumps(record(1)).encode() + b"\n" + changed, one__jsonl=changed)
    assert read.receipt(tmp_path, workdir=tmp_path / ".parts")["duplicate"].sum() == 2
    whole, other = (
        read.events(tmp_path / name, workdir=tmp_path / ".parts").drop("file").collect().row(0) for name in ("log.jsonl", "one.jsonl")
    )
    assert whole == other


def test_a_line_split_in_two(tmp_path):
    """Two halves of one record are two rejected lines, never one joined row."""
    put(tmp_path, log__jsonl=BEFORE + LINE.replace(b"Ada", b"A\nda", 1) + b"\n" + BEHIND)
    assert read.receipt(tmp_path, workdir=tmp_path / ".parts").select("rows", "kept", "rejected").row(0) == (4, 2, 2)


def test_a_torn_last_line(tmp_path):
    """A file cut off in its last line loses that line alone, loudly; blank lines are no records."""
    put(tmp_path, log__jsonl=BEFORE + b"\n \r\n" + BEHIND + LINE[:40])
    assert read.receipt(tmp_path, workdir=tmp_path / ".parts").select("rows", "kept", "rejected").row(0) == (3, 2, 1)


def test_packed_bytes_that_give_out(tmp_path):
    """A truncated .gz gives what stands before, and says so."""
    packed = gzip.compress(b"".join(lines(failed(n, f"reason {n * n}")) for n in range(1, 400)))
    put(tmp_path, log__gz=packed[: len(packed) * 2 // 3])
    got = read.receipt(tmp_path, workdir=tmp_path / ".parts").row(0, named=True)
    assert 0 < got["kept"] < 399 and got["rejected"] <= 1
    assert "the packed bytes give out" in got["notes"]


@pytest.mark.parametrize("ending", [b"", b',{"id":"torn', b","])
def test_a_page_that_ends_early(tmp_path, ending):
    """A page without its end gives the records before it, and says that it is cut off."""
    put(tmp_path, log__json=b'{"value":[' + BEFORE.strip() + ending)
    got = read.receipt(tmp_path, workdir=tmp_path / ".parts").row(0, named=True)
    assert (got["kept"], got["rejected"]) == (1, int(b"torn" in ending))
    assert "ends before its closing bracket" in got["notes"]


def test_an_error_spliced_into_a_page(tmp_path):
    """A service that fails while it answers splices its error into the last record: the page is marked, the rows before stay."""
    spliced = b'{"value":[' + BEFORE.strip() + b',{"id":"event-2"{\n "error": {"code": "BadRequest", "message": "null"}\n}'
    put(tmp_path, log__json=spliced)
    got = read.receipt(tmp_path, workdir=tmp_path / ".parts").row(0, named=True)
    assert (got["kept"], got["rejected"]) == (1, 1)
    assert "truncated_by_service_error BadRequest" in got["notes"]


def test_an_error_instead_of_a_page(tmp_path):
    """An answer that is nothing but an error is a rejected row, not an empty log."""
    put(tmp_path, log__json=b'{"error": {"code": "Forbidden", "message": "no"}}')
    aside = read.set_aside(tmp_path, workdir=tmp_path / ".parts")
    assert aside.select("kind", "reason").rows() == [("rejected", "an error of the service: Forbidden")]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (
            {
                "time": "2026-05-04T00:00:00Z",
                "category": "ProvisioningLogs",
                "resourceId": "/SUBSCRIPTIONS/X/PROVIDERS/MICROSOFT.BAKERY/OVENS/1",
                "operationName": "Provision",
                "properties": {"Status": "Completed"},
            },
            "MICROSOFT.BAKERY",
        ),
        ({"category": "ServicePrincipalSignInLogs", "operationName": "Sign-in activity", "properties": {}}, "a sign-in of an app"),
        ({"id": "g-1", "displayName": "Staff", "groupTypes": [], "securityEnabled": True}, "a group"),
        ({"id": "u-1", "userPrincipalName": "ada@example.org"}, "Graph users"),
        ({"hello": "world"}, "no record of a kind known here"),
    ],
)
def test_what_belongs_elsewhere_is_foreign(tmp_path, other, reason):
    """A record of another product or kind among provisioning events is counted as foreign and named, not rejected."""
    put(tmp_path, log__jsonl=BEFORE + lines(other))
    aside = read.set_aside(tmp_path, workdir=tmp_path / ".parts")
    assert aside.select("row", "kind").rows() == [(2, "foreign")] and reason in aside["reason"][0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PAR1 is how Parquet begins", "Parquet"),
        (b"\0\1\2\3" * 40, "neither text"),
        (b"# notes\nof a colleague", "neither JSON nor a table"),
        (b"a,b\n1,2\n", "headed a, b"),
    ],
)
def test_what_nothing_recognises_is_listed(tmp_path, content, said):
    """A file that is no export stands in the receipt as unrecognised, and stops a reading of it alone."""
    put(tmp_path, what=content)
    got = read.receipt(tmp_path, workdir=tmp_path / ".parts").row(0, named=True)
    assert got["kept"] == 0 and got["rows"] == got["foreign"] + got["rejected"] == 1
    assert said in read.set_aside(tmp_path, workdir=tmp_path / ".parts")["reason"][0]
    with pytest.raises(InputError, match="no provisioning log"):
        read.events(tmp_path / "what", workdir=tmp_path / ".parts")


def test_dates_that_contradict_stop_a_file(tmp_path):
    """One date that cannot be month first puts every date of its file in doubt: nothing of it is kept."""
    slashed = lines(*(record(n, activityDateTime=f"{n}/5/2026 8:00:00 AM") for n in (3, 4, 14)))
    put(tmp_path, log__jsonl=slashed, other__jsonl=BEFORE)
    receipt = read.receipt(tmp_path, workdir=tmp_path / ".parts")
    assert receipt.select("file", "kept", "rejected").rows() == [("log.jsonl", 0, 3), ("other.jsonl", 1, 0)]
    assert "14/5/2026" in receipt["notes"][0] and "date_order" in receipt["notes"][0]
    assert read.set_aside(tmp_path, workdir=tmp_path / ".parts")["row"].to_list() == [1, 2, 3]
    with pytest.raises(InputError, match="14/5/2026"):
        read.events(tmp_path / "log.jsonl", workdir=tmp_path / ".parts")


def test_what_is_not_an_export_is_never_opened(tmp_path):
    """The truth of a simulated world, hidden files and the settings are no data, even where they hold some."""
    put(tmp_path / "truth", log__jsonl=BEFORE)
    put(tmp_path / ".cache", log__jsonl=BEFORE)
    put(tmp_path, log__jsonl=BEHIND, tenant__toml='app = "Deskplan"', **{".hidden": BEFORE})
    assert read.receipt(tmp_path, workdir=tmp_path / ".parts")["file"].to_list() == ["log.jsonl"]


def test_a_hostile_name_and_text_stay_data(tmp_path):
    """Markup, formulas and separators in names and cells come through as they are."""
    hostile = '=HYPERLINK("//x")<script>alert(1)</script>; \'../../etc'
    put(tmp_path, log__jsonl=lines(record(1, sourceIdentity={"id": "x", "displayName": hostile})))
    assert read.events(tmp_path, workdir=tmp_path / ".parts").select("source_name").collect().item() == hostile


def test_many_bad_lines_cost_no_good_one(tmp_path):
    """Every second line torn: half is kept, half is listed, in order."""
    whole = b"".join(lines(record(n)) + lines(record(n))[:50] + b"\n" for n in range(1, 3_001))
    put(tmp_path, log__jsonl=whole)
    got = read.events(tmp_path, workdir=tmp_path / ".parts").select("row").collect()["row"]
    assert got.to_list() == list(range(1, 6_000, 2))
    assert read.set_aside(tmp_path, workdir=tmp_path / ".parts")["row"].to_list() == list(range(2, 6_001, 2))
    assert json.loads(lines(record(1))) and isinstance(got, pl.Series)
