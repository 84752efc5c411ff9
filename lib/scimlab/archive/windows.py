"""Spans of time that touch or overlap are one."""

from collections.abc import Iterable
from datetime import datetime


def joined(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Half-open spans as few as they can be, in order.

    >>> day = [datetime(2026, 5, number) for number in range(1, 8)]
    >>> [(a.day, b.day) for a, b in joined([(day[3], day[5]), (day[0], day[1]), (day[1], day[2])])]
    [(1, 3), (4, 6)]
    """
    whole: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        elif start < end:
            whole.append((start, end))
    return whole
