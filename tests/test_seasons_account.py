"""Everything a page on seats shows, put together: typed by hand, and where nothing says when anything was."""

from datetime import date

import polars as pl
import pytest
from typed_tenant import address, tenant

from scimlab import charts, schema, seasons, seats, show

MAY = (date(2026, 5, 1), date(2026, 6, 1))  # typed tenants are judged on 30 June
LINES = [
    "user ada", "create ada r1 -90d", "record r1 ada active key=ada",
    # disabled since 21 May, and the app will not switch him off
    "user ben disabled", "create ben r2 -90d", "done ben Disable_account -40d", "disable ben r2 -40d failure=target_refused_state_change",
    "record r2 ben active key=ben",
    "user kiosk", "create kiosk r3 -90d", "record r3 kiosk active key=kiosk",
]  # fmt: skip


@pytest.fixture(scope="module")
def found():
    """The account of May: one needless seat, one account left out, eleven on the bill."""
    typed = tenant(*LINES, exclude=[{"address": address("kiosk"), "reason": "lobby screen"}], terms={"price": 31, "currency": "EUR"})
    return seasons.account(seats.intervals(typed), typed, period=MAY, billed=11)


def test_months_are_those_that_have_ended(found):
    """The log begins on the first of April; June is not over at noon on its last day."""
    assert found.months.select(pl.col("period_start").dt.month(), "snapshot_end", "any_active_full_high").rows() == [
        (4, "2", 2),
        (5, "2", 2),
    ]
    assert found.months.schema == schema.MONTHS


def test_kinds_stand_apart_with_their_reasons(found):
    """Two members held a seat; the kiosk is left out, and why."""
    assert found.kinds.select("kind", "people", "days_low", "reasons").rows() == [
        ("member", 2, 62, None),
        ("service", 1, None, "lobby screen"),
    ]
    assert set(found.counted["person"]) == {"Ben Bensen", "Ada Adasen"}


def test_what_is_to_be_settled(found):
    """A needless seat that goes on, for ten days of May, comes before the question for the rule; here all rules agree."""
    decided = show.to_settle(found)
    assert decided.select("situation", "people", "first_names").rows() == [("paid_though_disabled", 1, "Ben Bensen")]
    assert decided["cost"].item().startswith("10 days of a seat in this period, at the most, 10.00 EUR;")
    assert decided.schema == schema.DECISIONS


def test_a_number_alone_is_laid_beside_the_rules(found):
    """Eleven were billed, two were active: no rule fits, and nobody is named."""
    assert found.bills["difference"].to_list() == [9] * 5 and found.billed.is_empty() and found.letter.is_empty()


def test_the_charts_draw_it(found):
    """A season is a band with its name, and each rule a line."""
    named = pl.DataFrame([{"name": "spring", "first_day": date(2026, 4, 10), "last_day": date(2026, 5, 5)}], schema=schema.SEASONS)
    drawn = charts.active_people(found.daily, zone="UTC", period=MAY, seasons=named).to_dict()
    assert any(row.get("name") == "spring" for rows in drawn["datasets"].values() for row in rows)
    assert "each season is dashed and named" in " ".join(drawn["title"]["subtitle"])
    assert charts.seats_by_month(found.by_month, zone="UTC").to_dict()["title"]["text"] == ["All rules count the same in every month"]
    assert "No month" in charts.seats_by_month(found.by_month.clear(), zone="UTC").to_dict()["title"]["text"][0]


def test_without_any_time_it_says_so():
    """No period is known, so nothing is counted: each rule has the reason, every other frame its columns."""
    typed = tenant("user ada", "record r1 ada active", as_of=None, taken="", exclude=[], terms={})
    found = seasons.account(seats.intervals(typed), typed, period=show.period(typed, "", ""))
    assert found.period is None and found.counts["high"].null_count() == 4
    assert found.counts["reason"].unique().item().startswith("nothing in these exports says when anything was")
    assert all(getattr(found, name).is_empty() for name in found._fields if name not in ("period", "counts"))
    assert show.to_settle(found).is_empty()
