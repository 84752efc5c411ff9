"""The app's SCIM endpoint, read only.

The bearer token belongs to Entra's own provisioning connection: whoever reads with it borrows it. Nothing here can
send anything but GET.
"""

from urllib.parse import urlsplit

from scimlab.live.answers import Answer, Damaged, Unanswered, Unreachable
from scimlab.live.graph import ANSWER_S, CONNECT_S, seconds
from scimlab.live.installed import needed
from scimlab.live.tenants import must_be_safe


class Scim:
    """A session with an app."""

    def __init__(self, url: str, token: str):
        """Open a session.

        raises: UsageError where packages are missing, or where the address is none that a token may be sent to.
        """
        must_be_safe(url, "scim.url")
        needed("httpx", "scim2_models")
        import httpx

        self.base = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/scim+json, application/json"}
        timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        # As for Graph: certificates are loaded where one will be looked at. A redirect is not followed, the token stays here.
        self._client = httpx.AsyncClient(headers=headers, timeout=timeout, verify=self.base.startswith("https:"))

    async def ask(self, url: str) -> Answer:
        """The answer to one GET.

        raises: Unreachable where no whole answer came; Unanswered for an address outside this endpoint.
        """
        import httpx

        if not url.startswith(f"{self.base}/"):
            raise Unanswered(f'a link leads elsewhere, to "{urlsplit(url).hostname}"', "Report it to the app's vendor.")
        try:
            response = await self._client.get(url)
        except httpx.TransportError as error:
            raise Unreachable(f"the connection failed ({type(error).__name__})") from error
        return Answer(response.status_code, response.content, seconds(response.headers.get("Retry-After")))

    async def rights(self) -> frozenset[str]:
        """None that the token would name."""
        return frozenset()

    def renew(self) -> None:
        """Nothing: an app's token is what it is."""

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


def most_a_page(body: bytes) -> int | None:
    """How many resources the app gives at most in one answer, by its ServiceProviderConfig; None where it does not say.

    raises: Damaged where the body is no ServiceProviderConfig.
    """
    from pydantic import ValidationError
    from scim2_models import ServiceProviderConfig

    try:
        told = ServiceProviderConfig.model_validate_json(body)
    except ValidationError as error:
        raise Damaged(f"no ServiceProviderConfig: {error.error_count()} of its members are not as SCIM has them") from error
    return told.filter.max_results if told.filter else None
