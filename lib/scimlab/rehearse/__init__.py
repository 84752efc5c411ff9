"""A rehearsal: an invented tenant plays Graph and the app over HTTP, with a clock that can be moved on.

Whatever a client does there changes the world, and the next cycle meets it, as in life. See README.md in this folder.
"""

import os
from collections.abc import Iterable
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scimlab.errors import UsageError
from scimlab.rehearse import rebuild
from scimlab.rehearse.faults import KINDS as FAULTS
from scimlab.simulate.world import World

if TYPE_CHECKING:
    from scimlab.rehearse.running import Rehearsal

__all__ = ["FAULTS", "run", "serve"]

TOKEN_VARIABLE = "SCIMLAB_REHEARSAL_TOKEN"
NEEDED = ("werkzeug", "lark", "scim2_server", "scim2_models")


def serve(
    folder_or_world: str | Path | World,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    seed: int = 0,
    faults: Iterable[str] = (),
    page_size: int = 100,
    etag: bool = False,
    inactive: Literal["shown", "hidden"] = "shown",
    from_start: bool = False,
    denied: Iterable[str] = (),
    token: str = "",
) -> "Rehearsal":
    """A rehearsal that runs in a thread of its own until it is closed; a context manager.

    folder_or_world: a folder that `simulate.write` made, whose world is made again; or a world.
    port: 0 takes a free one. host: an address of this machine's loopback, and no other.
    faults: names of FAULTS that are on, each alone or with its share of requests, as "throttled=0.5"; `seed` draws them.
    page_size: rows of a Graph page where the client asks for no number.
    etag: whether the app gives its records versions and honours If-Match.
    inactive: whether the app's searches return inactive users.
    from_start: whether the clock stands at the world's first second instead of its end, so that its months can be lived through;
    for a folder only, as a world stands where it stands (`simulate.begun` makes one that has not run).
    denied: beginnings of Graph paths, as "auditLogs/signIns", that the token has no right to.
    token: the secret that clients show; empty draws a new one.
    raises: UsageError for an address that is not loopback, a fault that is none, or packages that are missing;
    InputError for a folder whose world cannot be made again.
    """
    if not _is_loopback(host):
        raise UsageError(f'"{host}" can be reached from outside', "A rehearsal binds loopback only: leave it at 127.0.0.1.", field="host")
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise UsageError(f"a rehearsal needs packages that are not installed: {', '.join(missing)}", 'Run pip install "scimlab[rehearse]".')
    from scimlab.rehearse.faults import Faults
    from scimlab.rehearse.running import Rehearsal
    from scimlab.rehearse.stage import Stage

    given = folder_or_world
    world = given if isinstance(given, World) else rebuild.world(Path(given), from_start=from_start)
    stage = Stage(world, Faults(faults, seed=seed), page_size, tuple(denied))
    return Rehearsal(stage, host, port, etag=etag, inactive=inactive, token=token)


def run(folder: str | Path, *, port: int = 0, seed: int = 0, faults: Iterable[str] = (), **options: object) -> None:
    """The rehearsal of the tenant in `folder`, until it is interrupted; addresses and the token are printed once, to standard output.

    The token is drawn, unless the environment variable of TOKEN_VARIABLE holds one.

    On the command line: `scimlab rehearse FOLDER [--port PORT] [--seed SEED] [--fault NAME[=SHARE]]... [--etag] [--inactive shown|hidden]
    [--page-size ROWS] [--from-start]`; options: those of `serve`.
    """
    options.setdefault("token", os.environ.get(TOKEN_VARIABLE, ""))
    with serve(folder, port=port, seed=seed, faults=faults, **options) as rehearsal:
        print(rehearsal.described(), flush=True)
        rehearsal.wait()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
