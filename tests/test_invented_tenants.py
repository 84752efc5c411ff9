"""Storms and steps on the invented tenants of data/samples, against what really was in them."""

from pathlib import Path

import polars as pl
import pytest

from scimlab import people, plan, read, storms
from scimlab.schema import STORMS, Tenant

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
SITUATIONS = {
    "CORRUPTED_BLOCKING_RETURN": "name_corrupted_blocks_return",
    "RECREATED_WHILE_RESTORABLE": "recreated_while_restorable",
    "RECOVERABLE": "restorable",
    "RESTORE_WINDOW_CLOSING": "restorable",
}


@pytest.fixture(scope="module", params=["troubled", "healthy"])
def tenant(request, tmp_path_factory) -> Tenant:
    """A tenant of data/samples, read as a user would."""
    return read.tenant(SAMPLES / request.param, workdir=tmp_path_factory.mktemp("parts"))


def truth(tenant: Tenant, table: str) -> pl.DataFrame:
    """What really was."""
    return pl.read_csv(SAMPLES / tenant.name / "truth" / f"{table}.csv", infer_schema=False)


def test_storms_are_those_that_were(tenant):
    """Every storm of the world is found, with its start, end, attempts and cause, and no other."""
    columns = ["source_id", "job_id", "action", "first_at", "last_at", "attempts", "cause"]
    found = storms.retry_storms(tenant.events, people.identities(tenant), as_of=tenant.as_of).select(columns).sort(columns)
    instants = pl.col("first_at", "last_at").str.to_datetime(time_unit="us", time_zone="UTC")
    were = truth(tenant, "storms").with_columns(instants, pl.col("attempts").cast(STORMS["attempts"])).select(columns).sort(columns)
    assert found.equals(were)


def test_steps_fit_what_ails_people(tenant):
    """Whoever the world says is blocked or can be restored is in the situation that says so, and nobody else is."""
    known = people.identities(tenant)
    found = plan.checklist(storms.retry_storms(tenant.events, known, as_of=tenant.as_of), known, tenant)
    told = found.filter(pl.col("situation").is_in(list(SITUATIONS.values()))).select("person_id", "situation").unique()
    ailing = truth(tenant, "diagnoses").filter(pl.col("diagnosis").is_in(list(SITUATIONS)))
    expected = ailing.select(person_id="subject_id", situation=pl.col("diagnosis").replace_strict(SITUATIONS, return_dtype=pl.String))
    assert sorted(told.rows()) == sorted(expected.rows())


def test_nothing_to_decide_where_all_is_well(tenant):
    """The healthy tenant leaves nothing to decide, the troubled one something."""
    known = people.identities(tenant)
    found = plan.decisions(plan.checklist(storms.retry_storms(tenant.events, known, as_of=tenant.as_of), known, tenant))
    assert found.is_empty() == (tenant.name == "healthy")
