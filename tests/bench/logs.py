"""Logs of any size to measure with: invented provisioning events as Graph writes them, the same whatever the machine.

People fail in runs, cycle after cycle, beside ordinary successes and skips; what was written is counted on
the way, so that whoever reads it can be held to it. About 3 KB an event, a quarter of them failures.
"""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

TENANT = "7c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5"
START = datetime(2026, 3, 1, tzinfo=UTC)
CYCLE = timedelta(minutes=40)
APPS = [(f"a0000000-0000-4000-8000-00000000000{n}", name) for n, name in enumerate(("Deskplan", "Ticketing", "Wiki", 'Vault "Ünïcode"'))]
REFUSALS = (
    (
        "SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering",
        "Conflict",
        '{"detail":"address in use","status":409,"scimType":"uniqueness"}',
    ),
    ("SystemForCrossDomainIdentityManagementBadRequest", "BadRequest", '{"detail":"attribute emails has no value","status":400}'),
    ("SystemForCrossDomainIdentityManagementServiceIncompatible", "InternalServerError", "<html><body>something went wrong</body></html>"),
    ("InsufficientRights", "Forbidden", '{"detail":"the token lacks a scope","status":403}'),
)
HEADERS = (
    "Date",
    "ID",
    "Change ID",
    "Cycle ID",
    "Job ID",
    "Tenant ID",
    "Action",
    "Status",
    "Error code",
    "Status reason",
    "Duration in milliseconds",
    "Source ID",
    "Source identity",
    "Source identity type",
    "Target ID",
    "Target identity type",
    "Source system",
    "Target system",
    "Service principal ID",
    "Service principal display name",
    "Initiated by",
)


def _id(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def events(count: int, seed: int = 1) -> Iterator[dict]:
    """Events in the order of their time, as what differs between them."""
    rng, people = Random(seed), max(200, count // 12)
    ids = [_id(rng) for _ in range(people)]
    failing: dict[int, tuple[int, int]] = {}  # person: refusal, attempts so far
    a_cycle = max(50, count // 720)
    for number in range(count):
        cycle, place = divmod(number, a_cycle)
        if place == 0:
            cycle_id, queue = _id(rng), [who for who in failing if rng.random() < 0.9]
        person = queue.pop() if queue and place % 3 == 0 else rng.randrange(people)
        app = person % len(APPS)
        retried = person in failing
        if retried and rng.random() < 0.04:
            del failing[person]
            status, refusal, attempts = "success", 0, 0
        elif retried or (rng.random() < 0.02 and len(failing) < a_cycle // 3):
            refusal, attempts = failing.get(person, (rng.randrange(len(REFUSALS)), -1))
            failing[person] = (refusal, attempts := attempts + 1)
            status = "failure"
        else:
            status, refusal, attempts = ("skipped" if rng.random() < 0.12 else "success"), 0, 0
        yield {
            "at": START + cycle * CYCLE + timedelta(seconds=2 * place),
            "event": _id(rng),
            "change": _id(rng),
            "cycle": cycle_id,
            "app": app,
            "person": person,
            "object": ids[person],
            "status": status,
            "refusal": refusal,
            "attempts": attempts,
            "action": "create" if status == "failure" else ("create", "update", "update", "update", "disable")[rng.randrange(5)],
            "duration": rng.randrange(40, 4000),
            "properties": rng.randrange(1, 6),
        }


def reason(event: dict) -> str:
    """The text of a failure."""
    code, word, body = REFUSALS[event["refusal"]]
    then = event["at"] + timedelta(hours=6)
    return (
        f"StatusCode: {word}\r\nMessage: The request ended in an exception; what the app answered is given here as it came.\r\n"
        f"Web Response: \r\n{body}. This operation was retried {event['attempts']} times. "
        f"It will be retried again after this date: {then:%Y-%m-%dT%H:%M:%S}.1234567Z UTC"
    )


def graph(event: dict) -> dict:
    """The event as a record of Graph."""
    person, failed, action = event["person"], event["status"] == "failure", event["action"]
    name, address, object_id = f"Person {person:07}", f"person{person:07}@example.org", event["object"]
    app_id, app = APPS[event["app"]]
    target = "" if failed else f"acc-{person:07}"
    job = f"scim.{TENANT.replace('-', '')}.{app_id}"
    sent = {"userName": address, "externalId": object_id, "active": "False" if action == "disable" else "True", "displayName": name}
    work = {'emails[type eq "work"]value': f"Person.{person}@example.org", "namegivenName": "Person", "namefamilyName": f"{person:07}"}
    steps = [
        {
            "name": "EntryImportUpdate",
            "provisioningStepType": "import",
            "status": "success",
            "description": f"Received User '{address}' change of type (Update) from Microsoft Entra ID",
            "details": {
                "objectId": object_id,
                "accountEnabled": str(action != "disable"),
                "displayName": name,
                "givenName": "Person",
                "surname": f"{person:07}",
                "mailNickname": f"person{person:07}",
                "userPrincipalName": address,
                "IsSoftDeleted": "False",
                "department": f"Department {person % 90}",
                "employeeId": str(person),
                "appRoleAssignments": "User",
            },
        },
        {
            "name": "EntrySynchronizationScoping",
            "provisioningStepType": "scoping",
            "status": "success",
            "description": "Determine if User in scope by evaluating against each scoping filter",
            "details": {
                "Active in the source system": "True",
                "Assigned to the application": "True",
                "User has the required role": "True",
                "Scoping filter evaluation passed": "True",
                "ScopeEvaluationResult": '{"Staff.department EQUALS Grounds":true}',
            },
        },
        {
            "name": "EntryExportUpdate",
            "provisioningStepType": "export",
            "status": event["status"],
            "description": f"User '{address}' in {app}: {event['status']}",
            "details": {"ReportableIdentifier": address} | sent | work,
        },
    ]
    if event["attempts"]:
        steps.insert(
            0,
            {
                "name": "EntryEscrowRetry",
                "provisioningStepType": "import",
                "status": "success",
                "description": "Again.",
                "details": {"CountProcessed": "0", "Identifier": object_id, "Origin": "Source", "TypeName": "EscrowedEntryDefault"},
            },
        )
    if event["status"] == "skipped":
        skip = {"SkipReason": "RedundantExport", "ReportableIdentifier": address}
        steps[-1] |= {"name": "EntrySynchronizationSkip", "details": skip}
    error = (
        {"errorCode": REFUSALS[event["refusal"]][0], "reason": reason(event), "additionalDetails": None, "errorCategory": "failure"}
        if failed
        else None
    )
    return {
        "id": event["event"],
        "activityDateTime": f"{event['at']:%Y-%m-%dT%H:%M:%S}Z",
        "tenantId": TENANT,
        "jobId": job,
        "cycleId": event["cycle"],
        "changeId": event["change"],
        "provisioningAction": action,
        "durationInMilliseconds": event["duration"],
        "servicePrincipal": {"id": app_id, "displayName": app},
        "sourceSystem": {"id": app_id, "displayName": "Microsoft Entra ID", "details": {}},
        "targetSystem": {"id": app_id, "displayName": app, "details": {"ApplicationId": app_id, "ServicePrincipalId": app_id}},
        "initiatedBy": {"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
        "sourceIdentity": {
            "id": object_id,
            "displayName": name,
            "identityType": "User",
            "details": {"id": object_id, "odatatype": "User", "DisplayName": name, "UserPrincipalName": address},
        },
        "targetIdentity": {"id": target, "displayName": "", "identityType": "urn:ietf:params:scim:schemas:core:2.0:User", "details": {}},
        "provisioningSteps": steps,
        "modifiedProperties": [
            {"displayName": key, "oldValue": None, "newValue": value} for key, value in list(sent.items())[: event["properties"]]
        ]
        if event["status"] != "skipped"
        else [],
        "provisioningStatusInfo": {"status": event["status"], "errorInformation": error},
    }


def row(event: dict) -> list:
    """The event as a row of the portal's first CSV."""
    record, failed = graph(event), event["status"] == "failure"
    app_id, app = APPS[event["app"]]
    return [
        f"{event['at']:%-m/%-d/%Y %-I:%M:%S %p}",
        record["id"],
        record["changeId"],
        record["cycleId"],
        record["jobId"],
        TENANT,
        record["provisioningAction"].title(),
        event["status"].title(),
        REFUSALS[event["refusal"]][0] if failed else "",
        reason(event) if failed else "",
        event["duration"],
        event["object"],
        record["sourceIdentity"]["displayName"],
        "User",
        record["targetIdentity"]["id"],
        record["targetIdentity"]["identityType"],
        "Microsoft Entra ID",
        app,
        app_id,
        app,
        "Azure AD Provisioning Service",
    ]


def write(folder: Path, count: int, seed: int = 1) -> dict:
    """The log in four forms, unless they lie there: log.jsonl, log.json, log.csv and log.jsonl.gz; returns what was written, counted."""
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "told.json"
    if told.is_file():
        return json.loads(told.read_text())
    counted: Counter[str] = Counter()
    with (
        (folder / "log.jsonl").open("wb") as lines,
        (folder / "log.json").open("wb") as document,
        (folder / "log.csv").open("w", encoding="utf-8-sig", newline="") as table,
        gzip.open(folder / "log.jsonl.gz", "wb", 1) as packed,
    ):
        rows = csv.writer(table)
        rows.writerow(HEADERS)
        document.write(b'{"@odata.context":"https://graph.example/v1.0/$metadata#auditLogs/provisioning","value":[')
        for number, event in enumerate(events(count, seed)):
            line = json.dumps(graph(event), ensure_ascii=False, separators=(",", ":")).encode()
            lines.write(line + b"\n")
            packed.write(line + b"\n")
            document.write(b"," * bool(number) + line)
            rows.writerow(row(event))
            counted.update({"events": 1, event["status"]: 1, "retries": bool(event["attempts"])})
        document.write(b'],"@odata.nextLink":"https://graph.example/v1.0/auditLogs/provisioning?$skiptoken=a]b"}')
    told.write_text(json.dumps(counted))
    return dict(counted)
