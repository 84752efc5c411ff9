"""What is said of a file before it is read, and what became of it."""

from msgspec import Struct, field
from msgspec.structs import replace


class Options(Struct, frozen=True):
    """How tenant.toml says a file is to be read: the order and zone of its dates, and what its headers mean."""

    date_order: str = ""
    zone: str = ""
    columns: dict[str, str] = field(default_factory=dict)


class Reading(Struct):
    """What became of a file: its form, its rows, and why it was stopped where it was.

    broken: of the rejected, records that are no JSON.
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
    broken: int = 0
    stopped: str = ""
    total: int | None = None
    apps: list[tuple[str | None, str | None, str | None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def joined(self, later: "Reading") -> "Reading":
        """This reading of a file's first piece with that of the piece behind it."""
        sums = {name: getattr(self, name) + getattr(later, name) for name in ("rows", "kept", "duplicate", "foreign", "rejected", "broken")}
        firsts, lasts = (
            [each for each in ends if each is not None] for ends in ((self.first_us, later.first_us), (self.last_us, later.last_us))
        )
        return replace(
            self,
            **sums,
            form=self.form if self.frame else later.form,
            frame=self.frame or later.frame,
            first_us=min(firsts, default=None),
            last_us=max(lasts, default=None),
            stopped=self.stopped or later.stopped,
            total=self.total if later.total is None else later.total,
            apps=list(dict.fromkeys([*self.apps, *later.apps])),
            notes=list(dict.fromkeys([*self.notes, *later.notes])),
        )

    def note(self, text: str) -> None:
        """Say something about the file, once."""
        if text and text not in self.notes:
            self.notes.append(text)
