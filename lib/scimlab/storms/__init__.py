"""Whom does Entra retry in vain, since when, and why? Runs of failures, their attempts, and how far a job is from quarantine."""

from scimlab.storms.members import attempts, attempts_by_cycle
from scimlab.storms.runs import defects, retry_storms
from scimlab.storms.thresholds import quarantine

__all__ = ["attempts", "attempts_by_cycle", "defects", "quarantine", "retry_storms"]
