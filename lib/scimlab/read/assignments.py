"""Who is given the app: `appRoleAssignedTo` of its service principal, and the direct members of the groups named there."""

import re
from functools import cache

from msgspec import Struct, field

from scimlab.read.refusals import Unfit

KINDS = {"user": "User", "group": "Group", "serviceprincipal": "ServicePrincipal"}
GROUP = re.compile(r"(?i)(?<![0-9a-f-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])")


class AppRoleAssignment(Struct, gc=False):
    """A principal and the app that it is given."""

    principalId: str | None = None
    principalType: str | None = None
    principalDisplayName: str | None = None
    resourceId: str | None = None
    appRoleId: str | None = None
    createdDateTime: str | None = None


class Member(Struct, gc=False):
    """A direct member of a group."""

    id: str | None = None
    kind: str | None = field(default=None, name="@odata.type")
    displayName: str | None = None


def assignment_row(record: AppRoleAssignment) -> tuple:
    """The row of an assignment, in the order of ASSIGNMENTS."""
    if not record.principalId:
        raise Unfit("principalId is missing")
    return (
        record.principalId, _kind(record.principalType), record.principalDisplayName or None, None, record.resourceId or None,
        record.appRoleId or None, record.createdDateTime or None,
    )  # fmt: skip


def group_in(file: str) -> str:
    """The object id in a file's name, which alone says of which group a page holds the members; empty where there is none, or several.

    >>> group_in("members_0b8f6f0c-1111-4222-8333-444455556666.json")
    '0b8f6f0c-1111-4222-8333-444455556666'
    """
    found = {each.lower() for each in GROUP.findall(file)}
    return found.pop() if len(found) == 1 else ""


@cache
def member_row_of(group_id: str):  # noqa: ANN201 a row function, one and the same for each group
    """What makes the row of a member of the group."""

    def member_row(record: Member) -> tuple:
        if not record.id:
            raise Unfit("id is missing")
        if not (record.kind or "").startswith("#microsoft.graph."):
            raise Unfit("@odata.type is missing, which says what the member is")
        return record.id, _kind(record.kind.rpartition(".")[2]), record.displayName or None, group_id, None, None, None

    return member_row


def _kind(word: str | None) -> str | None:
    return KINDS.get((word or "").casefold(), word or None)
