"""The exports a page was given: where they are, and what came in."""

import html
from pathlib import Path

import polars as pl

import scimlab
from scimlab.charts.words import counted
from scimlab.schema import Tenant
from scimlab.show.shown import Shown


def root() -> Path:
    """The folder of the project, where the package is used from a clone of it; else the working directory."""
    package = Path(scimlab.__file__).resolve().parent
    return next((each for each in package.parents if (each / "pyproject.toml").is_file()), Path.cwd())


def folder(given: str) -> Path:
    """The folder that a page's parameter names, from the project's root: nbval, papermill and JupyterLab each work in another."""
    return root() / Path(given).expanduser()


def came_in(tenant: Tenant) -> Shown:
    """One line: how much was read, of what, over which time, and as of when it is judged."""
    events = (
        tenant.events.filter("counted")
        .select(rows=pl.len(), first=pl.col("at").min(), last=pl.col("at").max())
        .collect()
        .row(0, named=True)
    )
    log = counted(events["rows"], "provisioning event", "provisioning events")
    if events["rows"]:
        first, last = said(events["first"], tenant.zone), said(events["last"], tenant.zone)
        log += f" of {tenant.settings['app_name'].value or 'one app'}, {first} to {last}"
    lists = (
        f"{counted(tenant.people.height, 'account', 'accounts')} of Entra, {counted(tenant.records.height, 'record', 'records')} of the app"
    )
    judged = f"Judged at {said(tenant.as_of, tenant.zone)} ({tenant.zone})." if tenant.as_of else "Nothing in them says when anything was."
    line = f"{log}; {lists}. {judged}"
    return Shown({"text/html": f'<p class="came-in">{html.escape(line)}</p>', "text/plain": line})


def said(instant: object, zone: str) -> str:
    """An instant by the clock of `zone`, as a sentence says it."""
    return pl.Series([instant], dtype=pl.Datetime("us", "UTC")).dt.convert_time_zone(zone).dt.strftime("%-d %b %Y %H:%M").item()
