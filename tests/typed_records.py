"""Provisioning records as Graph writes them, invented: each test types only what it is about."""

import json
from pathlib import Path

TENANT = "0d1e2f30-4152-4637-8485-96a7b8c9dae1"
APP = "5a6b7c8d-9eaf-4b0c-8d1e-2f3041526374"
ADA = "11f0e2d3-c4b5-4a69-8788-796a5b4c3d2e"


def record(number: int = 1, **changed: object) -> dict:
    """A successful update of one user at a minute of its own; what is given replaces, None takes away."""
    whole = {
        "id": f"event-{number}",
        "activityDateTime": f"2026-05-04T{number // 60 % 24:02}:{number % 60:02}:00Z",
        "tenantId": TENANT,
        "jobId": "scim.0d1e2f304152463784859 6a7b8c9dae1.job".replace(" ", ""),
        "cycleId": "cycle-1",
        "changeId": f"change-{number}",
        "provisioningAction": "update",
        "durationInMilliseconds": 250,
        "servicePrincipal": {"id": APP, "displayName": "Deskplan"},
        "initiatedBy": {"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
        "sourceIdentity": {
            "id": ADA,
            "displayName": "Ada Moor",
            "identityType": "User",
            "details": {"id": ADA, "odatatype": "User", "DisplayName": "Ada Moor", "UserPrincipalName": "ada.moor@example.org"},
        },
        "targetIdentity": {"id": "acc-7", "displayName": "", "identityType": "urn:ietf:params:scim:schemas:core:2.0:User", "details": {}},
        "provisioningSteps": [],
        "modifiedProperties": [],
        "provisioningStatusInfo": {"status": "success", "errorInformation": None},
    } | changed
    return {key: value for key, value in whole.items() if value is not None}


def failed(number: int, reason: str = "StatusCode: Conflict", code: str = "EntryConflict") -> dict:
    """A failed create."""
    error = {"errorCode": code, "reason": reason, "additionalDetails": None, "errorCategory": "failure", "recommendedAction": None}
    return record(number, provisioningAction="create", provisioningStatusInfo={"status": "failure", "errorInformation": error})


def page(*records: dict, **beside: object) -> bytes:
    """A Graph page of the records."""
    return json.dumps({"@odata.context": "https://graph.example/$metadata#auditLogs/provisioning", "value": records} | beside).encode()


def lines(*records: dict) -> bytes:
    """The records as JSON Lines."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in records)


def put(folder: Path, **files: bytes | str) -> Path:
    """Files in a folder, two underscores for the dot of a name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
