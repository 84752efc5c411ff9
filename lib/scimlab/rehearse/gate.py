"""Who may enter: one secret for the whole rehearsal, and access tokens for Graph that may expire in the middle of a run."""

import secrets

import msgspec
from werkzeug.wrappers import Request, Response

from scimlab.rehearse.faults import Faults

SHORTEST, LONGEST = 6, 30
"""Graph requests an access token serves where tokens expire."""


class Gate:
    """Knows the secret, and how many requests each access token is still good for."""

    def __init__(self, faults: Faults, token: str = ""):
        """Take a secret, or make one; it is also the first access token."""
        self.token = token or secrets.token_urlsafe(24)
        self._faults = faults
        self._left: dict[str, int] = {self.token: self._allowance()}

    def knows(self, request: Request) -> bool:
        """Whether a request carries the secret itself."""
        return secrets.compare_digest(_bearer(request), self.token)

    def admits(self, request: Request) -> str:
        """Why Graph refuses a request's token; empty where it does not."""
        token = _bearer(request)
        if token not in self._left:
            return "Access token is empty or not known." if token else "Access token is empty."
        if "expiring_tokens" in self._faults.shares:
            self._left[token] -= 1
        return "Lifetime validation failed, the token is expired." if self._left[token] < 0 else ""

    def issue(self, request: Request) -> Response:
        """An access token for a client that proves itself with the secret, as the token endpoint of Entra gives it."""
        if request.form.get("grant_type") != "client_credentials":
            return _told(400, {"error": "unsupported_grant_type", "error_description": "Only client_credentials is served here."})
        if not secrets.compare_digest(request.form.get("client_secret", ""), self.token):
            return _told(401, {"error": "invalid_client", "error_description": "The client secret is not the rehearsal's token."})
        token = secrets.token_urlsafe(24)
        self._left[token] = self._allowance()
        return _told(200, {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token})

    def _allowance(self) -> int:
        if "expiring_tokens" not in self._faults.shares:
            return 0
        return self._faults.draw("expiring_tokens", range(SHORTEST, LONGEST))


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _told(status: int, body: dict) -> Response:
    return Response(msgspec.json.encode(body), status, content_type="application/json")
