"""How a file is laid out, told by its first bytes and never by its name."""

import re

from scimlab.read.sources import HEAD, PARQUET, ZIP
from scimlab.schema import DELETED_USERS

LISTS = ("value", "records", "Resources")
"""Keys under which a page keeps its records: Graph, Event Hub, SCIM."""

EMPTY = {
    "directoryobjects/microsoft.graph.user": DELETED_USERS,
    "users": "Graph users",
    "auditlogs/provisioning": "Graph provisioning log",
    "auditlogs/directoryaudits": "Graph directory audit",
    "auditlogs/signins": "Graph sign-ins",
}
"""What a page of Graph that lists nothing would have listed, by what it says of itself."""

PAGE = re.compile(
    rb'\{\s*(?:"[^"\\]*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|\[[^\[\]{}]*\]|[^",\[\]{}\s]+)\s*,\s*)*"(?:%b)"\s*:\s*\[' % "|".join(LISTS).encode()
)
"""A page up to its list of records: what stands before is a text, a number or a plain list."""


def layout(head: bytes) -> str:
    """How the file lays out its rows: empty, parquet, lines, document, table or unknown."""
    if head.startswith(PARQUET):
        return "parquet"
    if head.startswith(ZIP):
        return "unknown"  # a whole zip is opened before; this one is damaged
    text = head.strip()
    if not text:
        return "empty"
    if text.startswith(b"[") or PAGE.match(text):
        return "document"
    lines = [line.strip() for line in (head if len(head) < HEAD else head[: head.rfind(b"\n") + 1]).split(b"\n") if line.strip()]
    objects = [line for line in lines if line.startswith(b"{") and line.endswith(b"}")]
    if objects and 2 * len(objects) >= len(lines):
        return "lines"
    if text.startswith(b"{"):
        return "document"
    return "unknown" if b"\0" in head else "table"
