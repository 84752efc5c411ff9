"""Seasons typed by hand: INTERVALS as `person record from..to`, a roster as `person intent leaves returns`.

`ada r1 2024-05-01..2024-09-30` was active in r1 from the first midnight of UTC until the second; nothing behind the dots: not seen
to end. `~2024-05-01`: at some instant of the ten days before. `-` in a roster: no day.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import typed_tenant
from typed_tenant import NOW, address, object_id

from scimlab import schema
from scimlab.schema import Tenant

TEN_DAYS = timedelta(days=10)


def intervals(*lines: str) -> pl.DataFrame:
    """INTERVALS, a row a line."""
    return pl.DataFrame([_interval(*line.split()) for line in lines], schema=schema.INTERVALS)


def tenant(*lines: str, roster: tuple[str, ...] = (), **settings: object) -> Tenant:
    """A tenant of the lines of typed_tenant, with a roster."""
    rows = [_row(*line.split()) for line in roster]
    return replace(typed_tenant.tenant(*lines, **{"exclude": []} | settings), roster=pl.DataFrame(rows, schema=schema.ROSTER))


def day(text: str) -> datetime:
    """The first instant of a day of UTC."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)


def _interval(word: str, record: str, ends: str, kind: str = "member") -> dict:
    on, off = (each and day(each.lstrip("~")) for each in ends.split(".."))
    off_at = (off - TEN_DAYS if "..~" in ends else off) if off else NOW
    row = {"person_id": object_id(word), "target_id": record, "kind": kind, "off_at_min": off_at, "off_at_max": off or None}
    return row | {"on_at_min": on - TEN_DAYS if ends.startswith("~") else on, "on_at_max": on}


def _row(word: str, intent: str, leaves: str = "-", returns: str = "-") -> dict:
    """Whoever is written with an @ is known by address only."""
    whom = {"address": address(word.strip("@"))} if "@" in word else {"object_id": object_id(word).upper()}
    on = {"leaves_on": leaves, "returns_on": returns}
    return whom | {"intent": intent} | {name: date.fromisoformat(text) for name, text in on.items() if text != "-"}
