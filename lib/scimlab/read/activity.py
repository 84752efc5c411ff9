"""Sign-ins: who was let in, and when."""

from msgspec import Struct

from scimlab.read.refusals import Foreign, Unfit, inside, must_be_of_entra

SIGN_IN = "sign_in"
CATEGORIES = ("signinlogs", "noninteractiveusersigninlogs")


class Outcome(Struct, gc=False):
    """How a sign-in ended: 0 is let in."""

    errorCode: int | str | None = None


class SignIn(Struct, gc=False):
    """A sign-in of Graph, and the inside of a diagnostic line."""

    createdDateTime: str | None = None
    userId: str | None = None
    userPrincipalName: str | None = None
    status: Outcome | None = None


class SignInLine(Struct, gc=False):
    """A line of a diagnostic export: an envelope around a sign-in."""

    time: str | None = None
    resourceId: str | None = None
    category: str | None = None
    properties: SignIn | str | None = None


class SignInLogRow(Struct, gc=False):
    """A row of the Log Analytics tables SigninLogs and AADNonInteractiveUserSignInLogs."""

    TimeGenerated: str | None = None
    CreatedDateTime: str | None = None
    ResultType: str | int | None = None
    UserId: str | None = None
    UserPrincipalName: str | None = None


def sign_in_row(record: SignIn) -> tuple:
    """The row of a sign-in, in the order of ACTIVITY; whoever was refused was not there."""
    if not record.createdDateTime:
        raise Unfit("createdDateTime is missing")
    if not record.userId and not record.userPrincipalName:
        raise Unfit("both userId and userPrincipalName are missing")
    code = record.status.errorCode if record.status else None
    if code is None or code == "":
        raise Unfit("status.errorCode is missing, which says whether the person was let in")
    if str(code) != "0":
        raise Foreign(f"a sign-in that was refused ({code})")
    return record.userId or None, record.userPrincipalName or None, record.createdDateTime, SIGN_IN, None


def sign_in_line_row(line: SignInLine) -> tuple:
    """The row of a diagnostic line."""
    must_be_of_entra(line.resourceId)
    if (line.category or "").casefold() not in CATEGORIES:
        raise Foreign(f"a record of the category {line.category}")
    record = line.properties
    if record.__class__ is str:
        record = inside(record, SignIn, "properties")
    if record is None:
        raise Unfit("properties is missing")
    record.createdDateTime = record.createdDateTime or line.time
    return sign_in_row(record)


def sign_in_log_row(row: SignInLogRow) -> tuple:
    """The row of a record of the Log Analytics table."""
    status = Outcome(row.ResultType) if row.ResultType is not None else None
    return sign_in_row(SignIn(row.CreatedDateTime or row.TimeGenerated, row.UserId, row.UserPrincipalName, status))
