"""The season told otherwise, held to the world really run otherwise: the same people, away from the same second to the same second."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest

from scimlab import people, read, seasons, seats, simulate, storms
from scimlab.schema import INTERVALS, Tenant
from scimlab.simulate import truth
from scimlab.simulate.clock import DAY
from scimlab.simulate.exports import files
from scimlab.simulate.exports.tenant import tenant_toml
from scimlab.simulate.people import Person, persons
from scimlab.simulate.world import Story, World

MONTHS = seats.months(date(2026, 5, 1), date(2026, 9, 1))
WAYS = ("disabled", "deleted", "unassigned")


def away(world: World, person: Person, rng: Random, way: str) -> Story:
    """A season away: from a day in May to one in July, in one way or another."""
    user = world.join(person)
    leaves, returns = world.on(rng.uniform(3, 20), rng), world.on(rng.uniform(62, 90), rng)
    in_group = user.object_id in world.staff.members
    yield leaves
    if way == "disabled":
        world.directory.set_enabled(world.now, user, False)
        yield returns
        world.directory.set_enabled(world.now, user, True)
    elif way == "deleted":
        world.directory.delete(world.now, user)
        yield leaves + 31 * DAY
        world.directory.purge(world.now, user)
        yield returns
        world.join(person)
    else:
        world.leave_app(user)
        yield returns
        world.directory.set_member(world.now, world.staff, user, True) if in_group else world.directory.assign(
            world.now, world.job.connection.app_id, user.object_id
        )


def staying(world: World, person: Person) -> Story:
    """Somebody who is never away."""
    world.join(person)
    yield world.rules.end


def run(folder: Path, way: str, seed: int, cadence: str = "backoff", *, skips: bool = False) -> tuple[Tenant, pl.DataFrame]:
    """The tenant whose people leave in that way, as its exports show it, and INTERVALS as they really were."""
    world = simulate.begun(seed=seed, people=0, profile="scenarios", cadence=cadence)
    world.job.skips_out_of_scope = skips
    world.people = persons(30, world.rules.domain, world.stream("people"))
    for number, person in enumerate(world.people):
        world.tell(away(world, person, world.stream(f"away/{number}"), way) if number < 12 else staying(world, person))
    world.run()
    taken = files.chosen({}, [*files.CORE, "jobs"])
    folder.mkdir()
    files.write(world, folder, taken, gz=False, cut_days=None)
    (folder / "tenant.toml").write_text(tenant_toml(world, taken), encoding="utf-8")
    truth.write(world, folder / "truth")
    tenant = read.tenant(folder, workdir=folder / "parts")
    at = pl.col("on_at", "off_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC", time_unit="us")
    real = pl.read_csv(folder / "truth" / "intervals.csv", infer_schema=False).with_columns(at, person_id="person", kind=pl.lit("member"))
    real = real.with_columns(on_at_min="on_at", on_at_max="on_at", off_at_min=pl.col("off_at").fill_null(tenant.as_of), off_at_max="off_at")
    return tenant, real.select(pl.col(name) if name in real.columns else pl.lit(None).alias(name) for name in INTERVALS)


def told(tenant: Tenant) -> pl.DataFrame:
    """WHAT_IF of the months."""
    found = storms.retry_storms(tenant.events, people.identities(tenant), as_of=tenant.as_of)
    return seasons.what_if(tenant, seats.intervals(tenant), found, periods=MONTHS)


def in_vain(tenant: Tenant) -> int:
    """Failed attempts in the months."""
    return tenant.events.filter(pl.col("status") == "failure", pl.col("at").dt.date() < MONTHS[-1][1]).collect().height


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_each_way_is_what_the_world_run_that_way_shows(tmp_path, seed):
    """From whichever way it was, the other two are told in ranges that hold what really happens in them."""
    worlds = {way: run(tmp_path / way, way, seed) for way in WAYS}
    real = {
        way: seats.counts(spans, policies=["user_days_prorated"], periods=MONTHS, zone=tenant.zone)["low"].sum()
        for way, (tenant, spans) in worlds.items()
    }
    tries = {way: in_vain(tenant) for way, (tenant, _) in worlds.items()}
    assert tries["disabled"] == tries["unassigned"] == 0 < tries["deleted"] and real["deleted"] < real["disabled"] - 5
    for way, (tenant, _) in worlds.items():
        found = told(tenant)
        assert found["people"].unique().to_list() == [12]
        assert found.filter(way="as_it_was").select("attempts_low", "attempts_high").row(0) == (tries[way], tries[way])
        for other in WAYS:
            row = found.row(by_predicate=pl.col("way") == other, named=True)
            assert row["attempts_low"] <= tries[other] <= row["attempts_high"], (way, other, row)
            assert row["seats_low"] - 1e-9 <= real[other] <= row["seats_high"] + 1e-9, (way, other, row, real)
            # What this tenant did, or the guide recommends, is told narrowly; the rest rests on what it did not show.
            assert row["seats_high"] - row["seats_low"] < 1 or other not in ("disabled", way)


def test_a_job_that_leaves_the_unassigned_active(tmp_path):
    """Where the job does not switch off whom it no longer serves, they are paid for all along; where nobody says so, perhaps."""
    parked, _ = run(tmp_path / "disabled", "disabled", 1, skips=True)
    kept, spans = run(tmp_path / "unassigned", "unassigned", 1, skips=True)
    real = seats.counts(spans, policies=["user_days_prorated"], periods=MONTHS, zone=kept.zone)["low"].sum()
    unsaid = replace(parked, jobs=parked.jobs.with_columns(skips_out_of_scope=pl.lit(None, pl.Boolean)))
    row = told(unsaid).row(by_predicate=pl.col("way") == "unassigned", named=True)
    assert row["seats_low"] < real - 5 and row["seats_high"] == pytest.approx(real, abs=0.01)
    row = told(parked).row(by_predicate=pl.col("way") == "unassigned", named=True)
    assert row["seats_low"] == pytest.approx(real, abs=0.01) == row["seats_high"]
