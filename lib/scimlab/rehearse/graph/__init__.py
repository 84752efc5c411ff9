"""Microsoft Graph as far as a collector and a repair need it, over the world's directory, jobs and logs."""

from uuid import UUID

import msgspec
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from scimlab.rehearse.graph import applications, jobs, logs, on_demand, users
from scimlab.rehearse.graph.call import Call
from scimlab.rehearse.graph.odata import GraphError
from scimlab.rehearse.graph.pages import Pages
from scimlab.rehearse.stage import Stage
from scimlab.simulate.clock import iso

__all__ = ["Graph"]

CONTENT_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
JOBS = "/servicePrincipals/<principal>/synchronization/jobs"

ROUTES = [
    ("GET", "/users", users.listed),
    ("GET", "/users/<user>", users.read),
    ("PATCH", "/users/<user>", users.change),
    ("DELETE", "/users/<user>", users.delete),
    ("POST", "/users/<user>/revokeSignInSessions", users.sign_out),
    ("GET", "/directory/deletedItems/<any('microsoft.graph.user','graph.user'):_>", users.deleted),
    ("GET", "/directory/deletedItems/<user>", users.read_deleted),
    ("DELETE", "/directory/deletedItems/<user>", users.purge),
    ("POST", "/directory/deletedItems/<user>/restore", users.restore),
    ("GET", "/auditLogs/provisioning", logs.provisioning),
    ("GET", "/auditLogs/directoryAudits", logs.directory_audits),
    ("GET", "/auditLogs/signIns", logs.sign_ins),
    ("GET", "/servicePrincipals", applications.service_principals),
    ("GET", "/servicePrincipals/<principal>", applications.service_principal),
    ("GET", "/servicePrincipals/<principal>/appRoleAssignedTo", applications.assigned_to),
    ("POST", "/servicePrincipals/<principal>/appRoleAssignedTo", applications.assign),
    ("DELETE", "/servicePrincipals/<principal>/appRoleAssignedTo/<assignment>", applications.unassign),
    ("GET", "/groups", applications.groups),
    ("GET", "/groups/<group>/members", applications.members),
    ("GET", "/groups/<group>/members/<any('microsoft.graph.user','graph.user'):_>", applications.member_users),
    ("GET", JOBS, jobs.listed),
    ("GET", f"{JOBS}/<job>", jobs.read),
    ("GET", f"{JOBS}/<job>/schema", jobs.schema),
    ("POST", f"{JOBS}/<job>/pause", jobs.pause),
    ("POST", f"{JOBS}/<job>/start", jobs.start),
    ("POST", f"{JOBS}/<job>/restart", jobs.restart),
    ("POST", f"{JOBS}/<job>/provisionOnDemand", on_demand.provision),
]
BETA_ROUTES = [
    ("GET", f"{JOBS}/<job>/objectConnections", jobs.connections),
    ("GET", f"{JOBS}/<job>/objectConnections('<object_id>')", jobs.connection),
    ("DELETE", f"{JOBS}/<job>/objectConnections('<object_id>')", jobs.disconnect),
]


def _map(routes: list) -> Map:
    return Map([Rule(path, methods=[method], endpoint=route) for method, path, route in routes], strict_slashes=False)


MAPS = {"v1.0": _map(ROUTES), "beta": _map(ROUTES + BETA_ROUTES)}


class Graph:
    """Answers requests to /v1.0 and /beta."""

    def __init__(self, stage: Stage):
        """Serve what the stage shows."""
        self.stage, self.pages = stage, Pages(stage)
        self.ids = stage.stream("request ids")

    def __call__(self, request: Request) -> Response:
        """The answer to one request, errors too in Graph's shape."""
        version, _, path = request.path.lstrip("/").partition("/")
        try:
            route, arguments = MAPS[version].bind("").match(f"/{path}", request.method)
            arguments.pop("_", None)
            if path.startswith(self.stage.denied):
                raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
            return self._answer(route(Call(self.stage, request, self.pages, version), **arguments))
        except GraphError as error:
            return self.refusal(error)
        except MethodNotAllowed:
            return self.refusal(GraphError(405, "Request_BadRequest", f"Specified HTTP method is not allowed for '{path}'."))
        except HTTPException:
            return self.refusal(GraphError(400, "BadRequest", f"Resource not found for the segment '{path}'."))

    def refusal(self, error: GraphError) -> Response:
        """An error as Graph words it."""
        now, request_id = iso(self.stage.world.now).removesuffix("Z"), str(UUID(int=self.ids.getrandbits(128), version=4))
        inner = {"date": now, "request-id": request_id, "client-request-id": request_id}
        body = {"error": {"code": error.code, "message": error.message, "innerError": inner}}
        return Response(msgspec.json.encode(body), error.status, content_type="application/json")

    def _answer(self, told: dict | tuple[int, dict] | None) -> Response:
        if told is None:
            return Response(status=204)
        status, body = told if isinstance(told, tuple) else (200, told)
        return Response(msgspec.json.encode(body), status, content_type=CONTENT_TYPE)
