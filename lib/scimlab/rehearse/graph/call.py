"""One request to Graph as the routes see it."""

from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request

from scimlab.rehearse.graph.odata import GraphError, bad_request, not_found
from scimlab.rehearse.graph.pages import Pages
from scimlab.rehearse.stage import Stage
from scimlab.rehearse.wire import decoded
from scimlab.simulate.directory import User
from scimlab.simulate.world import World

SERVICE = "https://graph.microsoft.com"


@dataclass(frozen=True)
class Call:
    """A request, the stage it is about, and the listings begun before.

    version: v1.0 or beta.
    """

    stage: Stage
    request: Request
    pages: Pages
    version: str

    @property
    def world(self) -> World:
        """The world the stage shows."""
        return self.stage.world

    def context(self, what: str) -> str:
        """An @odata.context, which names the service even here, as exports do."""
        return f"{SERVICE}/{self.version}/$metadata#{what}"

    def listed(self, *arguments: Any, **keywords: Any) -> dict:
        """A page of the collection this request asks for; see `Pages.listed`."""
        return self.pages.listed(self.request.base_url, self.request.args, *arguments, **keywords)

    def body(self) -> dict:
        """The JSON object sent along, without annotations such as @odata.type; empty where nothing was sent.

        raises: GraphError 400 for anything that is no JSON object.
        """
        content = self.request.get_data()
        try:
            sent = decoded(content) if content else {}
        except ValueError as error:
            raise bad_request("Unable to read JSON request payload.") from error
        if not isinstance(sent, dict):
            raise bad_request("Unable to read JSON request payload: an object was expected.")
        return {name: value for name, value in sent.items() if not name.startswith("@")}

    def user(self, key: str) -> User:
        """The user of an object id or a user principal name that is not deleted.

        raises: GraphError 404 where there is none.
        """
        directory = self.world.directory
        user = directory.users.get(key.lower()) or directory.users.get(directory.holders.get(key.lower(), ""))
        if user is None or user.deleted_at is not None:
            raise not_found(key)
        return user

    def deleted_user(self, object_id: str) -> User:
        """The user of an object id in the recycle bin.

        raises: GraphError 404 where there is none.
        """
        user = self.world.directory.users.get(object_id.lower())
        if user is None or user.deleted_at is None or user.purged_at is not None:
            raise not_found(object_id)
        return user


def wanted(sent: dict, name: str, kind: type, *, default: Any = None) -> Any:
    """A member of a JSON object, of one type.

    raises: GraphError 400 where it has another type, or is missing without a default.
    """
    value = sent.get(name, default)
    if not isinstance(value, kind):
        raise bad_request(f"A value of type {kind.__name__} is expected for '{name}'.", "Request_BadRequest")
    return value


__all__ = ["Call", "GraphError", "wanted"]
