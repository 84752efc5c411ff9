"""Synchronization jobs: how they stand, what they map, and how they are paused, started and restarted."""

from collections.abc import Callable

from scimlab.rehearse.graph.applications import job_of
from scimlab.rehearse.graph.call import Call, wanted
from scimlab.rehearse.graph.odata import Collection, GraphError, bad_request, not_found
from scimlab.simulate.exports import jobs
from scimlab.simulate.job import Job

RESET: dict[str, Callable[[Job], None]] = {
    "None": lambda job: None,
    "ConnectorDataStore": lambda job: (job.links.clear(), job.released.clear()),
    "Escrows": lambda job: job.escrow.clear(),
    "Watermark": lambda job: setattr(job, "watermark", 0),
    "QuarantineState": lambda job: (setattr(job, "quarantine", None), setattr(job, "quarantined_at", None)),
    "ForceDeletes": lambda job: setattr(job, "forced", True),
}
"""What each single scope of a restart forgets."""

FULL = ("ConnectorDataStore", "Escrows", "Watermark", "QuarantineState")
AS_THE_PORTAL = ("Escrows", "Watermark", "QuarantineState")


def listed(call: Call, principal: str) -> dict:
    """`GET .../synchronization/jobs`."""
    job = job_of(call, principal)
    collection = Collection(call.context(f"servicePrincipals('{principal}')/synchronization/jobs"))
    return call.listed(collection, lambda: [jobs.job(call.world, job)])


def read(call: Call, principal: str, job: str) -> dict:
    """`GET .../synchronization/jobs/{id}`."""
    context = call.context(f"servicePrincipals('{principal}')/synchronization/jobs/$entity")
    return {"@odata.context": context, **jobs.job(call.world, the_job(call, principal, job))}


def schema(call: Call, principal: str, job: str) -> dict:
    """`GET .../synchronization/jobs/{id}/schema`."""
    return jobs.schema(call.world, the_job(call, principal, job))


def pause(call: Call, principal: str, job: str) -> None:
    """`POST .../pause`."""
    the_job(call, principal, job).paused = True


def start(call: Call, principal: str, job: str) -> None:
    """`POST .../start`: the next cycle begins at once, with all that changed in the meantime."""
    found = the_job(call, principal, job)
    found.paused = False
    call.stage.clock.hurry(found)


def restart(call: Call, principal: str, job: str) -> None:
    """`POST .../restart`: forgets what the scopes name, one or several of them, and starts the job; no scope is the portal's button."""
    found, sent = the_job(call, principal, job), call.body()
    given = wanted(wanted(sent, "criteria", dict, default={}), "resetScope", str, default="")
    scopes = [each.strip() for each in given.split(",") if each.strip()] or AS_THE_PORTAL
    if unknown := [each for each in scopes if each not in (*RESET, "Full")]:
        raise bad_request(f"'{unknown[0]}' is no value of resetScope.")
    for scope in scopes:
        for each in FULL if scope == "Full" else (scope,):
            RESET[each](found)
    found.paused = False
    call.stage.clock.hurry(found)


def connection(call: Call, principal: str, job: str, object_id: str) -> dict:
    """`GET .../objectConnections('{id}')`, beta: the link found by its source id, else by its target id."""
    found = the_job(call, principal, job)
    source_id = _linked(found, object_id)
    if source_id is None:
        raise not_found(object_id)
    directory = call.world.directory
    thing = directory.users.get(source_id) or directory.groups[source_id]
    return {
        "@odata.context": call.context("objectConnection/$entity"),
        "objectId": object_id,
        "sourceAnchor": source_id,
        "targetAnchor": found.links[source_id],
        "displayName": thing.display_name,
        "objectTypeName": "user" if source_id in directory.users else "group",
    }


def disconnect(call: Call, principal: str, job: str, object_id: str) -> None:
    """`DELETE .../objectConnections('{id}')`, beta: forgets one link, if there is one; refused while the job is on."""
    found = the_job(call, principal, job)
    if not found.paused:
        raise GraphError(409, "Conflict", "The synchronization job is active. Pause or disable it and try again.")
    source_id = _linked(found, object_id)
    if source_id is not None:
        found.links.pop(source_id)
        found.released.discard(source_id)


def connections(call: Call, principal: str, job: str) -> None:
    """`GET .../objectConnections`, beta: they cannot be listed."""
    raise bad_request("Listing object connections is not supported. Supply the identifier of an object.")


def the_job(call: Call, principal: str, job: str) -> Job:
    """The job of a service principal and an id.

    raises: GraphError 404 where there is none.
    """
    found = job_of(call, principal)
    if found.connection.job_id != job:
        raise not_found(job)
    return found


def _linked(job: Job, object_id: str) -> str | None:
    if object_id.lower() in job.links:
        return object_id.lower()
    return next((source_id for source_id, target_id in job.links.items() if target_id == object_id), None)
