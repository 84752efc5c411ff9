"""The invented records beside captured and documented ones, field by field: where these have a value, ours has one written alike."""

import json
import re
from itertools import chain
from pathlib import Path

import pytest

from scimlab import simulate
from scimlab.simulate.exports import audits, entra, graph, monitor
from scimlab.simulate.exports.logs import log

SHARED = Path(__file__).parents[2] / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the captured records are not part of the project")

WAYS = {
    # Those of the documentation are not all hexadecimal.
    "guid": r"[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}",
    "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "instant with ticks": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,7}(Z|\+00:00)",
    "instant, month first": r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M",
    "truth": r"True|False",
    "quoted truth": r"\[(true|false)\]",
    "quoted text": r'".*"',
    "quoted list": r"\[.*\]",
    "name of a job": r"[A-Za-z]+\.[0-9a-z]{32}(\.[0-9a-f-]{36})?",
    "id of an act": r"Directory_[0-9a-f-]{36}_[0-9A-Z]{5}_\d+",
    "tenant's resource": r"/tenants/[0-9a-f-]{36}/providers/Microsoft\.aadiam",
    "nothing": r"",
}


def way(value):
    """How a value is written: its type, and for a text what it looks like."""
    if not isinstance(value, str):
        return type(value).__name__
    return next((name for name, pattern in WAYS.items() if re.fullmatch(pattern, value, re.DOTALL)), "text")


def fields(value, path=""):
    """Every value beneath by its path, and how it is written; elements of a list by their name where they have one."""
    if isinstance(value, dict):
        yield from chain.from_iterable(fields(each, f"{path}.{key}") for key, each in value.items())
    elif isinstance(value, list):
        for each in value:
            named = each.get("displayName") or each.get("name") or "" if isinstance(each, dict) else ""
            yield from fields(each, f"{path}[{named}]")
    else:
        yield path, way(value)


def unlike(captured, ours, *, but=()):
    """The fields of a captured record that ours lacks or writes otherwise, but for those that differ from one tenant to the next."""
    theirs, own = dict(fields(captured)), dict(fields(ours))
    return {path: (written, own.get(path)) for path, written in theirs.items() if own.get(path) != written and not path.startswith(but)}


def shared(name):
    """A file of captured records."""
    return json.loads((SHARED / name).read_text())


@pytest.fixture(scope="module")
def world():
    """A world with every kind of act and event."""
    return simulate.tenant(seed=11, people=210, second_app="Timeclock")


@pytest.fixture(scope="module")
def records(world):
    """Its log as Graph gives it, read back from its bytes."""
    return json.loads(graph.page(log(world)))["value"]


@pytest.fixture(scope="module")
def acts(world):
    """Its audit log."""
    return [*audits.directory_audits(world)]


def first(records, **wanted):
    """The first record with these values."""
    return next(each for each in records if all(each[key] == value for key, value in wanted.items()))


# Which attributes an app takes differs from one to the next, and so does which of them are read from the source.
OF_THE_APP = ('.provisioningSteps[EntryExportAdd].details.addresses', ".provisioningSteps[EntryExportAdd].details.nameformatted",
              ".provisioningSteps[EntryExportAdd].details.preferredLanguage", ".modifiedProperties[name.formatted]")  # fmt: skip


def test_a_retried_create(records):
    """A create tried again after a conflict: down to the sentence with its instants, and the details of the escrow."""
    captured = shared("graph_v1_provisioning_failure_escrow_retry.json")
    captured.pop("_logType")
    ours = next(
        each for each in records if each["provisioningAction"] == "create" and each["provisioningSteps"][0]["name"] == "EntryEscrowRetry"
    )
    assert unlike(captured, ours, but=OF_THE_APP) == {}


def test_a_skipped_group(records):
    """A group that needs no change: of the source only its id is read."""
    (captured,) = shared("graph_v1_provisioning_group_skipped.json")
    ours = next(
        each
        for each in records
        if each["sourceIdentity"]["identityType"] == "Group" and each["provisioningStatusInfo"]["status"] == "skipped"
    )
    # Their job feeds an app of no gallery, which gives ids and systems of its own.
    assert unlike(captured, ours, but=(".targetIdentity.id", ".jobId")) == {}


def test_the_documented_pages(records):
    """A success and a failure of the documentation: the same keys, whatever was provisioned there."""
    captured = shared("graph_v1_provisioning_docs_examples.json")["value"]
    trunk = ("id", "activityDateTime", "tenantId", "jobId", "cycleId", "changeId", "durationInMilliseconds", "provisioningAction",
             "provisioningStatusInfo", "servicePrincipal", "sourceSystem", "targetSystem")  # fmt: skip
    for example, status in zip(captured, ("success", "failure"), strict=True):
        ours = next(each for each in records if each["provisioningStatusInfo"]["status"] == status)
        assert unlike({key: example[key] for key in trunk}, ours, but=(".jobId",)) == {}
        assert {*example} == {*ours}


def test_the_older_shape(world):
    """The beta pages of years ago: `action` and a flat `statusInfo`, no service principal."""
    captured = shared("graph_beta_provisioning_old_shape_docs.json")["value"]
    ours = [graph.older_record(each) for each in log(world)]
    for example, status in zip(captured, ("success", "failure"), strict=True):
        found = next(each for each in ours if each["statusInfo"]["status"] == status and each["action"] == "Create")
        assert unlike(example["statusInfo"], found["statusInfo"]) == {}
        assert {*example} == {*found}


@pytest.mark.parametrize("number", [0, 1])
def test_diagnostic_lines(world, number):
    """A line of the diagnostic export: skipped for want of a surname, and created."""
    captured = json.loads((SHARED / "diag_provisioninglogs_PT1H.jsonl").read_text().splitlines()[number])
    lines = [monitor.diagnostic_line(each) for each in log(world) if each.action == "create"]
    ours = next(
        each
        for each in lines
        if each["resultType"] == captured["resultType"] and each["properties"]["provisioningSteps"][0]["name"] == "EntryImportAdd"
    )
    # Ours happen on whole seconds, of which the record within drops the zeros.
    assert unlike(captured, ours, but=(".properties.activityDateTime",)) == {}


@pytest.mark.parametrize("activity", ["Add user", "Delete user", "Hard Delete user"])
def test_acts_on_users(acts, activity):
    """What the published excerpts say of an act stands in ours, property by property, with JSON inside the string."""
    captured = first(shared("graph_v1_directoryaudits.json")["value"], activityDisplayName=activity)
    captured.pop("_note")
    assert unlike(captured, first(acts, activityDisplayName=activity)) == {}


def test_a_role_and_an_app_given(acts):
    """An administrator's role and an app's role: the resource stands where the captured records have it, and says what was given."""
    captured = shared("graph_v1_directoryaudits.json")["value"]
    role, app = first(captured, category="RoleManagement"), first(captured, category="ApplicationManagement")
    made = first(acts, activityDisplayName="Add member to role")
    given = first(acts, activityDisplayName="Add app role assignment grant to user")
    # Theirs were given to service principals by an app, ours to users by a person.
    assert [*role, "additionalDetails"] == [*made] == [*app, "additionalDetails"] == [*given]
    assert made["operationType"] == given["operationType"] == role["operationType"] == "Assign"
    assert [each["type"] for each in made["targetResources"]] == ["User", "Role"]
    assert [*map(tuple, (each.keys() for each in role["targetResources"]))] == [tuple(each) for each in made["targetResources"]]
    names = [each["displayName"] for each in app["targetResources"][0]["modifiedProperties"] if each["displayName"].startswith("App")]
    assert [each["displayName"] for each in given["targetResources"][0]["modifiedProperties"]][: len(names)] == names
    assert dict(fields(given))[".id"] == dict(fields(app))[".id"] == "id of an act"


def test_changed_properties(acts):
    """An update lists what changed, then the names of it, then what kind of object it was: the captured order."""
    captured = first(shared("graph_v1_directoryaudits.json")["value"], activityDisplayName="Update device")
    ours = first(acts, activityDisplayName="Disable account")
    changed = {number: each["targetResources"][0]["modifiedProperties"] for number, each in enumerate((captured, ours))}
    assert {way(each["newValue"]) for each in changed[0]} == {way(each["newValue"]) for each in changed[1]}
    assert changed[1][0] == {"displayName": "AccountEnabled", "oldValue": "[true]", "newValue": "[false]"}
    assert [each["displayName"] for each in changed[1][1:]] == ["Included Updated Properties", "TargetId.UserType"]
    assert unlike(captured, ours, but=(".targetResources", ".initiatedBy", ".additionalDetails")) == {}


def test_diagnostic_lines_of_audits(world, acts):
    """A line of the audit category: its envelope, and of the actor only the kind that applies."""
    captured = json.loads((SHARED / "diag_auditlogs_PT1H.jsonl").read_text().splitlines()[1])
    ours = audits.diagnostic_line(world, first(acts, activityDisplayName="Disable account"))
    # Theirs was edited before it was published, ids and roles among it.
    masked = (".properties.initiatedBy", ".properties.targetResources", ".properties.id")
    assert unlike(captured, ours, but=masked) == {}
    assert [*ours["properties"]["initiatedBy"]] == [*captured["properties"]["initiatedBy"]] == ["user"]


def test_deleted_users_and_the_portals_list(world):
    """Deleted users are written as captured ones; in the portal's list each column that theirs fills and ours fills is written alike."""
    captured = shared("graph_v1_deleteditems.json")["microsoft.graph.user"]["value"][0]
    assert unlike(captured, entra.graph_deleted(world)["value"][0]) == {}
    header, *lines = (SHARED / "portal_users_export.csv").read_text(encoding="utf-8-sig").splitlines()
    theirs = dict(zip(header.split(","), lines[0].split(","), strict=True))
    columns, *users = entra.portal_rows(world)
    ours = [dict(zip(columns, each, strict=True)) for each in users]
    for name in ("id", "accountEnabled", "createdDateTime", "userType"):
        assert {way(each[name]) for each in ours} == {way(theirs[name])}
