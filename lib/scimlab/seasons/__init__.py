"""What a season costs and would have cost: paid for in vain, by which event, on which bill, and had people left otherwise."""

from scimlab.seasons.leakage import leakage, wasted

__all__ = ["leakage", "wasted"]
