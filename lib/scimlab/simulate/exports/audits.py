"""The directory's audit log, as Graph and Azure Monitor say it: who was disabled or deleted, restored or purged, given an app or a role."""

from collections.abc import Iterable, Mapping
from random import Random
from string import ascii_uppercase, digits
from uuid import UUID, uuid5

import msgspec

from scimlab.simulate.clock import iso_ticks
from scimlab.simulate.directory import Audit
from scimlab.simulate.world import World

CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#auditLogs/directoryAudits"
OPERATIONS = {"Add": "Add", "Delete": "Delete", "Hard": "Delete", "Remove": "Unassign"}
PRINTED = {"department": "Department", "title": "JobTitle", "mobile": "Mobile", "upn": "UserPrincipalName", "display_name": "DisplayName"}
BARE = frozenset(("Is Hard Deleted", "Group.ObjectID", "Role.DisplayName"))
"""Properties that say more of the act; their values are bare texts, and no list of changes follows them."""
TO_APP, TO_ROLE = "app role assignment", "member to role"


def directory_audits(world: World) -> Iterable[dict]:
    """One element of `value` an act since the world began, the latest first; what stood then was done long before."""
    rng = world.stream("audit export")
    numbered = [(each, _suffix(rng), rng.randrange(10_000_000)) for each in world.directory.audit if each.at > world.rules.start]
    return (_directory_audit(world, *each) for each in sorted(numbered, key=lambda each: -each[0].at))


def diagnostic_line(world: World, record: Mapping) -> dict:
    """An act as a line of a PT1H.json: of who did it only the one that applies is named, and nothing that is null."""
    then, actor = record["activityDateTime"], record["initiatedBy"]
    (kind, who), *_ = ((kind, who) for kind, who in actor.items() if who)
    said = {name: value for name, value in who.items() if value is not None}
    targets = [{name: value for name, value in each.items() if value is not None} for each in record["targetResources"]]
    within = {"activityDateTime": then.replace("Z", "+00:00"), "initiatedBy": {kind: said}, "targetResources": targets}
    return {
        "time": then,
        "resourceId": f"/tenants/{world.tenant_id}/providers/Microsoft.aadiam",
        "operationName": record["activityDisplayName"],
        "operationVersion": "1.0",
        "category": "AuditLogs",
        "tenantId": world.tenant_id,
        "resultSignature": "None",
        "durationMs": 0,
        "correlationId": record["correlationId"],
        "identity": who["displayName"] or who.get("userPrincipalName"),
        "level": "Informational",
        "properties": record | within,
    }


def log_analytics_row(world: World, record: Mapping) -> dict:
    """An act as a row of the table AuditLogs, structures as JSON within."""
    return {
        "TenantId": f"00000000-{world.tenant_id[9:]}",
        "SourceSystem": "Azure AD",
        "TimeGenerated": record["activityDateTime"],
        "OperationName": record["activityDisplayName"],
        "OperationVersion": "1.0",
        "Category": record["category"],
        "ResultType": "",
        "ResultSignature": "None",
        "DurationMs": "0",
        "CorrelationId": record["correlationId"],
        "Id": record["id"],
        "InitiatedBy": json_text(record["initiatedBy"]),
        "LoggedByService": record["loggedByService"],
        "Result": record["result"],
        "ResultReason": record["resultReason"],
        "TargetResources": json_text(record["targetResources"]),
        "AdditionalDetails": json_text(record["additionalDetails"]),
        "AADTenantId": world.tenant_id,
        "ActivityDisplayName": record["activityDisplayName"],
        "ActivityDateTime": record["activityDateTime"],
        "AADOperationType": record["operationType"],
        "Type": "AuditLogs",
    }


def _suffix(rng: Random) -> str:
    return "".join(rng.choices(ascii_uppercase + digits, k=5))


def _directory_audit(world: World, act: Audit, suffix: str, ticks: int) -> dict:
    correlation = f"{act.object_id[:24]}{act.at:012x}"
    return {
        "id": f"Directory_{correlation}_{suffix}_{act.at % 10**8}",
        "category": _category(act),
        "correlationId": correlation,
        "result": "success",
        "resultReason": "",
        "activityDisplayName": act.activity,
        # Graph drops the zeros at the end.
        "activityDateTime": iso_ticks(act.at, ticks).rstrip("0Z").rstrip(".") + "Z",
        "loggedByService": "Core Directory",
        "operationType": _operation(act),
        "initiatedBy": _initiator(world, act),
        "targetResources": [*_targets(world, act)],
        "additionalDetails": [],
    }


def _category(act: Audit) -> str:
    if TO_ROLE in act.activity:
        return "RoleManagement"
    return "GroupManagement" if "group" in act.activity.lower() else "UserManagement"


def _operation(act: Audit) -> str:
    is_given = act.activity.startswith("Add") and (TO_APP in act.activity or " to " in act.activity)
    return "Assign" if is_given else OPERATIONS.get(act.activity.split()[0], "Update")


def _initiator(world: World, act: Audit) -> dict:
    if act.activity == "Hard Delete user":
        service = str(uuid5(UUID(world.tenant_id), "cleanup"))
        app = {"appId": None, "displayName": "Lifecycle cleanup", "servicePrincipalId": service, "servicePrincipalName": None}
        return {"user": None, "app": app}
    name = f"admin@{world.rules.domain}"
    return {"user": {"id": world.administrator_id, "displayName": None, "userPrincipalName": name, "ipAddress": "192.0.2.10"}, "app": None}


def _targets(world: World, act: Audit) -> Iterable[dict]:
    """The object acted on. Where an app is given or taken, its service principal stands first and says to whom; a role stands last."""
    is_group = act.object_id in world.directory.groups
    if TO_APP in act.activity:
        yield _target(world.job.connection.app_id, "ServicePrincipal", world.rules.app_name, None, _given(world, act, is_group))
    if is_group:
        yield _target(act.object_id, "Group", act.name, None, _changes(act))
    else:
        yield _target(act.object_id, "User", None, None if act.activity == "Hard Delete user" else act.name, _changes(act))
    if TO_ROLE in act.activity:
        yield _target(_role_id(world, act), "Role", None, None, [])


def _given(world: World, act: Audit, is_group: bool) -> list[dict]:
    """How an act on an app says which role of it went to whom."""
    said = {"AppRole.Id": str(uuid5(UUID(world.job.connection.app_id), "role")), "AppRole.Value": "", "AppRole.DisplayName": "User"}
    said |= {"AppRoleAssignment.CreatedDateTime": iso_ticks(act.at, 0)}
    if is_group:
        said |= {"Group.ObjectID": act.object_id, "Group.DisplayName": act.name}
    else:
        said |= {"User.ObjectID": act.object_id, "User.UPN": act.name}
    return [_property(name, None, json_text(value)) for name, value in said.items()]


def _changes(act: Audit) -> list[dict]:
    """The properties that changed, in the order of a captured record: then which they are, then what kind of user it is."""
    if TO_ROLE in act.activity:
        (_, _, role), *_ = act.changed
        said = {"Role.DisplayName": role, "Role.WellKnownObjectName": role.replace(" ", "")}
        return [_property(name, None, json_text(value)) for name, value in said.items()]
    modified = [_property(PRINTED.get(name, name), _quoted(name, old), _quoted(name, new)) for name, old, new in act.changed]
    if modified and _operation(act) == "Update":
        names = ", ".join(each["displayName"] for each in modified)
        modified += [_property("Included Updated Properties", None, json_text(names))]
        modified += [_property("TargetId.UserType", None, json_text("Member"))]
    return modified


def _role_id(world: World, act: Audit) -> str:
    (_, _, role), *_ = act.changed
    return str(uuid5(UUID(world.tenant_id), role))


def _target(object_id: str, kind: str, shown: str | None, upn: str | None, modified: list[dict]) -> dict:
    return {
        "id": object_id,
        "displayName": shown,
        "type": kind,
        "userPrincipalName": upn,
        "groupType": None,
        "modifiedProperties": modified,
    }


def _property(name: str, old: str | None, new: str | None) -> dict:
    return {"displayName": name, "oldValue": old, "newValue": new}


def _quoted(name: str, value: str | None) -> str | None:
    """JSON within the string, as the log has it: a list for attributes, a bare text for what only describes the act."""
    if name in BARE:
        return None if value is None else json_text(value)
    if value is None:
        return "[]"
    return f"[{value.lower()}]" if value in ("True", "False") else f"[{json_text(value)}]"


def json_text(value: object) -> str:
    """A value as JSON."""
    return msgspec.json.encode(value).decode()
