"""What is said of a file before it is read, and what became of it."""

from msgspec import Struct, field


class Options(Struct, frozen=True):
    """How tenant.toml says a file is to be read: the order and zone of its dates, and what its headers mean."""

    date_order: str = ""
    zone: str = ""
    columns: dict[str, str] = field(default_factory=dict)


class Reading(Struct):
    """What became of a file: its form, its rows, and why it was stopped where it was.

    apps: the tenants and enterprise applications its events name, each as tenant id, app id, app name.
    """

    file: str
    form: str = ""
    frame: str = ""
    rows: int = 0
    kept: int = 0
    duplicate: int = 0
    foreign: int = 0
    rejected: int = 0
    first_us: int | None = None
    last_us: int | None = None
    stopped: str = ""
    total: int | None = None
    apps: list[tuple[str | None, str | None, str | None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Say something about the file, once."""
        if text and text not in self.notes:
            self.notes.append(text)
