"""What both doors of a rehearsal share: the world and its clock, what may go wrong, and what was sent."""

from dataclasses import dataclass, field
from random import Random
from threading import RLock

from scimlab.rehearse.clock import Clock
from scimlab.rehearse.faults import Faults
from scimlab.rehearse.ledger import Ledger
from scimlab.simulate.world import World

PAGE_SIZE = 100


@dataclass
class Stage:
    """One rehearsal. Whoever reads or writes the world holds `lock`.

    page_size: rows of a Graph page where the client asks for no number. denied: beginnings of Graph paths that the token has no right to.
    """

    world: World
    faults: Faults
    page_size: int = PAGE_SIZE
    denied: tuple[str, ...] = ()
    lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        """A clock that stands where the world ends, and an empty ledger."""
        self.clock = Clock(self.world)
        self.ledger = Ledger()

    def stream(self, name: str) -> Random:
        """A stream of chance of the rehearsal's own, so that no fault shifts the world."""
        return Random(f"{self.faults.seed}/{name}")
