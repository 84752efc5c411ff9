"""What the rehearsal answers beside captured and documented answers: the same keys, the same kinds of values."""

import json
from pathlib import Path

import pytest
from rehearsed import active_user, job_url, moved, records, rehearsal, rows

from scimlab.simulate.exports import occupants

SHARED = Path(__file__).parents[2] / "shared" / "samples"
beside_real_ones = pytest.mark.skipif(not SHARED.is_dir(), reason="the captured answers are not part of the project")

OPEN = ("details", "modifiedProperties", "provisioningSteps", "targetResources")
"""What differs from one record to the next: compared apart, or not at all."""


def real(name: str) -> dict:
    """A captured answer, without the key a collector added."""
    found = json.loads((SHARED / name).read_text())
    record = found[0] if isinstance(found, list) else found
    record.pop("_logType", None)
    return record


def shape(value: object, *, within: str = "") -> object:
    """The keys and the kinds of values beneath; what is open is told by its kind alone, and null fits every kind."""
    if isinstance(value, dict) and within not in OPEN:
        return {key: shape(each, within=key) for key, each in value.items()}
    return type(value).__name__


def fits(ours: object, theirs: object) -> bool:
    """Whether two shapes agree; null on either side says nothing of the kind."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(fits(ours[key], theirs[key]) for key in ours)
    return ours == theirs or "NoneType" in (ours, theirs)


@beside_real_ones
@pytest.mark.parametrize("name", ["graph_v1_provisioning_group_skipped.json", "graph_v1_provisioning_failure_escrow_retry.json"])
def test_provisioning_records_are_as_captured(name):
    """A skip and a failure that was retried, key by key; their steps too, by name."""
    with rehearsal(people=40, cadence="each_cycle") as (_, http):
        ours, theirs = rows(http, "/v1.0/auditLogs/provisioning", top="1000"), real(name)
    named = {each["name"]: each for each in theirs["provisioningSteps"]}
    status = theirs["provisioningStatusInfo"]["status"]
    alike = [each for each in ours if each["provisioningStatusInfo"]["status"] == status and fits(shape(each), shape(theirs))]
    assert alike
    steps = [step for each in alike for step in each["provisioningSteps"] if step["name"] in named]
    assert {step["name"] for step in steps} >= {*named} - {"EntryImport"}
    assert all(step.keys() == named[step["name"]].keys() for step in steps)


@beside_real_ones
def test_a_page_has_the_documented_keys():
    """Context and value, and a link while there is more."""
    with rehearsal() as (_, http):
        page = http.get("/v1.0/auditLogs/provisioning", params={"$top": "1"}).json()
    theirs = real("graph_v1_provisioning_docs_examples.json")
    assert page.keys() - {"@odata.nextLink"} == theirs.keys()
    assert page["@odata.context"] == theirs["@odata.context"]


@beside_real_ones
def test_directory_audits_are_as_captured():
    """An act of an administrator, its targets and what it changed."""
    with rehearsal() as (_, http):
        ours = rows(http, "/v1.0/auditLogs/directoryAudits", top="1000")
    theirs = real("graph_v1_directoryaudits.json")["value"][0]
    assert all(each.keys() == theirs.keys() for each in ours)
    target = theirs["targetResources"][0]
    assert all(each.keys() == target.keys() for row in ours for each in row["targetResources"])
    assert {key for row in ours for each in row["initiatedBy"].values() if each for key in each} >= {*theirs["initiatedBy"]["app"]}


@beside_real_ones
def test_deleted_users_are_as_captured():
    """Selected as the capture was, with the object id in front of the name."""
    theirs = real("graph_v1_deleteditems.json")["microsoft.graph.user"]["value"][0]
    with rehearsal(people=40) as (_, http):
        ours = rows(http, "/v1.0/directory/deletedItems/microsoft.graph.user", select=",".join(theirs))
    assert ours
    assert all(shape(each) == shape(theirs) for each in ours)


@beside_real_ones
def test_on_demand_answers_are_as_documented():
    """Both strings hold the documented JSON: names of their own for steps and identities, the old words for the scope."""
    theirs = real("graph_v1_provisionondemand_response.json")
    with rehearsal() as (running, http):
        rule = http.get(f"{job_url(running)}/schema").json()["synchronizationRules"][0]["id"]
        subjects = [{"objectId": active_user(running), "objectTypeName": "User"}]
        body = {"parameters": [{"ruleId": rule, "subjects": subjects}]}
        ours = http.post(f"{job_url(running)}/provisionOnDemand", json=body).json()
    assert (ours.keys(), ours["@odata.context"]) == (theirs.keys(), theirs["@odata.context"])
    (key, value), (their_key, their_value) = ([json.loads(each[name]) for name in ("key", "value")] for each in (ours, theirs))
    assert fits(shape(key), shape(their_key))
    assert key["details"].keys() == their_key["details"].keys()
    assert fits(shape(value), shape(their_value))
    steps = {each["name"] + each["type"]: each for each in their_value["provisioningSteps"]}
    alike = [(each, steps[each["name"] + each["type"]]) for each in value["provisioningSteps"] if each["name"] + each["type"] in steps]
    assert len(alike) >= 3
    assert all(each.keys() == their.keys() for each, their in alike)
    assert [each["details"].keys() == their["details"].keys() for each, their in alike if each["type"] == "Scoping"] == [True]


def test_records_are_as_the_app_exports_them():
    """A page over HTTP and a page in the export folder tell the same of a record; only the export calls an address primary."""
    with rehearsal() as (running, http):
        exported = [row for page in occupants.scim_pages(running.world) for row in page["Resources"]]
        served = records(http)
    for each in (*exported, *served):
        each["meta"].pop("location", None)
        each.pop("schemas"), each.pop("phoneNumbers", None)
        for mail in each.get("emails", []):
            mail.pop("primary", None)
    assert served == json.loads(json.dumps(exported))


def test_an_act_over_http_is_in_the_audit_log():
    """Disable account, as an administrator's act, with the value before and after as JSON in a string."""
    with rehearsal() as (running, http):
        user = active_user(running)
        http.patch(f"/v1.0/users/{user}", json={"accountEnabled": False})
        moved(http, advance_hours=1)
        asked = f"targetResources/any(t: t/id eq '{user}') and activityDisplayName eq 'Disable account'"
        latest = rows(http, "/v1.0/auditLogs/directoryAudits", filter=asked)[0]
    changed = latest["targetResources"][0]["modifiedProperties"][0]
    assert changed == {"displayName": "AccountEnabled", "oldValue": "[true]", "newValue": "[false]"}
