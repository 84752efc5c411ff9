"""The world: one tenant's directory, its jobs and apps, and the clock that wakes stories and cycles in order."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from scimlab.simulate.app import App, DeleteSemantics, Record
from scimlab.simulate.chronicle import Chronicle
from scimlab.simulate.clock import DAY, HOUR, MINUTE, guid, moment, second
from scimlab.simulate.directory import Directory, Group, User
from scimlab.simulate.events import Connection, Event
from scimlab.simulate.job import Cadence, Job
from scimlab.simulate.mapping import ExternalId
from scimlab.simulate.people import Person
from scimlab.simulate.provision import scope

QUIET = 15 * MINUTE
FILTERED = "External Partners"
Manner = Literal["told", "disabled", "deleted", "unassigned"]
"""How people leave for a season: each as their story has it, or everybody in one manner."""

Story = Iterator[int]
"""Acts of one person's life in this tenant: runs until it yields the second at which it wants to go on."""


@dataclass(slots=True)
class Exposure:
    """What was to be said of a job from one second until another; None as `until` holds at the end."""

    job_id: str
    diagnosis: str
    since: int
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How this tenant and its app behave; see `simulate.write` for what each means."""

    app_name: str
    domain: str
    zone: str
    first_day: date
    months: int
    cadence: Cadence
    sends_delete: bool
    delete_semantics: DeleteSemantics
    sends_update: bool = True
    skips_out_of_scope: bool = False
    syncs_all: bool = False
    maps_active: bool = True
    external_id: ExternalId = "objectId"
    compliant: bool = False
    hides_inactive: bool = False
    leaving: Manner = "told"

    @property
    def start(self) -> int:
        """The second the job runs for the first time: early on the first day."""
        return second(datetime.combine(self.first_day, time(5), UTC))

    @property
    def end(self) -> int:
        """The second everything is exported: two days into the month after the last, so that each month is over in every zone."""
        years, month = divmod(self.first_day.month - 1 + self.months, 12)
        return second(datetime(self.first_day.year + years, month + 1, 2, 6, tzinfo=UTC))


@dataclass
class World:
    """Everything there is, and what happens next; `now` never goes back."""

    seed: int
    rules: Rules
    people: list[Person] = field(default_factory=list)

    def __post_init__(self) -> None:
        """An empty tenant with the app connected and its group assigned, before anybody was hired."""
        self.now = self.rules.start
        self.tenant_id = guid(self.stream("tenant"))
        self.administrator_id = guid(self.stream("administrator"))
        self.directory = Directory(self.stream("objects"))
        self.staff = self.directory.add_group(self.now, f"{self.rules.app_name} users")
        self.jobs: list[Job] = []
        self.exposures: list[Exposure] = []
        self.chronicle = Chronicle(self)
        app = App(self.stream("app"), delete_semantics=self.rules.delete_semantics, desks=self.stream("desks"))
        app.hides_inactive = self.rules.hides_inactive
        self.configure(self.connect(self.rules.app_name, app, self.staff))
        self._expose_all()
        self.strangers: dict[str, str] = {}
        self.known: dict[str, Person] = {}
        self.sign_ins: list[tuple[int, User, str]] = []
        self._agenda: list[tuple[int, int, Story]] = []
        self._order = count()

    def carried(self, name: str) -> str | None:
        """The object whose id stands in front of a user name: one of this tenant, whatever became of it, or of a forgotten one."""
        digits, rest = name[:32], name[32:]
        object_id = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        return self.strangers.get(name) or (object_id if rest and object_id in self.directory.users else None)

    @property
    def job(self) -> Job:
        """The job that feeds the app the world is about."""
        return self.jobs[0]

    @property
    def app(self) -> App:
        """The app the world is about."""
        return self.job.app

    @property
    def days(self) -> int:
        """Whole days a story may act on; the last hours before the end are quiet, so that nothing is left half done."""
        return (self.rules.end - self.rules.start) // DAY - 1

    def stream(self, name: str) -> Random:
        """A stream of chance of its own for each concern: what is added to one shifts no other."""
        return Random(f"{self.seed}/{name}")

    def configure(self, job: Job) -> None:
        """A job as the rules have it."""
        rules = self.rules
        job.filtered_departments = frozenset({FILTERED})
        job.sends_update, job.skips_out_of_scope, job.syncs_all = rules.sends_update, rules.skips_out_of_scope, rules.syncs_all
        job.maps_active, job.external_id, job.compliant = rules.maps_active, rules.external_id, rules.compliant

    def _expose_all(self) -> None:
        """What the rules lay the job open to from its first day."""
        rules = self.rules
        exposed = {
            "X3_ACTIVE_NOT_MAPPED": not rules.maps_active,
            "X4_ACTION_OFF": not (rules.sends_update and rules.sends_delete),
            "X5_SKIPS_OUT_OF_SCOPE": rules.skips_out_of_scope,
            "X7_NAME_FROM_UPN": True,
            "X8_SYNCS_ALL": rules.syncs_all,
            "X9_EXTERNAL_ID_NOT_OBJECT_ID": rules.external_id != "objectId",
        }
        for diagnosis in (name for name, holds in exposed.items() if holds):
            self.expose(diagnosis)

    def connect(self, app_name: str, app: App, group: Group, *, service_principal: str = "") -> Job:
        """One more job for an app of its own, given to a group; a service principal that is named already has another one."""
        rng = self.stream(f"connection/{app_name}/{len(self.jobs)}" if service_principal else f"connection/{app_name}")
        connection = Connection(
            tenant_id=self.tenant_id,
            job_id=f"{app_name.lower().replace(' ', '')}.{self.tenant_id.replace('-', '')}.{guid(rng)}",
            app_id=service_principal or guid(rng),
            app_name=app_name,
            application_id=guid(rng),
            target_system=app_name,
            target_system_id=guid(rng),
            source_system_id=guid(rng),
        )
        job = Job(
            connection,
            self.directory,
            app,
            rng,
            cadence=self.rules.cadence,
            sends_delete=self.rules.sends_delete,
            told=self.chronicle.hear if not self.jobs or app is self.app else _unheard,
        )
        self.jobs.append(job)
        self.directory.assign(self.now, connection.app_id, group.object_id)
        return job

    def tell(self, story: Story) -> None:
        """Begin a story now."""
        self._agenda_push(self.now, story)

    def join(self, person: Person, *, assigned: bool = True, group: Group | None = None, **attributes: object) -> User:
        """A new user object for a person, given the app through a group, or directly as some administrators do."""
        user = self.directory.hire(self.now, person, **attributes)
        self.known[person.key] = person
        if self.now == self.rules.start:
            user.created_at = self.now - int(user.object_id[:4], 16) * 30 * HOUR // 10 - 40 * DAY
        if assigned and (group or int(user.object_id[-1], 16) < 12):
            self.directory.set_member(self.now, group or self.staff, user, True)
        elif assigned:
            self.directory.assign(self.now, self.job.connection.app_id, user.object_id)
        return user

    def leave_app(self, user: User) -> None:
        """The app is taken away from a user, in the way it was given."""
        if user.object_id in self.staff.members:
            self.directory.set_member(self.now, self.staff, user, False)
        else:
            self.directory.unassign(self.now, self.job.connection.app_id, user.object_id)

    def record(self, user: User) -> Record | None:
        """The record a user is linked to, unless there is none, or none any more."""
        return self.app.get(self.linked(user))

    def linked(self, user: User) -> str:
        """The target id that a job feeding the app keeps for a user; empty without one."""
        return next((each.links[user.object_id] for each in self.jobs if each.app is self.app and user.object_id in each.links), "")

    def is_assigned(self, user: User) -> bool:
        """Whether a user has the app, by whatever way."""
        return scope(self.job, user).assigned

    def label(self, person: Person, diagnosis: str, *, heard: str = "", overdue: str = "", refused: str = "") -> None:
        """From now on, this is what an honest observer would say of a person.

        heard: what is said once the job has carried out the turn of the person's last object. overdue: what, if it has not after
        two cycles. refused: what, as soon as it was refused.
        """
        self.chronicle.say(person, diagnosis, heard=heard, overdue=overdue, refused=refused)

    def expose(self, diagnosis: str, *, since: int | None = None) -> None:
        """From now on, or since then, this is what an honest observer would say of the job."""
        self.exposures.append(Exposure(self.job.connection.job_id, diagnosis, self.now if since is None else since))

    def relieve(self, diagnosis: str) -> None:
        """What was said of the job is so no more."""
        for each in self.exposures:
            if each.diagnosis == diagnosis and each.until is None:
                each.until = self.now

    def on(self, day: float, rng: Random) -> int:
        """A second in the working hours of the so-manyeth day, by the tenant's clock."""
        local = moment(self.rules.start).date() + timedelta(days=int(day))
        opens = second(datetime.combine(local, time(8), ZoneInfo(self.rules.zone)))
        return opens + rng.randrange(9 * HOUR)

    def run(self) -> None:
        """All cycles and all acts until the end, in order of time; no cycle begins in the last quarter of an hour."""
        rng = self.stream("cycles")
        cycles = [(self.rules.start, number) for number in range(len(self.jobs))]
        while cycles[0][0] < self.rules.end - QUIET:
            at, number = heapq.heappop(cycles)
            self.wake_until(at)
            self.now = max(self.now, at)
            self.now = self.jobs[number].cycle(self.now)
            heapq.heappush(cycles, (max(self.now, at + self.jobs[number].wait() + rng.randrange(-90, 120)), number))
        self.wake_until(self.rules.end)
        self.now = self.rules.end
        self.chronicle.close()

    def wake_until(self, at: int) -> None:
        """All acts that are due up to a second, in order of time."""
        while self._agenda and self._agenda[0][0] <= at:
            due, _, story = heapq.heappop(self._agenda)
            self.now = max(self.now, due)
            if (again := next(story, None)) is not None:
                self._agenda_push(again, story)
            self.chronicle.look()

    def _agenda_push(self, at: int, story: Story) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), story))


def _unheard(event: Event, noted: bool) -> None:
    """Another app's job tells nothing of this one."""
