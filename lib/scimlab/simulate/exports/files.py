"""Which files an export folder holds, in which form, and how bytes are put there so that the same world gives the same ones."""

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from scimlab.errors import UsageError
from scimlab.simulate.clock import DAY
from scimlab.simulate.events import Event
from scimlab.simulate.exports import entra, graph, occupants, portal
from scimlab.simulate.world import World

FORMS: Mapping[str, tuple[str, ...]] = {
    "log": ("graph", "array", "jsonl", "portal", "portal_iso"),
    "users": ("portal", "graph"),
    "deleted": ("graph",),
    "records": ("scim", "csv"),
}
"""The forms of each export; the first is the one taken unless another is asked for."""

EVENTS_A_PAGE = 1_000


def chosen(forms: Mapping[str, str]) -> dict[str, str]:
    """The form of every export: those asked for, the first of its FORMS for the others.

    raises: UsageError for an export or a form that does not exist.
    """
    for export, form in forms.items():
        if form not in FORMS.get(export, ()):
            known = "; ".join(f"{each} as {', '.join(of)}" for each, of in FORMS.items())
            raise UsageError(f'no form "{export}={form}"', f"There are {known}.", field="forms")
    return {export: forms.get(export, of[0]) for export, of in FORMS.items()}


def write(world: World, out: Path, forms: Mapping[str, str], *, gz: bool, cut_days: int | None) -> None:
    """All exports of the world at its end, as files in `out`."""
    events = log(world, cut_days)
    files = {
        **_log_files(events, forms["log"]),
        **_users_file(world, forms["users"]),
        "deleted_users.json": msgspec.json.encode(entra.graph_deleted(world)),
        **_records_files(world, forms["records"]),
    }
    for name, content in files.items():
        if gz:
            (out / f"{name}.gz").write_bytes(compressed(content))
        else:
            (out / name).write_bytes(content)


def log(world: World, cut_days: int | None = None) -> list[Event]:
    """The events of all jobs, newest first; only the last `cut_days` days where that is asked for."""
    since = world.rules.start if cut_days is None else world.rules.end - cut_days * DAY
    events = [each for job in world.jobs for each in job.events if each.at >= since]
    return sorted(events, key=lambda each: (-each.at, each.event_id))


def compressed(content: bytes) -> bytes:
    """As gzip, with no time and no name in its header."""
    return gzip.compress(content, mtime=0)


def table(rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV as the portals write it: a byte-order mark, and Windows line ends. The first row is the header."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _log_files(events: Sequence[Event], form: str) -> dict[str, bytes]:
    if form == "array":
        return {"ProvisioningLogs.json": graph.encoder.encode([graph.provisioning_object_summary(each) for each in events])}
    if form == "jsonl":
        return {"provisioning.jsonl": b"".join(graph.encoder.encode(graph.provisioning_object_summary(each)) + b"\n" for each in events)}
    if form.startswith("portal"):
        return {
            "ProvisioningLogs.csv": table(portal.log_rows(events, "iso" if form == "portal_iso" else "month_first")),
            "ProvisioningLogs_ProvisioningSteps.csv": table(portal.step_rows(events)),
            "ProvisioningLogs_ModifiedProperties.csv": table(portal.property_rows(events)),
        }
    starts = range(0, max(1, len(events)), EVENTS_A_PAGE)
    return {
        f"provisioning_{number:03}.json": graph.page(
            events[start : start + EVENTS_A_PAGE], f"page{number + 1}" if start + EVENTS_A_PAGE < len(events) else ""
        )
        for number, start in enumerate(starts, start=1)
    }


def _users_file(world: World, form: str) -> dict[str, bytes]:
    if form == "graph":
        return {"users.json": msgspec.json.encode(entra.graph_users(world))}
    return {"exportUsers.csv": table(entra.portal_rows(world))}


def _records_files(world: World, form: str) -> dict[str, bytes]:
    if form == "csv":
        return {"occupants.csv": table(occupants.csv_rows(world))}
    return {f"scim_users_{number:02}.json": msgspec.json.encode(page) for number, page in enumerate(occupants.scim_pages(world), start=1)}
