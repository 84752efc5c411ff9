"""The timelines of some people: for each a place to be led to, the lanes, and the table beside them."""

import base64
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import polars as pl

from scimlab import charts
from scimlab.charts.words import counted
from scimlab.show import tables
from scimlab.show.anchors import anchor
from scimlab.show.answers import answer
from scimlab.show.figure import SCHEMA, svg
from scimlab.show.inputs import said
from scimlab.show.shown import TABLE, Shown

FIRST_NAMED = 3
NAME = "timeline"
FORM = "timelines"
MOST_THINGS = 100
"""What stands before the reader of one person: who flaps for a year has more, and all of it is in the data."""


def timelines(concerned: pl.DataFrame, runs: pl.DataFrame, *, as_of: datetime | None, zone: str) -> Shown:
    """Each person who is to be told of, in their order: lanes and table before the reader, every run and every chart as data.

    concerned: CONCERNED; whose `is_told` holds is shown. runs: RUNS of these people. as_of: where the lanes are judged at.
    """
    told = concerned.filter("is_told")
    lines = {key[0]: rows for key, rows in runs.partition_by("person_id", as_dict=True).items()}
    people = [_person(each, lines.get(each["person_id"], runs.clear()), as_of, zone) for each in told.to_dicts()]
    return Shown(
        {
            TABLE: {"name": NAME, "zone": zone, "form": FORM, **tables.data(runs), "people": people},
            "text/html": _template().render(people=[_drawn(each, lines, runs, zone) for each in people]),
            "text/plain": f"timelines of {counted(told.height, 'person', 'people')}, {counted(runs.height, 'thing', 'things')}",
        }
    )


def answer_timelines(concerned: pl.DataFrame) -> Shown:
    """To whom something happened that asks for a look, who of them first, and who was asked for in vain.

    concerned: CONCERNED.
    """
    people = concerned.drop_nulls("person_id")
    strangers = concerned.filter(pl.col("person_id").is_null())["person"].to_list()
    unknown = f" Nobody here goes by {' or '.join(f'“{each}”' for each in strangers)}." if strangers else ""
    if people.is_empty():
        return answer(f"No finding, no open storm and no step concerns anybody, as far as these exports tell.{unknown}")
    first = ", ".join(people["person"].head(FIRST_NAMED))
    more = f" and {people.height - FIRST_NAMED:,} more" if people.height > FIRST_NAMED else ""
    left_out = people.height - people["is_told"].sum()
    rest = f" {counted(left_out, 'stands', 'stand')} in the table only, and can be asked for." if left_out else ""
    return answer(f"{counted(people.height, 'person has', 'people have')} a story here, the worst first: {first}{more}.{rest}{unknown}")


def things(runs: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The rows of one person that stand before the reader, and how much of all that is, in words."""
    if runs.height <= MOST_THINGS:
        return runs, f"{counted(runs.height, 'thing', 'things')} known, with each where it stands."
    return runs.tail(MOST_THINGS), f"The last {MOST_THINGS} of {runs.height:,} things known; all of them in the data."


def _person(person: dict[str, Any], runs: pl.DataFrame, as_of: datetime | None, zone: str) -> dict[str, Any]:
    """A person as data: whose place it is, and the chart, as what is drawn live and as a picture."""
    # Checked once by the tests; for fifty people the checking takes longer than the drawing.
    spec = charts.lanes(runs, title=person["story"], as_of=as_of, zone=zone).to_dict(validate=False) | {"$schema": SCHEMA}
    spec["description"] = f"{person['person']}: {spec['description']}"
    return {
        "id": person["person_id"],
        "anchor": anchor(person["person_id"]),
        "person": person["person"],
        "due": _due(person["deadline_at"], as_of, zone),
        "risk": person["risk"],
        "spec": spec,
        # The caption says what the title says.
        "picture": svg({key: value for key, value in spec.items() if key != "title"}),
    }


def _due(deadline_at: datetime | None, as_of: datetime | None, zone: str) -> str:
    """How long there is left, in words."""
    if deadline_at is None:
        return "no deadline"
    ahead = as_of is None or deadline_at >= as_of
    return f"{'act before' if ahead else 'its day has passed:'} {said(deadline_at, zone)} ({zone})"


def _drawn(person: dict[str, Any], lines: dict[str, pl.DataFrame], runs: pl.DataFrame, zone: str) -> dict[str, Any]:
    """A person as the template takes them."""
    rows, extent = things(lines.get(person["id"], runs.clear()))
    title = person["spec"]["title"]
    return person | {
        "title": " ".join(title["text"]),
        "reading": " ".join(title["subtitle"]),
        "alt": person["spec"]["description"],
        "source": f"data:image/svg+xml;base64,{base64.b64encode(person['picture'].encode()).decode()}",
        "table": tables.markup(rows, NAME, zone=zone, most=MOST_THINGS),
        "extent": extent,
    }


@cache
def _template() -> jinja2.Template:
    source = files("scimlab.show").joinpath("templates", "timelines.html.j2").read_text("utf-8")
    return jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined).from_string(source)
