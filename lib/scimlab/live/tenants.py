"""tenants.toml: which tenants there are, where each is kept, and where each secret is found. It holds no secret."""

import tomllib
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from scimlab.errors import UsageError
from scimlab.live.secrets import must_be_a_place

GRAPH = "https://graph.microsoft.com/v1.0"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ScimAccess(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The app's SCIM endpoint: its address, and the place of the bearer token, which belongs to Entra's own connection."""

    url: str
    token: str


class Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one tenant is reached.

    tenant_id: Entra's id of the tenant. app: name or object id of the enterprise application.
    folder: where what is collected goes, from the place of tenants.toml. zone: the IANA zone the tenant lives by.
    credential: how Entra is convinced; default tries, in azure-identity's order, whatever this machine is signed in with.
    client_id: the app registration that reads. certificate: the file of its certificate.
    secret: the place of the client secret, of the certificate's password, or of a ready access token.
    authority, graph_url: other than Microsoft's own for a national cloud or a rehearsal.
    sign_ins: whether the tenant's sign-ins are read too. remembers_days: how long Entra keeps its logs: 30, on a free plan 7.
    """

    tenant_id: str
    app: str
    folder: str = ""
    zone: str = "UTC"
    credential: Literal["certificate", "secret", "managed_identity", "device_code", "browser", "token", "default"] = "default"
    client_id: str = ""
    certificate: str = ""
    secret: str = ""
    authority: str = ""
    graph_url: str = GRAPH
    sign_ins: bool = True
    remembers_days: int = 30
    scim: ScimAccess | None = None


NEEDED = {
    "certificate": ("client_id", "certificate"),
    "secret": ("client_id", "secret"),
    "device_code": ("client_id",),
    "browser": ("client_id",),
    "token": ("secret",),
}
"""What else each credential needs to be told."""


def tenants(file: str | Path) -> dict[str, Access]:
    """Each tenant of the file by its name there, checked; `folder` and `certificate` are paths from the file's own place.

    raises: UsageError for a file that is no TOML, a key that is unknown or missing, and for a secret written where only its place belongs.
    """
    file = Path(file)
    try:
        told = tomllib.loads(file.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"no TOML: {error}", "Correct that line.", file=file.name) from None
    named = told.pop("tenant", {})
    if told or not isinstance(named, dict) or not named:
        raise UsageError(
            "tenants are not listed as expected", 'Write each under a line [tenant.NAME]; see "Collect" in data/README.md.', file=file.name
        )
    return {name: _access(name, table, file) for name, table in named.items()}


def _access(name: str, table: object, file: Path) -> Access:
    field = f"tenant.{name}"
    try:
        access = msgspec.convert(table, Access)
    except msgspec.ValidationError as error:
        raise UsageError(str(error), "The keys are listed in data/README.md.", file=file.name, field=field) from None
    if missing := [each for each in NEEDED.get(access.credential, ()) if not getattr(access, each)]:
        raise UsageError(f"the credential {access.credential} needs {', '.join(missing)}", "Add it.", file=file.name, field=field)
    for key, place in (("secret", access.secret), ("scim.token", access.scim.token if access.scim else "")):
        if place:
            must_be_a_place(place, f"{field}.{key}")
    for key, url in (("graph_url", access.graph_url), ("scim.url", access.scim.url if access.scim else GRAPH)):
        must_be_safe(url, f"{field}.{key}")
    here = file.parent
    placed = {key: str(here / getattr(access, key)) for key in ("folder", "certificate") if getattr(access, key)}
    return msgspec.structs.replace(access, **placed)


def must_be_safe(url: str, field: str) -> None:
    """Nothing, for an address to which a token may be sent: https, or this machine itself.

    raises: UsageError for any other.
    """
    parts = urlsplit(url)
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK)) or parts.username:
        raise UsageError(
            f'"{parts.scheme}://{parts.hostname or ""}" is no address to send a token to',
            "Write one that begins with https://.",
            field=field,
        )
