"""Keys in another case than ours, as PowerShell writes them: a decoder passes over them without a word."""

import re
from functools import cache
from itertools import chain
from typing import Any, get_args

import msgspec
from msgspec import Struct

KEY = re.compile(rb'"([^"\\]+)"\s*:')


def must_be_spelled(struct: type[Struct], raw: bytes) -> None:
    """Nothing, unless the record holds a key in another case than ours, which a decoder passes over.

    raises: ValueError, so that the record is looked at again, key by key.
    """
    ours, folded = _names(struct)
    for key in set(KEY.findall(raw)) - ours:
        if key.lower() in folded:
            raise ValueError(f"a key in another case: {key.decode()}")


@cache
def _names(struct: type[Struct]) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The names of all fields of a struct and of those within it, and the same in lower case."""
    names: set[bytes] = set()
    for each in msgspec.structs.fields(struct):
        kinds = (each.type, *get_args(each.type))
        names.add(each.encode_name.encode())
        for inner in filter(_is_struct, chain(kinds, *map(get_args, kinds))):
            names |= _names(inner)[0]
    return frozenset(names), frozenset(each.lower() for each in names)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def respelled(record: dict, struct: type[Struct]) -> Any:
    """The struct of an object whose keys are spelled in another case than ours, as PowerShell writes them.

    raises: msgspec.ValidationError where a value is of another type than its field.
    """
    return msgspec.json.decode(msgspec.json.encode(_folded(record, struct)), type=struct)


def _folded(value: Any, kind: Any) -> Any:
    """The value with each key of a struct in our spelling; one already spelled so is believed over another."""
    if isinstance(value, list):
        inner = next((get_args(each)[0] for each in (kind, *get_args(kind)) if getattr(each, "__origin__", None) is list), None)
        return [_folded(each, inner) for each in value]
    struct = next(filter(_is_struct, (kind, *get_args(kind))), None)
    if not isinstance(value, dict) or struct is None:
        return value
    ours = _spellings(struct)
    exact = {key: each for key, each in value.items() if ours.get(key.casefold(), (key,))[0] == key}
    others = {ours[key.casefold()][0]: each for key, each in value.items() if key.casefold() in ours}
    return {key: _folded(each, ours.get(key.casefold(), (key, None))[1]) for key, each in (others | exact).items()}


@cache
def _spellings(struct: type[Struct]) -> dict[str, tuple[str, Any]]:
    """Our spelling and type of each field by its case-blind name; of two that differ in case alone, the first."""
    hints = msgspec.structs.fields(struct)
    return {each.encode_name.casefold(): (each.encode_name, each.type) for each in reversed(hints)}
