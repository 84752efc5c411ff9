"""The app's records behind SCIM: what scim2-server reads and writes goes through the app, so that its rules hold for every client."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Literal

import msgspec
from scim2_models import (
    InvalidValueException,
    NotFoundException,
    Path,
    PreconditionFailedException,
    ResourceType,
    SCIMException,
    SearchRequest,
)
from scim2_models.path import CompareOperator, Comparison
from scim2_server.storage import ScimStorage, SearchPage

from scimlab.rehearse.scim.occupant import Email, Occupant, PhoneNumber
from scimlab.simulate import app
from scimlab.simulate.app import Record, Refusal, Refused
from scimlab.simulate.exports.occupants import scim_user
from scimlab.simulate.world import World

STORED = (
    app.USER_NAME,
    app.EXTERNAL_ID,
    "displayName",
    app.GIVEN,
    app.SURNAME,
    app.MAIL,
    "title",
    app.DEPARTMENT,
    app.EMPLOYEE_ID,
    app.MOBILE,
)
"""The values of a record, by the SCIM path each is read from."""

Inactive = Literal["shown", "hidden"]


class RefusedByApp(SCIMException):
    """The app's own answer, which goes out as it stands."""

    def __init__(self, refusal: Refusal):
        """Carry the refusal to the application."""
        super().__init__(detail=refusal.word)
        self.refusal = refusal


class Records(ScimStorage):
    """The records of the world's app. Inactive ones can be left out of searches, as some apps do; each is still found by its id."""

    def __init__(self, world: World, *, inactive: Inactive = "shown"):
        """Serve the app of `world` at whatever second it stands."""
        self.world, self.inactive = world, inactive

    def get(self, resource_type: ResourceType, resource_id: str, *, response_parameters: Any = None) -> Occupant:
        """The resource of a record."""
        return resource(self._record(resource_id))

    def search(self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None) -> SearchPage:
        """A page of the records that match, by id unless another order is asked for."""
        found = self._named(search_request) if _is_by_name(search_request.filter) else self._matching(search_request)
        start = search_request.start_index_0 or 0
        stop = None if search_request.count is None else start + search_request.count
        return SearchPage(len(found), [resource(each) for each in found[start:stop]])

    def create(self, resource_type: ResourceType, resource: Occupant) -> Occupant:
        """A new record, refused where the app refuses it."""
        values = {name: text for name, text in stored(resource).items() if text}
        active = resource.active is not False
        return self._carried_out(lambda: self.world.app.create(self.world.now, values, active))

    def update(self, resource_type: ResourceType, resource: Occupant, *, expected_version: str | None = None) -> Occupant:
        """A record with new values, as far as they differ."""
        record = self._expected(resource.id, expected_version)
        changed = {name: text for name, text in stored(resource).items() if text != record.values.get(name, "")}
        active = None if resource.active == record.active else resource.active
        return self._carried_out(lambda: self._patched(record, changed, active))

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        """A record deleted, by the app's semantics of that word."""
        record = self._expected(resource_id, expected_version)
        self._carried_out(lambda: self.world.app.delete(self.world.now, record))

    def _patched(self, record: Record, changed: dict[str, str], active: bool | None) -> Record:
        removed = {name: text for name, text in changed.items() if not text}
        self.world.app.patch(self.world.now, record, {name: text for name, text in changed.items() if text}, active)
        self.world.app.rename(self.world.now, record, removed)
        for name in removed:
            record.values.pop(name)
        return record

    def _carried_out(self, act: Callable[[], Record | None]) -> Occupant | None:
        try:
            record = act()
        except Refused as refused:
            raise RefusedByApp(refused.refusal) from refused
        return None if record is None else resource(record)

    def _record(self, resource_id: str | None) -> Record:
        record = self.world.app.get(resource_id or "")
        if record is None:
            raise NotFoundException(detail=f"No occupant {resource_id!r}.")
        return record

    def _expected(self, resource_id: str | None, expected_version: str | None) -> Record:
        record = self._record(resource_id)
        if expected_version is not None and expected_version != version(record):
            raise PreconditionFailedException()
        return record

    def _named(self, search_request: SearchRequest[Any]) -> list[Record]:
        """What a lookup by name finds: the index answers, as it does for Entra."""
        found = self.world.app.find(search_request.filter.ast.value)
        return [each for each in found if self._is_shown(each)]

    def _matching(self, search_request: SearchRequest[Any]) -> list[Record]:
        shown = sorted((each for each in self.world.app.records.values() if self._is_shown(each)), key=lambda each: each.target_id)
        if search_request.filter is None and search_request.sort_by is None:
            return shown
        pairs = [(resource(each), each) for each in shown]
        if search_request.filter is not None:
            pairs = [(each, record) for each, record in pairs if search_request.filter.match(each)]
        if search_request.sort_by is not None:
            pairs.sort(key=lambda pair: _sort_key(search_request, pair[0]), reverse=search_request.sort_order == "descending")
        return [record for _, record in pairs]

    def _is_shown(self, record: Record) -> bool:
        return not record.hidden and (record.active or self.inactive == "shown")


def resource(record: Record) -> Occupant:
    """A record as a SCIM resource, with a version that changes whenever it does."""
    user = scim_user(record)
    for mail in user["emails"]:
        del mail["primary"]
    if app.MOBILE in record.values:
        user["phoneNumbers"] = [{"value": record.values[app.MOBILE], "type": "mobile"}]
    user["meta"] |= {"version": version(record)}
    return Occupant.model_validate(user)


def stored(resource: Occupant) -> dict[str, str]:
    """The values of a resource that the app stores, each by its path; empty where the resource has none.

    raises: InvalidValueException for an address or a number of a kind the app has no place for, rather than lose it.
    """
    for kind, held in ((Email.Type.work, resource.emails), (PhoneNumber.Type.mobile, resource.phone_numbers)):
        for each in held or []:
            each.type = each.type or kind
            if each.type != kind or len(held) > 1:
                raise InvalidValueException(detail=f"An occupant has one such value, of type {kind.value}.")
    return {name: _first(Path[Occupant](name).get(resource)) or "" for name in STORED}


def _first(found: Any) -> str | None:
    """What a path finds; one with a filter finds a list."""
    return next(iter(found), None) if isinstance(found, list) else found


def version(record: Record) -> str:
    """The weak entity tag of a record's present state."""
    state = msgspec.json.encode([record.values, record.active], order="sorted")
    return f'W/"{blake2b(state, digest_size=8).hexdigest()}"'


def _is_by_name(condition: Any) -> bool:
    node = None if condition is None else condition.ast
    return (
        isinstance(node, Comparison)
        and node.op == CompareOperator.eq
        and str(node.attr_path).lower() == app.USER_NAME.lower()
        and isinstance(node.value, str)
    )


def _sort_key(search_request: SearchRequest[Any], resource: Occupant) -> tuple:
    value = search_request.sort_value(resource)
    return value is None, "" if value is None else value, resource.id
