"""The head of an archive: which version of which table counts. A run is kept when the head says so, and not before.

The head is a Delta table of one row. Whatever a run that was killed left in other tables is of a version that no
head names: nobody reads it, and the next writer takes it back.
"""

from typing import TYPE_CHECKING

import msgspec
import polars as pl
from msgspec import Struct, field

from scimlab.archive import delta
from scimlab.archive.delta import Storage
from scimlab.errors import InputError

if TYPE_CHECKING:
    from deltalake import DeltaTable

HEAD = "head"


class State(Struct):
    """What the head says.

    collection: the number of the last run. rows: how many rows were ever numbered.
    polars: the version whose hashes decided between events that tell equally much.
    tables: folder and version of each table, by its name.
    """

    collection: int = 0
    rows: int = 0
    polars: str = pl.__version__
    tables: dict[str, tuple[str, int]] = field(default_factory=dict)


class Head:
    """The head as it was found, and the next one to be."""

    def __init__(self, place: str, storage: Storage):
        """Read it; where there is none, nothing is held yet."""
        self.uri, self.storage = f"{place}/{HEAD}", storage
        self.table = delta.table(self.uri, storage)
        self.state = State() if self.table is None else _state(self.table)

    @property
    def is_there(self) -> bool:
        """Whether there is an archive at all."""
        return self.table is not None

    def commit(self, state: State) -> None:
        """Make this the head.

        raises: ScimlabError where another run was faster.
        """
        row = pl.DataFrame({"state": [msgspec.json.encode(state).decode()]})
        delta.write(row, self.uri if self.table is None else self.table, self.storage, mode="error" if self.table is None else "overwrite")
        self.state = state


def _state(table: "DeltaTable") -> State:
    try:
        return msgspec.json.decode(pl.scan_delta(table).collect().item(0, "state"), type=State)
    except (msgspec.MsgspecError, pl.exceptions.PolarsError, IndexError) as error:
        raise InputError(f"this head of an archive cannot be read: {error}", "Bring the folder back from a copy.", file=HEAD) from None
