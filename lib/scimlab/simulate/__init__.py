"""A tenant with known truth: people come and go, Entra provisions, the app refuses, and what really was stands beside the exports.

Time is simulated and chance is drawn from the seed alone, so the same call gives the same bytes.
"""

from collections.abc import Collection, Mapping, Sequence
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
from scimlab.simulate.mapping import ExternalId
from scimlab.simulate.world import Manner, Rules, World

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
    sends_update: bool = True,
    skips_out_of_scope: bool = False,
    syncs_all: bool = False,
    maps_active: bool = True,
    external_id: ExternalId = "objectId",
    compliant: bool = False,
    hides_inactive: bool = False,
    leaving: Manner = "told",
    second_writer: bool = False,
    interrupted: Collection[str] = (),
    hostile: bool = False,
) -> World:
    """A world before its first cycle, every story still to be told; the arguments are those of `write`."""
    if months < 2:
        raise UsageError(f"{months} months are too few: a purge alone takes thirty days", "Ask for 2 or more.", field="months")
    known = {"profile": Profile, "cadence": Cadence, "delete_semantics": DeleteSemantics, "external_id": ExternalId, "leaving": Manner}
    for field, given in zip(known, (profile, cadence, delete_semantics, external_id, leaving), strict=True):
        _refuse_unknown(field, {given}, get_args(known[field]))
    _refuse_unknown("interrupted", {*interrupted}, tuple(interruptions.ALL))
    _refuse_unknown_zone(zone)
    sends = profile == "healthy" if sends_delete is None else sends_delete
    job = (sends_update, skips_out_of_scope, syncs_all, maps_active, external_id, compliant, hides_inactive, leaving)
    world = World(seed, Rules(app_name, domain, zone, first_day, months, cadence, sends, delete_semantics, *job))
    if second_writer:
        world.configure(world.connect(app_name, world.app, world.staff, service_principal=world.job.connection.app_id))
        world.expose("X12_SEVERAL_WRITERS")
    if second_app:
        world.connect(second_app, App(world.stream("second app")), world.staff)
    populate(world, people, profile, interrupted, hostile=hostile)
    return world


def _refuse_unknown(field: str, given: set[str], known: Sequence[str]) -> None:
    if unknown := given - {*known}:
        raise UsageError(f"no {field} {', '.join(sorted(unknown))}", f"There are {', '.join(known)}.", field=field)


def _refuse_unknown_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f'no time zone "{zone}"', "Give an IANA name such as Europe/Berlin.", field="zone") from error


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

    storms.csv, intervals.csv, names.csv, diagnoses.csv, history.csv, states.csv, places.csv, people.csv and jobs.csv (see `truth`), and
    world.json, all arguments.

    seed: chance is drawn from it and from nothing else.
    people: persons who ever appear; 400 show most of what can go wrong.
    forms: the form of an export where it should not be the first of `exports.files.FORMS`, such as {"log": "jsonl"}.
    exports: what to export, of `exports.files.FORMS`; whatever `forms` names is exported too.
    gz: every export as .gz.
    cut_days: only the last so many days of the log, as a portal that keeps thirty would give.
    damaged: what else happens to the exports on their way, of `exports.damage.KINDS`; `truth/damage.csv` says which events it met.
    rules, all optional: months (2 or more; each simulated whole), profile ("troubled", "healthy", or "scenarios": those of the
    vendor's guide, a person each), zone (IANA), first_day,
    app_name, second_app (one more app's rows in the same log), domain, cadence of retries ("backoff": 6, 12, 24 hours and
    daily, 31 attempts in 28 days; "each_cycle"; "mixed": each object one of the two), sends_delete (False: a purged user is
    never deleted in the app; default False in a troubled tenant, True in a healthy one), delete_semantics of the app
    ("hard", "soft_reserves_email", "soft_frees_email"), what lays the job open to trouble: sends_update (False: nobody is ever updated or
    disabled), skips_out_of_scope (True: who leaves the scope stays active), syncs_all (True: everybody is provisioned), maps_active
    (False: nobody is ever switched on or off), external_id ("objectId" or "mailNickname": what it is made of), compliant (True: PATCH
    as with the flag for it), second_writer (True: two jobs feed the app); hides_inactive (True: the app's search does not return
    inactive users, so that a return is refused); leaving (how everybody leaves for a season: "disabled", "deleted" or "unassigned", on the
    same days; or "told", each as their story has it); interrupted (names of `interruptions.ALL`: what stops the job for a while),
    hostile (True: names and addresses that a page, a spreadsheet or a decoder may take for something else).
    raises: UsageError for a value that makes no world.

    On the command line: `scimlab simulate OUT --seed S --people N`, and most of these as options; see `scimlab simulate --help`.
    """
    taken = files.chosen(forms or {}, exports)
    damage.checked(damaged, taken)
    asked = _asked(seed=seed, people=people, **rules)
    world = tenant(**asked)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    withheld = files.write(world, folder, taken, gz=gz, cut_days=cut_days, damaged=damaged)
    (folder / "tenant.toml").write_text(tenant_toml(world, taken), encoding="utf-8", newline="\n")
    truth.table(folder / "roster.csv", ROSTER_COLUMNS, roster_rows(world))
    truth.write(world, folder / "truth", log_days=cut_days if "log" in taken else 0)
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
