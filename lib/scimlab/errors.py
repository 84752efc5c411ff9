"""Every error a user can meet: one sentence of what was found, one of what to do."""


class ScimlabError(Exception):
    """A run that cannot go on: where, what was found, what to do.

    found: what was met, in words, with the value where that is safe to print.
    todo: what the reader can do about it.
    file, row, field: where it was met, as far as it is known.
    """

    exit_code = 1

    def __init__(self, found: str, todo: str, *, file: str | None = None, row: int | None = None, field: str | None = None):
        """Keep the parts, so that a table can hold them as well as a line."""
        self.found, self.todo, self.file, self.row, self.field = found, todo, file, row, field
        where = ", ".join(part for part in (file, row is not None and f"row {row}", field) if part)
        super().__init__(f"{where}: {found}. {todo}" if where else f"{found}. {todo}")


class UsageError(ScimlabError):
    """A parameter, an option or a setting that is unknown or of the wrong type."""

    exit_code = 2


class InputError(ScimlabError):
    """An export that cannot be read, or that cannot be read in one way only."""

    exit_code = 2


class PageError(ScimlabError):
    """A page that stopped while it was being executed."""
