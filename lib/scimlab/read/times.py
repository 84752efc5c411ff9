"""Instants out of text: the spellings that were met, and no date that is guessed.

A spelling that carries its own zone is read as it stands. One that carries none, and one whose day and
month could be either, is read only where the caller says the order and the zone: Microsoft's services
write month first and UTC, anything saved by a person's machine follows that machine's culture.
"""

import re
from typing import overload

import polars as pl

from scimlab.schema import INSTANT

MICROSOFT = {"date_order": "month_first", "zone": "UTC"}
"""How the services themselves (Graph, portal downloads, Azure Monitor) write what they do not spell out."""

ORDERS = ("month_first", "day_first", "iso")
COMMON = r"^[0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?Z$"
PORTAL = r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9][0-9]:[0-5][0-9] (?:AM|PM)$"
"""Two spellings that make up whole columns of big logs, so they are read at once."""

CLOCK = r"(?:,? *[T ] *(?P<h>[0-9]{1,2}):(?P<m>[0-9][0-9])(?::(?P<s>[0-5][0-9])(?:[.,](?P<f>[0-9]{1,9}))?)?)?"
BEHIND = r"(?: *(?P<half>AM|PM))?(?: *(?P<offset>Z|UTC|GMT|[+-][0-9][0-9]:?[0-9][0-9]))?$"
ISO = r"(?i)^(?P<y>[0-9]{4})-(?P<mo>[0-9][0-9])-(?P<d>[0-9][0-9])" + CLOCK + BEHIND
SLASHED = r"(?i)^(?P<one>[0-9]{1,2})[/.-](?P<two>[0-9]{1,2})[/.-](?P<y>[0-9]{4})" + CLOCK + BEHIND
AMBIGUOUS = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}")


@overload
def instants(texts: pl.Series, *, date_order: str = "", zone: str = "") -> pl.Series: ...
@overload
def instants(texts: pl.Expr, *, date_order: str = "", zone: str = "") -> pl.Expr: ...
def instants(texts: pl.Series | pl.Expr, *, date_order: str = "", zone: str = "") -> pl.Series | pl.Expr:
    """The UTC instant each text spells, null where it spells none, or none in one way only.

    texts: ISO 8601 or dates with slashes, dots or dashes; 24-hour or AM/PM clock; 0 to 9 fraction digits, cut to
        microseconds; `Z`, `UTC` or an offset, or nothing. A date alone is the first moment of that day.
    date_order: month_first or day_first for dates such as 3/4/2026; else (iso, or not said) those are null.
    zone: IANA zone of texts that carry none; without it those are null. A local time that a change of clocks
        skips or repeats is null.
    returns: a column or a Series like `texts`.
    source: formats.md 1b-1e, 4a.

    >>> instants(pl.Series(["2026-03-02T08:14:07.1234567Z", "2026-03-02T10:14:07+02:00", "3/2/2026 8:14:07 AM"])).dt.to_string().to_list()
    ['2026-03-02 08:14:07.123456+00:00', '2026-03-02 08:14:07.000000+00:00', None]
    >>> instants(pl.Series(["3/2/2026 8:14:07 AM"]), date_order="day_first", zone="Europe/Berlin").dt.to_string().to_list()
    ['2026-02-03 07:14:07.000000+00:00']
    """
    if isinstance(texts, pl.Expr):
        return texts.map_batches(lambda series: instants(series, date_order=date_order, zone=zone), return_dtype=INSTANT)
    plain = texts.str.contains(COMMON)
    if not plain.any() and date_order == "month_first" and zone == "UTC" and texts.str.contains(PORTAL).all():
        return texts.str.to_datetime("%m/%d/%Y %I:%M:%S %p", time_unit="us", time_zone="UTC", strict=False)
    if plain.all():
        return _common(texts)
    read = _common(texts.set(~plain, None))
    rest = texts.set(plain, None).str.strip_chars().alias("text").to_frame()
    return read.zip_with(plain.fill_null(False), rest.select(_spelled(date_order, zone)).to_series()).alias(texts.name)


def column(texts: pl.Series, *, date_order: str, zone: str) -> tuple[pl.Series, str | None]:
    """The instants of a column, and what contradicts its date order, if anything does."""
    if texts.str.contains(COMMON).all():
        return _common(texts), None
    return instants(texts, date_order=date_order, zone=zone), contradiction(texts, date_order=date_order)


def contradiction(texts: pl.Series, *, date_order: str) -> str | None:
    """The first date of the column whose day and month cannot stand in that order; None where there is none.

    One such date says that the whole column is written the other way round, the ones that would fit included.

    >>> contradiction(pl.Series(["3/2/2026", "23/2/2026"]), date_order="month_first")
    '23/2/2026'
    """
    if date_order not in ("month_first", "day_first"):
        return None
    parts = texts.str.strip_chars().str.extract_groups(r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-][0-9]{4}").struct
    month = parts.field("1" if date_order == "month_first" else "2").cast(pl.Int8)
    found = texts.filter((month > 12).fill_null(False))
    return found[0] if len(found) else None


def unsaid(text: str) -> str:
    """Why a text gave no instant, and what would let it: a sentence's end for a reason."""
    if AMBIGUOUS.match(text.strip()):
        return f'"{text[:40]}" could be day or month first: say date_order and zone for this file in tenant.toml, under [files]'
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()):
        return f'"{text[:40]}" carries no zone: say zone for this file in tenant.toml, under [files]'
    return f'"{text[:40]}" is no time'


def _common(texts: pl.Series) -> pl.Series:
    return texts.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", time_zone="UTC", strict=False)


def _spelled(date_order: str, zone: str) -> pl.Expr:
    """The instant of a stripped `text` in any of the spellings."""
    iso = pl.col("text").str.extract_groups(ISO).struct
    pieces = _instant(iso, iso.field("mo"), iso.field("d"), zone)
    if date_order not in ("month_first", "day_first"):
        return pieces
    slashed = pl.col("text").str.extract_groups(SLASHED).struct
    first, second = slashed.field("one").str.zfill(2), slashed.field("two").str.zfill(2)
    month, day = (first, second) if date_order == "month_first" else (second, first)
    return pl.coalesce(pieces, _instant(slashed, month, day, zone))


def _instant(parts: pl.Expr, month: pl.Expr, day: pl.Expr, zone: str) -> pl.Expr:
    """The instant of the pieces: the clock put together, then shifted by the offset told or read in the zone said."""
    half, hour = parts.field("half").str.to_uppercase(), parts.field("h").cast(pl.Int8)
    hour = (
        pl.when(half.is_null())
        .then(hour.fill_null(0))
        .when(hour.is_between(1, 12))
        .then(hour % 12 + pl.when(half == "PM").then(12).otherwise(0))
    )
    local = pl.concat_str(
        parts.field("y"), pl.lit("-"), month, pl.lit("-"), day, pl.lit("T"), hour.cast(pl.String).str.zfill(2), pl.lit(":"),
        parts.field("m").fill_null("00"), pl.lit(":"), parts.field("s").fill_null("00"), pl.lit("."), parts.field("f").fill_null("0"),
    ).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)  # fmt: skip
    offset = parts.field("offset").str.to_uppercase().replace(["Z", "UTC", "GMT"], "+0000").str.replace(":", "")
    shift = pl.duration(hours=offset.str.slice(1, 2).cast(pl.Int64), minutes=offset.str.slice(3, 2).cast(pl.Int64), time_unit="us")
    told = (pl.when(offset.str.starts_with("-")).then(local + shift).otherwise(local - shift)).dt.replace_time_zone("UTC")
    if not zone:
        return told
    read = local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").dt.convert_time_zone("UTC")
    return pl.when(offset.is_null()).then(read).otherwise(told)
