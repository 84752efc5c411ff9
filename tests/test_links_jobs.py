"""The findings about a job."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from test_links_rows import LIFE, WORLD
from typed_tenant import NOW, tenant

from scimlab import links, schema
from scimlab.schema import Tenant

TYPED = tenant(*WORLD, *LIFE, "record r ada active key=ada", app_id="app")
SOUND = {"userName": "[mail]", "active": "Not([IsSoftDeleted])", "externalId": "[objectId]"}


def job(**values: object) -> pl.DataFrame:
    """JOBS of one job that runs, but for the values."""
    row = {"job_id": "job-1", "status": "Active", "state": "Active", "file": "jobs.json", "row": 1} | values
    return pl.DataFrame([{name: row.get(name) for name in schema.JOBS}], schema=schema.JOBS)


def mapped(actions: str = "add update delete", **sources: str | None) -> pl.DataFrame:
    """MAPPINGS of one job: sound ones, but for the sources; None takes an attribute out."""
    rows = [
        {"job_id": "job-1", "object_type": "User", "target": target, "source": source, "actions": actions, "file": "schema.json", "row": 1}
        for target, source in (SOUND | sources).items()
        if source
    ]
    return pl.DataFrame([{name: row.get(name) for name in schema.MAPPINGS} for row in rows], schema=schema.MAPPINGS)


def leaving(people: int) -> pl.DataFrame:
    """A ROSTER that sends so many away tomorrow."""
    rows = [{"object_id": str(number), "intent": "may_return", "leaves_on": date(2026, 7, 1)} for number in range(people)]
    return pl.DataFrame([{name: row.get(name) for name in schema.ROSTER} for row in rows], schema=schema.ROSTER)


def diagnoses(typed: Tenant) -> list[str]:
    """What is found of jobs."""
    return links.findings(typed).filter(pl.col("subject_kind") == "job")["diagnosis"].to_list()


FOUND = {
    "X1_QUARANTINE": replace(TYPED, jobs=job(status="Quarantine", quarantined_at=NOW - timedelta(days=2))),
    "X2_NOT_RUNNING": replace(TYPED, jobs=job(state="Paused")),
    "X3_ACTIVE_NOT_MAPPED": replace(TYPED, mappings=mapped(active=None)),
    "X4_ACTION_OFF": replace(TYPED, mappings=mapped(actions="add update")),
    "X5_SKIPS_OUT_OF_SCOPE": replace(TYPED, jobs=job(skips_out_of_scope=True)),
    "X6_THRESHOLD_BELOW_BATCH": replace(TYPED, jobs=job(deletion_threshold=5), roster=leaving(6)),
    "X7_NAME_FROM_UPN": replace(TYPED, mappings=mapped(userName="[userPrincipalName]")),
    "X8_SYNCS_ALL": replace(TYPED, jobs=job(syncs_all=True)),
    "X9_EXTERNAL_ID_NOT_OBJECT_ID": replace(TYPED, mappings=mapped(externalId="[mailNickname]")),
    "X10_RULE_NEEDS_ENABLED": tenant(
        *WORLD,
        *(f"done {who} Disable_account -10h" for who in ("ada", "bea", "cleo")),
        *(f"done {who} Remove_member_from_group -9h" for who in ("ada", "bea", "cleo")),  # within the hour, each of the three
    ),
    "X11_SHORT_LOG": tenant("user zoe", "given zoe", "create zoe z -7d", "record z zoe active key=zoe"),
    "X12_SEVERAL_WRITERS": tenant(*WORLD, "update zoe z -2h job=job-2"),
}


@pytest.mark.parametrize("diagnosis", FOUND)
def test_found(diagnosis):
    """A job of which an export says so has this finding, and no other."""
    assert {*diagnoses(FOUND[diagnosis])} == {diagnosis}


def test_a_sound_job_has_none():
    """A job that runs with sound mappings, and one of which nothing was exported, has no finding."""
    assert diagnoses(replace(TYPED, jobs=job(deletion_threshold=6), mappings=mapped(), roster=leaving(6))) == []
    assert diagnoses(TYPED) == []


def test_another_apps_job_is_no_concern():
    """A job that the log shows feeding another app is not held against this one."""
    foreign = TYPED.events.collect().head(1).with_columns(counted=pl.lit(False), job_id=pl.lit("job-9"), app_id=pl.lit("other"))
    typed = replace(TYPED, events=pl.concat([TYPED.events.collect(), foreign]).lazy(), jobs=job(job_id="job-9", state="Paused"))
    assert diagnoses(typed) == []
