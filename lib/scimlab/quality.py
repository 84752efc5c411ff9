"""What the inputs can answer and what they cannot: said before anybody acts on the rest."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

import polars as pl

from scimlab.schema import CHECKS, Tenant

DAY = timedelta(days=1)
KEPT_BY_ENTRA = timedelta(days=31)
PORTAL_LIMIT = 250_000
NEXT_PAGE = "names a next page"
LOGS = "provisioning"


class Check(NamedTuple):
    """A question put to the inputs: the row of CHECKS it becomes, without its name."""

    question: str
    answer: str
    because: str
    blocks: str
    remedy: str


def checks(tenant: Tenant) -> pl.DataFrame:
    """A row a question that the inputs can answer, can answer in part, or cannot answer, and what would help.

    tenant: as `read.tenant` gives it.
    returns: CHECKS, in the order in which a reader should mend them. Where `answer` is yes, `blocks` and `remedy` are null.
    source: domain.md 7 (log evidence is kept 30 days, 7 on free plans) and formats.md 1-4 (what each export leaves out).
    """
    asked = [(name, question(tenant)) for name, question in QUESTIONS.items()]
    rows = [(name, *check) for name, check in asked]
    told = pl.DataFrame(rows, CHECKS, orient="row")
    return told.with_columns(pl.when(pl.col("answer") != "yes").then(pl.col("blocks", "remedy")))


def window(tenant: Tenant) -> pl.DataFrame:
    """One row: what of the log counts, `events cycles people first_at last_at` (`people` are objects of type user)."""
    users = pl.col("source_id").filter(pl.col("object_type") == "user")
    return (
        tenant.events.filter("counted")
        .select(
            events=pl.len(),
            cycles=pl.col("cycle_id").drop_nulls().n_unique(),
            people=users.drop_nulls().n_unique(),
            first_at=pl.col("at").min(),
            last_at=pl.col("at").max(),
        )
        .collect()
    )


def _log(tenant: Tenant) -> Check:
    told = window(tenant).row(0, named=True)
    because = "No event of the chosen app was found."
    if told["events"]:
        because = f"{told['events']:,} events of {told['people']:,} people, from {_utc(told['first_at'])} to {_utc(told['last_at'])}."
    return Check(
        "Is there a provisioning log?",
        "yes" if told["events"] else "no",
        because,
        "retry_storms, seasonal_seats, remediate",
        "Entra admin center: Enterprise applications > the app > Provisioning logs > Download (JSON), or Graph GET /auditLogs/provisioning",
    )


def _whole_log(tenant: Tenant) -> Check:
    """Whether pages, rows or days of the log are missing, by what its files say and by its own rhythm."""
    logs = tenant.receipt.filter(pl.col("form").str.contains(LOGS))
    found = [*_cut_pages(logs), *_round_sizes(logs), *_silences(tenant)]
    return Check(
        "Is the log whole?",
        "partly" if found else "yes" if logs.height or window(tenant)["events"].item() else "no",
        " ".join(found) or ("No sign that pages, rows or days are missing." if logs.height else "No log was read."),
        "Attempts and seats in the missing span are not counted.",
        "Fetch the missing span again: all pages to the end, or a shorter span per download.",
    )


def _cut_pages(logs: pl.DataFrame) -> Iterator[str]:
    cut = logs.filter(pl.col("notes").str.contains("truncated|torn|cut off|unexpected end"))["file"]
    if cut.len():
        yield f"{_few(cut)} ends before its end."
    pages = logs.filter(pl.col("notes").str.contains(NEXT_PAGE, literal=True))
    others = logs.height - pages.height
    if pages.height and not others:
        yield f"Each of {pages.height} pages names a next one, so the last page is not here."


def _round_sizes(logs: pl.DataFrame) -> Iterator[str]:
    full = logs.filter(pl.col("rows") == PORTAL_LIMIT)["file"]
    if full.len():
        yield f"{_few(full)} has exactly {PORTAL_LIMIT:,} rows, where the portal stops."


def _silences(tenant: Tenant) -> Iterator[str]:
    """The longest time without an event, where it is over a day and out of proportion to the log's own rhythm."""
    at = tenant.events.filter("counted").select(pl.col("at").dt.truncate("1m").unique().sort()).collect()["at"]
    waits = pl.DataFrame({"until": at, "wait": at.diff()}).drop_nulls()
    if waits.is_empty():
        return
    longest = waits.sort("wait").row(-1, named=True)
    if longest["wait"] > max(DAY, 10 * waits["wait"].quantile(0.95)):
        yield f"Nothing was logged for {longest['wait'] / DAY:.1f} days before {_utc(longest['until'])}."


def _reach(tenant: Tenant) -> Check:
    told = window(tenant).row(0, named=True)
    span = told["last_at"] - told["first_at"] if told["events"] else timedelta(0)
    long = span > KEPT_BY_ENTRA
    return Check(
        "Does the log reach back over a season?",
        "yes" if long else "partly" if told["events"] else "no",
        f"It covers {span / DAY:.1f} days." + ("" if long else " Entra keeps 30, or 7 on a free plan."),
        "When a storm began and who was active before the log stay ranges, never guesses.",
        "Export every month and keep the files in one folder, or stream the log to Log Analytics.",
    )


def _rows(tenant: Tenant) -> Check:
    lost = tenant.receipt.filter(pl.col("rejected") > 0)
    rejected, rows = lost["rejected"].sum(), tenant.receipt["rows"].sum()
    return Check(
        "Could every row be read?",
        "partly" if rejected else "yes" if rows else "no",
        f"{rejected:,} of {rows:,} rows could not be, in {_few(lost['file'])}."
        if rejected
        else f"All {rows:,} rows were kept or accounted for.",
        "What stands in these rows is counted nowhere.",
        "Look at the reasons under What was set aside: most are mended in tenant.toml or by a fresh export.",
    )


def _files(tenant: Tenant) -> Check:
    strange = tenant.receipt.filter(pl.col("form").is_in(["unrecognised", "unknown"]))["file"]
    return Check(
        "Was every file recognised?",
        "partly" if strange.len() else "yes" if tenant.receipt.height else "no",
        f"{_few(strange)} was not." if strange.len() else f"All {tenant.receipt.height} were.",
        "What these files hold is not used.",
        "Take them out of the folder, or say with [columns] in tenant.toml what their headers mean.",
    )


def _people(tenant: Tenant) -> Check:
    live = tenant.people.filter(~pl.col("is_deleted").fill_null(False))
    unsaid = live["enabled"].null_count()
    return Check(
        "Is it known who is in Entra now?",
        "no" if live.is_empty() else "partly" if unsaid else "yes",
        "No list of users was given."
        if live.is_empty()
        else f"{live.height:,} users; for {unsaid:,} the list does not say whether they may sign in."
        if unsaid
        else f"{live.height:,} users, each with its account status.",
        "Whether a person is enabled, disabled or gone.",
        "Users > All users > Download users, or Graph GET /users with accountEnabled in $select.",
    )


def _deleted(tenant: Tenant) -> Check:
    deleted = tenant.people.filter("is_deleted")
    given = deleted.height or tenant.receipt["form"].str.contains("(?i)deleted users").any()
    undated = deleted["deleted_at"].null_count()
    because = f"{deleted.height:,} deleted users" + (
        f", {undated:,} without the day of deletion." if undated else ", each with its day of deletion."
    )
    return Check(
        "Is it known who was deleted, and can still be restored?",
        "no" if not given else "partly" if undated else "yes",
        because if deleted.height else "The recycle bin is empty." if given else "No list of deleted users was given.",
        "Who was deleted, by when each must be restored, and who is gone for good.",
        "Graph GET /directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName,mail,deletedDateTime&$top=999",
    )


def _records(tenant: Tenant) -> Check:
    records = tenant.records
    lacking = [name for name in ("user_name", "active") if records[name].null_count() == records.height]
    return Check(
        "Is it known which accounts the app has?",
        "no" if records.is_empty() else "partly" if lacking else "yes",
        "No list of the app's users was given."
        if records.is_empty()
        else f"{records.height:,} records, without {' and '.join(lacking)}."
        if lacking
        else f"{records.height:,} records, each with its user name and status.",
        "Which record refuses a person, whose name is corrupted, and who is active without Entra knowing.",
        "Ask the app's vendor for all users over SCIM (GET /Users, every page), or an export with userName, externalId and status.",
    )


def _all_records(tenant: Tenant) -> Check:
    short = tenant.receipt.filter(pl.col("notes").str.contains("pages are missing", literal=True))["notes"]
    return Check(
        "Are the app's accounts complete?",
        "partly" if short.len() else "yes" if tenant.records.height else "no",
        short[0]
        if short.len()
        else "As many were read as the app says it has, where it says so."
        if tenant.records.height
        else "None were given.",
        "A person may have a record that is not seen here.",
        "Fetch every page: raise startIndex until totalResults is reached.",
    )


def _taken(tenant: Tenant) -> Check:
    snapshots = {"users": tenant.people, "the app's users": tenant.records}
    undated = [name for name, frame in snapshots.items() if frame.height and frame["taken_at"].null_count()]
    given = any(frame.height for frame in snapshots.values())
    return Check(
        "Is it known when the lists were made?",
        "partly" if undated else "yes" if given else "no",
        f"Not for the list of {' and '.join(undated)}." if undated else "For each list." if given else "No list was given.",
        "What such a list contradicts or confirms in the log: it serves for structure only.",
        "Say taken_at for the file under [files] in tenant.toml.",
    )


def _dates(tenant: Tenant) -> Check:
    unread = tenant.receipt.filter(pl.col("notes").str.contains("is not known in|stopped:"))
    return Check(
        "Could every date be read in one way only?",
        "partly" if unread.height else "yes",
        f"Not in {_few(unread['file'])}: {unread['notes'][0]}" if unread.height else "No date was guessed.",
        "What rests on these dates.",
        "Say date_order and zone for the file under [files] in tenant.toml.",
    )


def _zone(tenant: Tenant) -> Check:
    setting = tenant.settings["zone"]
    said = setting.origin != "default"
    return Check(
        "Is it known whose days are counted?",
        "yes" if said else "partly",
        f"Days are those of {setting.value}{'' if said else ', since no zone was said'}.",
        "A person switched off late in the evening may be counted a day too long or too short.",
        "Say zone in tenant.toml, such as Europe/Berlin.",
    )


def _job(tenant: Tenant) -> Check:
    return Check(
        "Is the state of the provisioning job known?",
        "yes" if tenant.jobs.height else "partly",
        f"{tenant.jobs.height} jobs were given."
        if tenant.jobs.height
        else "The log shows failures, but whether the job is in quarantine or paused stands on the job itself: not known.",
        "Whether anything is sent at all, and how long changes take.",
        "Graph GET /servicePrincipals/{id}/synchronization/jobs",
    )


QUESTIONS: dict[str, Callable[[Tenant], Check]] = {
    "log": _log,
    "records": _records,
    "deleted": _deleted,
    "people": _people,
    "rows": _rows,
    "dates": _dates,
    "files": _files,
    "log_whole": _whole_log,
    "records_whole": _all_records,
    "log_reach": _reach,
    "taken_at": _taken,
    "zone": _zone,
    "job": _job,
}
"""The questions by name, the most telling first."""


def _utc(at: object) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _few(files: pl.Series) -> str:
    named = ", ".join(files.head(3))
    return named if files.len() <= 3 else f"{named} and {files.len() - 3} more"
