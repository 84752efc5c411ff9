"""What the rooms find in the invented exports is what really was: every number here is a measurement."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from scimlab import people, read, seats, simulate, storms

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
MONTHS = [(date(2026, month, 1), date(2026, month + 1, 1)) for month in (5, 6, 7, 8)]
OF_A_STORM = ["source_id", "job_id", "action", "first_at", "last_at", "attempts", "cause"]
FORMS = {
    "graph": {},
    "array": {"log": "array", "users": "graph", "records": "csv"},
    "jsonl": {"log": "jsonl"},
    "portal": {"log": "portal", "users": "graph", "records": "csv"},
    "portal_iso": {"log": "portal_iso"},
    "diagnostic": {"log": "diagnostic"},
    "diagnostic_hours": {"log": "diagnostic_hours"},
    "event_hub": {"log": "event_hub", "users": "powershell", "records": "excel"},
    "log_analytics": {"log": "log_analytics"},
    "log_analytics_csv": {"log": "log_analytics_csv"},
}


def rows(file):
    """A table of the truth, a dictionary a row."""
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def storms_found(tenant):
    """The storms as the truth tells them."""
    found = storms.retry_storms(tenant.events, people.identities(tenant))
    instants = pl.col("first_at", "last_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return sorted(found.with_columns(instants).select(OF_A_STORM).rows())


def storms_told(folder, app="maptician"):
    """The storms of one app's job that really were."""
    told = [row | {"attempts": int(row["attempts"])} for row in rows(folder / "truth/storms.csv")]
    return sorted(tuple(row[name] for name in OF_A_STORM) for row in told if row["job_id"].startswith(f"{app}."))


def seats_told(folder, zone, period):
    """Whole seats of a period: each person's days with any active instant, counted one by one on the tenant's calendar."""
    (first, end), days = period, set()
    uncounted = {each["person"] for each in rows(folder / "truth/people.csv") if each["kind"] == "service"}
    for row in (each for each in rows(folder / "truth/intervals.csv") if each["person"] not in uncounted):
        since, until = (
            datetime.fromisoformat(row[name]) if row[name] else datetime.max.replace(tzinfo=UTC) for name in ("on_at", "off_at")
        )
        for day in (first + timedelta(number) for number in range((end - first).days)):
            begins, ends = (datetime(each.year, each.month, each.day, tzinfo=ZoneInfo(zone)) for each in (day, day + timedelta(1)))
            if since < ends and until > begins:
                days.add((row["person"], day))
    return len(days) / (end - first).days


def seats_found(tenant, period):
    """The least and the most that the log and the lists allow."""
    counted = seats.count(seats.intervals(tenant), policy="user_days_prorated", period=period, zone=tenant.zone)
    return counted["low"].item(), counted["high"].item()


def measured(folder, zone, periods):
    """Whether all storms are found, and of each period the least, the true and the most seats."""
    tenant = read.tenant(folder, workdir=folder / "parts")
    return storms_found(tenant) == storms_told(folder), [
        (low, seats_told(folder, zone, each), high) for each in periods for low, high in [seats_found(tenant, each)]
    ]


@pytest.mark.parametrize(("seed", "cadence"), [(1, "mixed"), (2, "mixed"), (3, "backoff"), (4, "each_cycle")])
def test_storms_and_seat_days_are_the_truth(tmp_path, seed, cadence):
    """Each storm is found with its cause and its length, and the seats of each month come out as one number: the true one."""
    simulate.write(tmp_path, seed=seed, people=70, cadence=cadence)
    all_storms, counted = measured(tmp_path, "Europe/Berlin", MONTHS)
    assert all_storms
    assert [(low, high) for low, _, high in counted] == [(pytest.approx(true), pytest.approx(true)) for _, true, _ in counted]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_twenty_seeds(tmp_path, seed):
    """On any seed and in any zone every storm is found, and seat-days are the true number, or where records are switched unseen a range."""
    zone = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland")[seed % 4]
    large = seed % 5 == 0
    # What was switched on unseen and then deleted leaves no trace at all, so the large worlds, which hold such cases, delete nothing.
    rules = {"people": 400 if large else 120, "sends_delete": not large and seed % 3 == 0, "cadence": ("mixed", "backoff")[seed % 2]}
    simulate.write(tmp_path, seed=seed, zone=zone, **rules)
    all_storms, counted = measured(tmp_path, zone, MONTHS)
    assert all_storms
    assert [each for each in counted if not each[0] - 1e-9 <= each[1] <= each[2] + 1e-9] == []
    assert max(high - low for low, _, high in counted) < (5 if large else 1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_forms_agree(tmp_path, form):
    """In whatever form a log is exported, it holds the same storms and the same seats."""
    simulate.write(tmp_path, seed=4, people=40, forms=FORMS[form], zone="America/New_York", second_app="Timeclock")
    tenant = read.tenant(tmp_path, workdir=tmp_path / "parts")
    true = seats_told(tmp_path, "America/New_York", MONTHS[-1])
    assert storms_found(tenant) == storms_told(tmp_path)
    assert seats_found(tenant, MONTHS[-1]) == (pytest.approx(true), pytest.approx(true))


def test_what_no_log_shows_is_a_range_that_holds_the_truth(tmp_path):
    """Where records are switched by hand in the app, the count is a range; the truth lies within it, and it is narrow."""
    simulate.write(tmp_path, seed=5, people=400)
    tenant = read.tenant(tmp_path, workdir=tmp_path / "parts")
    low, high = seats_found(tenant, MONTHS[-1])
    assert storms_found(tenant) == storms_told(tmp_path)
    assert low < seats_told(tmp_path, "Europe/Berlin", MONTHS[-1]) < high
    assert high - low < 5


def test_a_cut_log_hides_neither_attempts_nor_seats(tmp_path):
    """Of a storm that began before the log, the attempts are those that really were; the seats are a range that holds the truth."""
    simulate.write(tmp_path, seed=6, people=120, cut_days=30)
    tenant = read.tenant(tmp_path, workdir=tmp_path / "parts")
    told = {each[:3]: each[5:] for each in storms_told(tmp_path)}
    found = storms_found(tenant)
    low, high = seats_found(tenant, MONTHS[-1])
    assert len(found) > 5
    assert {each[:3]: each[5:] for each in found} == {key: told[key] for key in (each[:3] for each in found)}
    assert low <= seats_told(tmp_path, "Europe/Berlin", MONTHS[-1]) <= high


@pytest.mark.parametrize("sample", ["troubled", "healthy", "hostile"])
def test_samples_are_found_as_they_are(tmp_path, sample):
    """The committed tenants, in their own forms and zones, give their own truth."""
    folder = SAMPLES / sample
    tenant = read.tenant(folder, workdir=tmp_path)
    assert storms_found(tenant) == storms_told(folder)
    for period in MONTHS:
        true = seats_told(folder, tenant.zone, period)
        assert seats_found(tenant, period) == (pytest.approx(true), pytest.approx(true))


@pytest.mark.parametrize(("sample", "month"), [("scenarios", 8), ("winter", 5)])
def test_samples_with_a_blind_spot_give_ranges(tmp_path, sample, month):
    """A record switched off by hand, a job in quarantine: all storms are found, and the seats are a range that holds the truth."""
    folder, period = SAMPLES / sample, (date(2026, month, 1), date(2026, month + 1, 1))
    tenant = read.tenant(folder, workdir=tmp_path)
    low, high = seats_found(tenant, period)
    assert storms_found(tenant) == storms_told(folder)
    assert low <= seats_told(folder, tenant.zone, period) <= high
