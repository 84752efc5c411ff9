"""Why a record is no row: refused with a reason, or told apart as another product's."""

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from scimlab.read.doubled import single
from scimlab.read.records import Principal


class Unfit(ValueError):
    """A record that cannot be a row; the text says why and names the field."""


class Foreign(ValueError):
    """A record of something else than its file is about; the text says of what."""


Principals = Principal | list[Principal]
HOME = "microsoft.aadiam"


def must_be_of_entra(resource_id: str | None) -> None:
    """Nothing, unless a diagnostic line's resource is another product's, which may log under the same category.

    raises: Foreign.
    """
    if resource_id and HOME not in resource_id.casefold():
        raise Foreign(f"a record of another product: {resource_id}")


def inside(text: str, kind: Any, name: str) -> Any:
    """What a field keeps as JSON inside a string; None where the string is empty."""
    if not text:
        return None
    try:
        return _decoder(kind)(text)
    except ValueError as error:
        raise Unfit(f"{name} holds a text that is not its JSON: {error}") from None


@cache
def _decoder(kind: Any) -> Callable[[str], Any]:
    return single(msgspec.json.Decoder(kind).decode)
