"""What the exports say of each record's `active` flag, and when: FACTS, the ground that INTERVALS stand on.

A change is something written at an instant; a sight is a state somebody saw at an instant. Between two
facts the flag is carried on as far as the log reaches: Entra's log names every change Entra makes, so the
one assumption is that nobody changes the flag by hand in the app, and a sight that contradicts it is kept
as a range, never overruled.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from scimlab.schema import INSTANT, Tenant
from scimlab.seats.lists import OFF, ON, STAND_IN, UNKNOWN, listed_facts, said

FACTS = pl.Schema(
    {
        "record": pl.Categorical(),
        "at": INSTANT,
        "turn": pl.Int8,
        "is_sight": pl.Boolean,
        "state": pl.Int8,
        "before": pl.Int8,
        "is_birth": pl.Boolean,
        "holds": pl.Boolean,
        "what": pl.String,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row a fact: the `state` after it and `before` it, ON, OFF, UNKNOWN or null where it says nothing.

`turn` orders facts of one instant. Before a birth there is no record; what `holds` stays so
until the next fact, whatever the log's reach.
"""

SETTLED = timedelta(minutes=80)
TELLING = 30


class Reach(NamedTuple):
    """The span in which the log tells of every change; None where there is no log."""

    first_at: datetime | None
    last_at: datetime | None


def reach(tenant: Tenant) -> Reach:
    """From the first event to the instant the tenant is judged at.

    A log of at least TELLING instants that then falls silent for longer than it ever did, and for more than two
    cycles, was cut: it reaches to its last event only. The cadence is the log's own; nothing is assumed of it.
    """
    at = tenant.events.filter("counted").select(pl.col("at").drop_nulls().unique().sort()).collect()["at"]
    at = at if tenant.as_of is None else at.filter(at <= tenant.as_of)
    if at.is_empty():
        return Reach(None, None)
    silence = max(at.diff().max() or SETTLED, SETTLED)
    is_cut = tenant.as_of is None or (len(at) >= TELLING and tenant.as_of - at[-1] > silence)
    return Reach(at[0], at[-1] if is_cut else max(at[-1], tenant.as_of))


def facts(tenant: Tenant, expected: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """FACTS of every record that the log or the app's own lists know, in no order.

    tenant: its counted events about users, and its records.
    expected: `record` `expects` (ON or OFF): what Entra would have the flag be. reach: the span the log tells of.
    source: domain.md 2.1 and 4 in words: Entra sends differences, so an update that carries `active` changes it; a
    success proves that the app took the request, not that it obeyed (a list that disagrees is a sight of its own).
    """
    events = _with_records(tenant.events.filter(pl.col("counted"), pl.col("object_type") == "user"))
    written = events.filter(pl.col("status") == "success").group_by("record").agg(written_at=pl.col("at").max())
    changes, sights, written = pl.collect_all([_changes(events), _matched(events), written])
    found = [changes, sights]
    if len(tenant.records):
        found += listed_facts(tenant.records, changes, _of_log(changes, sights, written, expected), reach.first_at)
    return pl.concat([each.select(pl.col(name).cast(dtype) for name, dtype in FACTS.items()) for each in found])


def _of_log(changes: pl.DataFrame, sights: pl.DataFrame, written: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """A row a record: when the log first and last tells of a change of its flag, whether of its creation, when it first tells of
    the flag at all (`told_at`), when Entra last wrote the record, and what it expects."""
    of_changes = changes.group_by("record").agg(first_at=pl.col("at").min(), last_at=pl.col("at").max(), is_logged=pl.col("is_birth").any())
    seen = sights.group_by("record").agg(seen_at=pl.col("at").min())
    expected = expected.with_columns(pl.col("record").cast(pl.Categorical))
    for each in (seen, written, expected):
        of_changes = of_changes.join(each, on="record", how="full", coalesce=True)
    return of_changes.with_columns(told_at=pl.min_horizontal("first_at", "seen_at"))


def _with_records(events: pl.LazyFrame) -> pl.LazyFrame:
    """Events with `record`: the target id; without one, as in forms that carry none, the source object stands for its record."""
    named = pl.coalesce("target_id", "matched_target_id")
    if not events.select((named.is_null() & (pl.col("status") == "success")).any()).collect().item():
        return events.with_columns(record=named.cast(pl.Categorical))
    # Only an object whose events name one record and no other lends that record to its other events.
    lent = (
        events.filter(pl.col("source_id").is_not_null(), pl.col("target_id").is_not_null())
        .group_by("source_id")
        .agg(lent_id=pl.col("target_id").min(), last_id=pl.col("target_id").max())
        .filter(pl.col("lent_id") == pl.col("last_id"))
    )
    stand_in = pl.lit(STAND_IN) + pl.col("source_id")
    return events.join(lent, on="source_id", how="left").with_columns(record=pl.coalesce(named, "lent_id", stand_in).cast(pl.Categorical))


def _changes(events: pl.LazyFrame) -> pl.LazyFrame:
    """Successes that set the flag. A create without a word on it makes an active record, as apps do."""
    action = pl.col("action")
    state = (
        pl.when(action == "create")
        .then(pl.col("sent_active").fill_null(True).cast(pl.Int8))
        .when(action == "update")
        .then(pl.col("sent_active").cast(pl.Int8))
        .when(action.is_in(["disable", "delete"]))
        .then(OFF)
    )
    order = {"create": 1, "update": 2, "disable": 3, "delete": 4}
    return (
        events.filter(pl.col("status") == "success", action.is_in([*order]), pl.col("record").is_not_null())
        .with_columns(state=state)
        .filter(pl.col("state").is_not_null())
        .with_columns(
            turn=action.replace_strict(order, return_dtype=pl.Int8),
            is_sight=pl.lit(False),
            before=pl.when(action == "create").then(OFF).when(action == "delete").then(UNKNOWN).otherwise(1 - pl.col("state")),
            is_birth=action == "create",
            holds=action == "delete",
            what=action + pl.when(pl.col("state") == ON).then(pl.lit(" succeeded, active")).otherwise(pl.lit(" succeeded, inactive")),
        )
    )


def _matched(events: pl.LazyFrame) -> pl.LazyFrame:
    """What Entra's matching step found the record to be, just before it wrote."""
    state = pl.col("matched_active").cast(pl.Int8)
    return (
        events.filter(pl.col("matched_active").is_not_null(), pl.coalesce("matched_target_id", "target_id").is_not_null())
        .with_columns(record=pl.coalesce("matched_target_id", "target_id").cast(pl.Categorical), turn=pl.lit(0), state=state, before=state)
        .with_columns(is_sight=True, is_birth=False, holds=False, what=said("found by Entra to be", pl.col("matched_active")))
    )
