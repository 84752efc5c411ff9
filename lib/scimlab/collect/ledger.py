"""What became of every collection of every run: the receipt of a folder that is collected into."""

from pathlib import Path

import polars as pl

from scimlab.collect.runs import Place, runs
from scimlab.schema import LEDGER


def collected(into: str | Path) -> pl.DataFrame:
    """A row a collection of a run, as the ledger of an archive has it.

    returns: LEDGER, by run and in the order in which it was asked for; empty where nothing was collected. `file` is the folder of its
    pages; repeated rows are `duplicate`, those that nobody asked for `foreign`.
    """
    return pl.concat([LEDGER.to_frame(), *(of_run(each, number) for number, each in enumerate(runs(Path(into)), 1))])


def of_run(place: Place, number: int) -> pl.DataFrame:
    """The rows of one run."""
    rows = [
        {
            "collection": number,
            "kept_at": place.run.began_at,
            "what": "collected",
            "kind": part.kind,
            "file": f"{place.name}/{part.name}",
            "from_at": part.window.start if part.window else None,
            "until_at": part.window.stop if part.window else None,
            "complete": part.state == "complete",
            "missing": None if part.state == "complete" else part.why or "the run has not come to its end",
            "pages": part.pages,
            "rows": part.rows + part.repeated + part.outside,
            "kept": part.rows,
            "duplicate": part.repeated,
            "foreign": part.outside,
            "rejected": 0,
            "first_at": part.first_at,
            "last_at": part.last_at,
            "notes": part.why or None if part.state == "complete" else None,
        }
        for part in place.run.parts.values()
    ]
    return pl.DataFrame(rows, LEDGER)
