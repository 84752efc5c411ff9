"""tenants.toml: what it may say, and that it never holds a secret."""

import pytest

from scimlab import live
from scimlab.errors import UsageError
from scimlab.live.tenants import must_be_safe

WHOLE = """
[tenant.seaside]
tenant_id = "t-1"
app = "Maptician"
folder = "seaside"
credential = "certificate"
client_id = "c-1"
certificate = "seaside.pem"
secret = "env:SEASIDE_PASSWORD"
[tenant.seaside.scim]
url = "https://app.example/scim/v2"
token = "keyring:scimlab/seaside"
"""
SECRET = "s3cr3t-that-nobody-may-see"


def listed(tmp_path, text: str) -> dict[str, live.Access]:
    """The tenants of a file of that text."""
    (tmp_path / "tenants.toml").write_text(text, encoding="utf-8")
    return live.tenants(tmp_path / "tenants.toml")


def test_a_tenant_is_reached_as_the_file_says(tmp_path):
    """Paths go from the file's own place; what is not said is Microsoft's own, and thirty days."""
    seaside = listed(tmp_path, WHOLE)["seaside"]
    assert (seaside.folder, seaside.certificate) == (str(tmp_path / "seaside"), str(tmp_path / "seaside.pem"))
    assert seaside.scim.token == "keyring:scimlab/seaside"
    assert (seaside.graph_url, seaside.zone, seaside.remembers_days) == ("https://graph.microsoft.com/v1.0", "UTC", 30)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("[tenant.seaside]", "[tenant.seaside", "no TOML", id="no-toml"),
        pytest.param(WHOLE, "", "not listed as expected", id="empty"),
        pytest.param(WHOLE, "app = 'x'", "not listed as expected", id="no-tenant"),
        pytest.param('app = "Maptician"', "", "missing required field `app`", id="no-app"),
        pytest.param('app = "Maptician"', "app = 7", "Expected `str`, got `int`", id="a-number"),
        pytest.param('folder = "seaside"', 'foldr = "seaside"', "unknown field `foldr`", id="unknown-key"),
        pytest.param('"certificate"', '"password"', "Invalid enum value 'password'", id="unknown-credential"),
        pytest.param('client_id = "c-1"', "", "the credential certificate needs client_id", id="no-client"),
        pytest.param('secret = "env:SEASIDE_PASSWORD"', f'secret = "{SECRET}"', "no place where a secret is kept", id="secret-in-place"),
        pytest.param("keyring:scimlab/seaside", SECRET, "no place where a secret is kept", id="token-in-place"),
        pytest.param("keyring:scimlab/seaside", f"keyring:{SECRET}", "no place where a secret is kept", id="no-user"),
        pytest.param("https://app.example", "http://app.example", "no address to send a token to", id="no-https"),
        pytest.param("https://app.example", f"https://me:{SECRET}@app.example", "no address to send a token to", id="password-in-address"),
    ],
)
def test_what_is_wrong_is_said_and_no_secret_repeated(tmp_path, old, new, said):
    """Each mistake is an error of one sentence; what stands where only a place belongs may be the secret, and is not shown."""
    with pytest.raises(UsageError, match=said) as error:
        listed(tmp_path, WHOLE.replace(old, new))
    assert SECRET not in str(error.value)


def test_a_secret_is_found_where_it_is_kept(monkeypatch):
    """An environment variable that is there and not empty."""
    monkeypatch.setenv("SEASIDE_PASSWORD", SECRET)
    assert live.secret("env:SEASIDE_PASSWORD", field="secret") == SECRET
    monkeypatch.setenv("SEASIDE_PASSWORD", "")
    with pytest.raises(UsageError, match="SEASIDE_PASSWORD is empty or not there"):
        live.secret("env:SEASIDE_PASSWORD", field="secret")


def test_a_rehearsal_on_this_machine_needs_no_https():
    """Loopback cannot be listened to from outside; a name that only begins like it can."""
    must_be_safe("http://127.0.0.1:8790/v1.0", "graph_url")
    with pytest.raises(UsageError):
        must_be_safe("http://127.0.0.1.evil.example/v1.0", "graph_url")
