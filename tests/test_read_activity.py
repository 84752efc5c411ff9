"""Sign-ins, presence, desks and the bill: what stands beside the directory and the app's accounts."""

import csv
import io
import json
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from typed_records import put

from scimlab import read, simulate
from scimlab.schema import ACTIVITY, DESKS, INVOICE

ADA = "11f0e2d3-c4b5-4a69-8788-796a5b4c3d2e"
NINE = datetime(2026, 5, 4, 9, tzinfo=UTC)


def sign_in(number: int = 0, code: int | str | None = 0, **given: object) -> dict:
    """A sign-in as Graph gives it."""
    return {
        "id": f"sign-in-{number}", "createdDateTime": f"2026-05-04T09:{number:02}:00Z", "userId": ADA,
        "userPrincipalName": "ada@example.org", "userDisplayName": "Ada Moor", "appDisplayName": "Mail", "ipAddress": "192.0.2.7",
        "clientAppUsed": "Browser", "conditionalAccessStatus": "notApplied",
        "status": {"errorCode": code, "failureReason": "Other.", "additionalDetails": None},
    } | given  # fmt: skip


def diagnostic(record: dict, category: str = "SignInLogs") -> dict:
    """The sign-in as a diagnostic line."""
    return {
        "time": record["createdDateTime"], "resourceId": "/tenants/x/providers/Microsoft.aadiam", "category": category,
        "operationName": "Sign-in activity", "resultType": "0", "properties": record,
    }  # fmt: skip


def log_row(record: dict) -> dict:
    """The sign-in as a row of the table SigninLogs."""
    return {
        "TimeGenerated": record["createdDateTime"], "CreatedDateTime": record["createdDateTime"], "AppDisplayName": "Mail",
        "ResultType": str(record["status"]["errorCode"]), "UserId": record["userId"], "UserPrincipalName": record["userPrincipalName"],
        "Status": json.dumps(record["status"]), "Type": "SigninLogs",
    }  # fmt: skip


def portal_row(record: dict) -> dict:
    """The sign-in as a row of the portal's download."""
    return {
        "Date (UTC)": record["createdDateTime"], "Request ID": record["id"], "User agent": "", "User ID": record["userId"],
        "User": "Ada Moor", "Username": record["userPrincipalName"], "Application": "Mail",
        "Status": "Failure" if record["status"]["errorCode"] else "Success",
    }  # fmt: skip


def lines(*records: dict) -> bytes:
    """JSON Lines."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in records)


def table(rows: list[dict]) -> bytes:
    """Rows as a CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def tenant(folder: Path, toml: str = "", **files: bytes) -> object:
    """The tenant of a folder of these files."""
    return read.tenant(put(folder / "in", tenant__toml=toml, **files), workdir=folder / "parts")


SEEN = [sign_in(0), sign_in(1, 50126), sign_in(2, userId="bea", userPrincipalName="bea@example.org")]
FORMS = {
    "Graph page": json.dumps({"@odata.context": "https://graph.example/$metadata#auditLogs/signIns", "value": SEEN}).encode(),
    "JSON Lines": lines(*SEEN),
    "few fields": lines(*({key: each[key] for key in ("id", "createdDateTime", "userId", "userPrincipalName", "status")} for each in SEEN)),
    "diagnostic lines": lines(*map(diagnostic, SEEN)),
    "tokens renewed": lines(*(diagnostic(each, "NonInteractiveUserSignInLogs") for each in SEEN)),
    "record in a string": lines(*({**each, "properties": json.dumps(each["properties"])} for each in map(diagnostic, SEEN))),
    "Log Analytics": json.dumps([*map(log_row, SEEN)]).encode(),
    "Log Analytics CSV": table([*map(log_row, SEEN)]),
    "portal CSV": table([*map(portal_row, SEEN)]),
}


@pytest.mark.parametrize("form", FORMS)
def test_sign_ins(tmp_path, form):
    """Every form tells who was let in and when; whoever was refused is foreign, and said to be."""
    got = tenant(tmp_path, what=FORMS[form])
    assert got.activity.schema == ACTIVITY
    assert got.activity.rows() == [
        (ADA, "ada@example.org", NINE, "sign_in", None, "what", 1),
        ("bea", "bea@example.org", NINE.replace(minute=2), "sign_in", None, "what", 3),
    ]
    assert got.set_aside.select("row", "kind").rows() == [(2, "foreign")] and "a sign-in that was refused" in got.set_aside["reason"][0]
    assert got.records.is_empty() and got.people.is_empty() and got.as_of == NINE.replace(minute=2)


@pytest.mark.parametrize(
    ("record", "kind", "reason"),
    [
        (sign_in(1, createdDateTime=None), "rejected", "createdDateTime is missing"),
        (sign_in(1, userId=None, userPrincipalName=""), "rejected", "both userId and userPrincipalName are missing"),
        (sign_in(1, None), "rejected", "status.errorCode is missing"),
        (diagnostic(sign_in(1), "ManagedIdentitySignInLogs"), "foreign", "a sign-in of an app"),
        ({"id": "u-1", "userPrincipalName": "a@x", "createdDateTime": "2026-05-04T09:00:00Z"}, "foreign", "Graph users"),
    ],
)
def test_what_is_no_sign_in(tmp_path, record, kind, reason):
    """A record that cannot be a sign-in of a person is set aside with its reason."""
    got = tenant(tmp_path, a__jsonl=lines(sign_in(0), record, sign_in(2)))
    assert got.activity["row"].to_list() == [1, 3]
    assert got.set_aside.select("row", "kind").rows() == [(2, kind)] and reason in got.set_aside["reason"][0]


def test_a_sign_in_told_twice(tmp_path):
    """The same moment of the same person in two exports is one."""
    got = tenant(tmp_path, a__jsonl=lines(*SEEN), b__csv=table([*map(portal_row, SEEN)]))
    assert got.activity.height == 2 and sorted(got.receipt["duplicate"]) == [0, 2]


PRESENCE = (
    b"Occupant ID,Login,Seen,Floor\n"
    b"occ-1,ada@example.org,2026-05-04T09:00:00Z,2\n"  # seen, on a floor that nobody asks about
    b"occ-2,,2026-05-04T09:01:00Z,2\n"  # by the record's id alone
    b"occ-3,bea@example.org,,2\n"  # not known when
    b",,2026-05-04T09:03:00Z,2\n"  # nobody
)


def test_presence(tmp_path):
    """A row a time somebody was there, by login or by the record's id."""
    got = tenant(tmp_path, presence__csv=PRESENCE)
    assert got.activity.drop("file").rows() == [
        (None, "ada@example.org", NINE, "present", "occ-1", 1),
        (None, None, NINE.replace(minute=1), "present", "occ-2", 2),
    ]
    reasons = ["at is empty", "object_id and user_name and target_id is empty"]
    assert got.set_aside.select("row", "reason").rows() == [*zip([3, 4], reasons, strict=True)]
    assert got.receipt["notes"].to_list() == ["headers not used: Floor"]


def test_presence_of_several_kinds(tmp_path):
    """What the use was is kept in the export's own word; a local time is read only where its zone is said."""
    told = b"Login,At,Kind\nada@example.org,2026-05-04 11:00,Desk check-in\n"
    assert tenant(tmp_path, p__csv=told).set_aside["reason"][0].startswith('at: "2026-05-04 11:00" carries no zone')
    got = tenant(tmp_path / "zone", '[files]\nzone = "Europe/Berlin"\n', p__csv=told).activity
    assert got.select("at", "kind").rows() == [(NINE, "desk_check_in")]


def test_desks(tmp_path):
    """A row a desk held; an open end is not known to end."""
    told = b"Occupant,Desk,Type,From,Until\nocc-1,D-7,assigned,2026-05-04T09:00:00Z,\n,D-8,assigned,2026-05-04T09:00:00Z,\nTotal,1,,,\n"
    got = tenant(tmp_path, desks__csv=told)
    assert got.desks.schema == DESKS and got.desks.drop("file").rows() == [("occ-1", "D-7", "assigned", NINE, None, 1)]
    assert got.set_aside.select("row", "kind", "reason").rows() == [
        (2, "rejected", "target_id is empty"),
        (3, "foreign", "a row of totals"),
    ]


def test_the_bill(tmp_path):
    """A row a line; a person billed twice is billed twice, the same bill in another file is not."""
    told = (
        b"E-mail,Billed on,Quantity\n"
        b"ada@example.org,2026-05-31,1\nada@example.org,2026-05-31,1\n"  # twice
        b"bea@example.org,2026-05-31,0.5\ncem@example.org,2026-05-31,\n"  # half a month, and not said
        b"dov@example.org,31.5.2026,1\neva@example.org,2026-05-31,one\n,2026-05-31,1\n"  # no day, no number, nobody
    )
    got = tenant(tmp_path, a__csv=told, b__csv=told)
    assert got.invoice.schema == INVOICE and got.invoice["billed_on"].unique().to_list() == [date(2026, 5, 31)]
    assert sorted(got.invoice.select("address", "quantity").rows(), key=str) == [
        ("ada@example.org", 1.0), ("ada@example.org", 1.0), ("bea@example.org", 0.5), ("cem@example.org", None),
    ]  # fmt: skip
    assert sorted(got.receipt.select("kept", "duplicate", "rejected").rows()) == [(0, 4, 3), (4, 0, 3)]


def test_what_the_simulated_world_writes(tmp_path):
    """Each export that a world writes is read whole, and the tidy folder carries all of it."""
    exports = ("log", "users", "deleted", "records", "assignments", "audit", "jobs", "sign_ins", "presence", "desks", "invoice")
    simulate.write(tmp_path / "in", seed=5, people=20, months=2, exports=exports)
    got = read.tenant(tmp_path / "in", workdir=tmp_path / "parts")
    lost = got.receipt.filter(pl.col("rows") != pl.col("kept"))["file"].to_list()
    # A group's rule is no frame's business.
    assert set(lost) <= {"groups.json"} and got.receipt["notes"].str.replace("names a next page", "").unique().to_list() == [""]
    frames = ("assignments", "audit", "activity", "jobs", "mappings", "roster", "invoice", "desks", "receipt", "set_aside")
    again = read.tenant(read.write_tidy(got, tmp_path / "tidy"))
    for frame in frames:
        assert frame == "set_aside" or not getattr(got, frame).is_empty()
        assert_frame_equal(getattr(again, frame), getattr(got, frame))
    assert set(got.activity["kind"]) == {"sign_in", "present"}


@given(st.sampled_from([*FORMS.values(), PRESENCE]), st.data())
def test_damaged_exports(seed, data):
    """An export with bytes changed, cut out or put in gives whole frames, and the sums add up."""
    content = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.sampled_from([0, 1, 5, 60]))] = data.draw(
            st.sampled_from([b"", b'"', b"}", b"7", b"\xff", b","])
        )
    with tempfile.TemporaryDirectory() as name:
        got = tenant(Path(name), what=bytes(content))
        assert got.activity.schema == ACTIVITY and got.activity["at"].null_count() == 0
        sums = got.receipt.select(pl.col("rows") - pl.sum_horizontal("kept", "duplicate", "foreign", "rejected")).to_series()
        assert (sums == 0).all() and got.set_aside.height == (got.receipt["rows"] - got.receipt["kept"]).sum()
