"""Provisioning records as Microsoft Graph v1.0 gives them: keys in alphabetical order, every value of `details` a string."""

from collections.abc import Iterable
from functools import cache

import msgspec

from scimlab.simulate.clock import iso, iso_ticks, month_first
from scimlab.simulate.events import Event

CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#auditLogs/provisioning"
BETA_CONTEXT = "https://graph.microsoft.com/beta/$metadata#auditLogs/provisioning"
NEXT_PAGE = "https://graph.microsoft.com/v1.0/auditLogs/provisioning?$skiptoken="
SOURCE_SYSTEM = "Microsoft Entra ID"
TARGET_TYPE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TARGET_GROUP_TYPE = "urn:ietf:params:scim:schemas:core:2.0:Group"

encoder = msgspec.json.Encoder(order="sorted")


def provisioning_object_summary(event: Event) -> dict:
    """One event as one element of `value`."""
    connection = event.connection
    return {
        "activityDateTime": iso(event.at),
        "changeId": event.change_id,
        "cycleId": event.cycle_id,
        "durationInMilliseconds": event.duration_ms,
        "id": event.event_id,
        "initiatedBy": initiated_by(event),
        "jobId": connection.job_id,
        "modifiedProperties": [{"displayName": name, "newValue": new, "oldValue": old} for name, old, new in event.modified],
        "provisioningAction": event.action,
        "provisioningStatusInfo": {"errorInformation": error_information(event), "status": event.status},
        "provisioningSteps": [*steps(event)],
        "servicePrincipal": {"displayName": connection.app_name, "id": connection.app_id},
        "sourceIdentity": source_identity(event),
        "sourceSystem": {"details": {}, "displayName": SOURCE_SYSTEM, "id": connection.source_system_id},
        "targetIdentity": {"details": {}, "displayName": "", "id": event.target_id, "identityType": target_type(event)},
        "targetSystem": {
            "details": {
                "ApplicationId": connection.application_id,
                "ServicePrincipalDisplayName": connection.app_name,
                "ServicePrincipalId": connection.app_id,
            },
            "displayName": connection.target_system,
            "id": connection.target_system_id,
        },
        "tenantId": connection.tenant_id,
    }


def older_record(event: Event) -> dict:
    """One event as the beta endpoint gave it before: `action`, a flat `statusInfo`, stages and categories in capitals, no principal."""
    record = provisioning_object_summary(event)
    info = record.pop("provisioningStatusInfo")
    error = info["errorInformation"]
    status = {"status": info["status"]}
    if error:
        category = error["errorCategory"]
        status |= {"@odata.type": "#microsoft.graph.statusDetails", **error, "errorCategory": category[0].upper() + category[1:]}
    action = record.pop("provisioningAction")
    record.pop("servicePrincipal")
    return record | {"action": action[0].upper() + action[1:], "statusInfo": status}


def page(events: Iterable[Event], next_token: str = "") -> bytes:
    """A page of the log, newest first, with the link to the next one where there is one."""
    listed = {"@odata.context": CONTEXT, "value": [provisioning_object_summary(each) for each in events]}
    return encoder.encode(listed | ({"@odata.nextLink": NEXT_PAGE + next_token} if next_token else {}))


def initiated_by(event: Event) -> dict:
    """The service itself, or the administrator who provisioned on demand."""
    if event.administrator:
        return {"displayName": event.administrator, "id": "", "initiatorType": "user"}
    return {"displayName": "Azure AD Provisioning Service", "id": "", "initiatorType": "system"}


def source_identity(event: Event) -> dict:
    """The Entra object; a group has no user principal name."""
    source = event.source
    details = {"DisplayName": source.display_name, "id": source.object_id, "odatatype": source.kind}
    if source.kind == "User":
        details["UserPrincipalName"] = source.upn
    return {"details": details, "displayName": source.display_name, "id": source.object_id, "identityType": source.kind}


def target_type(event: Event) -> str:
    """The SCIM type once the target is known, the plain kind before."""
    if event.source.kind == "Group":
        return TARGET_GROUP_TYPE if event.target_id else "Group"
    return TARGET_TYPE if event.target_id else "User"


def error_information(event: Event) -> dict | None:
    """The error of a failure, null otherwise."""
    refusal = event.refusal
    if refusal is None:
        return None
    return {
        "additionalDetails": None,
        "errorCategory": refusal.category,
        "errorCode": refusal.code,
        "reason": reason(event),
        "recommendedAction": None,
    }


def reason(event: Event) -> str:
    """The sentence around the app's answer that decoders take apart."""
    refusal, retry = event.refusal, event.retry
    retried = (
        f"This operation was retried {retry.count} times. "
        f"It will be retried again after this date: {iso_ticks(retry.due, retry.due_ticks)} UTC"
    )
    if not refusal.word:
        return f"Message: {refusal.body} {retried}"
    body = refusal.body if isinstance(refusal.body, str) else msgspec.json.encode(refusal.body).decode()
    said = "The request ended in an exception; its response says more."
    return f"StatusCode: {refusal.word}\r\nMessage: {said}\r\nWeb Response: \r\n{body}. {retried}"


def steps(event: Event) -> Iterable[dict]:
    """The stages an object went through in this cycle, as far as it came."""
    name = event.source.upn or event.source.object_id
    kind, app = event.source.kind, event.connection.target_system
    if event.from_escrow:
        yield _escrow_step(event, name)
    else:
        yield from _reading_steps(event, name)
    if event.action == "create":
        yield _step(
            "EntrySynchronizationAdd", "matching", f"{kind} '{name}' is in scope and has no counterpart in {app}; it will be created", {}
        )
    if event.status == "skipped":
        yield _skip_step(event, name)
        return
    verb = {"create": "Add", "delete": "Delete", "stagedDelete": "StagedDelete"}.get(event.action, "Update")
    outcome = f"{kind} '{name}': {event.action} in {app} {'done' if event.status == 'success' else 'failed'}"
    sent = {_detail(name): text for name, text in event.sent.items()}
    yield _step(f"EntryExport{verb}", "export", outcome, {"ReportableIdentifier": name, **sent}, event.status)


@cache
def _detail(attribute: str) -> str:
    """The name of an attribute as the details of a step spell it: full stops and colons gone."""
    return attribute.replace(".", "").replace(":", "")


def _reading_steps(event: Event, name: str) -> Iterable[dict]:
    kind = event.source.kind
    described = f"Received {kind} '{name}' with a change of type ({event.change}) from {SOURCE_SYSTEM}"
    yield _step(f"EntryImport{event.change}", "import", described, event.source.details)
    if event.matched is not None:
        matched = {_detail(name): text for name, text in event.matched.items()}
        yield _step("EntryImport", "matching", f"Retrieved {kind} '{name}' from {event.connection.target_system}", matched)
    if event.scope is not None:
        scope = {
            "Active in the source system": str(event.scope.active),
            "Assigned to the application": str(event.scope.assigned),
            "ScopeEvaluationResult": "{}",
            "Scoping filter evaluation passed": str(event.scope.passes),
            f"{kind} has the required role": "True",
        }
        yield _step("EntrySynchronizationScoping", "scoping", f"Is the {kind} in scope? Each scoping filter is evaluated", scope)


def _escrow_step(event: Event, name: str) -> dict:
    retry = event.retry
    retried = f"Identifier: {name}\r\nObject type: {event.source.kind}\r\nDirectory: {SOURCE_SYSTEM}"
    details = {
        "CountProcessed": str(max(0, retry.count - 1)),
        "CreationTime": iso_ticks(retry.since, retry.since_ticks),
        "Identifier": event.source.object_id,
        "ModificationType": event.change,
        "NextAttempt": month_first(event.at),
        "Origin": "Source",
        "TypeName": "EscrowedEntryDefault",
    }
    return _step("EntryEscrowRetry", "import", f"An operation that failed before is tried again.\r\n{retried}", details)


def _skip_step(event: Event, name: str) -> dict:
    described = {
        "RedundantExport": "source and target already agree, so nothing is to be changed.",
        "NotEffectivelyEntitled": "not active, not assigned, or without a role that provisions.",
        "AttributeValidationFailed": f"{event.skip_property} has no usable value.",
    }[event.skip_reason]
    details = {"ReportableIdentifier": name, "SkipReason": event.skip_reason}
    if event.skip_property:
        details["PropertyName"] = event.skip_property
    stage = "processing" if event.skip_reason == "AttributeValidationFailed" else "export"
    return _step("EntrySynchronizationSkip", stage, f"The {event.source.kind} '{name}' is skipped: {described}", details, "skipped")


def _step(name: str, stage: str, described: str, details: dict[str, str], status: str = "success") -> dict:
    return {"description": described, "details": details, "name": name, "provisioningStepType": stage, "status": status}
