"""Users and the recycle bin: listed, read, changed, deleted, restored, purged."""

from scimlab.rehearse.graph.call import Call, wanted
from scimlab.rehearse.graph.odata import Collection, bad_request, selected
from scimlab.simulate.clock import DAY
from scimlab.simulate.directory import User
from scimlab.simulate.exports import entra

DAYS_TO_RESTORE = 30
TEXT = frozenset({"eq", "ne", "startswith", "endswith"})
FILTERS = {
    **dict.fromkeys(
        ("id", "userPrincipalName", "mail", "displayName", "givenName", "surname", "employeeId", "department", "userType"), TEXT
    ),
    "accountEnabled": frozenset({"eq", "ne"}),
    "onPremisesSyncEnabled": frozenset({"eq", "ne"}),
    "createdDateTime": frozenset({"eq", "ge", "le", "gt", "lt"}),
    "deletedDateTime": frozenset({"eq", "ge", "le", "gt", "lt"}),
    "proxyAddresses/any": frozenset({"eq", "startswith"}),
}
USUAL = ("businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation", "surname", "userPrincipalName")
"""What Graph gives of a user unless asked for more: neither accountEnabled nor any date."""

MORE = frozenset(
    {
        "id", "accountEnabled", "createdDateTime", "creationType", "deletedDateTime", "department", "employeeHireDate", "employeeId",
        "employeeLeaveDateTime", "employeeType", "externalUserState", "mailNickname", "onPremisesSyncEnabled", "preferredLanguage",
        "proxyAddresses", "signInActivity", "usageLocation", "userType",
    }
)  # fmt: skip
"""What else may be asked for; null where this directory holds nothing of the kind."""

CHANGEABLE = {
    "userPrincipalName": "upn",
    "mail": "mail",
    "displayName": "display_name",
    "givenName": "given",
    "surname": "surname",
    "jobTitle": "title",
    "department": "department",
    "mobilePhone": "mobile",
}


def listed(call: Call) -> dict:
    """`GET /users`."""
    users = Collection(call.context("users"), FILTERS, USUAL, MORE, folds_case=True)
    return call.listed(users, lambda: [_with_proxies(each) for each in entra.graph_users(call.world)["value"]])


def read(call: Call, user: str) -> dict:
    """`GET /users/{id or user principal name}`."""
    found = call.user(user)
    return _one(call, Collection(call.context("users/$entity"), selected=USUAL, more=MORE), found)


def change(call: Call, user: str) -> None:
    """`PATCH /users/{id}`: sign-in blocked or allowed, and the attributes of CHANGEABLE."""
    found, sent = call.user(user), call.body()
    if unknown := sent.keys() - CHANGEABLE.keys() - {"accountEnabled"}:
        raise bad_request(f"Property '{sorted(unknown)[0]}' cannot be changed here.", "Request_BadRequest")
    _refuse_hybrid(found)
    texts = {CHANGEABLE[name]: wanted(sent, name, str) for name in sent if name != "accountEnabled"}
    enabled = wanted(sent, "accountEnabled", bool, default=found.enabled)
    _refuse_name(call, texts.get("upn", found.upn), found)
    if texts:
        call.world.directory.update(call.world.now, found, **texts)
    if enabled != found.enabled:
        call.world.directory.set_enabled(call.world.now, found, enabled)


def delete(call: Call, user: str) -> None:
    """`DELETE /users/{id}`: into the recycle bin."""
    found = call.user(user)
    _refuse_hybrid(found)
    call.world.directory.delete(call.world.now, found)


def sign_out(call: Call, user: str) -> dict:
    """`POST /users/{id}/revokeSignInSessions`."""
    call.user(user)
    return {"@odata.context": call.context("Edm.Boolean"), "value": True}


def deleted(call: Call) -> dict:
    """`GET /directory/deletedItems/microsoft.graph.user`; when each was deleted only where $select asks for it."""
    binned = Collection(call.context("directoryObjects/microsoft.graph.user"), FILTERS, USUAL, MORE, folds_case=True)
    return call.listed(binned, lambda: entra.graph_deleted(call.world)["value"])


def read_deleted(call: Call, user: str) -> dict:
    """`GET /directory/deletedItems/{id}`."""
    return _one(call, Collection(call.context("directoryObjects/$entity"), selected=USUAL, more=MORE), call.deleted_user(user))


def restore(call: Call, user: str) -> dict:
    """`POST /directory/deletedItems/{id}/restore`, under another name and without the addresses others hold where the body says so."""
    found, sent = call.deleted_user(user), call.body()
    _refuse_hybrid(found)
    if call.world.now >= found.deleted_at + DAYS_TO_RESTORE * DAY:
        raise bad_request("The object is past the thirty days in which it can be restored, and is being purged.", "Request_BadRequest")
    name = wanted(sent, "newUserPrincipalName", str, default=_clean_name(found))
    _refuse_name(call, name, found)
    if _is_held(call, found):
        if not wanted(sent, "autoReconcileProxyConflict", bool, default=False):
            raise bad_request("Another object with the same value for property proxyAddresses already exists.", "ObjectConflict")
        found.mail = ""
    call.world.directory.restore(call.world.now, found, name)
    return _one(call, Collection(call.context("directoryObjects/$entity"), selected=USUAL, more=MORE), found)


def purge(call: Call, user: str) -> None:
    """`DELETE /directory/deletedItems/{id}`: for good."""
    call.world.directory.purge(call.world.now, call.deleted_user(user))


def _clean_name(user: User) -> str:
    return user.upn.removeprefix(user.object_id.replace("-", ""))


def _one(call: Call, collection: Collection, user: User) -> dict:
    rows = entra.graph_users(call.world) if user.deleted_at is None else entra.graph_deleted(call.world)
    row = next(each for each in rows["value"] if each["id"] == user.object_id)
    names = collection.names(call.request.args.get("$select", ""))
    return {"@odata.context": collection.context, "@odata.type": "#microsoft.graph.user", **selected(_with_proxies(row), names)}


def _refuse_hybrid(user: User) -> None:
    """What Active Directory masters is changed there."""
    if user.hybrid:
        raise bad_request("Unable to update an object that is mastered on-premises.", "Request_BadRequest")


def _refuse_name(call: Call, name: str, user: User) -> None:
    if not all(name.partition("@")):
        raise bad_request("Invalid value specified for property 'userPrincipalName' of resource 'User'.", "Request_BadRequest")
    if call.world.directory.holders.get(name.lower(), user.object_id) != user.object_id:
        raise bad_request("Another object with the same value for property userPrincipalName already exists.", "Request_BadRequest")


def _is_held(call: Call, user: User) -> bool:
    """Whether a user who is not deleted has this one's address by now."""
    return any(
        each.mail.lower() == user.mail.lower() and each.deleted_at is None and each is not user
        for each in call.world.directory.users.values()
        if user.mail
    )


def _with_proxies(row: dict) -> dict:
    return row | {"proxyAddresses": [f"SMTP:{row['mail']}"] if row["mail"] else []}
