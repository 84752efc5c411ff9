"""A rehearsal that is on: its server, its addresses, its end."""

from socket import AF_INET, AF_INET6, create_server, socket
from threading import Thread
from typing import Self

from werkzeug.serving import WSGIRequestHandler, make_server

from scimlab.errors import UsageError
from scimlab.rehearse.door import Door
from scimlab.rehearse.gate import Gate
from scimlab.rehearse.scim import Application
from scimlab.rehearse.scim.records import Inactive
from scimlab.rehearse.stage import Stage
from scimlab.simulate.clock import iso
from scimlab.simulate.world import World


class Quiet(WSGIRequestHandler):
    """Writes no line a request: the ledger keeps them."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


class Rehearsal:
    """A running rehearsal. Within `lock` a test may look at `world`, or change it."""

    def __init__(self, stage: Stage, host: str, port: int, *, etag: bool, inactive: Inactive, token: str):
        """Bind the port and begin to serve."""
        self.stage = stage
        self.gate = Gate(stage.faults, token)
        self.app = Door(stage, self.gate, Application(stage.world, self.gate.token, etag=etag, inactive=inactive))
        self._listener = _listener(host, port)
        self.server = make_server(host, port, self.app, threaded=True, request_handler=Quiet, fd=self._listener.fileno())
        serving = {"target": self.server.serve_forever, "kwargs": {"poll_interval": 0.01}}
        self._thread = Thread(**serving, name="rehearsal", daemon=True)
        self._thread.start()

    @property
    def world(self) -> World:
        """The world that is played."""
        return self.stage.world

    @property
    def token(self) -> str:
        """The secret: SCIM's bearer token, Graph's first access token, and the client secret of the token endpoint."""
        return self.gate.token

    @property
    def url(self) -> str:
        """Where it is served."""
        host = f"[{self.server.host}]" if ":" in self.server.host else self.server.host
        return f"http://{host}:{self.server.port}"

    @property
    def graph_url(self) -> str:
        """Microsoft Graph v1.0."""
        return f"{self.url}/v1.0"

    @property
    def scim_url(self) -> str:
        """The app's SCIM endpoints."""
        return f"{self.url}/scim/v2"

    def described(self) -> str:
        """What a person at a terminal needs, the token among it."""
        job = self.world.job.connection
        rows = {
            "Graph": self.graph_url,
            "SCIM": self.scim_url,
            "Clock": f"{self.url}/rehearsal/clock, at {iso(self.world.now)}",
            "Log": f"{self.url}/rehearsal/log",
            "Tenant": self.world.tenant_id,
            "App": f"{job.app_name}, service principal {job.app_id}",
            "Job": job.job_id,
            "Faults": ", ".join(self.stage.faults.shares) or "none",
            "Token": self.token,
        }
        return "\n".join([*(f"{name:<7} {text}" for name, text in rows.items()), "", "Nothing is written to disk. Ctrl-C ends it."])

    def wait(self) -> None:
        """Until it is closed or interrupted."""
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self.close()

    def close(self) -> None:
        """No more requests; the port is free again."""
        self.server.shutdown()
        self.server.server_close()
        self._listener.close()
        self._thread.join()

    def __enter__(self) -> Self:
        """The rehearsal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def _listener(host: str, port: int) -> socket:
    """The port, bound here so that one in use is an error like any other."""
    try:
        return create_server((host, port), family=AF_INET6 if ":" in host else AF_INET)
    except OSError as error:
        raise UsageError(
            f"port {port} of {host} cannot be bound ({error.strerror})", "Choose another, or 0 for any free one.", field="port"
        ) from error
