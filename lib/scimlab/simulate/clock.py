"""Instants and ids of the simulated world: whole seconds since 1970, and identifiers drawn from its own stream."""

from datetime import UTC, datetime
from functools import lru_cache
from random import Random

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def second(instant: datetime) -> int:
    """An aware instant as whole seconds since 1970."""
    return int(instant.timestamp())


def moment(at: int) -> datetime:
    """The instant of a second, in UTC."""
    return datetime.fromtimestamp(at, UTC)


def iso(at: int) -> str:
    """As Graph writes it: 2026-05-01T06:00:00Z."""
    return f"{_whole(at)}Z"


def iso_ticks(at: int, ticks: int) -> str:
    """As the provisioning service writes it in prose: seven digits behind the second."""
    return f"{_whole(at)}.{ticks:07}Z"


@lru_cache(4096)
def _whole(at: int) -> str:
    # One record of the log says the same second several times.
    return f"{moment(at):%Y-%m-%dT%H:%M:%S}"


def month_first(at: int) -> str:
    """As portal downloads write it: 5/1/2026 6:00:00 AM, in UTC without saying so."""
    then = moment(at)
    return f"{then.month}/{then.day}/{then.year} {then.hour % 12 or 12}:{then:%M:%S %p}"


def guid(rng: Random) -> str:
    """A version 4 GUID in lower case with dashes."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[int(digits[16], 16) % 4]}{digits[17:20]}-{digits[20:]}"
