"""Delta tables by way of deltalake, which is imported when a table is first touched."""

from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl

from scimlab.errors import ScimlabError, UsageError

if TYPE_CHECKING:
    from deltalake import DeltaTable

Storage = Mapping[str, str] | None
"""Options of an object store, as deltalake and polars take them; None for a folder."""

STATISTICS = {"delta.dataSkippingStatsColumns": "at,_n"}
"""The columns whose bounds stand in the log: those a scan is narrowed by, and none that says anything of a person."""


def table(uri: str, storage: Storage, version: int | None = None) -> "DeltaTable | None":
    """The table at a place, as it is now or as it was; None where there is none."""
    delta, options = _deltalake(), dict(storage or {})
    if not delta.DeltaTable.is_deltatable(uri, options):
        return None
    return delta.DeltaTable(uri, version=version, storage_options=options)


def write(
    frame: pl.DataFrame, target: "DeltaTable | str", storage: Storage, *, mode: str, by_month: bool = False, plain: bool = False
) -> None:
    """Append the rows, or put them in the place of all others, in one commit that goes by the version it was based on.

    plain: columns are packed as they are, for bytes of which no two are alike.
    raises: ScimlabError where another writer committed since.
    """
    delta = _deltalake()
    columns = delta.ColumnProperties(dictionary_enabled=False, statistics_enabled="NONE") if plain else None
    packed = delta.WriterProperties(compression="ZSTD", compression_level=3, default_column_properties=columns)
    new: dict[str, Any] = {} if not isinstance(target, str) else {"configuration": STATISTICS if "_n" in frame.columns else {}}
    if by_month and isinstance(target, str):
        new["partition_by"] = ["month"]
    options = {"writer_properties": packed, "commit_properties": once(), **new}
    with committed():
        frame.write_delta(target, mode=mode, storage_options=dict(storage or {}), delta_write_options=options)


def delete(target: "DeltaTable", keys: pl.DataFrame) -> None:
    """Take the rows of these numbers out. keys: `_n month`."""
    with committed():
        merged = target.merge(keys, "held._n = gone._n and held.month = gone.month", "gone", "held", commit_properties=once())
        merged.when_matched_delete().execute()


def once() -> Any:
    """A commit that is not tried again upon what another writer has committed meanwhile."""
    return _deltalake().CommitProperties(max_commit_retries=0)


@contextmanager
def committed() -> Any:
    """A commit that lost to another writer's becomes an error of ours."""
    from deltalake.exceptions import CommitFailedError

    try:
        yield
    except CommitFailedError:
        todo = "Nothing of this run was kept, the archive is sound: run it again."
        raise ScimlabError("another run wrote into the archive at the same time", todo) from None


def _deltalake() -> Any:
    try:
        import deltalake
    except ImportError:
        raise UsageError(
            "the tables of an archive need deltalake, which is not installed", "Install it: pip install scimlab[archive]."
        ) from None
    return deltalake
