"""Findings put together for whoever decides: how many stand where, whom to see to first, and what is to be decided."""

from datetime import datetime

import polars as pl

from scimlab import names as spelling
from scimlab.links import table
from scimlab.links.accounts import PREFIX
from scimlab.links.log import WHERE
from scimlab.schema import DECISIONS, FINDINGS, INSTANT, RECOVERED, STATES, Tenant

ALL = table.RULES["diagnosis"] + table.RULES["job_diagnosis"]

URGENCY = ("critical", "high", "medium", "review", "unknown", "low", "none")
"""Risks, the worst first."""

DECIDED = URGENCY[:4]
"""Risks that somebody has to decide about."""


def _urgency() -> pl.Expr:
    return pl.col("risk").replace_strict({each: place for place, each in enumerate(URGENCY)}, return_dtype=pl.Int8)


def states(findings: pl.DataFrame) -> pl.DataFrame:
    """How many people stand where: a row a state in Entra and a state in the app.

    A record that nobody in Entra has counts as a person of its own, never seen there.

    findings: FINDINGS.
    returns: STATES in the order of the axes; empty without findings.
    """
    subjects = _subjects(findings)
    order = {name: [*values] for name, values in (("entra", STATE_ORDER["entra"]), ("app", STATE_ORDER["app"]))}
    places = [
        pl.col(name).replace_strict(dict(zip(each, range(len(each)), strict=True)), default=99, return_dtype=pl.Int8)
        for name, each in order.items()
    ]
    return (
        subjects.group_by("entra", "app")
        .agg(
            people=pl.len().cast(pl.Int64),
            healthy=(pl.col("risk") == "none").sum().cast(pl.Int64),
            first_names=pl.col("person").sort(nulls_last=True).head(3).str.join(", "),
        )
        .sort(places)
        .select(pl.col(name).cast(dtype) for name, dtype in STATES.items())
    )


STATE_ORDER = {"entra": ("EN", "RC", "DI", "SD", "HD", "AB", "unknown"), "app": ("act", "ina", "abs", "dup", "cor", "tomb", "unknown")}


def urgent(findings: pl.DataFrame) -> pl.DataFrame:
    """The primary findings that ask for something, the most urgent first: by risk, then by deadline.

    findings: FINDINGS.
    returns: FINDINGS of people, of records nobody in Entra has, and of jobs; what is in order is left out.
    """
    asking = pl.concat([_subjects(findings), findings.filter(pl.col("subject_kind") == "job")]).filter(pl.col("risk") != "none")
    return asking.sort(_urgency(), "deadline_at", "person", "subject_id", nulls_last=True).select(*FINDINGS)


def decisions(findings: pl.DataFrame, *, as_of: datetime | None = None) -> pl.DataFrame:
    """What has to be decided: a row a decision, however many people are in it.

    findings: FINDINGS. as_of: deadlines before it have passed, and press nobody any more.
    returns: DECISIONS, what is due first on top; `by` is null without a deadline. Empty if nothing is to be decided.
    """
    situations = {each["name"]: each.get("situation", each["name"].lower()) for each in ALL}
    what = {each["name"]: each["what"] for each in ALL if "what" in each}
    # What is to be decided of a job is decided for everybody in it.
    everybody = findings.filter(pl.col("subject_kind") == "person")["subject_id"].n_unique()
    told, deadline = pl.col("diagnosis"), pl.col("deadline_at")
    asking = urgent(findings).filter(pl.col("risk").is_in(DECIDED), pl.col("owner") != "")
    return (
        asking.with_columns(
            situation=told.replace_strict(situations, return_dtype=pl.String),
            what=pl.coalesce(told.replace_strict(what, default=None, return_dtype=pl.String), "action"),
            urgency=_urgency(),
            due=deadline if as_of is None else pl.when(deadline >= pl.lit(as_of, INSTANT)).then(deadline),
        )
        .group_by("situation", maintain_order=True)
        .agg(
            what=pl.col("what").first(),
            people=pl.when((pl.col("subject_kind") == "job").all()).then(everybody).otherwise(pl.col("subject_id").n_unique()),
            first_names=pl.coalesce("person", "subject_id").head(3).str.join("; "),
            person_ids=pl.coalesce("person_id", "subject_id").str.join("; "),
            by=pl.col("due").min(),
            owner=pl.col("owner").first(),
            cost=pl.col("consequence").first(),
            runbook=pl.col("runbook").first(),
            urgency=pl.col("urgency").min(),
        )
        .sort("by", "urgency", nulls_last=True)
        .select(pl.col(name).cast(dtype) for name, dtype in DECISIONS.items())
    )


def recovered(tenant: Tenant, findings: pl.DataFrame) -> pl.DataFrame:
    """Each name that carries an object id in front, as it is and as it was.

    findings: FINDINGS of the tenant.
    returns: RECOVERED by name; `proof` says how sure it is that the id is one of Entra's. Empty where no name is corrupted.
    source: domain.md 2.3 in words: an id that the record carries elsewhere too, or that Entra knows, is proof.
    """
    records = tenant.records.with_columns(where=WHERE, corrupted=pl.coalesce(pl.col("user_name").str.extract(f"({PREFIX}.*)", 1), "mail"))
    found = records.filter(pl.col("corrupted").str.contains(PREFIX)).unique("target_id", keep="last", maintain_order=True)
    parts = [spelling.recover(text.strip()) for text in found["corrupted"]]
    of_record = findings.filter(pl.col("subject_kind") == "record", pl.col("rank") == "primary")
    known = pl.col("object_id").is_in(findings.filter(pl.col("subject_kind") == "person")["subject_id"].str.to_lowercase().implode())
    twice = pl.col("external_id").str.to_lowercase() == pl.col("object_id")
    mail = pl.col("mail").str.to_lowercase() == pl.col("clean").str.to_lowercase()
    proof = pl.when(twice | known).then(pl.lit("confirmed")).when(mail).then(pl.lit("probable")).otherwise(pl.lit("suspect"))
    return (
        found.with_columns(
            object_id=pl.Series([each.object_id for each in parts], dtype=pl.String),
            clean=pl.Series([each.clean_name for each in parts], dtype=pl.String),
        )
        .join(of_record.select(target_id="subject_id", person="person", diagnosis="diagnosis"), on="target_id", how="left")
        .with_columns(proof=proof, evidence="where")
        .sort("clean", "target_id")
        .select(pl.col(name).cast(dtype) for name, dtype in RECOVERED.items())
    )


def _subjects(findings: pl.DataFrame) -> pl.DataFrame:
    """The primary findings of people, and of records that nobody in Entra has."""
    loose = (pl.col("subject_kind") == "record") & ~pl.col("person_id").is_in(
        findings.filter(pl.col("subject_kind") == "person")["person_id"].implode()
    )
    return findings.filter(pl.col("rank") == "primary", (pl.col("subject_kind") == "person") | loose)
