"""Which kind of record an object is, told by its keys; and the same object again with its keys spelled as we know them."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, get_args

import msgspec
from msgspec import Raw, Struct

from scimlab.read import directory, provisioning
from scimlab.read.records import Account, Line, LogRow, Record, Step, User


class Shape(NamedTuple):
    """How records of one kind are decoded, and the frame their rows belong to."""

    form: str
    frame: str
    struct: type[Struct]
    row: Callable[[Any], tuple]
    decode: Callable[[bytes], Any]
    by_microsoft: bool


def _shape(form: str, frame: str, struct: type[Struct], row: Callable[[Any], tuple], *, by_microsoft: bool = True) -> Shape:
    return Shape(form, frame, struct, row, msgspec.json.Decoder(struct).decode, by_microsoft)


GRAPH = _shape("Graph provisioning log", "events", Record, provisioning.event_row)
OLDER = _shape("Graph provisioning log, older beta shape", "events", Record, provisioning.event_row)
DIAGNOSTIC = _shape("diagnostic export", "events", Line, provisioning.line_row)
LOG_ANALYTICS = _shape("Log Analytics", "events", LogRow, provisioning.log_row)
USERS = _shape("Graph users", "people", User, directory.user_row)
ACCOUNTS = _shape("SCIM users", "records", Account, directory.account_row, by_microsoft=False)

A_LOG = "jobid changeid cycleid provisioningsteps provisioningstatusinfo provisioningaction"
# An object is of the first kind of which it carries a mark; keys are compared case-blind.
MARKS: tuple[tuple[frozenset[str], Shape | str], ...] = tuple(
    (frozenset(marks.split()), kind)
    for marks, kind in (
        ("properties operationname", DIAGNOSTIC),
        ("activitydisplayname loggedbyservice targetresources", "a directory audit record"),
        ("provisioningaction provisioningstatusinfo", GRAPH),
        ("statusinfo provisioningsteps", OLDER),
        ("changeid cycleid jobid sourceidentity targetidentity", GRAPH),
        ("appdisplayname clientappused conditionalaccessstatus", "a sign-in"),
        ("userprincipalname", USERS),
        ("deleteddatetime", "a deleted object that is no user"),
        ("username emails", ACCOUNTS),
        ("approleid principalid", "an app role assignment"),
        ("synchronizationjobsettings templateid", "a synchronization job"),
    )
)


def kind_of(record: dict) -> Shape | str:
    """The shape of an object, or in words what it is instead."""
    keys, category = {key.casefold() for key in record}, str(record.get("category", "")).casefold()
    if category == "auditlogs":
        return "a directory audit record"
    if "timegenerated" in keys:
        return LOG_ANALYTICS if keys & set(A_LOG.split()) else "a row of another Log Analytics table"
    if category == "provisioninglogs":
        return DIAGNOSTIC
    for marks, kind in MARKS:
        if marks & keys:
            return kind
    named = record.get("@odata.type") or record.get("category")
    return f"a record of {named}" if isinstance(named, str) else "no record of a kind known here"


def respelled(record: dict, shape: Shape) -> Any:
    """The struct of an object whose keys are spelled in another case than ours, as PowerShell writes them.

    raises: msgspec.ValidationError where a value is of another type than its field.
    """
    return shape.decode(msgspec.json.encode(_folded(record, shape.struct)))


def _folded(value: Any, kind: Any) -> Any:
    """The value with each key of a struct in our spelling; one already spelled so is believed over another."""
    if isinstance(value, list):
        inner = next((get_args(each)[0] for each in (kind, *get_args(kind)) if getattr(each, "__origin__", None) is list), None)
        return [_folded(each, inner) for each in value]
    struct = next((each for each in (kind, *get_args(kind)) if isinstance(each, type) and issubclass(each, Struct)), None)
    if not isinstance(value, dict) or struct is None:
        return value
    ours = _spellings(struct)
    exact = {key: each for key, each in value.items() if ours.get(key.casefold(), (key,))[0] == key}
    others = {ours[key.casefold()][0]: each for key, each in value.items() if key.casefold() in ours}
    return {key: _folded(each, ours.get(key.casefold(), (key, None))[1]) for key, each in (others | exact).items()}


@lru_cache
def _spellings(struct: type[Struct]) -> dict[str, tuple[str, Any]]:
    """Our spelling and type of each field by its case-blind name; of two that differ in case alone, the first."""
    hints = msgspec.structs.fields(struct)
    return {each.encode_name.casefold(): (each.encode_name, list[Step] if each.type is Raw else each.type) for each in reversed(hints)}
