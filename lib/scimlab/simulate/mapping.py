"""What a user object should look like in the app: the attribute mapping of the job, in Entra's order."""

from collections.abc import Callable
from typing import Literal

from scimlab.names import canonical
from scimlab.simulate import app
from scimlab.simulate.directory import User

ExternalId = Literal["objectId", "mailNickname"]

ATTRIBUTES: dict[str, Callable[[User], str]] = {
    app.USER_NAME: lambda user: user_name(user.upn),
    app.EXTERNAL_ID: lambda user: user.object_id,
    "displayName": lambda user: user.display_name,
    app.GIVEN: lambda user: user.given,
    app.SURNAME: lambda user: user.surname,
    app.MAIL: lambda user: user.mail,
    "title": lambda user: user.title,
    app.DEPARTMENT: lambda user: user.department,
    app.EMPLOYEE_ID: lambda user: user.employee_id,
    app.MOBILE: lambda user: user.mobile,
}
REQUIRED = (app.USER_NAME, app.GIVEN, app.SURNAME)


def desired(user: User, external_id: ExternalId = "objectId") -> dict[str, str]:
    """The values the app should hold, the external id made of what the job says; an empty one is never sent."""
    values = {name: text for name, value in ATTRIBUTES.items() if (text := value(user))}
    return values if external_id == "objectId" else values | {app.EXTERNAL_ID: nickname(user)}


def nickname(user: User) -> str:
    """The mail nickname: the address before its at sign, which a deletion leaves alone."""
    return user.mail.split("@")[0].lower()


def missing(user: User) -> str | None:
    """The first required attribute a user has no value for."""
    return next((name for name in REQUIRED if not ATTRIBUTES[name](user)), None)


def user_name(upn: str) -> str:
    """The user principal name as it is sent: a guest's is turned back into the address at home, any other goes as it is.

    >>> user_name("ines_partner.example#EXT#@strandhof.example")
    'ines@partner.example'
    """
    return canonical(upn) if "#EXT#" in upn else upn
