"""What the steps of a change and the properties it sent say about source and target."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from scimlab.read.records import Property, Step
from scimlab.read.refusals import Unfit, inside
from scimlab.read.words import STATUS, STEP, TRUTH

MAIL = 'emails[type eq "work"].value'
# Steps drop the punctuation before the last word.
STEP_MAILS = ("mail", 'emails[type eq "work"]value', MAIL)
SENT = frozenset({"active", "userName", "externalId", "mail", MAIL})
# Each in the wordings of several years, the present one first.
ASSIGNED = ("Assigned to the application", "Assigned")
IN_SCOPE = ("Scoping filter evaluation passed", "IsInProvisioningScopeDisplayName", "IsInProvisioningScope")
RETRY, SKIP = "EntryEscrowRetry", "EntrySynchronizationSkip"

COLUMNS = (
    "is_retry", "skip_reason", "skip_property", "sent_active", "sent_user_name", "sent_mail", "sent_external_id", "matched_target_id",
    "matched_user_name", "matched_active", "source_enabled", "source_soft_deleted", "assigned", "in_scope", "steps_failed",
)  # fmt: skip
"""The columns of EVENTS that steps and properties fill, in their order there."""


class Told(Struct, gc=False):
    """What the steps of a change said, and what its properties say was sent."""

    is_retry: bool | None = None
    skip_reason: str | None = None
    skip_property: str | None = None
    sent_active: bool | None = None
    sent_user_name: str | None = None
    sent_mail: str | None = None
    sent_external_id: str | None = None
    matched_target_id: str | None = None
    matched_user_name: str | None = None
    matched_active: bool | None = None
    source_enabled: bool | None = None
    source_soft_deleted: bool | None = None
    assigned: bool | None = None
    in_scope: bool | None = None
    steps_failed: str | None = None
    # What the export step says was sent: the properties are believed over it.
    exported_active: bool | None = None
    exported_user_name: str | None = None
    exported_mail: str | None = None
    exported_external_id: str | None = None
    # By what name each kind of step calls its subject.
    imported_name: str | None = None
    matched_name: str | None = None
    exported_name: str | None = None
    skipped_name: str | None = None


def told_by(steps: list[Step] | str | None, properties: list[Property] | str | None) -> Told:
    """What the steps and properties of a record say.

    raises: Unfit where they are not what they should be.
    """
    told = Told()
    if steps.__class__ is str:
        steps = inside(steps, list[Step], "provisioningSteps")
    # An empty list says that there was no step, where nothing said leaves all open.
    if steps or steps == []:
        told.is_retry = False
        for step in steps:
            hear(told, step)
    if properties.__class__ is str:
        properties = inside(properties, list[Property], "modifiedProperties")
    if properties:
        for each in properties:
            if each.displayName in SENT:
                send(told, each.displayName, each.newValue)
    return told


def columns(told: Told) -> tuple:
    """The values of COLUMNS."""
    return (
        told.is_retry, told.skip_reason, told.skip_property,
        told.exported_active if told.sent_active is None else told.sent_active, told.sent_user_name or told.exported_user_name,
        told.sent_mail or told.exported_mail, told.sent_external_id or told.exported_external_id,
        told.matched_target_id, told.matched_user_name, told.matched_active, told.source_enabled, told.source_soft_deleted,
        told.assigned, told.in_scope, told.steps_failed,
    )  # fmt: skip


def source_name(told: Told) -> str | None:
    """The user name that the import step tells, else an address by which any step reports its subject."""
    if told.imported_name:
        return told.imported_name
    for name in (told.matched_name, told.exported_name, told.skipped_name):
        if name and "@" in name:
            return name
    return None


def hear(told: Told, step: Step) -> None:
    """Add what one step says; of two of a kind, the later is believed where both speak.

    raises: Unfit where its details are not what they should be.
    """
    name, details = step.name or None, step.details
    if step.status != "success" and STATUS[step.status] == "failure":
        told.steps_failed = f"{told.steps_failed} {name}" if told.steps_failed else name
    if name == RETRY:
        told.is_retry = True
        return
    if details.__class__ is str:
        details = inside(details, dict[str, Any], f"details of {name}")
    if details.__class__ is dict:
        HEARD[STEP[step.provisioningStepType]](told, details, name)


def _imported(told: Told, details: dict[str, Any], name: str | None) -> None:
    told.source_enabled = _flag(details, "accountEnabled", told.source_enabled)
    told.source_soft_deleted = _flag(details, "IsSoftDeleted", told.source_soft_deleted)
    told.imported_name = _text(details, "userPrincipalName", told.imported_name)


def _scoped(told: Told, details: dict[str, Any], name: str | None) -> None:
    told.assigned = _flag(details, next(filter(details.__contains__, ASSIGNED), ""), told.assigned)
    told.in_scope = _flag(details, next(filter(details.__contains__, IN_SCOPE), ""), told.in_scope)


def _matched(told: Told, details: dict[str, Any], name: str | None) -> None:
    told.matched_target_id = _text(details, "id", told.matched_target_id)
    told.matched_user_name = _text(details, "userName", told.matched_user_name)
    told.matched_active = _flag(details, "active", told.matched_active)
    told.matched_name = _text(details, "ReportableIdentifier", told.matched_name)


def _exported(told: Told, details: dict[str, Any], name: str | None) -> None:
    if name == SKIP or "SkipReason" in details:
        _skipped(told, details, name)
    if name == SKIP:
        return
    told.exported_active = _flag(details, "active", told.exported_active)
    told.exported_user_name = _text(details, "userName", told.exported_user_name)
    told.exported_external_id = _text(details, "externalId", told.exported_external_id)
    told.exported_name = _text(details, "ReportableIdentifier", told.exported_name)
    for each in STEP_MAILS:
        if each in details:
            told.exported_mail = _text(details, each, told.exported_mail)
            return


def _skipped(told: Told, details: dict[str, Any], name: str | None) -> None:
    if "SkipReason" in details or "PropertyName" in details:
        reason, of = _text(details, "SkipReason", None), _text(details, "PropertyName", None)
        if reason or not told.skip_reason:
            told.skip_reason, told.skip_property = reason, of
    told.skipped_name = told.skipped_name or _text(details, "ReportableIdentifier", None)


HEARD: dict[Any, Callable[[Told, dict[str, Any], str | None], None]] = {
    "import": _imported, "scoping": _scoped, "matching": _matched, "export": _exported, "processing": _skipped, "reference": _skipped,
    None: _skipped,
}  # fmt: skip
"""What is heard from each kind of step."""


def _text(details: dict[str, Any], key: str, before: str | None) -> str | None:
    """The text under a key, or what was known before."""
    value = details.get(key)
    if value.__class__ is str:
        return value or before
    if value is None:
        return before
    raise Unfit(f"provisioningSteps: {key} is {str(value)[:40]}, where a text is expected")


def _flag(details: dict[str, Any], key: str, before: bool | None) -> bool | None:
    """Whether what stands under a key is so, or what was known before."""
    value = details.get(key)
    if value is None:
        return before
    if value.__class__ is str or value.__class__ is bool:
        found = TRUTH[value]
        return before if found is None else found
    raise Unfit(f"provisioningSteps: {key} is {str(value)[:40]}, where true or false is expected")


def send(told: Told, name: str | None, value: Any) -> None:
    """Add one property that was sent; a null or empty value is none, since Entra never provisions null."""
    if not value and value is not False:
        return
    if name == "active":
        told.sent_active = TRUTH[value] if isinstance(value, (str, bool)) else None
    elif name == "userName":
        told.sent_user_name = str(value)
    elif name == "externalId":
        told.sent_external_id = str(value)
    else:
        told.sent_mail = str(value)
