"""Where an object of Entra stands on each axis of the decision table, from the world's own state."""

from typing import TYPE_CHECKING, NamedTuple

from scimlab.simulate.app import EXTERNAL_ID, USER_NAME, Record
from scimlab.simulate.directory import User
from scimlab.simulate.mapping import desired
from scimlab.simulate.provision import scope

if TYPE_CHECKING:
    from scimlab.simulate.world import World


class Place(NamedTuple):
    """A place on each axis.

    entra: EN, DI, SD, HD as they are; RC where a former object of the person is deleted or gone, AB where Entra never knew anybody.
    scope: A or U. app: act, ina, with `cor` for a name that carries an object id and `dup` for one of several records; tomb for a
    record that SCIM does not return, abs for none. link: ok; mis to, or only in sight of, a record that carries another id; stale
    to one that is gone; wrong to another person's; none. `target_id` is the record linked, or else the last one of the person.
    """

    entra: str
    scope: str
    app: str
    link: str
    target_id: str


def of_user(world: "World", user: User) -> Place:
    """The place of a user, living, deleted or purged."""
    target_id = world.linked(user)
    record = world.app.records.get(target_id) or world.app.left_to(user.person.key)
    asked = scope(world.job, user)
    managed = user.purged_at is None and asked.assigned and asked.passes
    shown = record.target_id if record else target_id
    return Place(_entra(world, user), "A" if managed else "U", _app(world, record), _link(world, user, record), shown)


def of_record(world: "World", record: Record) -> Place:
    """The place of a record that nobody in Entra has."""
    return Place("AB", "U", _app(world, record), "none", record.target_id)


def _entra(world: "World", user: User) -> str:
    if user.purged_at is not None:
        return "HD"
    if user.deleted_at is not None:
        return "SD"
    former = (world.directory.users[each] for each in user.person.objects[: user.person.objects.index(user.object_id)])
    if any(each.deleted_at is not None for each in former):
        return "RC"
    return "EN" if user.enabled else "DI"


def _app(world: "World", record: Record | None) -> str:
    if record is None:
        return "abs"
    if record.hidden:
        return "tomb"
    several = "dup " if sum(not each.hidden for each in world.app.owned.get(record.owner, ())) > 1 and record.owner else ""
    corrupted = "cor " if world.carried(record.values[USER_NAME]) else ""
    return f"{several}{corrupted}{'act' if record.active else 'ina'}"


def _link(world: "World", user: User, record: Record | None) -> str:
    target_id = world.linked(user)
    if target_id and not world.app.get(target_id):
        return "stale"
    if record is None or record.hidden:
        return "none"
    if target_id and record.made_for not in ("", user.person.key):
        return "wrong"
    expected = desired(user, world.job.external_id)[EXTERNAL_ID]
    return "mis" if record.values.get(EXTERNAL_ID, expected) != expected else "ok" if target_id else "none"
