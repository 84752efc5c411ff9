"""The steps of a plan as a checklist: by decision and person, with owner, portal path and request side by side."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import jinja2
import polars as pl

from scimlab.charts.words import counted
from scimlab.show.inputs import said
from scimlab.show.shown import TABLE, Shown
from scimlab.show.tables import data

FIRST_PEOPLE = 12


def checklist(steps: pl.DataFrame, *, zone: str) -> Shown:
    """Each person's steps in order, people in order of urgency: whole as data, the first people before the reader.

    steps: STEPS. zone: the clock of the deadlines.
    """
    return Shown(
        {
            TABLE: {"name": "steps", "zone": zone, "form": "checklist", **data(steps)},
            "text/html": markup(steps, zone=zone, most=FIRST_PEOPLE),
            "text/plain": f"steps: {counted(steps.height, 'row', 'rows')}, columns {', '.join(steps.columns)}",
        }
    )


def markup(steps: pl.DataFrame, *, zone: str, most: int | None = None, places: Mapping[str, str] | None = None) -> str:
    """The checklist as HTML. Nothing that came from outside becomes markup.

    places: see anchors.Places; the name of a person who has a place is a link to it.
    """
    cards = steps.partition_by("person_id", "situation", maintain_order=True)
    people = [
        {
            "person": card["person"][0] or card["person_id"][0],
            "where": (places or {}).get(card["person_id"][0]),
            "slug": card["situation"][0],
            "situation": card["situation"][0].replace("_", " "),
            "runbook": card["runbook"][0],
            "by": said(card["deadline_at"][0], zone) if card["deadline_at"][0] else None,
            "steps": card.to_dicts(),
        }
        for card in cards[:most]
    ]
    return _template().render(people=people, zone=zone, total=len(cards))


@cache
def _template() -> jinja2.Template:
    source = files("scimlab.show").joinpath("templates", "checklist.html.j2").read_text("utf-8")
    return jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined).from_string(source)
