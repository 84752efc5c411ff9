"""The days on which something ends, as calendars beside the pages that name them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from scimlab import links
from scimlab.report.gather import Outcome

TABLES = {"deadlines": "deadlines.ics", "season_days": "season.ics"}
"""The tables of DEADLINES that pages hand out, and the calendar each becomes."""


def write(folder: Path, outcomes: Iterable[Outcome], as_of: datetime | None) -> list[str]:
    """A calendar a page that names days, also where it holds none, so that one taken over before is emptied; returns their names.

    as_of: what later calendars are told from earlier ones by.
    """
    return list(_written(folder, outcomes, as_of or datetime(1980, 1, 1, tzinfo=UTC)))


def _written(folder: Path, outcomes: Iterable[Outcome], stamp: datetime) -> Iterator[str]:
    for page in outcomes:
        for table in page.tables.keys() & TABLES:
            text = links.calendar(page.tables[table], stamp=stamp)
            (folder / TABLES[table]).write_bytes(text.encode())
            yield TABLES[table]
