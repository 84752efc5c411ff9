"""What stops the job itself for a while: an expired token, a batch too large for the accidental-deletion breaker, somebody's pause."""

from collections.abc import Callable, Mapping
from random import Random

from scimlab.simulate.clock import DAY, HOUR
from scimlab.simulate.world import Story, World

THRESHOLD = 10


def expired_token(world: World, rng: Random) -> Story:
    """The app's token runs out in the last weeks, and nobody renews it: the job stands in quarantine and nothing flows."""
    yield world.on(max(0.0, world.days - rng.uniform(15, 25)), rng)
    world.job.put_in_quarantine(world.now, "EncounteredQuarantineException")


def renewed_token(world: World, rng: Random) -> Story:
    """The same, but mended after some days: what was held up arrives late."""
    yield from expired_token(world, rng)
    yield world.now + int(rng.uniform(3, 9) * DAY)
    world.job.restart()


def mass_leave(world: World, rng: Random) -> Story:
    """Forty people disabled in one go: held back as staged deletions until an administrator lets them through two days later."""
    world.job.deletion_threshold = THRESHOLD
    yield world.on(rng.uniform(0.6, 0.7) * world.days, rng)
    at_work = [
        each for each in world.directory.users.values() if each.enabled and each.deleted_at is None and each.object_id in world.job.links
    ]
    leaving = rng.sample(at_work, k=min(len(at_work), 4 * THRESHOLD))
    for user in leaving:
        world.directory.set_enabled(world.now, user, False)
        world.label(user.person, "DISABLE_NOT_DELIVERED")
    yield world.now + 2 * DAY
    world.job.restart(forced=True)
    for user in leaving:
        world.label(user.person, "HEALTHY_PARKED")


def pause(world: World, rng: Random) -> Story:
    """Somebody pauses the job for a week, and starts it again."""
    yield world.on(rng.uniform(0.4, 0.6) * world.days, rng)
    world.job.paused = True
    yield world.now + 7 * DAY + rng.randrange(HOUR)
    world.job.paused = False


ALL: Mapping[str, Callable[[World, Random], Story]] = {each.__name__: each for each in (expired_token, renewed_token, mass_leave, pause)}
