"""A run on disk: a folder of its own, with the pages that came and a note of how far it has come.

Pages of a collection lie hidden until the last of them is there, and then all appear at once, so that whoever reads
the folder never takes half a list of users for the whole. The note is written anew after each page: whoever is
killed goes on from the page after.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from scimlab.collect.windows import Window

NOTE = ".run.json"
State = Literal["waiting", "running", "complete", "incomplete", "refused", "not_asked"]


class Part(msgspec.Struct):
    """What became of one collection.

    name: of its folder of pages. kind: the collection of `asked`, or records for the app's users. first, link: the address of its first
    page, and of the next one. why: what stopped it, or what is to be known about it. rows: without repeated ones and those outside.
    """

    name: str
    kind: str
    first: str = ""
    link: str = ""
    window: Window | None = None
    state: State = "waiting"
    why: str = ""
    pages: int = 0
    rows: int = 0
    repeated: int = 0
    outside: int = 0
    promised: int | None = None
    last_ids: list[str] = []
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Whether this run will not ask for it again."""
        return self.state not in ("waiting", "running")


class Run(msgspec.Struct):
    """A run: when it began, its parts by name, whether it has come to its end, and how often it asked."""

    began_at: datetime
    app: str = ""
    parts: dict[str, Part] = {}
    is_over: bool = False
    asked: int = 0
    waited_s: float = 0.0

    @property
    def unsettled(self) -> Iterator[Part]:
        """The parts still to be read."""
        return (each for each in self.parts.values() if not each.is_settled)


class Place:
    """The folder of a run."""

    def __init__(self, folder: Path, run: Run):
        """A run and where it lies."""
        self.folder, self.run = folder, run

    @property
    def name(self) -> str:
        """The folder's own name: the second at which the run began."""
        return self.folder.name

    def save(self) -> None:
        """Note how far the run has come; whoever reads the note sees the old one or the new one."""
        _write(self.folder / NOTE, msgspec.json.format(msgspec.json.encode(self.run), indent=1))

    def keep(self, part: Part, body: bytes) -> None:
        """The next page of a part, still hidden."""
        hidden = self.folder / f".{part.name}"
        hidden.mkdir(exist_ok=True)
        part.pages += 1
        _write(hidden / f"{part.pages:05}.json", body)

    def show(self, part: Part) -> None:
        """All pages of a part appear; a second time changes nothing."""
        hidden = self.folder / f".{part.name}"
        if hidden.is_dir():
            hidden.rename(self.folder / part.name)

    def drop(self, part: Part) -> None:
        """The pages of a part are gone, and it stands as if nothing of it had been read."""
        shutil.rmtree(self.folder / f".{part.name}", ignore_errors=True)
        part.link, part.pages, part.rows, part.repeated, part.outside, part.last_ids = part.first, 0, 0, 0, 0, []

    def pages(self, part: Part) -> Iterator[bytes]:
        """The pages of a part that is complete."""
        return (each.read_bytes() for each in sorted((self.folder / part.name).glob("*.json")))


def runs(into: Path) -> list[Place]:
    """The runs that lie in a folder, the earliest first; one whose note was never finished had asked for nothing yet."""
    notes = sorted(into.glob(f"*/{NOTE}"))
    return [Place(each.parent, msgspec.json.decode(each.read_bytes(), type=Run)) for each in notes]


def begin(into: Path, now: datetime) -> Place:
    """A run that begins now."""
    name = f"{now:%Y-%m-%dT%H%M%SZ}"
    taken = sum(1 for each in into.glob(f"{name}*") if each.is_dir())
    folder = into / (f"{name}-{taken + 1}" if taken else name)
    folder.mkdir(parents=True)
    place = Place(folder, Run(now))
    place.save()
    return place


def held(places: list[Place], kind: str) -> list[Window]:
    """The windows of a log that were read whole."""
    parts = (part for each in places for part in each.run.parts.values())
    return [each.window for each in parts if each.kind == kind and each.window and each.state == "complete"]


def _write(file: Path, content: bytes) -> None:
    half = file.with_name(f"{file.name}.half")
    half.write_bytes(content)
    os.replace(half, file)
