"""What a cell's last line gives back: one thing in several forms, the richest that a reader can take."""

from dataclasses import dataclass
from typing import Any

ANSWER = "application/vnd.scimlab.answer+json"
TABLE = "application/vnd.scimlab.table+json"
CHART = "application/vnd.vegalite.v5+json"


@dataclass(frozen=True)
class Shown:
    """A bundle of media types, for Jupyter to choose from; the scimlab ones are data for a report."""

    bundle: dict[str, Any]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return self.bundle
