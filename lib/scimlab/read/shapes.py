"""Which kind of record an object is, told by its keys, and how it is read."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from scimlab.read import activity, assignments, audit, directory, jobs, provisioning
from scimlab.read.doubled import single
from scimlab.read.records import Account, Line, LogRow, Record, User
from scimlab.read.spelling import must_be_spelled

LOGS = ("events", "audit", "activity")
"""The frames whose records may stand in one file: an Event Hub carries them side by side."""


class Shape(NamedTuple):
    """How records of one kind are decoded, and the frame their rows belong to: a row each, or a list of rows."""

    form: str
    frame: str
    struct: type[Struct]
    row: Callable[[Any], Any]
    decode: Callable[[bytes], Any]
    by_microsoft: bool


def _shape(form: str, frame: str, struct: type[Struct], row: Callable[[Any], Any], *, by_microsoft: bool = True) -> Shape:
    return Shape(form, frame, struct, row, single(msgspec.json.Decoder(struct).decode, partial(must_be_spelled, struct)), by_microsoft)


GRAPH = _shape("Graph provisioning log", "events", Record, provisioning.event_row)
OLDER = _shape("Graph provisioning log, older beta shape", "events", Record, provisioning.event_row)
DIAGNOSTIC = _shape("diagnostic export", "events", Line, provisioning.line_row)
LOG_ANALYTICS = _shape("Log Analytics", "events", LogRow, provisioning.log_row)
AUDITS = _shape("Graph directory audit", "audit", audit.DirectoryAudit, audit.audit_rows)
AUDIT_LINES = _shape("diagnostic export of audits", "audit", audit.AuditLine, audit.audit_line_rows)
AUDIT_LOG = _shape("Log Analytics audits", "audit", audit.AuditLogRow, audit.audit_log_rows)
SIGN_INS = _shape("Graph sign-ins", "activity", activity.SignIn, activity.sign_in_row)
SIGN_IN_LINES = _shape("diagnostic export of sign-ins", "activity", activity.SignInLine, activity.sign_in_line_row)
SIGN_IN_LOG = _shape("Log Analytics sign-ins", "activity", activity.SignInLogRow, activity.sign_in_log_row)
USERS = _shape("Graph users", "people", User, directory.user_row)
ASSIGNED = _shape("Graph app role assignments", "assignments", assignments.AppRoleAssignment, assignments.assignment_row)
JOBS = _shape("Graph synchronization jobs", "jobs", jobs.SynchronizationJob, jobs.job_row)
SCHEMAS = _shape("Graph synchronization schema", "mappings", jobs.SynchronizationSchema, jobs.mapping_rows)
ACCOUNTS = _shape("SCIM users", "records", Account, directory.account_row, by_microsoft=False)


@cache
def members(group_id: str) -> Shape:
    """The shape of the members of one group: no member says of which."""
    return _shape("Graph group members", "assignments", assignments.Member, assignments.member_row_of(group_id))


CATEGORIES: Mapping[str, Shape | str] = {
    "provisioninglogs": DIAGNOSTIC,
    "auditlogs": AUDIT_LINES,
    "signinlogs": SIGN_IN_LINES,
    "noninteractiveusersigninlogs": SIGN_IN_LINES,
    "serviceprincipalsigninlogs": "a sign-in of an app",
    "managedidentitysigninlogs": "a sign-in of an app",
}
"""Diagnostic lines by their category."""

# An object is of the first kind of which it carries a mark; keys are compared case-blind.
TABLES: tuple[tuple[frozenset[str], Shape | str], ...] = tuple(
    (frozenset(marks.split()), kind)
    for marks, kind in (
        ("jobid changeid cycleid provisioningsteps provisioningstatusinfo provisioningaction", LOG_ANALYTICS),
        ("targetresources activitydisplayname", AUDIT_LOG),
        ("appdisplayname", SIGN_IN_LOG),
    )
)
MARKS: tuple[tuple[frozenset[str], Shape | str], ...] = tuple(
    (frozenset(marks.split()), kind)
    for marks, kind in (
        ("properties operationname", DIAGNOSTIC),
        ("activitydisplayname loggedbyservice targetresources", AUDITS),
        ("provisioningaction provisioningstatusinfo", GRAPH),
        ("statusinfo provisioningsteps", OLDER),
        ("changeid cycleid jobid sourceidentity targetidentity", GRAPH),
        ("activitydatetime", AUDITS),
        ("userid appdisplayname clientappused conditionalaccessstatus", SIGN_INS),
        ("approleid principalid", ASSIGNED),
        ("synchronizationjobsettings templateid", JOBS),
        ("synchronizationrules", SCHEMAS),
        ("grouptypes membershiprule securityenabled", "a group"),
        ("userprincipalname", USERS),
        ("deleteddatetime", "a deleted object that is no user"),
        ("username emails", ACCOUNTS),
    )
)


def kind_of(record: dict, file: str = "") -> Shape | str:
    """The shape of an object in a file of that name, or in words what it is instead."""
    keys, category = {key.casefold() for key in record}, str(record.get("category", "")).casefold()
    if "timegenerated" in keys:
        return next((kind for marks, kind in TABLES if marks & keys), "a row of another Log Analytics table")
    if category in CATEGORIES:
        return CATEGORIES[category]
    named = record.get("@odata.type") or record.get("category")
    if "id" in keys and str(named).startswith("#microsoft.graph.") and (group_id := assignments.group_in(file)):
        return members(group_id)
    for marks, kind in MARKS:
        if marks & keys:
            return kind
    return f"a record of {named}" if isinstance(named, str) else "no record of a kind known here"
