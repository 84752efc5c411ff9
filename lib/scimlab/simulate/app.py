"""The app behind SCIM: its records, what it refuses and in which words, and when each record was active."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Literal

USER_NAME = "userName"
MAIL = 'emails[type eq "work"].value'
GIVEN, SURNAME, MOBILE = "name.givenName", "name.familyName", 'phoneNumbers[type eq "mobile"].value'
DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
EMPLOYEE_ID = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber"
EXTERNAL_ID, ACTIVE = "externalId", "active"

DeleteSemantics = Literal["hard", "soft_reserves_email", "soft_frees_email"]
Verb = Literal["POST", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success: the status, Entra's code for it, the body as sent, and why, as the truth has it."""

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
LINK_LOST = Refusal("NotFound", "InvalidAnchor", "", "stale_link")
DOWN = Refusal("InternalServerError", "InternalServerError", "<html><body><h1>500</h1>Try again later.</body></html>", "target_unavailable")
TOO_MANY = scim_error("TooManyRequests", 429, "Slow down, please.", code="TooManyRequests", cause="throttled")


@dataclass(slots=True)
class Record:
    """An account of the app. `owner` is the person it was made for, `spans` the seconds it went active and inactive.

    A `hidden` record has been soft-deleted by the app and is not returned by SCIM; a `keeper` may not be deactivated.
    """

    target_id: str
    owner: str
    values: dict[str, str]
    active: bool
    created_at: int
    updated_at: int
    spans: list[tuple[int, int | None]] = field(default_factory=list)
    hidden: bool = False
    keeper: bool = False

    def set_active(self, at: int, active: bool) -> None:
        """Open or close a span where the state changes."""
        if active == self.active:
            return
        self.active = active
        if active:
            self.spans.append((at, None))
        else:
            self.spans[-1] = (self.spans[-1][0], at)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A time in which the app answers some requests with a refusal it would not give otherwise."""

    since: int
    until: int
    refusal: Refusal
    hits: Callable[[Verb, dict[str, str], Random], bool]


class App:
    """All records by id. `filterable` records are found by user name; e-mail addresses must be unique among all that reserve theirs."""

    def __init__(self, rng: Random, *, delete_semantics: DeleteSemantics = "hard"):
        """An empty app that draws its record ids from `rng`."""
        self.rng = rng
        self.delete_semantics = delete_semantics
        self.records: dict[str, Record] = {}
        self.gone: list[Record] = []
        self.by_name: dict[str, str] = {}
        self.by_mail: dict[str, str] = {}
        self.troubles: list[Trouble] = []

    def find(self, user_name: str) -> Record | None:
        """The record a filter on userName returns; case does not matter, hidden records are not returned."""
        return self.get(self.by_name.get(user_name.lower(), ""))

    def get(self, target_id: str) -> Record | None:
        """The record of an id, unless it is hidden or gone."""
        record = self.records.get(target_id)
        return None if record is None or record.hidden else record

    def create(self, at: int, values: dict[str, str], active: bool, *, owner: str = "", manually: bool = False) -> Record:
        """A new record; refused while another one holds its user name or its e-mail address.

        owner: whom it is made for; empty for an account nobody in Entra has.
        manually: made in the app itself, past SCIM and its troubles.
        """
        if not manually:
            self._answer(at, "POST", values)
        self._refuse_taken(values, "")
        self._refuse_values(values)
        record = Record(f"occ-{self.rng.randrange(16**12):012x}", owner, dict(values), False, at, at)
        record.set_active(at, active)
        self.records[record.target_id] = record
        self._index(record)
        return record

    def patch(self, at: int, record: Record, values: dict[str, str], active: bool | None) -> None:
        """New values, a new state, or both, all or nothing."""
        self._answer(at, "PATCH", values)
        self._refuse_taken(values, record.target_id)
        self._refuse_values(values)
        if record.keeper and active is False:
            raise Refused(KEEPER_STAYS)
        self.rename(at, record, values)
        if active is not None:
            record.set_active(at, active)

    def rename(self, at: int, record: Record, values: dict[str, str]) -> None:
        """Values written by the vendor's support, past SCIM."""
        for index, name in ((self.by_name, USER_NAME), (self.by_mail, MAIL)):
            if name in values:
                index.pop(record.values.get(name, "").lower(), None)
        record.values |= values
        record.updated_at = at
        self._index(record)

    def delete(self, at: int, record: Record) -> None:
        """What DELETE does under these semantics: gone, or hidden with its address kept or freed."""
        self._answer(at, "DELETE", {})
        record.set_active(at, False)
        record.updated_at = at
        if self.delete_semantics == "hard":
            self.gone.append(self.records.pop(record.target_id))
        record.hidden = self.delete_semantics != "hard"
        if self.delete_semantics != "soft_reserves_email":
            self.by_mail.pop(record.values.get(MAIL, "").lower(), None)
            self.by_name.pop(record.values.get(USER_NAME, "").lower(), None)

    def _index(self, record: Record) -> None:
        self.by_name[record.values[USER_NAME].lower()] = record.target_id
        if mail := record.values.get(MAIL):
            self.by_mail[mail.lower()] = record.target_id

    def _answer(self, at: int, verb: Verb, values: dict[str, str]) -> None:
        for each in self.troubles:
            if each.since <= at < each.until and each.hits(verb, values, self.rng):
                raise Refused(each.refusal)

    def _refuse_taken(self, values: dict[str, str], own: str) -> None:
        if self.by_mail.get(values.get(MAIL, "").lower(), own) != own:
            raise Refused(MAIL_TAKEN)
        if self.by_name.get(values.get(USER_NAME, "").lower(), own) != own:
            raise Refused(NAME_TAKEN)

    def _refuse_values(self, values: dict[str, str]) -> None:
        mobile = values.get(MOBILE, "+")
        if not mobile.startswith("+") or not mobile[1:].replace(" ", "").isdigit() and mobile != "+":
            raise Refused(BAD_MOBILE)
