"""Windows of time that a log is asked for: where one begins, how Graph is asked for it, and what lies in it after all."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

OVERLAP = timedelta(hours=3)
"""How far a window reaches into the one before: records of a log are seen up to two hours after they happened."""

LATE = timedelta(hours=2, minutes=15)


class Window(NamedTuple):
    """From one instant up to before another, both on a whole second."""

    start: datetime
    stop: datetime

    def condition(self, name: str, after: str, before: str) -> str:
        """Graph's filter for it. Where a log knows no ge, gt with the second before; where it knows no lt, le with the last second.

        >>> day = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
        >>> day.condition("activityDateTime", "gt", "lt")
        'activityDateTime gt 2026-02-28T23:59:59Z and activityDateTime lt 2026-03-02T00:00:00Z'
        >>> day.condition("activityDateTime", "ge", "le")
        'activityDateTime ge 2026-03-01T00:00:00Z and activityDateTime le 2026-03-02T00:00:00Z'
        """
        start = self.start - timedelta(seconds=1) if after == "gt" else self.start
        return f"{name} {after} {spelled(start)} and {name} {before} {spelled(self.stop)}"

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.start <= at < self.stop


def spelled(at: datetime) -> str:
    """An instant as OData writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def whole(at: datetime) -> datetime:
    """The instant in UTC without its fraction of a second."""
    return at.astimezone(UTC).replace(microsecond=0)


def following(held: Sequence[Window], now: datetime, *, remembers: timedelta) -> tuple[Window, Window | None]:
    """The window to ask for next, and the one that nobody will ever tell of.

    held: windows that were read whole, in any order. It begins OVERLAP before the last of them ends, yet no earlier than
    Entra remembers; without any, it is all that Entra remembers.
    remembers: how long that is: thirty days, seven on a free plan.
    returns: the second is None where nothing is lost.

    >>> month = timedelta(days=30)
    >>> first, second = (Window(datetime(2026, 3, day, tzinfo=UTC), datetime(2026, 3, day + 1, tzinfo=UTC)) for day in (1, 2))
    >>> following([first, second], datetime(2026, 3, 4, tzinfo=UTC), remembers=month)[0].start.isoformat()
    '2026-03-02T21:00:00+00:00'
    >>> [each.isoformat() for each in following([first], datetime(2026, 4, 4, tzinfo=UTC), remembers=month)[1]]
    ['2026-03-02T00:00:00+00:00', '2026-03-05T00:00:00+00:00']
    """
    now = whole(now)
    remembered = now - remembers
    last = max((each.stop for each in held), default=None)
    if last is None:
        return Window(remembered, now), None
    start = max(remembered, min(last, now) - OVERLAP)
    return Window(start, now), Window(last, start) if last < start else None
