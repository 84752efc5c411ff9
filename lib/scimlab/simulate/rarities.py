"""What happens to hardly anybody in Entra: a story for each row of the decision table that ordinary life does not reach."""

from random import Random

from scimlab.simulate import acts
from scimlab.simulate.clock import DAY, HOUR, MINUTE
from scimlab.simulate.people import Person
from scimlab.simulate.stories import LAST_MINUTES, deleted_and_purged, early, gone_for_good, kept, late
from scimlab.simulate.world import FILTERED, Story, World


def unassigned(world: World, person: Person, rng: Random) -> Story:
    """Somebody who loses the app and not the job: disabled once, and no longer managed."""
    user = acts.hired(world, person)
    yield late(world, rng)
    acts.unassigned(world, person, user)


def reassigned(world: World, person: Person, rng: Random) -> Story:
    """Somebody who loses the app and gets it back: the same object finds its record again."""
    user = acts.hired(world, person)
    yield early(world, rng)
    acts.unassigned(world, person, user)
    yield world.now + int(rng.uniform(2, 20) * DAY)
    acts.assigned(world, person, user)


def parked_and_unassigned(world: World, person: Person, rng: Random) -> Story:
    """Disabled for the season, and cleared out of the group by somebody tidy."""
    person.intent = "may_return"
    user = acts.hired(world, person)
    yield early(world, rng)
    acts.disabled(world, person, user)
    yield late(world, rng)
    acts.unassigned(world, person, user)


def dropped_by_a_rule(world: World, person: Person, rng: Random) -> Story:
    """Given the app by a dynamic group that asks for enabled accounts: disabling takes the app away in the same moment."""
    person.intent = "may_return"
    group = next((each for each in world.directory.groups.values() if each.only_enabled), None)
    if group is None:
        group = world.directory.add_group(world.now, "All enabled staff")
        group.only_enabled = True
        world.directory.assign(world.now, world.job.connection.app_id, group.object_id)
        world.expose("X10_RULE_NEEDS_ENABLED")
    user = acts.hired(world, person, group=group)
    yield late(world, rng)
    acts.disabled(world, person, user)


def orphan_in_waiting(world: World, person: Person, rng: Random) -> Story:
    """Unassigned first and deleted then: nobody will tell the app."""
    user = acts.hired(world, person)
    yield early(world, rng)
    acts.unassigned(world, person, user)
    yield late(world, rng)
    acts.deleted(world, person, user)


def orphan(world: World, person: Person, rng: Random) -> Story:
    """Unassigned, deleted and purged: a record under a clean name that belongs to nobody."""
    user = acts.hired(world, person)
    yield world.rules.start + 2 * HOUR
    acts.unassigned(world, person, user)
    yield from gone_for_good(world, person, user, rng)


def unassign_refused(world: World, person: Person, rng: Random) -> Story:
    """Unassigned, and the app will not let go."""
    user = acts.hired(world, person)
    yield late(world, rng)
    kept(world, user)
    acts.unassigned(world, person, user)


def delete_refused(world: World, person: Person, rng: Random) -> Story:
    """Deleted, and the app keeps the record active."""
    user = acts.hired(world, person)
    yield late(world, rng)
    kept(world, user)
    acts.deleted(world, person, user)


def ghost(world: World, person: Person, rng: Random) -> Story:
    """Deleted and purged while the app kept the record active: paid for, and nobody's."""
    person.intent = "leaving"
    user = acts.hired(world, person)
    yield early(world, rng)
    kept(world, user)
    yield from deleted_and_purged(world, person, user, rng)


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
    user = acts.hired(world, person, assigned=False)
    world.directory.set_member(world.now, inner, user, True)
    if not world.is_assigned(user):
        world.label(person, "NESTED_GROUP_NOT_IN_SCOPE")


def filtered(world: World, person: Person, rng: Random) -> Story:
    """Moved to a department that the scoping filter leaves out."""
    user = acts.hired(world, person)
    yield late(world, rng)
    acts.moved_out(world, person, user, FILTERED)


def renamed(world: World, person: Person, rng: Random) -> Story:
    """Married, and renamed: an ordinary change of userName."""
    user = acts.hired(world, person)
    yield late(world, rng)
    local = user.upn.split("@")[0]
    names = {"surname": f"{user.surname}-Vogel", "display_name": f"{user.display_name}-Vogel"}
    acts.renamed(world, person, user, f"{local}-vogel", **names)


def rename_pending(world: World, person: Person, rng: Random) -> Story:
    """Renamed a few minutes ago."""
    user = acts.hired(world, person)
    yield world.rules.end - LAST_MINUTES
    acts.renamed(world, person, user, f"{user.upn.split('@')[0]}-falk")


def create_pending(world: World, person: Person, rng: Random) -> Story:
    """Hired a few minutes ago."""
    yield world.rules.end - LAST_MINUTES
    acts.hired(world, person)


def disable_pending(world: World, person: Person, rng: Random) -> Story:
    """Disabled a few minutes ago."""
    user = acts.hired(world, person)
    yield world.rules.end - LAST_MINUTES
    acts.disabled(world, person, user)


def enable_pending(world: World, person: Person, rng: Random) -> Story:
    """Back from the season a few minutes ago."""
    user = acts.hired(world, person)
    yield early(world, rng)
    acts.disabled(world, person, user)
    yield world.rules.end - LAST_MINUTES
    acts.enabled(world, person, user)


def recreated_not_assigned(world: World, person: Person, rng: Random) -> Story:
    """Hired again, and not given the app yet."""
    person.intent = "may_return"
    user = acts.hired(world, person)
    yield from gone_for_good(world, person, user, rng)
    yield late(world, rng)
    acts.hired(world, person, assigned=False)


def two_sources(world: World, person: Person, rng: Random) -> Story:
    """A colleague invited as a guest under the address they have here: two objects want one record."""
    acts.hired(world, person)
    yield late(world, rng)
    local, domain = person.user_name.split("@")
    world.join(person, user_type="Guest", upn=f"{local}_{domain}#EXT#@{domain}")
    world.label(person, "DUPLICATE_SOURCE")


def purged_by_hand(world: World, person: Person, rng: Random) -> Story:
    """Deleted, and deleted permanently by somebody who wanted the name back, long before the thirty days were over."""
    person.intent = "leaving"
    user = acts.hired(world, person)
    yield early(world, rng)
    acts.deleted(world, person, user)
    yield world.now + 3 * DAY + rng.randrange(DAY)
    acts.purged(world, person, user)


def in_a_hurry(world: World, person: Person, rng: Random) -> Story:
    """A new colleague whom an administrator provisions on demand, without waiting for the next cycle."""
    yield late(world, rng)
    user = acts.hired(world, person)
    yield world.now + 5 * MINUTE
    world.job.on_demand(world.now, user, f"admin@{world.rules.domain}")


def privileged(world: World, person: Person, rng: Random) -> Story:
    """An administrator of the tenant, whom only another administrator may disable."""
    person.role = "User Administrator"
    user = acts.hired(world, person)
    yield early(world, rng)
    world.directory.give_role(world.now, user, person.role)


def service_account(world: World, person: Person, rng: Random) -> Story:
    """An account that is nobody: given the app as everybody is, and not counted, for a reason that is written down."""
    person.excluded = "service account of the intranet"
    person.given, person.surname = "Intranet", "Service"
    person.user_name = person.mail = f"svc-{person.employee_id}@{world.rules.domain}"
    acts.hired(world, person)
    yield world.rules.end


ALL = (
    unassigned, reassigned, parked_and_unassigned, dropped_by_a_rule, orphan_in_waiting, orphan, unassign_refused, delete_refused,
    ghost, not_yet, nested, filtered, renamed, rename_pending, create_pending, disable_pending, enable_pending, recreated_not_assigned,
    two_sources, purged_by_hand, in_a_hurry,
)  # fmt: skip
