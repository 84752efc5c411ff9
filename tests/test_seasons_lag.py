"""The boundary of a period: a change in Entra before it that arrives in the app after it."""

from datetime import date

import polars as pl
from typed_tenant import tenant

from scimlab import seasons, seats

# Typed tenants are judged at noon on 30 June, in UTC: midnight before it is twelve hours back.
UNTIL = (date(2026, 5, 30), date(2026, 6, 30))
MADE = ["create ada r1 -90d", "record r1 ada inactive key=ada", "user ada disabled"]


def late(*lines: str, period=UNTIL, zone: str = "UTC") -> pl.DataFrame:
    """LATE at the two ends of the period."""
    typed = tenant("user zoe", *lines, exclude=[], zone=zone)
    return seasons.late(typed, seats.intervals(typed), period=period)


def test_disabled_before_midnight_inactive_after_it():
    """Ten minutes before midnight in Entra, half an hour after it in the app: the seat went on into the next period."""
    found = late(*MADE, "done ada Disable_account -730m", "disable ada r1 -690m")
    assert found.select("boundary_on", "why", "minutes", "is_certain").rows() == [(date(2026, 6, 30), "disabled", 40, True)]
    assert found["evidence"].item().startswith("Disable account 2026-06-29 23:50:00 UTC")
    assert found["off_evidence"].item().startswith("disable succeeded, inactive 2026-06-30 00:30:00 UTC")


def test_the_boundary_is_midnight_in_the_zone():
    """In Berlin midnight was two hours earlier, and both lie behind it."""
    assert late(*MADE, "done ada Disable_account -730m", "disable ada r1 -690m", zone="Europe/Berlin").is_empty()


def test_both_before_or_both_after_are_no_lag():
    """Disabled and inactive on the same side of midnight is nothing to tell."""
    assert late(*MADE, "done ada Disable_account -800m", "disable ada r1 -760m").is_empty()
    assert late(*MADE, "done ada Disable_account -700m", "disable ada r1 -660m").is_empty()


def test_without_the_directorys_log_it_is_possible_only():
    """The cycle before midnight had seen nothing, the one after it switched her off: the change may have been made before."""
    log = ["create ada r1 -90d cycle=a", "create zoe r2 -730m cycle=b", "disable ada r1 -690m cycle=c"]
    found = late(*log, *MADE[1:])
    assert found.select("is_certain", pl.col("changed_at_min", "changed_at_max").dt.strftime("%H:%M")).rows() == [(False, "23:50", "00:30")]


def test_what_comes_days_later_is_leakage():
    """A change that took three days is no lag of a cycle."""
    assert late(*MADE, "done ada Disable_account -70h", "disable ada r1 -2h", period=(date(2026, 6, 28), date(2026, 7, 1))).is_empty()
