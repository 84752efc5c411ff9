"""What is to be done for whom: each person's situation, and the steps of the runbook that fits it."""

from scimlab.plan.checklist import checklist, decisions
from scimlab.plan.concerned import concerned

__all__ = ["checklist", "concerned", "decisions"]
