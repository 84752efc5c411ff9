"""People of Entra and accounts of the app out of JSON: one object becomes one row of PEOPLE or RECORDS."""

from scimlab.names import recover
from scimlab.read.records import Account, Mail, SignIns, User
from scimlab.read.refusals import Unfit
from scimlab.read.words import TRUTH

NO_SIGN_INS = SignIns()


def user_row(user: User) -> tuple:
    """The row of a user of Graph; what was not asked for is null, never false.

    Graph gives no deletedDateTime of a deleted user unless asked, but the renamed user name tells.
    """
    if not user.id:
        raise Unfit("id is missing")
    if not user.userPrincipalName:
        raise Unfit("userPrincipalName is missing")
    deleted = user.deletedDateTime is not None or recover(user.userPrincipalName).object_id == user.id.lower()
    seen = user.signInActivity or NO_SIGN_INS
    signed_in = (seen.lastSignInDateTime, seen.lastNonInteractiveSignInDateTime, seen.lastSuccessfulSignInDateTime)
    return (
        user.id, user.userPrincipalName, user.mail or None, user.displayName or None, user.accountEnabled, user.userType or None,
        user.employeeId or None, user.employeeType or None, user.department or None, user.onPremisesSyncEnabled,
        user.createdDateTime or None, user.deletedDateTime or None, deleted,
        user.employeeLeaveDateTime or None, max((each for each in signed_in if each), default=None), None,
    )  # fmt: skip


def account_row(account: Account) -> tuple:
    """The row of a SCIM user resource."""
    if account.id is None or account.id == "":
        raise Unfit("id is missing")
    name, meta, enterprise = account.name, account.meta, account.enterprise
    shown = account.displayName or (name and (name.formatted or " ".join(each for each in (name.givenName, name.familyName) if each)))
    number = enterprise.employeeNumber if enterprise else None
    return (
        str(account.id), account.userName or None, _mail(account.emails), account.externalId or None, shown or None, TRUTH[account.active],
        None if number is None or number == "" else str(number), (enterprise and enterprise.department) or None,
        (meta and meta.created) or None, (meta and meta.lastModified) or None, None, None,
    )  # fmt: skip


def _mail(mails: list[Mail] | None) -> str | None:
    """The address for work, else the primary one, else the first."""
    given = [each for each in mails or () if each.value]
    ranked = sorted(given, key=lambda each: ((each.type or "").casefold() != "work", TRUTH[each.primary] is not True))
    return ranked[0].value if ranked else None
