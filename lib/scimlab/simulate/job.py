"""The provisioning job: cycles over a delta of the directory, links by target id, and the escrow of objects that failed."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from scimlab.simulate.app import App, Refused
from scimlab.simulate.clock import DAY, HOUR, MINUTE, guid
from scimlab.simulate.directory import Directory, Group, User
from scimlab.simulate.events import Connection, Event, Retry, Run
from scimlab.simulate.mapping import ExternalId
from scimlab.simulate.provision import provision, would_deactivate

Cadence = Literal["backoff", "each_cycle", "mixed"]
BACKOFF = (6 * HOUR, 12 * HOUR, *(days * DAY for days in range(1, 29)))
ESCROW_LIFE = 28 * DAY
WRITING = frozenset({"create", "update", "disable", "delete"})
EACH_CYCLE_SHARE = 0.3
Quarantine = Literal["EncounteredQuarantineException", "TooManyDeletes"]


@dataclass(slots=True)
class Escrow:
    """An object that failed and waits for its next attempt; `failures` by action, since a restart forgets what was before."""

    change: str
    since: int
    since_ticks: int
    due: int
    each_cycle: bool
    tries: int = 0
    failures: Counter[str] = field(default_factory=Counter)


class Job:
    """One app's synchronization job.

    `links` hold the target id of each object ever matched or created; `released` are those no longer managed since their
    assignment went. `sends_update` and `sends_delete` are the target object actions; with `skips_out_of_scope` who leaves the
    scope stays active; with `syncs_all` everybody is in it. `maps_active` is false where nobody is ever switched on or off,
    `external_id` the attribute that one is made of, `compliant` whether PATCH follows the RFC; on demand it never does. `runs` are
    the open runs of failures by object and action, `ended` those a success has closed.
    """

    def __init__(
        self,
        connection: Connection,
        directory: Directory,
        app: App,
        rng: Random,
        *,
        cadence: Cadence = "backoff",
        sends_delete: bool = True,
        told: Callable[[Event, bool], None] = lambda event, noted: None,
    ):
        """A job that has never run; its first cycle reads everything. `told` hears of each turn, and whether it was noted."""
        self.connection, self.directory, self.app, self.rng = connection, directory, app, rng
        self.cadence, self.sends_delete, self.told = cadence, sends_delete, told
        self.sends_update = self.maps_active = True
        self.skips_out_of_scope = self.syncs_all = self.compliant = False
        self.external_id: ExternalId = "objectId"
        self.filtered_departments: frozenset[str] = frozenset()
        self.deletion_threshold: int | None = None
        self.watermark = 0
        self.links: dict[str, str] = {}
        self.released: set[str] = set()
        self.escrow: dict[str, Escrow] = {}
        self.runs: dict[str, dict[str, Run]] = {}
        self.ended: list[Run] = []
        self.events: list[Event] = []
        self.paused = False
        self.quarantine: Quarantine | None = None
        self.quarantined_at: int | None = None
        self.staged: dict[str, None] = {}
        self.forced = False
        self.last_cycle_at: int | None = None

    def cycle(self, at: int) -> int:
        """Everything changed since the last cycle and everything due in escrow, one object after the other; the second it ends.

        A job that is paused does nothing; one whose credentials are refused neither reads nor writes.
        """
        if self.paused or self.quarantine == "EncounteredQuarantineException":
            return at
        self.last_cycle_at = at
        changed = dict.fromkeys(self.directory.changes[self.watermark :])
        self.watermark = len(self.directory.changes)
        due = [source_id for source_id, each in self.escrow.items() if each.due <= at and source_id not in changed]
        held_back = self._held_back(changed, at)
        cycle_id = guid(self.rng)
        for source_id in [*changed, *due]:
            if self.attempt(source_id, at, cycle_id, from_escrow=source_id not in changed, stage=source_id in held_back):
                at += self.rng.choice((0, 1, 1, 2))
        return at

    def wait(self) -> int:
        """Seconds to the next cycle, jitter apart: forty minutes, a day in quarantine."""
        return DAY if self.quarantine else 40 * MINUTE

    def on_demand(self, at: int, user: User, administrator: str) -> None:
        """One user provisioned at once by an administrator's hand; one disabled or deleted in Entra cannot be chosen."""
        if user.enabled and user.deleted_at is None:
            self.attempt(user.object_id, at, guid(self.rng), administrator=administrator)

    def restart(self, *, links: bool = False, forced: bool = False) -> None:
        """As the portal's button: everything is read again, escrow and quarantine are forgotten.

        links: the links are forgotten too (`resetScope: Full`). forced: the next cycle carries out what the breaker staged.
        """
        self.escrow.clear()
        self.quarantine = self.quarantined_at = None
        self.watermark = 0
        self.forced = forced
        if links:
            self.links.clear()
            self.released.clear()

    def put_in_quarantine(self, at: int, reason: Quarantine) -> None:
        """From now on the job tries once a day."""
        self.quarantine, self.quarantined_at = reason, at

    def attempt(
        self, source_id: str, at: int, cycle_id: str, *, from_escrow: bool = False, stage: bool = False, administrator: str = ""
    ) -> bool:
        """One object's turn, noted as an event and remembered in escrow and runs; False where nothing is noted."""
        thing = self.directory.users.get(source_id) or self.directory.groups[source_id]
        event = Event(at, "", "", cycle_id, self.connection, thing.source(), self._change(thing), administrator=administrator)
        if from_escrow:
            self._take_from_escrow(event)
        try:
            noted = self._stage(event) if stage else provision(self, event, thing)
        except Refused as refused:
            noted, event.status, event.refusal = True, "failure", refused.refusal
        if not noted:
            self.escrow.pop(source_id, None)
            self.told(event, False)
            return False
        self._remember(event)
        event.event_id, event.change_id = guid(self.rng), guid(self.rng)
        event.duration_ms = self.rng.randrange(90, 900) * (1 if event.status == "skipped" else 3)
        self.events.append(event)
        self.told(event, True)
        return True

    def _held_back(self, changed: Iterable[str], at: int) -> set[str]:
        """The objects whose deactivation the breaker stages: all of this cycle's, if they are more than it allows."""
        if self.deletion_threshold is None or self.forced:
            self.forced = False
            self.staged.clear()
            return set()
        things = {each: self.directory.users.get(each) or self.directory.groups[each] for each in changed}
        found = {each for each, thing in things.items() if would_deactivate(self, thing)}
        if len(found) <= self.deletion_threshold:
            return found & self.staged.keys()
        self.staged |= dict.fromkeys(each for each in changed if each in found)
        self.put_in_quarantine(at, "TooManyDeletes")
        return found

    def _stage(self, event: Event) -> bool:
        event.action, event.target_id = "stagedDelete", self.links[event.source.object_id]
        return True

    def _take_from_escrow(self, event: Event) -> None:
        held = self.escrow[event.source.object_id]
        held.tries += 1
        event.from_escrow, event.change = True, held.change
        event.retry = Retry(held.tries, held.since, held.since_ticks, held.due, 0)

    def _change(self, thing: User | Group) -> str:
        if isinstance(thing, User) and thing.purged_at is not None:
            return "Delete"
        return "Update" if thing.object_id in self.links else "Add"

    def _remember(self, event: Event) -> None:
        """Escrow and runs after an outcome: a failure waits for its retry, a success ends every run of the object."""
        source_id = event.source.object_id
        if event.status == "failure":
            self._hold(event)
            return
        self.escrow.pop(source_id, None)
        if event.status == "success" and event.action in WRITING:
            for run in self.runs.pop(source_id, {}).values():
                run.ended_at = event.at
                self.ended.append(run)

    def _hold(self, event: Event) -> None:
        source_id, cause = event.source.object_id, event.refusal.cause
        run = self.runs.setdefault(source_id, {}).setdefault(
            event.action, Run(source_id, self.connection.job_id, event.action, event.at, event.at)
        )
        run.fail(event.at, cause)
        held = self.escrow.get(source_id) or Escrow(event.change, event.at, self._ticks(), event.at, self._each_cycle())
        held.due = self._next_due(held, event.at)
        held.failures[event.action] += 1
        event.retry = Retry(held.failures[event.action] - 1, held.since, held.since_ticks, held.due, self._ticks())
        self.escrow[source_id] = held
        if event.at - held.since >= ESCROW_LIFE:
            self.escrow.pop(source_id)

    def _next_due(self, held: Escrow, at: int) -> int:
        if held.each_cycle:
            return at + 30 * MINUTE
        return next((held.since + wait for wait in BACKOFF if held.since + wait > at), at + DAY)

    def _each_cycle(self) -> bool:
        return self.cadence == "each_cycle" or (self.cadence == "mixed" and self.rng.random() < EACH_CYCLE_SHARE)

    def _ticks(self) -> int:
        return self.rng.randrange(10_000_000)
