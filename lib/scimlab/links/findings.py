"""FINDINGS: a diagnosis for every person, every record and every job, with what to do, by whom and before when."""

import hashlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from scimlab import people
from scimlab.links import axes, evidence, judge, strays, table
from scimlab.links import jobs as job_rows
from scimlab.links.accounts import BIN_DAYS
from scimlab.links.known import Known, instant
from scimlab.links.table import JOBS, OPEN, SUBJECTS
from scimlab.schema import FINDINGS, INSTANT, Tenant

ESCROW = QUARANTINE = timedelta(days=28)
CONFIDENCE = ("confirmed", "probable", "suspect", "unknown")
SHOWN = {"cor.act": "cor", "cor.ina": "cor", "filtered": "U", "nested": "U"}
"""What the frame shows for the finer values of the axes."""

INSUFFICIENT = "INSUFFICIENT_EVIDENCE"

OF_PERSON = (
    "person", "missing", "person_id", "entra", "scope", "older", "change_at", "deleted_at", "older_deleted_at", "failing_since",
    "diagnosis", "rank", "confidence", *table.SAYINGS,
)  # fmt: skip
"""What a record's finding takes from that of its person."""


def findings(tenant: Tenant, as_of: datetime | None = None, *, identities: pl.DataFrame | None = None) -> pl.DataFrame:
    """What state each person, record and job is in, what is wrong, and what must be done.

    Every person known to Entra and every record of the app has exactly one primary finding; what else surely holds of a person
    stands beside it as secondary. A record of a person shares the person's primary one. What a job's state makes doubtful is
    said no surer than probable. Where an input is missing that would tell, the finding is INSUFFICIENT_EVIDENCE and names it.

    as_of: the instant to judge at; the tenant's own unless given. identities: IDENTITIES, where they are known already.
    returns: FINDINGS, people first, then records, then jobs, each by subject, the primary finding first; empty where nothing was
        ever observed.
    source: rules/diagnoses.toml; domain.md 5 and 7 in words.
    """
    now = as_of or tenant.as_of
    if now is None:
        return FINDINGS.to_frame()
    ids = people.identities(tenant) if identities is None else identities
    seen = axes.seen(tenant, now, ids)
    known = seen.known
    jobs = _told(judge.judged(job_rows.jobs(tenant, known, seen.events, seen.acts), JOBS), JOBS).with_columns(subject_id="job_id")
    doubts = jobs.join(_doubtful(), on="diagnosis", how="semi")
    persons = _told(judge.judged(seen.people, SUBJECTS), SUBJECTS).with_columns(evidence=evidence.of_people(), confidence=_confidence())
    loose = _told(judge.judged(strays.strays(known, seen.records, seen.accounts, seen.people), SUBJECTS), SUBJECTS)
    rows = [
        _ready(persons, "person", known, tenant.zone, doubts),
        _ready(_records(persons, seen.records, known), "record", known, tenant.zone, doubts),
        _ready(
            _excused(loose.with_columns(evidence=evidence.of_records(), confidence=pl.lit(0)), tenant), "record", known, tenant.zone, doubts
        ),
        _ready(
            jobs.filter(pl.col("diagnosis") != INSUFFICIENT).with_columns(rank=pl.lit("primary"), confidence=pl.lit(0)),
            "job",
            known,
            tenant.zone,
            doubts,
        ),
    ]
    kind = pl.Enum(["person", "record", "job"])
    return (
        pl.concat(rows).sort(pl.col("subject_kind").cast(kind), "subject_id", "rank", "diagnosis").with_columns(finding_id=_finding_ids())
    )


def _told(judged: pl.DataFrame, rules: table.Table) -> pl.DataFrame:
    """Each row with what the table says of its diagnosis."""
    unsure = table.saying(INSUFFICIENT)
    names = ("diagnosis", "place", *table.SAYINGS)
    sure = pl.col("when_id").is_not_null()
    plain = {name: unsure[name] for name in table.SAYINGS} | {"diagnosis": INSUFFICIENT, "place": -1, "owner": table.owner(unsure["owner"])}
    could_be = pl.col("possible").list.join(" or ")
    filled = judged.join(rules.whens().select("when_id", *names), on="when_id", how="left", maintain_order="left").with_columns(
        pl.when(sure).then(name).otherwise(pl.lit(plain[name])).alias(name) for name in names
    )
    may_be = pl.format("{} It may be {}.", "means", could_be.fill_null("a state that the table does not know"))
    to_get = pl.format("Export what is missing: {}.", pl.col("to_get").fill_null("nothing that would help is known"))
    return filled.with_columns(means=pl.when(sure).then("means").otherwise(may_be), action=pl.when(sure).then("action").otherwise(to_get))


def _doubtful() -> pl.DataFrame:
    return pl.DataFrame({"diagnosis": [each["name"] for each in table.RULES["job_diagnosis"] if each["lowers"]]}, {"diagnosis": pl.String})


def _confidence() -> pl.Expr:
    """How sure a person's finding is, as an index into CONFIDENCE: as sure as the weakest alias it rests on."""
    ranks = [pl.col(each).to_physical().cast(pl.UInt32).fill_null(0) for each in ("strength", "record_strength")]
    older = pl.when(pl.col("older") != "none").then(pl.col("older_strength").to_physical().cast(pl.UInt32)).fill_null(0)
    stranger = pl.when((pl.col("link") == "wrong") & pl.col("claimants").is_null()).then(1).otherwise(0)
    return pl.max_horizontal(*ranks, older, stranger).cast(pl.Int32)


def _records(persons: pl.DataFrame, records: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Each record of a person, under the person's primary finding, in a state of its own."""
    theirs = persons.filter(pl.col("rank") == "primary").select("subject", *OF_PERSON, their_record="target_id", their_link="link")
    owned = records.select("subject", *evidence.RECORD_NEEDS, "app_alone").join(theirs, on="subject")
    return owned.with_columns(
        subject_id="target_id",
        app="app_alone",
        others=pl.lit("none"),
        link=pl.when(pl.col("target_id") == pl.col("their_record")).then("their_link").otherwise(pl.lit("none")),
        evidence=evidence.of_records(),
    )


def _excused(loose: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """Records that the tenant keeps on a list of exceptions are no question any more."""
    listed = tenant.settings["exclude"].value if "exclude" in tenant.settings else []
    reasons = {each.get("target_id") or each.get("address", "").casefold(): each.get("reason", "") for each in listed}
    reason = pl.coalesce(
        pl.col(each).replace_strict(reasons, default=None, return_dtype=pl.String) for each in ("target_id", "address", "mail_address")
    )
    excused = (pl.col("diagnosis") == "UNMANAGED_ACCOUNT") & reason.is_not_null()
    return loose.with_columns(
        risk=pl.when(excused).then(pl.lit("none")).otherwise("risk"),
        owner=pl.when(excused).then(pl.lit("")).otherwise("owner"),
        action=pl.when(excused)
        .then(pl.format("Nothing: on the list of exceptions, {}.", reason.fill_null("without a reason")))
        .otherwise("action"),
    )


def _ready(rows: pl.DataFrame, kind: str, known: Known, zone: str, doubts: pl.DataFrame) -> pl.DataFrame:
    """FINDINGS, of rows that carry what the table says and, for people and records, their axes."""
    needed = {"person": None, "missing": None, "person_id": None} | dict.fromkeys(("entra", "scope", "app", "link", "others", "older"), "")
    needed |= dict.fromkeys(("change_at", "deleted_at", "older_deleted_at", "failing_since", "quarantined_at"), None)
    types = {name: INSTANT if name.endswith(("_at", "since")) else pl.String for name in needed}
    whole = rows.with_columns(pl.lit(value, types[name]).alias(name) for name, value in needed.items() if name not in rows.columns)
    least = 1 if doubts.height and kind != "job" else 0
    unsure = pl.col("diagnosis") == INSUFFICIENT
    confidence = pl.when(unsure).then(3).otherwise(pl.max_horizontal("confidence", pl.lit(least)))
    return whole.with_columns(
        subject_kind=pl.lit(kind),
        deadline_at=_deadline(known, zone),
        confidence=confidence.replace_strict(dict(enumerate(CONFIDENCE)), return_dtype=pl.String),
        entra=_entra(),
        scope=pl.when(pl.col("entra").is_in(["HD", "AB"])).then(pl.lit("-")).otherwise(_one("scope")),
        app=pl.when(pl.col("others").is_in(["ina", "act", "ina|act"])).then(pl.lit("dup")).otherwise(_one("app")),
        link=_one("link"),
        finding_id=pl.lit(""),
    ).select(pl.col(name).cast(dtype) for name, dtype in FINDINGS.items())


def _one(axis: str) -> pl.Expr:
    """The value of an axis as it is shown; unknown where several are open."""
    return pl.col(axis).map_batches(_shown, return_dtype=pl.String)


def _shown(values: pl.Series) -> pl.Series:
    found = values.drop_nulls().unique()
    shown = [{SHOWN.get(value, value) for value in each.split(OPEN)} for each in found]
    return values.replace_strict(
        found, [each.pop() if len(each) == 1 else "unknown" for each in shown], default="unknown", return_dtype=pl.String
    )


def _entra() -> pl.Expr:
    """The state in Entra; RC for a live account that had one before it."""
    live = pl.col("entra").is_in(["EN", "DI"]) & pl.col("older").is_in(["purged", "restorable"])
    return pl.when(live).then(pl.lit("RC")).otherwise(_one("entra"))


def _deadline(known: Known, zone: str) -> pl.Expr:
    """When what the diagnosis speaks of ends."""
    now = known.as_of
    local = now.astimezone(ZoneInfo(zone))
    month = datetime(local.year + local.month // 12, local.month % 12 + 1, 1, tzinfo=ZoneInfo(zone))
    at = {
        "now": instant(now),
        "two_cycles": pl.coalesce("change_at", instant(now)) + known.settle,
        "next_cycles": instant(now) + known.settle,
        "restore": pl.col("deleted_at") + BIN_DAYS,
        "restore_old": pl.col("older_deleted_at") + BIN_DAYS,
        "escrow": pl.col("failing_since") + ESCROW,
        "invoice": instant(month.astimezone(ZoneInfo("UTC"))) - known.settle,
        "quarantine": pl.col("quarantined_at") + QUARANTINE,
    }
    return pl.coalesce(pl.when(pl.col("deadline") == name).then(when) for name, when in at.items())


def _finding_ids() -> pl.Expr:
    """The same id for the same subject and diagnosis in every run: the two in words, but for a subject that holds odd signs."""
    plain = pl.col("subject_id").str.contains(r"^[\w.@-]*$")
    odd = pl.when(~plain).then("subject_id").map_batches(_hashed, return_dtype=pl.String)
    return pl.concat_str("subject_kind", pl.when(plain).then("subject_id").otherwise(odd), "diagnosis", separator="-")


def _hashed(texts: pl.Series) -> pl.Series:
    found = texts.drop_nulls().unique()
    return texts.replace_strict(
        found, [hashlib.blake2b(each.encode(), digest_size=8).hexdigest() for each in found], default=None, return_dtype=pl.String
    )
