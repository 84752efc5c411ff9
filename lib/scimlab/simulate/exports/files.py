"""Which files an export folder holds, in which form, and how bytes are put there so that the same world gives the same ones."""

import gzip
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from scimlab.errors import UsageError
from scimlab.simulate.exports import access, activity, audit_csv, audits, damage, entra, jobs, logs, occupants
from scimlab.simulate.exports.content import File, array, document, lines, table
from scimlab.simulate.world import World

FORMS: Mapping[str, tuple[str, ...]] = {
    "log": tuple(logs.FORMS),
    "users": ("portal", "graph", "powershell"),
    "deleted": ("graph",),
    "records": ("scim", "csv", "excel"),
    "assignments": ("graph",),
    "groups": ("graph",),
    "audit": ("graph", "portal", "diagnostic", "log_analytics"),
    "jobs": ("graph",),
    "sign_ins": ("graph",),
    "presence": ("csv",),
    "desks": ("csv",),
    "invoice": ("csv",),
}
"""The forms of each export; the first is the one taken unless another is asked for."""

CORE = ("log", "users", "deleted", "records")
"""The exports that every report needs."""


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
    told = logs.withheld(world, cut_days) if "log" in forms else []
    for export, form in forms.items():
        files, done = logs.files(world, form, cut_days, damaged) if export == "log" else (_files(world, export, form), [])
        told += done
        if "missing_file" in damaged and export == damage.NEVER_SENT:
            told += [("missing_file", name, "") for name, _ in files]
            continue
        for name, content in files:
            # A workbook is packed already, and no program opens one in a second wrapping.
            packs = gz and not name.endswith(".xlsx")
            _put(out / f"{name}.gz" if packs else out / name, content, gz=packs)
    return told


def _put(file: Path, content: Iterable[bytes], *, gz: bool) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as plain:
        # No time and no name in the header.
        packed = gzip.GzipFile("", "wb", fileobj=plain, mtime=0) if gz else plain
        packed.writelines(content)
        packed.close()


def _files(world: World, export: str, form: str) -> Iterator[File]:
    match export:
        case "users":
            yield _users(world, form)
        case "deleted":
            yield document("deleted_users.json", entra.graph_deleted(world))
        case "records":
            yield from _app_users(world, form)
        case "assignments":
            yield document("app_role_assigned_to.json", access.assignments(world))
            yield from (document(f"members_{group_id}.json", page) for group_id, page in access.group_members(world))
        case "groups":
            yield document("groups.json", access.groups(world))
        case "audit":
            yield _audit(world, form)
        case "sign_ins":
            yield document("sign_ins.json", activity.sign_ins(world))
        case "jobs":
            yield document("synchronization_jobs.json", jobs.jobs(world))
            yield from jobs.schemas(world)
        case _:
            yield f"{export}.csv", table(activity.ROWS[export](world))


def _users(world: World, form: str) -> File:
    match form:
        case "graph":
            return document("users.json", entra.graph_users(world))
        case "powershell":
            return "Get-MgUser.csv", table(entra.powershell_rows(world))
        case _:
            return "exportUsers.csv", table(entra.portal_rows(world))


def _app_users(world: World, form: str) -> Iterator[File]:
    match form:
        case "csv":
            yield "occupants.csv", table(occupants.csv_rows(world))
        case "excel":
            yield "occupants.xlsx", [occupants.workbook(world)]
        case _:
            yield from (document(f"scim_users_{number:02}.json", page) for number, page in enumerate(occupants.scim_pages(world), start=1))


def _audit(world: World, form: str) -> File:
    records = audits.directory_audits(world)
    match form:
        case "portal":
            return "AuditLogs.csv", table(audit_csv.rows(records))
        case "diagnostic":
            return "insights-logs-auditlogs.jsonl", lines(audits.diagnostic_line(world, each) for each in reversed([*records]))
        case "log_analytics":
            return "AuditLogs.json", array(msgspec.json.encode(audits.log_analytics_row(world, each)) for each in records)
        case _:
            return document("directory_audits.json", {"@odata.context": audits.CONTEXT, "value": [*records]})
