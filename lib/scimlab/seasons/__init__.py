"""What a season costs and would have cost: paid for in vain, by which event, on which bill, and had people left otherwise."""

from scimlab.seasons.leakage import leakage, wasted
from scimlab.seasons.otherwise import what_if

__all__ = ["leakage", "wasted", "what_if"]
