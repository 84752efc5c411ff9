"""One world written in every form of a log reads back to the same events, but for what a form cannot carry."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scimlab import read, simulate
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
    found["tidy"] = _tidy(found["graph"], place)
    return found


def _tidy(events: pl.DataFrame, place) -> pl.DataFrame:
    events.write_parquet(place / "tidy.parquet")
    return read.events(place / "tidy.parquet", workdir=place / "parts").collect()


@pytest.mark.parametrize("form", [*FORMS["log"][1:], "tidy"])
def test_every_form_tells_the_same(told, form):
    """A column that a form carries at all holds the same in every row as Graph's own pages."""
    ours, graph = (told[each].drop(PLACE).sort("event_id") for each in (form, "graph"))
    assert ours.height == graph.height > 300
    carried = [name for name in graph.columns if ours[name].null_count() < ours.height or graph[name].null_count() == graph.height]
    assert_frame_equal(ours.select(carried), graph.select(carried))


def test_what_each_form_carries(told, capsys):
    """The table of what each form carries; nothing that storms, seats or links rest on is missing anywhere."""
    met = [name for name in EVENTS if name not in (*PLACE, "counted") and told["graph"][name].null_count() < told["graph"].height]
    carried = {form: {name for name in met if events[name].null_count() < events.height} for form, events in told.items()}
    with capsys.disabled():
        print("\n" + table(met, carried))
    assert {form: set(met) - names for form, names in carried.items() if set(met) - names} == {}


def table(columns: list[str], carried: dict[str, set[str]]) -> str:
    """A row a column that some form lacks, and one for all the others."""
    odd = [name for name in columns if any(name not in names for names in carried.values())]
    lines = [f"| column | {' | '.join(carried)} |", f"|---|{'---|' * len(carried)}"]
    lines += [f"| {name} | {' | '.join('yes' if name in names else '-' for names in carried.values())} |" for name in odd]
    return "\n".join([*lines, f"| the other {len(columns) - len(odd)} | {' | '.join('yes' for _ in carried)} |"])
