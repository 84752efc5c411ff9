"""The invented records beside real ones: the same keys in the same order, the same kinds of values."""

import json
import re
from pathlib import Path

import pytest

from scimlab import simulate
from scimlab.simulate.exports import audits, entra, graph, monitor
from scimlab.simulate.exports.logs import log

SHARED = Path(__file__).parents[2] / "shared" / "samples"
beside_real_ones = pytest.mark.skipif(not SHARED.is_dir(), reason="the captured records are not part of the project")


@pytest.fixture(scope="module")
def world():
    """A world with every kind of event."""
    return simulate.tenant(seed=11, people=150, second_app="Timeclock")


@pytest.fixture(scope="module")
def records(world):
    """Its log as Graph gives it, read back from its bytes."""
    return json.loads(graph.page(log(world)))["value"]


def real(name):
    """A captured record, without the key a collector added."""
    found = json.loads((SHARED / name).read_text())
    record = found[0] if isinstance(found, list) else found
    record.pop("_logType", None)
    return record


def shape(value):
    """The keys in their order, those of an open dictionary sorted, and the kinds of values beneath; a list is as its first element."""
    if isinstance(value, dict):
        return [(key, sorted(shape(each)) if key == "details" else shape(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return type(value).__name__


def trunk(record):
    """A record without what differs from one event to the next: which properties and which steps."""
    return {key: each for key, each in record.items() if key not in ("modifiedProperties", "provisioningSteps")}


def steps(record):
    """The steps by name."""
    return {each["name"]: each for each in record["provisioningSteps"]}


def is_escrowed_create(record):
    """A refused create that was tried before."""
    return record["provisioningAction"] == "create" and "EntryEscrowRetry" in steps(record)


@beside_real_ones
def test_retried_create(records):
    """A retried create has the keys of a captured one, down to the details of the escrow step."""
    captured = real("graph_v1_provisioning_failure_escrow_retry.json")
    ours = next(each for each in records if is_escrowed_create(each))
    assert shape(trunk(ours)) == shape(trunk(captured))
    assert shape(ours["modifiedProperties"]) == shape(captured["modifiedProperties"])
    assert shape(steps(ours)["EntryEscrowRetry"]) == shape(steps(captured)["EntryEscrowRetry"])
    common = {"ReportableIdentifier", "userName", "active", "externalId", "namegivenName", 'emails[type eq "work"]value'}
    assert common <= steps(ours)["EntryExportAdd"]["details"].keys() & steps(captured)["EntryExportAdd"]["details"].keys()


@beside_real_ones
def test_skipped_group(records):
    """A skipped group has the keys of a captured one, down to the details of every step."""
    captured = real("graph_v1_provisioning_group_skipped.json")
    ours = next(each for each in records if each["sourceIdentity"]["identityType"] == "Group" and each["provisioningAction"] == "other")
    assert shape(trunk(ours)) == shape(trunk(captured))
    for name in ("EntryImport", "EntrySynchronizationScoping", "EntrySynchronizationSkip"):
        assert steps(ours)[name]["details"].keys() == steps(captured)[name]["details"].keys()
        assert shape(steps(ours)[name]) == shape(steps(captured)[name])


@beside_real_ones
def test_portal_users_have_the_real_header(world):
    """The users CSV has the 29 columns of a real one, in its order."""
    header = (SHARED / "portal_users_export.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert ",".join(next(iter(entra.portal_rows(world)))) == header


@beside_real_ones
def test_deleted_users_have_the_real_keys(world):
    """A deleted user has the captured keys, its mail besides, and its own id in front of its name."""
    captured = json.loads((SHARED / "graph_v1_deleteditems.json").read_text())["microsoft.graph.user"]["value"][0]
    deleted = entra.graph_deleted(world)["value"]
    assert all([*each] == [*captured, "mail"] for each in deleted)
    assert all(each["userPrincipalName"].startswith(each["id"].replace("-", "")) for each in deleted)
    assert deleted


@beside_real_ones
def test_diagnostic_lines(world):
    """A diagnostic line has the envelope and the spellings of captured ones, numbers where they have numbers."""
    lines = (SHARED / "diag_provisioninglogs_PT1H.jsonl").read_text().splitlines()
    captured = json.loads(lines[1])
    ours = next(
        each
        for each in map(monitor.diagnostic_line, log(world))
        if each["properties"]["action"] == "Create" and each["resultType"] == "Success"
    )
    for part in (captured, ours):
        part["properties"]["provisioningSteps"] = [{**each, "details": {}} for each in part["properties"]["provisioningSteps"]]
    assert shape(ours) == shape(captured)
    assert [each["provisioningStepType"] for each in ours["properties"]["provisioningSteps"]] == [0, 1, 2, 5]


@beside_real_ones
def test_directory_audits(world):
    """An audit record has the keys of a captured one, in its order, and says deletion as the captured ones do."""
    captured = json.loads((SHARED / "graph_v1_directoryaudits.json").read_text())["value"]
    ours = [*audits.directory_audits(world)]
    deleted = next(each for each in ours if each["activityDisplayName"] == "Delete user")
    whole = next(each for each in captured if each["activityDisplayName"] == "Add app role assignment to service principal")
    assert {**whole, "additionalDetails": []}.keys() == deleted.keys()
    assert [key for key, _ in shape(whole["targetResources"][0])] == [key for key, _ in shape(deleted["targetResources"][0])]
    excerpt = next(each for each in captured if each["activityDisplayName"] == "Delete user")["targetResources"][0]["modifiedProperties"]
    assert excerpt[0] in deleted["targetResources"][0]["modifiedProperties"]


def test_reasons_keep_the_sentences_that_decoders_take_apart(records):
    """Each failure says its status word, the app's answer, how often it was retried and when it will be again."""
    pattern = re.compile(
        r"StatusCode: \w+\r\nMessage: [^\r]+\r\nWeb Response: \r\n.*\. This operation was retried \d+ times\. "
        r"It will be retried again after this date: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z UTC",
        re.DOTALL,
    )
    reasons = [
        each["provisioningStatusInfo"]["errorInformation"] for each in records if each["provisioningStatusInfo"]["status"] == "failure"
    ]
    assert len(reasons) > 100
    assert [each["reason"] for each in reasons if not pattern.fullmatch(each["reason"])] == []


def test_every_detail_is_text(records):
    """Whatever a step details and whatever a property becomes is a string; an old value may be null."""
    details = [value for record in records for step in record["provisioningSteps"] for value in step["details"].values()]
    changed = [each for record in records for each in record["modifiedProperties"]]
    assert all(isinstance(each, str) for each in details)
    assert all(isinstance(each["newValue"], str) and isinstance(each["oldValue"], str | None) for each in changed)


def test_all_outcomes_occur(records):
    """The log holds every outcome the stories promise, for the app and for the second one beside it."""
    seen = {(each["provisioningAction"], each["provisioningStatusInfo"]["status"]) for each in records}
    skips = {
        steps(each)["EntrySynchronizationSkip"]["details"]["SkipReason"] for each in records if "EntrySynchronizationSkip" in steps(each)
    }
    assert seen >= {("create", "success"), ("create", "failure"), ("update", "success"), ("update", "failure"), ("disable", "success")}
    assert skips == {"RedundantExport", "NotEffectivelyEntitled", "AttributeValidationFailed"}
    assert {each["servicePrincipal"]["displayName"] for each in records} == {"Maptician", "Timeclock"}


def test_an_hour_a_blob(world):
    """The storage account holds each event once, in the blob of its hour."""
    blobs = dict(monitor.hours((each, monitor.diagnostic_line(each)) for each in log(world)))
    assert all(path.endswith(f"/h={line['time'][11:13]}/m=00/PT1H.json") for path, lines in blobs.items() for line in lines)
    assert sum(map(len, blobs.values())) == len(log(world))


def test_log_analytics_rows_are_text(world):
    """Every value of a row is a string, structures as JSON within, and the workspace is not the tenant."""
    (row,) = map(monitor.log_analytics_row, log(world)[:1])
    assert all(isinstance(each, str) for each in row.values())
    assert json.loads(row["SourceIdentity"])["Id"] == log(world)[0].source.object_id
    assert row["TenantId"] != row["AADTenantId"] == world.tenant_id
