"""Where a name leads: to the person's place on the page of timelines."""

import hashlib
from collections.abc import Mapping

import polars as pl

PAGE = "person_timeline"
IDS = ("person_id", "target_id")
"""The columns by which a table says whose row it is, the surest first."""

FIRST = 3
BETWEEN = "; "

Places = Mapping[str, str]
"""By person id or record id: the address of that person's timeline. Who is not there has none, and their name leads nowhere."""


def anchor(person_id: str) -> str:
    """The name of a person's place on the page: of their id alone, so that no name and no id from outside can break it.

    >>> anchor("record:<b>")
    'p-5636140db5d1'
    """
    return f"p-{hashlib.blake2b(person_id.encode(), digest_size=6).hexdigest()}"


def address(person_id: str) -> str:
    """Where a person's timeline stands, from any page of a report."""
    return f"{PAGE}.html#{anchor(person_id)}"


def linked(inside: pl.Expr, columns: list[str], places: Places) -> pl.Expr:
    """Markup that leads to the timeline of the row's person, where there is one.

    inside: the markup of the name. columns: those of the table.
    """
    ids = [pl.col(name).replace_strict(places, default=None, return_dtype=pl.String) for name in IDS if name in columns]
    return _link(pl.coalesce(ids), inside) if ids and places else inside


def linked_names(names: pl.Expr, ids: pl.Expr, places: Places) -> pl.Expr:
    """Markup of the first names of several people, each of which leads to their timeline.

    names: `first_names`, escaped. ids: `person_ids`. Where there are not as many names as ids, nothing leads anywhere.
    """
    one_by_one, whose = names.str.split(BETWEEN), ids.str.split(BETWEEN).list.head(FIRST)
    each = [
        _link(
            whose.list.get(number, null_on_oob=True).replace_strict(places, default=None, return_dtype=pl.String),
            one_by_one.list.get(number, null_on_oob=True),
        )
        for number in range(FIRST)
    ]
    fits = (one_by_one.list.len() == whose.list.len()).fill_null(False)
    return pl.when(fits).then(pl.concat_str(each, separator=BETWEEN, ignore_nulls=True)).otherwise(names) if places else names


def _link(where: pl.Expr, inside: pl.Expr) -> pl.Expr:
    return pl.when(where.is_not_null()).then(pl.format('<a href="{}">{}</a>', where, inside)).otherwise(inside)
