"""Exports in, a folder out: pages executed, an index to open first, tables, results, and how it all was made.

`report` and `Report` are brought in when asked for: the processes that execute pages import this package too,
and would pay seconds each for charts, templates and the rest that they never use.
"""

from typing import Any

__all__ = ["Report", "report"]


def __getattr__(name: str) -> Any:
    """`report` and `Report`, from the module that runs it all."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from scimlab.report import run

    return getattr(run, name)
