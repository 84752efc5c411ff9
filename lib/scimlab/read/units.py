"""Which files are read together, and where what they gave is found again: as long as bytes and settings stay the same."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from scimlab.read import progress
from scimlab.read.csvs import Csv
from scimlab.read.files import READINGS, File, read_files
from scimlab.read.headers import recognised
from scimlab.read.portal import KINDS
from scimlab.read.readings import Options, Reading
from scimlab.read.sources import Source
from scimlab.read.workdir import Hashes, kept, key_of
from scimlab.read.workers import assembled, is_big, read_by_workers

SMALL = 1 << 20
TOGETHER = 16 << 20
"""Files below SMALL are read together, up to so many bytes: a year of diagnostic exports is a file an hour."""


class Parsed(NamedTuple):
    """What files gave that were read together, and the folder of their parts."""

    readings: list[Reading]
    folder: Path

    @property
    def stopped(self) -> list[int]:
        """The places of the readings that were stopped: none of their rows is kept."""
        return [place for place, each in enumerate(self.readings) if each.stopped]

    def rows(self, frame: str) -> pl.LazyFrame | None:
        """The rows of a frame as they were written, or None where there are none.

        A part is named for its frame and for how many rows of its file stand before those that it numbers from 1.
        """
        before: dict[int, list[Path]] = {}
        for part in sorted(self.folder.glob(f"{frame}-*.parquet")):
            before.setdefault(int(part.stem.split("-")[1]), []).append(part)
        scans = [_moved(pl.scan_parquet(parts), rows) for rows, parts in before.items()]
        return pl.concat(scans) if scans else None


def _moved(scan: pl.LazyFrame, rows: int) -> pl.LazyFrame:
    if not rows:
        return scan
    place = [pl.col("_n") + rows] if "_n" in scan.collect_schema() else []
    return scan.with_columns(pl.col("row") + rows, *place)


def parsed(sources: Sequence[Source], options: Mapping[str, Options], workdir: Path) -> list[Parsed]:
    """What each of the files gave, from the workdir where it was read before.

    options: what tenant.toml says of each, by its name.
    """
    hashes = Hashes(workdir)
    known = {each.name: hashes.of(each) for each in sources}
    hashes.save()
    units = list(_units([_file(each, options[each.name], known[each.name].layout) for each in sources]))
    keys = [key_of([[each.source.name, each.options, known[each.source.name].digest] for each in unit]) for unit in units]
    unread = {key: unit for key, unit in zip(keys, units, strict=True) if not (workdir / key).is_dir()}
    done = read_by_workers(unread, workdir) if is_big(unread.values()) else {}
    try:
        return [_parsed(key, unit, workdir, done.get(key)) for key, unit in zip(keys, units, strict=True)]
    finally:
        progress.terminal.clear()


def _parsed(key: str, unit: list[File], workdir: Path, pieces: list[Path] | None) -> Parsed:
    place = kept(key, workdir, lambda folder: assembled(pieces, folder) if pieces else read_files(unit, folder))
    return Parsed(msgspec.json.decode((place / READINGS).read_bytes(), type=list[Reading]), place)


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
