"""What the steps of a change and the properties it sent say about source and target."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from scimlab.read.records import OpenStep, Property, Step, StepDetails
from scimlab.read.refusals import Unfit, inside
from scimlab.read.words import STATUS, STEP, TRUTH

WORK_MAIL = frozenset({'emails[type eq "work"].value', "mail"})
# Steps drop the punctuation before the last word; JSON escapes the quotes, once more where it is kept in a string.
STEP_MAIL = ('emails[type eq "work"]value', 'emails[type eq "work"].value')
STEP_MAIL_BEGINS = b"emails[type eq"
STEPS = msgspec.json.Decoder(list[Step] | str | None).decode
OPEN_STEPS = msgspec.json.Decoder(list[OpenStep]).decode


class Told(Struct):
    """The columns that steps and properties fill; None where they are silent."""

    is_retry: bool | None = None
    failed: str | None = None
    skip_reason: str | None = None
    skip_property: str | None = None
    user_name: str | None = None
    reported: str | None = None
    enabled: bool | None = None
    soft_deleted: bool | None = None
    assigned: bool | None = None
    in_scope: bool | None = None
    matched_id: str | None = None
    matched_name: str | None = None
    matched_active: bool | None = None
    sent_active: bool | None = None
    sent_user_name: str | None = None
    sent_mail: str | None = None
    sent_external_id: str | None = None


def told_by(steps: Raw, properties: list[Property] | str | None) -> Told:
    """What the steps say, and over it what the properties say was sent."""
    told = Told()
    if (heard := _steps(steps)) is not None:
        told.is_retry = False
        for step in heard:
            hear(told, step)
    if properties.__class__ is str:
        properties = inside(properties, list[Property], "modifiedProperties")
    if properties:
        for each in properties:
            send(told, each.displayName, each.newValue)
    if told.sent_mail is None and heard and STEP_MAIL_BEGINS in (text := bytes(steps)):
        told.sent_mail = _step_mail(text)
    return told


def _steps(steps: Raw) -> list[Step] | None:
    try:
        heard = STEPS(steps)
        return inside(heard, list[Step], "provisioningSteps") if heard.__class__ is str else heard
    except msgspec.MsgspecError as error:
        raise Unfit(f"provisioningSteps: {error}") from None


def _step_mail(text: bytes) -> str | None:
    """The work address an export step sent; its key holds quotes, which no struct can name."""
    if text.startswith(b'"'):
        text = msgspec.json.decode(text)
    exports = (step.details for step in OPEN_STEPS(text) if STEP[step.provisioningStepType] == "export" and step.details)
    return next((mail for details in exports if (mail := mail_in(details))), None)


def mail_in(details: dict[str, Any]) -> str | None:
    """The work address among all details of an export step."""
    return next((mail for key in STEP_MAIL if isinstance(mail := details.get(key), str) and mail), None)


def hear(told: Told, step: Step) -> None:
    """Add what one step says; a later step of the same kind is believed over an earlier one."""
    name, detail = step.name, step.details
    if name == "EntryEscrowRetry":
        told.is_retry = True
    if STATUS[step.status] == "failure":
        told.failed = f"{told.failed} {name}" if told.failed else name
    if detail.__class__ is str:
        detail = inside(detail, StepDetails, "provisioningSteps.details")
    if detail is None:
        return
    if detail.SkipReason:
        told.skip_reason, told.skip_property = detail.SkipReason, detail.PropertyName or None
    told.reported = told.reported or detail.ReportableIdentifier
    kind = STEP[step.provisioningStepType]
    if kind in HEARD:
        HEARD[kind](told, detail)


def _imported(told: Told, detail: StepDetails) -> None:
    told.enabled, told.soft_deleted = TRUTH[detail.accountEnabled], TRUTH[detail.IsSoftDeleted]
    told.user_name = detail.userPrincipalName or told.user_name


def _scoped(told: Told, detail: StepDetails) -> None:
    told.assigned = TRUTH[detail.assigned if detail.assigned is not None else detail.assignedOlder]
    wording = detail.inScope if detail.inScope is not None else detail.inScopeOlder
    told.in_scope = TRUTH[wording if wording is not None else detail.inScopePortal]


def _matched(told: Told, detail: StepDetails) -> None:
    told.matched_id, told.matched_name = detail.id or told.matched_id, detail.userName or told.matched_name
    told.matched_active = TRUTH[detail.active]


def _exported(told: Told, detail: StepDetails) -> None:
    told.sent_active = TRUTH[detail.active]
    told.sent_user_name = detail.userName or told.sent_user_name
    told.sent_mail = detail.mail or told.sent_mail
    told.sent_external_id = detail.externalId or told.sent_external_id


HEARD = {"import": _imported, "scoping": _scoped, "matching": _matched, "export": _exported}


def send(told: Told, name: str | None, value: Any) -> None:
    """Add one property that was sent; a null or empty value is none, since Entra never provisions null."""
    if value is None or value == "":
        return
    if name == "active":
        told.sent_active = TRUTH[value] if isinstance(value, (str, bool)) else None
    elif name == "userName":
        told.sent_user_name = str(value)
    elif name == "externalId":
        told.sent_external_id = str(value)
    elif name in WORK_MAIL:
        told.sent_mail = str(value)
