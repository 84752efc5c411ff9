"""The directory's audit log as Graph gives it: who was disabled, deleted, restored, purged, added to which group."""

from collections.abc import Iterable

import msgspec

from scimlab.simulate.clock import iso_ticks
from scimlab.simulate.directory import Audit
from scimlab.simulate.world import World

CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#auditLogs/directoryAudits"
OPERATIONS = {"Add": "Add", "Delete": "Delete", "Hard": "Delete", "Remove": "Unassign"}
PRINTED = {"department": "Department", "title": "JobTitle", "mobile": "Mobile", "upn": "UserPrincipalName", "display_name": "DisplayName"}


def directory_audits(world: World) -> Iterable[dict]:
    """One element of `value` an act since the world began, the latest first; what stood then was done long before."""
    rng = world.stream("audit export")
    numbered = [
        (each, f"{rng.randrange(36**5):05d}"[-5:], rng.randrange(10_000_000))
        for each in world.directory.audit
        if each.at > world.rules.start
    ]
    return (_directory_audit(world, *each) for each in sorted(numbered, key=lambda each: -each[0].at))


def _directory_audit(world: World, act: Audit, suffix: str, ticks: int) -> dict:
    correlation = f"{act.object_id[:24]}{act.at:012x}"
    return {
        "id": f"Directory_{correlation}_{suffix}_{act.at % 10**8}",
        "category": "GroupManagement" if "group" in act.activity.lower() else "UserManagement",
        "correlationId": correlation,
        "result": "success",
        "resultReason": "",
        "activityDisplayName": act.activity,
        "activityDateTime": iso_ticks(act.at, ticks),
        "loggedByService": "Core Directory",
        "operationType": OPERATIONS.get(act.activity.split()[0], "Update"),
        "initiatedBy": _initiator(world, act),
        "targetResources": [*_targets(world, act)],
        "additionalDetails": [],
    }


def _initiator(world: World, act: Audit) -> dict:
    if act.activity == "Hard Delete user":
        return {
            "user": None,
            "app": {"appId": None, "displayName": "Lifecycle cleanup", "servicePrincipalId": None, "servicePrincipalName": None},
        }
    name = f"admin@{world.rules.domain}"
    return {"user": {"id": world.administrator_id, "displayName": None, "userPrincipalName": name, "ipAddress": "192.0.2.10"}, "app": None}


def _targets(world: World, act: Audit) -> Iterable[dict]:
    """The object acted on; in app role events the app's service principal stands first."""
    if "app role assignment" in act.activity:
        yield _target(world.job.connection.app_id, "ServicePrincipal", world.rules.app_name, None, ())
    kind = "Group" if act.object_id in world.directory.groups else "User"
    name = None if kind == "Group" or act.activity == "Hard Delete user" else act.name
    yield _target(act.object_id, kind, act.name if kind == "Group" else None, name, act.changed)


def _target(object_id: str, kind: str, shown: str | None, upn: str | None, changed: Iterable[tuple[str, str | None, str | None]]) -> dict:
    modified = [
        {"displayName": PRINTED.get(name, name), "oldValue": _quoted(name, old), "newValue": _quoted(name, new)}
        for name, old, new in changed
    ]
    if modified:
        names = ", ".join(each["displayName"] for each in modified)
        modified.append({"displayName": "Included Updated Properties", "oldValue": None, "newValue": f'"{names}"'})
    return {
        "id": object_id,
        "displayName": shown,
        "type": kind,
        "userPrincipalName": upn,
        "groupType": None,
        "modifiedProperties": modified,
    }


def _quoted(name: str, value: str | None) -> str | None:
    """JSON within the string, as the log has it: a list for attributes, a bare text for what only describes the act."""
    if name in ("Is Hard Deleted", "Group.ObjectID"):
        return None if value is None else f'"{value}"'
    if value is None:
        return "[]"
    return f"[{value.lower()}]" if value in ("True", "False") else "[" + json_text(value) + "]"


def json_text(value: str) -> str:
    """A string as JSON."""
    return msgspec.json.encode(value).decode()
