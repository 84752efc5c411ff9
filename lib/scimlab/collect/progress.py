"""How far a run has come and what is left, a line at a time."""

from collections.abc import Callable

from scimlab.collect.rights import Right
from scimlab.collect.runs import Part, Place

EVERY = 10
"""Pages between two lines on one collection."""


class Progress:
    """Tells of one run."""

    def __init__(self, place: Place, tell: Callable[[str], None]):
        """Lines go to `tell`."""
        self.place, self.tell = place, tell

    def rights(self, found: list[Right]) -> None:
        """A line a collection: the least right it takes, and whether it is there."""
        for right in found:
            said = f"; {right.said()}" if right.said() else ""
            self.tell(f"{right.asked.name:<14} {right.asked.rights[0]:<26} {right.state}{said}")

    def page(self, part: Part) -> None:
        """A page came."""
        if part.pages % EVERY == 0:
            self.tell(f"{part.name}: {part.pages} pages, {part.rows:,} rows{_left(part)}; {self._parts_left()}")

    def over(self) -> None:
        """What is there, and what is not and why."""
        for part in self.place.run.parts.values():
            if part.state == "complete":
                self.tell(f"{part.name:<14} {part.rows:>9,} rows{f'; {part.why}' if part.why else ''}")
        for part in self.place.run.parts.values():
            if part.state != "complete":
                self.tell(f"{part.name:<14} {part.state.replace('_', ' ')}: {part.why}")

    def _parts_left(self) -> str:
        left = sum(1 for _ in self.place.run.unsettled) - 1
        return f"{left} more to read" if left else "the last to read"


def _left(part: Part) -> str:
    """How much of a log's window is left, as Graph tells the latest first."""
    if not part.window or not part.first_at:
        return ""
    days = (part.first_at - part.window.start).total_seconds() / 86_400
    return f", back to {part.first_at:%Y-%m-%d %H:%M}, {days:.1f} days of it left"
