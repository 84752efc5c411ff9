"""How many people were active, when, and by which event: INTERVALS, and what each counting rule makes of them."""

import polars as pl

from scimlab import people
from scimlab.schema import INTERVALS, Tenant
from scimlab.seats.counted import counted, seat_days
from scimlab.seats.counting import count, counts, daily
from scimlab.seats.evidence import told_by
from scimlab.seats.facts import facts, reach
from scimlab.seats.owners import expected, owned
from scimlab.seats.periods import default_period, months
from scimlab.seats.policies import POLICIES
from scimlab.seats.spans import bounded, ranges, stretches

__all__ = ["POLICIES", "count", "counted", "counts", "daily", "default_period", "intervals", "months", "seat_days"]


def intervals(tenant: Tenant) -> pl.DataFrame:
    """Each span in which a record was active, its ends as ranges that hold the truth, each with the evidence behind it.

    An end is exact where the log or the app saw it, given that nobody changes the flag by hand in the app while the
    log runs. Where history is cut, and where a list contradicts the log, the end is a range; a span that may not have been
    at all has `on_at_max` after `off_at_min`.

    tenant: its counted events, records, people (for the kind of account) and settings `as_of` and `exclude`.
    returns: INTERVALS by person_id, target_id, on_at_max; empty where no record is known. `target_id` is null where the log carries none.
    source: domain.md 4 in words: half-open intervals in the app's own time; missing history gives bounds, not a value.
    """
    identities = people.identities(tenant)
    span = reach(tenant)
    known = facts(tenant, expected(identities, tenant), span)
    if tenant.as_of is not None:
        known = known.filter(pl.col("at") <= tenant.as_of)
    listed = tenant.records["target_id"].drop_nulls().cast(pl.Categorical)
    records = pl.concat([known["record"], listed]).unique()
    rows = bounded(known, records, span, tenant.as_of)
    named = pl.DataFrame({"key": records.to_physical(), "record": records.cast(pl.String)})
    found = ranges(stretches(rows)).join(named, on="key")
    found = _evidenced(found, rows)
    return (
        owned(found, identities, tenant)
        .select(pl.col(name).cast(dtype) for name, dtype in INTERVALS.items())
        .sort("person_id", "target_id", "on_at_max", "off_at_min", nulls_last=False)
    )


def _evidenced(found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The facts at each end in words: one where it is exact, two where it lies between them or they contradict each other."""
    on_by, on_until, off_by, off_until = (told_by(rows, found[column]) for column in ("on_by", "on_until", "off_by", "off_until"))
    on_link = pl.when("on_contradicted").then(pl.lit("; yet ")).otherwise(pl.lit("; then "))
    off_link = pl.when("off_contradicted").then(pl.lit("; yet ")).otherwise(pl.lit("; then "))
    told = found.with_columns(on_by=on_by, on_until=on_until, off_by=off_by, off_until=off_until)
    off = (
        pl.when(pl.col("off_until").is_null())
        .then(pl.concat_str(pl.lit("not seen to end"), pl.lit("; ") + pl.col("off_by"), ignore_nulls=True))
        .otherwise(pl.concat_str(pl.col("off_by") + off_link, "off_until", ignore_nulls=True))
    )
    on = pl.concat_str(pl.col("on_by") + on_link, "on_until", ignore_nulls=True)
    doubt = pl.when("on_contradicted").then(pl.lit("sources disagree")).otherwise(pl.lit("nothing says"))
    unseen = pl.when("is_seen").then(pl.lit("")).otherwise(doubt + pl.lit(" whether it was active: "))
    return told.with_columns(on_evidence=unseen + on, off_evidence=off)
