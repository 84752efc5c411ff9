"""Beyond thirty days: what Entra and the app know of a tenant, read regularly, and kept as it came.

Nothing is ever written at Graph or at the app. A run that is broken off goes on where it stood; what cannot be read
is named, and the rest still runs.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl

from scimlab import live
from scimlab.archive.lock import locked
from scimlab.collect.gather import gather, give_up_lists
from scimlab.collect.ledger import collected, of_run
from scimlab.collect.progress import Progress
from scimlab.collect.runs import Place, begin, held, runs
from scimlab.collect.settings import note
from scimlab.collect.windows import Window, following, spelled, whole
from scimlab.errors import UsageError
from scimlab.live import Access, Patience, Session

__all__ = ["Done", "collect", "collected", "collected_by", "runs"]

TENANTS = "tenants.toml"
LOCK = ".collecting"

Clock = Callable[[], datetime]


class Done(NamedTuple):
    """What a collection came to: where it lies, its rows of LEDGER, and whether nothing of it is missing."""

    path: Path
    ledger: pl.DataFrame
    is_whole: bool


def collect(
    name: str,
    *,
    tenants: str | Path = TENANTS,
    into: str | Path = "",
    paced: bool = True,
    tell: Callable[[str], None] = lambda line: None,
) -> Done:
    """Everything that is new at a tenant, into its folder.

    name: of the tenant in `tenants`, a tenants.toml. into: the folder; else the one named there.
    paced: whether the reporting endpoints are asked no more than five times in ten seconds.
    tell: is given a line at a time: rights, progress, what is missing.
    raises: UsageError for a tenant that is not listed, secrets that are not in their place, an app that is none;
        Unanswered where Entra gives no token. What came stays, and the next run goes on from there.
    """
    known = live.tenants(tenants)
    if name not in known:
        raise UsageError(f'no tenant "{name}"', f"{Path(tenants).name} lists {', '.join(known)}.", file=Path(tenants).name)
    access = known[name]
    if not (into or access.folder):
        raise UsageError(
            "it is not said where to", "Name a folder with --into, or as folder in tenants.toml.", field=f"tenant.{name}.folder"
        )
    token = live.secret(access.scim.token, field=f"tenant.{name}.scim.token") if access.scim else ""
    graph = live.Graph(live.credential(access), access.graph_url)
    scim = live.Scim(access.scim.url, token) if access.scim else None
    if scim:
        tell("The app's users are read with the token of Entra's own connection; nothing is written with it.")
    patience = live.Patience() if paced else live.Patience(requests=0)
    return asyncio.run(collected_by(graph, scim, access, Path(into or access.folder), patience=patience, tell=tell))


def _now() -> datetime:
    return datetime.now(UTC)


async def collected_by(
    graph: Session,
    scim: Session | None,
    access: Access,
    into: Path,
    *,
    patience: Patience,
    now: Clock = _now,
    tell: Callable[[str], None] = lambda line: None,
    rows_a_page: int = 0,
) -> Done:
    """The same over sessions that are open already; they are closed at the end.

    now: the clock by which windows are cut, which is the world's own in a rehearsal. rows_a_page: as many as Graph gives, unless said.
    """
    into.mkdir(parents=True, exist_ok=True)
    (into / LOCK).mkdir(exist_ok=True)
    try:
        with locked(into / LOCK):
            for place in _to_do(into, now):
                await _run(place, graph, scim, access, into, patience=patience, tell=tell, rows_a_page=rows_a_page)
    finally:
        for session in (graph, scim):
            if session:
                await session.close()
    ledger = of_run(place, len(runs(into)))
    return Done(place.folder, ledger, all(each.state == "complete" for each in place.run.parts.values()))


def _to_do(into: Path, now: Clock) -> Iterator[Place]:
    """The run that was broken off, if one was; then a new one, unless the old one shows this very hour."""
    last = next(reversed(runs(into)), None)
    if last and not last.run.is_over:
        is_stale = give_up_lists(last, now())
        yield last
        if not is_stale:
            return
    yield begin(into, whole(now()))


async def _run(
    place: Place,
    graph: Session,
    scim: Session | None,
    access: Access,
    into: Path,
    *,
    patience: Patience,
    tell: Callable[[str], None],
    rows_a_page: int,
) -> None:
    note(into, access, place)
    before = [each for each in runs(into) if each.name != place.name]
    progress = Progress(place, tell)
    asked, waited = patience.asked, patience.waited_s
    try:
        await gather(
            place,
            graph,
            scim,
            app=access.app,
            sign_ins=access.sign_ins,
            windows=lambda kind: _window(held(before, kind), place.run.began_at, access.remembers_days),
            patience=patience,
            progress=progress,
            rows_a_page=rows_a_page,
        )
        place.run.is_over = True
    finally:
        place.run.asked += patience.asked - asked
        place.run.waited_s += patience.waited_s - waited
        place.save()
    progress.over()


def _window(held: list[Window], now: datetime, days: int) -> tuple[Window, str]:
    """What to ask of a log, and what of it nobody can tell any more."""
    window, lost = following(held, now, remembers=timedelta(days=days))
    return window, f"nothing is known from {spelled(lost.start)} to {spelled(lost.stop)}: Entra remembers {days} days" if lost else ""
