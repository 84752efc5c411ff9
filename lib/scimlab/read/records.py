"""What a provisioning record holds, as each service spells it.

msgspec fills these structs straight from the bytes and refuses a value of another type by the name of its
field. Two spellings of one thing stand side by side (Graph says `id` and `displayName`, Azure Monitor
`Id` and `Name`); what may be kept as JSON inside a string is typed `T | str`. Fields that EVENTS does not
need stand here too, as Any: a record that is held whole is as long as its bytes, see `doubled`.
"""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

Whole = Annotated[int, Meta(ge=0, le=2**53)]
Text = str | None | UnsetType
Word = str | int | None | UnsetType  # an enumeration: Graph writes its word, the diagnostic export its number
Details = dict[str, Any] | str | None | UnsetType


class IdentityDetails(Struct, gc=False):
    """What a source object carries beside its id."""

    id: Text = UNSET
    odatatype: Any = UNSET
    DisplayName: Text = UNSET
    UserPrincipalName: Text = UNSET
    userPrincipalName: Text = UNSET


class Identity(Struct, gc=False):
    """A source or target object."""

    id: Text = UNSET
    displayName: Text = UNSET
    identityType: Text = UNSET
    details: IdentityDetails | str | None | UnsetType = UNSET
    Id: Text = UNSET
    Name: Text = UNSET


class SystemDetails(Struct, gc=False):
    """Which enterprise application a target system stands for."""

    ApplicationId: Any = UNSET
    ServicePrincipalId: Text = UNSET
    ServicePrincipalDisplayName: Text = UNSET


class System(Struct, gc=False):
    """A target system."""

    id: Any = UNSET
    displayName: Any = UNSET
    details: SystemDetails | str | None | UnsetType = UNSET


class Principal(Struct, gc=False):
    """An enterprise application."""

    id: Text = UNSET
    displayName: Text = UNSET
    Id: Text = UNSET
    Name: Text = UNSET


class Initiator(Struct, gc=False):
    """Who or what started a change."""

    id: Any = UNSET
    displayName: Text = UNSET
    initiatorType: Word = UNSET
    Name: Text = UNSET
    Type: Word = UNSET


class ErrorInformation(Struct, gc=False):
    """Why an attempt failed."""

    errorCode: Text = UNSET
    reason: Text = UNSET
    additionalDetails: Text = UNSET
    errorCategory: Any = UNSET
    recommendedAction: Any = UNSET


class StatusInfo(Struct, gc=False):
    """How an attempt ended; the older shape keeps the error beside the status."""

    status: Word = UNSET
    errorInformation: ErrorInformation | str | None | UnsetType = UNSET
    Status: Word = UNSET
    errorCode: Text = UNSET
    reason: Text = UNSET
    additionalDetails: Text = UNSET
    errorCategory: Any = UNSET
    recommendedAction: Any = UNSET


Outcome = StatusInfo | str | None | UnsetType


class Step(Struct, gc=False):
    """A step of a change; what its details say is told by what kind of step it is."""

    name: Text = UNSET
    provisioningStepType: Word = UNSET
    status: Word = UNSET
    details: Details = UNSET
    description: Any = UNSET


class Property(Struct, gc=False):
    """An attribute sent to the app; most are not needed, so their values may be anything."""

    displayName: Text = UNSET
    newValue: Any = UNSET
    oldValue: Any = UNSET


class Record(Struct, gc=False):
    """A provisioning event: Graph, portal JSON, the older beta shape, and the inside of a diagnostic line."""

    id: Text = UNSET
    activityDateTime: Text = UNSET
    tenantId: Text = UNSET
    jobId: Text = UNSET
    cycleId: Text = UNSET
    changeId: Text = UNSET
    provisioningAction: Word = UNSET
    durationInMilliseconds: Whole | str | None | UnsetType = UNSET
    servicePrincipal: Principal | list[Principal] | str | None | UnsetType = UNSET
    sourceSystem: Any = UNSET
    targetSystem: System | str | None | UnsetType = UNSET
    initiatedBy: Initiator | str | None | UnsetType = UNSET
    sourceIdentity: Identity | str | None | UnsetType = UNSET
    targetIdentity: Identity | str | None | UnsetType = UNSET
    provisioningSteps: list[Step] | str | None | UnsetType = UNSET
    modifiedProperties: list[Property] | str | None | UnsetType = UNSET
    provisioningStatusInfo: Outcome = UNSET
    action: Word = UNSET
    statusInfo: Outcome = UNSET


class Line(Struct, gc=False):
    """A line of a diagnostic export: an envelope around a record."""

    time: Text = UNSET
    resourceId: Text = UNSET
    category: Text = UNSET
    tenantId: Text = UNSET
    resultType: Text = UNSET
    resultSignature: Text = UNSET
    resultDescription: Text = UNSET
    durationMs: Whole | str | None | UnsetType = UNSET
    correlationId: Text = UNSET
    identity: Text = UNSET
    properties: Record | str | None | UnsetType = UNSET
    operationName: Any = UNSET
    operationVersion: Any = UNSET
    callerIpAddress: Any = UNSET
    Level: Any = UNSET
    level: Any = UNSET
    location: Any = UNSET


class LogRow(Struct, gc=False):
    """A row of the Log Analytics table AADProvisioningLogs; its TenantId is the workspace, not the tenant."""

    TimeGenerated: Text = UNSET
    AADTenantId: Text = UNSET
    Category: Text = UNSET
    ResultType: Text = UNSET
    ResultSignature: Text = UNSET
    ResultDescription: Text = UNSET
    DurationMs: Whole | str | None | UnsetType = UNSET
    CorrelationId: Text = UNSET
    Action: Word = UNSET
    ChangeId: Text = UNSET
    CycleId: Text = UNSET
    Id: Text = UNSET
    InitiatedBy: Initiator | str | None | UnsetType = UNSET
    JobId: Text = UNSET
    ModifiedProperties: list[Property] | str | None | UnsetType = UNSET
    ProvisioningAction: Word = UNSET
    ProvisioningStatusInfo: Outcome = UNSET
    ProvisioningSteps: list[Step] | str | None | UnsetType = UNSET
    ServicePrincipal: Principal | list[Principal] | str | None | UnsetType = UNSET
    SourceIdentity: Identity | str | None | UnsetType = UNSET
    StatusInfo: Outcome = UNSET
    TargetIdentity: Identity | str | None | UnsetType = UNSET
    TargetSystem: System | str | None | UnsetType = UNSET
    Type: Text = UNSET


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
