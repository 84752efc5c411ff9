"""Who lives which story: the shares of a troubled and of a healthy tenant."""

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Literal

from scimlab.simulate import interruptions, meddling, rarities, stories
from scimlab.simulate.people import Person, persons
from scimlab.simulate.world import Story, World

Profile = Literal["troubled", "healthy", "scenarios"]
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
        rarities.privileged: 0.014,
        rarities.service_account: 0.007,
        meddling.room_display: 0.007,
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

HYBRID_SHARE = 0.04
"""Who comes from a directory at home in a troubled tenant, whatever story they live."""

AROUND: Mapping[Profile, tuple[Callable[[World, Random], Story], ...]] = {
    "troubled": (stories.bad_day, stories.busy_app, stories.reorganisation, stories.working_days),
    "healthy": (stories.hiccup, stories.working_days),
    "scenarios": (stories.working_days,),
}
"""What happens to the tenant as a whole."""


SCENARIOS: tuple[Tale, ...] = (
    stories.permanent,
    stories.parked,
    stories.still_parked,
    stories.leaver,
    stories.rehired,
    rarities.unassigned,
    meddling.switched_off_by_hand,
)
"""The four scenarios of the vendor's guide (a season and the return, a long leave, a departure), and the three things it says to avoid."""


def populate(world: World, people: int, profile: Profile, interrupted: Collection[str] = (), *, hostile: bool = False) -> None:
    """Invent so many persons and begin every story, each with a stream of chance of its own."""
    world.people = persons(people, world.rules.domain, world.stream("people"), hostile=hostile)
    parts = _parts(people, profile)
    if profile != "scenarios":
        world.stream("cast").shuffle(parts)
    hybrids = world.stream("hybrid")
    for number, (person, tale) in enumerate(zip(world.people, parts, strict=True)):
        person.story, person.is_hybrid = tale.__name__, profile == "troubled" and hybrids.random() < HYBRID_SHARE
        world.tell(tale(world, person, world.stream(f"person/{number}")))
    for number, tale in enumerate(AROUND[profile]):
        world.tell(tale(world, world.stream(f"around/{number}")))
    for name in interrupted:
        world.tell(interruptions.ALL[name](world, world.stream(f"interruption/{name}")))


def _parts(people: int, profile: Profile) -> list[Tale]:
    """A story a person: by the shares of the profile, or the scenarios one after the other."""
    if profile == "scenarios":
        return [SCENARIOS[number % len(SCENARIOS)] for number in range(people)]
    parts = [tale for tale, share in SHARES[profile].items() for _ in range(round(share * people))]
    return (parts + [stories.permanent] * (people - len(parts)))[:people]
