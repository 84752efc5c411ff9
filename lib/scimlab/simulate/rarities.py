"""What happens to hardly anybody in Entra: a story for each row of the decision table that ordinary life does not reach."""

from random import Random

from scimlab.simulate.clock import DAY, HOUR
from scimlab.simulate.people import Person
from scimlab.simulate.stories import LAST_MINUTES, deleted_and_purged, early, gone_for_good, late, settled
from scimlab.simulate.world import FILTERED, Story, World


def unassigned(world: World, person: Person, rng: Random) -> Story:
    """Somebody who loses the app and not the job: disabled once, and no longer managed."""
    user = settled(world, person)
    yield late(world, rng)
    world.leave_app(user)
    world.label(person, "UNASSIGNED_PARKED")


def reassigned(world: World, person: Person, rng: Random) -> Story:
    """Somebody who loses the app and gets it back: the same object finds its record again."""
    user = settled(world, person)
    yield early(world, rng)
    world.leave_app(user)
    world.label(person, "UNASSIGNED_PARKED")
    yield world.now + int(rng.uniform(2, 20) * DAY)
    world.directory.assign(world.now, world.job.connection.app_id, user.object_id)
    world.label(person, "HEALTHY_ACTIVE")


def parked_and_unassigned(world: World, person: Person, rng: Random) -> Story:
    """Disabled for the season, and cleared out of the group by somebody tidy."""
    person.intent = "may_return"
    user = settled(world, person)
    yield early(world, rng)
    world.directory.set_enabled(world.now, user, False)
    world.label(person, "HEALTHY_PARKED")
    yield late(world, rng)
    world.leave_app(user)
    world.label(person, "PARKED_WITHOUT_ASSIGNMENT")


def dropped_by_a_rule(world: World, person: Person, rng: Random) -> Story:
    """Given the app by a dynamic group that asks for enabled accounts: disabling takes the app away in the same moment."""
    person.intent = "may_return"
    group = next((each for each in world.directory.groups.values() if each.only_enabled), None)
    if group is None:
        group = world.directory.add_group(world.now, "All enabled staff")
        group.only_enabled = True
        world.directory.assign(world.now, world.job.connection.app_id, group.object_id)
    user = world.join(person, assigned=False)
    world.directory.set_member(world.now, group, user, True)
    world.label(person, "HEALTHY_ACTIVE")
    yield late(world, rng)
    world.directory.set_enabled(world.now, user, False)
    world.label(person, "PARKED_WITHOUT_ASSIGNMENT")


def orphan_in_waiting(world: World, person: Person, rng: Random) -> Story:
    """Unassigned first and deleted then: nobody will tell the app."""
    user = settled(world, person)
    yield early(world, rng)
    world.leave_app(user)
    world.label(person, "UNASSIGNED_PARKED")
    yield late(world, rng)
    world.directory.delete(world.now, user)
    world.label(person, "ORPHAN_IN_WAITING")


def orphan(world: World, person: Person, rng: Random) -> Story:
    """Unassigned, deleted and purged: a record under a clean name that belongs to nobody."""
    user = settled(world, person)
    yield world.rules.start + 2 * HOUR
    world.leave_app(user)
    world.label(person, "UNASSIGNED_PARKED")
    yield from gone_for_good(world, person, user, rng)
    world.label(person, "ORPHAN_RECORD")


def unassign_refused(world: World, person: Person, rng: Random) -> Story:
    """Unassigned, and the app will not let go."""
    user = settled(world, person)
    yield late(world, rng)
    world.record(user).keeper = True
    world.leave_app(user)
    world.label(person, "UNASSIGN_NOT_DELIVERED")


def delete_refused(world: World, person: Person, rng: Random) -> Story:
    """Deleted, and the app keeps the record active."""
    user = settled(world, person)
    yield late(world, rng)
    world.record(user).keeper = True
    world.directory.delete(world.now, user)
    world.label(person, "SOFT_DELETE_NOT_DELIVERED")


def ghost(world: World, person: Person, rng: Random) -> Story:
    """Deleted and purged while the app kept the record active: paid for, and nobody's."""
    person.intent = "leaving"
    user = settled(world, person)
    yield early(world, rng)
    world.record(user).keeper = True
    yield from deleted_and_purged(world, person, user, rng)
    world.label(person, "CLEAN_LEAVER" if world.rules.sends_delete else "GHOST_SEAT")


def not_yet(world: World, person: Person, rng: Random) -> Story:
    """Entered before the first working day, and not enabled yet."""
    yield late(world, rng)
    world.join(person, enabled=False)
    world.label(person, "NOT_YET_PROVISIONABLE")


def nested(world: World, person: Person, rng: Random) -> Story:
    """A member of a group within the assigned group, which provisioning does not open."""
    yield late(world, rng)
    inner = world.directory.add_group(world.now, "Night shift")
    world.staff.members.add(inner.object_id)
    user = world.join(person, assigned=False)
    world.directory.set_member(world.now, inner, user, True)
    world.label(person, "NESTED_GROUP_NOT_IN_SCOPE")


def filtered(world: World, person: Person, rng: Random) -> Story:
    """Moved to a department that the scoping filter leaves out."""
    user = settled(world, person)
    yield late(world, rng)
    world.directory.update(world.now, user, department=FILTERED)
    world.label(person, "FILTERED_OUT")


def renamed(world: World, person: Person, rng: Random) -> Story:
    """Married, and renamed: an ordinary change of userName."""
    user = settled(world, person)
    yield late(world, rng)
    local, domain = user.upn.split("@")
    world.directory.update(
        world.now, user, upn=f"{local}-vogel@{domain}", surname=f"{user.surname}-Vogel", display_name=f"{user.display_name}-Vogel"
    )


def rename_pending(world: World, person: Person, rng: Random) -> Story:
    """Renamed a few minutes ago."""
    user = settled(world, person)
    yield world.rules.end - LAST_MINUTES
    local, domain = user.upn.split("@")
    world.directory.update(world.now, user, upn=f"{local}-falk@{domain}")
    world.label(person, "RENAME_PENDING")


def create_pending(world: World, person: Person, rng: Random) -> Story:
    """Hired a few minutes ago."""
    yield world.rules.end - LAST_MINUTES
    world.join(person)
    world.label(person, "PENDING_CREATE")


def disable_pending(world: World, person: Person, rng: Random) -> Story:
    """Disabled a few minutes ago."""
    user = settled(world, person)
    yield world.rules.end - LAST_MINUTES
    world.directory.set_enabled(world.now, user, False)
    world.label(person, "PENDING_DISABLE")


def enable_pending(world: World, person: Person, rng: Random) -> Story:
    """Back from the season a few minutes ago."""
    user = settled(world, person)
    yield early(world, rng)
    world.directory.set_enabled(world.now, user, False)
    world.label(person, "HEALTHY_PARKED")
    yield world.rules.end - LAST_MINUTES
    world.directory.set_enabled(world.now, user, True)
    world.label(person, "PENDING_REACTIVATE")


def recreated_not_assigned(world: World, person: Person, rng: Random) -> Story:
    """Hired again, and not given the app yet."""
    person.intent = "may_return"
    user = settled(world, person)
    yield from gone_for_good(world, person, user, rng)
    yield late(world, rng)
    world.join(person, assigned=False)
    world.label(person, "RECREATED_NOT_ASSIGNED")


def two_sources(world: World, person: Person, rng: Random) -> Story:
    """A colleague invited as a guest under the address they have here: two objects want one record."""
    settled(world, person)
    yield late(world, rng)
    local, domain = person.user_name.split("@")
    world.join(person, user_type="Guest", upn=f"{local}_{domain}#EXT#@{domain}")
    world.label(person, "DUPLICATE_SOURCE")


ALL = (
    unassigned, reassigned, parked_and_unassigned, dropped_by_a_rule, orphan_in_waiting, orphan, unassign_refused, delete_refused,
    ghost, not_yet, nested, filtered, renamed, rename_pending, create_pending, disable_pending, enable_pending, recreated_not_assigned,
    two_sources,
)  # fmt: skip
