"""Why a record is no row: refused with a reason, or told apart as another product's."""

from typing import Any

import msgspec

from scimlab.read import records


class Unfit(ValueError):
    """A record that cannot be a row; the text says why and names the field."""


class Foreign(ValueError):
    """A record of something else than its file is about; the text says of what."""


Principals = records.Principal | list[records.Principal]
KINDS = (
    records.Identity, records.IdentityDetails, records.System, records.SystemDetails, Principals, records.Initiator,
    records.ErrorInformation, records.StatusInfo, records.Record, list[records.Step], list[records.Property],
)  # fmt: skip
DECODERS = {kind: msgspec.json.Decoder(kind).decode for kind in KINDS}


def inside(text: str, kind: Any, name: str) -> Any:
    """What a field keeps as JSON inside a string; None where the string is empty."""
    if not text:
        return None
    try:
        return DECODERS[kind](text)
    except ValueError as error:
        raise Unfit(f"{name} holds a text that is not its JSON: {error}") from None
