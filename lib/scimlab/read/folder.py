"""What a file or a folder gave, put together: each event once, whichever file tells it best."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import polars as pl

from scimlab.read import receipts, snapshots
from scimlab.read.audit import with_users_named
from scimlab.read.duplicates import duplicates
from scimlab.read.readings import Reading
from scimlab.read.settings import Said, Settings
from scimlab.read.sources import sources
from scimlab.read.units import Parsed, parsed
from scimlab.read.workdir import workdir
from scimlab.schema import EVENTS, FRAMES


class Folder:
    """The files of a path, read; what was read before is found in the workdir."""

    def __init__(self, path: str | Path, parts: str | Path | None = None):
        """Read what was not read before; `parts` is the workdir.

        raises: InputError where there is nothing at the path; UsageError for a tenant.toml that is wrong.
        """
        self.path = Path(path)
        self.settings = Settings(self.path if self.path.is_dir() else self.path.parent)
        found = sources(self.path)
        self.said: dict[str, Said] = {each.name: self.settings.of(each.name) for each in found}
        self.units: list[Parsed] = parsed(found, {name: each.options for name, each in self.said.items()}, workdir(parts))

    @property
    def readings(self) -> Iterator[Reading]:
        """What became of each file."""
        return (each for unit in self.units for each in unit.readings)

    def events(self) -> pl.LazyFrame:
        """EVENTS of all files, by file; app and tenant filled in where tenant.toml says them for a file that does not."""
        told = [name for name in EVENTS if name != "counted"]
        scans = [self._events_of(number, unit).select(told) for number, unit in enumerate(self.units) if unit.rows("events") is not None]
        return pl.concat([EVENTS.to_frame().lazy().select(told), *scans]).with_columns(counted=True).select(*EVENTS)

    def apps(self) -> pl.DataFrame:
        """A row a tenant and app that events name, none twice: `tenant_id app_id app_name`."""
        rows = {
            (tenant_id or said.tenant_id or None, app_id, app_name or (said.app if not app_id else None) or None)
            for each in self.readings
            if not each.stopped
            for said in [self.said[each.file]]
            for tenant_id, app_id, app_name in each.apps
        }
        return pl.DataFrame(sorted(rows, key=str), {name: EVENTS[name] for name in ("tenant_id", "app_id", "app_name")}, orient="row")

    def _events_of(self, number: int, unit: Parsed) -> pl.LazyFrame:
        scan, losers = unit.rows("events"), self._events_again.filter(pl.col("unit") == number).select("_n")
        if unit.stopped:
            scan = scan.filter(~pl.col("_source").is_in(unit.stopped))
        if losers.height:
            scan = scan.join(losers.lazy(), on="_n", how="anti", maintain_order="left")
        for source, reading in enumerate(unit.readings):
            said, of_file = self.said[reading.file], pl.col("_source") == source
            if said.app:
                unnamed = of_file & pl.col("app_id").is_null() & pl.col("app_name").is_null()
                scan = scan.with_columns(app_name=pl.when(unnamed).then(pl.lit(said.app)).otherwise("app_name"))
            if said.tenant_id:
                unnamed = of_file & pl.col("tenant_id").is_null()
                scan = scan.with_columns(tenant_id=pl.when(unnamed).then(pl.lit(said.tenant_id)).otherwise("tenant_id"))
        return scan

    def snapshot(self, frame: str) -> pl.DataFrame:
        """Any frame but EVENTS, of all files, each thing once, by file and row."""
        rows = self._snapshots[frame].filter(pl.col("rank") == 0).select(*FRAMES[frame]).sort("file", "row", maintain_order=True)
        return with_users_named(rows) if frame == "audit" else rows

    @cached_property
    def _events_again(self) -> pl.DataFrame:
        return duplicates([(unit.rows("events"), unit.stopped) for unit in self.units])

    @cached_property
    def _snapshots(self) -> dict[str, pl.DataFrame]:
        return {frame: snapshots.ranked(frame, self.units, self.said) for frame in snapshots.KEYS}

    @cached_property
    def _again(self) -> pl.DataFrame:
        return pl.concat([self._events_again.drop("_n"), snapshots.told_again(self._snapshots.values())])

    def receipt(self) -> pl.DataFrame:
        """RECEIPT: a row a file, by its name."""
        return receipts.receipt(self.units, self._again, self.snapshot("records"))

    def set_aside(self) -> pl.DataFrame:
        """SET_ASIDE: a row a record that was read and not kept, by file and row."""
        return receipts.set_aside(self.units, self._again)
