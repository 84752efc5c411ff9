"""What must happen before which day: the last safe day of each way back and each period, the waves, and the returns."""

from datetime import timedelta

import polars as pl

from scimlab.schema import DEADLINES, INSTANT, Tenant
from scimlab.seasons.planner.absences import today
from scimlab.seasons.planner.waves import day_ends

RESTORABLE = timedelta(days=30)
ADMINISTRATOR = "User Administrator"
KINDS = {
    "restore": "The way back of a deleted account ends",
    "wave": "A wave is to be disabled",
    "period": "A billing period ends",
    "return": "People are due back",
}


def season_days(
    due: pl.DataFrame, waves: pl.DataFrame, rostered: pl.DataFrame, persons: pl.DataFrame, *, settle: timedelta, tenant: Tenant
) -> pl.DataFrame:
    """Each day by which something must have been done, and until when it is safe to do it.

    due: DUE. waves: WAVES. rostered, persons: as their functions give them. settle: what a change needs to arrive in the app: two cycles.
    returns: DEADLINES by `act_by`; `subject_kind` is person, wave, period or day.
    source: domain.md 7 in words: thirty days from the deletion, and two cycles before a period ends.
    """
    rows = [_ways_back(rostered, persons), _waves(waves, tenant), _periods(due, tenant), _returns(due, tenant)]
    # A wave says itself when; before all else a change needs its time.
    act_by = pl.coalesce("act_by", pl.col("deadline_at") - pl.lit(settle))
    found = pl.concat(rows, how="diagonal").with_columns(act_by=act_by, owner=pl.lit(ADMINISTRATOR))
    ahead = found.filter(pl.col("deadline_at") > pl.lit(tenant.as_of, INSTANT))
    return ahead.select(pl.col(name).cast(dtype) for name, dtype in DEADLINES.items()).sort("act_by", "finding_id")


def _ways_back(rostered: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Deleted people who may return: all but those whom the roster lets go for good."""
    gone = rostered.filter(pl.col("intent") == "leaving")["person_id"].drop_nulls().implode()
    kept = persons.filter(pl.col("account") == "deleted", pl.col("deleted_at").is_not_null(), ~pl.col("person_id").is_in(gone))
    return kept.select(
        "person_id",
        "person",
        subject_kind=pl.lit("person"),
        subject_id="object_id",
        deadline_at=pl.col("deleted_at") + RESTORABLE,
        diagnosis=pl.lit(KINDS["restore"]),
        action=pl.lit("Restore the account, then disable it at once; no new account."),
        lost=pl.lit("The way back: a purged account cannot be restored by anybody, and a new one finds no match in the app."),
        finding_id=pl.lit("season-restore-") + pl.col("object_id"),
    )


def _waves(waves: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    return waves.select(
        "act_by",
        person=pl.format("{} of wave {}: {}", _people("people"), "wave", "first_names"),
        subject_kind=pl.lit("wave"),
        subject_id=pl.col("wave").cast(pl.String),
        deadline_at=day_ends(pl.col("day"), tenant.zone),
        diagnosis=pl.lit(KINDS["wave"]),
        action=pl.lit("Disable these accounts, by object id; keep account and assignment."),
        lost=pl.lit("Each day longer is a day on which they are active in the app."),
        finding_id=pl.format("season-wave-{}-{}", "day", pl.col("wave") - pl.col("wave").min().over("day") + 1),
    )


def _periods(due: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """The months in which somebody is due to leave; which period the order form bills by is not known, and a month is the usual one."""
    day = pl.lit(today(tenant.as_of, tenant.zone))
    leaving = due.drop_nulls("wave").with_columns(last_day=pl.max_horizontal("on_max", day).dt.month_end())
    return (
        leaving.group_by("last_day")
        .agg(people=pl.len().cast(pl.Int64), names=pl.col("person").sort().head(3).str.join("; "))
        .select(
            person=pl.format("{} due to leave by then: {}", _people("people"), "names"),
            subject_kind=pl.lit("period"),
            subject_id=pl.col("last_day").cast(pl.String),
            deadline_at=day_ends(pl.col("last_day"), tenant.zone),
            diagnosis=pl.lit(KINDS["period"]),
            action=pl.lit("Have everybody who is due to leave disabled, two cycles before the period ends."),
            lost=pl.lit("Whoever is still active in the app then may be paid for through the next period, by most counting rules."),
            finding_id=pl.format("season-period-{}", "last_day"),
        )
    )


def _returns(due: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """The days on which people are due back: what a change needs to arrive lies before them."""
    coming = due.filter(pl.col("what") == "returns", ~pl.col("is_overdue"))
    begins = day_ends(pl.col("on_min").dt.offset_by("-1d"), tenant.zone)
    return (
        coming.group_by("on_min")
        .agg(people=pl.len().cast(pl.Int64), names=pl.col("person").sort().head(3).str.join("; "))
        .select(
            person=pl.format("{} due back: {}", _people("people"), "names"),
            subject_kind=pl.lit("day"),
            subject_id=pl.col("on_min").cast(pl.String),
            deadline_at=begins,
            diagnosis=pl.lit(KINDS["return"]),
            action=pl.lit("Enable the same accounts, by object id; then put their desks back."),
            lost=pl.lit("Without it they stand before a closed door; with a new account their record is lost."),
            finding_id=pl.format("season-return-{}", "on_min"),
        )
    )


def _people(column: str) -> pl.Expr:
    return pl.when(pl.col(column) == 1).then(pl.lit("1 person")).otherwise(pl.format("{} people", column))
