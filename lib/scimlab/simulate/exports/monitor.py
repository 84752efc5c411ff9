"""The provisioning log as Azure Monitor carries it: diagnostic lines in a storage account, and rows of Log Analytics.

The words are Graph's and the spellings are not: `Id` and `Name`, numbers for the kinds of steps and outcomes,
seven digits behind the second, and in Log Analytics JSON inside a string.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from scimlab.simulate.clock import iso_ticks, moment
from scimlab.simulate.events import Event
from scimlab.simulate.exports import graph

OUTCOMES = ("success", "failure", "skipped", "warning")
NESTED = (
    *("InitiatedBy", "ModifiedProperties", "ProvisioningSteps", "ServicePrincipal", "SourceIdentity"),
    *("SourceSystem", "StatusInfo", "TargetIdentity", "TargetSystem", "ProvisioningStatusInfo"),
)
STAGES = ("import", "scoping", "matching", "processing", "referenceResolution", "export")


def diagnostic_line(event: Event) -> dict:
    """One line of a PT1H.json: the envelope around the record."""
    record = graph.provisioning_object_summary(event)
    outcome, then = record["provisioningStatusInfo"], iso_ticks(event.at, 0)
    error = outcome["errorInformation"]
    envelope = {
        "time": then,
        "resourceId": f"/tenants/{record['tenantId']}/providers/Microsoft.aadiam",
        "operationName": "Provisioning activity",
        "operationVersion": "1.0",
        "category": "ProvisioningLogs",
        "tenantId": record["tenantId"],
        "resultType": outcome["status"].title(),
    }
    said = {"resultSignature": error["errorCode"], "resultDescription": error["reason"]} if error else {}
    ids = {"durationMs": event.duration_ms, "correlationId": event.change_id, "identity": event.event_id, "Level": 4}
    return envelope | said | ids | {"properties": _properties(event, record, then)}


def _properties(event: Event, record: dict, then: str) -> dict:
    outcome = record["provisioningStatusInfo"]
    return {
        "id": record["id"],
        # The envelope keeps the zeros at the end, the record within does not.
        "activityDateTime": then.rstrip("0Z").rstrip(".") + "Z",
        "tenantId": record["tenantId"],
        "jobId": record["jobId"],
        "cycleId": record["cycleId"],
        "changeId": record["changeId"],
        "action": event.action[0].upper() + event.action[1:],
        "provisioningAction": event.action,
        "servicePrincipal": _named(record["servicePrincipal"]),
        "sourceSystem": _named(record["sourceSystem"], "details"),
        "targetSystem": _named(record["targetSystem"], "details"),
        "initiatedBy": {"Type": record["initiatedBy"]["initiatorType"], **_named(record["initiatedBy"])},
        "sourceIdentity": _named(record["sourceIdentity"], "identityType", "details"),
        "targetIdentity": _named(record["targetIdentity"], "identityType", "details"),
        "provisioningStatusInfo": {"Status": outcome["status"], "errorInformation": outcome["errorInformation"]},
        "statusInfo": {"Status": OUTCOMES.index(outcome["status"])},
        "provisioningSteps": [_step(each) for each in record["provisioningSteps"]],
        "modifiedProperties": [
            {key: each[key] for key in ("displayName", "oldValue", "newValue")} for each in record["modifiedProperties"]
        ],
        "durationInMilliseconds": event.duration_ms,
    }


def _named(thing: dict, *first: str) -> dict:
    return {key: thing[key] for key in first} | {"Id": thing["id"], "Name": thing["displayName"]}


def _step(step: dict) -> dict:
    stage, outcome = STAGES.index(step["provisioningStepType"]), OUTCOMES.index(step["status"])
    return {
        "name": step["name"],
        "provisioningStepType": stage,
        "status": outcome,
        "description": step["description"],
        "details": step["details"],
    }


def log_analytics_row(event: Event) -> dict:
    """One row of the table AADProvisioningLogs, every value a string, structures as JSON within."""
    line = diagnostic_line(event)
    record = line["properties"]
    row = {
        # The workspace, which is not the tenant.
        "TenantId": f"00000000-{event.connection.tenant_id[9:]}",
        "AADTenantId": event.connection.tenant_id,
        "TimeGenerated": line["time"],
        "OperationName": line["operationName"],
        "OperationVersion": line["operationVersion"],
        "Category": line["category"],
        "ResultType": line["resultType"],
        "ResultSignature": line.get("resultSignature", ""),
        "ResultDescription": line.get("resultDescription", ""),
        "DurationMs": str(event.duration_ms),
        "CorrelationId": event.change_id,
        "Action": record["action"],
        "ChangeId": event.change_id,
        "CycleId": event.cycle_id,
        "Id": event.event_id,
        "JobId": record["jobId"],
        "ProvisioningAction": event.action,
        "Type": "AADProvisioningLogs",
    }
    return row | {name: msgspec.json.encode(record[name[0].lower() + name[1:]]).decode() for name in NESTED}


def csv_rows(events: Iterable[Event]) -> Iterator[Sequence[str]]:
    """The header and a row an event, as the table is downloaded: the instant's column says its zone."""
    heading = ()
    for row in map(log_analytics_row, events):
        if not heading:
            heading = tuple(row)
            yield ["TimeGenerated [UTC]" if each == "TimeGenerated" else each for each in heading]
        yield [row[each] for each in heading]


def hours(monitored: Iterable[tuple[Event, dict]]) -> Iterator[tuple[str, list[dict]]]:
    """The path of each hour's blob and the lines of it, oldest first, as a storage account keeps them."""
    gathered: dict[str, list[dict]] = {}
    for event, line in sorted(monitored, key=lambda each: (each[0].at, each[0].event_id)):
        then = moment(event.at)
        path = f"tenantId={event.connection.tenant_id}/y={then:%Y}/m={then:%m}/d={then:%d}/h={then:%H}/m=00/PT1H.json"
        gathered.setdefault(path, []).append(line)
    yield from gathered.items()


def of_another_product(event: Event) -> dict:
    """A line of another product that stands in the same hub or container: a call of Graph, at the second of an event."""
    return {
        "time": iso_ticks(event.at, 0),
        "resourceId": f"/TENANTS/{event.connection.tenant_id.upper()}/PROVIDERS/MICROSOFT.AADIAM",
        "operationName": "Microsoft Graph Activity",
        "operationVersion": "v1.0",
        "category": "MicrosoftGraphActivityLogs",
        "resultSignature": "200",
        "durationMs": str(event.duration_ms),
        "callerIpAddress": "198.51.100.7",
        "correlationId": event.cycle_id,
        "Level": 4,
        "properties": {"requestId": event.cycle_id, "requestMethod": "GET", "responseStatusCode": 200, "apiVersion": "v1.0"},
    }
