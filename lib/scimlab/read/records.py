"""What a provisioning record holds, as each service spells it: only the fields that EVENTS needs.

msgspec fills these structs straight from the bytes and refuses a value of another type by the name of its
field. Two spellings of one thing stand side by side (Graph says `id` and `displayName`, Azure Monitor
`Id` and `Name`); what may be kept as JSON inside a string is typed `T | str`.
"""

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct, field

Whole = Annotated[int, Meta(ge=0, le=2**53)]
Word = str | int | None  # an enumeration: Graph writes its word, the diagnostic export its number
Flag = str | bool | None
NOTHING = Raw(b"null")


class IdentityDetails(Struct, gc=False):
    """What a source object carries beside its id."""

    id: str | None = None
    DisplayName: str | None = None
    UserPrincipalName: str | None = None
    userPrincipalName: str | None = None


class Identity(Struct, gc=False):
    """A source or target object."""

    id: str | None = None
    displayName: str | None = None
    identityType: str | None = None
    details: IdentityDetails | str | None = None
    Id: str | None = None
    Name: str | None = None


class SystemDetails(Struct, gc=False):
    """Which enterprise application a target system stands for."""

    ServicePrincipalId: str | None = None
    ServicePrincipalDisplayName: str | None = None


class System(Struct, gc=False):
    """A target system."""

    details: SystemDetails | str | None = None


class Principal(Struct, gc=False):
    """An enterprise application."""

    id: str | None = None
    displayName: str | None = None
    Id: str | None = None
    Name: str | None = None


class Initiator(Struct, gc=False):
    """Who or what started a change."""

    displayName: str | None = None
    initiatorType: Word = None
    Name: str | None = None
    Type: Word = None


class ErrorInformation(Struct, gc=False):
    """Why an attempt failed."""

    errorCode: str | None = None
    reason: str | None = None
    additionalDetails: str | None = None


class StatusInfo(Struct, gc=False):
    """How an attempt ended; the older shape keeps the error beside the status."""

    status: Word = None
    errorInformation: ErrorInformation | str | None = None
    Status: Word = None
    errorCode: str | None = None
    reason: str | None = None
    additionalDetails: str | None = None


class Imported(Struct, gc=False, frozen=True):
    """What an import step says of the source."""

    accountEnabled: Flag = None
    userPrincipalName: str | None = None
    IsSoftDeleted: Flag = None


class Scoped(Struct, gc=False, frozen=True):
    """What a scoping step says of assignment and scope, in three wordings."""

    assigned: Flag = field(default=None, name="Assigned to the application")
    inScope: Flag = field(default=None, name="Scoping filter evaluation passed")
    assignedOlder: Flag = field(default=None, name="Assigned")
    inScopeOlder: Flag = field(default=None, name="IsInProvisioningScopeDisplayName")
    inScopePortal: Flag = field(default=None, name="IsInProvisioningScope")


class Matched(Struct, gc=False, frozen=True):
    """What a matching step says of the target."""

    id: str | None = None
    userName: str | None = None
    active: Flag = None
    ReportableIdentifier: str | None = None


class Exported(Struct, gc=False, frozen=True):
    """What a step that writes or skips says: what was sent, or why nothing was."""

    ReportableIdentifier: str | None = None
    userName: str | None = None
    externalId: str | None = None
    active: Flag = None
    mail: str | None = None
    SkipReason: str | None = None
    PropertyName: str | None = None


class Step(Struct, gc=False):
    """A step of a change; its details are read by what kind of step it is."""

    name: str | None = None
    provisioningStepType: Word = None
    status: Word = None
    details: Raw = NOTHING


class Property(Struct, gc=False):
    """An attribute sent to the app; most are not needed, so their values may be anything."""

    displayName: str | None = None
    newValue: Any = None


class Record(Struct, gc=False):
    """A provisioning event: Graph, portal JSON, the older beta shape, and the inside of a diagnostic line."""

    id: str | None = None
    activityDateTime: str | None = None
    tenantId: str | None = None
    jobId: str | None = None
    cycleId: str | None = None
    changeId: str | None = None
    provisioningAction: Word = None
    durationInMilliseconds: Whole | str | None = None
    servicePrincipal: Principal | list[Principal] | str | None = None
    targetSystem: System | str | None = None
    initiatedBy: Initiator | str | None = None
    sourceIdentity: Identity | str | None = None
    targetIdentity: Identity | str | None = None
    provisioningSteps: Raw = NOTHING
    modifiedProperties: list[Property] | str | None = None
    provisioningStatusInfo: StatusInfo | str | None = None
    action: Word = None
    statusInfo: StatusInfo | str | None = None


class Line(Struct, gc=False):
    """A line of a diagnostic export: an envelope around a record."""

    time: str | None = None
    resourceId: str | None = None
    category: str | None = None
    tenantId: str | None = None
    resultType: str | None = None
    resultSignature: str | None = None
    resultDescription: str | None = None
    durationMs: Whole | str | None = None
    correlationId: str | None = None
    identity: str | None = None
    properties: Record | str | None = None


class LogRow(Struct, gc=False):
    """A row of the Log Analytics table AADProvisioningLogs; its TenantId is the workspace, not the tenant."""

    TimeGenerated: str | None = None
    AADTenantId: str | None = None
    Category: str | None = None
    ResultType: str | None = None
    ResultSignature: str | None = None
    ResultDescription: str | None = None
    DurationMs: Whole | str | None = None
    CorrelationId: str | None = None
    Action: Word = None
    ChangeId: str | None = None
    CycleId: str | None = None
    Id: str | None = None
    InitiatedBy: Initiator | str | None = None
    JobId: str | None = None
    ModifiedProperties: list[Property] | str | None = None
    ProvisioningAction: Word = None
    ProvisioningStatusInfo: StatusInfo | str | None = None
    ProvisioningSteps: Raw = NOTHING
    ServicePrincipal: Principal | list[Principal] | str | None = None
    SourceIdentity: Identity | str | None = None
    StatusInfo: StatusInfo | str | None = None
    TargetIdentity: Identity | str | None = None
    TargetSystem: System | str | None = None
    Type: str | None = None


class User(Struct, gc=False):
    """A user of Graph, live or deleted."""

    id: str | None = None
    userPrincipalName: str | None = None
    mail: str | None = None
    displayName: str | None = None
    accountEnabled: bool | None = None
    userType: str | None = None
    employeeId: str | None = None
    employeeType: str | None = None
    department: str | None = None
    onPremisesSyncEnabled: bool | None = None
    createdDateTime: str | None = None
    deletedDateTime: str | None = None
    employeeLeaveDateTime: str | None = None
    signInActivity: "SignIns | None" = None


class SignIns(Struct, gc=False):
    """When a user last signed in, in three readings of the word."""

    lastSignInDateTime: str | None = None
    lastNonInteractiveSignInDateTime: str | None = None
    lastSuccessfulSignInDateTime: str | None = None


class Mail(Struct, gc=False):
    """An address of a SCIM user."""

    value: str | None = None
    type: str | None = None
    primary: bool | str | None = None


class Lifetime(Struct, gc=False):
    """When a SCIM resource was made and changed."""

    created: str | None = None
    lastModified: str | None = None


class Enterprise(Struct, gc=False):
    """The enterprise extension of a SCIM user."""

    employeeNumber: str | int | None = None
    department: str | None = None


class Formatted(Struct, gc=False):
    """A SCIM name."""

    formatted: str | None = None
    givenName: str | None = None
    familyName: str | None = None


class Account(Struct, gc=False):
    """A SCIM user resource: an account of the app."""

    id: str | int | None = None
    userName: str | None = None
    externalId: str | None = None
    displayName: str | None = None
    name: Formatted | None = None
    active: bool | str | None = None
    emails: list[Mail] | None = None
    meta: Lifetime | None = None
    enterprise: Enterprise | None = field(default=None, name="urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")
