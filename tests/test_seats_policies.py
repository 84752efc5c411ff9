"""Each counting rule against examples worked by hand, and all of them against counting half-hour by half-hour."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimlab import seats
from scimlab.errors import UsageError
from scimlab.schema import ACTIVITY, INTERVALS, SEATS, Setting, Tenant

APRIL = (date(2026, 4, 1), date(2026, 5, 1))  # 30 days
WEEK = (date(2026, 6, 1), date(2026, 6, 11))  # 10 days


def at(text: str | None, zone: str = "UTC") -> datetime | None:
    """An instant by the zone's clocks."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def spans(*rows: str, zone: str = "UTC") -> pl.DataFrame:
    """INTERVALS of lines `person record on off`, an end `a..b` a range, `?` unknown, a kind behind."""
    typed = []
    for person, record, on, off, *kind in (row.split() for row in rows):
        ends = [None if end == "?" else at(end, zone) for each in (on, off) for end in (each.split("..") * 2)[:2]]
        typed.append([person, record, *(kind or ["member"]), *ends, None, None])
    return pl.DataFrame(typed, schema=INTERVALS, orient="row")


def bounds(intervals: pl.DataFrame, policy: str, period=APRIL, zone="UTC", **given) -> tuple[float, float]:
    """`low` and `high`, rounded."""
    found = seats.count(intervals, policy=policy, period=period, zone=zone, **given)
    assert found.schema == SEATS and len(found) == 1
    return tuple(value if value is None else round(value, 4) for value in found.select("low", "high").row(0))


# Four people in April: one all along, one to the 15th (half), one only on the 20th, one who left before.
SEASON = spans(
    "ann r1 2026-01-01 2026-09-01",
    "ben r2 2026-03-10 2026-04-16",
    "cid r3 2026-04-20T10:00 2026-04-20T18:00",
    "dan r4 2026-02-01 2026-04-01",  # off at the first instant of April: not active in it
)

WORKED = {
    "snapshot_start": 2,  # ann, ben
    "snapshot_end": 1,  # ann
    "peak_daily": 2,  # ann and ben, then ann and cid
    "peak_instant": 2,
    "average_daily": 1.5333,  # (30 + 15 + 1) / 30
    "user_days_prorated": 1.5333,
    "any_active_full": 3,
    "max_quantity_prorated": 2,  # cid takes the seat that ben left
    "github_metered": 2.3667,  # 30/30 + 30/30 + 11/30: cid pays from the 20th on
    "p99_highwater": 2,
}


@pytest.mark.parametrize(("policy", "expected"), WORKED.items(), ids=WORKED)
def test_worked_by_hand(policy, expected):
    """A season of four people, worked by hand under each rule that needs nothing else."""
    assert bounds(SEASON, policy) == (expected, expected)


def test_half_a_month_is_half_a_seat():
    """The source's own example: from 1 to 15 April is half the month."""
    assert bounds(spans("a r 2026-04-01 2026-04-16"), "user_days_prorated") == (0.5, 0.5)


def test_a_snapshot_at_an_hour_sees_only_that_hour():
    """Counted at 09:30, somebody active from ten to six is not there; of the whole day, he is."""
    cid = spans("cid r 2026-04-20T10:00 2026-04-20T18:00")
    assert bounds(cid, "peak_daily") == (1, 1)
    assert bounds(cid, "peak_daily", terms={"at": "09:30"}) == (0, 0)
    assert bounds(cid, "average_daily", terms={"at": "10:00"}) == (0.0333, 0.0333)


def test_the_days_are_the_zones():
    """23:30 UTC on the last of the month is the next month in Berlin: one day, and perhaps one month, more."""
    late = spans("ann r 2026-03-01 2026-03-31T22:30")
    assert bounds(late, "any_active_full", zone="UTC") == (0, 0)
    assert bounds(late, "any_active_full", zone="Europe/Berlin") == (1, 1)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)], ids=["23 hours", "25 hours"])
def test_a_day_of_any_length_is_a_day(day, hours):
    """The days on which clocks change have 23 and 25 hours and count as one."""
    first = date.fromisoformat(day)
    one, end = (first, first + timedelta(days=1)), (first + timedelta(days=1)).isoformat()
    whole = spans(f"ann r {day} {end}", zone="Europe/Berlin")
    assert whole.select((pl.col("off_at_min") - pl.col("on_at_min")).dt.total_hours()).item() == hours
    assert bounds(whole, "user_days_prorated", period=one, zone="Europe/Berlin") == (1, 1)
    assert bounds(whole, "p99_highwater", period=one, zone="Europe/Berlin") == (1, 1)


def test_a_leap_day_is_a_day():
    """February 2028 has 29 days, and half a seat is 14.5 of them."""
    leap = (date(2028, 2, 1), date(2028, 3, 1))
    assert bounds(spans("ann r 2028-02-29 2028-03-05"), "user_days_prorated", period=leap) == (round(1 / 29, 4),) * 2


def test_off_and_on_the_same_day_counts_once():
    """Disabled and enabled again within a day is that day once, by one record or by two."""
    same = spans("ann r1 2026-04-01 2026-04-10T08:00", "ann r1 2026-04-10T12:00 2026-04-11", "ann r2 2026-04-10T09:00 2026-04-10T10:00")
    assert bounds(same, "user_days_prorated") == (round(10 / 30, 4),) * 2
    assert bounds(same, "peak_daily") == (1, 1)


def test_a_person_with_two_records_is_one_person():
    """People are counted, and the records beside them show who is paid for twice."""
    found = seats.count(spans("ann r1 2026-04-01 2026-04-20", "ann r2 2026-04-10 ?"), policy="any_active_full", period=APRIL, zone="UTC")
    assert found.select("high", "people", "records").row(0) == (1, 1, 2)


def test_the_rule_of_an_instant_looks_at_that_instant():
    """People and records of a snapshot are those of its instant, not of the month."""
    found = seats.count(SEASON, policy="snapshot_end", period=APRIL, zone="UTC")
    assert found.select("people", "records").row(0) == (1, 1)


RANGES = {
    # on at the latest by the 11th, perhaps since ever: 20 days for sure, 30 at the most
    "start unknown": ("a r ?..2026-04-11 2026-06-01", (0.6667, 1)),
    # last seen on the 10th at midnight, not seen to end
    "end unknown": ("a r 2026-03-01 2026-04-11..?", (0.3333, 1)),
    # perhaps never on
    "perhaps never": ("a r 2026-04-01..2026-04-16 2026-04-01..2026-04-16", (0, 0.5)),
    # seen active at one instant of one list
    "one sight": ("a r 2026-04-01..2026-04-10 2026-04-10..2026-04-16", (0.0333, 0.5)),
    # nothing known of the beginning nor of the end
    "unknown": ("a r ?..2026-04-10 ?..2026-04-10", (0, 0.3)),
}


@pytest.mark.parametrize(("row", "expected"), RANGES.values(), ids=RANGES)
def test_unknown_ends_give_a_range(row, expected):
    """Ends that are ranges give a count that is a range, from what is sure to what is possible."""
    assert bounds(spans(row), "user_days_prorated") == expected


def test_service_accounts_are_not_counted_and_guests_are():
    """Excluded accounts hold no seat; guests and unmanaged people do."""
    mixed = spans(*(f"{kind} r-{kind} 2026-04-01 2026-05-01 {kind}" for kind in ("member", "guest", "service", "unmanaged")))
    assert bounds(mixed, "snapshot_end") == (3, 3)


MQB = spans(
    "a r1 2026-01-01 2026-06-05",  # two at the start; one leaves on the 5th: no credit
    "b r2 2026-01-01 2026-09-01",
    "c r3 2026-06-06 2026-09-01",  # takes the free seat
    "d r4 2026-06-09 2026-09-01",  # a third at once, for 2 of 10 days
)


def test_max_quantity_bills_each_new_maximum_for_the_days_left():
    """Two in full, the third for two of ten days: 2.2."""
    assert bounds(MQB, "max_quantity_prorated", period=WEEK) == (2.2, 2.2)


def test_the_contract_is_the_least():
    """Below the contract it is the contract; above, its days; without one, a reason and no number."""
    assert bounds(MQB, "committed", period=WEEK, terms={"contract": 5}) == (5, 5)
    assert bounds(MQB, "committed", period=WEEK, terms={"contract": 2}) == (2.2, 2.2)
    found = seats.count(MQB, policy="committed", period=WEEK, zone="UTC")
    assert found["low"].item() is None and "[terms]" in found["reason"].item()


def test_one_percent_of_hours_are_set_aside():
    """Of 240 hours the two highest are set aside: a peak of two hours is free, of three it counts."""
    steady = "a r1 2026-06-01 2026-06-11"
    assert bounds(spans(steady, "b r2 2026-06-03T10:00 2026-06-03T12:00"), "p99_highwater", period=WEEK) == (1, 1)
    assert bounds(spans(steady, "b r2 2026-06-03T10:00 2026-06-03T12:30"), "p99_highwater", period=WEEK) == (2, 2)


def acts(*rows: str) -> pl.DataFrame:
    """ACTIVITY of lines `person at`."""
    typed = [{"object_id": person, "at": at(when)} for person, when in (row.split() for row in rows)]
    return pl.DataFrame(typed, schema=ACTIVITY)


# The activity reaches from May to July, so that each window in the week is covered.
ACTED = acts("zoe 2026-05-01", "ann 2026-05-06T23:00", "ben 2026-06-04", "dan 2026-06-05", "zoe 2026-07-01")
HELD = spans("ann r1 2026-01-01 2026-09-01", "ben r2 2026-06-01 2026-06-08", "eve r3 2026-01-01 2026-09-01")


def test_fair_billing_counts_days_within_the_window():
    """Ann acted on 6 May: within 28 days to 2 June, two days. Ben from his act on the 4th to his end, four. Eve never."""
    assert bounds(HELD, "activity_window_28", period=WEEK, activity=ACTED) == (0.6, 0.6)
    assert bounds(HELD, "activity_window_28", period=WEEK, activity=ACTED, terms={"window_days": 14}) == (0.4, 0.4)


def test_activity_that_does_not_reach_back_is_a_range():
    """Acts known from 3 June on only: before, any day of anybody may have been within a window."""
    late = acts("ben 2026-06-04", "zoe 2026-06-03", "zoe 2026-07-01")
    assert bounds(HELD, "activity_window_28", period=WEEK, activity=late) == (0.4, 2.7)
    # with two days' grace the days before the 4th are open: three of each, and ben's own two
    assert bounds(HELD, "activity_window_28", period=WEEK, activity=late, terms={"window_days": 2}) == (0.2, 1.1)


def test_monthly_active_users_did_something():
    """Of three who held a seat, ben acted within the period; dan acted but held none."""
    assert bounds(HELD, "mau", period=WEEK, activity=ACTED) == (1, 1)
    assert bounds(HELD, "mau", period=WEEK, activity=acts("ben 2026-06-04")) == (1, 3)


@pytest.mark.parametrize("policy", ["mau", "activity_window_28"])
def test_without_activity_a_reason(policy):
    """A rule that counts acts gives no number without them, and says why."""
    found = seats.count(HELD, policy=policy, period=WEEK, zone="UTC", activity=ACTIVITY.to_frame())
    assert found.select("low", "high").row(0) == (None, None) and "no activity" in found["reason"].item()


def test_money_only_by_the_terms():
    """The price of what was counted, of the minimum at the least; none without a price."""
    terms = {"price": 6.5, "currency": "EUR", "minimum": 2}
    found = seats.count(SEASON, policy="snapshot_end", period=APRIL, zone="UTC", terms=terms)
    assert found.select("low", "money_low", "money_high", "currency").row(0) == (1, 13, 13, "EUR")
    free = seats.count(SEASON, policy="snapshot_end", period=APRIL, zone="UTC", terms={"currency": "EUR"})
    assert free.select("money_low", "money_high", "currency").row(0) == (None, None, None)


WRONG = {
    "policy": ({"policy": "peak"}, "no policy 'peak'.*give one of snapshot_start, snapshot_end"),
    "zone": ({"zone": "Mars/Olympus"}, "no time zone 'Mars/Olympus'"),
    "path for a zone": ({"zone": "../../etc"}, "no time zone"),
    "no day": ({"period": (date(2026, 5, 1), date(2026, 5, 1))}, "holds no day"),
    "instants": ({"period": (datetime(2026, 5, 1), datetime(2026, 6, 1))}, "give two dates"),
    "price in quotes": ({"terms": {"price": "6.5"}}, "'6.5' is no number"),
    "hour": ({"policy": "peak_daily", "terms": {"at": "half past nine"}}, "no time of day"),
}


@pytest.mark.parametrize(("wrong", "says"), WRONG.values(), ids=WRONG)
def test_wrong_use_is_told(wrong, says):
    """A wrong name, zone, period or term stops with a sentence that says what to give."""
    with pytest.raises(UsageError, match=says):
        seats.count(SEASON, **{"policy": "snapshot_end", "period": APRIL, "zone": "UTC"} | wrong)


@pytest.mark.parametrize("policy", [name for name in seats.POLICIES if "needs" not in seats.POLICIES[name]])
def test_nobody_is_nothing(policy):
    """Without intervals each rule counts nought."""
    assert bounds(INTERVALS.to_frame(), policy) == (0, 0)


def test_each_policy_says_what_it_is():
    """Every rule has its prose, its source and its unit."""
    assert all({"prose", "source", "unit"} <= set(rule) for rule in seats.POLICIES.values())


def test_daily_is_a_row_a_day():
    """Each day of the period once, with who was there at any instant of it, at the least and at the most."""
    found = seats.daily(spans("a r1 2026-06-02T23:00 2026-06-04", "b r2 2026-06-03..2026-06-04 ?"), period=WEEK, zone="UTC")
    assert found.head(4).rows() == [(date(2026, 6, 1), 0, 0), (date(2026, 6, 2), 1, 1), (date(2026, 6, 3), 1, 2), (date(2026, 6, 4), 0, 1)]
    assert len(found) == 10 and found.tail(1).row(0) == (date(2026, 6, 10), 0, 1)


@pytest.mark.parametrize(
    ("as_of", "zone", "expected"),
    [
        ("2026-09-02T06:00", "UTC", (date(2026, 8, 1), date(2026, 9, 1))),
        # still August in New York
        ("2026-09-01T02:00", "America/New_York", (date(2026, 7, 1), date(2026, 8, 1))),
        ("2026-01-01T00:00", "UTC", (date(2025, 12, 1), date(2026, 1, 1))),
    ],
    ids=["whole", "zone", "year"],
)
def test_default_period_is_the_last_month_ended(as_of, zone, expected):
    """The last whole calendar month in the tenant's zone that had ended."""
    tenant = Tenant("t", {"as_of": Setting(at(as_of), "inputs"), "zone": Setting(zone, "default")})
    assert seats.default_period(tenant) == expected


def test_no_period_without_an_instant():
    """Where nothing was ever observed no month has ended, and a period must be given."""
    with pytest.raises(UsageError, match="give a period"):
        seats.default_period(Tenant("t", {"as_of": Setting(None, "inputs"), "zone": Setting("UTC", "default")}))


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]
START = datetime(2026, 3, 27, tzinfo=UTC)  # the clocks of Berlin change on the 29th
PERIOD = (date(2026, 3, 28), date(2026, 3, 31))
HALF_HOURS = st.integers(0, 48 * 6)
LIVED = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), HALF_HOURS, HALF_HOURS), max_size=6)


def by_the_half_hour(rows: list[tuple], zone: str) -> dict[str, float]:
    """The same counts, by looking at every half-hour of the period, one after the other."""
    instants = [START + timedelta(minutes=30 * number) for number in range(48 * 8)]
    local = [(number, each.astimezone(ZoneInfo(zone)).date()) for number, each in enumerate(instants)]
    there = [(day, {person for person, _, on, off in rows if on <= number < off}) for number, day in local if PERIOD[0] <= day < PERIOD[1]]
    of_day = {day: set().union(*(who for each, who in there if each == day)) for day, _ in there}
    peaks = [max(len(who) for day, who in there if day <= each) for each in of_day]
    first = {person: min(day for day, who in of_day.items() if person in who) for person in set().union(*of_day.values())}
    return {
        "snapshot_start": len(there[0][1]),
        "snapshot_end": len(there[-1][1]),
        "peak_daily": max(map(len, of_day.values())),
        "peak_instant": max(len(who) for _, who in there),
        "average_daily": sum(map(len, of_day.values())) / 3,
        "user_days_prorated": sum(map(len, of_day.values())) / 3,
        "any_active_full": len(first),
        "max_quantity_prorated": sum(peaks) / 3,
        "github_metered": sum((PERIOD[1] - day).days for day in first.values()) / 3,
    }


@given(LIVED, st.sampled_from(ZONES), st.randoms())
def test_many_periods_are_counted_as_each_by_itself(rows, zone, chance):
    """Going through the evidence once for all periods, which may overlap, gives what each gives alone, whatever order it comes in."""
    when = [[START + timedelta(minutes=30 * number) for number in (min(a, b), min(a, b), max(a, b), max(a, b))] for _, _, a, b in rows]
    typed = [[person, record, "member", *ends, None, None] for (person, record, _, _), ends in zip(rows, when, strict=True)]
    chance.shuffle(typed)
    found = pl.DataFrame(typed, schema=INTERVALS, orient="row")
    policies = [name for name, rule in seats.POLICIES.items() if "needs" not in rule]
    periods = [PERIOD, (date(2026, 3, 27), date(2026, 3, 29)), (date(2026, 3, 29), date(2026, 4, 9))]
    alone = [seats.count(found, policy=policy, period=period, zone=zone) for period in periods for policy in policies]
    assert seats.counts(found, policies=policies, periods=periods, zone=zone).equals(pl.concat(alone))


@given(LIVED, st.sampled_from(ZONES))
def test_every_rule_equals_looking_at_each_half_hour(rows, zone):
    """The rules give what counting half-hour by half-hour gives, in any zone, over a change of clocks."""
    rows = [(person, record, min(a, b), max(a, b)) for person, record, a, b in rows if a != b]
    when = [[START + timedelta(minutes=30 * number) for number in (on, on, off, off)] for _, _, on, off in rows]
    typed = [[person, record, "member", *ends, None, None] for (person, record, _, _), ends in zip(rows, when, strict=True)]
    found = pl.DataFrame(typed, schema=INTERVALS, orient="row")
    for policy, expected in by_the_half_hour(rows, zone).items():
        assert bounds(found, policy, period=PERIOD, zone=zone) == (pytest.approx(expected, abs=1e-4),) * 2, policy
