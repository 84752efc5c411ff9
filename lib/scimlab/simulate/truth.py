"""What really was, from the world's own state: its jobs' runs of failures, its records' spans, its people's labels."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from scimlab.simulate import app
from scimlab.simulate.app import Record
from scimlab.simulate.clock import DAY, iso
from scimlab.simulate.directory import User
from scimlab.simulate.stories import DAYS_TO_RESTORE
from scimlab.simulate.world import World

LEAST_ATTEMPTS = 3


def write(world: World, folder: Path) -> None:
    """The tables of truth as CSV files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    table(folder / "storms.csv", ("source_id", "job_id", "action", "first_at", "last_at", "attempts", "cause"), storms(world))
    table(folder / "intervals.csv", ("person", "target_id", "on_at", "off_at"), intervals(world))
    table(folder / "names.csv", ("corrupted", "object_id", "clean"), corrupted_names(world))
    table(folder / "diagnoses.csv", ("subject_kind", "subject_id", "diagnosis"), diagnoses(world))
    table(folder / "history.csv", ("person", "since", "diagnosis"), history(world))
    table(folder / "states.csv", ("object_id", "person", "entra", "days_left", "scope", "target_id", "app", "link"), states(world))


def storms(world: World) -> Iterable[tuple]:
    """A row a run of at least LEAST_ATTEMPTS failures of one object in one job and action, by its start."""
    runs = [run for job in world.jobs for run in [*job.ended, *(each for by_action in job.runs.values() for each in by_action.values())]]
    for run in sorted(runs, key=lambda each: (each.first_at, each.source_id, each.action)):
        if run.attempts >= LEAST_ATTEMPTS:
            yield run.source_id, run.job_id, run.action, iso(run.first_at), iso(run.last_at), run.attempts, run.cause


def intervals(world: World) -> Iterable[tuple]:
    """A row a stretch in which a record was active, by its start; an empty end is still active."""
    records = [*world.app.records.values(), *world.app.gone]
    spans = [(since, record.target_id, until, owner) for record in records for since, until, owner in record.spans]
    for since, target_id, until, owner in sorted(spans, key=lambda each: each[:2]):
        if until != since:
            yield owner or f"record:{target_id}", target_id, iso(since), "" if until is None else iso(until)


def corrupted_names(world: World) -> Iterable[tuple]:
    """A row a record whose user name carries an object id at the end, with that object and the name beneath, in order of records."""
    for record in world.app.records.values():
        name = record.values[app.USER_NAME]
        if not record.hidden and (owner := world.prefixed.get(name)):
            yield name, owner, name.removeprefix(owner.replace("-", ""))


def diagnoses(world: World) -> Iterable[tuple]:
    """A row a person with the diagnosis in force at the end, under the live object id or else the latest.

    An account that nobody in Entra has stands under its own id.
    """
    for person in world.people:
        if not (label := person.label_at(world.rules.end)):
            continue
        if not person.objects:
            yield "record", person.record_id, label
            continue
        live = [each for each in person.objects if world.directory.users[each].deleted_at is None]
        yield "person", (live or person.objects)[-1], label


def history(world: World) -> Iterable[tuple]:
    """A row each time a person's diagnosis changed; it holds until the person's next row, an empty one says that nothing is to be said."""
    for person in world.people:
        yield from ((person.key, iso(since), label) for since, label in person.labels)


def states(world: World) -> Iterable[tuple]:
    """A row an object of Entra, living, deleted or purged, and where it stands on each axis at the end.

    entra: EN, DI, SD, HD, as they are; RC where a former object of the person is gone or deleted. scope: A or U. app: act, ina, abs,
    with cor for a corrupted name, tomb for a record that SCIM does not return. link: ok, stale, none. `target_id` is the record linked,
    or else the one last made for the person.
    """
    for user in world.directory.users.values():
        record = _record(world, user)
        scope = "A" if user.purged_at is None and world.directory.is_assigned(world.job.connection.app_id, user) else "U"
        left = (
            "" if user.deleted_at is None or user.purged_at is not None else f"{DAYS_TO_RESTORE - (world.now - user.deleted_at) / DAY:.2f}"
        )
        target = record.target_id if record else world.job.links.get(user.object_id, "")
        yield user.object_id, user.person.key, _entra(world, user), left, scope, target, _app(world, record), _link(world, user)


def _record(world: World, user: User) -> Record | None:
    linked = world.app.records.get(world.job.links.get(user.object_id, ""))
    return linked or next((each for each in reversed(world.app.records.values()) if each.owner == user.person.key), None)


def _entra(world: World, user: User) -> str:
    if user.purged_at is not None:
        return "HD"
    if user.deleted_at is not None:
        return "SD"
    former = (world.directory.users[each] for each in user.person.objects[: user.person.objects.index(user.object_id)])
    if any(each.deleted_at is not None for each in former):
        return "RC"
    return "EN" if user.enabled else "DI"


def _app(world: World, record: Record | None) -> str:
    if record is None:
        return "abs"
    if record.hidden:
        return "tomb"
    corrupted = "cor " if record.values[app.USER_NAME] in world.prefixed else ""
    return f"{corrupted}{'act' if record.active else 'ina'}"


def _link(world: World, user: User) -> str:
    target_id = world.job.links.get(user.object_id)
    if target_id is None:
        return "none"
    return "ok" if world.app.get(target_id) else "stale"


def table(file: Path, header: Sequence[str], rows: Iterable[tuple]) -> None:
    """A CSV file with Unix line ends."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
