"""One world written in every form of a log reads back to the same events, but for what a form cannot carry."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scimlab import read, simulate
from scimlab.read.steps import COLUMNS
from scimlab.schema import EVENTS
from scimlab.simulate.exports.files import FORMS

PLACE = ("file", "row")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The events of one small world by the form they were written in."""
    place, found = tmp_path_factory.mktemp("forms"), {}
    for form in FORMS["log"]:
        simulate.write(place / form, seed=3, people=25, months=2, forms={"log": form}, second_app="Ticketing")
        found[form] = read.events(place / form, workdir=place / "parts").collect()
    found["portal, first file alone"] = _events_alone(place)
    found["tidy"] = _tidy(found["graph"], place)
    return found


def _events_alone(place) -> pl.DataFrame:
    """The portal's events where the files of steps and modified properties were left behind."""
    receipt = read.receipt(place / "portal", workdir=place / "parts")
    file = receipt.filter(pl.col("form") == "portal provisioning log CSV")["file"].item()
    return read.events(place / "portal" / file, workdir=place / "parts").collect()


def _tidy(events: pl.DataFrame, place) -> pl.DataFrame:
    events.write_parquet(place / "tidy.parquet")
    return read.events(place / "tidy.parquet", workdir=place / "parts").collect()


@pytest.mark.parametrize("form", [*FORMS["log"][1:], "portal, first file alone", "tidy"])
def test_every_form_tells_the_same(told, form):
    """A column that a form carries at all holds the same in every row as Graph's own pages."""
    ours, graph = (told[each].drop(PLACE).sort("event_id") for each in (form, "graph"))
    assert ours.height == graph.height > 300
    carried = [name for name in graph.columns if ours[name].null_count() < ours.height or graph[name].null_count() == graph.height]
    assert_frame_equal(ours.select(carried), graph.select(carried))


def test_what_each_form_carries(told, capsys):
    """What each form carries stands in the data dictionary: what the steps say is lost where the portal's other files are."""
    met = [name for name in EVENTS if name not in (*PLACE, "counted") and told["graph"][name].null_count() < told["graph"].height]
    lacking = {form: [name for name in met if events[name].null_count() == events.height] for form, events in told.items()}
    shown = table(len(met), lacking)
    with capsys.disabled():
        print("\n" + shown)
    from_steps = [name for name in met if name in (*COLUMNS, "source_user_name")]
    assert {form: names for form, names in lacking.items() if names} == {"portal, first file alone": from_steps}
    assert shown in (Path(__file__).parents[1] / "data" / "README.md").read_text(encoding="utf-8")


def table(columns: int, lacking: dict[str, list[str]]) -> str:
    """A row a form: how many of the columns it carries, and the names of the others."""
    lines = [f"| form | columns, of {columns} | not carried |", "|---|---|---|"]
    lines += [f"| {form} | {columns - len(names)} | {' '.join(names)} |" for form, names in lacking.items()]
    return "\n".join(lines)
