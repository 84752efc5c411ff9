"""Which situation each person is in: the facts of subjects, read against the situations of rules/runbooks.toml."""

from datetime import timedelta

import polars as pl

from scimlab import schema
from scimlab.plan import subjects
from scimlab.plan.runbooks import SITUATIONS
from scimlab.schema import Tenant

ESCROW = timedelta(days=28)
BY_CAUSE = {cause: name for name, situation in SITUATIONS.items() for cause in situation.get("causes", [])}
TOLD_ONCE = ("job_defect",)
OF_ANY_OBJECT = ("job_defect", "reference_missing", "retry_will_do")
OF_ONE_PERSON = ("duplicate_conflict", "duplicate_target", "duplicate_source", "stale_link")

SUBJECTS = pl.Schema(
    {
        "person_id": pl.String,
        "person": pl.String,
        "situation": pl.String,
        "people": pl.Int64,
        "object_id": pl.String,
        "old_id": pl.String,
        "record_id": pl.String,
        "clean_name": pl.String,
        "job_id": pl.String,
        "app_id": pl.String,
        "is_live": pl.Boolean,
        "is_hybrid": pl.Boolean,
        "restore_by": schema.INSTANT,
        "escrow_by": schema.INSTANT,
    }
)
"""A row a person, or a job where a defect is told once, and a situation; the ids that the steps are filled with."""


def situations(storms: pl.DataFrame, identities: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """Each person in an open storm or restorable, in each situation they are in; what fails for a whole job is one row.

    returns: SUBJECTS, in no order.
    """
    found = _of_storms(subjects.retried(storms, identities, tenant), tenant)
    once = pl.col("situation").is_in(TOLD_ONCE)
    rows = [found.filter(~once), _told_once(found.filter(once)), _of_deleted(subjects.restorable(identities, tenant), tenant)]
    columns = [pl.col(name).cast(dtype) for name, dtype in SUBJECTS.items()]
    # A storm's row knows more than a deleted account's, so it comes first and stays.
    return pl.concat([each.select(columns) for each in rows]).unique(["person_id", "situation"], keep="first", maintain_order=True)


def _of_storms(failing: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    is_user = pl.col("object_type").fill_null("user") == "user"
    by_cause = pl.col("cause").replace_strict(BY_CAUSE, default=None, return_dtype=pl.String)
    is_app_wide = (pl.col("scope") == "app") & ~pl.col("cause").is_in(OF_ONE_PERSON) & by_cause.ne_missing("retry_will_do")
    situation = (
        pl.when(is_user & pl.col("is_gone") & pl.col("is_linked_active").fill_null(False))
        .then(pl.lit("ghost_seat"))
        .when(is_user & (pl.col("is_gone") | (pl.col("is_in_bin") & (pl.col("action") == "create"))))
        .then(None)
        .when(is_app_wide)
        .then(pl.lit("job_defect"))
        .when(~is_user & ~by_cause.is_in(OF_ANY_OBJECT).fill_null(False))
        .then(pl.lit("group_fails"))
        .when(pl.col("cause") == "duplicate_conflict")
        .then(_of_conflict(tenant.records.is_empty()))
        .otherwise(pl.coalesce(by_cause, pl.lit("unknown")))
    )
    named = pl.coalesce("display_name", "user_name", "person")
    linked = (pl.col("cause") == "stale_link") | (pl.col("situation") == "ghost_seat")
    return (
        failing.sort("attempts", "storm_id", descending=[True, False])
        .with_columns(person=pl.when(pl.col("person") == pl.col("source_id")).then(named).otherwise("person"))
        .with_columns(situation=situation, people=pl.lit(1), object_id="source_id", is_hybrid=pl.coalesce("hybrid", "old_hybrid"))
        .with_columns(
            record_id=pl.when(linked).then("target_id").otherwise(pl.coalesce("record_id", "target_id")),
            restore_by="old_until",
            escrow_by=pl.col("first_at") - _hidden() + ESCROW,
        )
        # An account that is gone, or will not be created while it is in the bin, needs nothing done.
        .drop_nulls("situation")
    )


def _hidden() -> pl.Expr:
    """How long before the first attempt seen the true first was, by the retry count: at the run's own pace, or by the back-off."""
    hidden = pl.col("attempts") - pl.col("attempts_seen")
    by_schedule = pl.when(hidden <= 2).then(6 * hidden).otherwise(24 * (hidden - 2))
    at_its_pace = pl.when(pl.col("cadence") == "every_cycle").then(hidden * pl.col("gap_hours_median"))
    return pl.duration(minutes=pl.coalesce(at_its_pace, by_schedule) * 60)


def _of_conflict(no_records: bool) -> pl.Expr:
    """The situation of an account whose name or e-mail is refused as taken."""
    prefixed = pl.col("holds") == "prefixed_name"
    return (
        pl.when(pl.lit(no_records))
        .then(pl.lit("records_not_given"))
        .when(pl.col("record_id").is_null())
        .then(pl.lit("record_hidden_or_elsewhere"))
        .when("is_others")
        .then(pl.lit("email_taken_by_other"))
        .when(prefixed & pl.col("old_is_live"))
        .then(pl.lit("record_of_live_account"))
        # No record is renamed while the account that once owned it can be restored, or may be for all that is known.
        .when(prefixed & pl.col("old_is_deleted") & ~pl.col("old_is_gone"))
        .then(pl.lit("recreated_while_restorable"))
        .when(prefixed & ~pl.col("old_is_gone"))
        .then(pl.lit("deleted_users_not_given"))
        .when(pl.col("action") != "create")
        .then(pl.lit("rename_back_refused"))
        .when(prefixed)
        .then(pl.lit("name_corrupted_blocks_return"))
        .when((pl.col("holds") == "name") & (pl.col("record_updated_at") > pl.col("last_at")).fill_null(False))
        .then(pl.lit("rematch_expected"))
        .when(pl.col("holds") == "name")
        .then(pl.lit("name_taken_by_visible_record"))
        .otherwise(pl.lit("own_record_under_other_name"))
    )


def _told_once(found: pl.DataFrame) -> pl.DataFrame:
    """One row a job and cause for what is no person's trouble: how many it hits, and three of their names."""
    first = pl.col("person").unique().sort()
    return (
        found.group_by("job_id", "cause", "situation")
        .agg(
            pl.col("app_id").first(),
            people=pl.col("person_id").n_unique().cast(pl.Int64),
            three=first.head(3).str.join(", "),
            more=first.len().cast(pl.Int64) - 3,
            is_live=pl.lit(False),
        )
        .with_columns(person=pl.when(pl.col("more") > 0).then(pl.format("{} and {} more", "three", "more")).otherwise("three"))
        .with_columns(pl.lit(None, pl.String).alias(name) for name in ("object_id", "old_id", "record_id", "clean_name"))
        .with_columns(
            person_id=pl.format("{} {}", pl.col("job_id").fill_null("job"), "cause"), is_hybrid=None, restore_by=None, escrow_by=None
        )
    )


def _of_deleted(found: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    situation = (
        pl.when(pl.col("live_id").is_not_null())
        .then(pl.lit("recreated_while_restorable"))
        .when("is_name_taken")
        .then(pl.lit("restorable_name_taken"))
        .otherwise(pl.lit("restorable"))
    )
    return found.join(subjects.jobs_of(tenant), on="object_id", how="left").select(
        "person_id",
        "record_id",
        "job_id",
        "app_id",
        situation=situation,
        person=pl.coalesce("display_name", "user_name", "object_id"),
        people=pl.lit(1),
        old_id="object_id",
        object_id="live_id",
        clean_name="user_name",
        is_live=pl.lit(False),
        is_hybrid="hybrid",
        restore_by=pl.col("deleted_at") + subjects.RESTORABLE,
        escrow_by=None,
    )
