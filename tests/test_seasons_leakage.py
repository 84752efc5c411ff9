"""Days paid for needlessly: each reason by hand, what is no reason, and an invented tenant whose directory is known."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from typed_tenant import tenant

from scimlab import read, seasons, seats, simulate

JUNE = (date(2026, 5, 31), date(2026, 6, 30))  # thirty days; typed tenants are judged at noon on the day after
SPARE = "user zoe"  # somebody else, so that the list of users is there


def leaks(*lines: str, terms: dict | None = None, **settings) -> pl.DataFrame:
    """LEAKS of June."""
    typed = tenant(SPARE, *lines, exclude=[], terms=terms, **settings)
    return seasons.leakage(typed, seats.intervals(typed), period=JUNE)


def told(found: pl.DataFrame) -> list[tuple]:
    """Reason, first and last day of June, and the days."""
    return found.select("why", pl.col("first_day", "last_day").dt.day(), "days_low", "days_high").rows()


MADE = ["create ada r1 -90d", "record r1 ada active key=ada"]

NEEDLESS = {
    # disabled at noon on the 20th: that day he was still there, from the 21st the seat is for nobody
    "disabled": (
        [*MADE, "user ada disabled", "done ada Disable_account -10d", "disable ada r1 -10d failure=target_refused_state_change"],
        [("disabled", 21, 29, 9, 9)],
    ),
    "deleted": ([*MADE, "bin ada deleted=-5d", "disable ada r1 -5d failure=target_unavailable"], [("deleted", 26, 29, 4, 4)]),
    # gone from the app's scope, and the job leaves such people as they are
    "unassigned": ([*MADE, "user ada", "update ada r1 -9d active=on cycle=a", "create zoe r0 -8d cycle=b",
         "other ada r1 -191h skipped=NotEffectivelyEntitled scope=no cycle=c"], [("unassigned", 23, 29, 7, 7)]),
    # until the app took it, four days later
    "late": (
        [*MADE[:1], "record r1 ada inactive", "user ada disabled", "done ada Disable_account -10d", "disable ada r1 -6d"],
        [("disabled", 21, 24, 4, 4)],
    ),
    "doubled": ([*MADE, "user ada", "create ada r2 -10d", "record r2 ada active key=ada"], [("doubled", 20, 29, 10, 10)]),
    # both at once: the person's seat for nobody, and a second one on top of it
    "doubled and disabled": (
        [*MADE, "user ada disabled", "create ada r2 -20d", "record r2 ada active key=ada", "done ada Disable_account -2d"],
        [("doubled", 10, 29, 20, 20), ("disabled", 29, 29, 1, 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), NEEDLESS.values(), ids=NEEDLESS)
def test_each_reason(lines, expected):
    """A day counts where the record was active and nobody of Entra stood behind it at any instant of that."""
    assert told(leaks(*lines)) == expected


HARMLESS = {
    "delivered within two cycles": [
        *MADE[:1], "record r1 ada inactive", "user ada disabled", "done ada Disable_account -241h", "disable ada r1 -240h",
    ],
    "corrupted and inactive": ["create ada r1 -90d", "disable ada r1 -60d", "record r1 ada inactive prefix=ada", "bin ada deleted=-60d"],
    "a new object of the same person": [*MADE, "bin ada deleted=-20d", "user ada2 created=-21d", "update ada2 r1 -20d"],
    "nobody of Entra": ["record r9 mona active"],
    "not yet made": ["record r1 ada active key=ada", "user ada created=-3d", "update ada r1 -3d active=on"],
}  # fmt: skip  # fmt: skip


@pytest.mark.parametrize("lines", HARMLESS.values(), ids=HARMLESS)
def test_what_is_no_reason(lines):
    """The time a change is given, a record that is off, a new object, and people whom Entra does not manage are no waste."""
    assert told(leaks(*lines).filter(pl.col("days_low") > 0)) == []


def test_without_the_directorys_log_it_is_a_range():
    """The job failed to switch her off on the 20th and had seen her entitled in the cycle of the 10th: in between, nobody knows."""
    log = ["create ada r1 -90d cycle=a", "update ada r1 -25d active=on cycle=b", "create zoe r2 -20d cycle=c"]
    found = leaks(*log, "disable ada r1 -10d failure=throttled cycle=d", "user ada disabled", "record r1 ada active")
    assert told(found) == [("disabled", 11, 29, 9, 19)]


def test_only_a_list_says_nothing_of_before():
    """Listed as disabled, and the log knows no more of her: since when is not known."""
    found = leaks("create zoe r2 -90d", "user ada disabled", "record r1 ada active key=ada created=-150d")
    assert told(found) == [("disabled", 31, 29, 0, 30)]


def test_money_is_the_share_of_the_period():
    """Nine of thirty days of a seat at ten a month are three; without a price there is no money."""
    lines, _ = NEEDLESS["disabled"]
    assert leaks(*lines, terms={"price": 10, "currency": "EUR"}).select("money_low", "money_high", "currency").rows() == [(3, 3, "EUR")]
    assert leaks(*lines).select("money_low", "money_high", "currency").rows() == [(None, None, None)]


def test_the_evidence_names_the_act_and_the_record():
    """Who reads it finds the row that says so."""
    found = leaks(*NEEDLESS["disabled"][0])
    assert found["evidence"].item() == "Disable account 2026-06-20 12:00:00 UTC (audit.json row 5)" and found["records"].item() == "r1"


def test_wasted_is_the_sum_by_reason():
    """People and days by reason, what weighs most first."""
    lines = [*NEEDLESS["doubled and disabled"][0], "create eva r3 -90d", "record r3 eva active key=eva", "bin eva deleted=-5d"]
    found = seasons.wasted(leaks(*lines, terms={"price": 30}))
    assert found.select("why", "people", "days_low", "money_high").rows() == [
        ("deleted", 1, 4, 4),
        ("disabled", 1, 1, 1),
        ("doubled", 1, 20, 20),
    ]


def test_nothing_known():
    """Without any record there is no waste, and the frame has its columns."""
    assert leaks().is_empty()


def absent_days(audit: pl.DataFrame, spans: list[tuple], zone: ZoneInfo) -> int:
    """Needless days of one person with one object and one record, day by day and minute by minute from the acts themselves."""
    acts = (
        audit.sort("at")
        .select("at", pl.col("activity").replace_strict({"Disable account": 1, "Enable account": 0}, default=None))
        .drop_nulls()
        .rows()
    )
    off = [
        (at + timedelta(minutes=80), acts[number + 1][0] if number + 1 < len(acts) else None) for number, (at, to) in enumerate(acts) if to
    ]

    def is_off(at: datetime) -> bool:
        return any(since <= at and (until is None or at < until) for since, until in off)

    first, days = datetime(2026, 7, 1, tzinfo=zone), 0
    for number in range(31):
        minutes = [first + timedelta(days=number, minutes=minute) for minute in range(1440)]
        active = [at for at in minutes if any(on <= at and (end is None or at < end) for on, end in spans)]
        days += bool(active) and all(map(is_off, active))
    return days


def test_an_invented_tenant(tmp_path):
    """Of everybody who was only ever disabled and enabled, the needless days are those that going through every minute finds."""
    simulate.write(tmp_path, seed=6, people=120, months=3, exports=("log", "users", "deleted", "records", "audit"))
    typed = read.tenant(tmp_path, workdir=tmp_path / "parts")
    july = (date(2026, 7, 1), date(2026, 8, 1))
    found = seasons.leakage(typed, seats.intervals(typed), period=july).filter(pl.col("why") != "doubled")
    real = pl.read_csv(tmp_path / "truth" / "intervals.csv", try_parse_dates=True).with_columns(
        pl.col("on_at", "off_at").dt.replace_time_zone("UTC")
    )
    switched = typed.audit.filter(pl.col("activity") == "Disable account")["object_id"].unique().sort().to_list()
    others = typed.audit.filter(pl.col("activity").str.contains("Delete|Restore|Remove"))["object_id"].to_list()
    days = {
        each: absent_days(
            typed.audit.filter(object_id=each), real.filter(person=each).select("on_at", "off_at").rows(), ZoneInfo(typed.zone)
        )
        for each in switched
        if each not in others
    }
    assert len(days) > 10 and max(days.values()) > 5
    assert {each: found.filter(person_id=each)["days_low"].sum() for each in days} == days
