"""What the inputs cover: which lists are there and whole, how far log and audit reach, and how long a change takes to arrive."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from scimlab.schema import INSTANT, Tenant

GUID = r"(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
ONE_SNAPSHOT = timedelta(hours=12)
"""Pages of one list are taken within this time; a list taken earlier is history."""

TWO_CYCLES = timedelta(minutes=80)
LEAST_GAPS = 3
LATEST_GAPS = 20
NOT_A_CYCLE = timedelta(minutes=15)
STOPPED_STATES, STOPPED_CODES = ("paused", "disabled"), ("paused", "notrun", "notconfigured")
"""Words of a job that does not run."""


@dataclass(frozen=True)
class Known:
    """What there is to judge by, at `as_of`.

    `users` and `bin`: the list of users, and of deleted ones, is there and was not cut short; `records` the app's. `*_at` are
    the instants these lists were taken, None where nobody said. `ids`: the app keeps Entra's object ids as external ids.
    `log_from`: the log's first event; `log_reaches`: it goes on to `as_of`, so that what it does not hold did not happen.
    `settle` is two cycles, measured or (`is_measured` false) as documented.
    """

    as_of: datetime | None
    users: bool
    users_at: datetime | None
    bin: bool
    bin_at: datetime | None
    records: bool
    records_at: datetime | None
    names: bool
    external_ids: bool
    ids: bool
    assignments: bool
    log_from: datetime | None
    log_reaches: bool
    audit_from: datetime | None
    settle: timedelta
    is_measured: bool


def known(tenant: Tenant, as_of: datetime | None, events: pl.DataFrame) -> Known:
    """What the inputs cover.

    events: the counted EVENTS about users, up to `as_of`.
    source: domain.md 7 in words: a change is given two cycles, about 80 minutes where no cycle can be measured.
    """
    people, records = tenant.people, tenant.records
    binned, live = (people.filter(pl.col("is_deleted").fill_null(False) == each) for each in (True, False))
    cut = _cut_short(tenant.receipt)
    interval = _cycle(tenant.jobs, events)
    settle = 2 * interval if interval else TWO_CYCLES
    instants = events["at"].unique().sort()
    external = records["external_id"].drop_nulls()
    objects = pl.concat([people["object_id"], events["source_id"].unique()]).str.to_lowercase()
    are_ids = external.str.to_lowercase().is_in(objects.drop_nulls().implode())
    mapped = tenant.mappings.filter(pl.col("target") == "externalId")["source"].str.contains(r"(?i)objectId")
    return Known(
        as_of=as_of,
        users=not live.is_empty() and not _from(live, cut),
        users_at=live["taken_at"].max(),
        bin=tenant.has_bin,
        bin_at=binned["taken_at"].max(),
        records=not records.is_empty() and not _from(records, cut),
        records_at=records["taken_at"].max(),
        names=records["user_name"].is_not_null().any(),
        external_ids=len(external) > 0,
        ids=len(external) > 0 and (bool(mapped.any()) or bool(are_ids.any() and 2 * are_ids.sum() >= len(external))),
        assignments=not tenant.assignments.is_empty(),
        log_from=instants.min(),
        log_reaches=_reaches(instants, as_of, settle) or (len(instants) > 0 and _stands(tenant.jobs)),
        audit_from=tenant.audit["at"].min(),
        settle=settle,
        is_measured=interval is not None,
    )


def current(rows: pl.DataFrame, latest_at: datetime | None) -> pl.DataFrame:
    """The rows of the latest list; rows that do not say when they were taken count to it."""
    return rows if latest_at is None else rows.filter(pl.col("taken_at").is_null() | (pl.col("taken_at") > latest_at - ONE_SNAPSHOT))


def _reaches(instants: pl.Series, as_of: datetime | None, settle: timedelta) -> bool:
    """Whether a log goes on to the end: it is not silent for longer there than it ever was before, nor than two cycles."""
    return len(instants) > 0 and as_of - instants[-1] <= max(instants.diff().max() or settle, settle)


def _stands(jobs: pl.DataFrame) -> bool:
    """Whether a job is known to stand still, which explains a log that is silent."""
    code, state = jobs["status"].str.to_lowercase(), jobs["state"].str.to_lowercase()
    return bool((code.is_in(["quarantine", *STOPPED_CODES]) | state.is_in(STOPPED_STATES)).any())


def _cut_short(receipt: pl.DataFrame) -> pl.Series:
    """The files whose notes say that more was to come."""
    return receipt.filter(pl.col("notes").str.contains("(?i)truncated|ends before its closing|not all|of which|are missing"))["file"]


def _from(rows: pl.DataFrame, files: pl.Series) -> bool:
    return bool(rows["file"].is_in(files.implode()).any())


def _cycle(jobs: pl.DataFrame, events: pl.DataFrame) -> timedelta | None:
    """The time from one cycle to the next: as the log shows it, else as the job says; None where neither does.

    A cycle without changes leaves no row, so waits are multiples of the interval: a short one of the latest is taken.
    """
    # The starts of the latest cycles and the waits between them.
    starts = events.filter(pl.col("cycle_id").is_not_null()).group_by("job_id", "cycle_id").agg(pl.col("at").min()).sort("job_id", "at")
    waits = starts.select("at", wait=pl.col("at").diff().over("job_id")).filter(pl.col("wait") > NOT_A_CYCLE).sort("at")["wait"]
    if len(waits) >= LEAST_GAPS:
        return waits.tail(LATEST_GAPS).to_frame().select(pl.col("wait").quantile(0.1, "lower")).item()
    said = jobs["interval"].drop_nulls().str.extract(r"^PT(\d+)M$").cast(pl.Int64).drop_nulls()
    return timedelta(minutes=said.max()) if len(said) else None


def instant(at: datetime | None) -> pl.Expr:
    """An instant as a literal of the frames' type; null where there is none."""
    return pl.lit(at, INSTANT)
