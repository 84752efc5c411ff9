"""One period counted by the rules that a page sets side by side."""

from datetime import date

import polars as pl

from scimlab import seats
from scimlab.schema import Tenant

RULES = ("snapshot_end", "user_days_prorated", "peak_daily", "any_active_full")


def counts(intervals: pl.DataFrame, period: tuple[date, date], tenant: Tenant) -> pl.DataFrame:
    """A row a rule: what it makes of the same intervals, in the tenant's zone and by its terms.

    intervals: INTERVALS. period: the first day and the day after the last. returns: SEATS.
    """
    terms = tenant.settings["terms"].value
    return pl.concat(seats.count(intervals, policy=rule, period=period, zone=tenant.zone, terms=terms) for rule in RULES)
