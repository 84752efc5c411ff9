"""The synchronization job and its schema as Graph gives them: state, quarantine, and what is mapped from what."""

from uuid import UUID, uuid5

from scimlab.simulate.app import ACTIVE, USER_NAME
from scimlab.simulate.clock import DAY, guid, iso
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
    """`GET .../synchronization/jobs` of the app."""
    return {"@odata.context": CONTEXT, "value": [job(world, world.job)]}


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
        "synchronizationJobSettings": [{"name": "QuarantineTooManyDeletesThreshold", "value": str(job.deletion_threshold or "")}],
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
        for target, source in SOURCES.items()
    ]
    mapping = {
        "enabled": True,
        "flowTypes": "Add, Update, Delete" if job.sends_delete else "Add, Update",
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


def _filter(department: str) -> dict:
    return {"operatorName": "NotEquals", "sourceOperandName": "department", "targetOperand": {"values": [department]}}
