"""Files read: each into parts of the workdir, which are found again as long as its bytes and settings stay the same."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from scimlab.read.documents import Document
from scimlab.read.forms import layout
from scimlab.read.lines import line_batches
from scimlab.read.parts import Options, Parts, Reading
from scimlab.read.sources import Source
from scimlab.read.tables import take_table
from scimlab.read.taking import take
from scimlab.read.workdir import Hashes, kept, key_of


class Unit(NamedTuple):
    """Files that are read together, with what tenant.toml says of each."""

    sources: tuple[Source, ...]
    options: tuple[Options, ...]


class Parsed(NamedTuple):
    """What a unit gave, and the folder of its parts."""

    readings: list[Reading]
    folder: Path

    @property
    def stopped(self) -> list[int]:
        """The places of the readings that were stopped: none of their rows is kept."""
        return [place for place, each in enumerate(self.readings) if each.stopped]

    def parts(self, frame: str) -> list[Path]:
        """The Parquet files that hold rows of a frame."""
        return sorted(self.folder.glob(f"{frame}-*.parquet"))


def parsed(unit: Unit, workdir: Path, hashes: Hashes) -> Parsed:
    """The unit's rows and readings, from the workdir where they were read before."""
    identity = [[each.name, hashes.of(each.path), msgspec.to_builtins(options)] for each, options in zip(*unit, strict=True)]
    place = kept(key_of(identity), workdir, lambda folder: _read(unit, folder))
    return Parsed(msgspec.json.decode((place / "readings.json").read_bytes(), type=list[Reading]), place)


def _read(unit: Unit, folder: Path) -> None:
    parts = Parts(folder)
    for source, options in zip(*unit, strict=True):
        _read_file(source, options, parts)
    parts.close()
    (folder / "readings.json").write_bytes(msgspec.json.encode(parts.readings))


def _read_file(source: Source, options: Options, parts: Parts) -> None:
    head = source.head()
    READERS[layout(head)](source, parts, parts.begin(source.name, "unrecognised", options))
    parts.reading.note(source.damage)
    parts.end()


def _lines(source: Source, parts: Parts, reading: Reading) -> None:
    take(line_batches(source.windows()), parts)


def _document(source: Source, parts: Parts, reading: Reading) -> None:
    document = Document(source.windows())
    take(document.batches(), parts)
    reading.total = document.total
    for note in document.notes:
        reading.note(note)


def _empty(source: Source, parts: Parts, reading: Reading) -> None:
    reading.form = "empty"


def _unknown(source: Source, parts: Parts, reading: Reading) -> None:
    parts.refuse("rejected", "neither text nor Parquet", source.head())


READERS: dict[str, Callable[[Source, Parts, Reading], None]] = {
    "lines": _lines,
    "document": _document,
    "table": take_table,
    "empty": _empty,
    "unknown": _unknown,
    "parquet": _unknown,
}
