"""One provisioning record becomes one row of EVENTS, in whatever shape it comes."""

import gzip
import json
from datetime import UTC, datetime

import polars as pl
import pytest
from typed_records import ADA, APP, TENANT, failed, lines, page, put, record

from scimlab import read
from scimlab.schema import EVENTS

REASON = (
    'StatusCode: Conflict\r\nMessage: refused.\r\nWeb Response: \r\n{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],'
    '"detail":"address is taken","status":409,"scimType":"uniqueness"}. This operation was retried 4 times. '
    "It will be retried again after this date: 2026-05-05T06:00:00.1234567Z UTC"
)


@pytest.fixture
def row(tmp_path):
    """The one row that a record gives."""

    def read_one(whole: dict) -> dict:
        (tmp_path / "log.json").write_bytes(lines(whole))
        return read.events(tmp_path / "log.json", workdir=tmp_path / ".parts").collect().row(0, named=True)

    return read_one


def step(name: str, kind: object, status: object = "success", **details: object) -> dict:
    """A step of a change."""
    return {"name": name, "provisioningStepType": kind, "status": status, "description": "…", "details": details}


def test_what_a_record_says_of_itself(row):
    """Ids, app, action, status, object and time come from the record's own fields; empty ids are none."""
    got = row(record(3, targetIdentity={"id": "", "displayName": "", "identityType": "User", "details": {}}))
    wanted = {
        "event_id": "event-3",
        "at": datetime(2026, 5, 4, 0, 3, tzinfo=UTC),
        "tenant_id": TENANT,
        "cycle_id": "cycle-1",
        "change_id": "change-3",
        "app_id": APP,
        "app_name": "Deskplan",
        "action": "update",
        "status": "success",
        "object_type": "user",
        "source_id": ADA,
        "source_name": "Ada Moor",
        "source_user_name": "ada.moor@example.org",
        "target_id": None,
        "target_name": None,
        "initiated_by": "Azure AD Provisioning Service",
        "duration_ms": 250,
        "counted": True,
        "file": "log.json",
        "row": 1,
    }
    assert {name: got[name] for name in wanted} == wanted


def test_a_failure_is_decoded(row):
    """What the reason of a failure says stands in columns of its own."""
    got = row(failed(1, REASON, "SystemForCrossDomainIdentityManagementServiceIncompatible"))
    assert (got["http_status"], got["scim_type"], got["detail"], got["cause"]) == (
        409,
        "uniqueness",
        "address is taken",
        "duplicate_conflict",
    )
    assert (got["retry_count"], got["next_retry_at"]) == (4, datetime(2026, 5, 5, 6, 0, 0, 123456, tzinfo=UTC))
    assert got["reason"] == REASON


def test_only_a_failure_has_a_cause(row):
    """A skipped event may carry a code and a reason, yet nothing failed."""
    told = {"status": "skipped", "errorInformation": {"errorCode": "RedundantExport", "reason": "Both agree."}}
    got = row(record(1, provisioningStatusInfo=told))
    assert (got["error_code"], got["reason"], got["cause"], got["http_status"]) == ("RedundantExport", "Both agree.", None, None)


def test_steps_speak_for_their_side(row):
    """Import steps tell of the source, matching steps of the target, scoping steps of assignment, export steps of what was sent."""
    got = row(
        record(
            1,
            provisioningSteps=[
                step("EntryEscrowRetry", "import", Identifier=ADA),
                step("EntryImportUpdate", "import", accountEnabled="False", IsSoftDeleted="True"),
                step("EntryImport", "matching", id="acc-7", userName="moor@example.org", active="True"),
                step(
                    "EntrySynchronizationScoping",
                    "scoping",
                    **{"Assigned to the application": "True", "Scoping filter evaluation passed": "False"},
                ),
                step(
                    "EntryExportUpdate",
                    "export",
                    "failure",
                    active="false",
                    userName="ada.moor@example.org",
                    externalId="x-1",
                    **{'emails[type eq "work"]value': "ada@example.org"},
                ),
            ],
        )
    )
    wanted = {
        "is_retry": True,
        "source_enabled": False,
        "source_soft_deleted": True,
        "assigned": True,
        "in_scope": False,
        "matched_target_id": "acc-7",
        "matched_user_name": "moor@example.org",
        "matched_active": True,
        "sent_active": False,
        "sent_user_name": "ada.moor@example.org",
        "sent_external_id": "x-1",
        "sent_mail": "ada@example.org",
        "steps_failed": "EntryExportUpdate",
    }
    assert {name: got[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    "details",
    [
        {"Assigned to the application": "True", "Scoping filter evaluation passed": "True"},  # today
        {"Assigned": "True", "IsInProvisioningScopeDisplayName": "True"},  # 2020
        {"IsActive": "True", "Assigned to the application": "True", "IsInProvisioningScope": "True"},  # the portal's text
    ],
)
def test_three_wordings_of_scoping(row, details):
    """Assignment and scope are understood in each wording the scoping step was seen in."""
    got = row(record(1, provisioningSteps=[step("EntrySynchronizationScoping", "scoping", **details)]))
    assert (got["assigned"], got["in_scope"]) == (True, True)


def test_a_skip_says_why(row):
    """The skip step's reason and property are kept as they are: no list of them is closed."""
    skip = step("EntrySynchronizationSkip", "processing", "skipped", SkipReason="SomethingNew", PropertyName="name.familyName")
    got = row(record(1, provisioningSteps=[skip], provisioningStatusInfo={"status": "skipped"}))
    assert (got["skip_reason"], got["skip_property"], got["is_retry"], got["steps_failed"]) == (
        "SomethingNew",
        "name.familyName",
        False,
        None,
    )


def test_properties_beat_steps(row):
    """What was sent is told by the modified properties first, in any case of True and False; null is nothing sent."""
    sent = [("active", "TRUE"), ("userName", "new@example.org"), ('emails[type eq "work"].value', "m@example.org"), ("externalId", None)]
    got = row(
        record(
            1,
            modifiedProperties=[{"displayName": name, "oldValue": None, "newValue": value} for name, value in sent],
            provisioningSteps=[step("EntryExportUpdate", "export", active="False", userName="old@example.org", externalId="kept")],
        )
    )
    assert [got[f"sent_{name}"] for name in ("active", "user_name", "mail", "external_id")] == [
        True,
        "new@example.org",
        "m@example.org",
        "kept",
    ]


def test_without_steps_nothing_is_known(row):
    """A record whose form carries no steps says neither that it was a retry nor that it was none."""
    got = row(record(1, provisioningSteps=None))
    assert [got[name] for name in ("is_retry", "assigned", "source_enabled", "sent_active", "steps_failed")] == [None] * 5


@pytest.mark.parametrize(
    ("met", "ours"),
    [
        ("create", "create"),
        ("Disable", "disable"),
        ("stagedDelete", "staged_delete"),
        ("stageddelete", "staged_delete"),
        ("StagedDelete", "staged_delete"),
        (3, "disable"),
        ("EntryExportAdd", "create"),
        ("somethingElse", "other"),
    ],
)
def test_actions(row, met, ours):
    """An action is understood by word in any case, by number, and as the step that carried it; an unknown one is some other."""
    assert row(record(1, provisioningAction=met))["action"] == ours


@pytest.mark.parametrize(
    ("met", "ours"),
    [
        ("User", "user"),
        ("Group", "group"),
        ("urn:ietf:params:scim:schemas:core:2.0:Group", "group"),
        ("RolesCompound", "role"),
        ("ServicePrincipal", "other"),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "user"),
    ],
)
def test_object_types(row, met, ours):
    """The kind of object is told by the source's identity type."""
    assert row(record(1, sourceIdentity={"id": ADA, "identityType": met}))["object_type"] == ours


def test_the_app_by_its_target_system(row):
    """Where the record names no service principal, the target system's details do; one in a list counts too."""
    details = {"ServicePrincipalId": "sp-9", "ServicePrincipalDisplayName": "Deskplan"}
    got = row(record(1, servicePrincipal=None, targetSystem={"displayName": "customappsso", "details": details}))
    assert (got["app_id"], got["app_name"]) == ("sp-9", "Deskplan")
    listed = row(record(1, servicePrincipal=[{"id": APP, "displayName": "Deskplan"}]))
    assert (listed["app_id"], listed["app_name"]) == (APP, "Deskplan")


def older(whole: dict) -> dict:
    """A record in the shape of the beta years: action and statusInfo, and neither app nor provisioningAction."""
    info = whole.pop("provisioningStatusInfo")
    flat = {"@odata.type": "#microsoft.graph.statusDetails", "status": info["status"], **(info["errorInformation"] or {})}
    return whole | {"action": whole.pop("provisioningAction").title(), "statusInfo": flat}


def pascal(whole: object) -> object:
    """A record as PowerShell's ConvertTo-Json spells it: every key with a capital, but for the open dictionaries."""
    if isinstance(whole, dict):
        return {key[:1].upper() + key[1:]: each if key == "details" else pascal(each) for key, each in whole.items()}
    return [pascal(each) for each in whole] if isinstance(whole, list) else whole


def in_strings(whole: dict) -> dict:
    """A record whose objects are JSON kept in strings."""
    return {key: json.dumps(each) if isinstance(each, (dict, list)) else each for key, each in whole.items()}


WHOLE = failed(1, REASON) | {
    "provisioningSteps": [
        step("EntryExportAdd", "export", "failure", userName="u@example.org", **{'emails[type eq "work"]value': "w@example.org"})
    ]
}
LAYOUTS = {
    "page": page(WHOLE),
    "page with other keys before and behind": page(WHOLE, **{"@odata.nextLink": "https://graph.example/x?$skiptoken=]}["}),
    "pretty page": json.dumps({"value": [WHOLE]}, indent=2).encode(),
    "array": json.dumps([WHOLE]).encode(),
    "single record": json.dumps(WHOLE, indent=1).encode(),
    "lines": lines(WHOLE),
    "lines of pages": page(WHOLE) + b"\n" + page() + b"\n",
    "records of a hub": json.dumps({"records": [WHOLE]}).encode(),
    "older shape": lines(older(dict(WHOLE))),
    "capital keys": lines(pascal(WHOLE)),
    "JSON in strings": lines(in_strings(WHOLE)),
    "byte order mark": b"\xef\xbb\xbf" + lines(WHOLE),
    "CRLF": lines(WHOLE).replace(b"\n", b"\r\n"),
    "UTF-16": lines(WHOLE).decode().encode("utf-16"),
    "UTF-16 without its mark": lines(WHOLE).decode().encode("utf-16-le"),
    "gzip": gzip.compress(lines(WHOLE)),
    "gzip twice in one": gzip.compress(lines(WHOLE)[:100]) + gzip.compress(lines(WHOLE)[100:]),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_record_in_every_layout(tmp_path, layout):
    """However a record is laid out, spelled and packed, it is the same row."""
    put(tmp_path, plain=lines(WHOLE), met=LAYOUTS[layout])
    plain, met = (read.events(tmp_path / name, workdir=tmp_path / ".parts").drop("file").collect() for name in ("plain", "met"))
    assert met.equals(plain)
    assert met.row(0, named=True)["sent_mail"] == "w@example.org"


def test_the_first_failure_may_come_late(tmp_path):
    """A column that stays empty for long is not lost: no schema is taken from the first rows."""
    put(tmp_path, log__jsonl=lines(*(record(n) for n in range(1, 151)), failed(151)))
    found = read.events(tmp_path / "log.jsonl", workdir=tmp_path / ".parts").collect()
    assert found.filter(pl.col("error_code") == "EntryConflict").height == 1 and found.height == 151


def test_no_log_no_rows(tmp_path):
    """A folder without a log gives EVENTS without a row, in their full schema."""
    empty = read.events(put(tmp_path, nothing__json=""), workdir=tmp_path / ".parts").collect()
    assert empty.schema == EVENTS and empty.is_empty()
