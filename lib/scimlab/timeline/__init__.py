"""What happened to these people? Everything known of them, from whichever export, each thing or gathered into runs."""

from scimlab.timeline.gathered import runs
from scimlab.timeline.line import events

__all__ = ["events", "runs"]
