"""The credential a tenant is read with: each of azure-identity's, made from what tenants.toml says of it."""

from collections.abc import Callable
from time import time
from typing import Any

from scimlab.errors import UsageError
from scimlab.live.installed import needed
from scimlab.live.secrets import secret
from scimlab.live.tenants import Access

MINUTES_UNSAID = 60
"""How long a ready access token is taken to last, as it does not say it; Graph refuses it when it is over."""


def credential(access: Access) -> Any:
    """azure-identity's credential of the kind a tenant is read with; nothing is asked of Entra yet.

    raises: UsageError where a secret is not where it should be, a certificate cannot be read, or packages are missing.
    """
    needed("azure.identity")
    try:
        return KINDS[access.credential](access)
    except (ValueError, OSError) as error:
        todo = "Check the file, and its password where it has one."
        raise UsageError(f"the certificate cannot be used: {error}", todo, field="certificate") from None


class Ready:
    """An access token that is there already, such as Graph Explorer and `az account get-access-token` give."""

    def __init__(self, token: str):
        """Keep the token."""
        self._token = token

    def get_token(self, *scopes: str, **options: Any) -> Any:
        """The token, whatever is asked for."""
        from azure.core.credentials import AccessToken

        return AccessToken(self._token, int(time()) + MINUTES_UNSAID * 60)


def _certificate(access: Access) -> Any:
    from azure.identity import CertificateCredential

    password = {"password": secret(access.secret, field="secret")} if access.secret else {}
    return CertificateCredential(access.tenant_id, access.client_id, access.certificate, **password, **_authority(access))


def _secret(access: Access) -> Any:
    from azure.identity import ClientSecretCredential

    return ClientSecretCredential(access.tenant_id, access.client_id, secret(access.secret, field="secret"), **_authority(access))


def _managed_identity(access: Access) -> Any:
    from azure.identity import ManagedIdentityCredential

    return ManagedIdentityCredential(client_id=access.client_id or None)


def _device_code(access: Access) -> Any:
    from azure.identity import DeviceCodeCredential

    return DeviceCodeCredential(access.client_id, tenant_id=access.tenant_id, **_authority(access))


def _browser(access: Access) -> Any:
    from azure.identity import InteractiveBrowserCredential

    return InteractiveBrowserCredential(client_id=access.client_id, tenant_id=access.tenant_id, **_authority(access))


def _token(access: Access) -> Any:
    return Ready(secret(access.secret, field="secret"))


def _default(access: Access) -> Any:
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential(managed_identity_client_id=access.client_id or None, **_authority(access))


KINDS: dict[str, Callable[[Access], Any]] = {
    "certificate": _certificate,
    "secret": _secret,
    "managed_identity": _managed_identity,
    "device_code": _device_code,
    "browser": _browser,
    "token": _token,
    "default": _default,
}


def _authority(access: Access) -> dict[str, str]:
    return {"authority": access.authority} if access.authority else {}
