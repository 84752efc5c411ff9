"""Which files an export folder holds, in which form, and how bytes are put there so that the same world gives the same ones."""

import csv
import gzip
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from scimlab.errors import UsageError
from scimlab.simulate.clock import DAY
from scimlab.simulate.events import Event
from scimlab.simulate.exports import access, activity, audits, damage, entra, graph, jobs, monitor, occupants, portal
from scimlab.simulate.world import World

FORMS: Mapping[str, tuple[str, ...]] = {
    "log": ("graph", "array", "jsonl", "portal", "portal_iso", "diagnostic", "diagnostic_hours", "log_analytics"),
    "users": ("portal", "graph"),
    "deleted": ("graph",),
    "records": ("scim", "csv"),
    "assignments": ("graph",),
    "audit": ("graph",),
    "jobs": ("graph",),
    "sign_ins": ("graph",),
    "presence": ("csv",),
    "desks": ("csv",),
    "invoice": ("csv",),
}
"""The forms of each export; the first is the one taken unless another is asked for."""

CORE = ("log", "users", "deleted", "records")
"""The exports that every report needs."""

EVENTS_A_PAGE = 1_000
File = tuple[str, Iterable[bytes]]
"""A name and the content, piece by piece: a log of a million events is never held whole."""


def chosen(forms: Mapping[str, str], exports: Collection[str]) -> dict[str, str]:
    """The form of each export: the one asked for, else the first of its FORMS.

    raises: UsageError for an export or a form that does not exist.
    """
    wanted = dict.fromkeys(exports, "") | dict(forms)
    for export, form in wanted.items():
        if export not in FORMS or form not in ("", *FORMS[export]):
            known = "; ".join(f"{each} as {', '.join(of)}" for each, of in FORMS.items())
            raise UsageError(f'no form "{export}={form}"', f"There are {known}.", field="forms")
    return {export: form or FORMS[export][0] for export, form in wanted.items()}


def write(
    world: World, out: Path, forms: Mapping[str, str], *, gz: bool, cut_days: int | None, damaged: Collection[str] = ()
) -> list[damage.Withheld]:
    """The exports of the world at its end, those that `forms` names, as files in `out`; and what was done to them on the way."""
    told = [("cut", "", each.event_id) for each in log(world) if cut_days is not None and each.at < _cut(world, cut_days)]
    for export, form in forms.items():
        if damaged and export == "log":
            files, done = _damaged_pages(world, cut_days, damaged)
            told += done
        else:
            files = _files(world, export, form, cut_days)
        for name, content in files:
            file = out / f"{name}.gz" if gz else out / name
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("wb") as plain:
                # No time and no name in the header.
                packed = gzip.GzipFile("", "wb", fileobj=plain, mtime=0) if gz else plain
                packed.writelines(content)
                packed.close()
    return told


def log(world: World, cut_days: int | None = None) -> list[Event]:
    """The events of all jobs, newest first; only the last `cut_days` days where that is asked for."""
    events = [each for job in world.jobs for each in job.events if each.at >= _cut(world, cut_days)]
    return sorted(events, key=lambda each: (-each.at, each.event_id))


def _cut(world: World, cut_days: int | None) -> int:
    return world.rules.start if cut_days is None else world.rules.end - cut_days * DAY


def _files(world: World, export: str, form: str, cut_days: int | None) -> Iterator[File]:
    match export, form:
        case "log", _:
            yield from _log(log(world, cut_days), form)
        case "users", "graph":
            yield _json("users.json", entra.graph_users(world))
        case "users", _:
            yield "exportUsers.csv", table(entra.portal_rows(world))
        case "deleted", _:
            yield _json("deleted_users.json", entra.graph_deleted(world))
        case "records", "csv":
            yield "occupants.csv", table(occupants.csv_rows(world))
        case "records", _:
            yield from (_json(f"scim_users_{number:02}.json", page) for number, page in enumerate(occupants.scim_pages(world), start=1))
        case "assignments", _:
            yield _json("app_role_assigned_to.json", access.assignments(world))
            yield _json("groups.json", access.groups(world))
            yield from (_json(f"members_{group_id}.json", page) for group_id, page in access.group_members(world))
        case "audit", _:
            yield _json("directory_audits.json", {"@odata.context": audits.CONTEXT, "value": [*audits.directory_audits(world)]})
        case "sign_ins", _:
            yield _json("sign_ins.json", activity.sign_ins(world))
        case "presence", _:
            yield "presence.csv", table(activity.presence_rows(world))
        case "desks", _:
            yield "desks.csv", table(activity.desk_rows(world))
        case "invoice", _:
            yield "invoice.csv", table(activity.invoice_rows(world))
        case "jobs", _:
            yield _json("synchronization_jobs.json", jobs.jobs(world))
            yield _json("synchronization_schema.json", jobs.schema(world))


def _log(events: Sequence[Event], form: str) -> Iterator[File]:
    match form:
        case "array":
            yield "ProvisioningLogs.json", _array(graph.encoder.encode(graph.provisioning_object_summary(each)) for each in events)
        case "jsonl":
            yield "provisioning.jsonl", (graph.encoder.encode(graph.provisioning_object_summary(each)) + b"\n" for each in events)
        case "diagnostic":
            yield "insights-logs-provisioninglogs.jsonl", _lines(reversed(events))
        case "diagnostic_hours":
            for path, within in monitor.hours(events):
                yield f"insights-logs-provisioninglogs/{path}", _lines(within)
        case "log_analytics":
            yield "AADProvisioningLogs.json", _array(msgspec.json.encode(monitor.log_analytics_row(each)) for each in events)
        case "portal" | "portal_iso":
            yield "ProvisioningLogs.csv", table(portal.log_rows(events, "iso" if form == "portal_iso" else "month_first"))
            yield "ProvisioningLogs_ProvisioningSteps.csv", table(portal.step_rows(events))
            yield "ProvisioningLogs_ModifiedProperties.csv", table(portal.property_rows(events))
        case _:
            paged = _pages(events)
            for number, (name, within) in enumerate(paged, start=1):
                yield name, [graph.page(within, f"page{number + 1}" if number < len(paged) else "")]


def _pages(events: Sequence[Event]) -> list[tuple[str, list[Event]]]:
    starts = range(0, max(1, len(events)), EVENTS_A_PAGE)
    return [(f"provisioning_{number:03}.json", [*events[start : start + EVENTS_A_PAGE]]) for number, start in enumerate(starts, start=1)]


def _damaged_pages(world: World, cut_days: int | None, kinds: Collection[str]) -> tuple[list[File], list[damage.Withheld]]:
    """The log as Graph pages, damaged; a page that follows on one that never arrived keeps its own link."""
    arrived, told = damage.pages(_pages(log(world, cut_days)), kinds, world.stream("damage"))
    files = [(name, graph.page(within, f"page{number + 1}")) for number, (name, within) in enumerate(arrived, start=1)]
    if "torn_page" in kinds:
        name, content = files[-1]
        files[-1] = name, damage.torn(content)
        told += [("torn_page", name, each.event_id) for each in arrived[-1][1]]
    return [(name, [content]) for name, content in files], told


def _json(name: str, content: object) -> File:
    return name, [msgspec.json.encode(content)]


def _lines(events: Iterable[Event]) -> Iterator[bytes]:
    """Diagnostic lines, ended as Windows ends them."""
    return (msgspec.json.encode(monitor.diagnostic_line(each)) + b"\r\n" for each in events)


def _array(records: Iterable[bytes]) -> Iterator[bytes]:
    """A bare array of encoded records, an element at a time."""
    separator = b"["
    for each in records:
        yield separator + each
        separator = b","
    yield b"[]" if separator == b"[" else b"]"


def table(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A CSV as the portals write it: a byte-order mark, and Windows line ends. The first row is the header."""
    yield b"\xef\xbb\xbf"
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow(row)
        yield line.getvalue().encode()
