"""The three logs: what the service did, what administrators did, who signed in. Each has its own way with $filter."""

from collections.abc import Iterable
from datetime import datetime

from scimlab.rehearse.graph.call import Call
from scimlab.rehearse.graph.odata import Collection
from scimlab.simulate.clock import iso, second
from scimlab.simulate.events import Event
from scimlab.simulate.exports import activity, audits, graph

EQUAL = frozenset({"eq"})
TEXT = frozenset({"eq", "contains"})
MOST = 1000

PROVISIONING = {
    **dict.fromkeys(("id", "tenantId", "jobId", "changeId", "cycleId", "provisioningAction"), TEXT),
    **dict.fromkeys(("sourceSystem/displayName", "targetSystem/displayName", "initiatedBy/displayName"), TEXT),
    **dict.fromkeys(
        (f"{side}/{name}" for side in ("sourceIdentity", "targetIdentity") for name in ("id", "displayName", "identityType")), TEXT
    ),
    **dict.fromkeys(("servicePrincipal/id", "servicePrincipal/name"), TEXT),
    # Neither ge nor le: a collector that asks for them is refused.
    "activityDateTime": frozenset({"eq", "gt", "lt"}),
}
AUDITS = {
    "id": EQUAL,
    "activityDateTime": frozenset({"eq", "ge", "le"}),
    "activityDisplayName": frozenset({"eq", "startswith"}),
    "category": EQUAL,
    "correlationId": EQUAL,
    "loggedByService": EQUAL,
    "result": EQUAL,
    "initiatedBy/user/id": EQUAL,
    "initiatedBy/user/userPrincipalName": frozenset({"eq", "startswith"}),
    "targetResources/any/id": EQUAL,
    "targetResources/any/displayName": frozenset({"eq", "startswith"}),
    "targetResources/any/userPrincipalName": frozenset({"eq", "startswith"}),
}
SIGN_INS = {
    "id": EQUAL,
    "createdDateTime": frozenset({"eq", "ge", "le"}),
    "userId": EQUAL,
    "userPrincipalName": frozenset({"eq", "startswith"}),
    "appDisplayName": EQUAL,
}


def provisioning(call: Call) -> dict:
    """`GET /auditLogs/provisioning`: the records of all jobs, the latest first."""
    collection = Collection(call.context("auditLogs/provisioning"), PROVISIONING, most=MOST)
    return call.listed(collection, lambda: _arrived(call), keys=_keys, shown=graph.provisioning_object_summary)


def directory_audits(call: Call) -> dict:
    """`GET /auditLogs/directoryAudits`, the latest first."""
    collection = Collection(call.context("auditLogs/directoryAudits"), AUDITS, most=MOST)
    return call.listed(collection, lambda: _arrived_audits(call))


def sign_ins(call: Call) -> dict:
    """`GET /auditLogs/signIns`, the latest first."""
    collection = Collection(call.context("auditLogs/signIns"), SIGN_INS, most=MOST)
    return call.listed(collection, lambda: activity.sign_ins(call.world)["value"])


def _arrived(call: Call) -> list[Event]:
    delay, now = call.stage.faults.delay, call.world.now
    events = (each for job in call.world.jobs for each in job.events if each.at + delay(each.event_id) <= now)
    return sorted(events, key=lambda each: (-each.at, each.event_id))


def _arrived_audits(call: Call) -> Iterable[dict]:
    delay, now = call.stage.faults.delay, call.world.now
    return (each for each in audits.directory_audits(call.world) if _second(each) + delay(each["id"]) <= now)


def _second(audit: dict) -> int:
    return second(datetime.fromisoformat(audit["activityDateTime"]))


def _keys(event: Event) -> dict:
    """What can be filtered, without the steps and values that make a record large."""
    connection = event.connection
    return {
        "id": event.event_id,
        "activityDateTime": iso(event.at),
        "tenantId": connection.tenant_id,
        "jobId": connection.job_id,
        "changeId": event.change_id,
        "cycleId": event.cycle_id,
        "provisioningAction": event.action,
        "sourceSystem": {"displayName": graph.SOURCE_SYSTEM},
        "targetSystem": {"displayName": connection.target_system},
        "initiatedBy": graph.initiated_by(event),
        "sourceIdentity": graph.source_identity(event),
        "targetIdentity": {"id": event.target_id, "displayName": "", "identityType": graph.target_type(event)},
        # The filter calls "name" what the record calls "displayName".
        "servicePrincipal": {"id": connection.app_id, "name": connection.app_name},
    }
