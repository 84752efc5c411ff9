"""What is done to somebody's account, and what an honest observer says of it: at once, when the app has heard, and when it has not.

The names are those of the decision table. What is said follows from the act and from how far earlier acts came: whoever was
disabled before the app heard of them is told apart from whoever was switched off. Nothing is worked out from the exports.
"""

from scimlab.simulate.app import USER_NAME, Record
from scimlab.simulate.directory import User
from scimlab.simulate.people import Person
from scimlab.simulate.world import World


def hired(world: World, person: Person, *, then: str = "HEALTHY_ACTIVE", **attributes: object) -> User:
    """A new object, given the app: a new account there, unless a former object left something behind.

    then: what is to be said when the app has taken the person.
    """
    left = world.app.left_to(person.key) if person.objects else None
    user = world.join(person, **attributes)
    if not world.is_assigned(user):
        is_there = left is not None and not left.hidden
        world.label(person, "RECREATED_NOT_ASSIGNED" if is_there else "OUT_OF_SCOPE_OK")
    elif left is None or left.hidden:
        world.label(person, "PENDING_CREATE", heard=then, overdue="CREATE_FAILING", refused="HIDDEN_EMAIL_RESERVATION" if left else "")
    elif _is_corrupted(world, left):
        world.label(person, "CORRUPTED_BLOCKING_RETURN", heard=then)
    else:
        hides = world.app.hides_inactive and not left.active
        world.label(person, "REMATCH_EXPECTED", heard=then, refused="HIDDEN_EMAIL_RESERVATION" if hides else "")
    return user


def disabled(world: World, person: Person, user: User) -> None:
    """Sign-in blocked; a rule of a group may take the app away in the same moment."""
    world.directory.set_enabled(world.now, user, False)
    if world.is_assigned(user):
        _parked(world, person, world.record(user))
    else:
        _out_of_scope(world, person, user)


def enabled(world: World, person: Person, user: User) -> None:
    """Sign-in allowed again."""
    world.directory.set_enabled(world.now, user, True)
    _wanted(world, person, user)


def unassigned(world: World, person: Person, user: User) -> None:
    """The app taken away, in the way it was given."""
    world.leave_app(user)
    if not world.is_assigned(user):
        _out_of_scope(world, person, user)


def assigned(world: World, person: Person, user: User) -> None:
    """The app given directly."""
    world.directory.assign(world.now, world.job.connection.app_id, user.object_id)
    _wanted(world, person, user)


def moved_out(world: World, person: Person, user: User, department: str) -> None:
    """Moved to a department that the scoping filter leaves out."""
    world.directory.update(world.now, user, department=department)
    _out_of_scope(world, person, user, then="FILTERED_OUT")


def deleted(world: World, person: Person, user: User) -> None:
    """Into the recycle bin."""
    world.directory.delete(world.now, user)
    if world.is_assigned(user):
        _in_bin(world, person, user, _word_in_bin(person))
    else:
        world.label(person, "ORPHAN_IN_WAITING" if world.record(user) else "OUT_OF_SCOPE_OK")


def closing(world: World, person: Person, user: User) -> None:
    """A week is left to restore somebody who may return."""
    if person.intent != "leaving" and world.is_assigned(user):
        _in_bin(world, person, user, "RESTORE_WINDOW_CLOSING")


def restored(world: World, person: Person, user: User) -> None:
    """Out of the recycle bin with everything it had."""
    world.directory.restore(world.now, user)
    record = world.record(user)
    if record and _is_corrupted(world, record):
        world.label(person, "SETTLING", heard="HEALTHY_ACTIVE", overdue="CORRUPTED_BUT_LINKED")
    else:
        _wanted(world, person, user)


def purged(world: World, person: Person, user: User) -> None:
    """Gone for good: so is the record, if the job is to delete it and comes round; else whatever is left of it stays."""
    record, is_managed = world.record(user), user.object_id not in world.job.released
    world.directory.purge(world.now, user)
    if record is None:
        world.label(person, "CLEAN_LEAVER")
    else:
        world.label(person, _left(world, record), heard="CLEAN_LEAVER" if is_managed and world.rules.sends_delete else "")


def renamed(world: World, person: Person, user: User, local: str, **attributes: str) -> None:
    """A new address, as after a marriage."""
    domain = user.upn.split("@")[1]
    world.directory.update(world.now, user, upn=f"{local}@{domain}", **attributes)
    world.label(person, "RENAME_PENDING", heard="HEALTHY_ACTIVE", overdue="NAME_DRIFT")


def switched(world: World, person: Person, user: User, active: bool) -> None:
    """Switched on or off in the app by its administrator, which Entra undoes when it next comes round; nothing where it is so already."""
    record = world.record(user)
    if record is None or record.active == active:
        return
    world.app.switch(world.now, record, active)
    if user.deleted_at is not None:
        world.label(person, "SOFT_DELETE_NOT_DELIVERED", heard=_if_switched(world, _word_in_bin(person)))
    elif active:
        world.label(person, "MANUAL_REACTIVATION", heard=_if_switched(world, "HEALTHY_PARKED"))
    else:
        world.label(person, "MANUAL_DEACTIVATION", heard=_if_switched(world, "HEALTHY_ACTIVE"))


def overwritten(world: World, person: Person, user: User, diagnosis: str, values: dict[str, str]) -> None:
    """Values of a record changed in the app, which Entra undoes when it next comes round."""
    if record := world.record(user):
        world.app.rename(world.now, record, values)
        world.label(person, diagnosis, heard="HEALTHY_ACTIVE")


def repaired(world: World, person: Person) -> None:
    """The vendor writes the clean name back into what a former object left behind: the next attempt finds it."""
    if (record := world.app.left_to(person.key)) and not record.hidden and _is_corrupted(world, record):
        world.app.rename(world.now, record, {USER_NAME: person.user_name})
        world.label(person, "REMATCH_EXPECTED", heard="HEALTHY_ACTIVE")


def _parked(world: World, person: Person, record: Record | None) -> None:
    if record is None:
        world.label(person, "NOT_YET_PROVISIONABLE")
    elif not record.active:
        world.label(person, "HEALTHY_PARKED")
    else:
        world.label(person, "PENDING_DISABLE", heard=_if_switched(world, "HEALTHY_PARKED"), overdue="DISABLE_NOT_DELIVERED")


def _wanted(world: World, person: Person, user: User) -> None:
    """At work, given the app: so it is, or will be, in the app too."""
    record = world.record(user)
    if record is None:
        world.label(person, "PENDING_CREATE", heard="HEALTHY_ACTIVE", overdue="CREATE_FAILING")
    elif record.active:
        world.label(person, "HEALTHY_ACTIVE")
    else:
        world.label(person, "PENDING_REACTIVATE", heard=_if_switched(world, "HEALTHY_ACTIVE"))


def _out_of_scope(world: World, person: Person, user: User, then: str = "UNASSIGNED_PARKED") -> None:
    record, then = world.record(user), then if user.enabled else "PARKED_WITHOUT_ASSIGNMENT"
    if record is None:
        world.label(person, "OUT_OF_SCOPE_OK")
    elif not record.active:
        world.label(person, then)
    else:
        world.label(person, "SETTLING", heard=_if_switched(world, then), overdue="UNASSIGN_NOT_DELIVERED")


def _in_bin(world: World, person: Person, user: User, in_bin: str) -> None:
    record = world.record(user)
    if record is None or not record.active:
        world.label(person, in_bin)
    else:
        now = "SETTLING" if world.now == user.deleted_at else "SOFT_DELETE_NOT_DELIVERED"
        world.label(person, now, heard=_if_switched(world, in_bin), overdue="SOFT_DELETE_NOT_DELIVERED")


def _word_in_bin(person: Person) -> str:
    return "LEAVER_IN_PROGRESS" if person.intent == "leaving" else "RECOVERABLE"


def _left(world: World, record: Record) -> str:
    if _is_corrupted(world, record):
        return "CORRUPTED_GHOST_SEAT" if record.active else "CORRUPTED_ORPHAN"
    return "GHOST_SEAT" if record.active else "ORPHAN_RECORD"


def _if_switched(world: World, then: str) -> str:
    """What is said once the app has heard: nothing new where the job never switches anybody."""
    return then if world.job.maps_active else ""


def _is_corrupted(world: World, record: Record) -> bool:
    return world.carried(record.values[USER_NAME]) is not None
