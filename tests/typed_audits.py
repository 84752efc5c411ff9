"""Directory audit records as Graph writes them, invented, and the same records in the other forms."""

import csv
import io
import json

ADA, BEA = "11f0e2d3-c4b5-4a69-8788-796a5b4c3d2e", "22f0e2d3-c4b5-4a69-8788-796a5b4c3d2e"
APP, GROUP = "5a6b7c8d-9eaf-4b0c-8d1e-2f3041526374", "77aa88bb-99cc-4ddd-8eee-ff0011223344"
TENANT = "0d1e2f30-4152-4637-8485-96a7b8c9dae1"
OPERATOR = {"id": "op-1", "displayName": None, "userPrincipalName": "op@example.org", "ipAddress": "192.0.2.7"}
CLEANUP = {"appId": None, "displayName": "Lifecycle cleanup", "servicePrincipalId": "sp-9", "servicePrincipalName": None}


def changed(name: str, old: str | None, new: str | None) -> dict:
    """A property of an object: the values are JSON in a string, as the log has them."""
    return {"displayName": name, "oldValue": old, "newValue": new}


def user(object_id: str, name: str | None, *properties: dict) -> dict:
    """A user that is acted on."""
    return target(object_id, "User", None, name, *properties)


def target(object_id: str, kind: str, shown: str | None, name: str | None, *properties: dict) -> dict:
    """An object that is acted on."""
    return {
        "id": object_id, "displayName": shown, "type": kind, "userPrincipalName": name, "groupType": None,
        "modifiedProperties": [*properties],
    }  # fmt: skip


def act(number: int, activity: str, *targets: dict, at: str = "", **given: object) -> dict:
    """An act of an operator, at a minute of its own; what is given replaces, None takes away."""
    whole = {
        "id": f"Directory_{number}",
        "category": "UserManagement",
        "correlationId": f"correlation-{number}",
        "result": "success",
        "resultReason": "",
        "activityDisplayName": activity,
        "activityDateTime": at or f"2026-05-04T08:{number:02}:00.1234567Z",
        "loggedByService": "Core Directory",
        "operationType": "Update",
        "initiatedBy": {"user": OPERATOR, "app": None},
        "targetResources": [*targets],
        "additionalDetails": [],
    } | given
    return {key: value for key, value in whole.items() if value is not None}


CLEAR = ADA.replace("-", "")
DESKPLAN = target(APP, "ServicePrincipal", "Deskplan", None)
ACTS = [
    # What the log says of a leaver from the block to the purge, and of an app given and taken.
    act(1, "Disable account", user(ADA, "ada@example.org", changed("AccountEnabled", "[true]", "[false]"))),
    # A value may hold commas and quotes, and be empty in three ways.
    act(2, "Update user", user(ADA, "ada@example.org", changed("City", '["Spa"]', '["Bar, \\"West\\""]'), changed("Title", "[]", ""))),
    act(3, "Delete user", user(ADA, f"{CLEAR}ada@example.org", changed("Is Hard Deleted", None, '"False"'))),
    act(4, "Restore user", user(ADA, "ada@example.org"), result="failure"),
    act(5, "Hard Delete user", user(ADA, None, changed("Is Hard Deleted", None, '"True"')), initiatedBy={"user": None, "app": CLEANUP}),
    # The app comes first among the objects, and the user or group behind it.
    act(6, "Add app role assignment grant to user", DESKPLAN, user(BEA, "bea@example.org")),
    act(7, "Remove app role assignment from group", DESKPLAN, target(GROUP, "Group", "Staff", None)),
    # An act upon nothing at all, of somebody without a name.
    act(8, "Export", initiatedBy={"user": None, "app": {**CLEANUP, "displayName": None}}),
]


def page(*records: dict, **beside: object) -> bytes:
    """A Graph page of the records."""
    return json.dumps({"@odata.context": "https://graph.example/$metadata#auditLogs/directoryAudits", "value": records} | beside).encode()


def lines(*records: dict) -> bytes:
    """The records as JSON Lines."""
    return b"".join(json.dumps(each).encode() + b"\r\n" for each in records)


def diagnostic(record: dict) -> dict:
    """The record as a diagnostic line: an offset in place of Z, and of the initiators only the one that acted."""
    inner = record | {
        "activityDateTime": record["activityDateTime"].replace("Z", "+00:00"),
        "initiatedBy": {key: value for key, value in record["initiatedBy"].items() if value},
    }
    return {
        "time": record["activityDateTime"], "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam", "category": "AuditLogs",
        "operationName": record["activityDisplayName"], "correlationId": record["correlationId"], "level": "Informational",
        "resultSignature": "None", "tenantId": TENANT, "properties": inner,
    }  # fmt: skip


def log_row(record: dict) -> dict:
    """The record as a row of the table AuditLogs, structures as JSON in a string."""
    return {
        "TenantId": "workspace", "TimeGenerated": record["activityDateTime"], "OperationName": record["activityDisplayName"],
        "Category": record["category"], "CorrelationId": record["correlationId"], "Id": record["id"], "Result": record["result"],
        "InitiatedBy": json.dumps(record["initiatedBy"]), "TargetResources": json.dumps(record["targetResources"]),
        "AADTenantId": TENANT, "ActivityDisplayName": record["activityDisplayName"], "ActivityDateTime": record["activityDateTime"],
        "AADOperationType": record["operationType"], "Type": "AuditLogs",
    }  # fmt: skip


def table(rows: list[dict]) -> bytes:
    """Rows as a CSV with a byte-order mark, as the services write them."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def portal_row(record: dict) -> dict:
    """The record as a row of the portal's download: no id, three objects, five properties of each, six details."""
    person, app = record["initiatedBy"].get("user") or {}, record["initiatedBy"].get("app") or {}
    row = {
        "Date (UTC)": record["activityDateTime"], "CorrelationId": record["correlationId"], "Service": record["loggedByService"],
        "Category": record["category"], "Activity": record["activityDisplayName"], "Result": record["result"],
        "ResultReason": record["resultReason"], "User Agent": "", "ActorType": "User" if person else "Application",
        "ActorDisplayName": person.get("displayName") or app.get("displayName"), "ActorObjectId": person.get("id"),
        "ActorUserPrincipalName": person.get("userPrincipalName"), "IPAddress": person.get("ipAddress"),
        "ActorHomeTenantId": "", "ActorHomeTenantName": "", "ActorServicePrincipalId": app.get("servicePrincipalId"),
        "ActorServicePrincipalName": app.get("servicePrincipalName"),
    }  # fmt: skip
    blank = target("", "", "", "")
    for n, each in enumerate([*record["targetResources"], blank, blank, blank][:3], 1):
        row |= {f"Target{n}Type": each["type"], f"Target{n}DisplayName": each["displayName"]}
        row |= {f"Target{n}ObjectId": each["id"], f"Target{n}UserPrincipalName": each["userPrincipalName"]}
        for m, of in enumerate([*each["modifiedProperties"], *[changed("", "", "")] * 5][:5], 1):
            row |= {f"Target{n}ModifiedProperty{m}{key}": of[name] for key, name in
                    {"Name": "displayName", "OldValue": "oldValue", "NewValue": "newValue"}.items()}  # fmt: skip
    for k in range(1, 7):
        row |= {f"AdditionalDetail{k}Key": "", f"AdditionalDetail{k}Value": ""}
    return row
