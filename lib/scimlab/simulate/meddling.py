"""What is done in the app itself, by its administrators, its imports or the vendor, and what Entra makes of it.

Entra does not watch the app: it learns of such a change only when the person's object changes next.
"""

from dataclasses import replace
from random import Random

from scimlab.simulate import acts
from scimlab.simulate.app import EXTERNAL_ID, MAIL, USER_NAME, Record
from scimlab.simulate.clock import DAY, HOUR, MINUTE, guid
from scimlab.simulate.people import WORDS, Person
from scimlab.simulate.stories import LAST_MINUTES, early, gone_for_good, late
from scimlab.simulate.world import Story, World


def rematch_pending(world: World, person: Person, rng: Random) -> Story:
    """Hired again, refused, and repaired by the vendor a few minutes ago: the next attempt will match."""
    person.intent = "may_return"
    user = acts.hired(world, person)
    yield from gone_for_good(world, person, user, rng)
    yield late(world, rng)
    acts.hired(world, person)
    yield world.rules.end - LAST_MINUTES
    acts.repaired(world, person)


def archived(world: World, person: Person, rng: Random) -> Story:
    """Purged, archived in the app by its administrator, and hired again: refused by a record that nobody can see."""
    person.intent = "may_return"
    user = acts.hired(world, person)
    yield from gone_for_good(world, person, user, rng)
    yield world.now + DAY
    if record := _left(world, person):
        world.app.hide(world.now, record)
        world.label(person, "CLEAN_LEAVER")
    yield late(world, rng)
    acts.hired(world, person)


def split(world: World, person: Person, rng: Random) -> Story:
    """Hired again, and the vendor freed the address instead of repairing the name: a second record, the history left with the first."""
    person.intent = "may_return"
    user = acts.hired(world, person)
    yield from gone_for_good(world, person, user, rng)
    yield world.now + DAY
    if record := _left(world, person):
        world.app.rename(world.now, record, {MAIL: f"freed-{person.employee_id}@example.invalid"})
    yield late(world, rng)
    acts.hired(world, person, then="SPLIT_IDENTITY" if _left(world, person) else "HEALTHY_ACTIVE")


def cross_linked(world: World, person: Person, rng: Random) -> Story:
    """Hired under an address that somebody else had before: matched by name to that person's record."""
    former = replace(
        person,
        given=rng.choice(WORDS["given"]),
        surname=rng.choice(WORDS["surnames"]),
        employee_id=f"0{person.employee_id}",
        objects=[],
        labels=[],
    )
    world.people.append(former)
    user = acts.hired(world, former)
    yield world.rules.start + 2 * HOUR
    acts.unassigned(world, former, user)
    yield from gone_for_good(world, former, user, rng)
    yield late(world, rng)
    former_record = world.app.left_to(former.key)
    user = acts.hired(world, person, then="CROSS_LINKED" if former_record else "HEALTHY_ACTIVE")
    while not world.linked(user):
        yield world.now + 5 * MINUTE
    if former_record:
        world.label(person, "CROSS_LINKED")
        # Their record is somebody else's now, so nothing is left to say of them.
        world.label(former, "")


def two_targets(world: World, person: Person, rng: Random) -> Story:
    """Imported twice into the app before Entra heard of the person."""
    entered = [_entered(world, person, False, **{MAIL: mail}) for mail in (person.mail, f"private-{person.mail}")]
    yield late(world, rng)
    world.join(person)
    for record in entered:
        world.app.belongs(record, person.key)
    world.label(person, "DUPLICATE_TARGET")


def name_taken_while_away(world: World, person: Person, rng: Random) -> Story:
    """Deleted, doubled in the app by a sign-in, restored: the name can never be written back."""
    user = acts.hired(world, person)
    yield late(world, rng)
    acts.deleted(world, person, user)
    yield world.now + 2 * HOUR
    if not world.app.find(person.user_name):
        doubled = _entered(world, person, False, **{MAIL: f"sso-{person.mail}"})
        world.app.belongs(doubled, person.key)
    yield world.now + DAY
    acts.restored(world, person, user)


def name_drift(world: World, person: Person, rng: Random) -> Story:
    """Renamed in the app by hand, where Entra does not look until something changes."""
    user = acts.hired(world, person)
    yield late(world, rng)
    acts.overwritten(world, person, user, "NAME_DRIFT", {USER_NAME: f"reception.{person.user_name}"})


def stale_external_id(world: World, person: Person, rng: Random) -> Story:
    """An external id from before, written over the right one by an import."""
    user = acts.hired(world, person)
    yield late(world, rng)
    acts.overwritten(world, person, user, "STALE_EXTERNAL_ID", {EXTERNAL_ID: f"legacy-{person.employee_id}"})


def _left(world: World, person: Person) -> Record | None:
    """What a former object left behind, if the app still shows it."""
    record = world.app.left_to(person.key)
    return None if record is None or record.hidden else record


def _entered(world: World, person: Person, active: bool, **values: str) -> Record:
    return world.app.enter(world.now, {USER_NAME: person.user_name, MAIL: person.mail, "displayName": person.display_name} | values, active)


def unlinked(world: World, person: Person, rng: Random) -> Story:
    """Entered in the app by hand, hired a few minutes ago: the next cycle adopts the record."""
    record = _entered(world, person, True)
    yield world.rules.end - LAST_MINUTES
    world.join(person)
    world.app.belongs(record, person.key)
    world.label(person, "UNLINKED_MATCHABLE", heard="HEALTHY_ACTIVE")


def unlinked_inactive(world: World, person: Person, rng: Random) -> Story:
    """As above, with a record that is switched off."""
    record = _entered(world, person, False)
    yield world.rules.end - LAST_MINUTES
    world.join(person)
    world.app.belongs(record, person.key)
    world.label(person, "UNLINKED_INACTIVE", heard="HEALTHY_ACTIVE")


def contractor(world: World, person: Person, rng: Random) -> Story:
    """Somebody with a password of the app's own, whom Entra has never seen."""
    person.record_id = _entered(world, person, True, **{MAIL: f"{person.employee_id}@contractor.example"}).target_id
    world.label(person, "UNMANAGED_ACCOUNT")
    yield world.rules.end


def former_contractor(world: World, person: Person, rng: Random) -> Story:
    """The same, switched off long ago."""
    person.record_id = _entered(world, person, False, **{MAIL: f"{person.employee_id}@contractor.example"}).target_id
    world.label(person, "UNMANAGED_INACTIVE")
    yield world.rules.end


def stranger(world: World, person: Person, rng: Random) -> Story:
    """A record whose name carries an object id that no directory knows any more."""
    object_id = guid(rng)
    name = object_id.replace("-", "") + person.user_name
    world.strangers[name] = object_id
    person.record_id = _entered(world, person, False, **{USER_NAME: name}).target_id
    world.label(person, "CORRUPTED_UNKNOWN")
    yield world.rules.end


def switched_on_by_hand(world: World, person: Person, rng: Random) -> Story:
    """Disabled in Entra, delivered, and switched on again in the app."""
    user = acts.hired(world, person)
    yield early(world, rng)
    acts.disabled(world, person, user)
    yield late(world, rng)
    acts.switched(world, person, user, True)


def switched_off_by_hand(world: World, person: Person, rng: Random) -> Story:
    """At work, and switched off in the app."""
    user = acts.hired(world, person)
    yield late(world, rng)
    acts.switched(world, person, user, False)


def deleted_in_app(world: World, person: Person, rng: Random) -> Story:
    """Deleted in the app by hand; the next change finds nothing at the end of its link."""
    user = acts.hired(world, person)
    yield late(world, rng)
    if record := world.record(user):
        world.app.remove(world.now, record)
        world.label(person, "DELETED_IN_APP")
    yield world.now + 6 * HOUR
    world.directory.update(world.now, user, title=f"Acting {user.title}")


def corrupted_ghost(world: World, person: Person, rng: Random) -> Story:
    """Deleted, switched on again in the app under the corrupted name, and purged."""
    person.intent = "leaving"
    user = acts.hired(world, person)
    yield early(world, rng)
    acts.deleted(world, person, user)
    deleted_at = world.now
    yield deleted_at + DAY
    acts.switched(world, person, user, True)
    yield deleted_at + 30 * DAY + rng.randrange(2 * DAY)
    acts.purged(world, person, user)


def double_billed(world: World, person: Person, rng: Random) -> Story:
    """Split as above, and the old record switched on again by hand: one person, two seats."""
    yield from split(world, person, rng)
    yield world.now + 3 * HOUR
    records = [each for each in world.app.owned[person.key] if not each.hidden]
    if len(records) > 1:
        world.app.switch(world.now, records[0], True)
        world.label(person, "DOUBLE_BILLED")


def room_display(world: World, person: Person, rng: Random) -> Story:
    """A screen at a door, entered in the app by hand: active, unknown to Entra, and not counted, for a reason that is written down."""
    person.excluded = "screen at a meeting room"
    person.given, person.surname = "Room", f"Display {person.employee_id}"
    person.user_name = person.mail = f"room-{person.employee_id}@{world.rules.domain}"
    person.record_id = _entered(world, person, True).target_id
    world.label(person, "UNMANAGED_ACCOUNT")
    yield world.rules.end


SHOWN = (
    rematch_pending, archived, split, cross_linked, two_targets, name_taken_while_away, name_drift, stale_external_id, unlinked,
    unlinked_inactive, contractor, former_contractor, stranger,
)  # fmt: skip
"""Nobody's active state changes unseen: what the log and the records say together is all there is."""

UNSEEN = (switched_on_by_hand, switched_off_by_hand, deleted_in_app, corrupted_ghost, double_billed)
"""Somebody switches a record on or off by hand, which no provisioning log shows."""
