"""The app's SCIM side: scim2-server speaks the protocol, the world's app keeps the records and says no."""

import logging
from http import HTTPStatus

from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService
from scim2_server.testserver.application import BearerTokenApplication

from scimlab.rehearse.scim.occupant import provider
from scimlab.rehearse.scim.records import Inactive, Records, RefusedByApp
from scimlab.simulate.world import World

__all__ = ["Application"]

# scim2-server logs every refused request as news; here refusals are what is rehearsed.
logging.getLogger("scim2_server").setLevel(logging.ERROR)


class Application(BearerTokenApplication):
    """The WSGI application that serves the records of a world's app under `/v2`."""

    def __init__(self, world: World, token: str, *, etag: bool = False, inactive: Inactive = "shown"):
        """Accept one bearer token; versions and the search for inactive records are options of the app."""
        described = provider(etag=etag)
        super().__init__(Records(world, inactive=inactive), described, ScimService(described), [token])

    def handle_exception(self, request: ScimRequest, exception: Exception) -> ScimResponse:
        """The app's own words where it refused, those of the protocol otherwise."""
        if isinstance(exception, RefusedByApp):
            status = HTTPStatus[_constant(exception.refusal.word)]
            body = exception.refusal.body
            return ScimResponse(status, body if isinstance(body, dict) else {"detail": body})
        return super().handle_exception(request, exception)


def _constant(word: str) -> str:
    """BadRequest as the standard library spells it: BAD_REQUEST."""
    return "".join(f"_{letter}" if letter.isupper() else letter for letter in word).lstrip("_").upper()
