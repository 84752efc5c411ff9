"""The WSGI application of a rehearsal: lets in who has the token and comes by loopback, and notes whatever was sent."""

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Request, Response

from scimlab.rehearse.damage import Answering, answered
from scimlab.rehearse.desk import Desk
from scimlab.rehearse.gate import Gate
from scimlab.rehearse.graph import Graph
from scimlab.rehearse.graph.odata import GraphError
from scimlab.rehearse.ledger import Write
from scimlab.rehearse.scim import Application
from scimlab.rehearse.stage import Stage
from scimlab.rehearse.wire import decoded
from scimlab.simulate.clock import iso

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
MOST_BYTES = 4_000_000


class Visit(Request):
    """A request that was addressed to this machine by a name of its own, so that no page in a browser can pose as a client."""

    trusted_hosts = LOOPBACK
    max_content_length = MOST_BYTES


class Door:
    """Graph at /v1.0 and /beta, the app at /scim/v2, access tokens at /TENANT/oauth2/v2.0/token, the desk at /rehearsal."""

    def __init__(self, stage: Stage, gate: Gate, app: Application):
        """One door for one stage."""
        self.stage, self.gate, self.app = stage, gate, app
        self.graph, self.desk = Graph(stage), Desk(stage)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """One request, alone with the world while it is answered."""
        with self.stage.lock:
            response = self._respond(Visit(environ))
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        try:
            _ = request.host
        except SecurityError:
            return Response("A rehearsal is reached by 127.0.0.1 or localhost only.\n", 400)
        match request.path.split("/")[1:]:
            case ["rehearsal", *_]:
                return self.desk(request) if self.gate.knows(request) else _unknown()
            case [_, "oauth2", "v2.0", "token"] if request.method == "POST":
                return self.gate.issue(request)
            case ["scim", *_]:
                return self._noted(request, self._app)
            case ["v1.0" | "beta", *_]:
                return self._noted(request, self._graph)
        return Response("Here are /v1.0, /beta, /scim/v2 and /rehearsal.\n", 404)

    def _noted(self, request: Request, answer: Answering) -> Response:
        body = request.get_data()
        response, status, fault = answered(self.stage.faults, request, answer)
        self.stage.ledger.enter(
            Write(iso(self.stage.world.now), request.method, request.path, _json(body), response.status_code, 200 <= status < 300, fault)
        )
        return response

    def _graph(self, request: Request) -> Response:
        if refused := self.gate.admits(request):
            response = self.graph.refusal(GraphError(401, "InvalidAuthenticationToken", refused))
            response.headers["WWW-Authenticate"] = (
                f'Bearer realm="", authorization_uri="/{self.stage.world.tenant_id}/oauth2/v2.0/authorize"'
            )
            return response
        return self.graph(request)

    def _app(self, request: Request) -> Response:
        # The body was read for the ledger, so the app gets it anew.
        body = {"wsgi.input": BytesIO(request.get_data())}
        environ = dict(request.environ) | body | {"SCRIPT_NAME": "/scim", "PATH_INFO": request.path.removeprefix("/scim")}
        return Response.from_app(self.app, environ, buffered=True)


def _json(body: bytes) -> object:
    """A body as JSON where it is JSON, as text elsewhere; None where there is none."""
    try:
        return decoded(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")


def _unknown() -> Response:
    return Response("The rehearsal's token is asked for here.\n", 401, headers={"WWW-Authenticate": 'Bearer realm="rehearsal"'})
