"""What was to be said of everybody, and where everybody stood, at any instant: written down while it happens, never worked out later."""

from typing import TYPE_CHECKING

from scimlab.simulate import axes
from scimlab.simulate.clock import MINUTE
from scimlab.simulate.events import Event
from scimlab.simulate.people import Awaited, Person

if TYPE_CHECKING:
    from scimlab.simulate.world import World

TWO_CYCLES = 80 * MINUTE
CARRIED_OUT = ("", "RedundantExport")
"""The skip reasons with which an object's turn is carried out: none, or that the app agrees already."""


class Chronicle:
    """The labels of people and the standing of their objects, as the acts of stories and the turns of the job change them."""

    def __init__(self, world: "World"):
        """Nothing has happened yet."""
        self.world = world
        self._changes = self._touched = 0

    def say(self, person: Person, diagnosis: str, *, heard: str = "", overdue: str = "", refused: str = "") -> None:
        """What a story says of a person, and what it will say once the job has come round; see `World.label`."""
        self._settle(person, self.world.now)
        _write(person, self.world.now, diagnosis)
        awaits = (heard or overdue or refused) and person.objects
        person.awaited = Awaited(person.objects[-1], self.world.now, heard, overdue, refused) if awaits else None

    def hear(self, event: Event, noted: bool) -> None:
        """An object's turn has ended, `noted` in the log or not: what was waited for is said, and where the person stands now."""
        user = self.world.directory.users.get(event.source.object_id)
        if user is None:
            return
        person, awaited = user.person, user.person.awaited
        if noted and awaited and awaited.object_id == user.object_id:
            self._settle(person, event.at)
            if event.status == "failure" and awaited.refused:
                _write(person, event.at, awaited.refused)
                awaited.refused = awaited.overdue = ""
            elif awaited.heard and event.action != "stagedDelete" and event.status != "failure" and event.skip_reason in CARRIED_OUT:
                _write(person, event.at, awaited.heard)
                person.awaited = None
        # A refusal told again changes nothing, unless a record was found first.
        if event.status != "failure" or not event.from_escrow or event.target_id:
            self._stand(person, event.at)

    def look(self) -> None:
        """After an act: where everybody stands whom it touched."""
        world = self.world
        changed, self._changes = world.directory.changes[self._changes :], len(world.directory.changes)
        touched, self._touched = world.app.touched[self._touched :], len(world.app.touched)
        users = (world.directory.users.get(each) for each in dict.fromkeys(changed))
        people = {each.person.key: each.person for each in users if each} | {
            each: world.known[each] for each in dict.fromkeys(touched) if each in world.known
        }
        for person in people.values():
            self._stand(person, world.now)

    def close(self) -> None:
        """The world has ended: whatever is overdue by now is said."""
        for person in self.world.people:
            self._settle(person, self.world.now)

    def _settle(self, person: Person, at: int) -> None:
        awaited = person.awaited
        if awaited and awaited.overdue and at >= awaited.since + TWO_CYCLES:
            _write(person, awaited.since + TWO_CYCLES, awaited.overdue)
            awaited.overdue = ""

    def _stand(self, person: Person, at: int) -> None:
        for user in (self.world.directory.users[each] for each in person.objects):
            place = axes.of_user(self.world, user)
            if not user.places or user.places[-1][1] != place:
                user.places.append((at, place))


def _write(person: Person, at: int, diagnosis: str) -> None:
    if not person.labels or person.labels[-1][1] != diagnosis:
        person.labels.append((at, diagnosis))
