"""Sessions with a living tenant: Microsoft Graph as Entra's customers reach it, the app's SCIM, and where each secret is found.

Clients of these services are imported when a session is opened, never before: `pip install "scimlab[live]"` brings them.
"""

from scimlab.live.answers import Answer, Session, Unanswered
from scimlab.live.credentials import credential
from scimlab.live.graph import Graph
from scimlab.live.patience import Patience, answered
from scimlab.live.scim import Scim
from scimlab.live.secrets import secret
from scimlab.live.tenants import Access, ScimAccess, tenants

__all__ = [
    "Access",
    "Answer",
    "Graph",
    "Patience",
    "Scim",
    "ScimAccess",
    "Session",
    "Unanswered",
    "answered",
    "credential",
    "secret",
    "tenants",
]
