"""What these exports can answer and what not: CHECKS, in plain words, with what each gap costs and how to close it."""

import tomllib
from collections.abc import Callable, Mapping
from importlib import resources

import polars as pl

from scimlab import people
from scimlab.quality import lists, logs
from scimlab.quality.answers import Answer, Log
from scimlab.schema import CHECKS, Tenant

ASKED: Mapping[str, Mapping[str, str]] = tomllib.loads((resources.files("scimlab") / "rules" / "checks.toml").read_text("utf-8"))["check"]

ANSWERS: Mapping[str, Callable[[Tenant, Log], Answer]] = {
    "log": logs.covers,
    "log_whole": logs.log_whole,
    "log_gaps": logs.log_gaps,
    "log_reach": logs.log_reach,
    "season": logs.season,
    "update_action": logs.update_action,
    "rows": lists.rows,
    "app_users": lists.app_users,
    "entra_users": lists.entra_users,
    "deleted_users": lists.deleted_users,
    "taken_at": lists.taken_at,
    "job": lists.job,
    "assignments": lists.assignments,
    "audit": lists.audit,
    "one_app": logs.one_app,
    "zone": lists.zone,
    "price": lists.price,
}
assert set(ANSWERS) == set(ASKED)


def checks(tenant: Tenant) -> pl.DataFrame:
    """What the inputs can or cannot answer, the most important question first.

    tenant: everything that was read, and its receipt.
    returns: CHECKS, always the same questions in the same order; `blocks` and `remedy` are null where the answer is yes.
    source: rules/checks.toml for the words; domain.md 5 (row 49) in words: name the missing input, never guess.
    """
    counted = tenant.events.filter("counted")
    log = Log(*counted.select(pl.len(), first=pl.col("at").min(), last=pl.col("at").max()).collect().row(0), tenant.zone)
    rows = []
    for name, asked in ASKED.items():
        answer, because = ANSWERS[name](tenant, log)
        open_ = {key: None if answer == "yes" else asked[key] for key in ("blocks", "remedy")}
        rows.append({"check": name, "question": asked["question"], "answer": answer, "because": because} | open_)
    return pl.DataFrame(rows, schema=CHECKS)


def window(tenant: Tenant) -> pl.DataFrame:
    """One row: what came in at a glance.

    returns: `rows` read and `kept` of all files, `first_at` and `last_at` of the counted log, `people` (as identities unite
    them), `records` of the app and `apps` in the log.
    """
    events = tenant.events.select(
        first_at=pl.col("at").filter(pl.col("counted")).min(),
        last_at=pl.col("at").filter(pl.col("counted")).max(),
        apps=pl.coalesce("app_id", "app_name").drop_nulls().n_unique().cast(pl.Int64),
    ).collect()
    sums = tenant.receipt.select(pl.col("rows", "kept").sum())
    known = people.identities(tenant)
    persons = known.filter(pl.col("alias_kind") == "object_id")["person_id"].n_unique()
    records = known.filter(pl.col("alias_kind") == "target_id")["alias"].n_unique()
    return sums.hstack(events.select("first_at", "last_at")).with_columns(
        pl.lit(persons, pl.Int64).alias("people"), pl.lit(records, pl.Int64).alias("records"), events["apps"]
    )
