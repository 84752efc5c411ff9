"""What clients sent: how often each request came, and every write in order with what was answered."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Write:
    """A request that may have changed something.

    at: the world's instant. body: the JSON as sent. status: as answered. done: whether it was carried out, which an answer that
    was lost does not tell.
    """

    at: str
    method: str
    path: str
    body: Any
    status: int
    done: bool
    fault: str = ""


@dataclass
class Ledger:
    """Counts by (method, path), the writes, and the faults met by name."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    writes: list[Write] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    def enter(self, write: Write) -> None:
        """One request and its outcome, counted; kept whole where it may have changed something."""
        self.requests[write.method, write.path] += 1
        if write.method in WRITES:
            self.writes.append(write)
        if write.fault:
            self.faults[write.fault] += 1

    def clear(self) -> None:
        """As before the first request."""
        self.requests.clear()
        self.writes.clear()
        self.faults.clear()

    def told(self) -> dict:
        """The ledger as JSON holds it, the most frequent request first."""
        return {
            "requests": [{"method": method, "path": path, "times": times} for (method, path), times in self.requests.most_common()],
            "writes": [asdict(each) for each in self.writes],
            "faults": dict(self.faults),
        }
