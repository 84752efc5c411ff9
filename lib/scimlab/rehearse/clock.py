"""The clock of a rehearsal: it stands still until a client moves it on, and then everything that falls due happens in order.

Until the world's end its people act as their stories have it. After that only the client, the jobs and the recycle bin do
anything, so whatever changes was either asked for or follows from it.
"""

import heapq

from scimlab.simulate.clock import DAY
from scimlab.simulate.directory import User
from scimlab.simulate.job import Job
from scimlab.simulate.world import QUIET, World

DAYS_IN_BIN = 32
"""When a deleted user is purged: thirty days are promised, and the stories of the world take up to two more."""


class Clock:
    """Moves a world on from the second it stands at: the end of one that has run, the beginning of one that has not."""

    def __init__(self, world: World):
        """Each job goes on with the cycle that is due next."""
        self.world = world
        self.cycles = 0
        has_begun = any(each.last_cycle_at is not None for each in world.jobs)
        self._told = world.now if has_begun else world.now - 1
        # A world played from its beginning takes the very course it would have taken alone.
        self._jitter = world.stream("rehearsal/cycles" if has_begun else "cycles")
        self._due = [(self._next(job), number) for number, job in enumerate(world.jobs)]
        heapq.heapify(self._due)

    def move_to(self, until: int) -> None:
        """Every cycle that begins and every purge that falls due up to a second; the clock stands there, or where the last cycle ended."""
        while (purge := self._next_purge()) <= until or self._due[0][0] <= until:
            if purge <= self._due[0][0]:
                self._purge(int(purge))
            else:
                self._cycle()
        self._act_until(until)
        self._told = self.world.now = max(self.world.now, until)

    def move_cycles(self, number: int) -> None:
        """So many cycles of the first job, and whatever else falls due in between."""
        until = self.cycles + number
        while self.cycles < until:
            self.move_to(next(at for at, job in self._due if job == 0))

    def hurry(self, job: Job) -> None:
        """A job that was started or restarted begins its next cycle at once."""
        number = self.world.jobs.index(job)
        self._due = [(self.world.now if each == number else at, each) for at, each in self._due]
        heapq.heapify(self._due)

    def _cycle(self) -> None:
        at, number = heapq.heappop(self._due)
        job = self.world.jobs[number]
        self._act_until(at)
        # Later than any second a client was told, so that "gt now" finds all that follows.
        self.world.now = max(self.world.now, at, self._told + 1)
        self.world.now = job.cycle(self.world.now)
        self.cycles += number == 0
        heapq.heappush(self._due, (self._after_quiet(max(self.world.now, at + self._wait(job))), number))

    def _act_until(self, at: int) -> None:
        """What people do up to a second, as long as the world lasts; a story that a client's doing has made impossible ends."""
        while True:
            try:
                return self.world.wake_until(min(at, self.world.rules.end))
            except (LookupError, ValueError):
                continue

    def _next(self, job: Job) -> int:
        return self.world.now if job.last_cycle_at is None else max(self.world.now, job.last_cycle_at + self._wait(job))

    def _wait(self, job: Job) -> int:
        return job.wait() + self._jitter.randrange(-90, 120)

    def _after_quiet(self, at: int) -> int:
        """No cycle begins in the last minutes of the world, whose exports show what has just happened."""
        end = self.world.rules.end
        return end + 1 if end - QUIET <= at <= end else at

    def _next_purge(self) -> int | float:
        return min((purge_at(each) for each in self._bin()), default=float("inf"))

    def _purge(self, at: int) -> None:
        self._act_until(at)
        self.world.now = max(self.world.now, at)
        for user in [each for each in self._bin() if purge_at(each) <= at]:
            self.world.directory.purge(self.world.now, user)

    def _bin(self) -> list[User]:
        return [each for each in self.world.directory.users.values() if each.deleted_at is not None and each.purged_at is None]


def purge_at(user: User) -> int:
    """The second at which a deleted user is purged."""
    return user.deleted_at + DAYS_IN_BIN * DAY
