"""One run from its first question to its last: what is asked for, in which order, and what becomes of a refusal."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote
from uuid import UUID

import msgspec

from scimlab.collect import asked
from scimlab.collect.asked import Asked
from scimlab.collect.pages import LISTED, graph_page
from scimlab.collect.progress import Progress
from scimlab.collect.rights import Right, refused, rights
from scimlab.collect.runs import Part, Place
from scimlab.collect.walk import KINDS, Tell, graph_part, records_part
from scimlab.collect.windows import Window
from scimlab.errors import UsageError
from scimlab.live import Patience, Session, Unanswered, answered

RECORDS = "records"
FRESH = timedelta(hours=1)
"""How long a list that was broken off can be gone on with: what came and what is to come must show one moment."""

ORDER = [*KINDS, RECORDS]
NO_SCIM = "no [tenant.NAME.scim] in tenants.toml: give an export of the app's users beside it"

Url = Callable[..., str]
Windows = Callable[[str], tuple[Window, str]]


class _Principal(msgspec.Struct):
    id: str = ""
    appId: str = ""
    displayName: str | None = None
    principalId: str = ""
    principalType: str = ""


async def gather(
    place: Place,
    graph: Session,
    scim: Session | None,
    *,
    app: str,
    sign_ins: bool,
    windows: Windows,
    patience: Patience,
    progress: Progress,
    rows_a_page: int = 0,
) -> None:
    """Every part of a run, new or broken off, as far as it may be read; each is settled in the run's note.

    app: name or object id of the enterprise application. windows: of a log by name, the window to ask for and what is to be said of it.
    rows_a_page: as many as Graph gives, unless said.
    raises: UsageError where the app is none or several; Unanswered where no token is good any more.
    """
    url = partial(Asked.url, base=graph.base, rows=rows_a_page)
    if not place.run.parts:
        kinds = [each for each in asked.ALL if sign_ins or each is not asked.SIGN_INS]
        found = await rights(graph, kinds, patience)
        progress.rights(found)
        _plan(place, found, url, windows, has_scim=scim is not None)
        place.save()
    if not place.run.app and any(not place.run.parts[each.name].is_settled for each in (asked.ASSIGNMENTS, asked.JOBS)):
        await _find_app(place, graph, app, url, patience)
    for each in place.run.parts.values():
        if each.state == "complete":
            place.show(each)
    _discover(place, url)
    while part := min(place.run.unsettled, key=lambda each: ORDER.index(each.kind), default=None):
        await _settle(part, place, scim if part.kind == RECORDS else graph, patience, progress.page)
        _discover(place, url)
        place.save()


def give_up_lists(place: Place, now: datetime) -> bool:
    """Whether a run was broken off too long ago for its lists to be gone on with; its logs are gone on with at any time."""
    if now - place.run.began_at < FRESH:
        return False
    for part in [each for each in place.run.unsettled if not each.window]:
        place.drop(part)
        part.state, part.why = "incomplete", "the run was broken off, and taken up again too late to show one moment"
    place.save()
    return True


def _plan(place: Place, found: Iterable[Right], url: Url, windows: Windows, *, has_scim: bool) -> None:
    parts = place.run.parts
    for right in found:
        kind = right.asked
        part = Part(kind.name, kind.name, why=right.said())
        if kind in (asked.APPS, asked.MEMBERS, asked.SCHEMA):
            continue
        if right.state == "missing":
            part.state = "refused"
        elif kind.is_log:
            part.window, part.why = windows(kind.name)
            part.first = url(kind, window=part.window)
        elif "{" not in kind.path:
            part.first = url(kind, without=right.without)
        parts[kind.name] = part
    parts[RECORDS] = Part(RECORDS, RECORDS) if has_scim else Part(RECORDS, RECORDS, state="not_asked", why=NO_SCIM)


async def _find_app(place: Place, graph: Session, app: str, url: Url, patience: Patience) -> None:
    """The object id of the enterprise application, and the addresses that take it."""
    parts = [place.run.parts[each.name] for each in (asked.ASSIGNMENTS, asked.JOBS)]
    try:
        found = await _apps(graph, app, url(asked.APPS), patience)
    except Unanswered as refusal:
        if refusal.status == 401:
            raise
        for part in parts:
            part.state, part.why = _outcome(asked.APPS, refusal)
        return
    if len(found) != 1:
        listed = "; ".join(f"{each.displayName} ({each.id})" for each in found)
        todo = f"Name one by its object id: {listed}." if found else "Write its name as the portal shows it under Enterprise applications."
        raise UsageError(f'{len(found)} enterprise applications are called "{app}"', todo, file="tenants.toml", field="app")
    place.run.app = found[0].id
    for part in parts:
        part.first = url(KINDS[part.kind], app=place.run.app)


async def _apps(graph: Session, app: str, url: str, patience: Patience) -> list[_Principal]:
    """The enterprise applications of that name or id, whatever Graph makes of the filter."""
    link, found = f"{url}&$filter={quote(_named(app), safe='')}", {}
    while link:
        page = await answered(graph, link, graph_page, patience)
        rows = [msgspec.json.decode(each, type=_Principal) for each in LISTED.decode(page.body).value]
        found |= {each.id: each for each in rows if app.casefold() in (each.id, each.appId, (each.displayName or "").casefold())}
        link = page.link
    return [*found.values()]


def _named(app: str) -> str:
    try:
        UUID(app)
    except ValueError:
        return f"displayName eq '{app.replace(chr(39), chr(39) * 2)}'"
    return f"id eq '{app}' or appId eq '{app}'"


def _discover(place: Place, url: Url) -> None:
    """The parts that another part names: members of each group that holds the app, and the schema of each job."""
    parts, app = place.run.parts, place.run.app
    for row in _rows(place, asked.ASSIGNMENTS):
        if row.principalType == "Group":
            first = url(asked.MEMBERS, group=row.principalId)
            parts.setdefault(f"members_{row.principalId}", Part(f"members_{row.principalId}", asked.MEMBERS.name, first=first))
    for number, row in enumerate(_rows(place, asked.JOBS), 1):
        first = url(asked.SCHEMA, app=app, job=row.id)
        parts.setdefault(f"schema_{number}", Part(f"schema_{number}", asked.SCHEMA.name, first=first))


def _rows(place: Place, kind: Asked) -> Iterable[_Principal]:
    part = place.run.parts.get(kind.name)
    if part is None or part.state != "complete":
        return
    for body in place.pages(part):
        yield from (msgspec.json.decode(each, type=_Principal) for each in LISTED.decode(body).value)


async def _settle(part: Part, place: Place, session: Session, patience: Patience, tell: Tell) -> None:
    """One part, to its end or to what stopped it. What came of a log is true and stays; half a list is none."""
    walk = records_part if part.kind == RECORDS else graph_part
    try:
        await walk(part, place, session, patience, tell)
    except Unanswered as refusal:
        if refusal.status == 401 and part.kind != RECORDS:
            raise
        part.state, part.why = _outcome(KINDS.get(part.kind), refusal)
        if part.window:
            place.show(part)
        else:
            place.drop(part)


def _outcome(kind: Asked | None, refusal: Unanswered) -> tuple[str, str]:
    if refusal.status == 403 and kind:
        return "refused", refused(kind, refusal.found)
    return ("refused" if refusal.status in (401, 403) else "incomplete"), f"{refusal.found}. {refusal.todo}"
