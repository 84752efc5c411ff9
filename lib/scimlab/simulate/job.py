"""The provisioning job: cycles over a delta of the directory, links by target id, and the escrow of objects that failed."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from scimlab.simulate.app import ACTIVE, LINK_LOST, App, Record, Refused
from scimlab.simulate.clock import DAY, HOUR, MINUTE, guid
from scimlab.simulate.directory import Directory, Group, User
from scimlab.simulate.events import Connection, Event, Retry, Run, Scope
from scimlab.simulate.mapping import desired, missing

Cadence = Literal["backoff", "each_cycle", "mixed"]
BACKOFF = (6 * HOUR, 12 * HOUR, *(days * DAY for days in range(1, 29)))
ESCROW_LIFE = 28 * DAY
EACH_CYCLE_SHARE = 0.3


@dataclass(slots=True)
class Escrow:
    """An object that failed and waits for its next attempt."""

    change: str
    since: int
    since_ticks: int
    due: int
    each_cycle: bool
    tries: int = 0


class Job:
    """One app's synchronization job.

    `links` hold the target id of each object ever matched or created; `released` are those no longer managed since their
    assignment went. `runs` are the open runs of failures by object and action, `ended` those a success has closed.
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
    ):
        """A job that has never run; its first cycle reads everything."""
        self.connection, self.directory, self.app, self.rng = connection, directory, app, rng
        self.cadence, self.sends_delete = cadence, sends_delete
        self.watermark = 0
        self.links: dict[str, str] = {}
        self.released: set[str] = set()
        self.escrow: dict[str, Escrow] = {}
        self.runs: dict[str, dict[str, Run]] = {}
        self.ended: list[Run] = []
        self.events: list[Event] = []

    def cycle(self, at: int) -> int:
        """Everything changed since the last cycle and everything due in escrow, one object after the other; the second it ends."""
        changed = dict.fromkeys(self.directory.changes[self.watermark :])
        self.watermark = len(self.directory.changes)
        due = [source_id for source_id, each in self.escrow.items() if each.due <= at and source_id not in changed]
        cycle_id = guid(self.rng)
        for source_id in [*changed, *due]:
            event = Event(at, "", "", cycle_id, self.connection, self._object(source_id).source(), self._change(source_id))
            if source_id not in changed:
                self._take_from_escrow(event)
            if self._attempt(event, at):
                at += self.rng.choice((0, 1, 1, 2))
        return at

    def _take_from_escrow(self, event: Event) -> None:
        held = self.escrow[event.source.object_id]
        held.tries += 1
        event.from_escrow, event.change = True, held.change
        event.retry = Retry(held.tries, held.since, held.since_ticks, held.due, 0)

    def _object(self, source_id: str) -> User | Group:
        return self.directory.users.get(source_id) or self.directory.groups[source_id]

    def _change(self, source_id: str) -> str:
        thing = self._object(source_id)
        if isinstance(thing, User) and thing.purged_at is not None:
            return "Delete"
        return "Update" if source_id in self.links else "Add"

    def _attempt(self, event: Event, at: int) -> bool:
        thing = self._object(event.source.object_id)
        record = self.app.get(self.links.get(event.source.object_id, ""))
        try:
            noted = self._provision_group(event, thing) if isinstance(thing, Group) else self._provision(event, thing, record, at)
        except Refused as refused:
            noted, event.status, event.refusal = True, "failure", refused.refusal
        if not noted:
            self.escrow.pop(event.source.object_id, None)
            return False
        self._remember(event)
        event.event_id, event.change_id = guid(self.rng), guid(self.rng)
        event.duration_ms = self.rng.randrange(90, 900) * (1 if event.status == "skipped" else 3)
        self.events.append(event)
        return True

    def _provision(self, event: Event, user: User, record: Record | None, at: int) -> bool:
        """Carry out what the object's state asks for; False where the service does not even note that it looked."""
        managed = user.object_id not in self.released
        if user.purged_at is not None:
            return self._delete(event, user, record, at)
        event.scope = Scope(user.enabled and user.deleted_at is None, self.directory.is_assigned(self.connection.app_id, user), True)
        wanted = event.scope.active and event.scope.assigned
        if user.object_id in self.links and (managed or wanted):
            return self._update(event, user, record, wanted, at)
        if not wanted:
            return self._skip(event, "NotEffectivelyEntitled")
        return self._match_or_create(event, user, at)

    def _match_or_create(self, event: Event, user: User, at: int) -> bool:
        event.action = "create"
        if lacking := missing(user):
            event.skip_property = lacking
            return self._skip(event, "AttributeValidationFailed", action="create")
        values = desired(user)
        if found := self.app.find(values["userName"]):
            self.links[user.object_id] = found.target_id
            return self._update(event, user, found, True, at)
        event.sent = values | {ACTIVE: "True"}
        event.modified = [(name, None, text) for name, text in event.sent.items()]
        record = self.app.create(at, values, True, owner=user.person.key)
        self.links[user.object_id] = event.target_id = record.target_id
        return True

    def _update(self, event: Event, user: User, record: Record | None, wanted: bool, at: int) -> bool:
        event.target_id = self.links[user.object_id]
        if record is None:
            raise Refused(LINK_LOST)
        event.matched = {"id": record.target_id, ACTIVE: str(record.active), **record.values}
        values = {name: text for name, text in desired(user).items() if record.values.get(name) != text}
        active = wanted if wanted != record.active else None
        event.sent = values | ({} if active is None else {ACTIVE: str(active)})
        if event.sent:
            event.action = "disable" if active is False else "update"
            event.modified = [(name, event.matched.get(name), text) for name, text in event.sent.items()]
            self.app.patch(at, record, values, active)
        (self.released.discard if event.scope.assigned else self.released.add)(user.object_id)
        return bool(event.sent) or self._skip(event, "RedundantExport")

    def _delete(self, event: Event, user: User, record: Record | None, at: int) -> bool:
        target_id = self.links.get(user.object_id)
        if target_id is None or user.object_id in self.released or not self.sends_delete or record is None:
            self.links.pop(user.object_id, None)
            return False
        event.action, event.target_id = "delete", target_id
        self.app.delete(at, record)
        self.links.pop(user.object_id)
        return True

    def _provision_group(self, event: Event, group: Group) -> bool:
        event.scope = Scope(True, group.object_id in self.directory.assigned.get(self.connection.app_id, {}), True)
        if not event.scope.assigned:
            return self._skip(event, "NotEffectivelyEntitled")
        if group.object_id in self.links:
            event.target_id = self.links[group.object_id]
            event.matched = {"id": event.target_id, "displayName": group.display_name, "externalId": group.object_id}
            return self._skip(event, "RedundantExport")
        event.action, event.sent = "create", {"displayName": group.display_name, "externalId": group.object_id}
        event.modified = [(name, None, text) for name, text in event.sent.items()]
        event.target_id = self.links[group.object_id] = f"grp-{self.rng.randrange(16**6):06x}"
        return True

    def _skip(self, event: Event, reason: str, *, action: str = "other") -> bool:
        event.action, event.status, event.skip_reason = action, "skipped", reason
        return True

    def _remember(self, event: Event) -> None:
        """Escrow and runs after an outcome: a failure waits for its retry, a success ends every run of the object."""
        source_id = event.source.object_id
        if event.status == "failure":
            self._hold(event)
            return
        self.escrow.pop(source_id, None)
        if event.status == "success":
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
        event.retry = Retry(run.attempts - 1, held.since, held.since_ticks, held.due, self._ticks())
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
