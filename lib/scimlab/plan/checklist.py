"""The read-only checklist: each person's steps, and the decisions they come down to."""

import polars as pl

from scimlab import schema
from scimlab.plan import runbooks
from scimlab.plan.situations import situations
from scimlab.schema import Tenant


def checklist(storms: pl.DataFrame, identities: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """The steps that bring each person in an open storm back in order, and each deleted one who can still be restored.

    Nothing is sent: each step says who does it, where in the portal and by which request, what must hold before, how
    it is verified and undone. What the inputs cannot tell is a situation of its own, whose only step is to export it.
    People known to the roster as leaving are left to go. Deleted or disabled people are never provisioned on demand,
    synchronised ones are changed in Active Directory, and records are written by the vendor alone.

    storms: STORMS, any order; closed ones are skipped. identities: IDENTITIES. tenant: its people, records, roster, events.
    returns: STEPS, most urgent first, each person's in order; a job's defect is told once, under the job. Empty if nobody needs anything.
    source: domain.md 5 and 6 (runbooks R0-R12), and the vendor's guide.
    """
    found = situations(storms, identities, tenant).with_columns(
        deadline_at=_deadline(tenant),
        runbook=_told("runbook"),
        rank=pl.col("situation").replace_strict(runbooks.RANK, return_dtype=pl.Int64),
    )
    ordered = found.sort("deadline_at", "rank", "person", "person_id", nulls_last=True)
    kept = ("person_id", "person", "situation", "runbook", "people", "deadline_at")
    rows = [
        {name: facts[name] for name in kept} | step
        for facts in ordered.iter_rows(named=True)
        for step in runbooks.steps(facts["situation"], facts)
    ]
    return pl.DataFrame(rows, schema=schema.STEPS)


def decisions(steps: pl.DataFrame) -> pl.DataFrame:
    """What has to be decided: a row a situation, however many people are in it.

    steps: STEPS, as `checklist` gives them.
    returns: DECISIONS, what is due first on top; `owner` names all who have a step, in the order of the steps; `by` is null
        without a deadline.
    """
    person = steps.unique(["person_id", "situation"], keep="first", maintain_order=True)
    per_situation = person.group_by("situation", maintain_order=True).agg(
        people=pl.col("people").sum(),
        first_names=pl.coalesce("person", "person_id").head(3).str.join("; "),
        person_ids=pl.col("person_id").str.join("; "),
        by=pl.col("deadline_at").min(),
        runbook=pl.col("runbook").first(),
    )
    owners = (
        steps.sort("step")
        .group_by("situation", maintain_order=True)
        .agg(owner=pl.col("owner").unique(maintain_order=True).str.join(", then "))
    )
    return (
        per_situation.join(owners, on="situation")
        .with_columns(what=_told("what"), cost=_told("cost"), rank=pl.col("situation").replace_strict(runbooks.RANK, return_dtype=pl.Int64))
        .sort("by", "rank", nulls_last=True)
        .select(pl.col(name).cast(dtype) for name, dtype in schema.DECISIONS.items())
    )


def _told(key: str) -> pl.Expr:
    return pl.col("situation").replace_strict({name: each[key] for name, each in runbooks.SITUATIONS.items()}, return_dtype=pl.String)


def _deadline(tenant: Tenant) -> pl.Expr:
    """When the way back closes, or Entra stops trying; null where it has, or where there is no such day."""
    kind = _told("deadline")
    at = pl.when(kind == "restore").then("restore_by").when(kind == "escrow").then("escrow_by")
    return pl.when(at > pl.lit(tenant.as_of, schema.INSTANT)).then(at)
