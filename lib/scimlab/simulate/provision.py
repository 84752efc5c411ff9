"""What the service does about one object in one cycle: match it, create it, update it, disable it, delete it, or skip it."""

from typing import TYPE_CHECKING

from scimlab.simulate import wire
from scimlab.simulate.app import ACTIVE, LINK_LOST, TWO_MATCH, TWO_SOURCES, USER_NAME, Record, Refused
from scimlab.simulate.directory import Group, User
from scimlab.simulate.events import Event, Scope
from scimlab.simulate.mapping import desired, missing

if TYPE_CHECKING:
    from scimlab.simulate.job import Job


def provision(job: "Job", event: Event, thing: User | Group) -> bool:
    """Carry out what the object's state asks for and note it in `event`; False where the service leaves no note at all.

    raises: Refused with what the app, or the matching, had against it.
    """
    if isinstance(thing, Group):
        return _group(job, event, thing)
    if thing.purged_at is not None:
        return _delete(job, event, thing)
    event.scope = scope(job, thing)
    if thing.object_id in job.links and (event.scope.holds or thing.object_id not in job.released):
        if job.skips_out_of_scope and event.scope.active and not event.scope.holds:
            job.released.add(thing.object_id)
            return _skip(event, "NotEffectivelyEntitled")
        return _update(job, event, thing, job.app.get(job.links[thing.object_id]))
    return _match_or_create(job, event, thing) if event.scope.holds else _skip(event, "NotEffectivelyEntitled")


def scope(job: "Job", user: User) -> Scope:
    """The questions asked of a user before anything else."""
    return Scope(
        active=user.enabled and user.deleted_at is None,
        assigned=job.syncs_all or job.directory.is_assigned(job.connection.app_id, user),
        passes=user.department not in job.filtered_departments,
    )


def would_deactivate(job: "Job", thing: User | Group) -> bool:
    """Whether this object's turn would switch an active record off or delete it; what the accidental-deletion breaker counts."""
    record = job.app.get(job.links.get(thing.object_id, ""))
    if isinstance(thing, Group) or record is None or thing.object_id in job.released:
        return False
    if thing.purged_at is not None:
        return job.sends_delete
    return job.sends_update and job.maps_active and record.active and not scope(job, thing).holds


def _match_or_create(job: "Job", event: Event, user: User) -> bool:
    event.action = "create"
    if lacking := missing(user):
        event.skip_property = lacking
        return _skip(event, "AttributeValidationFailed", action="create")
    values = desired(user, job.external_id)
    found = job.app.find(values[USER_NAME])
    if len(found) > 1:
        raise Refused(TWO_MATCH)
    if found:
        if found[0].target_id in job.links.values():
            raise Refused(TWO_SOURCES)
        job.links[user.object_id] = found[0].target_id
        job.app.hand_over(event.at, found[0], user.person.key)
        return _update(job, event, user, found[0])
    event.sent = values | {ACTIVE: "True"}
    event.modified = [(name, None, text) for name, text in event.sent.items()]
    record = job.app.create(event.at, values, True, owner=user.person.key)
    job.links[user.object_id] = event.target_id = record.target_id
    return True


def _update(job: "Job", event: Event, user: User, record: Record | None) -> bool:
    event.action, event.target_id = "update", job.links[user.object_id]
    if record is None:
        raise Refused(LINK_LOST)
    event.matched = {"id": record.target_id, ACTIVE: str(record.active), **record.values}
    values = {name: text for name, text in desired(user, job.external_id).items() if record.values.get(name) != text}
    active = event.scope.holds if event.scope.holds != record.active and job.maps_active else None
    event.sent = values | ({} if active is None else {ACTIVE: str(active)})
    if event.sent and not job.sends_update:
        return False
    if event.sent:
        event.action = "disable" if active is False else "update"
        event.modified = [(name, event.matched.get(name), text) for name, text in event.sent.items()]
        job.app.receive(event.at, record, wire.patch(values, active, compliant=job.compliant and not event.administrator))
    (job.released.discard if event.scope.assigned and event.scope.passes else job.released.add)(user.object_id)
    return bool(event.sent) or _skip(event, "RedundantExport")


def _delete(job: "Job", event: Event, user: User) -> bool:
    record = job.app.get(job.links.get(user.object_id, ""))
    if record is None or user.object_id in job.released or not job.sends_delete:
        job.links.pop(user.object_id, None)
        return False
    event.action, event.target_id = "delete", record.target_id
    job.app.delete(event.at, record)
    job.links.pop(user.object_id)
    return True


def _group(job: "Job", event: Event, group: Group) -> bool:
    event.scope = Scope(True, group.object_id in job.directory.assigned.get(job.connection.app_id, {}), True)
    if not event.scope.assigned:
        return _skip(event, "NotEffectivelyEntitled")
    if group.object_id in job.links:
        event.target_id = job.links[group.object_id]
        event.matched = {"id": event.target_id, "displayName": group.display_name, "externalId": group.object_id}
        return _skip(event, "RedundantExport")
    event.action, event.sent = "create", {"displayName": group.display_name, "externalId": group.object_id}
    event.modified = [(name, None, text) for name, text in event.sent.items()]
    event.target_id = job.links[group.object_id] = f"grp-{job.rng.randrange(16**6):06x}"
    return True


def _skip(event: Event, reason: str, *, action: str = "other") -> bool:
    event.action, event.status, event.skip_reason = action, "skipped", reason
    return True
