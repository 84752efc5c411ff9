"""A tenant with known truth: people come and go, Entra provisions, the app refuses, and what really was stands beside the exports.

Time is simulated and chance is drawn from the seed alone, so the same call gives the same bytes.
"""

from collections.abc import Collection, Mapping
from datetime import date
from inspect import signature
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from scimlab.errors import UsageError
from scimlab.simulate import interruptions, truth
from scimlab.simulate.app import App, DeleteSemantics
from scimlab.simulate.cast import Profile, populate
from scimlab.simulate.exports import damage, files
from scimlab.simulate.exports.tenant import ROSTER_COLUMNS, roster_rows, tenant_toml
from scimlab.simulate.job import Cadence
from scimlab.simulate.world import Rules, World

__all__ = ["begun", "tenant", "write"]


def begun(
    *,
    seed: int,
    people: int,
    months: int = 4,
    profile: Profile = "troubled",
    zone: str = "Europe/Berlin",
    first_day: date = date(2026, 5, 1),
    app_name: str = "Maptician",
    second_app: str = "",
    domain: str = "strandhof.example",
    cadence: Cadence = "mixed",
    sends_delete: bool | None = None,
    delete_semantics: DeleteSemantics = "hard",
    interrupted: Collection[str] = (),
    hostile: bool = False,
) -> World:
    """A world before its first cycle, every story still to be told; the arguments are those of `write`."""
    if months < 2:
        raise UsageError(f"{months} months are too few: a purge alone takes thirty days", "Ask for 2 or more.", field="months")
    for field, given, known in (
        ("profile", {profile}, get_args(Profile)),
        ("cadence", {cadence}, get_args(Cadence)),
        ("delete_semantics", {delete_semantics}, get_args(DeleteSemantics)),
        ("interrupted", {*interrupted}, tuple(interruptions.ALL)),
    ):
        if unknown := given - {*known}:
            raise UsageError(f"no {field} {', '.join(sorted(unknown))}", f"There are {', '.join(known)}.", field=field)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f'no time zone "{zone}"', "Give an IANA name such as Europe/Berlin.", field="zone") from error
    sends = profile == "healthy" if sends_delete is None else sends_delete
    world = World(seed, Rules(app_name, domain, zone, first_day, months, cadence, sends, delete_semantics))
    if second_app:
        world.connect(second_app, App(world.stream("second app")), world.staff)
    populate(world, people, profile, interrupted, hostile=hostile)
    return world


def tenant(**rules: object) -> World:
    """A world that has run its months; the arguments are those of `write`."""
    world = begun(**rules)
    world.run()
    return world


def write(
    out: str | Path,
    *,
    seed: int,
    people: int,
    forms: Mapping[str, str] | None = None,
    exports: Collection[str] = files.CORE,
    gz: bool = False,
    cut_days: int | None = None,
    damaged: Collection[str] = (),
    **rules: object,
) -> None:
    """The exports of an invented tenant in `out`, the settings that read them, and the truth about it in `out/truth`:

    storms.csv, intervals.csv, names.csv, diagnoses.csv, states.csv and history.csv (see `truth`), and world.json, all arguments.

    seed: chance is drawn from it and from nothing else.
    people: persons who ever appear; 400 show most of what can go wrong.
    forms: the form of an export where it should not be the first of `exports.files.FORMS`, such as {"log": "jsonl"}.
    exports: what to export, of `exports.files.FORMS`; whatever `forms` names is exported too.
    gz: every export as .gz.
    cut_days: only the last so many days of the log, as a portal that keeps thirty would give.
    damaged: what else happens to the log on its way, of `exports.damage.KINDS`; `truth/damage.csv` says which events it met.
    rules, all optional: months (2 or more; each simulated whole), profile ("troubled", "healthy", or "scenarios": those of the
    vendor's guide, a person each), zone (IANA), first_day,
    app_name, second_app (one more app's rows in the same log), domain, cadence of retries ("backoff": 6, 12, 24 hours and
    daily, 31 attempts in 28 days; "each_cycle"; "mixed": each object one of the two), sends_delete (False: a purged user is
    never deleted in the app; default False in a troubled tenant, True in a healthy one), delete_semantics of the app
    ("hard", "soft_reserves_email", "soft_frees_email"), interrupted (names of `interruptions.ALL`: what stops the job for a while),
    hostile (True: names and addresses that a page, a spreadsheet or a decoder may take for something else).
    raises: UsageError for a value that makes no world.

    On the command line: `scimlab simulate OUT --seed S --people N [--months M] [--profile troubled|healthy] [--zone Z]
    [--form EXPORT=FORM]... [--export EXPORT]... [--gz] [--cut-days D] [--damaged KIND]...
    [--cadence backoff|each_cycle|mixed] [--second-app NAME] [--interrupted NAME]...`
    """
    taken = files.chosen(forms or {}, exports)
    damage.checked(damaged, taken.get("log", "graph"))
    asked = _asked(seed=seed, people=people, **rules)
    world = tenant(**asked)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    withheld = files.write(world, folder, taken, gz=gz, cut_days=cut_days, damaged=damaged)
    (folder / "tenant.toml").write_text(tenant_toml(world, taken), encoding="utf-8", newline="\n")
    truth.table(folder / "roster.csv", ROSTER_COLUMNS, roster_rows(world))
    truth.write(world, folder / "truth")
    (folder / "truth" / "world.json").write_bytes(msgspec.json.format(msgspec.json.encode(asked), indent=1))
    if withheld:
        truth.table(folder / "truth" / "damage.csv", damage.COLUMNS, withheld)


def _asked(**rules: object) -> dict[str, object]:
    """Every argument of `begun`, defaults included: from these the same world is made again.

    raises: UsageError for a name that is none.
    """
    try:
        bound = signature(begun).bind(**rules)
    except TypeError as error:
        raise UsageError(f"a world is not made from that: {error}", f"There are {', '.join(signature(begun).parameters)}.") from error
    bound.apply_defaults()
    return bound.arguments
