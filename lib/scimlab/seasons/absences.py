"""When nobody of Entra stood behind a person's seat: every object disabled, deleted or unassigned, or not yet made."""

import polars as pl

from scimlab.links.known import Known
from scimlab.schema import INSTANT, Tenant
from scimlab.seasons.standing import standings
from scimlab.seats.evidence import told_by
from scimlab.seats.facts import Reach, reach
from scimlab.seats.spans import bounded, ranges, stretches

EVER = pl.lit(0).cast(INSTANT)
"""Earlier than anything: 1970."""


def absences(tenant: Tenant, identities: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Each stretch in which every object of a person was one that should not be active, at the least and at the most.

    identities: IDENTITIES. known: what the inputs cover.
    returns: `person_id` `bound` (low, high) `from_at` `until_at` (half-open; null: not seen to end) `reason` `evidence` of the object
    that was the last to go; the reason is null where it only was not made yet.
    """
    objects = identities.filter(pl.col("alias_kind") == "object_id", pl.col("strength") != "suspect")
    objects = objects.select("person_id", record=pl.col("alias").str.to_lowercase()).unique()
    found = pl.concat([_off(tenant, known, objects), _unmade(tenant)]).join(objects, on="record")
    spans = pl.concat([_bound(found, "low"), _bound(found, "high")])
    return _together(spans, objects.group_by("person_id").agg(objects=pl.len()))


def _off(tenant: Tenant, known: Known, objects: pl.DataFrame) -> pl.DataFrame:
    """A row a stretch in which an object should not be active: `record`, both ends as ranges, `is_seen`, `reason`, `evidence`."""
    facts = standings(tenant, known)
    facts = facts if tenant.as_of is None else facts.filter(pl.col("at") <= tenant.as_of)
    span = reach(tenant)
    span = span if span.first_at else Reach(tenant.audit["at"].min(), tenant.as_of if tenant.audit.height else None)
    rows = bounded(facts, facts["record"].unique(), span, tenant.as_of)
    found = ranges(stretches(rows)).with_row_index("span")
    named = rows.select("key", pl.col("record").cast(pl.String)).unique("key")
    told = found.with_columns(evidence=told_by(rows, found["on_until"])).join(named, on="key")
    why = found.join(rows.filter(pl.col("reason").is_not_null()).select("key", "at", "reason"), on="key")
    within = (pl.col("at") >= pl.col("on_at_max")) & (pl.col("at") <= pl.col("off_at_min"))
    reasons = why.filter(within).group_by("span").agg(pl.col("reason").min())
    return told.join(reasons, on="span", how="left").select(
        "record", "on_at_min", "on_at_max", "off_at_min", "off_at_max", "is_seen", pl.col("reason").cast(pl.String), "evidence"
    )


def _unmade(tenant: Tenant) -> pl.DataFrame:
    """A row an object whose making is dated: before that it stood behind nobody."""
    made = pl.concat(
        [
            tenant.people.select(record="object_id", made_at="created_at"),
            tenant.audit.filter(pl.col("activity").str.to_lowercase() == "add user").select(record="object_id", made_at="at"),
        ]
    ).drop_nulls()
    ends = {name: EVER for name in ("on_at_min", "on_at_max")} | {name: pl.col("made_at") for name in ("off_at_min", "off_at_max")}
    said = {"is_seen": True, "reason": pl.lit(None, pl.String), "evidence": pl.lit(None, pl.String)}
    return made.group_by(pl.col("record").str.to_lowercase()).agg(pl.col("made_at").min()).select("record", **ends, **said)


def _bound(found: pl.DataFrame, bound: str) -> pl.DataFrame:
    """The stretches of each object at the least or at the most."""
    from_at, until_at = ("on_at_max", "off_at_min") if bound == "low" else ("on_at_min", "off_at_max")
    sure = pl.col("is_seen") if bound == "low" else pl.lit(True)
    return found.filter(sure).select(
        "person_id", "record", "reason", "evidence", bound=pl.lit(bound), from_at=pl.col(from_at).fill_null(EVER), until_at=until_at
    )


def _together(spans: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Where as many objects of a person are off at once as the person has."""
    key = ["bound", "person_id"]
    apart = _apart(spans, [*key, "record"])
    ends = apart.filter(pl.col("until_at").is_not_null()).select(*key, at="until_at", change=-1)
    starts = apart.select(*key, "reason", "evidence", at="from_at", change=1)
    # An end and a beginning at one instant belong together: the end first.
    moves = pl.concat([ends, starts], how="diagonal").sort(*key, "at", "change")
    off = moves.with_columns(off=pl.col("change").cum_sum().over(key), until_at=pl.col("at").shift(-1).over(key))
    gone = off.join(people, on="person_id").filter(pl.col("off") == pl.col("objects"), pl.col("at").ne_missing(pl.col("until_at")))
    return gone.select("person_id", "bound", from_at="at", until_at="until_at", reason="reason", evidence="evidence").sort(
        "person_id", "bound", "from_at"
    )


def _apart(spans: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Each object's stretches without what an earlier one of its own holds already."""
    ordered = spans.sort(*key, "from_at").with_columns(until=pl.col("until_at").fill_null(pl.lit(2**62).cast(INSTANT)))
    ordered = ordered.with_columns(before=pl.col("until").cum_max().shift(1).over(key))
    apart = ordered.with_columns(from_at=pl.max_horizontal("from_at", "before")).filter(pl.col("from_at") < pl.col("until"))
    return apart.drop("until", "before")
