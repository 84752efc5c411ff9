"""JSON as it comes over the wire."""

from typing import Any

import msgspec


def decoded(content: bytes) -> Any:
    """What a body says.

    raises: ValueError for anything that is no JSON, or is nested deeper than anybody means it.
    """
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("no JSON") from error
