"""Whose each interval is, by name."""

import polars as pl

from scimlab.schema import Tenant


def named(intervals: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """INTERVALS with `person` in front: the name in Entra, else in the app, null where neither list has one."""
    by_person = tenant.people.select(person_id="object_id", in_entra="display_name").drop_nulls().unique("person_id", keep="first")
    by_record = tenant.records.select("target_id", in_app="display_name").drop_nulls().unique("target_id", keep="first")
    return (
        intervals.join(by_person, on="person_id", how="left", maintain_order="left")
        .join(by_record, on="target_id", how="left", maintain_order="left")
        .select(pl.coalesce("in_entra", "in_app").alias("person"), *intervals.columns)
    )
