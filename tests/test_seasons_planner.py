"""The season ahead: who came back before, who is due, and what must happen before which day."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typed_seasons import day, intervals, tenant
from typed_tenant import NOW, object_id

from scimlab import charts, links, read, schema, seasons, seats, show
from scimlab.errors import UsageError
from scimlab.report import html
from scimlab.seasons.planner import absences, forecast, waves

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
# Three summers of three people each time: they come in May and leave in September, and Ada is there all year.
SUMMERS = [
    f"{who} r-{who} {year}-05-0{number}..{year}-09-2{number}"
    for year in (2024, 2025)
    for number, who in enumerate(("bob", "cia", "dan"), 1)
]
RUNNING = [f"{who} r-{who} 2026-05-0{number}.." for number, who in enumerate(("bob", "cia", "dan"), 1)]
ADA = "ada r-ada 2023-10-01.."
USERS = [f"user {who} enabled" for who in ("ada", "bob", "cia", "dan")]
# The log begins before the first summer, and its records say whose each is.
LOG = [f"create {who} r-{who} -1000d" for who in ("ada", "bob", "cia", "dan")]


def plan(rows: list[str], *lines: str, roster: tuple[str, ...] = (), threshold: int = 0, **settings: object) -> seasons.Plan:
    """The plan of a tenant of typed lines and intervals."""
    return seasons.plan(intervals(*rows), tenant(*lines, roster=roster, **settings), deletion_threshold=threshold)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # twenty days are a holiday, three weeks are an absence
        pytest.param(["ada r1 2026-01-01..2026-02-01", "ada r1 2026-02-21.."], [], id="holiday"),
        pytest.param(["ada r1 2026-01-01..2026-02-01", "ada r1 2026-02-22.."], [("02-01", "02-22")], id="three-weeks"),
        # it is the person who is away: another record of theirs was active meanwhile
        pytest.param(["ada r1 2026-01-01..2026-02-01", "ada r1 2026-03-01..", "ada r2 2026-01-15..2026-03-05"], [], id="other-record"),
        # away for certain is what no range allows to have been shorter
        pytest.param(["ada r1 2026-01-01..2026-02-01", "ada r1 ~2026-03-10.."], [("02-01", "02-28")], id="unsure-return"),
        pytest.param(["ada r1 2026-01-01..~2026-02-01", "ada r1 ~2026-02-28.."], [], id="perhaps-a-holiday"),
        # whoever left and is not back is away still; a service account never is
        pytest.param(["ada r1 2026-01-01..2026-06-20"], [("06-20", None)], id="still-away"),
        pytest.param(["ada r1 2026-01-01..2026-02-01 service", "ada r1 2026-05-01.. service"], [], id="service"),
    ],
)
def test_an_absence_is_of_a_person_and_certain(rows, expected):
    """Only who held no seat by any record, for three weeks by every reading of the evidence, was away."""
    for order in (rows, rows[::-1]):
        found = absences.absences(intervals(*order), as_of=NOW)
        assert found.select(pl.col("left_at", "back_at").dt.strftime("%m-%d")).rows() == expected


def test_a_return_says_under_which_account_and_record():
    """The log tells the account before and after; a new one that is only ever refused never came back."""
    lines = [
        "create ada r1 -300d", "disable ada r1 -200d", "update ada r1 -100d active=on",  # the same account, parked and enabled
        "create bob r2 -300d", "disable bob r2 -200d", "update bob2 r2 -100d active=on",  # deleted, and made anew: found its old record
        "create cia r3 -300d", "delete cia r3 -200d", "create cia2 r4 -100d",  # purged, made anew, and given another record
        "create dan r5 -300d", "disable dan r5 -200d", "create dan2 -100d failure=duplicate_conflict",  # made anew, and refused
        "record r4 cia key=cia2", "record r5 dan inactive prefix=dan",
        "user ada", "user bob2 created=-101d", "user cia2 created=-101d", "user dan2 created=-101d",
    ]  # fmt: skip
    known = tenant(*lines)
    found = seasons.plan(seats.intervals(known), known).returned.sort("person")
    assert found.select("person", "how").rows() == [
        ("Ada Adasen", "same_account"), ("Bob Bobsen", "new_account"), ("Cia Ciasen", "new_record"), ("Dan Dansen", "refused"),
    ]  # fmt: skip
    dan = found.row(3, named=True)
    assert (dan["back_at"], dan["tried_at"], dan["account_after"]) == (None, NOW - timedelta(days=100), object_id("dan2"))


def test_a_try_in_vain_is_after_leaving_and_never_taken():
    """Refused for forty days and then taken is a return, with its first try; what failed before the person ever left is none."""
    lines = [
        "create ada r1 -300d", "delete ada r1 -200d", "create ada2 -100d failure=duplicate_conflict", "create ada2 r2 -60d",
        "create bob -400d failure=duplicate_conflict", "create bob r3 -300d", "disable bob r3 -200d",
        # a third account was refused while bob was still here
        "create bob3 -250d failure=duplicate_conflict",
        "record r2 ada key=ada2", "user ada2 created=-101d", "user bob disabled", "bin bob3 created=-251d deleted=-20d",
    ]  # fmt: skip
    known = tenant(*lines)
    found = seasons.plan(seats.intervals(known), known).returned
    days = [(NOW - at).days if at else None for at in found.row(0, named=True).values() if isinstance(at, datetime | None)]
    assert found["person"].to_list() == ["Ada Adasen"] and days[1:4] == [200, 60, 100]


def test_a_season_shows_in_those_who_come_back_together():
    """From the first of three who come back within weeks, until the last of them has left; two are no season."""
    found = plan([*SUMMERS, *RUNNING, ADA, "eve r-eve 2024-01-01..2024-11-01", "eve r-eve 2025-01-01..2025-11-15"], *LOG).seasons
    assert found.select("name", "first_day", "last_day", "state", "is_whole").rows() == [
        # bob, cia and dan were new in 2024, so that nobody came back: no season is told of
        ("season of 2025", date(2025, 5, 1), date(2025, 9, 23), "past", True),
        ("season of 2026", date(2026, 5, 1), date(2026, 9, 23), "running", False),
        ("next season", date(2027, 5, 1), date(2027, 9, 23), "next", False),
    ]


def test_named_seasons_come_before_inferred_ones():
    """What tenant.toml says holds, also where the log began within it; the next one is given, or a year later."""
    named = [{"name": f"summer {year}", "first_day": date(year, 6, 1), "last_day": date(year, 8, 31)} for year in (2023, 2025)]
    found = plan([*SUMMERS, *RUNNING], *LOG, seasons=named).seasons
    assert found.select("name", "state", "is_whole", "origin").rows() == [
        ("summer 2023", "past", False, "tenant.toml"),  # the log begins in October 2023
        ("summer 2025", "past", True, "tenant.toml"),
        ("next season", "next", False, "years after one that began on that day"),
    ]
    coming = [*named, {"name": "summer 2027", "first_day": date(2027, 6, 5), "last_day": date(2027, 9, 1)}]
    assert plan(SUMMERS, *LOG, seasons=coming).seasons["name"].to_list() == ["summer 2023", "summer 2025", "summer 2027"]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param([(50, 50)], None, id="one-season"),
        pytest.param([(50, 50), (50, 50)], (50, 50), id="steady"),
        pytest.param([(50, 50), (60, 60)], (60, 72), id="grew-by-a-fifth"),
        pytest.param([(50, 50), (40, 40)], (32, 40), id="shrank-by-a-fifth"),
        pytest.param([(50, 50), (60, 60), (54, 54)], (48, 65), id="both"),  # 54 * 0.9 = 48.6, 54 * 1.2 = 64.8
        # an open count may have changed from its most to the next one's least, and the other way
        pytest.param([(40, 50), (40, 44)], (32, 49), id="ranges"),  # 40 * 40/50, 44 * 44/40 = 48.4
        pytest.param([(0, 0), (10, 10)], (10, 10), id="from-nobody"),
    ],
)
def test_what_is_expected_changed_no_more_than_it_ever_did(before, expected):
    """As much as the last season, or changed by the greatest change there ever was, down and up."""
    assert forecast.expected(before) == expected


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 50)).map(lambda pair: (pair[0], pair[0] + pair[1])), min_size=2, max_size=6))
def test_what_is_expected_always_holds_the_last_season(before):
    """Nothing that did not change is ever a surprise."""
    low, high = forecast.expected(before)
    assert low <= before[-1][0] <= before[-1][1] <= high


def test_a_forecast_is_tested_on_the_seasons_before():
    """With three summers behind, the third is expected from the first two, and the verdict says whether it came so."""
    named = [{"name": str(year), "first_day": date(year, 5, 1), "last_day": date(year, 9, 30)} for year in (2024, 2025, 2026)]
    more = ["eve r-eve 2026-05-09..", "fay r-fay 2026-05-10.."]
    found = plan([*SUMMERS, *RUNNING, ADA, *more], *LOG, seasons=named).forecast.filter(pl.col("policy") == "peak_daily")
    assert found.select("season", "expected_low", "expected_high", "low", "high", "verdict").rows() == [
        ("2024", None, None, 4, 4, "nothing to compare with"),
        ("2025", None, None, 4, 4, "nothing to compare with"),
        ("2026", 4, 4, 6, 6, "missed: more than expected"),
        ("next season", 6, 9, None, None, "to come"),
    ]


@pytest.mark.parametrize(
    ("reckoned", "counted", "runs", "verdict"),
    [
        ((4, 6), (5, 6), False, "held"),
        ((4, 6), (5, 7), False, "open: the exports do not say more"),
        ((4, 6), (2, 3), False, "missed: fewer than expected"),
        ((4, 6), (2, 3), True, "open: not there yet"),
        ((4, 6), (5, 5), True, "held so far"),
        ((4, 6), (7, 7), True, "missed: more than expected"),
        ((4, 6), (3, 5), True, "open: the season runs"),
    ],
)
def test_a_verdict_is_no_more_than_the_evidence(reckoned, counted, runs, verdict):
    """What is open is not called a hit, and a season that runs may still grow."""
    assert forecast._verdict(reckoned, counted, runs=runs) == verdict


def test_one_season_is_no_model():
    """Where fewer than two lie behind there is no range, and the plan says what would help."""
    found = plan(SUMMERS, *LOG)  # everybody was new in 2024, so that one season is told of
    assert found.forecast["expected_high"].to_list() == [None] * found.forecast.height
    assert found.forecast["verdict"].to_list()[-1] == forecast.NO_MODEL
    assert "season_input_seasons" in found.decisions["situation"]


def test_the_seasons_reckoned_with_begin_about_the_same_time_of_year():
    """A winter says nothing of the next summer."""
    at = [("2024-05-01", "2024-09-30"), ("2024-12-01", "2025-03-31"), ("2025-05-15", "2025-09-30"), ("2025-12-01", "2026-03-31")]
    named = [{"name": first, "first_day": date.fromisoformat(first), "last_day": date.fromisoformat(last)} for first, last in at]
    found = plan([*SUMMERS, ADA], *LOG, seasons=named)
    # judged in June 2026, next comes the winter of 2026; the summer that was not named has no next
    assert found.seasons.filter(pl.col("state") == "next")["first_day"].item() == date(2026, 12, 1)
    assert found.forecast["season"].unique(maintain_order=True).to_list() == ["2024-12-01", "2025-12-01", "next season"]


def due(found: seasons.Plan) -> list[tuple]:
    """Who is due, in short."""
    return found.due.select("person", "what", pl.col("on_min", "on_max").dt.strftime("%Y-%m-%d"), "is_overdue", "source").rows()


def test_the_past_expects_who_is_here_to_leave_and_who_is_away_to_return():
    """Between the earliest and the latest day of the year of the person's own past; the first such days to come."""
    rows = [*SUMMERS[:3], *SUMMERS[3:], RUNNING[0], "cia r-cia 2023-04-20..2023-09-01"]
    found = plan(rows, *LOG, *USERS)
    assert ("Bob Bobsen", "leaves", "2026-09-21", "2026-09-21", False, "earlier_seasons") in due(found)
    # cia left on 1 and 22 September and is away: she came back on 2 May twice, and would be the next time in 2027
    assert ("Cia Ciasen", "returns", "2027-05-02", "2027-05-02", False, "earlier_seasons") in due(found)


def test_days_around_new_year_are_near_each_other():
    """Who left on 28 December and on 4 January leaves about the turn of the year, not over eleven months of it."""
    rows = ["bob r1 2024-03-01..2024-12-28", "bob r1 2025-03-01..2026-01-04", "bob r1 2026-03-01.."]
    assert due(plan(rows, *USERS, "create bob r1 -1000d")) == [
        ("Bob Bobsen", "leaves", "2026-12-28", "2027-01-04", False, "earlier_seasons")
    ]


def test_the_roster_speaks_before_entra_and_both_before_the_past():
    """One day a person and direction, from the surest source; whom the roster keeps or lets go is not expected by the past."""
    users = ["user ada enabled", "user bob enabled", "user cia enabled", "user dan enabled"]
    rows = [*SUMMERS, *RUNNING, ADA]
    known = tenant(*LOG, *users, roster=("bob may_return 2026-09-05 2027-04-01", "dan permanent", "@cia leaving 2026-08-01"))
    leaves_at = pl.when(pl.col("display_name").str.starts_with("Ada") | pl.col("display_name").str.starts_with("Bob")).then(
        pl.lit(day("2026-09-15"))
    )
    known = replace(known, people=known.people.with_columns(leaves_at=leaves_at.cast(schema.INSTANT)))
    assert due(seasons.plan(intervals(*rows), known)) == [
        ("Cia Ciasen", "leaves", "2026-08-01", "2026-08-01", False, "roster"),
        ("Bob Bobsen", "leaves", "2026-09-05", "2026-09-05", False, "roster"),
        ("Ada Adasen", "leaves", "2026-09-15", "2026-09-15", False, "entra"),
        ("Bob Bobsen", "returns", "2027-04-01", "2027-04-01", False, "roster"),
    ]


@pytest.mark.parametrize(
    ("roster", "expected"),
    [
        # Bob is active: the day to leave has passed, the day to return has not
        pytest.param("bob may_return 2026-06-01 2026-09-01", [("leaves", True), ("returns", False)], id="should-have-left"),
        # both days have passed and he is active: he left and came back
        pytest.param("bob may_return 2026-03-01 2026-05-01", [], id="all-done"),
        # Eve is not active: she should be back
        pytest.param("eve may_return 2026-03-01 2026-05-01", [("returns", True)], id="should-be-back"),
        pytest.param("eve leaving 2026-03-01 2026-05-01", [], id="let-go"),
        pytest.param("bob permanent 2026-08-01", [], id="permanent"),
    ],
)
def test_a_day_that_has_passed_is_overdue_until_the_app_shows_it_kept(roster, expected):
    """The roster is a promise, the app is the proof."""
    rows = ["bob r-bob 2026-05-01..", "eve r-eve 2026-01-01..2026-03-01"]
    found = plan(rows, *LOG, "create eve r-eve -150d", "user bob enabled", "user eve disabled", roster=(roster,))
    assert found.due.filter(pl.col("source") == "roster").select("what", "is_overdue").rows() == expected


def test_whom_the_exports_do_not_know_is_still_on_the_list():
    """A row of the roster that fits nobody is due by its address, and says so."""
    found = plan([ADA], *LOG, roster=("@zoe may_return 2026-08-01",)).due
    assert found.select("person", "person_id", "says").rows() == [
        ("zoe@contoso.example", None, "the roster: may return, of whom these exports know nothing else")
    ]


def test_an_address_of_two_people_means_neither():
    """Nobody is sent away because somebody else bears their address."""
    lines = ["user ada enabled created=-300d", "user ada2 enabled created=-300d"]
    found = plan([], *lines, roster=("@ada may_return 2026-08-01",)).due
    assert found.select("person_id", "person").rows() == [(None, "ada@contoso.example")]


def test_a_leave_date_of_a_deleted_account_is_past():
    """Whoever is in the recycle bin has left; the date that still stands there sends nobody away again."""
    known = tenant(*LOG, "bin bob deleted=-5d", "user cia disabled")
    leaves_at = pl.lit(day("2026-06-01")).cast(schema.INSTANT)
    known = replace(known, people=known.people.with_columns(leaves_at=leaves_at))
    assert seasons.plan(intervals(ADA), known).due.is_empty()
    later = replace(known, people=known.people.with_columns(leaves_at=pl.lit(day("2026-09-01")).cast(schema.INSTANT)))
    assert seasons.plan(intervals(ADA), later).due["person"].to_list() == ["Cia Ciasen"]


def test_whom_the_app_refuses_is_the_runbooks_matter():
    """Overdue and refused is decided on the page that repairs it; overdue and unexplained is asked about."""
    lines = ["create ada r1 -300d", "delete ada r1 -200d", "create ada2 -100d failure=duplicate_conflict", "user ada2 created=-101d"]
    lines += ["create bob r2 -300d", "disable bob r2 -200d", "user bob disabled"]
    roster = ("ada2 may_return 2025-12-01 2026-03-01", "bob may_return 2025-12-01 2026-03-01")
    known = tenant(*lines, roster=roster)
    found = seasons.plan(seats.intervals(known), known)
    assert found.due.filter("is_overdue").select("person", "is_refused").sort("person").rows() == [
        ("Ada Adasen", True),
        ("Bob Bobsen", False),
    ]
    asked = found.decisions.filter(pl.col("situation") == "season_overdue")
    assert asked["first_names"].to_list() == ["Bob Bobsen"]


def test_a_deleted_account_is_restored_before_anybody_enables_it():
    """Whoever returns on a day to come and lies in the bin is asked to be restored, never to be enabled."""
    roster = ("bob may_return - 2026-07-20",)
    asked = [
        plan([ADA], *LOG, line, roster=roster).decisions["situation"].to_list() for line in ("user bob disabled", "bin bob deleted=-20d")
    ]
    assert ["season_returns" in each for each in asked] == [True, False]
    assert "restorable" in asked[1]


def test_the_live_account_speaks_for_a_person():
    """Deleted once and made anew is enabled, not deleted: no way back is counted down for the old account."""
    lines = ["create ada r1 -300d", "update ada2 r1 -100d active=on", "bin ada deleted=-20d", "user ada2 enabled created=-15d"]
    found = plan([], *lines, "record r1 ada key=ada2 prefix=ada", roster=("ada2 may_return 2026-09-01",))
    assert found.due["account"].to_list() == ["enabled"] and found.days.filter(pl.col("subject_kind") == "person").is_empty()


def leaving(*days: str) -> tuple[str, ...]:
    """A roster of as many people as days are given, each to leave on one."""
    return tuple(f"p{number:03} may_return {on}" for number, on in enumerate(days))


def test_no_wave_is_larger_than_the_threshold():
    """Five on one day and two at a time are three waves, two cycles apart, the last done before the day is over."""
    found = plan([ADA], *LOG, roster=leaving(*["2026-08-03"] * 5, "2026-08-01"), threshold=2, zone="Europe/Berlin").waves
    assert found.select("wave", "day", "people", "act_by", "threshold").rows() == [
        (1, date(2026, 8, 1), 1, datetime(2026, 8, 1, 20, 40, tzinfo=UTC), 2),
        # midnight in Berlin is 22:00 UTC, less one, two or three times 80 minutes
        (2, date(2026, 8, 3), 2, datetime(2026, 8, 3, 18, 0, tzinfo=UTC), 2),
        (3, date(2026, 8, 3), 2, datetime(2026, 8, 3, 19, 20, tzinfo=UTC), 2),
        (4, date(2026, 8, 3), 1, datetime(2026, 8, 3, 20, 40, tzinfo=UTC), 2),
    ]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=25), st.integers(1, 7))
def test_every_leaver_is_in_one_wave_and_none_is_too_large(offsets, threshold):
    """Whoever leaves on whichever day: the waves hold all of them once, in the order of days, each within the threshold."""
    days = [f"2026-07-{10 + offset}" for offset in offsets]
    found = plan([ADA], *LOG, roster=leaving(*days), threshold=threshold)
    assert found.waves["people"].max() <= threshold
    assert found.waves["people"].sum() == len(offsets) == found.due["wave"].count()
    assert found.waves["wave"].to_list() == list(range(1, found.waves.height + 1))
    assert found.waves["day"].is_sorted() and found.waves["act_by"].is_sorted()


def test_whoever_is_disabled_already_is_in_no_wave():
    """A wave is of accounts that somebody has still to disable."""
    found = plan([ADA], *LOG, "user bob disabled", "user cia enabled", roster=("bob may_return 2026-08-01", "cia may_return 2026-08-01"))
    assert found.waves.select("people", "first_names").rows() == [(1, "Cia Ciasen")]


@pytest.mark.parametrize(
    ("given", "set_to", "of_job", "expected"),
    [
        pytest.param(7, 9, 11, (7, "parameter"), id="parameter"),
        pytest.param(0, 9, 11, (9, "typed"), id="tenant.toml"),
        pytest.param(0, 0, 11, (0, "typed"), id="nought-is-said"),
        pytest.param(0, None, 11, (11, "the job's own settings"), id="job"),
        pytest.param(0, None, None, (None, "not said by anybody"), id="nobody"),
    ],
)
def test_the_threshold_is_whose_says_it_first(given, set_to, of_job, expected):
    """A parameter beats tenant.toml, which beats the job; what nobody says is not known."""
    jobs = pl.DataFrame([{"job_id": "j", "deletion_threshold": of_job}], schema=schema.JOBS)
    assert waves.threshold(replace(tenant(deletion_threshold=set_to), jobs=jobs), given) == expected


def test_an_unknown_threshold_is_said_and_asked_for():
    """One wave a day then, and what has to be looked up stands in it and among the decisions."""
    found = plan([ADA], *LOG, roster=leaving("2026-08-03", "2026-08-03"))
    assert found.waves.select("people", "threshold").rows() == [(2, None)]
    assert waves.UNKNOWN in found.waves["holds"].item()
    assert "season_input_threshold" in found.decisions["situation"]
    assert waves.NONE_PASSES in plan([ADA], *LOG, roster=leaving("2026-08-03"), deletion_threshold=0).waves["holds"].item()


def test_a_job_in_quarantine_makes_the_last_safe_day_two_days_earlier():
    """It runs once a day then: what is done on the last evening does not arrive."""
    known = tenant(*LOG, roster=leaving("2026-08-03"))
    jobs = pl.DataFrame([{"job_id": "job-1", "status": "Quarantine"}], schema=schema.JOBS)
    found = seasons.plan(intervals(ADA), replace(known, jobs=jobs))
    assert found.waves["act_by"].item() == day("2026-08-02")


def test_the_way_back_of_whoever_may_return_has_a_last_safe_instant():
    """Thirty days from the deletion, less two cycles; whom the roster lets go, by id or address, is let go."""
    lines = [*LOG, "bin bob deleted=-20d", "bin cia deleted=-10d", "bin dan deleted=-10d", "bin eve deleted=-31d"]
    found = plan([ADA], *lines, roster=("cia leaving", "@dan leaving")).days
    rows = found.filter(pl.col("subject_kind") == "person").select("subject_id", "deadline_at", "act_by").rows()
    assert rows == [(object_id("bob"), NOW + timedelta(days=10), NOW + timedelta(days=10) - timedelta(minutes=80))]


def test_a_period_ends_at_the_tenants_midnight_less_two_cycles():
    """Of each month in which somebody leaves; in Berlin on 31 October at 23:00 UTC, for the clocks have gone back."""
    found = plan([ADA], *LOG, roster=leaving("2026-10-05", "2026-10-06"), zone="Europe/Berlin").days
    row = found.filter(pl.col("subject_kind") == "period").row(0, named=True)
    assert (row["subject_id"], row["deadline_at"]) == ("2026-10-31", datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert row["act_by"] == datetime(2026, 10, 31, 21, 40, tzinfo=UTC)
    assert row["person"].startswith("2 people due to leave by then: ")


def test_a_day_that_skips_its_midnight_begins_an_hour_later():
    """In Beirut clocks went from midnight to one o'clock on 26 March 2022: the day before ended at 22:00 UTC."""
    found = pl.DataFrame({"day": [date(2022, 3, 26)]}).select(waves.day_ends(pl.col("day"), "Asia/Beirut")).item()
    assert found == datetime(2022, 3, 26, 22, tzinfo=UTC)


def test_the_calendar_holds_each_day_and_no_name_ends_a_line():
    """A name with a line break, as an export may carry it, stays in its entry."""
    known = tenant(*LOG, "bin bob deleted=-20d")
    named = pl.lit("Bob\r\nEND:VCALENDAR\r\nX-EVIL:1")
    found = seasons.plan(intervals(ADA), replace(known, people=known.people.with_columns(display_name=named))).days
    text = links.calendar(found, stamp=NOW)
    assert text.count("BEGIN:VEVENT") == found.height == 1
    assert text.splitlines().count("END:VCALENDAR") == 1 and "X-EVIL" not in [line.partition(":")[0] for line in text.splitlines()]
    starts, ends = ([line.partition(":")[2] for line in text.splitlines() if line.startswith(word)] for word in ("DTSTART", "DTEND"))
    assert starts < ends


def test_the_roster_kept_is_next_years_roster(tmp_path):
    """The table as it is written beside a report is read as a roster again, word for word."""
    found = plan([*SUMMERS, *RUNNING, ADA], *LOG, *USERS, roster=("bob may_return 2026-09-05 2027-04-01",)).keep
    assert found.select("person", "intent", "leaves_on", "returns_on", "times_returned").rows() == [
        ("Bob Bobsen", "may_return", date(2026, 9, 5), date(2027, 4, 1), 2),
        ("Cia Ciasen", "may_return", None, None, 2),  # a day that is only usual is no day
        ("Dan Dansen", "may_return", None, None, 2),
    ]
    (tmp_path / "season_roster.csv").write_text(html.csv(found), encoding="utf-8")
    again = read.tenant(tmp_path).roster
    own = ["object_id", "address", "intent", "leaves_on", "returns_on"]
    assert again.select(own).sort("object_id").equals(found.select(own).sort("object_id"))


def test_desks_are_noted_down_for_those_who_leave():
    """The wave says when; whoever stays keeps the desk."""
    desks = pl.DataFrame(
        [{"target_id": f"r-{who}", "desk": f"2.{number}", "kind": "assigned"} for number, who in enumerate(("ada", "bob"))],
        schema=schema.DESKS,
    )
    known = replace(tenant(*LOG, *USERS, *RECORDS, roster=("bob may_return 2026-08-01",)), desks=desks)
    found = seasons.plan(intervals(ADA, RUNNING[0]), known)
    assert found.desks.select("wave", "person", "leaves_on", "desk").rows() == [(1, "Bob Bobsen", date(2026, 8, 1), "2.1")]
    assert "season_input_desks" not in found.decisions["situation"]


RECORDS = [f"record r-{who} {who}" for who in ("ada", "bob", "cia", "dan")]


def test_only_the_next_weeks_are_decided_now():
    """Who leaves within six weeks is a decision with its first wave; who leaves in autumn is only planned."""
    roster = ("bob may_return 2026-07-31", "cia may_return 2026-11-01")
    row = plan([ADA, *RUNNING], *LOG, *USERS, roster=roster).decisions.row(0, named=True)
    assert (row["situation"], row["people"], row["first_names"]) == ("season_leaves", 1, "Bob Bobsen")
    assert row["by"] == datetime(2026, 7, 31, 22, 40, tzinfo=UTC) and row["person_ids"] == object_id("bob")
    later = plan([ADA, *RUNNING], *LOG, *USERS, roster=roster[1:]).decisions
    assert later["people"].to_list() == [None] * later.height


def test_a_tenant_without_anything_to_plan_by_says_so():
    """No roster, no seasons, nobody who came back: what cannot be known is said, and what to supply."""
    known = tenant(*LOG, *USERS)
    found = seasons.plan(intervals(ADA), known)
    said = show.answer_season(found, known).bundle
    assert said["text/plain"].startswith("These exports cannot say who leaves and returns")
    assert found.decisions["situation"].to_list() == ["season_input_roster", "season_input_seasons"]
    assert [number["high"] for number in said[show.ANSWER]["numbers"]] == [0, 0, None]
    assert all(frame.is_empty() for frame in (found.seasons, found.returned, found.due, found.waves, found.days, found.keep))


def test_a_tenant_nothing_was_ever_observed_of_cannot_be_planned_for():
    """Without an instant there is no ahead."""
    known = replace(tenant(), settings={**tenant().settings, "as_of": schema.Setting(None, "inputs")})
    with pytest.raises(UsageError, match="say in tenant.toml when"):
        seasons.plan(intervals(), known)
    with pytest.raises(UsageError, match="deletion_threshold: -1 is below 0"):
        seasons.plan(intervals(), tenant(), deletion_threshold=-1)


def test_the_frames_of_a_plan_have_their_schemas():
    """Also of a tenant of which nothing is known, so that a page of it has all its columns."""
    expected = [
        schema.PLAN_BASIS, schema.SEASONS, schema.RETURNS, schema.DUE, schema.FORECAST, schema.WAVES, schema.DEADLINES, schema.KEEP,
        schema.DESKS_TO_NOTE, schema.DECISIONS,
    ]  # fmt: skip
    for found in (plan([]), plan([*SUMMERS, *RUNNING, ADA], *LOG, *USERS, *RECORDS)):
        assert [frame.schema for frame in found] == expected


def test_the_answer_counts_people_and_says_what_is_expected():
    """Each number of the first line is one of the plan's."""
    known = tenant(*LOG, *USERS, seasons=[{"name": str(y), "first_day": date(y, 5, 1), "last_day": date(y, 9, 30)} for y in (2024, 2025)])
    found = seasons.plan(intervals(*SUMMERS, *RUNNING, ADA), known)
    assert show.answer_season(found, known).bundle["text/plain"] == (
        "3 people came back in earlier seasons. 3 people are due to leave and 0 to return within a year, the first on 21 Sep 2026. "
        "The next season is expected to take 4 people on its busiest day."
    )


@pytest.mark.parametrize("is_empty", [False, True])
def test_charts_say_what_to_see_and_draw_what_they_are_given(is_empty):
    """A title in words, a reading, and each field a column of what is drawn; without rows too."""
    found = plan([*SUMMERS, *RUNNING, ADA], *LOG, *USERS)
    due, ranges = (frame.clear() if is_empty else frame for frame in (found.due, found.forecast))
    for drawn in (charts.due(due, as_of=NOW, zone="Asia/Tokyo"), charts.forecast(ranges)):
        spec = drawn.to_dict()
        assert spec["title"]["text"] and spec["title"]["subtitle"]
        assert is_empty or show.chart(drawn).bundle["image/svg+xml"].startswith("<svg")
    assert is_empty or "2026-09-21" in str(charts.due(due, as_of=NOW, zone="Asia/Tokyo").to_dict()["datasets"])


@pytest.mark.parametrize("name", ["winter", "troubled", "healthy"])
def test_whoever_really_came_back_is_told(name):
    """Every absence of three weeks that the simulated world knows, and no other, to the second."""
    known = read.tenant(SAMPLES / name)
    found = seasons.plan(seats.intervals(known), known).returned.filter(pl.col("back_at").is_not_null())
    with (SAMPLES / name / "truth" / "intervals.csv").open(encoding="utf-8") as file:
        really = pl.read_csv(io.StringIO(file.read())).with_columns(pl.col("on_at", "off_at").str.to_datetime(time_zone="UTC"))
    gaps = really.sort("person", "on_at").with_columns(left_at=pl.col("off_at").cum_max().shift(1).over("person"))
    gaps = gaps.filter(pl.col("on_at") - pl.col("left_at") >= absences.LEAST_AWAY)
    log_ends = known.events.filter("counted").select(pl.col("at").max()).collect().item()
    told = found.filter(pl.col("back_at") <= log_ends).select("left_at", "back_at")
    assert sorted(told.rows()) == sorted(gaps.select("left_at", "on_at").rows()) and gaps.height > 0
