"""Files on their way to parts: each read as its layout asks."""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from scimlab.read.documents import Document
from scimlab.read.forms import EMPTY
from scimlab.read.headers import LOG_ANALYTICS
from scimlab.read.lines import line_batches
from scimlab.read.lists import FRAME_OF, take_list
from scimlab.read.loganalytics import take_log
from scimlab.read.parts import Parts
from scimlab.read.portal import take_portal
from scimlab.read.portal_audit import take_audit, take_sign_ins
from scimlab.read.readings import Options, Reading
from scimlab.read.sources import Source
from scimlab.read.tables import open_table, refuse_all
from scimlab.read.taking import take
from scimlab.read.tidy import take_tidy

READINGS = "readings.json"


class File(NamedTuple):
    """A file to be read: what tenant.toml says of it, its layout, and of a portal's log the kind of table it is."""

    source: Source
    options: Options
    layout: str
    portal: str = ""


def read_files(unit: Sequence[File], folder: Path) -> None:
    """Read files together into the parts of a folder, and leave their readings beside them."""
    # Millions of rows that stay alive for a moment and hold no cycles: looking for some costs a tenth of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        _write(unit, Parts(folder), folder)
    finally:
        if collects:
            gc.enable()


def _write(unit: Sequence[File], parts: Parts, folder: Path) -> None:
    if unit[0].portal:
        take_portal([(each.source, each.options, each.portal) for each in unit], parts)
    else:
        for each in unit:
            reading = parts.begin(each.source.name, "unrecognised", each.options)
            READERS[each.layout](each.source, parts, reading)
            reading.note(each.source.damage)
    parts.close()
    (folder / READINGS).write_bytes(msgspec.json.encode(parts.readings))


def _lines(source: Source, parts: Parts, reading: Reading) -> None:
    take(line_batches(source.windows()), parts)


def _document(source: Source, parts: Parts, reading: Reading) -> None:
    document = Document(source.windows())
    take(document.batches(), parts)
    reading.total = document.total
    if not reading.rows:
        reading.form = EMPTY.get(document.context.rpartition("#")[2].casefold(), "JSON without a record")
    for note in document.notes:
        reading.note(note)


def _table(source: Source, parts: Parts, reading: Reading) -> None:
    opened = open_table(source, parts)
    if opened is None:
        return
    table, headers = opened
    if headers.kind in LOG_ANALYTICS:
        take_log(table, headers.kind, parts)
    elif headers.kind == "audit":
        take_audit(table, headers, parts)
    elif headers.kind == "sign_ins":
        take_sign_ins(table, headers, parts)
    elif headers.kind in FRAME_OF:
        take_list(table, headers, parts)
    else:
        headed = ", ".join(table.headers[:12])
        refuse_all(table, parts, "foreign", f"a table of no kind known here, headed {headed}")
        reading.note(f"headed {headed}: `scimlab columns FILE` proposes a header map for tenant.toml")


def _empty(source: Source, parts: Parts, reading: Reading) -> None:
    reading.form = "empty"


def _unknown(source: Source, parts: Parts, reading: Reading) -> None:
    parts.refuse("rejected", "neither text nor Parquet", source.head())


READERS: dict[str, Callable[[Source, Parts, Reading], None]] = {
    "lines": _lines,
    "document": _document,
    "table": _table,
    "empty": _empty,
    "unknown": _unknown,
    "parquet": take_tidy,
}
