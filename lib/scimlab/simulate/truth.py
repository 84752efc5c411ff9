"""What really was, from the world's own state: its jobs' runs of failures, its records' spans, its people's labels."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from scimlab.simulate import app, axes
from scimlab.simulate.axes import Place
from scimlab.simulate.clock import DAY, iso
from scimlab.simulate.stories import DAYS_TO_RESTORE
from scimlab.simulate.world import World

LEAST_ATTEMPTS = 3
SHORT_LOG_DAYS = 31


def write(world: World, folder: Path, *, log_days: int | None = None) -> None:
    """The tables of truth as CSV files in `folder`; `log_days` is how far the exported log goes back, where that is not to the start."""
    folder.mkdir(parents=True, exist_ok=True)
    if log_days is not None and log_days <= SHORT_LOG_DAYS:
        world.expose("X11_SHORT_LOG")
    table(folder / "people.csv", ("person", "story", "kind", "intent", "is_hybrid", "role", "excluded"), people(world))
    table(folder / "jobs.csv", ("job_id", "diagnosis", "since", "until"), jobs(world))
    table(folder / "places.csv", ("object_id", "person", "since", *Place._fields), places(world))
    table(folder / "storms.csv", ("source_id", "job_id", "action", "first_at", "last_at", "attempts", "cause"), storms(world))
    table(folder / "intervals.csv", ("person", "target_id", "on_at", "off_at"), intervals(world))
    table(folder / "names.csv", ("corrupted", "object_id", "clean"), corrupted_names(world))
    table(folder / "diagnoses.csv", ("subject_kind", "subject_id", "diagnosis"), diagnoses(world))
    table(folder / "history.csv", ("person", "since", "diagnosis"), history(world))
    table(folder / "states.csv", ("object_id", "person", "days_left", *Place._fields), states(world))


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
        if not record.hidden and (owner := world.carried(name)):
            yield name, owner, name[32:]


def people(world: World) -> Iterable[tuple]:
    """A row a person: the story lived, what kind of account it is, what the business says, and what else an export may show of it."""
    for person in world.people:
        guest = any(world.directory.users[each].user_type == "Guest" for each in person.objects)
        kind = "service" if person.excluded else "guest" if guest else "member" if person.objects else "unmanaged"
        yield person.key, person.story, kind, person.intent, str(person.is_hybrid).lower(), person.role, person.excluded


def jobs(world: World) -> Iterable[tuple]:
    """A row a stretch in which something was to be said of a job; without an end it holds at the world's."""
    for each in world.exposures:
        yield each.job_id, each.diagnosis, iso(each.since), "" if each.until is None else iso(each.until)


def places(world: World) -> Iterable[tuple]:
    """A row each time an object of Entra came to another place on an axis; it stands there until its next row."""
    for user in world.directory.users.values():
        for since, place in user.places:
            yield user.object_id, user.person.key, iso(since), *place


def diagnoses(world: World) -> Iterable[tuple]:
    """A row a person with the diagnosis in force at the end, under the live object id or else the latest, and all rows of the job.

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
    yield from (("job", each.job_id, each.diagnosis) for each in world.exposures if each.until is None)


def history(world: World) -> Iterable[tuple]:
    """A row each time a person's diagnosis changed; it holds until the person's next row, an empty one says that nothing is to be said."""
    for person in world.people:
        yield from ((person.key, iso(since), label) for since, label in person.labels)


def states(world: World) -> Iterable[tuple]:
    """A row an object of Entra, living, deleted or purged, or a record that none has, and its place on each axis at the end.

    `days_left` are those left to restore a deleted one.
    """
    for user in world.directory.users.values():
        is_in_bin = user.deleted_at is not None and user.purged_at is None
        left = f"{DAYS_TO_RESTORE - (world.now - user.deleted_at) / DAY:.2f}" if is_in_bin else ""
        yield user.object_id, user.person.key, left, *axes.of_user(world, user)
    for person in world.people:
        if not person.objects and (record := world.app.records.get(person.record_id)):
            yield "", person.key, "", *axes.of_record(world, record)


def table(file: Path, header: Sequence[str], rows: Iterable[tuple]) -> None:
    """A CSV file with Unix line ends."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
