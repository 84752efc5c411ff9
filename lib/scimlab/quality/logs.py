"""What the provisioning log can answer: how far it reaches, whether it is whole, and what cannot be seen in it."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from scimlab.quality.answers import Answer, Log, some
from scimlab.schema import Tenant

PORTAL_LIMIT, PAGE = 250_000, 1_000
TELLING = 20
RETENTION, SEASON = timedelta(days=31), timedelta(days=90)
NO_LOG = Answer("no", "There is no log.")


def covers(tenant: Tenant, log: Log) -> Answer:
    """Whether there is a log, and what time it covers."""
    if log.first_at is None:
        return Answer("no", "No file in the folder is a provisioning log of this app.")
    days = (log.last_at - log.first_at).total_seconds() / 86_400
    return Answer("yes", f"{some(log.events, 'event')} from {log.said(log.first_at)} to {log.said(log.last_at)} ({days:.1f} days).")


def log_whole(tenant: Tenant, log: Log) -> Answer:
    """Whether nothing says that the log stops short."""
    if log.first_at is None:
        return NO_LOG
    found = [*_cut_files(tenant.receipt)]
    if found:
        return Answer("partly", " ".join(found))
    return Answer("yes", "No file ends in an error, none names a next page that is not there, and none stops at a round number of rows.")


def _cut_files(receipt: pl.DataFrame) -> Iterator[str]:
    """A sentence a sign that a log file stops short of what was asked for."""
    logs = receipt.filter(pl.col("form").str.contains("log"))
    for file, rows, notes in logs.select("file", "rows", pl.col("notes").fill_null("")).iter_rows():
        if "truncated_by_service_error" in notes or "before its closing bracket" in notes:
            yield f"{file} breaks off in the middle of a page."
        elif rows and rows % PORTAL_LIMIT == 0:
            yield f"{file} holds exactly {rows:,} rows, where the portal's download stops."
    paged = logs.filter(pl.col("notes").str.contains("names a next page", literal=True))
    if len(paged) and len(paged) == len(logs.filter(pl.col("form").is_in(paged["form"].unique().implode()))):
        yield f"Every page of the log ({some(len(paged), 'file')}) names a next one: the last is missing."
    whole = logs.filter(~pl.col("notes").fill_null("").str.contains("page"), pl.col("rows") > 0, pl.col("rows") % PAGE == 0)
    if len(whole) and not len(paged):
        yield f"{', '.join(whole['file'].head(3))}: the number of rows is a multiple of {PAGE:,}, as when a page is missing after the last."


def log_gaps(tenant: Tenant, log: Log) -> Answer:
    """Whether the log has holes, by its own cadence."""
    if log.first_at is None:
        return NO_LOG
    gaps = silences(tenant)
    if len(gaps) < TELLING:
        return Answer("partly", f"Only {some(len(gaps) + 1, 'cycle')} left a trace, too few to tell a hole from a quiet time.")
    holes, longest = gaps.filter("is_hole").sort("from_at"), gaps["hours"].max()
    if holes.is_empty():
        return Answer("yes", f"Its longest silence is {longest:.1f} hours, and none stands apart from the others.")
    spans = [f"{log.said(start)} to {log.said(end)}" for start, end in holes.select("from_at", "to_at").head(3).iter_rows()]
    usual = gaps.filter(~pl.col("is_hole"))["hours"].max()
    return Answer(
        "partly", f"No event at all from {', from '.join(spans)}, while the job was otherwise never silent for more than {usual:.1f} hours."
    )


def silences(tenant: Tenant) -> pl.DataFrame:
    """A row a silence between two cycles that left a trace in the log: `from_at` `to_at` `hours` `is_hole`, the longest first.

    The cadence is the log's own. The longest silences are holes where they stand apart: each more than twice as long as any
    of the others, of which there are TELLING at least, and each over a whole working day. A missing week shows; a quiet weekend does not.
    """
    cycle = pl.coalesce("cycle_id", pl.col("at").dt.truncate("1m").cast(pl.String))
    began = tenant.events.filter("counted").group_by(cycle.alias("cycle")).agg(from_at=pl.col("at").min()).sort("from_at").collect()
    gaps = began.select("from_at", to_at=pl.col("from_at").shift(-1)).drop_nulls()
    hours = (pl.col("to_at") - pl.col("from_at")).dt.total_seconds() / 3600
    gaps = gaps.with_columns(hours=hours).sort("hours", "from_at", descending=[True, False])
    apart = (pl.col("hours") > 2 * pl.col("hours").shift(-1)) & (pl.int_range(pl.len()) < 5) & (pl.len() > TELLING)
    start, end = (pl.col(at).dt.convert_time_zone(tenant.zone).dt.date() for at in ("from_at", "to_at"))
    working_days = pl.business_day_count(start + timedelta(days=1), pl.max_horizontal(end, start + timedelta(days=1)))
    return gaps.with_columns(is_hole=apart.fill_null(False).cum_max(reverse=True) & (working_days > 0))


def log_reach(tenant: Tenant, log: Log) -> Answer:
    """Whether those who fail are seen before they first do."""
    if log.first_at is None:
        return NO_LOG
    gaps = silences(tenant)
    cycle = timedelta(hours=gaps["hours"].median() or 0)
    first = tenant.events.filter(pl.col("counted"), pl.col("source_id").is_not_null()).sort("at").group_by("source_id", maintain_order=True)
    is_failure = pl.col("status") == "failure"
    first = first.agg(pl.col("at", "status", "retry_count").first(), fails=is_failure.any()).filter("fails").collect()
    is_cut = (pl.col("status") == "failure") & ((pl.col("retry_count").fill_null(0) > 0) | (pl.col("at") <= log.first_at + cycle))
    cut = first.filter(is_cut).height
    if not first.height:
        return Answer("yes", "Nobody fails in it.")
    if not cut:
        return Answer("yes", f"All {first.height} who fail in it are seen before they first do.")
    return Answer("partly", f"{cut} of the {first.height} who fail in it did so already when it began, on {log.said(log.first_at)}.")


def season(tenant: Tenant, log: Log) -> Answer:
    """Whether the log covers the seasons that have ended, or the length of one."""
    if log.first_at is None:
        return NO_LOG
    covered = log.last_at - log.first_at
    local = [pl.Series([at]).dt.convert_time_zone(log.zone).dt.date().item() for at in (log.first_at, log.last_at)]
    ended = [each for each in tenant.settings["seasons"].value or [] if each["last_day"] <= local[1]]
    missed = [str(each.get("name", "a season")) for each in ended if each["first_day"] < local[0]]
    if missed:
        return Answer("partly", f"It begins on {local[0]:%-d %b %Y}, after the beginning of: {', '.join(missed)}.")
    if ended or covered >= SEASON:
        return Answer("yes", f"It covers {covered.days} days.")
    kept = ", as much as Entra itself keeps" if covered <= RETENTION else ""
    return Answer("partly", f"It covers {covered.days} days{kept}; a season lasts about {SEASON.days}.")


def update_action(tenant: Tenant, log: Log) -> Answer:
    """Creates go on while updates and disables have ceased: Update may be unticked, and failures fall for that reason alone."""
    if log.first_at is None:
        return NO_LOG
    late = log.last_at - (log.last_at - log.first_at) / 4
    counts = tenant.events.filter("counted").select(
        creates=((pl.col("action") == "create") & (pl.col("at") > late)).sum(),
        updates_before=(pl.col("action").is_in(["update", "disable"]) & (pl.col("at") <= late)).sum(),
        updates=(pl.col("action").is_in(["update", "disable"]) & (pl.col("at") > late)).sum(),
        last_at=pl.col("at").filter(pl.col("action").is_in(["update", "disable"])).max(),
    )
    creates, before, updates, last_at = counts.collect().row(0)
    if not updates and before >= 10 and creates >= 3:
        return Answer(
            "no",
            f"Since {log.said(last_at)} it created {creates} times and updated or disabled nobody, as it did {before} times before.",
        )
    if before + updates == 0:
        return Answer("partly", "The log shows neither an update nor a disable.")
    return Answer("yes", f"It last did on {log.said(last_at)}.")


def one_app(tenant: Tenant, log: Log) -> Answer:
    """Whether rows of other apps were left out."""
    others = tenant.events.filter(~pl.col("counted")).select(
        pl.len(), names=pl.coalesce("app_name", "app_id").drop_nulls().unique().sort().str.join(", ")
    )
    rows, names = others.collect().row(0)
    if rows:
        return Answer("yes", f"{some(rows, 'row')} of others are in no count: {names or 'unnamed'}.")
    return Answer("yes", "It holds rows of no other.")
