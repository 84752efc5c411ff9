"""Files read: each into parts of the workdir, which are found again as long as its bytes and settings stay the same."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from scimlab.read.csvs import Csv
from scimlab.read.documents import Document
from scimlab.read.headers import recognised
from scimlab.read.lines import line_batches
from scimlab.read.lists import FRAME_OF, take_list
from scimlab.read.loganalytics import take_log
from scimlab.read.parts import Parts
from scimlab.read.portal import KINDS, take_portal
from scimlab.read.readings import Options, Reading
from scimlab.read.sources import Source
from scimlab.read.tables import open_table, refuse_all
from scimlab.read.taking import take
from scimlab.read.tidy import take_tidy
from scimlab.read.workdir import Hashes, kept, key_of

SMALL = 1 << 20
TOGETHER = 16 << 20
"""Files below SMALL are read together, up to so many bytes: a year of diagnostic exports is a file an hour."""


class File(NamedTuple):
    """A file to be read: what tenant.toml says of it, its layout, and of a portal's log the kind of table it is."""

    source: Source
    options: Options
    layout: str
    portal: str = ""


class Parsed(NamedTuple):
    """What files gave that were read together, and the folder of their parts."""

    readings: list[Reading]
    folder: Path

    @property
    def stopped(self) -> list[int]:
        """The places of the readings that were stopped: none of their rows is kept."""
        return [place for place, each in enumerate(self.readings) if each.stopped]

    def parts(self, frame: str) -> list[Path]:
        """The Parquet files that hold rows of a frame."""
        return sorted(self.folder.glob(f"{frame}-*.parquet"))


def parsed(sources: Sequence[Source], options: Mapping[str, Options], workdir: Path) -> list[Parsed]:
    """What each of the files gave, from the workdir where it was read before.

    options: what tenant.toml says of each, by its name.
    """
    hashes = Hashes(workdir)
    known = {each.name: hashes.of(each) for each in sources}
    hashes.save()
    files = [_file(each, options[each.name], known[each.name].layout) for each in sources]
    return [_parsed(unit, [known[each.source.name].digest for each in unit], workdir) for unit in _units(files)]


def _parsed(unit: list[File], digests: list[str], workdir: Path) -> Parsed:
    identity = [[each.source.name, msgspec.to_builtins(each.options), digest] for each, digest in zip(unit, digests, strict=True)]
    place = kept(key_of(identity), workdir, lambda folder: _read(unit, folder))
    return Parsed(msgspec.json.decode((place / "readings.json").read_bytes(), type=list[Reading]), place)


def _file(source: Source, options: Options, laid_out: str) -> File:
    if laid_out != "table":
        return File(source, options, laid_out)
    kind = recognised(Csv(source).headers, options.columns).kind
    return File(source, options, laid_out, kind if kind in KINDS else "")


def _units(files: Sequence[File]) -> Iterator[list[File]]:
    """Files that are read together: those of the portal's log, which are joined; small ones; each other alone."""
    if portal := [each for each in files if each.portal]:
        yield portal
    sizes: list[int] = []
    together: list[File] = []
    for each in (each for each in files if not each.portal):
        size = each.source.path.stat().st_size
        if size >= SMALL or each.layout == "parquet":
            yield [each]
            continue
        if sum(sizes) + size > TOGETHER:
            yield together
            sizes, together = [], []
        sizes.append(size)
        together.append(each)
    if together:
        yield together


def _read(unit: Sequence[File], folder: Path) -> None:
    parts = Parts(folder)
    if unit[0].portal:
        take_portal([(each.source, each.options, each.portal) for each in unit], parts)
    else:
        for each in unit:
            reading = parts.begin(each.source.name, "unrecognised", each.options)
            READERS[each.layout](each.source, parts, reading)
            reading.note(each.source.damage)
    parts.close()
    (folder / "readings.json").write_bytes(msgspec.json.encode(parts.readings))


def _lines(source: Source, parts: Parts, reading: Reading) -> None:
    take(line_batches(source.windows()), parts)


def _document(source: Source, parts: Parts, reading: Reading) -> None:
    document = Document(source.windows())
    take(document.batches(), parts)
    reading.total = document.total
    if not reading.rows:
        reading.form = "JSON without a record"
    for note in document.notes:
        reading.note(note)


def _table(source: Source, parts: Parts, reading: Reading) -> None:
    opened = open_table(source, parts)
    if opened is None:
        return
    table, headers = opened
    if headers.kind == "log":
        take_log(table, parts)
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
