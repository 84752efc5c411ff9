"""Collecting through msgraph-sdk's own adapter, the way a customer's tenant is read."""

import asyncio
from time import time

import httpx
import pytest
from click.testing import CliRunner
from collecting import collected, events, hasty, instant, rehearsal, true_events

pytest.importorskip("msgraph", reason="msgraph-sdk, 400 MB, comes with the extra named live only")

from azure.core.credentials import AccessToken  # noqa: E402

from scimlab import live  # noqa: E402
from scimlab.cli import commands  # noqa: E402
from scimlab.errors import UsageError  # noqa: E402
from scimlab.live import Unanswered  # noqa: E402
from scimlab.rehearse import FAULTS  # noqa: E402


class FromEndpoint:
    """A credential that keeps its token until it is asked for one with a claim, as those of azure-identity do."""

    def __init__(self, running):
        """Ask the rehearsal's token endpoint, which azure-identity would not: it insists on https."""
        self.url, self.secret, self.token = f"{running.url}/{running.world.tenant_id}/oauth2/v2.0/token", running.token, running.token

    def get_token(self, *scopes, claims=None, **options):
        """The token in hand, or a new one."""
        assert scopes == ("https://graph.microsoft.com/.default",)
        if claims:
            form = {"grant_type": "client_credentials", "client_secret": self.secret}
            self.token = httpx.post(self.url, data=form, verify=False).raise_for_status().json()["access_token"]
        return AccessToken(self.token, int(time()) + 3600)


def sdk(running) -> live.Graph:
    """The session that customers' tenants are read with."""
    return live.Graph(FromEndpoint(running), running.graph_url)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_through_the_sdk(tmp_path, seed):
    """All faults, expiring tokens among them, are got over by our own patience; the SDK's stays out of it."""
    with rehearsal(faults=list(FAULTS), seed=seed) as (running, http):
        collected(running, tmp_path / "in", graph=sdk, rows_a_page=15)
        http.post("/rehearsal/clock", json={"advance_hours": 4}).raise_for_status()
        done = collected(running, tmp_path / "in", graph=sdk, rows_a_page=15)
        assert done.is_whole
        assert set(events(tmp_path / "in", tmp_path / "parts")["event_id"]) == true_events(running, instant(running))


def test_a_refusal_is_asked_for_once(tmp_path):
    """With retries of its own the SDK would ask thrice where we ask once, behind the pace's back."""
    with rehearsal(faults=["unavailable=1"]) as (running, _):
        patience = hasty()
        collected(running, tmp_path, graph=sdk, patience=patience)
        assert patience.asked == sum(running.stage.ledger.requests.values())


def test_the_token_stays_on_its_host():
    """A link that leads elsewhere is not followed."""
    with rehearsal() as (running, _), pytest.raises(Unanswered, match="leads elsewhere"):
        asyncio.run(sdk(running).ask("https://evil.example/v1.0/users"))
    with pytest.raises(UsageError, match="no address to send a token to"):
        live.Graph(None, "http://graph.example/v1.0")


CREDENTIALS = {
    "secret": "ClientSecretCredential",
    "managed_identity": "ManagedIdentityCredential",
    "device_code": "DeviceCodeCredential",
    "browser": "InteractiveBrowserCredential",
    "default": "DefaultAzureCredential",
    "certificate": "CertificateCredential",
}


@pytest.mark.parametrize(("kind", "made"), CREDENTIALS.items())
def test_each_credential_is_azure_identitys_own(tmp_path, monkeypatch, kind, made):
    """The whole chain; a secret is read from its place, and only then."""
    monkeypatch.setenv("SEASIDE", "invented")
    pem = tmp_path / "seaside.pem"
    pem.write_bytes(certificate())
    secret = "env:SEASIDE" if kind == "secret" else ""
    found = live.credential(live.Access("contoso.example", "app", credential=kind, client_id="c", certificate=str(pem), secret=secret))
    assert type(found).__name__ == made


def test_a_certificate_that_is_none_is_said(tmp_path):
    """One sentence, no traceback."""
    (tmp_path / "x.pem").write_text("no certificate")
    with pytest.raises(UsageError, match="the certificate cannot be used"):
        live.credential(live.Access("t.example", "app", credential="certificate", client_id="c", certificate=str(tmp_path / "x.pem")))


def certificate() -> bytes:
    """A key and a certificate of a minute's life."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key, now = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "seaside.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(minutes=1)).sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)


def test_the_command_collects_and_leaves_no_secret(tmp_path, monkeypatch):
    """`scimlab collect` reads a rehearsal by a ready token; no byte it writes or prints holds that token."""
    with rehearsal() as (running, _):
        monkeypatch.setenv("STAGE_TOKEN", running.token)
        connection = running.world.job.connection
        (tmp_path / "tenants.toml").write_text(
            f'[tenant.hotel]\ntenant_id = "{running.world.tenant_id}"\napp = "{connection.app_name}"\nfolder = "hotel"\n'
            f'credential = "token"\nsecret = "env:STAGE_TOKEN"\ngraph_url = "{running.graph_url}"\nremembers_days = 4000\n'
            f'[tenant.hotel.scim]\nurl = "{running.scim_url}"\ntoken = "env:STAGE_TOKEN"\n'
        )
        told = CliRunner().invoke(commands, ["collect", "hotel", "--tenants", str(tmp_path / "tenants.toml"), "--unpaced"])
        assert told.exit_code == 0, told.output
        written = [each for each in tmp_path.rglob("*") if each.is_file()]
        assert len(written) > 10
        assert [each for each in written if running.token.encode() in each.read_bytes()] == []
        assert running.token not in told.output
    assert "token of Entra's own connection" in told.output
