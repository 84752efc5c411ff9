"""Users and deleted users as Entra hands them out: the portal's CSV of 29 columns, PowerShell's, and Graph."""

from collections.abc import Iterable, Sequence

from scimlab.simulate.clock import iso, month_first
from scimlab.simulate.directory import User
from scimlab.simulate.world import World

# fmt: off
PORTAL_COLUMNS = (
    "userPrincipalName", "displayName", "surname", "mail", "givenName", "id", "userType", "jobTitle", "department",
    "accountEnabled", "usageLocation", "streetAddress", "state", "country", "officeLocation", "city", "postalCode",
    "telephoneNumber", "mobilePhone", "alternateEmailAddress", "ageGroup", "consentProvidedForMinor",
    "legalAgeGroupClassification", "companyName", "creationType", "directorySynced", "invitationState", "identityIssuer",
    "createdDateTime",
)
# fmt: on
POWERSHELL_COLUMNS = (
    *("AccountEnabled", "AgeGroup", "CompanyName", "CreatedDateTime", "CreationType", "DeletedDateTime", "Department", "DisplayName"),
    *("EmployeeId", "EmployeeLeaveDateTime", "EmployeeType", "ExternalUserState", "GivenName", "Id", "JobTitle", "Mail", "MailNickname"),
    *("MobilePhone", "OnPremisesSyncEnabled", "ProxyAddresses", "SignInActivity", "Surname", "UserPrincipalName", "UserType"),
)
USERS_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#users"
DELETED_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#directoryObjects/microsoft.graph.user"


def users(world: World) -> list[User]:
    """The users that are not deleted, by name."""
    return sorted((each for each in world.directory.users.values() if each.deleted_at is None), key=lambda each: each.upn)


def recycle_bin(world: World) -> list[User]:
    """The soft-deleted users, the latest first."""
    found = [each for each in world.directory.users.values() if each.deleted_at is not None and each.purged_at is None]
    return sorted(found, key=lambda each: (-each.deleted_at, each.object_id))


def portal_rows(world: World) -> Iterable[Sequence[str]]:
    """The header and a row a user of the portal's "Download users": dates month first, no zone named, most columns empty."""
    yield PORTAL_COLUMNS
    for user in users(world):
        guest = user.user_type == "Guest"
        filled = {
            "userPrincipalName": user.upn,
            "displayName": user.display_name,
            "surname": user.surname,
            "mail": user.mail,
            "givenName": user.given,
            "id": user.object_id,
            "userType": user.user_type,
            "jobTitle": user.title,
            "department": user.department,
            "accountEnabled": str(user.enabled),
            "mobilePhone": user.mobile,
            "directorySynced": "True" if user.hybrid else "",
            "creationType": "Invitation" if guest else "",
            "invitationState": "Accepted" if guest else "",
            "identityIssuer": world.rules.domain,
            "createdDateTime": month_first(user.created_at),
        }
        yield [filled.get(column, "") for column in PORTAL_COLUMNS]


def powershell_rows(world: World) -> Iterable[Sequence[str]]:
    """The header and a row a user of `Get-MgUser -All -Property ... | Export-Csv`: a list prints as its type, dates month first."""
    yield POWERSHELL_COLUMNS
    for user in users(world):
        filled = {name[0].upper() + name[1:]: "" if value is None else str(value) for name, value in _graph_user(user).items()}
        filled |= {
            "CreatedDateTime": month_first(user.created_at),
            "MailNickname": user.mail.split("@")[0],
            "ProxyAddresses": "System.String[]",
            "SignInActivity": "Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInActivity",
        }
        yield [filled.get(column, "") for column in POWERSHELL_COLUMNS]


def graph_users(world: World) -> dict:
    """`GET /users` with the properties one has to ask for."""
    return {"@odata.context": USERS_CONTEXT, "value": [_graph_user(each) for each in users(world)]}


def graph_deleted(world: World) -> dict:
    """`GET /directory/deletedItems/microsoft.graph.user`: the object id stands in front of each name."""
    rows = [
        {
            "id": each.object_id,
            "displayName": each.display_name,
            "deletedDateTime": iso(each.deleted_at),
            "userPrincipalName": each.upn,
            "mail": each.mail,
        }
        for each in recycle_bin(world)
    ]
    return {"@odata.context": DELETED_CONTEXT, "value": rows}


def _graph_user(user: User) -> dict:
    return {
        "id": user.object_id,
        "displayName": user.display_name,
        "givenName": user.given,
        "surname": user.surname or None,
        "userPrincipalName": user.upn,
        "mail": user.mail,
        "accountEnabled": user.enabled,
        "userType": user.user_type,
        "jobTitle": user.title,
        "department": user.department,
        "mobilePhone": user.mobile or None,
        "employeeId": user.employee_id,
        "createdDateTime": iso(user.created_at),
        "deletedDateTime": None,
        "onPremisesSyncEnabled": True if user.hybrid else None,
    }
