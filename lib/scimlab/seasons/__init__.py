"""What a season costs and would have cost: paid for in vain, by which event, on which bill, and had people left
otherwise; and the season ahead, planned from those behind."""

from scimlab.seasons.account import RULES, Account, account, around
from scimlab.seasons.billing import bills, invoice, letter, other_days
from scimlab.seasons.lag import late
from scimlab.seasons.leakage import leakage, wasted
from scimlab.seasons.otherwise import what_if
from scimlab.seasons.planner import Plan, plan

__all__ = [
    "RULES",
    "Account",
    "Plan",
    "account",
    "around",
    "bills",
    "invoice",
    "late",
    "leakage",
    "letter",
    "other_days",
    "plan",
    "wasted",
    "what_if",
]
