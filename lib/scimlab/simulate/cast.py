"""Who lives which story: the shares of a troubled and of a healthy tenant."""

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Literal

from scimlab.simulate import interruptions, meddling, rarities, stories
from scimlab.simulate.people import Person, persons
from scimlab.simulate.world import Story, World

Profile = Literal["troubled", "healthy"]
Tale = Callable[[World, Person, Random], Story]

SHARES: Mapping[Profile, Mapping[Tale, float]] = {
    "troubled": {
        stories.rehired: 0.08,
        stories.rehired_and_repaired: 0.03,
        stories.recreated: 0.014,
        stories.restorable: 0.02,
        stories.keeper: 0.007,
        stories.bad_number: 0.014,
        stories.nameless: 0.007,
        stories.restored: 0.014,
        stories.leaver: 0.04,
        stories.guest: 0.007,
        stories.outsider: 0.03,
        stories.parked: 0.16,
        stories.still_parked: 0.05,
        stories.joiner: 0.06,
        # One person each from 201 people up, and from 397.
        **dict.fromkeys((*rarities.ALL, *meddling.SHOWN), 0.0025),
        **dict.fromkeys(meddling.UNSEEN, 0.00126),
    },
    "healthy": {
        stories.parked: 0.3,
        stories.still_parked: 0.08,
        stories.leaver: 0.04,
        stories.guest: 0.013,
        stories.outsider: 0.04,
        stories.joiner: 0.06,
    },
}
"""The share of people who live each story; whoever is left is permanent."""

AROUND: Mapping[Profile, tuple[Callable[[World, Random], Story], ...]] = {
    "troubled": (stories.bad_day, stories.busy_app, stories.reorganisation, stories.working_days),
    "healthy": (stories.hiccup, stories.working_days),
}
"""What happens to the tenant as a whole."""


def populate(world: World, people: int, profile: Profile, interrupted: Collection[str] = ()) -> None:
    """Invent so many persons and begin every story, each with a stream of chance of its own."""
    world.people = persons(people, world.rules.domain, world.stream("people"))
    parts = [tale for tale, share in SHARES[profile].items() for _ in range(round(share * people))]
    parts += [stories.permanent] * (people - len(parts))
    parts = parts[:people]
    world.stream("cast").shuffle(parts)
    for number, (person, tale) in enumerate(zip(world.people, parts, strict=True)):
        world.tell(tale(world, person, world.stream(f"person/{number}")))
    for number, tale in enumerate(AROUND[profile]):
        world.tell(tale(world, world.stream(f"around/{number}")))
    for name in interrupted:
        world.tell(interruptions.ALL[name](world, world.stream(f"interruption/{name}")))
