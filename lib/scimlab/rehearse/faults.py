"""What may go wrong between a client and the services, each thing by its name, drawn from a seed.

A request is spared after it was struck twice running, so a client that tries three times always gets on.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from random import Random

from scimlab.errors import UsageError
from scimlab.simulate.clock import HOUR, MINUTE

KINDS: Mapping[str, str] = {
    "throttled": "429 that says with Retry-After when to come back",
    "throttled_silently": "429 without Retry-After",
    "unavailable": "500, 502, 503 or 504 instead of an answer; nothing was done",
    "lost_answers": "a write is carried out, and its answer is lost on the way",
    "torn_pages": "the connection breaks in the middle of a page",
    "spliced_pages": "a Graph page that breaks off in a row and goes on as an error, under status 200",
    "short_pages": "Graph pages with fewer rows than asked, even none, and a link all the same; SCIM pages with fewer than they count",
    "repeated_rows": "a Graph page begins with the last row of the page before",
    "ignored_filters": "Graph forgets a $filter and says nothing",
    "late_records": "log records that appear up to two hours after they happened",
    "expiring_tokens": "Graph access tokens that expire in the middle of a run",
}
"""Each fault and what it does."""

USUAL_SHARE = 0.2
SPARED_AFTER = 2


class Faults:
    """Which faults are on, how often each strikes, and the chance they are drawn from."""

    def __init__(self, names: Iterable[str] = (), *, seed: int = 0):
        """Switch on the faults of KINDS that are named, each as "name" or as "name=share" with a share of 0 to 1.

        raises: UsageError for a name that is no fault, or a share that is none.
        """
        self.seed = seed
        self.shares = dict(_share(each) for each in names)
        self._streams = {name: Random(f"{seed}/{name}") for name in self.shares}
        self._running: Counter[str] = Counter()

    def strikes(self, name: str, request: str) -> bool:
        """Whether a fault strikes this request now."""
        if name not in self.shares or self._streams[name].random() >= self.shares[name] or self._running[request] >= SPARED_AFTER:
            return False
        self._running[request] += 1
        return True

    def spare(self, request: str) -> None:
        """A request went through: the next one like it may be struck again."""
        self._running.pop(request, None)

    def bends(self, name: str, url: str) -> bool:
        """Whether a fault strikes what is told at an address, though the request as such goes through."""
        if self.strikes(name, f"{name} {url}"):
            return True
        self.spare(f"{name} {url}")
        return False

    def draw(self, name: str, choices: range) -> int:
        """A number a fault needs, from its own stream."""
        return self._streams[name].choice(choices)

    def delay(self, record_id: str) -> int:
        """Seconds until a log record can be seen."""
        if "late_records" not in self.shares:
            return 0
        rng = Random(f"{self.seed}/late_records/{record_id}")
        return rng.randrange(MINUTE, 2 * HOUR) if rng.random() < self.shares["late_records"] else 0


def _share(given: str) -> tuple[str, float]:
    name, _, share = given.partition("=")
    if name not in KINDS:
        raise UsageError(f'no fault "{name}"', f"There are {', '.join(KINDS)}.", field="faults")
    try:
        struck = float(share or USUAL_SHARE)
    except ValueError:
        struck = -1.0
    if not 0 <= struck <= 1:
        raise UsageError(f'"{share}" is no share of requests', f"Write {name}=0.2, or any number from 0 to 1.", field="faults")
    return name, struck
