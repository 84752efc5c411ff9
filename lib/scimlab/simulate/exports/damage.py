"""What may happen to exports on their way: rows twice, rows late, a page lost or cut off, a file never sent, another product's rows."""

from collections.abc import Collection, Mapping, Sequence
from random import Random

from scimlab.errors import UsageError
from scimlab.simulate.events import Event

OF_PAGES = ("duplicates", "late", "missing_page", "torn_page")
KINDS = (*OF_PAGES, "missing_file", "other_product")
SHARED = ("diagnostic", "diagnostic_hours", "event_hub")
"""The forms of a log in which another product's lines may stand: a hub and a container take whatever is sent to them."""
NEVER_SENT = "deleted"
"""The export that is forgotten: Entra's portal has no download for it."""
COLUMNS = ("damage", "file", "event_id")
Withheld = tuple[str, str, str]
"""(kind of damage, file, event id): an event repeated, moved, or lost; without an event, a file or a row that is not as it should be."""


def checked(kinds: Collection[str], forms: Mapping[str, str]) -> None:
    """Nothing, where these damages can be done to exports in these forms.

    raises: UsageError otherwise.
    """
    form = forms.get("log", "graph")
    if unknown := {*kinds} - {*KINDS}:
        raise UsageError(f"no damage {', '.join(sorted(unknown))}", f"There are {', '.join(KINDS)}.", field="damage")
    if {*kinds} & {*OF_PAGES} and form != "graph":
        raise UsageError(f'a log as "{form}" has no pages to damage', 'Take the log as "graph".', field="damage")
    if "other_product" in kinds and form not in SHARED:
        raise UsageError(f'a log as "{form}" is shared with no other product', f"Take it as one of {', '.join(SHARED)}.", field="damage")
    if "missing_file" in kinds and NEVER_SENT not in forms:
        raise UsageError(f'the export "{NEVER_SENT}" cannot be missed where it is not asked for', "Export it too.", field="damage")


def pages(
    paged: Sequence[tuple[str, list[Event]]], kinds: Collection[str], rng: Random
) -> tuple[list[tuple[str, list[Event]]], list[Withheld]]:
    """The pages as they arrive, and what was done to them: repeated, late, or missing."""
    arrived, told = [(name, [*events]) for name, events in paged], []
    if "duplicates" in kinds:
        for name, events in arrived:
            again = rng.sample(events, k=len(events) // 50)
            events += again
            told += [("duplicates", name, each.event_id) for each in again]
    if "late" in kinds:
        late = [(events, each) for _, events in arrived for each in rng.sample(events, k=len(events) // 100)]
        for events, each in late:
            events.remove(each)
        arrived.append(("provisioning_late.json", [each for _, each in late]))
        told += [("late", "provisioning_late.json", each.event_id) for _, each in late]
    if "missing_page" in kinds and len(arrived) > 1:
        name, lost = arrived.pop(len(arrived) // 2)
        elsewhere = {each.event_id for _, events in arrived for each in events}
        told += [("missing_page", name, each.event_id) for each in lost if each.event_id not in elsewhere]
    return arrived, told


def torn(content: bytes) -> bytes:
    """A page whose download broke off in its second half."""
    return content[: len(content) * 2 // 3]
