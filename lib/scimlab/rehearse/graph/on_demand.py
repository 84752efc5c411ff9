"""Provisioning one object at once, and the answer's odd shape: two strings that hold JSON, in words of their own."""

import msgspec

from scimlab.rehearse.graph.call import Call, wanted
from scimlab.rehearse.graph.jobs import the_job
from scimlab.rehearse.graph.odata import bad_request
from scimlab.simulate.clock import guid, iso_ticks
from scimlab.simulate.directory import User
from scimlab.simulate.events import Event
from scimlab.simulate.exports import graph, jobs
from scimlab.simulate.job import Job
from scimlab.simulate.provision import scope

SECONDS = 4
"""How long one object takes; far less than the thirty seconds that are promised."""

OLD_WORDS = {
    "Active in the source system": "IsActive",
    "Assigned to the application": "Assigned",
    "User has the required role": "IsEffectivelyEntitledForProvisioning",
    "Scoping filter evaluation passed": "IsInProvisioningScopeDisplayName",
}
"""The details of the scoping step still have the names of some years ago here."""


def provision(call: Call, principal: str, job: str) -> dict:
    """`POST .../provisionOnDemand` for the user that the body names.

    One who is disabled in Entra is skipped without a record; one who is deleted is not found. That neither can be helped is
    documented, in which words is not.
    """
    found = the_job(call, principal, job)
    user = call.user(_subject(call, call.body(), found))
    world = call.world
    begun, known = world.now + 1, len(found.events)
    found.on_demand(begun, user, f"admin@{world.rules.domain}")
    world.now = begun + SECONDS
    event = found.events[-1] if len(found.events) > known else _skipped(call, found, user)
    context = call.context("microsoft.graph.stringKeyStringValuePair")
    return {"@odata.context": context, "key": _text(_outcome(event)), "value": _text(_told(event, begun))}


def _subject(call: Call, sent: dict, job: Job) -> str:
    parameters = wanted(sent, "parameters", list)
    if len(parameters) != 1 or not isinstance(parameters[0], dict):
        raise bad_request("One parameter with its subjects is expected.")
    rules = {each["id"] for each in jobs.schema(call.world, job)["synchronizationRules"]}
    if parameters[0].get("ruleId") not in rules:
        raise bad_request(f"The synchronization rule '{parameters[0].get('ruleId')}' was not found.")
    subjects = wanted(parameters[0], "subjects", list)
    if len(subjects) != 1 or not isinstance(subjects[0], dict) or subjects[0].get("objectTypeName") != "User":
        raise bad_request("One subject of type User is expected.")
    return wanted(subjects[0], "objectId", str)


def _skipped(call: Call, job: Job, user: User) -> Event:
    event = Event(call.world.now, "", guid(call.stage.stream(user.object_id)), "", job.connection, user.source(), "Update")
    event.scope, event.status, event.skip_reason = scope(job, user), "skipped", "NotEffectivelyEntitled"
    return event


def _outcome(event: Event) -> dict:
    result = {"success": "Success", "failure": "Failure", "skipped": "Skipped"}[event.status]
    if event.status == "success":
        return {"result": result, "details": None}
    if event.refusal is not None:
        return {"result": result, "details": {"errorCode": event.refusal.code, "errorMessage": graph.reason(event)}}
    described = [each["description"] for each in graph.steps(event)]
    return {"result": result, "details": {"errorCode": event.skip_reason, "errorMessage": described[-1]}}


def _told(event: Event, begun: int) -> dict:
    at = iso_ticks(event.at, 7_682_084)
    error = graph.error_information(event) or dict.fromkeys(
        ("errorCode", "reason", "additionalDetails", "errorCategory", "recommendedAction")
    )
    return {
        "action": event.action[0].upper() + event.action[1:],
        "changeId": event.change_id,
        "endTime": iso_ticks(begun + SECONDS, 7_682_084),
        "modifiedProperties": [{"displayName": name, "oldValue": old, "newValue": new} for name, old, new in event.modified],
        "provisioningSteps": [_step(each, at) for each in graph.steps(event)],
        "reportableIdentifier": event.source.upn,
        "startTime": iso_ticks(begun, 5_494_971),
        "statusInfo": {"status": event.status.title(), **error},
        "sourceIdentity": {"id": event.source.object_id, "type": event.source.kind, "displayName": None, "details": None},
        "sourceSystem": {"id": None, "name": graph.SOURCE_SYSTEM, "details": None},
        "targetIdentity": {"id": event.target_id, "type": graph.target_type(event), "displayName": None, "details": None},
        "targetSystem": {"id": None, "name": event.connection.target_system, "details": None},
    }


def _step(step: dict, at: str) -> dict:
    return {
        "name": step["name"],
        "type": step["provisioningStepType"].title(),
        "status": step["status"].title(),
        "description": step["description"],
        "timestamp": at,
        "details": {OLD_WORDS.get(name, name): text for name, text in step["details"].items()},
    }


def _text(value: dict) -> str:
    return msgspec.json.encode(value).decode()
