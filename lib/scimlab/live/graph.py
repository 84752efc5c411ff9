"""Microsoft Graph through the SDK's own adapter, asked for bytes: its objects cost twelve milliseconds a record."""

import inspect
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from scimlab.live.answers import Answer, Unanswered, Unreachable
from scimlab.live.installed import needed
from scimlab.live.tenants import GRAPH, LOOPBACK, must_be_safe

CONNECT_S, ANSWER_S = 30.0, 100.0


class Renewable:
    """A credential whose token can be told to be no good any more, though it believes in it still."""

    def __init__(self, credential: Any):
        """Stand before a credential of azure-identity's kind, one that waits or one that is awaited."""
        self._credential, self._refused = credential, False

    def refuse(self) -> None:
        """The token was refused: the next one must be new."""
        self._refused = True

    def get_token(self, *scopes: str, **options: Any) -> Any:
        """A token. After a refusal it is asked for with the claim that Graph itself makes in such a case, which no cache fulfils."""
        if self._refused:
            self._refused = False
            now = str(int(datetime.now(UTC).timestamp()))
            options["claims"] = msgspec.json.encode({"access_token": {"nbf": {"essential": True, "value": now}}}).decode()
        return self._credential.get_token(*scopes, **options)


class Graph:
    """A session with Microsoft Graph that only reads."""

    def __init__(self, credential: Any, url: str = GRAPH):
        """Open a session; `url` is another than Microsoft's for a national cloud or a rehearsal.

        raises: UsageError where packages are missing, or where the address is none that a token may be sent to.
        """
        must_be_safe(url, "graph_url")
        needed("msgraph", "kiota_authentication_azure", "httpx")
        self.base = url.rstrip("/")
        host = urlsplit(self.base).hostname
        resource = urlsplit(GRAPH).hostname if host in LOOPBACK else host
        self._credential, self._scope = Renewable(credential), f"https://{resource}/.default"
        self._adapter = _adapter(self._credential, self._scope, host, self.base)

    async def ask(self, url: str) -> Answer:
        """The answer to one GET; the token goes to this session's own host and no other.

        raises: Unreachable where no whole answer came; Unanswered for an address of another host, and where Entra gives no token.
        """
        import httpx
        from azure.core.exceptions import ClientAuthenticationError
        from kiota_abstractions.method import Method
        from kiota_abstractions.native_response_handler import NativeResponseHandler
        from kiota_abstractions.request_information import RequestInformation
        from kiota_http.middleware.options import ResponseHandlerOption

        if not url.startswith(f"{self.base}/"):
            raise Unanswered(f'a link leads elsewhere, to "{urlsplit(url).hostname}"', "Report it: Graph does not do that.")
        request = RequestInformation(Method.GET)
        request.url = url
        # The response as it came: status and Retry-After are read here, and no error is made into an object first.
        request.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        try:
            response = await self._adapter.send_primitive_async(request, "bytes", {})
        except httpx.TransportError as error:
            raise Unreachable(f"the connection failed ({type(error).__name__})") from error
        except ClientAuthenticationError as error:
            raise Unanswered(f"Entra gives no token: {str(error).splitlines()[0]}", SIGN_IN, status=401) from None
        return Answer(response.status_code, response.content, seconds(response.headers.get("Retry-After")))

    async def rights(self) -> frozenset[str]:
        """The rights that the access token says it carries; none where it does not say."""
        token = self._credential.get_token(self._scope)
        return rights_of((await token if inspect.isawaitable(token) else token).token)

    def renew(self) -> None:
        """The access token was refused: have another one the next time."""
        self._credential.refuse()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._adapter._http_client.aclose()


SIGN_IN = "Check tenant_id, client_id and the place of the secret in tenants.toml."


def _adapter(credential: Renewable, scope: str, host: str, base: str) -> Any:
    import httpx
    from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
    from kiota_http.middleware.options import RetryHandlerOption
    from msgraph import GraphRequestAdapter
    from msgraph_core import GraphClientFactory

    # No certificate is ever looked at on this machine itself, and loading them all takes longer than a small collection.
    client = httpx.AsyncClient(timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), verify=base.startswith("https:"))
    patient_elsewhere = {RetryHandlerOption.get_key(): RetryHandlerOption(should_retry=False)}
    http = GraphClientFactory.create_with_default_middleware(client=client, options=patient_elsewhere)
    provider = AzureIdentityAuthenticationProvider(credential, scopes=[scope], allowed_hosts=[host])
    adapter = GraphRequestAdapter(provider, client=http)
    adapter.base_url = base
    return adapter


def seconds(retry_after: str | None) -> float | None:
    """What a Retry-After asks for, in seconds; it may name an instant.

    >>> seconds("12"), seconds(None), seconds("soon"), seconds("Thu, 01 Jan 2026 00:00:00 GMT")
    (12.0, None, None, 0.0)
    """
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


class _Claims(msgspec.Struct):
    roles: list[str] = []
    scp: str = ""


def rights_of(token: str) -> frozenset[str]:
    """The application's roles and the delegated scopes that a token carries; none for a token that is opaque.

    The token is not verified: it is ours, and Graph decides.

    >>> from base64 import urlsafe_b64encode
    >>> said = urlsafe_b64encode(b'{"roles": ["User.Read.All"]}').decode().rstrip("=")
    >>> rights_of(f"head.{said}.seal"), rights_of("opaque")
    (frozenset({'User.Read.All'}), frozenset())
    """
    parts = token.split(".")
    if len(parts) != 3:
        return frozenset()
    try:
        claims = msgspec.json.decode(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)), type=_Claims)
    except (ValueError, msgspec.MsgspecError):
        return frozenset()
    return frozenset([*claims.roles, *claims.scp.split()])
