"""Who was counted: each person's share, which add up to what each rule counts, and each seat-day with its events."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from test_seats_policies import LIVED, PERIOD, START, ZONES, spans

from scimlab import seats
from scimlab.schema import COUNTED, INTERVALS, SEAT_DAYS

WEEK = (date(2026, 6, 1), date(2026, 6, 8))


def test_each_share_by_hand():
    """Ann all week by two records, ben from Tuesday for three days, eve perhaps until the end; kay is a service account."""
    held = spans(
        "ann r1 2026-05-01 2026-06-05",
        "ann r2 2026-06-04 2026-07-01",
        "ben r3 2026-06-02T09:00 2026-06-04T17:00",
        "eve r4 2026-06-03 2026-06-04..2026-06-09 guest",
        "kay r5 2026-05-01 2026-07-01 service",
    )
    found = seats.counted(held, period=WEEK, zone="UTC")
    assert found.select("person_id", "kind", "records", "target_ids", "days_low", "days_high").rows() == [
        ("ann", "member", 2, "r1, r2", 7, 7),
        ("ben", "member", 1, "r3", 3, 3),
        ("eve", "guest", 1, "r4", 1, 5),
    ]
    # The busiest day is the 3rd.
    assert found.select("last_low", "last_high", "busiest_low", "busiest_high", "any_low").rows() == [
        (1, 1, 1, 1, 1),
        (0, 0, 1, 1, 1),
        (0, 1, 1, 1, 1),
    ]
    assert found.select(pl.col("first_day", "last_day").dt.day()).rows() == [(1, 7), (2, 4), (3, 7)]


def test_nobody():
    """Without intervals nobody is counted."""
    assert seats.counted(INTERVALS.to_frame(), period=WEEK, zone="UTC").equals(COUNTED.to_frame())
    assert seats.seat_days(INTERVALS.to_frame(), period=WEEK, zone="UTC").equals(SEAT_DAYS.to_frame())


def lived(rows: list[tuple]) -> pl.DataFrame:
    """INTERVALS, each end of them an hour wide."""
    ends = [
        [START + timedelta(minutes=30 * number) for number in (min(a, b), min(a, b) + 2, max(a, b), max(a, b) + 2)] for *_, a, b in rows
    ]
    typed = [[person, record, "member", *each, "on", "off"] for (person, record, _, _), each in zip(rows, ends, strict=True)]
    return pl.DataFrame(typed, schema=INTERVALS, orient="row")


@given(LIVED, st.sampled_from(ZONES))
def test_shares_add_up_to_what_each_rule_counts(rows, zone):
    """The sum over all people is the rule's own number, at the least and at the most; the busiest day's is at the most."""
    held = lived(rows)
    found = seats.counted(held, period=PERIOD, zone=zone)
    days = (PERIOD[1] - PERIOD[0]).days
    for policy, name in {"snapshot_end": "last", "user_days_prorated": "days", "any_active_full": "any", "peak_daily": "busiest"}.items():
        low, high = seats.count(held, policy=policy, period=PERIOD, zone=zone).select("low", "high").row(0)
        by = days if name == "days" else 1
        assert abs(found[f"{name}_high"].sum() / by - high) < 1e-9, policy
        assert abs(found[f"{name}_low"].sum() / by - low) < 1e-9 or (name == "busiest" and found["busiest_low"].sum() <= low), policy


@given(LIVED, st.sampled_from(ZONES))
def test_seat_days_are_the_days_of_the_records(rows, zone):
    """Each record and day stands once, people's days are those counted, and each row says what opened and closed it."""
    held = lived(rows)
    found = seats.seat_days(held, period=PERIOD, zone=zone)
    assert not found.select("person_id", "target_id", "day").is_duplicated().any()
    people = found.select("person_id", "day", "is_certain")
    sums = seats.counted(held, period=PERIOD, zone=zone).select(pl.col("days_low", "days_high").sum()).row(0)
    assert (people.filter("is_certain").unique(["person_id", "day"]).height, people.unique(["person_id", "day"]).height) == sums
    assert set(found["on_evidence"]) | set(found["off_evidence"]) <= {"on", "off"}


def test_a_day_says_what_opened_and_what_closed_it():
    """Off and on again on one day: what began the first and what ended the last."""
    held = spans("ann r1 2026-06-01 2026-06-03T10:00", "ann r1 2026-06-03T12:00 2026-06-05")
    held = held.with_columns(on_evidence=pl.Series(["create", "update"]), off_evidence=pl.Series(["disable", "delete"]))
    found = seats.seat_days(held, period=WEEK, zone="UTC").select(pl.col("day").dt.day(), "on_evidence", "off_evidence")
    assert found.rows() == [(1, "create", "disable"), (2, "create", "disable"), (3, "create", "delete"), (4, "update", "delete")]
