"""A period of whole days, as the clocks of a zone count them."""

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scimlab.errors import UsageError
from scimlab.schema import Tenant


class Period(NamedTuple):
    """The days from `first_day` to the day before `end_day`, as the zone's clocks count them."""

    first_day: dt.date
    end_day: dt.date
    zone: str

    @property
    def days(self) -> int:
        """How many days, whatever their hours."""
        return (self.end_day - self.first_day).days

    def at(self, day: dt.date, clock: dt.time = dt.time()) -> dt.datetime:
        """The instant at which the zone's clocks show this."""
        return dt.datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(dt.UTC)


def period_of(period: tuple[dt.date, dt.date], zone: str) -> Period:
    """The period checked. raises: UsageError if it is not two days in order, or the zone is unknown."""
    first_day, end_day = period
    if not all(isinstance(each, dt.date) and not isinstance(each, dt.datetime) for each in (first_day, end_day)):
        raise UsageError(f"a period from {first_day!r} to {end_day!r}", "give two dates: the first day and the day after the last")
    if first_day >= end_day:
        raise UsageError(f"a period from {first_day} to {end_day} holds no day", "give the first day and the day after the last")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"no time zone {zone!r}", "give an IANA name such as Europe/Berlin") from error
    return Period(first_day, end_day, zone)


def default_period(tenant: Tenant) -> tuple[dt.date, dt.date]:
    """The last calendar month, in the tenant's zone, that had ended when it was judged.

    raises: UsageError if nothing was ever observed, so that no month has ended.
    """
    if tenant.as_of is None:
        raise UsageError(
            "nothing in these exports says when anything was", "give a period, or say in tenant.toml when the files were taken"
        )
    this_month = tenant.as_of.astimezone(ZoneInfo(tenant.zone)).date().replace(day=1)
    return (this_month - dt.timedelta(days=1)).replace(day=1), this_month


def months(first_day: dt.date, end_day: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The calendar months that have a day from `first_day` to the one before `end_day`, in order, each whole.

    >>> [(str(first), str(end)) for first, end in months(dt.date(2026, 1, 31), dt.date(2026, 3, 1))]
    [('2026-01-01', '2026-02-01'), ('2026-02-01', '2026-03-01')]
    """
    found, first = [], first_day.replace(day=1)
    while first < end_day:
        found.append((first, (first + dt.timedelta(days=31)).replace(day=1)))
        first = found[-1][1]
    return found
