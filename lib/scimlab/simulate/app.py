"""The app behind SCIM: its records, what it refuses and in which words, and when each record was active."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from scimlab.simulate import wire

USER_NAME = "userName"
MAIL = 'emails[type eq "work"].value'
GIVEN, SURNAME, MOBILE = "name.givenName", "name.familyName", 'phoneNumbers[type eq "mobile"].value'
DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
EMPLOYEE_ID = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber"
EXTERNAL_ID, ACTIVE = "externalId", "active"

DESK_SHARE = 0.6

DeleteSemantics = Literal["hard", "soft_reserves_email", "soft_frees_email"]
Verb = Literal["POST", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success: the status as .NET words it, Entra's code for it, the body as sent, and why, as the truth has it.

    Without a status the app was not asked: Entra itself saw no way to go on, and `body` is its sentence.
    """

    word: str
    code: str
    body: object
    cause: str
    category: str = "nonServiceFailure"


class Refused(Exception):
    """The app's answer to a request it does not carry out."""

    def __init__(self, refusal: Refusal):
        """Carry the answer to the job."""
        super().__init__(refusal.word)
        self.refusal = refusal


def scim_error(word: str, status: int, detail: object, *, code: str, cause: str, scim_type: str = "") -> Refusal:
    """A refusal in the shape of RFC 7644, 3.12."""
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": detail, "status": status}
    return Refusal(word, code, body | ({"scimType": scim_type} if scim_type else {}), cause)


SERVICE_INCOMPATIBLE = "SystemForCrossDomainIdentityManagementServiceIncompatible"
MAIL_TAKEN = scim_error(
    "Conflict",
    409,
    "An occupant with this e-mail address is already on file.",
    code="SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering",
    cause="duplicate_conflict",
    scim_type="uniqueness",
)
NAME_TAKEN = scim_error(
    "Conflict", 409, "This login name belongs to another occupant.", code="Conflict", cause="duplicate_conflict", scim_type="uniqueness"
)
BAD_MOBILE = scim_error(
    "BadRequest",
    400,
    {MOBILE: ["A mobile number starts with + and holds digits only."]},
    code=SERVICE_INCOMPATIBLE,
    cause="attribute_value_rejected",
    scim_type="invalidValue",
)
KEEPER_STAYS = scim_error(
    "Forbidden",
    403,
    "The owner of a floor plan cannot be deactivated.",
    code="InsufficientRights",
    cause="target_refused_state_change",
)
SHAPE_UNKNOWN = scim_error(
    "BadRequest",
    400,
    {"Operations": {"op": ['"Replace" is not a valid choice'], "path": ["nested paths are read as one attribute name"]}},
    code=SERVICE_INCOMPATIBLE,
    cause="patch_shape_rejected",
    scim_type="invalidSyntax",
)
TWO_MATCH = Refusal("", "DuplicateTargetEntries", "More than one target entry matches the user.", "duplicate_target")
TWO_SOURCES = Refusal("", "DuplicateSourceEntries", "More than one source entry matches the record.", "duplicate_source")
LINK_LOST = Refusal("NotFound", "InvalidAnchor", "", "stale_link")
DOWN = Refusal("InternalServerError", "InternalServerError", "<html><body><h1>500</h1>Try again later.</body></html>", "target_unavailable")
TOO_MANY = scim_error("TooManyRequests", 429, "Slow down, please.", code="TooManyRequests", cause="throttled")


@dataclass(slots=True)
class Record:
    """An account of the app. `owner` is the person who has it, `spans` (active since, until, owner), an open end as None.

    `made_for` is whom it was made for, where that is somebody else. `desks` are (desk, since, until): lost on deactivation, and not
    found again on activation. A `hidden` record has been soft-deleted by the app and is not returned by SCIM; a `keeper` may not be
    deactivated.
    """

    target_id: str
    owner: str
    values: dict[str, str]
    active: bool
    created_at: int
    updated_at: int
    spans: list[tuple[int, int | None, str]] = field(default_factory=list)
    desks: list[tuple[str, int, int | None]] = field(default_factory=list)
    made_for: str = ""
    hidden: bool = False
    keeper: bool = False

    def set_active(self, at: int, active: bool) -> None:
        """Open or close a span where the state changes."""
        if active and not self.active:
            self.spans.append((at, None, self.owner))
        elif self.active and not active:
            since, _, owner = self.spans[-1]
            self.spans[-1] = (since, at, owner)
            self.desks = [(desk, held_since, at if until is None else until) for desk, held_since, until in self.desks]
        self.active = active


@dataclass(frozen=True, slots=True)
class Trouble:
    """A time in which the app answers some requests with a refusal it would not give otherwise."""

    since: int
    until: int
    refusal: Refusal
    hits: Callable[[Verb, dict[str, str], Random], bool]


class App:
    """All records by id. A record is found by its user name; user names and e-mail addresses are unique among those that hold theirs.

    `owned` are the records of each person, in the order they came; `touched` the persons whose records anything was done to.
    """

    def __init__(self, rng: Random, *, delete_semantics: DeleteSemantics = "hard", desks: Random | None = None):
        """An empty app that draws its record ids from `rng`, and who gets a desk from `desks`, if it has any."""
        self.rng, self.desks = rng, desks
        self.delete_semantics = delete_semantics
        self.hides_inactive = False
        self.records: dict[str, Record] = {}
        self.owned: dict[str, list[Record]] = {}
        self.touched: list[str] = []
        self.gone: list[Record] = []
        self.holders: dict[str, dict[str, list[str]]] = {USER_NAME: {}, MAIL: {}}
        self.troubles: list[Trouble] = []

    def left_to(self, owner: str) -> Record | None:
        """The last record made for a person, hidden or not."""
        found = self.owned.get(owner)
        return found[-1] if found else None

    def find(self, user_name: str) -> list[Record]:
        """The records a filter on userName returns: not the hidden ones, and not the inactive ones where the app hides these too."""
        found = (self.get(each) for each in self.holders[USER_NAME].get(user_name.lower(), ()))
        return [each for each in found if each is not None and (each.active or not self.hides_inactive)]

    def get(self, target_id: str) -> Record | None:
        """The record of an id, unless it is hidden or gone."""
        record = self.records.get(target_id)
        return None if record is None or record.hidden else record

    def create(self, at: int, values: dict[str, str], active: bool, *, owner: str = "") -> Record:
        """A new record by SCIM; refused while another one holds its user name or its e-mail address.

        owner: whom it is made for; empty for an account nobody in Entra has.
        """
        self._answer(at, "POST", values)
        self._refuse(values, "")
        return self.enter(at, values, active, owner=owner)

    def patch(self, at: int, record: Record, values: dict[str, str], active: bool | None) -> None:
        """New values, a new state, or both, all or nothing."""
        self._answer(at, "PATCH", values)
        self._refuse(values, record.target_id)
        if record.keeper and active is False:
            raise Refused(KEEPER_STAYS)
        self.rename(at, record, values)
        if active is not None:
            record.set_active(at, active)

    def receive(self, at: int, record: Record, body: dict) -> None:
        """A PATCH as it comes over the wire, in either shape."""
        self.patch(at, record, *wire.read(body))

    def delete(self, at: int, record: Record) -> None:
        """What DELETE does under these semantics: gone, or hidden with its address kept or freed."""
        self._answer(at, "DELETE", {})
        if self.delete_semantics == "hard":
            self.remove(at, record)
        else:
            self.hide(at, record, frees=self.delete_semantics == "soft_frees_email")

    def enter(self, at: int, values: dict[str, str], active: bool, *, owner: str = "") -> Record:
        """A new record made in the app itself, by hand or by an import that asks nothing."""
        record = Record(f"occ-{self.rng.randrange(16**12):012x}", owner, dict(values), False, at, at)
        record.set_active(at, active)
        if active and self.desks and self.desks.random() < DESK_SHARE:
            record.desks.append((f"D-{self.desks.randrange(100, 999)}", at, None))
        self.records[record.target_id] = record
        self.owned.setdefault(owner, []).append(record)
        self.touched.append(owner)
        self._hold(record)
        return record

    def hand_over(self, at: int, record: Record, owner: str) -> None:
        """From now on another person has it."""
        if owner != record.owner:
            was = record.active
            record.set_active(at, False)
            record.made_for = record.made_for or record.owner
            self._pass_on(record, owner)
            record.set_active(at, was)

    def belongs(self, record: Record, owner: str) -> None:
        """It turns out whose it was all along."""
        self._pass_on(record, owner)
        record.spans = [(since, until, owner) for since, until, _ in record.spans]

    def _pass_on(self, record: Record, owner: str) -> None:
        self.touched += [record.owner, owner]
        self.owned[record.owner].remove(record)
        self.owned.setdefault(owner, []).append(record)
        record.owner = owner

    def rename(self, at: int, record: Record, values: dict[str, str]) -> None:
        """Values written past SCIM, by the vendor's support or an administrator of the app."""
        self._release(record, values.keys())
        record.values |= values
        record.updated_at = at
        self.touched.append(record.owner)
        self._hold(record)

    def switch(self, at: int, record: Record, active: bool) -> None:
        """Activated or deactivated by an administrator of the app."""
        record.set_active(at, active)
        record.updated_at = at
        self.touched.append(record.owner)

    def remove(self, at: int, record: Record) -> None:
        """Deleted for good: nothing of it is left but what the truth remembers."""
        self.switch(at, record, False)
        self._release(record, self.holders.keys())
        self.owned[record.owner].remove(record)
        self.gone.append(self.records.pop(record.target_id))

    def hide(self, at: int, record: Record, *, frees: bool = False) -> None:
        """Archived: SCIM no longer returns it, and its name and address stay taken unless freed."""
        self.switch(at, record, False)
        record.hidden = True
        if frees:
            self._release(record, self.holders.keys())

    def _hold(self, record: Record) -> None:
        for name, holders in self.holders.items():
            ids = holders.setdefault(record.values.get(name, "").lower(), [])
            if record.target_id not in ids:
                ids.append(record.target_id)

    def _release(self, record: Record, names: Iterable[str]) -> None:
        for name in self.holders.keys() & names:
            ids = self.holders[name].get(record.values.get(name, "").lower(), [])
            if record.target_id in ids:
                ids.remove(record.target_id)

    def _answer(self, at: int, verb: Verb, values: dict[str, str]) -> None:
        for each in self.troubles:
            if each.since <= at < each.until and each.hits(verb, values, self.rng):
                raise Refused(each.refusal)

    def _refuse(self, values: dict[str, str], own: str) -> None:
        for name, refusal in ((MAIL, MAIL_TAKEN), (USER_NAME, NAME_TAKEN)):
            if values.get(name) and any(each != own for each in self.holders[name].get(values[name].lower(), ())):
                raise Refused(refusal)
        if MOBILE in values and not values[MOBILE].removeprefix("+").replace(" ", "").isdigit():
            raise Refused(BAD_MOBILE)
