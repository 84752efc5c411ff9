"""Keys that stand twice in one object: a decoder keeps one of the two values without a word."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

DECODE = msgspec.json.Decoder().decode
ENCODE = msgspec.json.Encoder().encode


class Doubled(ValueError):
    """A record that says two things under one key."""


def single(decode: Callable[[bytes], Any], look_closely: Callable[[bytes], None] | None = None) -> Callable[[bytes], Any]:
    """The same decoder, which refuses a record that says two things under one key.

    What was decoded is spelled again: where it is as long as its bytes, nothing was passed over. Only where a
    record holds what the struct does not, blanks, or characters spelled as codes, is it looked at more closely.
    look_closely: what else to ask of such a record.
    raises: Doubled, from what is returned, and what `look_closely` raises.
    """

    def decoded(raw: bytes) -> Any:
        record = decode(raw)
        if len(ENCODE(record)) != len(raw):
            must_be_single(raw)
            if look_closely:
                look_closely(raw)
        return record

    return decoded


def must_be_single(raw: bytes | str) -> None:
    """Nothing, unless an object in the JSON holds two different values under one key.

    raises: Doubled; ValueError where it is no JSON.

    >>> must_be_single('{"id": 1, "inner": {"id": 2}}')
    >>> must_be_single('{"a": {"id": 1, "id": 2}}')
    Traceback (most recent call last):
    scimlab.read.doubled.Doubled: the key "id" stands twice in one object, with different values
    """
    plain = msgspec.json.format(raw.encode() if isinstance(raw, str) else raw, indent=-1)
    if len(ENCODE(DECODE(plain))) != len(plain):
        json.loads(plain, object_pairs_hook=_single)


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        for key, value in pairs:
            if held[key] != value:
                raise Doubled(f'the key "{key[:40]}" stands twice in one object, with different values')
    return held
