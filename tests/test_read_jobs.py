"""Synchronization jobs and their schemas: how a job stands, and what is made of what."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typed_records import put

from scimlab import read
from scimlab.schema import JOBS, MAPPINGS

JOB = "scim.0d1e2f304152463784859_6a7b8c9dae1.job"
HELD = {"currentBegan": "2026-05-03T10:00:00Z", "reason": "TooManyDeletes", "seriesCount": 2, "error": {"code": "X", "message": ""}}


def job(**given: object) -> dict:
    """A job as Graph gives it."""
    return {
        "id": JOB, "templateId": "scim", "schedule": {"expiration": None, "interval": "PT40M", "state": "Active"},
        "status": {"code": "Active", "quarantine": None, "lastExecution": {"state": "Succeeded", "timeBegan": "2026-05-04T08:00:00Z"}},
        "synchronizationJobSettings": [{"name": "QuarantineTooManyDeletesThreshold", "value": "500"}],
    } | given  # fmt: skip


def attribute(target: str, source: str, priority: int = 0) -> dict:
    """A mapping of an attribute as Graph gives it."""
    made = {"expression": source, "name": source.strip("[]"), "type": "Attribute", "parameters": []}
    return {"targetAttributeName": target, "source": made, "matchingPriority": priority, "flowType": "Always", "flowBehavior": "FlowAlways"}


def schema(*mappings: dict, job_id: str = JOB) -> dict:
    """A schema as Graph gives it: one rule with the mappings of each type of object."""
    return {"id": job_id, "synchronizationRules": [{"id": "rule", "name": "USER_OUTBOUND_USER", "objectMappings": [*mappings]}]}


def users(*attributes: dict, flows: str | None = "Add, Update, Delete") -> dict:
    """How users are provisioned."""
    return {
        "enabled": True,
        "flowTypes": flows,
        "sourceObjectName": "User",
        "targetObjectName": "x:User",
        "attributeMappings": [*attributes],
    }


def tenant(folder: Path, *records: object, toml: str = "") -> object:
    """The tenant of a folder that holds these records, a file each."""
    files = {f"{number}__json": json.dumps(each).encode() for number, each in enumerate(records)}
    return read.tenant(put(folder / "in", tenant__toml=toml, **files), workdir=folder / "parts")


def test_a_job(tmp_path):
    """Its state, its schedule, its threshold and its last run; what its settings do not hold is not known."""
    got = tenant(tmp_path, {"value": [job()]}, toml="[files]\ntaken_at = 2026-05-04T09:00:00Z\n").jobs
    assert got.schema == JOBS
    assert got.row(0) == (
        *(JOB, None, "Active", "Active", "PT40M", None, None, 500, None, None),
        *(datetime(2026, 5, 4, 8, tzinfo=UTC), datetime(2026, 5, 4, 9, tzinfo=UTC), "0.json", 1),
    )


def test_a_job_in_quarantine_that_never_ran(tmp_path):
    """Why and since when it is held; the year one says never."""
    status = {"code": "Quarantine", "quarantine": HELD, "lastExecution": {"timeBegan": "0001-01-01T00:00:00Z"}}
    got = tenant(tmp_path, job(status=status, synchronizationJobSettings=None)).jobs.row(0, named=True)
    assert (got["status"], got["quarantine_reason"]) == ("Quarantine", "TooManyDeletes")
    assert got["quarantined_at"] == datetime(2026, 5, 3, 10, tzinfo=UTC)
    assert got["last_run_at"] is None and got["deletion_threshold"] is None


@pytest.mark.parametrize(
    ("value", "told"), [("500", 500), (500, 500), ("", None), (None, None), ("many", None), ("-1", None), (True, None), ("9" * 30, None)]
)
def test_a_threshold(tmp_path, value, told):
    """A whole number, in whichever spelling; anything else is not known."""
    settings = [{"name": "QuarantineTooManyDeletesThreshold", "value": value}]
    assert tenant(tmp_path, job(synchronizationJobSettings=settings)).jobs["deletion_threshold"].to_list() == [told]


def test_settings_that_stand_among_the_secrets(tmp_path):
    """Who keeps the secrets' switches with the job is told whether it reaches everyone and passes over who is out of scope."""
    switches = [{"key": "SyncAll", "value": "False"}, {"key": "SkipOutOfScopeDeletions", "value": "True"}]
    assert tenant(tmp_path, job(synchronizationJobSettings=switches)).jobs.select("syncs_all", "skips_out_of_scope").row(0) == (False, True)


def test_a_schema(tmp_path):
    """A row an attribute of each type of object, with what it is made of and which of the actions are taken."""
    groups = {"flowTypes": "Update,Add", "sourceObjectName": "Group", "attributeMappings": [attribute("displayName", "[displayName]")]}
    got = tenant(tmp_path, schema(users(attribute("userName", "[userPrincipalName]", 1), attribute("externalId", "[objectId]")), groups))
    assert got.mappings.schema == MAPPINGS
    assert got.mappings.drop("file").rows() == [
        (JOB, "User", "userName", "[userPrincipalName]", 1, "Always", "add update delete", 1),
        (JOB, "User", "externalId", "[objectId]", None, "Always", "add update delete", 1),
        (JOB, "Group", "displayName", "[displayName]", None, "Always", "add update", 1),
    ]
    assert got.receipt.select("form", "rows", "kept").row(0) == ("Graph synchronization schema", 1, 1)


def test_a_schema_of_which_little_is_said(tmp_path):
    """What a mapping leaves out is not known."""
    bare = {"targetAttributeName": "active", "source": None, "flowBehavior": "FlowWhenChanged"}
    got = tenant(tmp_path, schema(users(bare, flows=None))).mappings
    assert got.drop("file", "row").rows() == [(JOB, "User", "active", None, None, "FlowWhenChanged", None)]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (job(id=""), "id is missing"),
        (job(status=None, schedule=None), "both schedule and status are missing"),
        (schema(), "hold no attributeMappings"),
        (schema(users(attribute("userName", "[mail]")), job_id=""), "id is missing"),
        (job(status="Active"), "status"),
    ],
)
def test_what_is_no_job(tmp_path, given, reason):
    """A record that cannot be a job or a schema is rejected with its reason."""
    got = tenant(tmp_path, given)
    assert got.receipt.select("kept", "rejected").row(0) == (0, 1) and reason in got.set_aside["reason"][0]


def test_jobs_and_schemas_told_twice(tmp_path):
    """The same again is one; what differs was so at another time, and both are kept."""
    one, other = schema(users(attribute("userName", "[mail]"))), schema(users(attribute("userName", "[userPrincipalName]")))
    held = job(status={"code": "Quarantine", "quarantine": HELD})
    got = tenant(tmp_path, one, one, other, job(), held, job())
    assert sorted(got.mappings["source"]) == ["[mail]", "[userPrincipalName]"]
    assert sorted(got.jobs["status"]) == ["Active", "Quarantine"]
    assert sorted(got.receipt["duplicate"]) == [0, 0, 0, 0, 1, 1]


def test_a_job_and_its_schema_in_one_file(tmp_path):
    """Records of two kinds in one list are told apart; the second kind is foreign there, and said to be."""
    got = tenant(tmp_path, [job(), schema(users(attribute("userName", "[mail]")))])
    assert (got.jobs.height, got.mappings.height) == (1, 0)
    assert "synchronization schema" in got.set_aside["reason"][0]
