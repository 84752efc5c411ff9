"""The directory's audit log as the portal's download: 86 columns, three targets, five properties of each; what is wider is cut off."""

from collections.abc import Iterable, Mapping, Sequence

TARGETS, PROPERTIES, DETAILS = 3, 5, 6
OF_THE_ACT = (
    *("Date (UTC)", "CorrelationId", "Service", "Category", "Activity", "Result", "ResultReason", "User Agent"),
    *("ActorType", "ActorDisplayName", "ActorObjectId", "ActorUserPrincipalName", "IPAddress", "ActorHomeTenantId"),
    *("ActorHomeTenantName", "ActorServicePrincipalId", "ActorServicePrincipalName"),
)
OF_A_TARGET = {"Type": "type", "DisplayName": "displayName", "ObjectId": "id", "UserPrincipalName": "userPrincipalName"}
OF_A_PROPERTY = {"Name": "displayName", "OldValue": "oldValue", "NewValue": "newValue"}
COLUMNS = (
    *OF_THE_ACT,
    *(
        f"Target{target}{name}"
        for target in range(1, TARGETS + 1)
        for name in (
            *OF_A_TARGET,
            *(f"ModifiedProperty{number}{part}" for number in range(1, PROPERTIES + 1) for part in OF_A_PROPERTY),
        )
    ),
    *(f"AdditionalDetail{number}{part}" for number in range(1, DETAILS + 1) for part in ("Key", "Value")),
)


def rows(records: Iterable[Mapping]) -> Iterable[Sequence[str]]:
    """The header, and a row an act; there is no column for its id."""
    yield COLUMNS
    for record in records:
        told = _act(record)
        for number, target in enumerate(record["targetResources"][:TARGETS], start=1):
            told |= {f"Target{number}{name}": target[key] for name, key in OF_A_TARGET.items()}
            for place, changed in enumerate(target["modifiedProperties"][:PROPERTIES], start=1):
                told |= {f"Target{number}ModifiedProperty{place}{name}": changed[key] for name, key in OF_A_PROPERTY.items()}
        yield [told.get(column) or "" for column in COLUMNS]


def _act(record: Mapping) -> dict[str, str | None]:
    user, app = record["initiatedBy"]["user"], record["initiatedBy"]["app"]
    told = {
        "Date (UTC)": record["activityDateTime"],
        "CorrelationId": record["correlationId"],
        "Service": record["loggedByService"],
        "Category": record["category"],
        "Activity": record["activityDisplayName"],
        "Result": record["result"],
        "ResultReason": record["resultReason"],
    }
    if user:
        return told | {
            "ActorType": "User",
            "ActorObjectId": user["id"],
            "ActorUserPrincipalName": user["userPrincipalName"],
            "IPAddress": user["ipAddress"],
        }
    return told | {
        "ActorType": "Application",
        "ActorDisplayName": app["displayName"],
        "ActorServicePrincipalId": app["servicePrincipalId"],
    }
