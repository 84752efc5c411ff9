"""What the steps of a change and the properties it sent say about source and target."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Raw, Struct

from scimlab.read.records import Exported, Imported, Matched, Property, Scoped, Step
from scimlab.read.refusals import Unfit, inside
from scimlab.read.words import STATUS, STEP, TRUTH

SENT = frozenset({"active", "userName", "externalId", 'emails[type eq "work"].value', "mail"})
# Steps drop the punctuation before the last word, and the quotes keep the key out of a struct.
STEP_MAIL_BEGINS = b'"emails[type eq \\"work\\"]'
STEP_MAIL = re.compile(re.escape(STEP_MAIL_BEGINS) + rb'\.?value"\s*:\s*("(?:[^"\\]|\\.)+")')
RETRY, SKIP = "EntryEscrowRetry", "EntrySynchronizationSkip"
STEPS = msgspec.json.Decoder(list[Step] | str | None).decode


NOT_IMPORTED, NOT_SCOPED, NOT_MATCHED, NOT_EXPORTED = Imported(), Scoped(), Matched(), Exported()

COLUMNS = (
    "is_retry", "skip_reason", "skip_property", "sent_active", "sent_user_name", "sent_mail", "sent_external_id", "matched_target_id",
    "matched_user_name", "matched_active", "source_enabled", "source_soft_deleted", "assigned", "in_scope", "steps_failed",
)  # fmt: skip
"""The columns of EVENTS that steps and properties fill, in their order there."""


class Told(Struct, gc=False):
    """What the steps of a change said, by kind, and what its properties say was sent."""

    is_retry: bool | None = None
    failed: str | None = None
    imported: Imported = NOT_IMPORTED
    scoped: Scoped = NOT_SCOPED
    matched: Matched = NOT_MATCHED
    exported: Exported = NOT_EXPORTED
    skipped: Exported = NOT_EXPORTED
    export_text: Raw | None = None
    active: bool | None = None
    user_name: str | None = None
    external_id: str | None = None
    mail: str | None = None


def told_by(steps: Raw, properties: list[Property] | str | None) -> Told:
    """What the steps and properties of a record say.

    raises: Unfit where they are not what they should be.
    """
    told = Told()
    if (heard := _steps(steps)) is not None:
        told.is_retry = False
        for step in heard:
            hear(told, step)
    if properties.__class__ is str:
        properties = inside(properties, list[Property], "modifiedProperties")
    if properties:
        for each in properties:
            if each.displayName in SENT:
                send(told, each.displayName, each.newValue)
    return told


def columns(told: Told) -> tuple:
    """The values of COLUMNS: what the properties say was sent is believed over what the export step says."""
    imported, scoped, matched, exported, skipped = told.imported, told.scoped, told.matched, told.exported, told.skipped
    wording = scoped.inScope if scoped.inScope is not None else scoped.inScopeOlder
    mail = told.mail or exported.mail
    if mail is None and told.export_text is not None:
        mail = mail_in(told.export_text)
    return (
        told.is_retry, skipped.SkipReason or None, skipped.PropertyName or None,
        TRUTH[exported.active] if told.active is None else told.active, told.user_name or exported.userName or None, mail or None,
        told.external_id or exported.externalId or None, matched.id or None, matched.userName or None, TRUTH[matched.active],
        TRUTH[imported.accountEnabled], TRUTH[imported.IsSoftDeleted],
        TRUTH[scoped.assigned if scoped.assigned is not None else scoped.assignedOlder],
        TRUTH[wording if wording is not None else scoped.inScopePortal], told.failed,
    )  # fmt: skip


def source_name(told: Told) -> str | None:
    """The user name that the import step tells, else an address by which any step reports its subject."""
    if told.imported.userPrincipalName:
        return told.imported.userPrincipalName
    for step in (told.matched, told.exported, told.skipped):
        if (reported := step.ReportableIdentifier) and "@" in reported:
            return reported
    return None


def _steps(steps: Raw) -> list[Step] | None:
    try:
        heard = STEPS(steps)
        return inside(heard, list[Step], "provisioningSteps") if heard.__class__ is str else heard
    except msgspec.MsgspecError as error:
        raise Unfit(f"provisioningSteps: {error}") from None


def hear(told: Told, step: Step) -> None:
    """Add what one step says; of two of a kind, the later is believed where both speak.

    raises: Unfit where its details are not what they should be.
    """
    name, kind = step.name, STEP[step.provisioningStepType]
    if step.status != "success" and STATUS[step.status] == "failure":
        told.failed = f"{told.failed} {name}" if told.failed else name
    if name == RETRY:
        told.is_retry = True
        return
    decode = DETAILS[kind]
    try:
        detail = decode(step.details)
        if detail.__class__ is str:
            detail = decode(detail) if detail else None
    except msgspec.MsgspecError as error:
        raise Unfit(f"details of {name}: {error}") from None
    if detail is None:
        return
    if kind == "import":
        told.imported = detail if told.imported is NOT_IMPORTED else _over(told.imported, detail)
    elif kind == "scoping":
        told.scoped = detail if told.scoped is NOT_SCOPED else _over(told.scoped, detail)
    elif kind == "matching":
        told.matched = detail if told.matched is NOT_MATCHED else _over(told.matched, detail)
    else:
        if detail.SkipReason or told.skipped is NOT_EXPORTED:
            told.skipped = detail
        if kind == "export" and name != SKIP:
            told.exported = detail if told.exported is NOT_EXPORTED else _over(told.exported, detail)
            told.export_text = step.details


def _over(earlier: Struct, later: Struct) -> Any:
    """The later of two, with what only the earlier says."""
    said = {name: value for name in later.__struct_fields__ if (value := getattr(later, name)) not in (None, "")}
    return msgspec.structs.replace(earlier, **said)


def mail_in(text: Raw) -> str | None:
    """The work address among the details of an export step, under a key that no struct can name."""
    raw = bytes(text)
    if raw.startswith(b'"'):
        raw = msgspec.json.decode(raw).encode()
    begins = raw.find(STEP_MAIL_BEGINS)
    found = STEP_MAIL.match(raw, begins) if begins >= 0 else None
    return msgspec.json.decode(found[1]) if found else None


DETAILS: dict[str | None, Callable[[Raw | str], Any]] = {
    kind: msgspec.json.Decoder(struct | str | None).decode
    for kind, struct in {
        "import": Imported, "scoping": Scoped, "matching": Matched, "export": Exported, "processing": Exported, "reference": Exported,
        None: Exported,
    }.items()
}  # fmt: skip
"""How the details of each kind of step are read."""


def send(told: Told, name: str | None, value: Any) -> None:
    """Add one property that was sent; a null or empty value is none, since Entra never provisions null."""
    if value is None or value == "":
        return
    if name == "active":
        told.active = TRUTH[value] if isinstance(value, (str, bool)) else None
    elif name == "userName":
        told.user_name = str(value)
    elif name == "externalId":
        told.external_id = str(value)
    else:
        told.mail = str(value)
