"""What happens to people. Each story is a generator: it acts, says what an honest observer would now call it, and yields when it goes on.

What is to be said comes from the step of the story (see `acts`), never from looking at the exports.
"""

from random import Random

from scimlab.simulate import acts
from scimlab.simulate import app as scim
from scimlab.simulate.app import Trouble
from scimlab.simulate.clock import DAY, HOUR, MINUTE
from scimlab.simulate.directory import User
from scimlab.simulate.people import DEPARTMENTS, TITLES, Person
from scimlab.simulate.world import Manner, Story, World

LAST_MINUTES = 10 * MINUTE
DAYS_TO_RESTORE = 30
CLOSING = 7


def seasons(world: World, rng: Random, *, latest: float = 0.97) -> list[tuple[float, float]]:
    """(day a person leaves, day the person is back) for each season of the world: one in a short world, one a year in a long one.

    latest: the last return of a short world, as a share of its days.
    """
    if world.days < 270:
        leaves = rng.uniform(1, max(2, 0.18 * world.days))
        return [(leaves, max(leaves + 34, rng.uniform(0.62, latest) * world.days))]
    years = range(0, world.days - 200, 365)
    return [(year + rng.uniform(10, 40), year + rng.uniform(150, 200)) for year in years]


def early(world: World, rng: Random) -> int:
    """A second in the first tenth of the world."""
    return world.on(rng.uniform(1, 0.1 * world.days), rng)


def late(world: World, rng: Random) -> int:
    """A second in its last three weeks, but for the very last days."""
    return world.on(max(0.0, world.days - rng.uniform(3, 20)), rng)


def permanent(world: World, person: Person, rng: Random) -> Story:
    """Somebody who stays, and now and then changes department or title."""
    user = acts.hired(world, person)
    for day in sorted(rng.uniform(1, world.days) for _ in range(rng.randrange(1 + world.days // 60))):
        yield world.on(day, rng)
        if rng.random() < 0.6:
            world.directory.update(world.now, user, title=rng.choice(TITLES))
        else:
            world.directory.update(world.now, user, department=rng.choice(DEPARTMENTS))


def joiner(world: World, person: Person, rng: Random) -> Story:
    """Somebody hired while the world runs; before that nobody knows the name."""
    yield world.on(rng.uniform(2, world.days), rng)
    yield from permanent(world, person, rng)


def parked(world: World, person: Person, rng: Random) -> Story:
    """A season as the vendor's guide wants it: disabled on leaving, enabled on return, the object and its assignment untouched."""
    yield from seasonal(world, person, rng, "disabled")


def rehired(world: World, person: Person, rng: Random, *, latest: float = 0.97) -> Story:
    """Deleted for the winter, purged, and hired again as a new object with the old address: the case the vendor's guide warns of."""
    yield from seasonal(world, person, rng, "deleted", latest=latest)


def seasonal(world: World, person: Person, rng: Random, manner: Manner, *, latest: float = 0.97) -> Story:
    """Away for each season in a manner, unless the tenant lets everybody leave in another: on the same days, in whichever."""
    person.intent = "may_return"
    user = acts.hired(world, person)
    for leaves_at, returns_at in [
        (world.on(leaves, rng), world.on(returns, rng)) for leaves, returns in seasons(world, rng, latest=latest)
    ]:
        person.leaves_at, person.returns_at = leaves_at, returns_at
        yield leaves_at
        yield from _leave(world, person, user, rng, manner)
        yield returns_at
        user = _return(world, person, user)


def still_parked(world: World, person: Person, rng: Random) -> Story:
    """Somebody away for a season, or for a long leave, that outlasts the world."""
    person.intent = "may_return"
    user = acts.hired(world, person)
    person.leaves_at, person.returns_at = world.on(rng.uniform(0.3, 0.9) * world.days, rng), world.rules.end + 60 * DAY
    yield person.leaves_at
    yield from _leave(world, person, user, rng, "disabled")


def _leave(world: World, person: Person, user: User, rng: Random, manner: Manner) -> Story:
    match world.rules.leaving if world.rules.leaving != "told" else manner:
        case "disabled":
            acts.disabled(world, person, user)
        case "unassigned":
            acts.unassigned(world, person, user)
        case _:
            yield from deleted_and_purged(world, person, user, rng)


def _return(world: World, person: Person, user: User) -> User:
    """Back in the manner that undoes how somebody left; a purged object is followed by a new one."""
    if user.purged_at is not None:
        return acts.hired(world, person)
    if user.enabled:
        acts.assigned(world, person, user)
    else:
        acts.enabled(world, person, user)
    return user


def rehired_and_repaired(world: World, person: Person, rng: Random) -> Story:
    """Hired again and refused, until the vendor writes the clean name back: the next attempt finds the record and updates it."""
    yield from rehired(world, person, rng, latest=0.8)
    yield world.now + int(rng.uniform(2, 9) * DAY)
    acts.repaired(world, person)


def restorable(world: World, person: Person, rng: Random) -> Story:
    """Deleted not long ago, and wanted back: still in the recycle bin when the world ends."""
    person.intent = "may_return"
    user = acts.hired(world, person)
    person.leaves_at = world.on(max(0.0, world.days - rng.uniform(3, 27)), rng)
    person.returns_at = world.rules.end + 40 * DAY
    yield person.leaves_at
    yield from deleted_and_purged(world, person, user, rng)


def recreated(world: World, person: Person, rng: Random) -> Story:
    """Deleted, and made anew under the same address while the old object could still have been restored."""
    person.intent = "may_return"
    user = acts.hired(world, person)
    person.leaves_at = world.on(max(0.0, world.days - rng.uniform(12, 26)), rng)
    person.returns_at = world.on((person.leaves_at - world.rules.start) / DAY + rng.uniform(2, 8), rng)
    yield person.leaves_at
    acts.deleted(world, person, user)
    yield person.returns_at
    world.join(person)
    world.label(person, "RECREATED_WHILE_RESTORABLE")


def restored(world: World, person: Person, rng: Random) -> Story:
    """Deleted by mistake and restored within the month: everything comes back, the name too."""
    user = acts.hired(world, person)
    yield world.on(rng.uniform(0.1, 0.5) * world.days, rng)
    acts.deleted(world, person, user)
    yield world.now + int(rng.uniform(1, 12) * DAY)
    acts.restored(world, person, user)


def leaver(world: World, person: Person, rng: Random) -> Story:
    """Somebody who goes for good and is deleted, as offboarding should be."""
    person.intent = "leaving"
    user = acts.hired(world, person)
    person.leaves_at = world.on(rng.uniform(0.1, 0.98) * world.days, rng)
    yield person.leaves_at
    yield from deleted_and_purged(world, person, user, rng)


def keeper(world: World, person: Person, rng: Random) -> Story:
    """Somebody the app will not deactivate: disabled in Entra, refused by the app, still paid for."""
    user = acts.hired(world, person)
    yield world.on(max(0.0, world.days - rng.uniform(8, 24)), rng)
    kept(world, user)
    acts.disabled(world, person, user)


def bad_number(world: World, person: Person, rng: Random) -> Story:
    """Somebody whose telephone number the app refuses, and with it every later update."""
    user = acts.hired(world, person)
    yield world.on(max(0.0, world.days - rng.uniform(6, 26)), rng)
    world.directory.update(world.now, user, mobile=f"0{rng.randrange(150, 180)}/{rng.randrange(10**6, 10**7)}")


def nameless(world: World, person: Person, rng: Random) -> Story:
    """A new colleague entered without a surname: skipped, for the app wants one."""
    yield world.on(rng.uniform(0.2, 0.9) * world.days, rng)
    person.surname = ""
    acts.hired(world, person)


def guest(world: World, person: Person, rng: Random) -> Story:
    """A guest from a partner's tenant."""
    local, domain = person.user_name.split("@")
    person.mail = f"{local}@partner.example"
    acts.hired(world, person, user_type="Guest", upn=f"{local}_partner.example#EXT#@{domain}")
    yield world.rules.end


def outsider(world: World, person: Person, rng: Random) -> Story:
    """Somebody who works here and was never given the app."""
    user = acts.hired(world, person, assigned=False)
    yield world.on(rng.uniform(1, world.days), rng)
    world.directory.update(world.now, user, title=rng.choice(TITLES))


def bad_day(world: World, rng: Random) -> Story:
    """A day on which the app answers almost everything with an error of its own."""
    yield world.on(rng.uniform(0.25, 0.4) * world.days, rng)
    world.app.troubles.append(Trouble(world.now, world.now + 5 * HOUR, scim.DOWN, lambda verb, values, chance: chance.random() < 0.9))
    for user in rng.sample(_linked(world), k=len(_linked(world)) // 6):
        world.directory.update(world.now, user, title=rng.choice(TITLES))


def working_days(world: World, rng: Random) -> Story:
    """The last thirty days of sign-ins, which is as long as they are kept: most people on most days, under the name Entra knows."""
    for day in range(max(0, world.days - 30), world.days):
        yield world.on(day, rng)
        at_work = [each for each in world.directory.users.values() if each.enabled and each.deleted_at is None and rng.random() < 0.7]
        begun = sorted((world.now + rng.randrange(2 * HOUR), each.object_id) for each in at_work)
        world.sign_ins += [(at, user := world.directory.users[object_id], user.upn) for at, object_id in begun]


def hiccup(world: World, rng: Random) -> Story:
    """An hour's outage that meets a few people once; six hours later everything is well."""
    yield world.on(rng.uniform(0.3, 0.6) * world.days, rng)
    world.app.troubles.append(Trouble(world.now, world.now + HOUR, scim.DOWN, lambda verb, values, chance: True))
    for user in rng.sample(_linked(world), k=len(_linked(world)) // 25):
        world.directory.update(world.now, user, title=f"Senior {user.title}")


def busy_app(world: World, rng: Random) -> Story:
    """An app that now and then asks to be called less often."""
    world.app.troubles.append(Trouble(0, world.rules.end, scim.TOO_MANY, lambda verb, values, chance: chance.random() < 0.004))
    yield world.rules.end


def reorganisation(world: World, rng: Random) -> Story:
    """Every department is renamed on the day the app has forgotten how to read such an update; mended half a day later."""
    yield world.on(rng.uniform(0.45, 0.6) * world.days, rng)
    mended = world.now + 14 * HOUR
    world.app.troubles.append(
        Trouble(world.now, mended, scim.SHAPE_UNKNOWN, lambda verb, values, chance: verb == "PATCH" and scim.DEPARTMENT in values)
    )
    for user in [each for each in world.directory.users.values() if each.deleted_at is None]:
        world.directory.update(world.now, user, department=f"{user.department} {rng.choice(('East', 'West'))}")


def kept(world: World, user: User) -> None:
    """From now on the app will not deactivate a user's record."""
    if record := world.record(user):
        record.keeper = True


def _linked(world: World) -> list[User]:
    return [user for user in world.directory.users.values() if user.object_id in world.job.links and user.deleted_at is None]


def deleted_and_purged(world: World, person: Person, user: User, rng: Random) -> Story:
    """The recycle bin from the first day to the purge, which comes some time after the thirtieth."""
    acts.deleted(world, person, user)
    deleted_at = world.now
    yield deleted_at + (DAYS_TO_RESTORE - CLOSING) * DAY
    acts.closing(world, person, user)
    yield deleted_at + DAYS_TO_RESTORE * DAY + rng.randrange(2 * DAY)
    acts.purged(world, person, user)


def gone_for_good(world: World, person: Person, user: User, rng: Random) -> Story:
    """Deleted early, and purged some time after the thirtieth day."""
    yield early(world, rng)
    yield from deleted_and_purged(world, person, user, rng)
