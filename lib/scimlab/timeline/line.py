"""Everything known of some people, in order: what Entra did, what the app shows, who changed what in the directory, what is planned."""

from collections.abc import Iterable

import polars as pl

from scimlab import people as persons
from scimlab.schema import TIMELINE, Tenant
from scimlab.timeline import lanes


def events(tenant: Tenant, people: Iterable[str], *, identities: pl.DataFrame | None = None) -> pl.DataFrame:
    """Everything known of these people, a row a thing, in the order in which it happened.

    tenant: every frame of it is looked at. Events of other apps are left out.
    people: person ids, object ids, target ids or addresses, in any spelling.
    identities: IDENTITIES of the tenant, where they are at hand already.
    returns: TIMELINE, people in the order given, each by `at` (what has no time last) and lane. A person who uses an address
    that somebody else used before is shown what is known by id, and by that address only where no id is given.
    raises: UsageError if one of them is nobody here; it names the nearest.
    """
    known = persons.identities(tenant) if identities is None else identities
    wanted = persons.person_ids(known, list(people))
    aliases = known.filter(pl.col("person_id").is_in(wanted)).select("person_id", "alias_kind", "alias")
    by = {kind: aliases.filter(alias_kind=kind).select("person_id", key="alias") for kind in ("object_id", "target_id", "address")}
    found = [
        *(_rows(frame, lane, of) for lane, frame, of in lanes.by_id(tenant, by)),
        *(_rows(frame, lane, by["address"]) for lane, frame in lanes.by_address(tenant)),
    ]
    rank = pl.col("person_id").replace_strict(wanted, range(len(wanted)), return_dtype=pl.Int64)
    return pl.concat([TIMELINE.to_frame(), *found]).sort(rank, "at", "lane", "what", "detail", "file", "row", nulls_last=True)


def _rows(frame: pl.DataFrame, lane: str, owners: pl.DataFrame) -> pl.DataFrame:
    """TIMELINE of rows with a `key` that is an alias of somebody."""
    whole = frame.join(owners, on="key").with_columns(lane=pl.lit(lane))
    # Only the log knows of causes, and not every lane of more than what happened.
    absent = [pl.lit(None).alias(name) for name in ("detail", "cause", "latest") if name not in whole.columns]
    return whole.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in TIMELINE.items())
