"""What an answer is made of: the word, the sentence, and the log at a glance."""

from datetime import datetime
from typing import NamedTuple

import polars as pl


class Answer(NamedTuple):
    """yes, partly or no, and the sentence that says why."""

    answer: str
    because: str


class Log(NamedTuple):
    """What the counted log is, at a glance; instants null where it is empty."""

    events: int
    first_at: datetime | None
    last_at: datetime | None
    zone: str

    def said(self, at: datetime) -> str:
        """An instant by the tenant's clocks."""
        return pl.Series([at]).dt.convert_time_zone(self.zone).dt.strftime("%-d %b %Y %H:%M").item()


def some(number: int, one: str, many: str = "") -> str:
    """A number and what it counts.

    >>> some(1, "file"), some(1204, "person", "people")
    ('1 file', '1,204 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
