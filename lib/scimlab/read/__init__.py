"""Exports in, frames out: every form a provisioning log, a user list or an app's accounts is met in.

A file is recognised by what is in it. Each row read is kept, or set aside with a reason and listed; no date,
no type and no app is guessed. Read rows lie as Parquet in a workdir and are found there the next time.
"""

from pathlib import Path

import polars as pl

from scimlab.errors import InputError
from scimlab.read.folder import Folder
from scimlab.read.mapping import columns
from scimlab.read.tenants import tenant
from scimlab.read.tidy import write_tidy
from scimlab.read.times import instants

__all__ = ["columns", "events", "instants", "receipt", "set_aside", "tenant", "write_tidy"]


def events(path: str | Path, *, workdir: str | Path | None = None) -> pl.LazyFrame:
    """A row a provisioning event of a file or a folder, of whatever app.

    path: a log in any form, or a folder of exports; a tenant.toml beside it says what they do not.
    workdir: where parsed parts are kept; else SCIMLAB_WORKDIR, else data/private/.parts of the project.
    returns: EVENTS by file and row, no event twice, `counted` true throughout; empty where a folder holds no log.
    raises: InputError where there is nothing at the path, or where it is a file that holds no log or had to be stopped.
    """
    read = Folder(path, workdir)
    if read.path.is_file():
        _must_be_a_log(read)
    return read.events()


def receipt(path: str | Path, *, workdir: str | Path | None = None) -> pl.DataFrame:
    """A row a file of the path: its form, and what became of its rows.

    returns: RECEIPT, by file; `rows` is the sum of kept, duplicate, foreign and rejected.
    raises: InputError where there is nothing at the path.
    """
    return Folder(path, workdir).receipt()


def set_aside(path: str | Path, *, workdir: str | Path | None = None) -> pl.DataFrame:
    """A row a record of the path that was read and not kept, with the reason.

    returns: SET_ASIDE, by file and row.
    raises: InputError where there is nothing at the path.
    """
    return Folder(path, workdir).set_aside()


def _must_be_a_log(read: Folder) -> None:
    """Refuse a single file that gives no events and says why: in a folder the receipt says it."""
    stopped = next((each for each in read.readings if each.stopped), None)
    if stopped:
        found, _, todo = stopped.stopped.rpartition(": ")
        raise InputError(found or todo, f"{todo[:1].upper()}{todo[1:]}.", file=stopped.file)
    has_events = any(unit.rows("events") is not None for unit in read.units)
    if not has_events and not any(each.frame == "events" or each.form == "empty" for each in read.readings):
        forms = ", ".join(sorted({each.form for each in read.readings})) or "nothing"
        todo = "Give an export of provisioning logs; data/README.md lists the forms."
        raise InputError(f"this is no provisioning log: {forms}", todo, file=read.path.name)
