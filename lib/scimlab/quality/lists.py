"""What the lists and the settings can answer: who exists, who was deleted, and what only the tenant can say."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from scimlab.quality.answers import Answer, Log, some
from scimlab.schema import Tenant

SET_ASIDE = {"duplicate": "were met before", "foreign": "are not of provisioning", "rejected": "could not be read"}


def rows(tenant: Tenant, log: Log) -> Answer:
    """Whether every row was read, and what became of the others."""
    sums = tenant.receipt.select(pl.col("rows", "kept", "duplicate", "foreign", "rejected").sum()).row(0, named=True)
    unread = tenant.receipt.filter((pl.col("rows") == 0) | pl.col("notes").str.contains("stopped: ", literal=True))
    parts = [f"{sums['kept']:,} of {sums['rows']:,} rows were kept"]
    parts += [f"{sums[kind]:,} {words}" for kind, words in SET_ASIDE.items() if sums[kind]]
    parts += [f"{some(len(unread), 'file')} gave no row ({', '.join(unread['file'].head(3))})"] if len(unread) else []
    unknown = tenant.receipt.filter(pl.col("notes").str.contains("_at is not known in"))
    parts += [f"times are not known in {', '.join(unknown['file'].head(3))}"] if len(unknown) else []
    stopped = tenant.receipt.filter(pl.col("notes").str.contains("stopped: ", literal=True))
    is_whole = not sums["rejected"] and not len(stopped) and not len(unknown)
    return Answer("yes" if is_whole and sums["kept"] else "partly" if sums["kept"] else "no", f"{'; '.join(parts)}.")


def app_users(tenant: Tenant, log: Log) -> Answer:
    """Whether the app's list is there, whole, and says names and flags."""
    records = tenant.records
    if records.is_empty():
        return Answer("no", "No list of the app's own users was given.")
    lacks = [
        words
        for column, words in {"user_name": "user names", "active": "whether they are active"}.items()
        if records[column].null_count() == len(records)
    ]
    users = some(records["target_id"].n_unique(), "user")
    missing = [f"{users} of the app, without {' and '.join(lacks)}."] if lacks else []
    missing += short_lists(tenant.receipt)
    return Answer("partly", " ".join(missing)) if missing else Answer("yes", f"{users} of the app.")


def entra_users(tenant: Tenant, log: Log) -> Answer:
    """Whether Entra's list is there and says who is enabled."""
    live = tenant.people.filter(~pl.col("is_deleted").fill_null(False))
    if live.is_empty():
        return Answer("no", "No list of Entra's users was given.")
    users = some(live["object_id"].n_unique(), "user")
    unknown = live.filter(pl.col("enabled").is_null())["object_id"].n_unique()
    if unknown:
        return Answer("partly", f"{users} of Entra; of {unknown:,} it is not said whether they are enabled.")
    return Answer("yes", f"{users} of Entra.")


def deleted_users(tenant: Tenant, log: Log) -> Answer:
    """Whether the recycle bin is there, and dated. An empty list that does not say what it lists is half believed."""
    deleted = tenant.people.filter(pl.col("is_deleted"))
    if len(deleted):
        undated = deleted["deleted_at"].null_count()
        if undated:
            return Answer("partly", f"{some(len(deleted), 'deleted user')}; of {undated:,} it is not said when they were deleted.")
        return Answer("yes", f"{some(len(deleted), 'deleted user')}.")
    if tenant.has_bin:
        return Answer("yes", "Nobody was deleted in the 30 days before.")
    empty = tenant.receipt.filter(pl.col("rows") == 0, pl.col("file").str.contains("(?i)delet"))
    if len(empty):
        return Answer(
            "partly", f"{empty['file'][0]} holds nobody: if it is the list of deleted users, nobody was deleted in the 30 days before."
        )
    return Answer("no", "No list of deleted users was given.")


def taken_at(tenant: Tenant, log: Log) -> Answer:
    """Whether each list says when it was taken."""
    lists = {
        "Entra's users": tenant.people,
        "the app's users": tenant.records,
        "the assignments": tenant.assignments,
        "the jobs": tenant.jobs,
    }
    given = {name: frame for name, frame in lists.items() if len(frame)}
    if not given:
        return Answer("no", "No list was given.")
    files = [file for frame in given.values() for file in frame.filter(pl.col("taken_at").is_null())["file"].drop_nulls().unique().sort()]
    if files:
        return Answer("partly", f"Not of {', '.join(files[:3])}{f' and {len(files) - 3} more' if len(files) > 3 else ''}.")
    return Answer("yes", f"Of {', '.join(given)}.")


def job(tenant: Tenant, log: Log) -> Answer:
    """How each job stands. What no list says is not known: never taken for healthy."""
    states = [
        f"{job or 'the job'}: {status or 'state not said'}{f' ({reason})' if reason else ''}"
        for job, status, reason in tenant.jobs.select("job_id", "status", "quarantine_reason").iter_rows()
    ]
    if not states:
        return Answer("no", "The log does not say it, and no list of jobs was given.")
    return Answer("yes", f"{'; '.join(states[:3])}.")


def assignments(tenant: Tenant, log: Log) -> Answer:
    """Whether it is known who is assigned, from a list or at the least from the log's scoping steps."""
    if len(tenant.assignments):
        return Answer("yes", f"{some(tenant.assignments['principal_id'].n_unique(), 'principal')} assigned.")
    told = tenant.events.filter(pl.col("counted"), pl.col("assigned").is_not_null()).select(pl.col("source_id").n_unique()).collect().item()
    if told:
        return Answer(
            "partly", f"The log says it of {some(told, 'person', 'people')}, as of their last event; no list of assignments was given."
        )
    return Answer("no", "No list of assignments was given, and the log does not say it.")


def audit(tenant: Tenant, log: Log) -> Answer:
    """Whether the directory audit is there and reaches as far back as the log."""
    if tenant.audit.is_empty():
        return Answer("no", "No directory audit log was given.")
    first, last = tenant.audit.select(first=pl.col("at").min(), last=pl.col("at").max()).row(0)
    if first is None:
        return Answer("partly", "A directory audit log was given, but not when its events were.")
    if log.first_at is not None and first > log.first_at + timedelta(days=1):
        return Answer("partly", f"The directory audit log begins on {log.said(first)}, later than the provisioning log.")
    return Answer("yes", f"The directory audit log covers {log.said(first)} to {log.said(last)}.")


def zone(tenant: Tenant, log: Log) -> Answer:
    """Whether somebody said whose days are counted."""
    if tenant.settings["zone"].origin == "default":
        return Answer("partly", f"Nobody said it, so {tenant.zone} is taken.")
    return Answer("yes", f"{tenant.zone}, by {tenant.settings['zone'].origin}.")


def price(tenant: Tenant, log: Log) -> Answer:
    """Whether the terms name a price."""
    terms = tenant.settings["terms"].value or {}
    if terms.get("price") is None:
        return Answer("no", "tenant.toml names no price.")
    return Answer("yes", f"{terms['price']} {terms.get('currency', '')}".strip() + " a seat.")


def short_lists(receipt: pl.DataFrame) -> Iterator[str]:
    """A sentence a list of which the app promised more than was read."""
    promised = receipt.filter(pl.col("notes").str.contains("pages are missing", literal=True)).head(1)
    for file, notes in promised.select("file", "notes").iter_rows():
        told = next((each for each in notes.split("; ") if "pages are missing" in each), notes)
        yield f"{file}: {told}."
