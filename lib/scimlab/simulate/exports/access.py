"""Who is given the app: `appRoleAssignedTo` of its service principal, and the members of the groups named there."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from scimlab.simulate.clock import iso
from scimlab.simulate.job import Job
from scimlab.simulate.world import World

ASSIGNED_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#appRoleAssignments"
GROUPS_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#groups"
MEMBERS_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#directoryObjects"


def assignments(world: World, job: Job | None = None) -> dict:
    """A row a principal that holds a job's app directly, by default the app's; soft-deleted users keep theirs but are not listed."""
    connection, directory = (job or world.job).connection, world.directory
    rows = []
    for principal_id, since in sorted(directory.assigned[connection.app_id].items()):
        user, group = directory.users.get(principal_id), directory.groups.get(principal_id)
        if group or (user and user.deleted_at is None):
            rows.append(
                {
                    "id": str(uuid5(UUID(connection.app_id), principal_id)),
                    "deletedDateTime": None,
                    "appRoleId": str(uuid5(UUID(connection.app_id), "role")),
                    "createdDateTime": iso(since),
                    "principalDisplayName": (group or user).display_name,
                    "principalId": principal_id,
                    "principalType": "Group" if group else "User",
                    "resourceDisplayName": connection.app_name,
                    "resourceId": connection.app_id,
                }
            )
    return {"@odata.context": ASSIGNED_CONTEXT, "value": rows}


def group_members(world: World) -> Iterable[tuple[str, dict]]:
    """A page a group, named by its id: its direct members, users and groups, without the deleted ones."""
    for group in world.directory.groups.values():
        members = [_member(world, each) for each in sorted(group.members) if _is_there(world, each)]
        yield group.object_id, {"@odata.context": MEMBERS_CONTEXT, "value": members}


def groups(world: World) -> dict:
    """`GET /groups`: what each group is, the rule of a dynamic one among it."""
    rows = [
        {
            "id": each.object_id,
            "displayName": each.display_name,
            "groupTypes": ["DynamicMembership"] if each.only_enabled else [],
            "membershipRule": "(user.accountEnabled -eq true)" if each.only_enabled else None,
            "membershipRuleProcessingState": "On" if each.only_enabled else None,
            "securityEnabled": True,
        }
        for each in world.directory.groups.values()
    ]
    return {"@odata.context": GROUPS_CONTEXT, "value": rows}


def _is_there(world: World, member_id: str) -> bool:
    user = world.directory.users.get(member_id)
    return user is None or user.deleted_at is None


def _member(world: World, member_id: str) -> dict:
    if group := world.directory.groups.get(member_id):
        return {"@odata.type": "#microsoft.graph.group", "id": member_id, "displayName": group.display_name}
    user = world.directory.users[member_id]
    return {
        "@odata.type": "#microsoft.graph.user",
        "id": member_id,
        "displayName": user.display_name,
        "userPrincipalName": user.upn,
        "mail": user.mail,
    }
