"""The pages in notebooks/: what each asks, which parameters it takes, and which of them a run means."""

import difflib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import nbformat
from papermill import inspect_notebook

from scimlab.errors import UsageError
from scimlab.show.inputs import root
from scimlab.show.parameters import check

# The order in which a reader meets them.
ORDER = (
    "check_inputs",
    "retry_storms",
    "person_timeline",
    "link_audit",
    "seasonal_seats",
    "season_planner",
    "remediate",
)
TYPES = {"str": str, "int": int, "float": float, "bool": bool}
TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
READING = ("app", "tenant_id", "zone", "as_of")
"""The parameters that every page has, and that bear on how exports are read."""


class Page(NamedTuple):
    """A page: its template, the question in its title, and its parameters with their types."""

    name: str
    path: Path
    question: str
    parameters: Mapping[str, type]


def pages() -> dict[str, Page]:
    """Every page by name, in the order a reader meets them.

    raises: UsageError where the pages are not beside the package.
    """
    found = {path.stem: path for path in (root() / "notebooks").glob("*.ipynb")}
    if not found:
        raise UsageError(
            "the folder notebooks/ is not beside the package", "Run scimlab from a clone of the project, installed with `make`."
        )
    return {name: page(found[name]) for name in ORDER if name in found}


def page(path: Path) -> Page:
    """The page of a template."""
    first = nbformat.read(path, as_version=4).cells[0].source
    parameters = {name: TYPES[each["inferred_type_name"]] for name, each in inspect_notebook(str(path)).items()}
    return Page(path.stem, path, first.partition("\n")[0].removeprefix("# "), parameters)


def chosen(only: Iterable[str]) -> list[Page]:
    """The pages of those names, or all of them.

    raises: UsageError for a name that no page has.
    """
    known = pages()
    for name in only:
        if name not in known:
            raise UsageError(f'there is no page "{name}"', f"{nearest(name, known)}The pages are {', '.join(known)}.", field="--only")
    return [page for name, page in known.items() if not only or name in set(only)]


def parameters(run: Iterable[Page], given: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """What each page is handed, by page: the parameters it declares, in their types.

    given: by name; a text, as it comes from a command line, is read as the type that the pages declare.
    raises: UsageError for a name that no page declares, or a value that is not of its type.
    """
    declared: dict[str, type] = {}
    for page in run:
        declared |= page.parameters
    for name in given:
        if name not in declared:
            raise UsageError(f'no page has a parameter "{name}"', f"{nearest(name, declared)}There are {', '.join(declared)}.", field=name)
    typed = {name: _typed(name, value, declared[name]) for name, value in given.items()}
    return {page.name: {name: value for name, value in typed.items() if name in page.parameters} for page in run}


def _typed(name: str, value: object, kind: type) -> object:
    """A text as the type declared; anything else must be of it already."""
    if isinstance(value, str) and kind is not str:
        with suppress(KeyError, ValueError):
            value = TRUTHS[value.casefold()] if kind is bool else kind(value)
    check(name, value, kind)
    return value


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence that offers the nearest known word; empty where none is near."""
    near = difflib.get_close_matches(word, list(known), 1)
    return f'Did you mean "{near[0]}"? ' if near else ""
