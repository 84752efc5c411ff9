"""Runs broken off and taken up again: killed at any moment, out of a token, two at once, day after day."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest
from collecting import PlainGraph, collected, events, instant, rehearsal, true_events

from scimlab import collect, people, read, rehearse, seats, simulate, storms
from scimlab.errors import UsageError
from scimlab.live import Answer, Unanswered

COLLECTOR = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
sys.path.insert(0, {tests!r})
from collecting import PlainGraph, access, hasty
from scimlab import collect, live
job = SimpleNamespace(connection=SimpleNamespace(app_name={app!r}))
world = SimpleNamespace(tenant_id={tenant!r}, job=job, rules=SimpleNamespace(zone="UTC"))
running = SimpleNamespace(graph_url={graph!r}, url={url!r}, token={token!r}, world=world)
now = datetime.fromisoformat({now!r})
print("begun", flush=True)
while True:
    async def run():
        scim = live.Scim({scim!r}, running.token)
        options = dict(patience=hasty(), now=lambda: now, rows_a_page=4)
        await collect.collected_by(PlainGraph(running), scim, access(running), Path({into!r}), **options)
    asyncio.run(run())
"""


def killed(running, into: Path, rng: Random) -> None:
    """A collector in a process of its own, killed after some milliseconds."""
    said = {"app": running.world.job.connection.app_name, "tenant": running.world.tenant_id, "graph": running.graph_url, "url": running.url}
    said |= {"token": running.token, "scim": running.scim_url, "now": instant(running).isoformat(), "into": str(into)}
    script = COLLECTOR.format(tests=str(Path(__file__).parent), **said)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as collector:
        collector.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.6))
        collector.send_signal(signal.SIGKILL)


def is_sound(running, into: Path, workdir: Path) -> None:
    """After a kill nothing is unreadable; after the next run nothing is missing and nothing double."""
    assert set(read.receipt(into, workdir=workdir)["rejected"]) <= {0}
    collected(running, into, rows_a_page=4)
    ids = events(into, workdir)["event_id"]
    assert ids.is_unique().all()
    assert set(ids) == true_events(running, instant(running))
    assert all(each.run.is_over for each in collect.runs(into))


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize(("kills", "seed"), [(3, 1), pytest.param(200, 2, marks=pytest.mark.long)])
def test_whoever_is_killed_goes_on(tmp_path, kills, seed):
    """A collector killed at random moments leaves a sound folder, and the next run completes it."""
    rng = Random(seed)
    (tmp_path / "in").mkdir()
    with rehearsal() as (running, http):
        for _ in range(kills):
            killed(running, tmp_path / "in", rng)
            is_sound(running, tmp_path / "in", tmp_path / "parts")
            http.post("/rehearsal/clock", json={"advance_hours": 1}).raise_for_status()


class Tired(PlainGraph):
    """A session whose access token is good for some requests and cannot be renewed."""

    left = 9

    async def ask(self, url: str) -> Answer:
        """The answer, as long as the token lasts."""
        self.left -= 1
        return await super().ask(url) if self.left >= 0 else Answer(401, b"")

    def renew(self) -> None:
        """There is no other token."""


def test_a_run_goes_on_at_the_page_where_its_token_ended(tmp_path):
    """Pages that are there are not asked for again, and the run keeps its window."""
    with rehearsal() as (running, _):
        with pytest.raises(Unanswered, match="401"):
            collected(running, tmp_path, graph=Tired, rows_a_page=5)
        half = collect.runs(tmp_path)[0].run
        done = collected(running, tmp_path, rows_a_page=5)
        asked = running.stage.ledger.requests["GET", "/v1.0/servicePrincipals"]
    # Once to see whether it may be read, once to find the app, and not again by the second run.
    assert asked == 2
    assert not half.is_over
    assert done.is_whole and len(collect.runs(tmp_path)) == 1


def test_half_a_list_is_not_gone_on_with_the_next_day(tmp_path):
    """Users of yesterday and users of today are no list of one moment; the log of the broken run is still brought to its end."""
    with rehearsal() as (running, http):
        with pytest.raises(Unanswered):
            collected(running, tmp_path / "in", graph=Tired, rows_a_page=5)
        http.post("/rehearsal/clock", json={"advance_days": 1}).raise_for_status()
        done = collected(running, tmp_path / "in", rows_a_page=5)
        ids = set(events(tmp_path / "in", tmp_path / "parts")["event_id"])
        assert ids == true_events(running, instant(running))
    first = collect.collected(tmp_path / "in").filter(collection=1)
    assert done.is_whole
    assert first.filter(kind="provisioning")["complete"].item()
    assert "too late to show one moment" in first.filter(kind="users")["missing"].item()
    assert not list((tmp_path / "in" / collect.runs(tmp_path / "in")[0].name).glob("*users*"))


def test_a_link_that_has_expired_begins_again(tmp_path):
    """Another rehearsal of the same world knows none of the links: the log is asked for from its first page."""
    world = simulate.tenant(seed=24, people=24, months=2)
    with rehearse.serve(world, token="stage", port=0) as running:
        port = running.server.port
        Tired.left, before = 14, Tired.left
        with pytest.raises(Unanswered):
            collected(running, tmp_path / "in", graph=Tired, rows_a_page=5)
        Tired.left = before
    with rehearse.serve(world, token="stage", port=port) as running:
        assert collected(running, tmp_path / "in", rows_a_page=5).is_whole
        assert set(events(tmp_path / "in", tmp_path / "parts")["event_id"]) == true_events(running, instant(running))


def test_two_at_once_wait_for_each_other(tmp_path):
    """Of two collectors in one folder one waits; both end well."""
    done = []
    with rehearsal() as (running, _):
        both = [threading.Thread(target=lambda: done.append(collected(running, tmp_path, rows_a_page=5))) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
    assert [each.is_whole for each in done] == [True, True]
    assert len({each.path for each in done}) == 2


def test_an_app_that_is_none_is_said(tmp_path):
    """A name that no enterprise application has stops the run, and says where to look it up."""
    with rehearsal() as (running, _), pytest.raises(UsageError, match='0 enterprise applications are called "Elsewhere"'):
        collected(running, tmp_path, app="Elsewhere")


@pytest.mark.parametrize("name", ["maptician", "id", "application_id"])
def test_an_app_is_found_by_its_name_and_its_ids(tmp_path, name):
    """The portal shows a name, an object id and an application id; each will do, whatever Graph makes of the filter."""
    with rehearsal(faults=["ignored_filters=1", "short_pages=1"], world={"second_app": "Deskly"}) as (running, _):
        connection = running.world.job.connection
        given = {"id": connection.app_id, "application_id": connection.application_id}.get(name, name)
        assert collected(running, tmp_path, app=given).ledger.filter(kind="assignments")["kept"].item() > 0
        assert collect.runs(tmp_path)[0].run.app == connection.app_id


def test_lost_days_are_said(tmp_path):
    """After two months without a run, the days that Entra has forgotten stand in the ledger."""
    with rehearsal() as (running, http):
        collected(running, tmp_path, days=30)
        http.post("/rehearsal/clock", json={"advance_days": 60}).raise_for_status()
        row = collected(running, tmp_path, days=30).ledger.filter(kind="provisioning").row(0, named=True)
        assert row["from_at"] == instant(running) - timedelta(days=30)
    assert row["notes"].startswith("nothing is known from ") and row["notes"].endswith("Entra remembers 30 days")


def day_by_day(tmp_path: Path, *, people_count: int, months: int) -> None:
    """A world lived through and collected each night, held against its whole log."""
    folder, day = tmp_path / "world", timedelta(days=1)
    simulate.write(folder, seed=24, people=people_count, months=months, cadence="mixed")
    with rehearse.serve(folder, from_start=True, faults=["late_records", "short_pages"], seed=1) as running:
        end = datetime.fromtimestamp(running.world.rules.end, UTC)
        while (now := instant(running)) < end + day:
            with running.stage.lock:
                running.stage.clock.move_to(int(min(now + day, end + day).timestamp()))
            collected(running, tmp_path / "in", days=2)
        tenant = read.tenant(tmp_path / "in", workdir=tmp_path / "parts")
        held = tenant.events.collect()
        assert set(held["event_id"]) == true_events(running, instant(running))
        collected(running, tmp_path / "once")
    whole = read.tenant(tmp_path / "once", workdir=tmp_path / "parts")
    who = people.identities(whole)
    assert_same(storms.retry_storms(tenant.events, who), storms.retry_storms(whole.events, who))
    lists = {name: getattr(whole, name) for name in ("people", "records", "assignments", "jobs", "mappings")}
    assert_same(seats.intervals(replace(tenant, **lists)), seats.intervals(whole))


def assert_same(ours: pl.DataFrame, theirs: pl.DataFrame) -> None:
    """The same rows in any order, evidence and ids aside, which name files."""
    names = [each for each in ours.columns if not each.endswith("evidence") and each != "storm_id"]
    assert ours.height == theirs.height > 0
    assert sorted(ours.select(names).rows(), key=str) == sorted(theirs.select(names).rows(), key=str)


def test_two_months_day_by_day_are_the_whole_log(tmp_path):
    """Each night's run asks for two days at most, and together they give the storms and seats of the whole log at once."""
    day_by_day(tmp_path, people_count=30, months=2)


@pytest.mark.long
def test_a_year_day_by_day_is_the_whole_log(tmp_path):
    """The same for 2,000 people over a year."""
    day_by_day(tmp_path, people_count=2000, months=12)
