"""An archive as it is read: the frames it holds, the bytes they came from, and the ledger that says what is whole."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from scimlab.archive import pages
from scimlab.archive.delta import Storage
from scimlab.archive.lock import PATIENCE_S, locked
from scimlab.archive.state import HEAD, Head
from scimlab.archive.tables import PAGES, Tables
from scimlab.archive.windows import joined
from scimlab.archive.writing import Writing
from scimlab.errors import InputError


class Archive:
    """What a place holds, as it was when it was opened or last written through this object."""

    def __init__(self, place: str | Path, storage: Storage = None):
        """Look at the head."""
        self.place, self.storage = str(place).rstrip("/"), storage
        self.head = Head(self.place, storage)

    def frame(self, name: str) -> pl.LazyFrame:
        """The rows of a frame, without `counted`: EVENTS each once; of any other each record that was ever told, once.

        Beside the frame's columns stand `_n`, one number for all rows of a record, and `month`, by which the table is cut.
        """
        return self._tables().scan(name)

    def ledger(self) -> pl.DataFrame:
        """LEDGER, in the order things happened."""
        return self._tables().scan("ledger").collect().sort("collection", maintain_order=True)

    def window(self, kind: str) -> list[tuple[datetime, datetime]]:
        """From when to before when what was asked for by that name is held without a gap, in order; empty where nothing is."""
        asked = self.ledger().filter(pl.col("kind") == kind, "complete", pl.col("from_at").is_not_null(), pl.col("until_at").is_not_null())
        return joined(asked.select("from_at", "until_at").rows())

    def bytes(self, collection: int, file: str) -> Iterator[bytes]:
        """The bytes of a file as they came, a window at a time, each held against its hash."""
        return pages.windows(self._tables().scan(PAGES), collection, file)

    @contextmanager
    def writing(self, *, now: datetime | None = None, patience_s: float = PATIENCE_S) -> Iterator[Writing]:
        """A run that writes; another one in the same folder waits for it.

        Leave the block and all of it is kept; raise, or be killed, and nothing is. Fetch before you begin: others wait.
        now: what the ledger takes for the time; else the clock.
        raises: ScimlabError where another writer does not end in time, or was faster in an object store.
        """
        remote = "://" in self.place
        if not remote:
            Path(self.place).mkdir(parents=True, exist_ok=True)
        with nullcontext() if remote else locked(Path(self.place), patience_s):
            head = Head(self.place, self.storage)
            run = Writing(self.place, self.storage, head, now or datetime.now(UTC))
            yield run
            run.finish()
            self.head = head

    def _tables(self) -> Tables:
        return Tables(self.place, self.storage, self.head.state)


def is_archive(place: str | Path) -> bool:
    """Whether a folder holds an archive."""
    return (Path(place) / HEAD / "_delta_log").is_dir()


def opened(place: str | Path, storage: Storage = None, *, create: bool = False) -> Archive:
    """The archive of a place.

    place: a folder, or the address of an object store (s3://…, az://…, gs://…).
    storage: options of the object store as deltalake takes them; secrets come from the environment.
    create: whether there may be none yet; it is made by the first run that writes.
    raises: InputError where there is none; UsageError where deltalake is not installed.
    """
    archive = Archive(place, storage)
    if not create and not archive.head.is_there:
        raise InputError("there is no archive here", "Make one: scimlab archive FOLDER --into PLACE.", file=str(place))
    return archive
