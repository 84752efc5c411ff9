"""A tenant to collect from: a rehearsal, sessions with it, and what it really holds."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import polars as pl
from rehearsed import rehearsal  # noqa: F401 for those who collect

from scimlab import collect, live, read
from scimlab.rehearse.running import Rehearsal


class PlainGraph(live.Scim):
    """Graph asked by httpx alone, so that collecting is tested where the SDK, 400 MB of it, is not installed."""

    def __init__(self, running: Rehearsal):
        """Ask with the rehearsal's token, which is also the client secret that gets another one."""
        super().__init__(running.graph_url, running.token)
        self._token_url, self._secret = f"{running.url}/{running.world.tenant_id}/oauth2/v2.0/token", running.token

    def renew(self) -> None:
        """Another access token, from the token endpoint."""
        form = {"grant_type": "client_credentials", "client_secret": self._secret}
        token = httpx.post(self._token_url, data=form, verify=False).raise_for_status().json()["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"


def access(running: Rehearsal, app: str = "", **more: object) -> live.Access:
    """How the rehearsal's tenant is reached; its log goes back to its beginning."""
    world = running.world
    said = {"zone": world.rules.zone, "credential": "token", "remembers_days": 400} | more
    return live.Access(world.tenant_id, app or world.job.connection.app_name, **said)


def instant(running: Rehearsal) -> datetime:
    """The second at which the world stands."""
    return datetime.fromtimestamp(running.world.now, UTC)


async def no_wait(seconds: float) -> None:
    """Waits are counted and not waited for."""


def hasty(**more: object) -> live.Patience:
    """Patience that takes no time."""
    return live.Patience(requests=0, sleep=no_wait, **more)


def collected(
    running: Rehearsal,
    into: Path,
    *,
    patience: live.Patience | None = None,
    graph: Callable[[Rehearsal], live.Session] = PlainGraph,
    has_scim: bool = True,
    days: int = 400,
    app: str = "",
    **more: object,
) -> collect.Done:
    """One run against the rehearsal, by the rehearsal's clock; Entra remembers so many days."""

    async def run() -> collect.Done:
        scim = live.Scim(running.scim_url, running.token) if has_scim else None
        options = {"patience": patience or hasty(), "now": lambda: instant(running), **more}
        return await collect.collected_by(graph(running), scim, access(running, app, remembers_days=days), into, **options)

    return asyncio.run(run())


def true_events(running: Rehearsal, until: datetime) -> set[str]:
    """Ids of all events that happened before an instant."""
    return {each.event_id for job in running.world.jobs for each in job.events if each.at < until.timestamp()}


def events(into: Path, workdir: Path) -> pl.DataFrame:
    """The events that a folder holds."""
    return read.events(into, workdir=workdir).collect()
