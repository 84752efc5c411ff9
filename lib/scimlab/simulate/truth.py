"""What really was, from the world's own state: its jobs' runs of failures, its records' spans, its people's labels."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from scimlab.simulate import app
from scimlab.simulate.clock import iso
from scimlab.simulate.world import World

LEAST_ATTEMPTS = 3


def write(world: World, folder: Path) -> None:
    """The tables of truth as CSV files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    table(folder / "storms.csv", ("source_id", "job_id", "action", "first_at", "last_at", "attempts", "cause"), storms(world))
    table(folder / "intervals.csv", ("person", "target_id", "on_at", "off_at"), intervals(world))
    table(folder / "names.csv", ("corrupted", "object_id", "clean"), corrupted_names(world))
    table(folder / "diagnoses.csv", ("subject_kind", "subject_id", "diagnosis"), diagnoses(world))


def storms(world: World) -> Iterable[tuple]:
    """A row a run of at least LEAST_ATTEMPTS failures of one object in one job and action, by its start."""
    runs = [run for job in world.jobs for run in [*job.ended, *(each for by_action in job.runs.values() for each in by_action.values())]]
    for run in sorted(runs, key=lambda each: (each.first_at, each.source_id, each.action)):
        if run.attempts >= LEAST_ATTEMPTS:
            yield run.source_id, run.job_id, run.action, iso(run.first_at), iso(run.last_at), run.attempts, run.cause


def intervals(world: World) -> Iterable[tuple]:
    """A row a stretch in which a record was active, by its start; an empty end is still active."""
    spans = [(since, until, each) for each in [*world.app.records.values(), *world.app.gone] for since, until in each.spans]
    for since, until, record in sorted(spans, key=lambda each: (each[0], each[2].target_id)):
        yield record.owner or f"record:{record.target_id}", record.target_id, iso(since), "" if until is None else iso(until)


def corrupted_names(world: World) -> Iterable[tuple]:
    """A row a record whose user name carries an object id at the end, with that object and the name beneath."""
    held = {each.values[app.USER_NAME] for each in world.app.records.values() if not each.hidden}
    for user in world.directory.users.values():
        if user.deleted_at is not None and user.upn in held:
            yield user.upn, user.object_id, user.upn.removeprefix(user.object_id.replace("-", ""))


def diagnoses(world: World) -> Iterable[tuple]:
    """A row a person with the diagnosis in force at the end, under the live object id or else the latest."""
    for person in world.people:
        if label := person.label_at(world.rules.end):
            users = [world.directory.users[each] for each in person.objects]
            live = [each.object_id for each in users if each.deleted_at is None]
            yield "person", (live or person.objects)[-1], label


def table(file: Path, header: Sequence[str], rows: Iterable[tuple]) -> None:
    """A CSV file with Unix line ends."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
