"""The persons of the world: invented names, addresses that follow from them, and what the business means to do with each."""

import tomllib
import unicodedata
from dataclasses import dataclass, field
from importlib import resources
from random import Random

AWKWARD = (
    ("Siobhán", "O'Dwyer"),
    ("Mia <b>", "Falk</b>"),
    ("=2+5", "Ulla Roth"),
    ("Jean-Luc", "d'Aubigné"),
    ("Nils", "von der Straßen"),
)
"""Names that a table, a page or a spreadsheet may take for something else; the first few persons of a large world bear them."""

WORDS = tomllib.loads((resources.files(__package__) / "people.toml").read_text(encoding="utf-8"))
DEPARTMENTS, TITLES = WORDS["departments"], WORDS["titles"]
SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ı": "i", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@dataclass(slots=True)
class Awaited:
    """What will be said of a person when the job has carried out an object's turn, is overdue with it, or was refused."""

    object_id: str
    since: int
    heard: str
    overdue: str
    refused: str


@dataclass(slots=True)
class Person:
    """Somebody, whatever objects and records stand for them over time.

    `objects` are the Entra object ids in the order they were given; `record_id` is the app's id of somebody whom Entra
    does not know. `labels` are (second, diagnosis) in order of time: what an honest observer would say from then on; `awaited`
    is what the job's next turn will add. `story` is the one they live; `excluded` why the business does not count them, if so.
    """

    given: str
    surname: str
    user_name: str
    mail: str
    department: str
    title: str
    employee_id: str
    intent: str = "permanent"
    leaves_at: int | None = None
    returns_at: int | None = None
    objects: list[str] = field(default_factory=list)
    record_id: str = ""
    labels: list[tuple[int, str]] = field(default_factory=list)
    awaited: Awaited | None = None
    story: str = ""
    is_hybrid: bool = False
    role: str = ""
    excluded: str = ""

    @property
    def display_name(self) -> str:
        """Given name and surname; a surname may be missing."""
        return f"{self.given} {self.surname}".strip()

    @property
    def key(self) -> str:
        """The first object id, else the record's: what the truth knows the person by."""
        return self.objects[0] if self.objects else f"record:{self.record_id}"

    def label_at(self, at: int) -> str | None:
        """The diagnosis in force at a second; None before the story began."""
        return next((label for since, label in reversed(self.labels) if since <= at), None)


def persons(count: int, domain: str, rng: Random, *, hostile: bool = False) -> list[Person]:
    """So many persons with distinct addresses in one domain, in no order that means anything.

    hostile: every other one bears a name of the list of hostile ones, again and again.
    """
    names = [*AWKWARD][: count // 20] + [(rng.choice(WORDS["given"]), rng.choice(WORDS["surnames"])) for _ in range(count)]
    taken: set[str] = set()
    found = []
    for number, (given, surname) in enumerate(names[:count], start=1):
        trap = WORDS["hostile"][number // 2 % len(WORDS["hostile"])] if hostile and number % 2 else {"given": given, "surname": surname}
        local = free_local_part(trap["given"], trap["surname"], taken, trap.get("local", ""))
        found.append(_person(trap["given"], trap["surname"], number, local, domain, rng))
    return found


def _person(given: str, surname: str, number: int, local: str, domain: str, rng: Random) -> Person:
    # Some directories keep capitals in the mail attribute that the user principal name has lost.
    mail_local = local.title() if rng.random() < 0.2 else local
    return Person(
        given=given,
        surname=surname,
        user_name=f"{local}@{domain}",
        mail=f"{mail_local}@{domain}",
        department=rng.choice(DEPARTMENTS),
        title=rng.choice(TITLES),
        employee_id=f"{10_000 + number}",
    )


def free_local_part(given: str, surname: str, taken: set[str], local: str = "") -> str:
    """The local part asked for, else given.surname in plain letters; numbered when an earlier person has it, and marked as taken.

    >>> taken = set()
    >>> free_local_part("Björn", "Weißmann", taken), free_local_part("Björn", "Weissmann", taken)
    ('bjoern.weissmann', 'bjoern.weissmann2')
    """
    plain = local or ".".join(part for part in (_plain(given), _plain(surname)) if part)[:60] or "person"
    number, local = 1, plain
    while local in taken:
        number, local = number + 1, f"{plain}{number + 1}"
    taken.add(local)
    return local


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.translate(SPELLED)).encode("ascii", "ignore").decode()
    return "".join(each for each in letters if each.isalpha()).lower()
