"""Directory audit records: who did what to which object, and which properties that changed.

A record becomes a row of AUDIT for each property of each object it acted on; an object of which no property
changed is a row alone, and so is an act upon nothing. What was a property's value is JSON inside a string.
"""

from functools import lru_cache
from itertools import chain
from typing import Any

import msgspec
import polars as pl
from msgspec import UNSET, Struct, UnsetType

from scimlab.read.records import Text
from scimlab.read.refusals import Foreign, Unfit, inside, must_be_of_entra
from scimlab.schema import AUDIT

USER_ID, USER_NAME = "User.ObjectID", "User.UPN"
"""The properties by which an act on an app names its user, where the user is no target of their own."""


class Change(Struct, gc=False):
    """A property that an act changed, or by which it says more of the object."""

    displayName: Text = UNSET
    oldValue: Any = UNSET
    newValue: Any = UNSET


class Target(Struct, gc=False):
    """An object acted on."""

    id: Text = UNSET
    displayName: Any = UNSET
    type: Text = UNSET
    userPrincipalName: Text = UNSET
    groupType: Any = UNSET
    modifiedProperties: list[Change] | None | UnsetType = UNSET
    administrativeUnits: Any = UNSET


class Actor(Struct, gc=False):
    """A person or an app."""

    id: Text = UNSET
    displayName: Text = UNSET
    userPrincipalName: Text = UNSET
    ipAddress: Any = UNSET
    appId: Any = UNSET
    servicePrincipalId: Text = UNSET
    servicePrincipalName: Text = UNSET


class Initiator(Struct, gc=False):
    """Who acted: one of the two."""

    user: Actor | None | UnsetType = UNSET
    app: Actor | None | UnsetType = UNSET


class DirectoryAudit(Struct, gc=False):
    """An act: a record of Graph, and the inside of a diagnostic line."""

    id: Text = UNSET
    category: Any = UNSET
    correlationId: Text = UNSET
    result: Text = UNSET
    resultReason: Any = UNSET
    activityDisplayName: Text = UNSET
    activityDateTime: Text = UNSET
    loggedByService: Any = UNSET
    operationType: Any = UNSET
    userAgent: Any = UNSET
    initiatedBy: Initiator | str | None | UnsetType = UNSET
    targetResources: list[Target] | str | None | UnsetType = UNSET
    additionalDetails: Any = UNSET
    jobId: Any = UNSET


class AuditLine(Struct, gc=False):
    """A line of a diagnostic export: an envelope around an act."""

    time: Text = UNSET
    resourceId: Text = UNSET
    operationName: Text = UNSET
    operationVersion: Any = UNSET
    category: Text = UNSET
    tenantId: Any = UNSET
    resultType: Any = UNSET
    resultSignature: Any = UNSET
    resultDescription: Any = UNSET
    durationMs: Any = UNSET
    callerIpAddress: Any = UNSET
    correlationId: Text = UNSET
    identity: Any = UNSET
    Level: Any = UNSET
    level: Any = UNSET
    properties: DirectoryAudit | str | None | UnsetType = UNSET


class AuditLogRow(Struct, gc=False):
    """A row of the Log Analytics table AuditLogs, whose structures are JSON as text."""

    TimeGenerated: Text = UNSET
    ActivityDateTime: Text = UNSET
    ActivityDisplayName: Text = UNSET
    OperationName: Text = UNSET
    CorrelationId: Text = UNSET
    Id: Text = UNSET
    Result: Text = UNSET
    InitiatedBy: Initiator | str | None | UnsetType = UNSET
    TargetResources: list[Target] | str | None | UnsetType = UNSET
    Type: Text = UNSET


def audit_rows(record: DirectoryAudit) -> list[tuple]:
    """The rows of an act, in the order of AUDIT; one that does not say what was done is still one."""
    if record.jobId:
        raise Foreign("a provisioning event")
    if not record.activityDateTime:
        raise Unfit("activityDateTime is missing")
    if not (record.id or record.correlationId or record.activityDisplayName):
        raise Unfit("id, correlationId and activityDisplayName are missing")
    targets, initiator = record.targetResources, record.initiatedBy
    if targets.__class__ is str:
        targets = inside(targets, list[Target], "targetResources")
    if initiator.__class__ is str:
        initiator = inside(initiator, Initiator, "initiatedBy")
    # A diagnostic line writes Z as an offset of nothing.
    at, result = record.activityDateTime.replace("+00:00", "Z"), (record.result or "").lower()
    act = (record.id or None, at, record.activityDisplayName or None, result or None, _actor(initiator))
    correlation = (record.correlationId or None,)
    return [act + changed + correlation for target in targets or (Target(),) for changed in _changes(target)]


def audit_line_rows(line: AuditLine) -> list[tuple]:
    """The rows of a diagnostic line; the record inside is believed before the envelope around it."""
    must_be_of_entra(line.resourceId)
    if (line.category or "").casefold() != "auditlogs":
        raise Foreign(f"a record of the category {line.category}")
    record = line.properties
    if record.__class__ is str:
        record = inside(record, DirectoryAudit, "properties")
    if not record:
        raise Unfit("properties is missing")
    record.activityDateTime = record.activityDateTime or line.time
    record.activityDisplayName = record.activityDisplayName or line.operationName
    record.correlationId = record.correlationId or line.correlationId
    return audit_rows(record)


def audit_log_rows(row: AuditLogRow) -> list[tuple]:
    """The rows of a record of the Log Analytics table."""
    if (row.Type or "AuditLogs").casefold() != "auditlogs":
        raise Foreign(f"a row of the table {row.Type}")
    if not row.ActivityDisplayName and not row.TargetResources:
        raise Foreign("a row of another Log Analytics table")
    record = DirectoryAudit(
        id=row.Id, activityDateTime=row.ActivityDateTime or row.TimeGenerated,
        activityDisplayName=row.ActivityDisplayName or row.OperationName, correlationId=row.CorrelationId, result=row.Result,
        initiatedBy=row.InitiatedBy, targetResources=row.TargetResources,
    )  # fmt: skip
    return audit_rows(record)


@lru_cache(1 << 14)
def told(text: str | None) -> str | None:
    """What a property's value says: a list is what it holds, truth is true or false, and what is empty is nothing.

    >>> told('[true]'), told('["Member"]'), told('"False"'), told("[]"), told("as it stands")
    ('true', 'Member', 'false', None, 'as it stands')
    """
    if not text:
        return None
    try:
        value = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        value = text
    values = [_text(each) for each in (value if isinstance(value, list) else [value])]
    return ", ".join(filter(None, values)) or None


def with_ids(rows: pl.DataFrame, record: list[str]) -> pl.DataFrame:
    """Rows of AUDIT with an id for each record: its own, else that of the same act told with one, else what is known of the act.

    The portal's CSV carries no id, and of objects the first three only; forms agree on the second at which an act was.

    record: the columns that the rows of one record share.
    returns: the rows with `is_named`, true where no form told an id.
    """
    if not rows["audit_id"].null_count():
        return rows.with_columns(is_named=pl.lit(False))
    objects = pl.col("object_id").drop_nulls().unique(maintain_order=True).head(3).str.join(" ").over(record)
    act = pl.format("{}/{}/{}", pl.col("correlation_id").fill_null(""), pl.col("activity").fill_null(""), objects)
    told = rows.with_columns(act=act)
    same = pl.col("audit_id").min().over("act", pl.col("at").dt.truncate("1s"))
    told = told.with_columns(audit_id=pl.coalesce("audit_id", same))
    return told.with_columns(is_named=pl.col("audit_id").is_null(), audit_id=pl.coalesce("audit_id", "act")).drop("act")


def with_users_named(rows: pl.DataFrame) -> pl.DataFrame:
    """AUDIT with a row more for each user whom an act on an app names among the app's properties only.

    rows: AUDIT.
    """
    said = pl.coalesce("new_value", "old_value")
    place = ["file", "row"]
    users = rows.filter(property=USER_ID).with_columns(object_id=said, object_type=pl.lit("User")).drop("user_name")
    named = rows.filter(property=USER_NAME).select(*place, user_name=said).unique(place, keep="first", maintain_order=True)
    targets = rows.filter(pl.col("object_type").str.to_lowercase() == "user").select(place)
    none = [pl.lit(None, pl.String).alias(name) for name in ("property", "old_value", "new_value")]
    added = users.join(targets, on=place, how="anti").join(named, on=place, how="left").with_columns(none).select(*AUDIT)
    return pl.concat([rows, added]).sort("file", "row", maintain_order=True) if added.height else rows


def _changes(target: Target) -> list[tuple]:
    """Object, type, name, property, old and new value: a tuple a property, or one of the target alone."""
    of = (target.id or None, target.type or None, target.userPrincipalName or None)
    return [(*of, each.displayName or None, _value(each.oldValue), _value(each.newValue)) for each in target.modifiedProperties or ()] or [
        (*of, None, None, None)
    ]


def _value(value: Any) -> str | None:
    """A value as told; one that is no text, as nobody was seen to write it, is read from its JSON."""
    if value.__class__ is str:
        return told(value)
    return None if value in (None, UNSET) else told(msgspec.json.encode(value).decode())


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text.lower() if text in ("True", "False") else text


def _actor(initiator: Initiator | None) -> str | None:
    """Who acted, by the name that says most."""
    for each in (initiator.user, initiator.app) if initiator else ():
        if each and (names := [name for name in _names(each) if name]):
            return names[0]
    return None


def _names(actor: Actor) -> chain[Text]:
    return chain((actor.userPrincipalName, actor.displayName, actor.servicePrincipalName, actor.id, actor.servicePrincipalId))
