"""The whole run of a report, from exports to exit code."""

import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from scimlab import read
from scimlab.errors import UsageError
from scimlab.report import execute, gather, pages, place, rules, writing
from scimlab.report.command import command
from scimlab.schema import Tenant
from scimlab.show.inputs import root

FAILED, BROKEN, INCOMPLETE = 1, 3, 4


class Report(NamedTuple):
    """Where the report is, how the run ended, and which rules of --fail-on hold."""

    path: Path
    exit_code: int
    broken: list[str]


def report(
    folder: str | Path,
    *,
    as_of: str = "",
    zone: str = "",
    out: str | Path = "",
    only: Iterable[str] = (),
    parameters: Mapping[str, object] | None = None,
    fail_on: str = "",
    strict: bool = False,
    told: Callable[[str], None] | None = None,
) -> Report:
    """A report of a tenant's exports.

    Everything is checked before anything starts; the exports are read once; a page that fails leaves the others
    whole; and the folder appears when all of it is written, so that half a report is never taken for a whole one.

    folder: the exports. as_of, zone: as for `read.tenant`. out: where it goes; else reports/TENANT/AS-OF of the project.
    only: names of pages. parameters: of pages, by name, as text or in their types. fail_on: see `rules.broken`.
    strict: whether inputs that leave a question open end in an exit code. told: takes each line of progress; else standard error does.
    returns: exit code 1 for a failed page, else 3 for a rule that holds, else 4 for incomplete inputs under `strict`, else 0.
    raises: UsageError for an unknown page, parameter or rule or a wrong type; InputError for exports that cannot be read.
    """
    began, told = datetime.now(UTC), told or (lambda line: print(line, file=sys.stderr))
    asked = {"as_of": as_of, "zone": zone, "out": str(out), "only": list(only), "fail_on": fail_on, "strict": strict}
    run = pages.chosen(asked["only"])
    handed = pages.parameters(run, {name: asked[name] for name in ("as_of", "zone") if asked[name]} | dict(parameters or {}))
    rules.parsed(fail_on)
    exports = located(folder)
    told(f"reading {exports}")
    tenant = read.tenant(exports, **_reading(handed))
    goes_to = place.destination(out, tenant.name, tenant.as_of)
    with place.whole(goes_to) as half:
        outcomes = executed(run, tenant, str(folder), handed, half / "notebooks", told)
        made = {"command": command(folder, parameters or {}, asked), "parameters": handed, "began_at": began}
        numbers = writing.write(half, tenant, exports, outcomes, made, before=place.before(goes_to))
    holds = rules.holding(fail_on, numbers)
    told("".join(f"--fail-on {rule} holds\n" for rule in holds) + f"written {goes_to}")
    code = FAILED if numbers["failed"] else BROKEN if holds else INCOMPLETE if strict and numbers["incomplete"] else 0
    return Report(goes_to, code, holds)


def located(folder: str | Path) -> Path:
    """The folder of exports: from the working directory, else from the project's root."""
    given = Path(folder).expanduser()
    return given.absolute() if given.is_dir() else root() / given


def executed(
    run: list[pages.Page],
    tenant: Tenant,
    folder: str,
    handed: Mapping[str, Mapping[str, object]],
    out: Path,
    told: Callable[[str], None],
) -> list[gather.Outcome]:
    """Each page executed on the tenant as it was read; the executed notebooks are in `out`, and name the exports' own folder."""
    out.mkdir()
    with TemporaryDirectory(prefix="scimlab-") as tidy:
        read.write_tidy(tenant, tidy)
        runs = execute.execute(run, {name: {**values, "folder": tidy} for name, values in handed.items()}, out, told=told)
        for notebook in out.glob("*.ipynb"):
            notebook.write_text(notebook.read_text("utf-8").replace(_in_json(tidy), _in_json(folder)), encoding="utf-8")
    return [gather.outcome(page, runs[page.name], out / page.path.name) for page in run]


def _reading(handed: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """The parameters that bear on how the exports are read; every page has them."""
    values = next(iter(handed.values()))
    if "folder" in values:
        raise UsageError("the folder is named already", "Give the folder of exports once, before the options.", field="folder")
    return {name: str(values[name]) for name in pages.READING if name in values}


def _in_json(path: str) -> str:
    return path.replace("\\", "\\\\").replace('"', '\\"')
