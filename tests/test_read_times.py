"""Instants out of text: every spelling that was met, and none that is guessed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimlab.read import instants
from scimlab.read.times import MICROSOFT, contradiction

NOON = datetime(2024, 2, 3, 12, 30, 15, tzinfo=UTC)


def read(text, **said):
    """The instant of one text."""
    return instants(pl.Series([text]), **said)[0]


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("02/03/2024 12:30:15", 0),  # Azure Monitor, 24-hour clock
        ("2/3/2024 12:30:15", 0),
        ("02/03/2024 12:30:15 PM", 0),
        ("2/3/2024 12:30:15 PM", 0),
        ("2/3/2024, 12:30:15.250 PM", 250_000),  # the Logs blade's own CSV
        ("2/3/2024 1:30:15 PM +01:00", 0),
        ("2024-02-03T12:30:15", 0),  # no zone: the services mean UTC
        ("2024-02-03T12:30:15.22Z", 220_000),
        ("2024-02-03T12:30:15.6816663Z", 681_666),  # 100 ns are cut, not rounded
        ("2024-02-03T12:30:15.535404056Z", 535_404),
        ("2024-02-03T12:30:15.992099+00:00", 992_099),
        ("2024-02-03T14:30:15+02:00", 0),
        (" 2024-02-03 12:30:15Z ", 0),
    ],
)
def test_spellings_of_the_services(text, micros):
    """Each spelling that Microsoft's services were seen to write is the same second."""
    assert read(text, **MICROSOFT) == NOON + timedelta(microseconds=micros)


@pytest.mark.parametrize("text", ["02/03/2024 12:30:15", "2/3/2024 12:30:15 PM", "2024-02-03T12:30:15", "3.2.2024 12:30"])
def test_nothing_is_guessed(text):
    """Without an order and a zone, a date that needs them is none."""
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2024-02-30T00:00:00Z",
        "13/01/2024 10:00:00",
        "2024-02-03T24:00:00Z",
        "2/3/2024 13:00:00 PM",
        "2/3/2024 0:10 AM",
        "2024-02-03T12:30:15.1234567890Z",
        "12024-02-03T12:30:15Z",
        "2024-02-03T12:30:61Z",
        "2/3/2024 \u0661\u0662:30:15",
        "2024-02-03T12:30:15+99:99x",
    ],
)
def test_no_time_is_null(text):
    """A text that spells no time is null, even for who may guess most."""
    assert read(text, **MICROSOFT) is None


def test_null_stays_null():
    """No text, no instant."""
    assert instants(pl.Series([None, "2024-02-03T12:30:15Z"], dtype=pl.String)).to_list() == [None, NOON]


def test_a_column_reads_as_a_series_does():
    """An expression gives what the Series gives."""
    frame = pl.DataFrame({"met": ["2024-02-03T12:30:15Z", "3.2.2024 13:30"]})
    assert frame.select(instants(pl.col("met"), date_order="day_first", zone="Europe/Berlin")).to_series().to_list() == [
        NOON,
        NOON - timedelta(seconds=15),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [("2026-03-29T02:30:00", "skipped in spring"), ("2026-10-25T02:30:00", "met twice in autumn")],
)
def test_a_clock_change_leaves_no_instant(text, why):
    """A local time that was skipped, or was met twice, is no one instant."""
    assert read(text, zone="Europe/Berlin") is None


def test_a_day_is_its_first_moment():
    """A date without a clock is that day's beginning in the zone."""
    assert read("2026-07-01", zone="Europe/Berlin") == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_one_date_contradicts_its_column():
    """A first number above 12 says that a column is not month first, whatever the others could be."""
    column = pl.Series([None, "3/2/2026 8:00", "23/2/2026 8:00"])
    assert contradiction(column, date_order="month_first") == "23/2/2026 8:00"
    assert contradiction(column, date_order="day_first") is None
    assert contradiction(pl.Series(["3/2/2026", "2/23/2026"]), date_order="day_first") == "2/23/2026"


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata"]))
def test_what_a_zone_writes_reads_back(moment, zone):
    """A local time that its zone has once is read back to its instant, in ISO and in either order of slashes."""
    local = moment.replace(microsecond=0, tzinfo=ZoneInfo(zone))
    wanted = local.astimezone(UTC)
    whole = wanted.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moment.replace(microsecond=0)
    once = local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
    if whole and once:
        assert read(local.strftime("%Y-%m-%dT%H:%M:%S"), zone=zone) == wanted
        assert read(local.strftime("%m/%d/%Y %I:%M:%S %p"), date_order="month_first", zone=zone) == wanted
        assert read(local.strftime("%d.%m.%Y %H:%M:%S"), date_order="day_first", zone=zone) == wanted


@given(st.text())
def test_any_text_is_an_instant_or_none(text):
    """No text makes reading fail."""
    assert read(text, **MICROSOFT) is None or isinstance(read(text, **MICROSOFT), datetime)
