"""Synchronization jobs as Graph describes them: their state, their quarantine, and what is mapped from what."""

from msgspec import Struct

from scimlab.read.refusals import Unfit
from scimlab.read.words import TRUTH

NEVER = "0001-01-01T00:00:00Z"
THRESHOLD, ALL, SKIPS = "QuarantineTooManyDeletesThreshold", "SyncAll", "SkipOutOfScopeDeletions"
FLOWS = ("add", "update", "delete")


class Quarantine(Struct, gc=False):
    """Why and since when a job is held."""

    currentBegan: str | None = None
    reason: str | None = None


class Execution(Struct, gc=False):
    """A run of a job."""

    timeBegan: str | None = None


class Status(Struct, gc=False):
    """How a job does."""

    code: str | None = None
    quarantine: Quarantine | None = None
    lastExecution: Execution | None = None


class Schedule(Struct, gc=False):
    """When a job runs."""

    state: str | None = None
    interval: str | None = None


class Named(Struct, gc=False):
    """A setting of a job, be it one of its secrets, whose names are keys."""

    name: str | None = None
    key: str | None = None
    value: str | bool | int | None = None


class SynchronizationJob(Struct, gc=False):
    """A job."""

    id: str | None = None
    schedule: Schedule | None = None
    status: Status | None = None
    synchronizationJobSettings: list[Named] | None = None


class Source(Struct, gc=False):
    """What an attribute is made of."""

    expression: str | None = None
    name: str | None = None


class Attribute(Struct, gc=False):
    """An attribute of the app, and what it is made of."""

    targetAttributeName: str | None = None
    source: Source | None = None
    matchingPriority: int | None = None
    flowType: str | None = None
    flowBehavior: str | None = None


class ObjectMapping(Struct, gc=False):
    """How one type of object is provisioned."""

    sourceObjectName: str | None = None
    flowTypes: str | None = None
    attributeMappings: list[Attribute] | None = None


class Rule(Struct, gc=False):
    """A rule of a schema."""

    objectMappings: list[ObjectMapping] | None = None


class SynchronizationSchema(Struct, gc=False):
    """A job's schema, under the job's id."""

    id: str | None = None
    synchronizationRules: list[Rule] | None = None


def job_row(job: SynchronizationJob) -> tuple:
    """The row of a job, in the order of JOBS; a run that never was has no time, a setting that is not there is not known."""
    if not job.id:
        raise Unfit("id is missing")
    if job.schedule is None and job.status is None:
        raise Unfit("both schedule and status are missing")
    schedule, status = job.schedule or Schedule(), job.status or Status()
    held, ran = status.quarantine or Quarantine(), status.lastExecution or Execution()
    settings = {each.name or each.key: each.value for each in job.synchronizationJobSettings or ()}
    return (
        job.id, None, status.code or None, schedule.state or None, schedule.interval or None, held.reason or None,
        held.currentBegan or None, _whole(settings.get(THRESHOLD)), TRUTH[settings.get(ALL)], TRUTH[settings.get(SKIPS)],
        None if ran.timeBegan in (None, "", NEVER) else ran.timeBegan,
    )  # fmt: skip


def mapping_rows(schema: SynchronizationSchema) -> list[tuple]:
    """The rows of a schema, in the order of MAPPINGS: one an attribute of each type of object."""
    if not schema.id:
        raise Unfit("id is missing")
    objects = [each for rule in schema.synchronizationRules or () for each in rule.objectMappings or ()]
    rows = [_mapping_row(schema.id, each, attribute) for each in objects for attribute in each.attributeMappings or ()]
    if not rows:
        raise Unfit("synchronizationRules hold no attributeMappings")
    return rows


def _mapping_row(job_id: str, mapping: ObjectMapping, attribute: Attribute) -> tuple:
    source, flows = attribute.source or Source(), (mapping.flowTypes or "").casefold()
    return (
        job_id, mapping.sourceObjectName or None, attribute.targetAttributeName or None, source.expression or source.name or None,
        attribute.matchingPriority or None, attribute.flowType or attribute.flowBehavior or None,
        " ".join(each for each in FLOWS if each in flows) or None,
    )  # fmt: skip


def _whole(value: str | bool | int | None) -> int | None:
    text = "" if isinstance(value, bool) else str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
