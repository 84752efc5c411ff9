"""What the provisioning service notes about one object in one cycle, before any export gives it a form."""

from dataclasses import dataclass, field

from scimlab.simulate.app import Refusal
from scimlab.simulate.directory import Source


@dataclass(frozen=True, slots=True)
class Connection:
    """A job and the app it feeds, as every record of the log names them."""

    tenant_id: str
    job_id: str
    app_id: str
    app_name: str
    application_id: str
    target_system: str
    target_system_id: str
    source_system_id: str


@dataclass(frozen=True, slots=True)
class Retry:
    """The state of an object in escrow: how often it was tried again, since when, and when it is due next."""

    count: int
    since: int
    since_ticks: int
    due: int
    due_ticks: int


@dataclass(frozen=True, slots=True)
class Scope:
    """The three questions the service asks before it acts on an object."""

    active: bool
    assigned: bool
    passes: bool

    @property
    def holds(self) -> bool:
        """Whether all answers are yes: only then should the app have the object active."""
        return self.active and self.assigned and self.passes


@dataclass(slots=True)
class Event:
    """One change of one object with its outcome.

    `matched` are the target's values before the change, `sent` those sent, `modified` (name, old, new). `retry` is the
    state of its escrow, on failures and wherever `from_escrow` says that this attempt is itself a retry.
    `administrator` is who asked for it on demand; the service itself is never named there.
    """

    at: int
    event_id: str
    change_id: str
    cycle_id: str
    connection: Connection
    source: Source
    change: str
    action: str = "other"
    status: str = "success"
    target_id: str = ""
    scope: Scope | None = None
    matched: dict[str, str] | None = None
    sent: dict[str, str] = field(default_factory=dict)
    modified: list[tuple[str, str | None, str]] = field(default_factory=list)
    refusal: Refusal | None = None
    retry: Retry | None = None
    from_escrow: bool = False
    skip_reason: str = ""
    skip_property: str = ""
    administrator: str = ""
    duration_ms: int = 0


@dataclass(slots=True)
class Run:
    """A run of failures of one object in one job and action, as the service itself remembers it; None as `ended_at` is open."""

    source_id: str
    job_id: str
    action: str
    first_at: int
    last_at: int
    attempts: int = 0
    causes: dict[str, int] = field(default_factory=dict)
    ended_at: int | None = None

    def fail(self, at: int, cause: str) -> None:
        """One more attempt; `causes` stays in the order of the last time each was met."""
        self.attempts, self.last_at = self.attempts + 1, at
        self.causes[cause] = self.causes.pop(cause, 0) + 1

    @property
    def cause(self) -> str:
        """The cause of most attempts; of two as frequent, the one met last."""
        return max(reversed(self.causes), key=self.causes.__getitem__)
