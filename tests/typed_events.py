"""Events typed by hand: a line each, as short as the rule under test needs."""

from datetime import UTC, datetime, timedelta

import polars as pl

from scimlab import schema

FIRST_DAY = datetime(2026, 5, 4, tzinfo=UTC)
EXTRAS = {
    "job": ("job_id", str),
    "cycle": ("cycle_id", str),
    "cause": ("cause", str),
    "retry": ("retry_count", int),
    "is_retry": ("is_retry", bool),
    "kind": ("object_type", str),
    "name": ("source_name", lambda text: text.replace("_", " ")),
    "user": ("source_user_name", str),
    "target": ("target_id", str),
    "detail": ("detail", str),
    "counted": ("counted", lambda text: text == "yes"),
}


def instant(text: str) -> datetime:
    """An hour after the first midnight as "9", "9:40" or, days later, "3d9:40"."""
    days, _, clock = text.rpartition("d")
    hour, _, minute = clock.partition(":")
    return FIRST_DAY + timedelta(days=int(days or 0), hours=int(hour), minutes=int(minute or 0))


def events(*lines: str) -> pl.LazyFrame:
    """EVENTS, a row a line `object action status time [extra=value ...]`; job j1 and kind user unless said."""
    return pl.DataFrame([_event(number, line) for number, line in enumerate(lines)], schema=schema.EVENTS).lazy()


def _event(number: int, line: str) -> dict:
    source_id, action, status, at, *extras = line.split()
    given = dict(extra.split("=") for extra in extras)
    known = {"event_id": f"e{number:03}", "source_id": source_id, "action": action, "status": status, "at": instant(at)}
    known |= {"job_id": "j1", "app_id": "app", "object_type": "user", "counted": True}
    known |= {"cause": "throttled"} if status == "failure" else {}
    known |= {EXTRAS[key][0]: EXTRAS[key][1](value) for key, value in given.items() if key != "next"}
    return known | ({"next_retry_at": instant(given["next"])} if "next" in given else {})


def identities(**objects: str) -> pl.DataFrame:
    """IDENTITIES, an object_id alias for each `object="person"`."""
    rows = [(person, "object_id", alias, "confirmed", "typed") for alias, person in objects.items()]
    return pl.DataFrame(rows, schema=schema.IDENTITIES, orient="row")
