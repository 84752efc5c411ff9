"""Secrets are found where they are kept, and nowhere else: `tenants.toml` says the place, never the secret."""

import os
from importlib.util import find_spec

from scimlab.errors import UsageError

PLACES = ("env:NAME of an environment variable", "keyring:SERVICE/USER")


def secret(place: str, *, field: str) -> str:
    """The secret that a place holds.

    place: "env:NAME" or "keyring:SERVICE/USER". field: what tenants.toml calls it, for the error.
    raises: UsageError where there is none; it never repeats what stands in the place of a place, which may be the secret itself.
    """
    must_be_a_place(place, field)
    kind, _, name = place.partition(":")
    found = os.environ.get(name, "") if kind == "env" else _from_keyring(name, field)
    if not found:
        where = f"the environment variable {name}" if kind == "env" else f'the keyring entry "{name}"'
        raise UsageError(f"{where} is empty or not there", "Put the secret there and run again.", field=field)
    return found


def must_be_a_place(place: str, field: str) -> None:
    """Nothing, where the text says a place.

    raises: UsageError where it does not; the text is not repeated.
    """
    kind, _, name = place.partition(":")
    if kind not in ("env", "keyring") or not name or (kind == "keyring" and not all(name.partition("/"))):
        raise UsageError("that is no place where a secret is kept", f"Write {' or '.join(PLACES)}, never a secret.", field=field)


def _from_keyring(name: str, field: str) -> str:
    if find_spec("keyring") is None:
        raise UsageError("the keyring is read with a package that is not installed", "Run pip install keyring.", field=field)
    import keyring

    service, _, user = name.partition("/")
    return keyring.get_password(service, user) or ""
