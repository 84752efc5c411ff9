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
    if window.isascii() or _is_utf8(b"\n".join(each for each in batch if not _is_ascii(each))):
        yield batch
        return
    for raw in batch:
        yield [raw] if _is_utf8(bytes(raw)) else Broken(bytes(raw), "not UTF-8: the file was saved in another encoding or is damaged")


def _is_ascii(raw: Raw | bytes) -> bool:
    return raw.isascii() if raw.__class__ is bytes else bytes(raw).isascii()


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
