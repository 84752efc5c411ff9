"""`tenant.toml`, which tells how the exports are to be read, and `roster.csv`, what the business says of its people."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from scimlab.simulate.clock import iso, moment
from scimlab.simulate.exports.activity import DESK_COLUMNS, INVOICE_COLUMNS, PRESENCE_COLUMNS
from scimlab.simulate.exports.occupants import CSV_COLUMNS
from scimlab.simulate.world import World

OWN_HEADERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "records": ("occupants", CSV_COLUMNS),
    "presence": ("presence.csv", PRESENCE_COLUMNS),
    "desks": ("desks.csv", DESK_COLUMNS),
    "invoice": ("invoice.csv", INVOICE_COLUMNS),
}
"""The files with headers of the app's own, by the beginning of their names, and the columns these mean."""
ROSTER_COLUMNS = ("object_id", "address", "intent", "leaves_on", "returns_on")


def tenant_toml(world: World, forms: Mapping[str, str]) -> str:
    """The settings of the tenant: the app, the zone, when everything was exported, and the app's own headers where its CSV was taken."""
    lines = [
        f"tenant_id = {_text(world.tenant_id)}",
        f"app = {_text(world.rules.app_name)}",
        f"zone = {_text(world.rules.zone)}",
        f"delete_semantics = {_text(world.rules.delete_semantics)}",
        *([] if world.job.deletion_threshold is None else [f"deletion_threshold = {world.job.deletion_threshold}"]),
        "",
        "[files]",
        f"taken_at = {_text(iso(world.rules.end))}",
    ]
    for export, form in forms.items():
        if form in ("csv", "excel"):
            name, columns = OWN_HEADERS[export]
            lines += ["", f'[files."{name}*"]', 'date_order = "iso"', 'zone = "UTC"']
            lines += ["", f'[columns."{name}*"]', *(f"{_text(header)} = {_text(column)}" for header, column in columns.items())]
    for person in (each for each in world.people if each.excluded):
        known_by = f"object_id = {_text(person.objects[-1])}" if person.objects else f"target_id = {_text(person.record_id)}"
        lines += ["", "[[exclude]]", known_by, f"reason = {_text(person.excluded)}"]
    return "\n".join([*lines, ""])


def roster_rows(world: World) -> Iterable[Sequence[str]]:
    """A row a person whose intent somebody wrote down: those who come and go, and those who leave."""
    for person in world.people:
        if person.objects and person.intent != "permanent":
            yield person.key, person.user_name, person.intent, _day(person.leaves_at), _day(person.returns_at)


def _day(at: int | None) -> str:
    return "" if at is None else f"{moment(at):%Y-%m-%d}"


def _text(value: str) -> str:
    # A JSON string is a TOML basic string.
    return msgspec.json.encode(value).decode()
