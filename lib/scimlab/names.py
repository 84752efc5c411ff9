"""User names as Entra and an app spell them: the soft-delete prefix, guests, and the key to compare by.

When a user is soft-deleted, Entra writes the object id, dashes removed, in front of the user
principal name, to free that name; provisioning then carries the result to the app as `userName`.
"""

import re
from typing import NamedTuple
from uuid import UUID

import polars as pl

PREFIXES = re.compile(r"(?P<ids>(?:[0-9a-f]{32})+)(?P<name>[^@\s]+@[^@\s]+)", re.IGNORECASE)
GUEST = re.compile(r"(?P<alias>.+)_(?P<domain>[^_]+)#EXT#@.+", re.IGNORECASE)


class Recovered(NamedTuple):
    """An object id, or None where the text carries none, and the name without its prefixes."""

    object_id: str | None
    clean_name: str


def recover(text: str) -> Recovered:
    """The object id in front of an address, and the address without it.

    A prefix is 32 hexadecimal digits with a non-empty rest of an address behind them, so a local
    part of exactly 32 digits is a name, not a prefix. Prefixed twice, the outermost id is returned
    and every prefix is removed. Case and `#EXT#` are kept; without a prefix the text is returned as it is.

    source: domain.md 2.3 in words: the rename at soft delete, seen in `deletedItems` and audit events.

    >>> recover("0f0e0d0c0b0a49088706050403020100Ada.Lovelace@example.org")
    Recovered(object_id='0f0e0d0c-0b0a-4908-8706-050403020100', clean_name='Ada.Lovelace@example.org')
    >>> recover("0f0e0d0c0b0a49088706050403020100@example.org").object_id is None
    True
    """
    found = PREFIXES.fullmatch(text)
    if found is None:
        return Recovered(None, text)
    return Recovered(str(UUID(found["ids"][:32])), found["name"])


def canonical(text: str) -> str:
    """The key two spellings of one user name share: prefix removed, guest form undone, case folded, trimmed.

    >>> canonical("grace_example.net#EXT#@contoso.example")
    'grace@example.net'
    >>> canonical(" Ada@Example.org ")
    'ada@example.org'
    """
    name = recover(text.strip()).clean_name
    guest = GUEST.fullmatch(name)
    return (f"{guest['alias']}@{guest['domain']}" if guest else name).casefold()


def canonical_names(column: pl.Expr) -> pl.Expr:
    """`canonical` over a text column: each distinct spelling is worked out once; null stays null."""
    return column.map_batches(_each_once, return_dtype=pl.String)


PLAIN = r"^[\x20-\x7e]*$"
UNLIKE = r"(?i)#ext#|^ *(?:[0-9a-f]{32})+[^@ ]+@"
"""Most names are ASCII, neither a guest's nor prefixed: of those only case and blanks matter."""


def _each_once(spellings: pl.Series) -> pl.Series:
    is_plain = (spellings.str.contains(PLAIN) & ~spellings.str.contains(UNLIKE)).fill_null(True)
    if is_plain.all():
        return spellings.str.strip_chars().str.to_lowercase()
    return spellings.str.strip_chars().str.to_lowercase().zip_with(is_plain, _one_by_one(spellings.set(is_plain, None)))


def _one_by_one(spellings: pl.Series) -> pl.Series:
    distinct = spellings.drop_nulls().unique()
    return spellings.replace_strict(distinct, [canonical(text) for text in distinct], default=None, return_dtype=pl.String)
