"""The synchronization job and its schema as Graph gives them: state, quarantine, and what is mapped from what."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from scimlab.simulate.app import ACTIVE, EXTERNAL_ID, USER_NAME
from scimlab.simulate.clock import DAY, guid, iso
from scimlab.simulate.exports.content import File, document
from scimlab.simulate.job import Job
from scimlab.simulate.world import World

CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#servicePrincipals/synchronization/jobs"
NEVER = "0001-01-01T00:00:00Z"
SOURCES = {
    USER_NAME: "[userPrincipalName]",
    "externalId": "[objectId]",
    ACTIVE: 'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
    "displayName": "[displayName]",
    "name.givenName": "[givenName]",
    "name.familyName": "[surname]",
    'emails[type eq "work"].value': "[mail]",
    "title": "[jobTitle]",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "[department]",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "[employeeId]",
    'phoneNumbers[type eq "mobile"].value': "[mobile]",
}


def jobs(world: World) -> dict:
    """`GET .../synchronization/jobs` of the app's service principal."""
    return {"@odata.context": CONTEXT, "value": [job(world, each) for each in _of_the_app(world)]}


def schemas(world: World) -> Iterable[File]:
    """A file a job of the app: what it maps from what."""
    for number, each in enumerate(_of_the_app(world)):
        yield document(f"synchronization_schema{f'_{number + 1}' if number else ''}.json", schema(world, each))


def _of_the_app(world: World) -> list[Job]:
    return [each for each in world.jobs if each.app is world.app]


def job(world: World, job: Job) -> dict:
    """One element of `value`: a job as it stands now."""
    held, ran = job.quarantine, iso(job.last_cycle_at) if job.last_cycle_at else NEVER
    rng = world.stream("job export")
    execution = {
        "activityIdentifier": guid(rng),
        "countEscrowed": len(job.escrow),
        "error": None,
        "state": "EntryLevelErrors",
        "timeBegan": ran,
    }
    return {
        "id": job.connection.job_id,
        "templateId": job.connection.job_id.split(".")[0],
        "schedule": {"expiration": None, "interval": "PT40M", "state": "Paused" if job.paused else "Active"},
        "status": {
            "code": "Quarantine" if held else "Paused" if job.paused else "Active",
            "countSuccessiveCompleteFailures": 0,
            "escrowsPruned": False,
            "lastExecution": execution,
            "lastSuccessfulExecution": execution,
            "quarantine": _quarantine(world, job) if held else None,
            "steadyStateFirstAchievedTime": iso(world.rules.start),
            "steadyStateLastAchievedTime": ran,
            "synchronizedEntryCountByType": [{"key": "User", "value": len(job.links)}],
            "troubleshootingUrl": "",
        },
        "synchronizationJobSettings": [
            {"name": "QuarantineTooManyDeletesThreshold", "value": str(job.deletion_threshold or "")},
            {"name": "SkipOutOfScopeDeletions", "value": str(job.skips_out_of_scope)},
            {"name": "SyncAll", "value": str(job.syncs_all)},
        ],
    }


def _quarantine(world: World, job: Job) -> dict:
    since = iso(job.quarantined_at)
    return {
        "currentBegan": since,
        "nextAttempt": iso(world.now + DAY // 2),
        "seriesBegan": since,
        "seriesCount": (world.now - job.quarantined_at) // DAY,
        "reason": job.quarantine,
        "error": {"code": job.quarantine, "message": "", "tenantActionable": True},
    }


def schema(world: World, job: Job | None = None) -> dict:
    """`GET .../jobs/{id}/schema` of a job, by default the app's: one rule for users, each target attribute with its expression."""
    job = job or world.job
    attributes = [
        {
            "defaultValue": "",
            "exportMissingReferences": False,
            "flowBehavior": "FlowWhenChanged",
            "flowType": "Always",
            "matchingPriority": 1 if target == USER_NAME else 0,
            "source": {
                "expression": source,
                "name": source.strip("[]"),
                "parameters": [],
                "type": "Attribute" if source[0] == "[" else "Function",
            },
            "targetAttributeName": target,
        }
        for target, source in _sources(job).items()
    ]
    mapping = {
        "enabled": True,
        "flowTypes": ", ".join(["Add", *["Update"] * job.sends_update, *["Delete"] * job.sends_delete]),
        "name": "Provision Microsoft Entra ID Users",
        "scope": {"groups": [{"clauses": [_filter(each) for each in sorted(job.filtered_departments)], "name": "Own staff"}]},
        "sourceObjectName": "User",
        "targetObjectName": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "attributeMappings": attributes,
    }
    rule = str(uuid5(UUID(job.connection.app_id), "rule"))
    return {
        "@odata.context": f"{CONTEXT}('{job.connection.job_id}')/schema/$entity",
        "id": job.connection.job_id,
        "synchronizationRules": [{"id": rule, "name": "USER_OUTBOUND_USER", "objectMappings": [mapping], "priority": 1}],
    }


def _sources(job: Job) -> dict[str, str]:
    """What each attribute of the target is made of in this job."""
    sources = SOURCES if job.external_id == "objectId" else SOURCES | {EXTERNAL_ID: "[mailNickname]"}
    return {target: source for target, source in sources.items() if target != ACTIVE or job.maps_active}


def _filter(department: str) -> dict:
    return {"operatorName": "NotEquals", "sourceOperandName": "department", "targetOperand": {"values": [department]}}
