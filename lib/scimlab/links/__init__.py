"""Who is in one system and not, or not the same, in the other: a diagnosis for every person and every record."""

from scimlab.links.clusters import clusters
from scimlab.links.deadlines import calendar, deadlines
from scimlab.links.findings import findings
from scimlab.links.manual import manual
from scimlab.links.summary import decisions, recovered, states, urgent

__all__ = ["calendar", "clusters", "deadlines", "decisions", "findings", "manual", "recovered", "states", "urgent"]
