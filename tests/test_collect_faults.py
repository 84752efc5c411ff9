"""Collecting from a tenant where everything goes wrong: it equals the truth, or says what is missing."""

import polars as pl
import pytest
from collecting import collected, events, hasty, instant, rehearsal, true_events

from scimlab import collect, read
from scimlab.rehearse import FAULTS


def assert_truth(running, into, workdir) -> None:
    """Events, people and records of a folder are those of the world."""
    world, tenant = running.world, read.tenant(into, workdir=workdir)
    assert set(tenant.events.collect()["event_id"]) == true_events(running, instant(running))
    latest = {name: frame.filter(pl.col("taken_at") == pl.col("taken_at").max()) for name, frame in vars(tenant).items() if name in LISTS}
    there = [each for each in world.directory.users.values() if each.purged_at is None]
    assert set(latest["people"].select("object_id", "is_deleted").rows()) == {
        (each.object_id, each.deleted_at is not None) for each in there
    }
    assert set(latest["records"].select("target_id", "active").rows()) == {
        (each.target_id, each.active) for each in world.app.records.values()
    }
    assert set(latest["assignments"].filter(pl.col("group_id").is_null())["principal_id"]) == {
        each
        for each in world.directory.assigned[world.job.connection.app_id]
        if each in world.directory.groups or world.directory.users[each].deleted_at is None
    }


LISTS = ("people", "records", "assignments")


def faulty_run(tmp_path, seed: int) -> None:
    """Every fault at once; four hours later the late records are there too."""
    with rehearsal(faults=list(FAULTS), seed=seed) as (running, http):
        collected(running, tmp_path / "in", rows_a_page=15)
        http.post("/rehearsal/clock", json={"advance_hours": 4}).raise_for_status()
        done = collected(running, tmp_path / "in", rows_a_page=15)
        assert done.is_whole, done.ledger.filter(~pl.col("complete"))["missing"].to_list()
        assert_truth(running, tmp_path / "in", tmp_path / "parts")


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_whatever_goes_wrong(tmp_path, seed):
    """Under all faults together the folder equals the truth, once the late records can be seen."""
    faulty_run(tmp_path, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1000))
def test_nothing_is_lost_in_a_thousand_runs(tmp_path, seed):
    """The same, a thousand times."""
    faulty_run(tmp_path, 100 + seed)


@pytest.mark.parametrize("fault", [each for each in FAULTS if each not in ("late_records", "lost_answers")])
def test_each_fault_alone_is_got_over(tmp_path, fault):
    """A fault that strikes as often as it can costs requests and nothing else."""
    with rehearsal(faults=[f"{fault}=1"], seed=3) as (running, _):
        done = collected(running, tmp_path / "in", rows_a_page=40)
        assert done.is_whole
        assert_truth(running, tmp_path / "in", tmp_path / "parts")


def test_a_forgotten_filter_is_said(tmp_path):
    """Rows that nobody asked for are left out of the second window, counted and told."""
    with rehearsal() as (running, http):
        collected(running, tmp_path)
        http.post("/rehearsal/clock", json={"advance_hours": 30}).raise_for_status()
        running.stage.faults.shares["ignored_filters"], running.stage.faults._streams["ignored_filters"] = 1.0, running.stage.stream("x")
        row = collected(running, tmp_path).ledger.filter(kind="provisioning").row(0, named=True)
    assert row["foreign"] > row["kept"] and row["complete"]
    assert "Graph forgot the filter" in row["notes"]


def test_back_off_waits_longer_each_time_and_as_long_as_it_is_told(tmp_path):
    """With Retry-After one second each; without it two seconds, then four, give or take a quarter."""
    waited = {}
    for fault in ("throttled", "throttled_silently"):
        seconds: list[float] = []

        async def note(wait: float, seconds: list[float] = seconds) -> None:
            seconds.append(wait)

        patience = hasty()
        patience.sleep = note
        with rehearsal(faults=[f"{fault}=1"]) as (running, _):
            collected(running, tmp_path / fault, patience=patience)
        waited[fault] = seconds
    assert set(waited["throttled"]) == {1.0}
    assert all(1.5 <= each <= 2.5 for each in waited["throttled_silently"][::2])
    assert all(3.0 <= each <= 5.0 for each in waited["throttled_silently"][1::2])


@pytest.mark.parametrize("seed", range(4))
def test_what_did_not_come_is_named(tmp_path, seed):
    """Where patience ends too soon, what is called whole is whole, what is not has its reason, and half a list is none."""
    with rehearsal(faults=["unavailable=0.6", "short_pages", "spliced_pages"], seed=seed) as (running, _):
        done = collected(running, tmp_path / "in", patience=hasty(tries=2), rows_a_page=10)
        there = {each.parent.name for each in (tmp_path / "in").rglob("*.json") if not each.parent.name.startswith(".")}
        assert not done.is_whole
        missing = done.ledger.filter(~pl.col("complete"))
        assert missing["missing"].str.len_chars().min() > 10
        assert set(missing.filter(pl.col("from_at").is_null())["file"].str.split("/").list.last()) & there == set()
        log = done.ledger.filter(kind="provisioning").row(0, named=True)
        held = set(events(tmp_path / "in", tmp_path / "parts")["event_id"])
        assert held == true_events(running, instant(running)) if log["complete"] else held < true_events(running, instant(running))
        # A more patient run later mends it all, and asks for the whole window again.
        assert collected(running, tmp_path / "in").is_whole
        assert_truth(running, tmp_path / "in", tmp_path / "parts")


def test_a_missing_right_is_named_with_who_grants_it_and_the_rest_still_runs(tmp_path):
    """Neither sign-ins nor the job may be read: both are told before and after, and everything else is there."""
    lines: list[str] = []
    with rehearsal(denied=["auditLogs/signIns", "servicePrincipals/"]) as (running, _):
        done = collected(running, tmp_path, tell=lines.append)
    refused = done.ledger.filter(~pl.col("complete"))
    assert set(refused["kind"]) == {"sign_ins", "assignments", "jobs"}
    assert refused["missing"].str.contains("a Privileged Role Administrator grants it").all()
    assert "Synchronization.Read.All" in refused.filter(kind="jobs")["missing"].item()
    assert any(line.startswith("sign_ins") and "missing" in line and "AuditLog.Read.All" in line for line in lines[:10])
    assert set(done.ledger.filter("complete")["kind"]) == {"users", "deleted_users", "provisioning", "audits", "records"}


def test_the_apps_users_are_optional_and_that_is_said(tmp_path):
    """Without a SCIM token nothing is asked of the app, and the ledger says what to give instead."""
    with rehearsal() as (running, _):
        done = collected(running, tmp_path, has_scim=False)
        asked = [path for _, path in running.stage.ledger.requests if path.startswith("/scim")]
    assert asked == []
    assert "give an export of the app's users" in done.ledger.filter(kind="records")["missing"].item()


def test_nothing_is_ever_written(tmp_path):
    """Graph and the app are sent GET and nothing else."""
    with rehearsal(faults=list(FAULTS), seed=5) as (running, _):
        collected(running, tmp_path)
        assert {method for method, _ in running.stage.ledger.requests} == {"GET"}
        assert running.stage.ledger.writes == []


def test_a_folder_without_a_run_has_an_empty_ledger(tmp_path):
    """Nothing was collected."""
    assert collect.collected(tmp_path).is_empty()
