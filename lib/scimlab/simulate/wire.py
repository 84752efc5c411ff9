"""The PATCH that Entra sends: one operation an attribute, or, with the flag for compliance, one for all; and how the app reads either."""

from collections.abc import Mapping

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ACTIVE = "active"


def patch(values: Mapping[str, str], active: bool | None, *, compliant: bool = False) -> dict:
    """The body for new values, a new state, or both.

    compliant: as with `aadOptscim062020` behind the tenant's URL: small letters, booleans, dotted keys without a path; a value
    chosen by its type keeps its path all the same.

    >>> patch({}, False)["Operations"], patch({}, False, compliant=True)["Operations"]
    ([{'op': 'Replace', 'path': 'active', 'value': 'False'}], [{'op': 'replace', 'path': 'active', 'value': False}])
    """
    if not compliant:
        sent = dict(values) | ({} if active is None else {ACTIVE: str(active)})
        return _body([{"op": "Replace", "path": path, "value": value} for path, value in sent.items()])
    chosen = {path: value for path, value in values.items() if "[" in path}
    dotted = {path: value for path, value in values.items() if "[" not in path}
    operations = [{"op": "replace", "value": dotted}] if dotted else []
    operations += [{"op": "replace", "path": path, "value": value} for path, value in chosen.items()]
    return _body(operations + ([] if active is None else [{"op": "replace", "path": ACTIVE, "value": active}]))


def read(body: Mapping) -> tuple[dict[str, str], bool | None]:
    """The new values and the new state that a body of either shape asks for; a state may be a boolean or a word, in any case.

    >>> read(patch({"title": "Lead"}, True)) == read(patch({"title": "Lead"}, True, compliant=True)) == ({"title": "Lead"}, True)
    True
    """
    asked = {}
    for each in body["Operations"]:
        asked |= {each["path"]: each["value"]} if "path" in each else each["value"]
    active = asked.pop(ACTIVE, None)
    return asked, active if isinstance(active, bool | None) else active.lower() == "true"


def _body(operations: list[dict]) -> dict:
    return {"schemas": [PATCH_OP], "Operations": operations}
