"""What is done in the app itself, by its administrators, its imports or the vendor, and what Entra makes of it.

Entra does not watch the app: it learns of such a change only when the person's object changes next.
"""

from dataclasses import replace
from random import Random

from scimlab.simulate.app import EXTERNAL_ID, MAIL, USER_NAME, Record
from scimlab.simulate.clock import DAY, HOUR, guid
from scimlab.simulate.people import WORDS, Person
from scimlab.simulate.stories import LAST_MINUTES, deleted_and_purged, early, gone_for_good, late, left_behind, settled
from scimlab.simulate.world import Story, World


def rematch_pending(world: World, person: Person, rng: Random) -> Story:
    """Hired again, refused, and repaired by the vendor a few minutes ago: the next attempt will match."""
    person.intent = "may_return"
    user = settled(world, person)
    yield from gone_for_good(world, person, user, rng)
    yield late(world, rng)
    world.join(person)
    world.label(person, "CORRUPTED_BLOCKING_RETURN")
    yield world.rules.end - LAST_MINUTES
    world.app.rename(world.now, left_behind(world, person), {USER_NAME: person.user_name})
    world.label(person, "REMATCH_EXPECTED")


def archived(world: World, person: Person, rng: Random) -> Story:
    """Purged, archived in the app by its administrator, and hired again: refused by a record that nobody can see."""
    person.intent = "may_return"
    user = settled(world, person)
    yield from gone_for_good(world, person, user, rng)
    world.app.hide(world.now, left_behind(world, person))
    yield late(world, rng)
    world.join(person)
    world.label(person, "HIDDEN_EMAIL_RESERVATION")


def split(world: World, person: Person, rng: Random) -> Story:
    """Hired again, and the vendor freed the address instead of repairing the name: a second record, the history left with the first."""
    person.intent = "may_return"
    user = settled(world, person)
    yield from gone_for_good(world, person, user, rng)
    world.app.rename(world.now, left_behind(world, person), {MAIL: f"freed-{person.employee_id}@example.invalid"})
    yield late(world, rng)
    world.join(person)
    world.label(person, "SPLIT_IDENTITY")


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
    user = settled(world, former)
    yield world.rules.start + 2 * HOUR
    world.leave_app(user)
    yield from gone_for_good(world, former, user, rng)
    world.label(former, "ORPHAN_RECORD")
    yield late(world, rng)
    world.join(person)
    world.label(person, "CROSS_LINKED")
    # Their record is somebody else's now, so nothing is left to say of them.
    world.label(former, "")


def two_targets(world: World, person: Person, rng: Random) -> Story:
    """Imported twice into the app before Entra heard of the person."""
    for mail in (person.mail, f"private-{person.mail}"):
        world.app.enter(world.now, {USER_NAME: person.user_name, MAIL: mail, "displayName": person.display_name}, False)
    yield late(world, rng)
    world.join(person)
    world.label(person, "DUPLICATE_TARGET")


def name_taken_while_away(world: World, person: Person, rng: Random) -> Story:
    """Deleted, doubled in the app by a sign-in, restored: the name can never be written back."""
    user = settled(world, person)
    yield late(world, rng)
    world.directory.delete(world.now, user)
    world.label(person, "RECOVERABLE")
    yield world.now + 2 * HOUR
    world.app.enter(world.now, {USER_NAME: person.user_name, MAIL: f"sso-{person.mail}", "displayName": person.display_name}, False)
    yield world.now + DAY
    world.directory.restore(world.now, user)
    world.label(person, "CORRUPTED_BUT_LINKED")


def name_drift(world: World, person: Person, rng: Random) -> Story:
    """Renamed in the app by hand, where Entra does not look until something changes."""
    user = settled(world, person)
    yield late(world, rng)
    world.app.rename(world.now, world.record(user), {USER_NAME: f"reception.{person.user_name}"})
    world.label(person, "NAME_DRIFT")


def stale_external_id(world: World, person: Person, rng: Random) -> Story:
    """An external id from before, written over the right one by an import."""
    user = settled(world, person)
    yield late(world, rng)
    world.app.rename(world.now, world.record(user), {EXTERNAL_ID: f"legacy-{person.employee_id}"})
    world.label(person, "STALE_EXTERNAL_ID")


def _entered(world: World, person: Person, active: bool, **values: str) -> Record:
    return world.app.enter(world.now, {USER_NAME: person.user_name, MAIL: person.mail, "displayName": person.display_name} | values, active)


def unlinked(world: World, person: Person, rng: Random) -> Story:
    """Entered in the app by hand, hired a few minutes ago: the next cycle adopts the record."""
    record = _entered(world, person, True)
    yield world.rules.end - LAST_MINUTES
    world.join(person)
    record.always_of(person.key)
    world.label(person, "UNLINKED_MATCHABLE")


def unlinked_inactive(world: World, person: Person, rng: Random) -> Story:
    """As above, with a record that is switched off."""
    _entered(world, person, False)
    yield world.rules.end - LAST_MINUTES
    world.join(person)
    world.label(person, "UNLINKED_INACTIVE")


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
    user = settled(world, person)
    yield early(world, rng)
    world.directory.set_enabled(world.now, user, False)
    world.label(person, "HEALTHY_PARKED")
    yield late(world, rng)
    world.app.switch(world.now, world.record(user), True)
    world.label(person, "MANUAL_REACTIVATION")


def switched_off_by_hand(world: World, person: Person, rng: Random) -> Story:
    """At work, and switched off in the app."""
    user = settled(world, person)
    yield late(world, rng)
    world.app.switch(world.now, world.record(user), False)
    world.label(person, "MANUAL_DEACTIVATION")


def deleted_in_app(world: World, person: Person, rng: Random) -> Story:
    """Deleted in the app by hand; the next change finds nothing at the end of its link."""
    user = settled(world, person)
    yield late(world, rng)
    world.app.remove(world.now, world.record(user))
    world.label(person, "DELETED_IN_APP")
    yield world.now + 6 * HOUR
    world.directory.update(world.now, user, title=f"Acting {user.title}")


def corrupted_ghost(world: World, person: Person, rng: Random) -> Story:
    """Deleted, switched on again in the app under the corrupted name, and purged."""
    person.intent = "leaving"
    user = settled(world, person)
    yield early(world, rng)
    record = world.record(user)
    for step in deleted_and_purged(world, person, user, rng):
        yield step
        if user.purged_at is None and not record.active:
            world.app.switch(world.now, record, True)
    world.label(person, "CLEAN_LEAVER" if world.rules.sends_delete else "CORRUPTED_GHOST_SEAT")


def double_billed(world: World, person: Person, rng: Random) -> Story:
    """Split as above, and the old record switched on again by hand: one person, two seats."""
    yield from split(world, person, rng)
    yield world.now + 3 * HOUR
    world.app.switch(world.now, left_behind(world, person), True)
    world.label(person, "DOUBLE_BILLED")


SHOWN = (
    rematch_pending, archived, split, cross_linked, two_targets, name_taken_while_away, name_drift, stale_external_id, unlinked,
    unlinked_inactive, contractor, former_contractor, stranger,
)  # fmt: skip
"""Nobody's active state changes unseen: what the log and the records say together is all there is."""

UNSEEN = (switched_on_by_hand, switched_off_by_hand, deleted_in_app, corrupted_ghost, double_billed)
"""Somebody switches a record on or off by hand, which no provisioning log shows."""
