"""A small rehearsal to play against, and the few moves that several tests make."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

for name in ("werkzeug", "lark", "scim2_server"):
    pytest.importorskip(name, reason="the extra named rehearse is not installed")

from scimlab import rehearse, simulate  # noqa: E402
from scimlab.rehearse.running import Rehearsal  # noqa: E402

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@contextmanager
def rehearsal(*, people: int = 24, cadence: str = "backoff", world: dict | None = None, **options: object) -> Iterator[tuple]:
    """A running rehearsal of a small tenant and a client that has its token."""
    played = simulate.tenant(seed=24, people=people, months=2, cadence=cadence, **(world or {}))
    with rehearse.serve(played, **options) as running, client(running) as http:
        yield running, http


def client(running: Rehearsal, token: str = "") -> httpx.Client:
    """A client of the rehearsal's root; the token is the right one unless another is given."""
    # No certificate is ever looked at, so none is loaded: that takes longer than a whole test.
    return httpx.Client(base_url=running.url, headers={"Authorization": f"Bearer {token or running.token}"}, verify=False)


def free_ports() -> Iterator[str]:
    """Ports of this machine that nobody listens on."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            yield str(probe.getsockname()[1])


def pages(http: httpx.Client, url: str, **options: str) -> list[dict]:
    """Every page of a Graph collection, by its links."""
    page = http.get(url, params={f"${name}": value for name, value in options.items()}).raise_for_status().json()
    found = [page]
    while link := page.get("@odata.nextLink"):
        page = http.get(link).raise_for_status().json()
        found.append(page)
    return found


def rows(http: httpx.Client, url: str, **options: str) -> list[dict]:
    """Every row of a Graph collection."""
    return [row for page in pages(http, url, **options) for row in page["value"]]


def records(http: httpx.Client) -> list[dict]:
    """Every record of the app, page by page."""
    found, total = [], 1
    while len(found) < total:
        page = http.get("/scim/v2/Users", params={"startIndex": len(found) + 1, "count": 30}).raise_for_status().json()
        found, total = found + page["Resources"], page["totalResults"]
    return found


def patched(http: httpx.Client, record_id: str, *operations: dict, **headers: str) -> httpx.Response:
    """A SCIM PATCH of one record."""
    return http.patch(f"/scim/v2/Users/{record_id}", json={"schemas": [PATCH_OP], "Operations": [*operations]}, headers=headers)


def moved(http: httpx.Client, **move: object) -> dict:
    """The clock moved on."""
    return http.post("/rehearsal/clock", json=move).raise_for_status().json()


def job_url(running: Rehearsal, version: str = "v1.0") -> str:
    """The path of the app's synchronization job."""
    connection = running.world.job.connection
    return f"/{version}/servicePrincipals/{connection.app_id}/synchronization/jobs/{connection.job_id}"


def blocked(running: Rehearsal) -> str:
    """The object id of somebody hired again whose old record blocks the way under a corrupted name."""
    world = running.world
    return next(each for each, runs in world.job.runs.items() if "create" in runs and runs["create"].cause == "duplicate_conflict")


def active_user(running: Rehearsal) -> str:
    """The object id of somebody at work, linked to an active record."""
    world = running.world
    return next(
        each.object_id
        for each in world.directory.users.values()
        if each.enabled and each.deleted_at is None and (record := world.app.get(world.job.links.get(each.object_id, ""))) and record.active
    )
