"""What is asked of Graph, and the least right that each part of it takes."""

from typing import NamedTuple
from urllib.parse import quote, urlencode

from scimlab.collect.windows import Window


class Asked(NamedTuple):
    """A collection of Graph.

    path: below the version; {app}, {job} and {group} are filled in. what: what is lost without it.
    rights: any of them is enough, the least first. select: the properties asked for; empty for all.
    extras: properties that need a right of their own, without which the rest still comes.
    at, operators: of a log, the property its records are told apart by in time, and how Graph compares it.
    """

    name: str
    path: str
    what: str
    rights: tuple[str, ...]
    select: tuple[str, ...] = ()
    extras: tuple[tuple[str, str], ...] = ()
    top: int = 0
    at: str = ""
    operators: tuple[str, str] = ("", "")

    @property
    def is_log(self) -> bool:
        """Whether it grows with time, so that it is read a window at a time, and paced."""
        return bool(self.at)

    def url(self, *, base: str, window: Window | None = None, without: frozenset[str] = frozenset(), rows: int = 0, **named: str) -> str:
        """The address of the first page. without: extras not to ask for. rows: of a page, else as many as Graph gives."""
        wanted = [each for each in (*self.select, *(name for name, _ in self.extras)) if each not in without]
        options = {
            "$filter": window.condition(self.at, *self.operators) if window else "",
            "$select": ",".join(wanted),
            "$top": str(min(rows or self.top, self.top) or ""),
        }
        query = urlencode({name: value for name, value in options.items() if value}, quote_via=quote, safe="$,:")
        path = self.path.format(**{name: quote(value, safe="") for name, value in named.items()})
        return f"{base}/{path}?{query}" if query else f"{base}/{path}"


USER = (
    "id", "displayName", "userPrincipalName", "mail", "accountEnabled", "userType", "createdDateTime", "deletedDateTime", "employeeId",
    "employeeType", "department", "employeeHireDate", "onPremisesSyncEnabled", "creationType", "externalUserState",
)  # fmt: skip
DIRECTORY = "Directory.Read.All"

PROVISIONING = Asked(
    "provisioning", "auditLogs/provisioning", "what the service did: storms, links and seats rest on it",
    ("ProvisioningLog.Read.All", "AuditLog.Read.All", DIRECTORY),
    top=1000, at="activityDateTime", operators=("gt", "lt"),
)  # fmt: skip
AUDITS = Asked(
    "audits", "auditLogs/directoryAudits", "who changed, deleted and restored whom",
    ("AuditLog.Read.All",), top=1000, at="activityDateTime", operators=("ge", "le"),
)  # fmt: skip
SIGN_INS = Asked(
    "sign_ins", "auditLogs/signIns", "who was there when",
    ("AuditLog.Read.All",), top=1000, at="createdDateTime", operators=("ge", "le"),
)  # fmt: skip
USERS = Asked(
    "users", "users", "who is enabled, and who is who", ("User.Read.All", "User.ReadWrite.All", DIRECTORY), USER,
    (("employeeLeaveDateTime", "User-LifeCycleInfo.Read.All"), ("signInActivity", "AuditLog.Read.All")), top=999,
)  # fmt: skip
DELETED = Asked(
    "deleted_users", "directory/deletedItems/microsoft.graph.user", "who is in the recycle bin, and until when",
    ("User.Read.All", "User.ReadWrite.All", DIRECTORY), USER, top=999,
)  # fmt: skip
APPS = Asked(
    "app", "servicePrincipals", "which enterprise application it is", ("Application.Read.All", DIRECTORY), ("id", "appId", "displayName")
)
ASSIGNMENTS = Asked(
    "assignments", "servicePrincipals/{app}/appRoleAssignedTo", "who is given the app", ("Application.Read.All", DIRECTORY), top=999
)
MEMBERS = Asked(
    "members", "groups/{group}/members", "who is given the app by a group", ("GroupMember.Read.All", "Group.Read.All", DIRECTORY), top=999
)
JOBS = Asked(
    "jobs", "servicePrincipals/{app}/synchronization/jobs", "how the job stands, and whether it is in quarantine",
    ("Synchronization.Read.All", "Synchronization.ReadWrite.All", "Application.ReadWrite.OwnedBy"),
)  # fmt: skip
SCHEMA = Asked("schema", "servicePrincipals/{app}/synchronization/jobs/{job}/schema", "what is mapped from what", JOBS.rights)

ALL = (APPS, ASSIGNMENTS, MEMBERS, JOBS, SCHEMA, USERS, DELETED, PROVISIONING, AUDITS, SIGN_INS)
"""In the order in which they are read: what stands still first and close together, logs last."""

GRANTED_BY = "a Privileged Role Administrator grants it to the app registration, under API permissions of Microsoft Graph"
SIGNED_IN = "; whoever signs in also needs the role Reports Reader for logs, Application Administrator for the job"
"""Who can grant what is missing."""
