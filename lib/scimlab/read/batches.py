"""Records as bytes, many at a time, and those bytes among them that are none."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Raw


class Broken(NamedTuple):
    """Bytes that are no record, and why."""

    text: bytes
    reason: str


Batch = list[Raw] | list[bytes] | Broken


def sound(batch: list[Raw] | list[bytes], window: bytes) -> Iterator[Batch]:
    """The records of a window as they are; where it holds bytes that are no UTF-8, those records told apart.

    A decoder looks at the fields it wants, and would pass over damage in any other.
    """
    try:
        if not window.isascii():
            window.decode()
        yield batch
    except UnicodeDecodeError:
        for raw in batch:
            try:
                bytes(raw).decode()
                yield [raw]
            except UnicodeDecodeError:
                yield Broken(bytes(raw), "not UTF-8: the file was saved in another encoding or is damaged")
