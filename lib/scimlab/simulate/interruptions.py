"""What stops the job itself for a while: an expired token, a batch too large for the accidental-deletion breaker, somebody's pause."""

from collections.abc import Callable, Mapping
from random import Random

from scimlab.simulate import acts
from scimlab.simulate.clock import DAY, HOUR
from scimlab.simulate.directory import User
from scimlab.simulate.world import Story, World

THRESHOLD = 10


def expired_token(world: World, rng: Random) -> Story:
    """The app's token runs out in the last weeks, and nobody renews it: the job stands in quarantine and nothing flows."""
    yield world.on(max(0.0, world.days - rng.uniform(15, 25)), rng)
    world.job.put_in_quarantine(world.now, "EncounteredQuarantineException")
    world.expose("X1_QUARANTINE")


def renewed_token(world: World, rng: Random) -> Story:
    """The same, but mended after some days: what was held up arrives late."""
    yield from expired_token(world, rng)
    yield world.now + int(rng.uniform(3, 9) * DAY)
    world.job.restart()
    world.relieve("X1_QUARANTINE")


def mass_leave(world: World, rng: Random) -> Story:
    """Forty people disabled in one go: held back as staged deletions until an administrator lets them through two days later."""
    world.job.deletion_threshold = THRESHOLD
    yield world.on(rng.uniform(0.6, 0.7) * world.days, rng)
    for user in _settled(world, rng, 4 * THRESHOLD):
        user.person.intent, user.person.leaves_at, user.person.returns_at = "may_return", world.now, world.rules.end + 60 * DAY
        acts.disabled(world, user.person, user)
    yield world.now + HOUR
    if world.job.quarantined_at is not None:
        world.expose("X1_QUARANTINE", since=world.job.quarantined_at)
    yield world.now + 2 * DAY
    world.job.restart(forced=True)
    world.relieve("X1_QUARANTINE")


def planned_leave(world: World, rng: Random) -> Story:
    """Forty people who are to leave on one day soon after the world's end, against a breaker that lets ten through."""
    world.job.deletion_threshold = THRESHOLD
    yield world.on(world.days - 2, rng)
    for user in _settled(world, rng, 4 * THRESHOLD):
        user.person.intent, user.person.leaves_at, user.person.returns_at = "may_return", world.rules.end + 9 * DAY, None
    world.expose("X6_THRESHOLD_BELOW_BATCH")


def pause(world: World, rng: Random) -> Story:
    """Somebody pauses the job for a week, and starts it again."""
    yield world.on(rng.uniform(0.4, 0.6) * world.days, rng)
    world.job.paused = True
    world.expose("X2_NOT_RUNNING")
    yield world.now + 7 * DAY + rng.randrange(HOUR)
    world.job.paused = False
    world.relieve("X2_NOT_RUNNING")


def forgotten_pause(world: World, rng: Random) -> Story:
    """Somebody pauses the job in the last weeks, and forgets it."""
    yield world.on(max(0.0, world.days - rng.uniform(5, 15)), rng)
    world.job.paused = True
    world.expose("X2_NOT_RUNNING")


def _settled(world: World, rng: Random, count: int) -> list[User]:
    """So many users at work of whom no story tells anything else, or all there are."""
    users = world.directory.users.values()
    at_work = [each for each in users if each.person.story == "permanent" and each.enabled and each.object_id in world.job.links]
    return rng.sample(at_work, k=min(len(at_work), count))


ALL: Mapping[str, Callable[[World, Random], Story]] = {
    each.__name__: each for each in (expired_token, renewed_token, mass_leave, planned_leave, pause, forgotten_pause)
}
