"""One provisioning record becomes one row of EVENTS: a plain function a shape, run once a record.

Kept flat on purpose: it runs a million times on a big log. The tuple it returns is in the order of EVENTS,
without counted, file and row; `at` is still text there, and is read many rows at a time.
"""

from msgspec import UNSET

from scimlab import causes
from scimlab.read.records import (
    ErrorInformation,
    Identity,
    IdentityDetails,
    Initiator,
    Line,
    LogRow,
    Principal,
    Record,
    StatusInfo,
    System,
    SystemDetails,
)  # fmt: skip
from scimlab.read.refusals import Foreign, Principals, Unfit, inside, must_be_of_entra
from scimlab.read.steps import columns, source_name, told_by
from scimlab.read.words import ACTION, INITIATOR, STATUS, object_type

NO_IDENTITY = Identity()
NO_ERROR = ErrorInformation()
NO_PRINCIPAL = Principal()
NOTHING_DECODED = (None,) * 6
NOT_SAID = (None, UNSET, "")


def line_row(line: Line) -> tuple:
    """The row of a diagnostic line; the record inside is believed before the envelope around it."""
    must_be_of_entra(line.resourceId)
    if (line.category or "ProvisioningLogs").casefold() != "provisioninglogs":
        raise Foreign(f"a record of the category {line.category}")
    record = line.properties
    if isinstance(record, str):
        record = inside(record, Record, "properties")
    if not record:
        raise Unfit("properties is missing")
    record.id = record.id or line.identity
    record.changeId = record.changeId or line.correlationId
    record.activityDateTime = record.activityDateTime or line.time
    if record.durationInMilliseconds in NOT_SAID:
        record.durationInMilliseconds = line.durationMs
    place = (line.resourceId or "").casefold()
    tenant = line.tenantId or (place.split("/")[2] if place.startswith("/tenants/") else None)
    return event_row(record, tenant, line.resultType, _envelope_error(line.resultSignature, line.resultDescription))


def log_row(row: LogRow) -> tuple:
    """The row of a record of the Log Analytics table."""
    if (row.Type or "AADProvisioningLogs").casefold() != "aadprovisioninglogs":
        raise Foreign(f"a row of the table {row.Type}")
    if (row.Category or "ProvisioningLogs").casefold() != "provisioninglogs":
        raise Foreign(f"a record of the category {row.Category}")
    system = row.TargetSystem
    record = Record(
        id=row.Id, activityDateTime=row.TimeGenerated, jobId=row.JobId, cycleId=row.CycleId, changeId=row.ChangeId or row.CorrelationId,
        provisioningAction=row.ProvisioningAction, action=row.Action, durationInMilliseconds=row.DurationMs,
        servicePrincipal=row.ServicePrincipal, targetSystem=system if not isinstance(system, str) or system.startswith("{") else None,
        initiatedBy=row.InitiatedBy, sourceIdentity=row.SourceIdentity, targetIdentity=row.TargetIdentity,
        provisioningSteps=row.ProvisioningSteps, modifiedProperties=row.ModifiedProperties,
        provisioningStatusInfo=row.ProvisioningStatusInfo, statusInfo=row.StatusInfo,
    )  # fmt: skip
    return event_row(record, row.AADTenantId, row.ResultType, _envelope_error(row.ResultSignature, row.ResultDescription))


def event_row(record: Record, tenant: str | None = None, result: str | None = None, error: ErrorInformation = NO_ERROR) -> tuple:
    """The row of a record of Graph, of the portal's JSON or of the older beta shape.

    tenant, result, error: what an envelope says, for where the record is silent.
    """
    event_id, change_id = record.id or None, record.changeId or None
    if not record.activityDateTime:
        raise Unfit("activityDateTime is missing")
    if event_id is None and change_id is None:
        raise Unfit("both id and changeId are missing")
    status, error = _outcome(record, result, error)
    source, target = _identity(record.sourceIdentity, "sourceIdentity"), _identity(record.targetIdentity, "targetIdentity")
    details = source.details
    if details.__class__ is str:
        details = inside(details, IdentityDetails, "sourceIdentity.details")
    told = told_by(record.provisioningSteps, record.modifiedProperties)
    source_id, name, user_name = source.id or source.Id, source.displayName or source.Name, None
    if details:
        source_id, name = source_id or details.id, name or details.DisplayName
        user_name = details.UserPrincipalName or details.userPrincipalName
    error_code, reason = error.errorCode or None, _reason(error)
    decoded = causes.decode(error_code, reason) if status == "failure" else NOTHING_DECODED
    http_status, scim_type, detail, retry_count, next_retry_at, cause = decoded
    return (
        event_id, record.activityDateTime, record.tenantId or tenant or None, record.jobId or None, record.cycleId or None,
        change_id, *_app(record),
        _action(record), status, object_type(source.identityType) or object_type(target.identityType),
        source_id or None, name or None, user_name or source_name(told),
        target.id or target.Id or None, target.displayName or target.Name or None,
        error_code, http_status, scim_type, cause, detail, reason, retry_count, next_retry_at,
        *columns(told), _initiator(record.initiatedBy), _duration(record.durationInMilliseconds),
    )  # fmt: skip


def _identity(identity: Identity | str | None, name: str) -> Identity:
    if identity.__class__ is str:
        identity = inside(identity, Identity, name)
    return identity or NO_IDENTITY


def _outcome(record: Record, result: str | None, error: ErrorInformation) -> tuple[str, ErrorInformation]:
    """The status, and the error beside it: the present shape first, then the older one, then the envelope."""
    present, older = record.provisioningStatusInfo, record.statusInfo
    if present.__class__ is str:
        present = inside(present, StatusInfo, "provisioningStatusInfo")
    if older.__class__ is str:
        older = inside(older, StatusInfo, "statusInfo")
    told = result
    for info in (present, older):
        if not info:
            continue
        word = info.Status if info.status in NOT_SAID else info.status
        if word in NOT_SAID:
            continue
        inner = info.errorInformation
        if inner.__class__ is str:
            inner = inside(inner, ErrorInformation, "errorInformation")
        if inner:
            error = inner
        elif info.errorCode or info.reason:
            error = ErrorInformation(info.errorCode, info.reason, info.additionalDetails)
        told = word
        break
    if told in NOT_SAID:
        raise Unfit("provisioningStatusInfo.status is missing")
    status = STATUS[told]
    if status is None:
        raise Unfit(f"provisioningStatusInfo.status is {told!r}, none of success, failure, skipped, warning")
    return status, error


def _action(record: Record) -> str:
    """What was to be done; a word that is not known is some other action, and none at all is refused."""
    word = record.provisioningAction
    if word in NOT_SAID:
        word = record.action
    if word in NOT_SAID:
        raise Unfit("provisioningAction is missing")
    return ACTION[word] or "other"


def _reason(error: ErrorInformation) -> str | None:
    """The text of a failure; details are added where they say more."""
    reason, more = error.reason or None, error.additionalDetails
    return (f"{reason}\n{more}" if reason else more) if more and more != reason else reason


def _envelope_error(code: str | None, reason: str | None) -> ErrorInformation:
    """What an envelope says of a failure; Azure writes the word None where there is nothing to say."""
    return ErrorInformation(None if (code or "").casefold() == "none" else code, reason)


def _app(record: Record) -> tuple[str | None, str | None]:
    """The id and name of the enterprise application: its own field, else what the target system says of it."""
    principal, details = record.servicePrincipal, None
    if principal.__class__ is str:
        principal = inside(principal, Principals, "servicePrincipal")
    if principal.__class__ is list:
        principal = principal[0] if principal else None
    principal = principal or NO_PRINCIPAL
    app_id, app_name = principal.id or principal.Id, principal.displayName or principal.Name
    if app_id and app_name:
        return app_id, app_name
    system = record.targetSystem
    if system.__class__ is str:
        system = inside(system, System, "targetSystem")
    if system:
        details = system.details
        if details.__class__ is str:
            details = inside(details, SystemDetails, "targetSystem.details")
    if details:
        app_id, app_name = app_id or details.ServicePrincipalId, app_name or details.ServicePrincipalDisplayName
    return app_id or None, app_name or None


def _initiator(initiator: Initiator | str | None) -> str | None:
    if initiator.__class__ is str:
        initiator = inside(initiator, Initiator, "initiatedBy")
    if not initiator:
        return None
    return initiator.displayName or initiator.Name or INITIATOR[initiator.initiatorType] or INITIATOR[initiator.Type]


def _duration(told: int | str | None) -> int | None:
    """Milliseconds; some pipelines deliver the number as text."""
    if told.__class__ is int:
        return told
    if told in NOT_SAID:
        return None
    if not (told.isascii() and told.isdigit() and len(told) < 16):
        raise Unfit(f"durationInMilliseconds is {told[:40]!r}, no whole number")
    return int(told)
