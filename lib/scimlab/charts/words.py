"""The words a reader sees for a column, a slug or a number of things: rules/words.toml, looked up."""

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl


@cache
def words() -> dict:
    """The tables of rules/words.toml: `columns` and, by column, `values`."""
    return tomllib.loads(files("scimlab").joinpath("rules", "words.toml").read_text("utf-8"))


def heading(column: str, table: str = "") -> str:
    """The plain heading of a column, in that table where it is called otherwise there; else its name with spaces and a capital.

    >>> heading("first_at"), heading("first_at", "receipt"), heading("badge_number")
    ('First attempt', 'From', 'Badge number')
    """
    own = words()["headings"].get(table, {})
    return own.get(column) or words()["columns"].get(column, column.replace("_", " ").capitalize())


def spoken(column: str, slugs: pl.Expr | None = None) -> pl.Expr:
    """A column of slugs as plain words; one without words loses its underscores, null stays null.

    >>> pl.DataFrame({"cadence": ["daily", "now_and_then"]}).select(spoken("cadence"))["cadence"].to_list()
    ['once a day', 'now and then']
    """
    slugs = pl.col(column) if slugs is None else slugs
    known = words()["values"].get(column, {})
    if not known:
        return slugs.str.replace_all("_", " ")
    return slugs.replace_strict(list(known), list(known.values()), default=slugs.str.replace_all("_", " "), return_dtype=pl.String)


def counted(number: float, one: str, many: str) -> str:
    """A number and what it counts.

    >>> counted(1, "person", "people"), counted(1204, "person", "people")
    ('1 person', '1,204 people')
    """
    return f"{number:,} {one if number == 1 else many}"
