"""The enterprise applications, who is given them, and the groups they are given to."""

from scimlab.rehearse.graph.call import Call, wanted
from scimlab.rehearse.graph.odata import Collection, bad_request, not_found, selected
from scimlab.simulate.exports import access
from scimlab.simulate.job import Job

TEXT = frozenset({"eq", "startswith"})
PRINCIPALS = {"id": TEXT, "appId": TEXT, "displayName": TEXT}
ASSIGNMENTS = {"principalId": frozenset({"eq"}), "principalType": frozenset({"eq"}), "principalDisplayName": TEXT}
MEMBERS = {"id": frozenset({"eq"}), "displayName": TEXT, "userPrincipalName": TEXT}


def service_principals(call: Call) -> dict:
    """`GET /servicePrincipals`: one an app that a job of this tenant feeds."""
    collection = Collection(call.context("servicePrincipals"), PRINCIPALS, folds_case=True)
    return call.listed(collection, lambda: [_service_principal(each) for each in call.world.jobs])


def service_principal(call: Call, principal: str) -> dict:
    """`GET /servicePrincipals/{id}`."""
    row = _service_principal(job_of(call, principal))
    collection = Collection(call.context("servicePrincipals/$entity"))
    return {"@odata.context": collection.context, **selected(row, collection.names(call.request.args.get("$select", "")))}


def assigned_to(call: Call, principal: str) -> dict:
    """`GET /servicePrincipals/{id}/appRoleAssignedTo`: the users and groups that hold an app directly."""
    collection = Collection(call.context("appRoleAssignments"), ASSIGNMENTS, folds_case=True)
    return call.listed(collection, lambda: _assignments(call, job_of(call, principal)))


def assign(call: Call, principal: str) -> tuple[int, dict]:
    """`POST /servicePrincipals/{id}/appRoleAssignedTo`: an app is given to a user or a group."""
    job, sent = job_of(call, principal), call.body()
    given = wanted(sent, "principalId", str).lower()
    if wanted(sent, "resourceId", str) != job.connection.app_id:
        raise bad_request("resourceId is not the service principal that was addressed.", "Request_BadRequest")
    wanted(sent, "appRoleId", str)
    directory = call.world.directory
    if given not in directory.groups:
        given = call.user(given).object_id
    if given in directory.assigned[job.connection.app_id]:
        raise bad_request("Permission being assigned already exists on the object.", "Request_BadRequest")
    directory.assign(call.world.now, job.connection.app_id, given)
    row = next(each for each in _assignments(call, job) if each["principalId"] == given)
    return 201, {"@odata.context": call.context("appRoleAssignments/$entity"), **row}


def unassign(call: Call, principal: str, assignment: str) -> None:
    """`DELETE /servicePrincipals/{id}/appRoleAssignedTo/{assignment}`."""
    job = job_of(call, principal)
    row = next((each for each in _assignments(call, job) if each["id"] == assignment), None)
    if row is None:
        raise not_found(assignment)
    call.world.directory.unassign(call.world.now, job.connection.app_id, row["principalId"])


def groups(call: Call) -> dict:
    """`GET /groups`."""
    collection = Collection(call.context("groups"), {"id": TEXT, "displayName": TEXT}, folds_case=True)
    found = call.world.directory.groups.values()
    return call.listed(collection, lambda: [{"id": each.object_id, "displayName": each.display_name} for each in found])


def members(call: Call, group: str) -> dict:
    """`GET /groups/{id}/members`: the direct ones, users and groups."""
    collection = Collection(call.context("directoryObjects"), MEMBERS, folds_case=True)
    return call.listed(collection, lambda: _members(call, group))


def member_users(call: Call, group: str) -> dict:
    """`GET /groups/{id}/members/microsoft.graph.user`: the users among the direct members."""
    collection = Collection(call.context("users"), MEMBERS, folds_case=True)
    return call.listed(collection, lambda: [each for each in _members(call, group) if each["@odata.type"] == "#microsoft.graph.user"])


def job_of(call: Call, principal: str) -> Job:
    """The job that feeds the app of a service principal.

    raises: GraphError 404 where there is none.
    """
    job = next((each for each in call.world.jobs if each.connection.app_id == principal.lower()), None)
    if job is None:
        raise not_found(principal)
    return job


def _service_principal(job: Job) -> dict:
    return {
        "id": job.connection.app_id,
        "appId": job.connection.application_id,
        "displayName": job.connection.app_name,
        "accountEnabled": True,
        "servicePrincipalType": "Application",
    }


def _assignments(call: Call, job: Job) -> list[dict]:
    return access.assignments(call.world, job)["value"]


def _members(call: Call, group: str) -> list[dict]:
    pages = dict(access.group_members(call.world))
    if group.lower() not in pages:
        raise not_found(group)
    return pages[group.lower()]["value"]
