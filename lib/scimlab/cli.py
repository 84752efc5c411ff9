"""The command line: each command a thin door to one function, each error one line and an exit code.

Exit codes: 0 done; 1 a run failed; 2 wrong use or unreadable input; 3 findings at or above --fail-on;
4 inputs incomplete (with --strict).
"""

import sys
from collections.abc import Callable
from pathlib import Path

import click
import polars as pl

from scimlab import cells
from scimlab.errors import ScimlabError, UsageError

SINKS: dict[str, Callable[[pl.LazyFrame, Path], object]] = {
    ".parquet": lambda events, out: events.sink_parquet(out),
    ".csv": lambda events, out: cells.inert(events).sink_csv(out),
    ".ndjson": lambda events, out: events.sink_ndjson(out),
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="scimlab")
def commands() -> None:
    """Whom Entra ID retries in vain, how many people are paid for, and how each is brought back in order."""


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--as-of", default="", help="Judge the tenant at this instant (ISO, UTC); default: the latest one observed.")
@click.option("--zone", default="", help="The tenant's IANA zone, such as Europe/Berlin.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Where the report goes; default: reports/TENANT/AS-OF.")
@click.option("--only", multiple=True, metavar="PAGE", help="Only this page; may be given again.")
@click.option("-p", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="A page parameter; may be given again.")
@click.option("--fail-on", default="", metavar="RULE", help="Exit with 3 when this holds, such as storms>0.")
@click.option("--strict", is_flag=True, help="Exit with 4 when the inputs cannot answer everything.")
def report(
    folder: Path,
    as_of: str,
    zone: str,
    out: Path | None,
    only: tuple[str, ...],
    parameters: tuple[tuple[str, str], ...],
    fail_on: str,
    strict: bool,
) -> None:
    """A report of the exports in FOLDER: pages, tables and an index to open."""
    from scimlab.report import report as run

    done = run(folder, as_of=as_of, zone=zone, out=out or "", only=only, parameters=dict(parameters), fail_on=fail_on, strict=strict)
    click.echo(done.path / "index.html")
    sys.exit(done.exit_code)


@commands.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="F.parquet, F.csv or F.ndjson.")
def tidy(path: Path, out: Path) -> None:
    """The provisioning events of PATH, a file or a folder, as one tidy table; no app is chosen."""
    from scimlab import read

    if out.suffix not in SINKS:
        raise UsageError(f'"{out.name}" is not a form that can be written', f"Name the file with one of {', '.join(SINKS)}.", field="--out")
    SINKS[out.suffix](read.events(path), out)
    receipt = read.receipt(path)
    totals = receipt.select(pl.col("rows", "kept", "duplicate", "foreign", "rejected").sum()).row(0, named=True)
    click.echo("{rows} rows read: {kept} kept, {duplicate} duplicate, {foreign} foreign, {rejected} rejected.".format(**totals))


@commands.command()
@click.argument("file", type=click.Path(path_type=Path))
def columns(file: Path) -> None:
    """A header map for FILE, a CSV, to be pasted into tenant.toml and corrected."""
    from scimlab import read

    click.echo(read.columns(file))


@commands.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bytes.")
@click.option("--people", type=click.IntRange(min=1), default=300, show_default=True, help="Persons who ever appear.")
@click.option("--months", type=click.IntRange(min=2), help="Months that pass; 4 unless said.")
@click.option("--profile", help="troubled, healthy or scenarios.")
@click.option("--zone", help="The tenant's IANA zone.")
@click.option("--cadence", help="How Entra retries: backoff, each_cycle or mixed.")
@click.option("--leaving", help="How everybody leaves for a season: disabled, deleted or unassigned; else each as their story has it.")
@click.option("--second-app", metavar="NAME", help="One more app in the same log.")
@click.option("--second-writer", is_flag=True, default=None, help="A second job that feeds the app.")
@click.option("--deletes/--no-deletes", "sends_delete", default=None, help="Whether a purged user is deleted in the app.")
@click.option("--updates/--no-updates", "sends_update", default=None, help="Whether the app is told of changes and disables.")
@click.option("--delete-semantics", help="What the app makes of a deletion: hard, soft_reserves_email or soft_frees_email.")
@click.option("--skips-out-of-scope", is_flag=True, default=None, help="Who loses the app stays active there.")
@click.option("--syncs-all", is_flag=True, default=None, help="Everybody is provisioned, given the app or not.")
@click.option("--hides-inactive", is_flag=True, default=None, help="The app's search does not return inactive users.")
@click.option("--form", "forms", multiple=True, metavar="EXPORT=FORM", help="The form of an export, such as log=jsonl; may be given again.")
@click.option("--export", "exports", multiple=True, help="One more export; may be given again.")
@click.option("--interrupted", multiple=True, help="What stops the job for a while; may be given again.")
@click.option("--damaged", multiple=True, help="What happens to the log on its way; may be given again.")
@click.option("--cut-days", type=click.IntRange(min=1), help="Only the last so many days of the log.")
@click.option("--hostile", is_flag=True, help="Names that a page or a spreadsheet may take for something else.")
@click.option("--gz", is_flag=True, help="Every export compressed.")
def simulate(out: Path, forms: tuple[str, ...], exports: tuple[str, ...], **options: object) -> None:
    """The exports of an invented tenant, written into OUT, and the truth about it into OUT/truth."""
    from scimlab.simulate import write
    from scimlab.simulate.exports.files import CORE

    said = {name: value for name, value in options.items() if value not in (None, ())}
    write(out, forms=dict(_pair(each) for each in forms), exports=(*CORE, *exports), **said)
    click.echo(out)


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="On loopback; a free one unless said.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws which requests meet a fault.")
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME[=SHARE]", help="A fault that is on, such as throttled=0.5; may be given again."
)
@click.option("--etag", is_flag=True, help="The app gives its records versions and honours If-Match.")
@click.option(
    "--inactive", type=click.Choice(["shown", "hidden"]), default="shown", show_default=True, help="Inactive users in the app's searches."
)
@click.option(
    "--page-size", type=click.IntRange(min=1), default=100, show_default=True, help="Rows of a Graph page where none is asked for."
)
@click.option("--from-start", is_flag=True, help="Begin at the world's first second instead of its end.")
def rehearse(folder: Path, **options: object) -> None:
    """The tenant that `simulate` wrote into FOLDER, played over HTTP as Graph and as the app, until interrupted."""
    from scimlab.rehearse import run

    run(folder, **options)


@commands.command()
@click.argument("tenant")
@click.option("--tenants", type=click.Path(path_type=Path), default=Path("tenants.toml"), show_default=True, help="Lists the tenants.")
@click.option("--into", type=click.Path(path_type=Path), default=None, help="The folder to collect into; default: the one it names.")
@click.option("--unpaced", is_flag=True, help="Ask as fast as it goes, for a rehearsal.")
@click.option("--strict", is_flag=True, help="Exit with 4 when something could not be read.")
def collect(tenant: str, tenants: Path, into: Path | None, unpaced: bool, strict: bool) -> None:
    """What is new at TENANT, read from Graph and the app into a folder; nothing is written there, and a broken run goes on."""
    from scimlab.collect import collect as run

    done = run(tenant, tenants=tenants, into=into or "", paced=not unpaced, tell=lambda line: click.echo(line, err=True))
    click.echo(done.path)
    sys.exit(4 if strict and not done.is_whole else 0)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f'"{text}" names no form', "Write EXPORT=FORM, such as log=jsonl.", field="--form")
    return name, value


def main() -> None:
    """Run the command; an error becomes one line on standard error and its exit code."""
    try:
        commands()
    except ScimlabError as error:
        click.echo(f"scimlab: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        click.echo(f"scimlab: {error.filename or 'a file'}: {error.strerror or error}. Check that it exists and may be used.", err=True)
        sys.exit(UsageError.exit_code)
