"""Records of JSON on their way to rows: the shape in hand first, and where it fails, a second look at the record."""

from collections.abc import Iterator
from typing import Any

import msgspec

from scimlab.read.batches import Batch, Broken
from scimlab.read.doubled import Doubled, must_be_single
from scimlab.read.forms import LISTS
from scimlab.read.parts import BATCH, Parts
from scimlab.read.refusals import Foreign
from scimlab.read.shapes import LOGS, Shape, kind_of
from scimlab.read.spelling import respelled

MARK = b"\xef\xbb\xbf"
REFUSED = (msgspec.MsgspecError, ValueError, RecursionError)
NAMES = {list: "an array", str: "a text", int: "a number", float: "a number", bool: "true or false", type(None): "null"}


def take(batches: Iterator[Batch], parts: Parts) -> None:
    """Every record of the batches as a row of the file begun in `parts`, or set aside with its reason."""
    taker, reading, waiting = _Taker(parts), parts.reading, parts.waiting
    for batch in batches:
        if isinstance(batch, Broken):
            reading.broken += 1
            parts.refuse("rejected", batch.reason, batch.text)
            continue
        decode, row, source = taker.decode, taker.row, parts.source
        for raw in batch:
            try:
                columns = row(decode(raw))
            except REFUSED:
                taker.look_again(raw)
                decode, row = taker.decode, taker.row
                continue
            reading.rows += 1
            waiting.append((source, reading.rows, columns, raw))
            if len(waiting) >= BATCH:
                parts.flush()


def _not_yet(raw: bytes) -> Any:
    raise ValueError("no shape in hand yet")


class _Taker:
    """The shape in hand, and the second look that may change it."""

    def __init__(self, parts: Parts):
        self.parts, self.shape = parts, None
        self.decode = self.row = _not_yet

    def look_again(self, raw: bytes | msgspec.Raw) -> None:
        """Take a record that the shape in hand refused, or say why it is no row; a blank line is no record."""
        text = bytes(raw).strip().removeprefix(MARK).strip()
        if not text or self._as_before(text):
            return
        try:
            value = msgspec.json.decode(text)
            must_be_single(text)
        except UnicodeDecodeError:
            self.parts.refuse("rejected", "not UTF-8: the file was saved in another encoding or is damaged", text)
        except Doubled as error:
            self.parts.refuse("rejected", str(error), text)
        except (ValueError, RecursionError) as error:
            self.parts.refuse("rejected", f"no JSON: {error}", text)
        else:
            self._take(value, text)

    def _as_before(self, text: bytes) -> bool:
        """Whether the first record of a file is an event of the shape that the file before it held."""
        shape = self.parts.shape
        if self.shape is not None or shape is None:
            return False
        try:
            columns = shape.row(shape.decode(text))
        except REFUSED:
            return False
        self._settle(shape)
        self.parts.keep(columns, text)
        return True

    def _take(self, value: Any, text: bytes) -> None:
        if not isinstance(value, dict):
            self.parts.refuse("rejected", f"{NAMES[type(value)]} where a record is expected", text)
        elif isinstance(error := value.get("error"), dict) and "code" in error:
            self.parts.refuse("rejected", f"an error of the service: {error['code']}", text)
        elif (inner := _listed(value)) is not None:
            for each in inner:
                self._take(each, msgspec.json.encode(each))
        elif isinstance(kind := kind_of(value, self.parts.reading.file), str):
            self.parts.refuse("foreign", kind, text)
        elif self.shape is not None and kind.frame != self.shape.frame and not {kind.frame, self.shape.frame} <= set(LOGS):
            self.parts.refuse("foreign", f"a record of {kind.form} in a file of {self.shape.form}", text)
        else:
            self._settle(kind)
            try:
                columns = kind.row(respelled(value, kind.struct))
            except Foreign as error:
                self.parts.refuse("foreign", str(error), text)
            except REFUSED as error:
                self.parts.refuse("rejected", str(error), text)
            else:
                self.parts.keep(columns, text, kind.frame)

    def _settle(self, kind: Shape) -> None:
        """Try this shape first from here on."""
        if self.shape is None:
            self.parts.belong(kind.form, kind.frame, as_written=kind.by_microsoft)
        elif kind.form != self.shape.form:
            self.parts.reading.note(f"holds {kind.form} too")
        if self.shape is not None and kind.frame != self.shape.frame:
            return
        self.shape, self.decode, self.row = kind, kind.decode, kind.row
        if kind.frame == "events":
            self.parts.shape = kind


def _listed(value: dict) -> list | None:
    """The records of a page, or of pages kept by name in one object; None where it is neither."""
    for key in LISTS:
        if isinstance(value.get(key), list):
            return value[key]
    pages = [_listed(each) if isinstance(each, dict) else None for each in value.values()]
    return [each for page in pages for each in page] if pages and None not in pages else None
