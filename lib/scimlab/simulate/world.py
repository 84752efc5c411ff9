"""The world: one tenant's directory, its jobs and apps, and the clock that wakes stories and cycles in order."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from scimlab.simulate.app import App, DeleteSemantics, Record
from scimlab.simulate.clock import DAY, HOUR, MINUTE, guid, moment, second
from scimlab.simulate.directory import Directory, Group, User
from scimlab.simulate.events import Connection
from scimlab.simulate.job import Cadence, Job
from scimlab.simulate.people import Person

QUIET = 15 * MINUTE
FILTERED = "External Partners"
Story = Iterator[int]
"""Acts of one person's life in this tenant: runs until it yields the second at which it wants to go on."""


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
        self.connect(
            self.rules.app_name,
            App(self.stream("app"), delete_semantics=self.rules.delete_semantics, desks=self.stream("desks")),
            self.staff,
        )
        self.job.filtered_departments = frozenset({FILTERED})
        self.strangers: dict[str, str] = {}
        self.sign_ins: list[tuple[int, User, str]] = []
        self._agenda: list[tuple[int, int, Story]] = []
        self._order = count()

    @property
    def prefixed(self) -> dict[str, str]:
        """The object whose id stands in front, by the name that carries it: of every user deleted now, and of forgotten tenants."""
        deleted = (each for each in self.directory.users.values() if each.deleted_at is not None)
        return {each.upn: each.object_id for each in deleted} | self.strangers

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

    def connect(self, app_name: str, app: App, group: Group) -> Job:
        """One more app with its own job, given to a group."""
        rng = self.stream(f"connection/{app_name}")
        connection = Connection(
            tenant_id=self.tenant_id,
            job_id=f"{app_name.lower().replace(' ', '')}.{self.tenant_id.replace('-', '')}.{guid(rng)}",
            app_id=guid(rng),
            app_name=app_name,
            application_id=guid(rng),
            target_system=app_name,
            target_system_id=guid(rng),
            source_system_id=guid(rng),
        )
        job = Job(connection, self.directory, app, rng, cadence=self.rules.cadence, sends_delete=self.rules.sends_delete)
        self.jobs.append(job)
        self.directory.assign(self.now, connection.app_id, group.object_id)
        return job

    def tell(self, story: Story) -> None:
        """Begin a story now."""
        self._agenda_push(self.now, story)

    def join(self, person: Person, *, assigned: bool = True, **attributes: str) -> User:
        """A new user object for a person, given the app through the group, or directly as some administrators do."""
        user = self.directory.hire(self.now, person, **attributes)
        if self.now == self.rules.start:
            user.created_at = self.now - int(user.object_id[:4], 16) * 30 * HOUR // 10 - 40 * DAY
        if assigned and int(user.object_id[-1], 16) < 12:
            self.directory.set_member(self.now, self.staff, user, True)
        elif assigned:
            self.directory.assign(self.now, self.job.connection.app_id, user.object_id)
        return user

    def leave_app(self, user: User) -> None:
        """The app is taken away from a user, in the way it was given."""
        if user.object_id in self.staff.members:
            self.directory.set_member(self.now, self.staff, user, False)
        else:
            self.directory.unassign(self.now, self.job.connection.app_id, user.object_id)

    def record(self, user: User) -> Record:
        """The record a user is linked to."""
        return self.app.records[self.job.links[user.object_id]]

    def label(self, person: Person, diagnosis: str) -> None:
        """From now on, this is what an honest observer would say of a person."""
        person.labels.append((self.now, diagnosis))

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

    def wake_until(self, at: int) -> None:
        """All acts that are due up to a second, in order of time."""
        while self._agenda and self._agenda[0][0] <= at:
            due, _, story = heapq.heappop(self._agenda)
            self.now = max(self.now, due)
            if (again := next(story, None)) is not None:
                self._agenda_push(again, story)

    def _agenda_push(self, at: int, story: Story) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), story))
