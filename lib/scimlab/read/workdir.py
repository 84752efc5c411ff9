"""Where parsed parts lie between runs, and how a file is known again: by the hash of its bytes."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

import scimlab
from scimlab.read.forms import layout
from scimlab.read.sources import Source

SETTLED_NS = 2_000_000_000
"""A file changed more recently than this could change again without its time telling."""


def workdir(given: str | Path | None) -> Path:
    """The folder of parsed parts: the one given, else SCIMLAB_WORKDIR, else data/private/.parts of the project."""
    if given or (given := os.environ.get("SCIMLAB_WORKDIR")):
        return Path(given)
    package = Path(scimlab.__file__).resolve().parent
    root = next((each for each in package.parents if (each / "pyproject.toml").is_file()), Path.cwd())
    return root / "data" / "private" / ".parts"


def kept(key: str, folder: Path, write: Callable[[Path], None]) -> Path:
    """The subfolder of that key, written by `write` unless it is there; no reader ever sees it half written."""
    place = folder / key
    if place.is_dir():
        return place
    folder.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=f".{key[:8]}-", dir=folder))
    try:
        write(half)
        half.chmod(0o755)
        half.rename(place)
    except OSError:
        # Another run was faster: what it wrote came from the same bytes.
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return place


def key_of(*parts: object) -> str:
    """A name for what is made of these parts, by the code as it stands now."""
    return hashlib.sha256(msgspec.json.encode([_code(), *parts], order="sorted")).hexdigest()


@lru_cache
def _code() -> str:
    """A hash of the code that turns bytes into rows: parts of an older one are not found any more."""
    package = Path(scimlab.__file__).parent
    files = [*sorted((package / "read").glob("*.py")), *(package / each for each in ("schema.py", "causes.py", "rules/causes.toml"))]
    return hashlib.sha256(b"".join(each.read_bytes() for each in files) + pl.__version__.encode()).hexdigest()


class Known(NamedTuple):
    """What is known of a file: the hash of its bytes, and how it is laid out."""

    digest: str
    layout: str


class Hashes:
    """What is known of files, found out anew only for those whose size or time changed since."""

    def __init__(self, folder: Path):
        """What is known from earlier runs; a damaged list is begun anew."""
        self.place, self.changed = folder / "hashes.json", False
        try:
            self.known: dict[str, tuple[list[int], Known]] = msgspec.json.decode(
                self.place.read_bytes(), type=dict[str, tuple[list[int], Known]]
            )
        except (OSError, ValueError):
            self.known = {}

    def of(self, source: Source) -> Known:
        """The hash of the file's bytes, and its layout."""
        stat = source.path.stat()
        mark, name = [stat.st_size, stat.st_mtime_ns, stat.st_ino], f"{source.path.resolve()}\0{source.member}"
        if name in self.known and self.known[name][0] == mark:
            return self.known[name][1]
        with source.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        known = Known(digest, layout(source.head()))
        if time.time_ns() - stat.st_mtime_ns > SETTLED_NS:
            self.known[name], self.changed = (mark, known), True
        return known

    def save(self) -> None:
        """Remember for the next run."""
        if self.changed:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            half = self.place.with_suffix(f".{os.getpid()}")
            half.write_bytes(msgspec.json.encode(self.known))
            half.replace(self.place)
            self.changed = False
