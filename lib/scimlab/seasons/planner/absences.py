"""Who was away and came back: the same person, whatever became of account and record."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from scimlab.schema import INSTANT, RETURNS, Tenant

LEAST_AWAY = timedelta(days=21)
"""Shorter is a holiday or a mishap that was mended, no season."""

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def today(as_of: datetime, zone: str) -> date:
    """The day it is in the zone when the tenant is judged."""
    return as_of.astimezone(ZoneInfo(zone)).date()


def absences(intervals: pl.DataFrame, *, as_of: datetime) -> pl.DataFrame:
    """Each time a person held no seat for certain: for three weeks or more and then again, or still.

    intervals: INTERVALS, any order.
    returns: person_id, left_at, back_at (null: still away), target_id (the record come back to), is_new_record; by person and time.
    """
    spans = (
        # Whoever may have been active was not away for certain.
        intervals.filter(pl.col("kind") != "service")
        .select(
            "person_id",
            "target_id",
            on_at=pl.col("on_at_min").fill_null(pl.lit(BEGINNING, INSTANT)),
            off_at=pl.col("off_at_max").fill_null(pl.lit(as_of, INSTANT)),
        )
        .sort("person_id", "on_at", "off_at", "target_id")
        .with_columns(
            left_at=pl.col("off_at").cum_max().shift(1).over("person_id"),
            is_new_record=pl.col("target_id").is_first_distinct().over("person_id"),
        )
    )
    came_back = spans.filter(pl.col("on_at") - pl.col("left_at") >= LEAST_AWAY).select(
        "person_id", "left_at", "target_id", "is_new_record", back_at="on_at"
    )
    still = spans.group_by("person_id").agg(left_at=pl.col("off_at").max()).filter(pl.col("left_at") < pl.lit(as_of, INSTANT))
    return pl.concat([came_back, still], how="diagonal").sort("person_id", "left_at")


def returned(
    absences: pl.DataFrame, identities: pl.DataFrame, persons: pl.DataFrame, seasons: pl.DataFrame, tenant: Tenant
) -> pl.DataFrame:
    """Each return of a person, and each that the app refused.

    absences: as `absences` gives them. identities: IDENTITIES. persons: as `persons` gives them. seasons: SEASONS, for the name of
    the one that began nearest.
    returns: RETURNS by return and person; `back_at` is null where no try was followed by a success.
    """
    log = _log(identities, tenant)
    tries = _tries(log).join(absences, on="person_id").filter(pl.col("tried_at") > pl.col("left_at"))
    tries = tries.filter((pl.col("tried_at") < pl.col("back_at")).fill_null(True))
    vain = tries.filter(pl.col("back_at").is_null(), ~pl.col("is_taken")).sort("tried_at")
    first_tries = tries.drop_nulls("back_at").group_by("person_id", "back_at").agg(pl.col("tried_at").min())
    came_back = absences.drop_nulls("back_at").join(first_tries, on=["person_id", "back_at"], how="left")
    rows = pl.concat([_accounts(came_back, log), vain.drop("target_id")], how="diagonal").with_columns(
        how=_how(), days_away=(pl.col("back_at") - pl.col("left_at")).dt.total_days(), at=pl.coalesce("back_at", "tried_at")
    )
    starts = seasons.filter(pl.col("state") != "next").select("first_day", season="name").sort("first_day")
    return (
        rows.join(persons.select("person_id", "person"), on="person_id")
        .with_columns(day=pl.col("at").dt.convert_time_zone(tenant.zone).dt.date())
        .sort("day")
        .join_asof(starts, left_on="day", right_on="first_day", strategy="nearest")
        .sort("at", "person", "person_id")
        .select(pl.col(name).cast(dtype) for name, dtype in RETURNS.items())
    )


def _log(identities: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """A row an event about a person's account: person_id source_id at action status, in order of time."""
    objects = identities.filter(pl.col("alias_kind") == "object_id").select("person_id", source_id="alias")
    about = tenant.events.filter(pl.col("counted"), pl.col("object_type") == "user", pl.col("at").is_not_null())
    return about.select("source_id", "at", "action", "status").collect().join(objects, on="source_id").sort("at", "source_id")


def _tries(log: pl.DataFrame) -> pl.DataFrame:
    """A row an account that the app refused to take: since when, and whether it took it later."""
    tried = (pl.col("action") == "create") & (pl.col("status") == "failure")
    tries = log.group_by("person_id", account_after="source_id").agg(
        tried_at=pl.col("at").filter(tried).min(), taken_at=pl.col("at").filter(pl.col("status") == "success").max()
    )
    is_taken = (pl.col("taken_at") >= pl.col("tried_at")).fill_null(False)
    return tries.drop_nulls("tried_at").with_columns(is_taken=is_taken).drop("taken_at")


def _accounts(came_back: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    """Absences with the account that was written last before it and first after it; null where the log does not reach."""
    written = log.filter(pl.col("status") == "success").select("person_id", "at", "source_id")
    before, after = (written.rename({"source_id": f"account_{when}", "at": f"{when}_at"}) for when in ("before", "after"))
    came_back = came_back.sort("left_at").join_asof(before, left_on="left_at", right_on="before_at", by="person_id", check_sortedness=False)
    return came_back.sort("back_at").join_asof(
        after, left_on="back_at", right_on="after_at", by="person_id", strategy="forward", check_sortedness=False
    )


def _how() -> pl.Expr:
    same_account = pl.col("account_before") == pl.col("account_after")
    return (
        pl.when(pl.col("back_at").is_null())
        .then(pl.lit("refused"))
        .when("is_new_record")
        .then(pl.lit("new_record"))
        .when(same_account)
        .then(pl.lit("same_account"))
        .when(~same_account)
        .then(pl.lit("new_account"))
        .otherwise(pl.lit("same_record"))
    )
