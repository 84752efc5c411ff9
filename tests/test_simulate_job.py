"""The job itself: what holds it up, what a restart forgets, and what an administrator may do by hand."""

from collections import Counter

from scimlab import simulate
from scimlab.simulate.clock import DAY, HOUR


def outcomes(world):
    """How often each action ended in each way."""
    return Counter((each.action, each.status) for each in world.job.events)


def test_an_expired_token_stops_everything():
    """In quarantine for its credentials, a job leaves no event behind."""
    world = simulate.tenant(seed=3, people=60, interrupted=["expired_token"])
    assert world.job.quarantine == "EncounteredQuarantineException"
    assert max(each.at for each in world.job.events) <= world.job.quarantined_at


def test_what_was_held_up_arrives_late():
    """Renewed, the job reads everything again: no event during the quarantine, a full cycle after it."""
    world = simulate.tenant(seed=3, people=60, interrupted=["renewed_token"])
    (held,) = (each for each in world.exposures if each.diagnosis == "X1_QUARANTINE")
    times = [each.at for each in world.job.events]
    assert world.job.quarantine is None
    assert held.until - held.since > 3 * DAY
    assert [each for each in times if held.since < each < held.until] == []
    assert len([each for each in times if held.until <= each < held.until + 3 * HOUR]) > 50


def test_a_large_batch_is_staged():
    """More deactivations in a cycle than the threshold are staged, not sent; allowed two days later, all go through."""
    world = simulate.tenant(seed=3, people=120, profile="healthy", interrupted=["mass_leave"])
    staged = [each for each in world.job.events if each.action == "stagedDelete"]
    since = min(each.at // DAY for each in staged)
    delivered = {each.source.object_id: each.at for each in world.job.events if each.action == "disable" and each.at // DAY >= since + 1}
    assert len(staged) >= 40
    assert {each.source.object_id for each in staged} <= delivered.keys()
    assert world.job.quarantine is None


def test_a_paused_job_does_nothing():
    """For a week nothing is noted, and then everything at once."""
    world = simulate.tenant(seed=3, people=60, interrupted=["pause"])
    times = sorted(each.at for each in world.job.events)
    assert max(later - earlier for earlier, later in zip(times, times[1:], strict=False)) > 7 * DAY


def test_a_restart_reads_all_and_forgets_the_escrow():
    """After a restart every object has a turn, failing ones begin anew, and links stay unless they are to go."""
    world = simulate.tenant(seed=3, people=60)
    links, before = dict(world.job.links), len(world.job.events)
    world.job.restart()
    world.job.cycle(world.now)
    assert len(world.job.events) - before >= len(links)
    assert world.job.links == links
    world.job.restart(links=True)
    assert world.job.links == {}


def test_on_demand_takes_only_who_can_be_chosen():
    """An administrator provisions a live user by hand, and the log names the administrator; a disabled one cannot be chosen."""
    world = simulate.tenant(seed=3, people=60)
    live = next(each for each in world.directory.users.values() if each.enabled and each.deleted_at is None)
    parked = next(each for each in world.directory.users.values() if not each.enabled)
    before = len(world.job.events)
    for user in (live, parked):
        world.job.on_demand(world.now, user, "admin@strandhof.example")
    assert [(each.source.object_id, each.administrator) for each in world.job.events[before:]] == [
        (live.object_id, "admin@strandhof.example")
    ]
