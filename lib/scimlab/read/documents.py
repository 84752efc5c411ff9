"""JSON documents of any size, an array or pages of records, cut into records in bounded memory.

A window is cut where the next record seems to begin, and decoding what lies before as a list proves the cut:
a cut inside a record leaves brackets open. Where no cut can be proven, records are taken one by one, and a
record that is no JSON costs itself alone.
"""

import json
import re
from collections.abc import Iterator

import msgspec

from scimlab.read.batches import Batch, Broken, sound
from scimlab.read.forms import LISTS
from scimlab.read.sources import WINDOW

RAWS = msgspec.json.Decoder(list[msgspec.Raw]).decode
SCAN = json.JSONDecoder(strict=False).raw_decode
BLANK = re.compile(rb"[ \t\r\n\xef\xbb\xbf]*")
KEY = re.compile(rb'[ \t\r\n]*"((?:[^"\\]|\\.)*)"[ \t\r\n]*:[ \t\r\n]*')
OPENING = re.compile(rb'\{[ \t\r\n]*"(?:[^"\\]|\\.)*"')
NEXT_DOCUMENT = re.compile(rb"[\r\n][ \t]*(?=[{\[])")
SERVICE_ERROR = re.compile(rb'"error"\s*:\s*\{\s*"code"\s*:\s*"([^"\\]*)"')
SHOWN = 4096
TRIES = 16


class Document:
    """A document being read: the bytes at hand, and what its pages say beside their records."""

    def __init__(self, windows: Iterator[bytes], size: int = WINDOW):
        """Nothing is read yet; about `size` bytes are looked at together."""
        self.windows, self.size = windows, size
        self.bytes, self.text, self.at, self.ended = b"", "", 0, False
        self.notes: list[str] = []
        self.total: int | None = None
        self.context = ""

    def batches(self) -> Iterator[Batch]:
        """The records, many at a time; documents that follow one another are read as one."""
        while self._skip_blank():
            start = self._next()
            if start == b"[":
                self.at += 1
                yield from self._array()
            elif start == b"{":
                yield from self._object()
            else:
                yield self._lose("text between records", NEXT_DOCUMENT)

    def _next(self) -> bytes:
        return self.bytes[self.at : self.at + 1]

    def _fill(self, wanted: int = 0) -> bool:
        """Read on until so many bytes lie ahead (a window, unless said); whether any came."""
        had = size = len(self.bytes) - self.at
        pieces = [self.bytes[self.at :]]
        while size < max(wanted, self.size) and not self.ended:
            window = next(self.windows, b"")
            self.ended = not window
            pieces.append(window)
            size += len(window)
        if size > had or self.at:
            # Latin-1 maps byte to character one to one, so places in the text are places in the bytes.
            self.bytes, self.at = b"".join(pieces), 0
            self.text = self.bytes.decode("latin-1")
        return size > had

    def _skip_blank(self) -> bool:
        """Go on to the next byte that says something; False at the end."""
        while True:
            self.at = BLANK.match(self.bytes, self.at).end()
            if self.at < len(self.bytes):
                return True
            if not self._fill():
                return False

    def _value(self) -> bytes | str:
        """The bytes of the value that begins here, or a text that says why there is none."""
        while True:
            left = len(self.bytes) - self.at
            try:
                end = SCAN(self.text, self.at)[1]
                if end < len(self.bytes) or not self._fill(2 * left):
                    start, self.at = self.at, end
                    return self.bytes[start:end]
            except json.JSONDecodeError as error:
                near_end = error.msg.startswith("Unterminated string") or error.pos > len(self.bytes) - SHOWN
                if not (near_end and self._fill(2 * left)):
                    return "the file ends inside a record" if error.pos >= len(self.text.rstrip()) else f"no JSON: {error.msg}"
            except RecursionError:
                return "no JSON: nested too deep"

    def _lose(self, reason: str, resume: re.Pattern[bytes]) -> Broken:
        """Pass over bytes that are no record, up to where the next one seems to begin."""
        found = resume.search(self.bytes, self.at + 1)
        lost = self.bytes[self.at : min(self.at + SHOWN, found.end() if found else len(self.bytes))]
        while True:
            if error := SERVICE_ERROR.search(self.bytes, self.at, found.end() if found else len(self.bytes)):
                self.notes.append(f"truncated_by_service_error {error[1].decode('utf-8', 'replace')}")
            if found:
                self.at = found.end()
                return Broken(lost, reason)
            self.at = max(self.at, len(self.bytes) - SHOWN)
            if not self._fill(2 * SHOWN):
                self.at = len(self.bytes)
                return Broken(lost, reason)
            found = resume.search(self.bytes, self.at)

    def _object(self) -> Iterator[Batch]:
        """The records of the page that begins here, or the object itself where it is no page."""
        self._fill()
        start = self.at
        if self._opens_list():
            yield from self._array()
            yield from self._behind()
            return
        self.at = start
        value = self._value()
        if isinstance(value, str):
            yield self._lose(value, NEXT_DOCUMENT)
        else:
            yield from sound([value], value)

    def _opens_list(self) -> bool:
        """Whether the object here keeps records in a list; if so, go to the list's first byte."""
        self.at += 1
        while key := KEY.match(self.bytes, self.at):
            self.at = key.end()
            if key[1].decode("latin-1") in LISTS and self._next() == b"[":
                self.at += 1
                return True
            try:
                end = SCAN(self.text, self.at)[1]
            except (json.JSONDecodeError, RecursionError):
                return False
            self._note(key[1], self.bytes[self.at : end])
            self.at = BLANK.match(self.bytes, end).end()
            if self._next() != b",":
                return False
            self.at += 1
        return False

    def _behind(self) -> Iterator[Batch]:
        """What a page holds behind its list of records, to its closing brace."""
        while self._skip_blank():
            start = self._next()
            if start in b",}":
                self.at += 1
                if start == b"}":
                    return
                continue
            key = KEY.match(self.bytes, self.at) or (self._fill(2 * SHOWN) and KEY.match(self.bytes, self.at))
            if not key:
                yield self._lose("text behind the list of records", NEXT_DOCUMENT)
                return
            self.at = key.end()
            if key[1].decode("latin-1") in LISTS and self._skip_blank() and self._next() == b"[":
                self.at += 1
                yield from self._array()
                continue
            value = self._value()
            if isinstance(value, str):
                yield self._lose(value, NEXT_DOCUMENT)
                return
            self._note(key[1], value)
        self.notes.append("the document ends before its closing bracket")

    def _note(self, key: bytes, value: bytes) -> None:
        """Keep what a page says of itself beside its records."""
        if key == b"@odata.nextLink" and value != b"null":
            self.notes.append("names a next page")
        elif key == b"@odata.context":
            self.context = value.strip(b'"').decode("utf-8", "replace")
        elif key == b"totalResults" and value.isdigit():
            self.total = max(self.total or 0, int(value))
        elif key == b"error" and (error := SERVICE_ERROR.search(b'"error":' + value)):
            self.notes.append(f"truncated_by_service_error {error[1].decode('utf-8', 'replace')}")

    def _array(self) -> Iterator[Batch]:
        """The records of the list that begins here, and on behind its closing bracket."""
        resume = NEXT_DOCUMENT
        while self._skip_blank():
            start = self._next()
            if start in b",]":
                self.at += 1
                if start == b"]":
                    return
                continue
            if len(self.bytes) - self.at < self.size:
                self._fill()
            opening = OPENING.match(self.bytes, self.at)
            if opening:
                resume = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*(?=" + re.escape(opening[0]) + rb")")
                start = self.at
                if batch := self._proven(opening[0]):
                    yield from sound(batch, self.bytes[start : self.at])
                    continue
            yield from self._one_by_one(resume)
        self.notes.append("the list of records ends before its closing bracket")

    def _proven(self, opening: bytes) -> list[msgspec.Raw] | None:
        """As many records as a proven cut gives: up to the list's end, else to before the last that begins here."""
        if self.ended:
            end = len(self.bytes)
            for _ in range(TRIES):
                end = self.bytes.rfind(b"]", self.at, end)
                if end < 0:
                    break
                if (batch := self._cut(end)) is not None:
                    return batch
        end = len(self.bytes)
        for _ in range(TRIES):
            end = self.bytes.rfind(opening, self.at + 1, end)
            if end < 0:
                return None
            comma = self.bytes.rfind(b",", self.at, end)
            if comma > 0 and not self.bytes[comma + 1 : end].strip() and (batch := self._cut(comma)) is not None:
                return batch
        return None

    def _cut(self, end: int) -> list[msgspec.Raw] | None:
        try:
            batch = RAWS(b"[" + self.bytes[self.at : end] + b"]")
        except (ValueError, RecursionError):
            return None
        self.at = end
        return batch

    def _one_by_one(self, resume: re.Pattern[bytes]) -> Iterator[Batch]:
        """The records of the bytes at hand, each taken by itself."""
        stop = len(self.bytes) - self.size // 2
        while True:
            value = self._value()
            if isinstance(value, str):
                yield self._lose(value, resume)
                return
            yield from sound([value], value)
            if self._skip_blank() and self._next() not in b",]":
                yield self._lose("text behind a record", resume)
                return
            if self._next() != b"," or (self.at > stop and not self.ended):
                return
            self.at += 1
            if not self._skip_blank() or self._next() in b"],":
                return
