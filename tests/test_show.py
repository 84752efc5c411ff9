"""What a page shows: inert markup, whole data, the tenant's clock, and parameters that are of their type."""

from datetime import UTC, date, datetime

import nbformat
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimlab import schema, show
from scimlab.errors import UsageError
from scimlab.show import tables

HOSTILE = "<img src=x onerror=alert(1)>\"&'</table><script>"


def test_a_name_never_becomes_markup():
    """Names come from outside; what they hold is shown, not obeyed."""
    shown = show.table(pl.DataFrame({"person": [HOSTILE], HOSTILE: ["x"]}), HOSTILE).bundle["text/html"]
    assert "&lt;img src=x onerror=alert(1)&gt;&quot;&amp;&#x27;&lt;/table&gt;&lt;script&gt;" in shown
    assert "<img" not in shown and "<script" not in shown


def test_instants_are_shown_by_the_tenants_clock():
    """09:30 in Greenwich is 18:30 in Tokyo, and the table says whose clock it is; the data stay in UTC."""
    frame = pl.DataFrame({"first_at": [datetime(2026, 3, 1, 9, 30, tzinfo=UTC)]}, schema={"first_at": schema.INSTANT})
    bundle = show.table(frame, "storms", zone="Asia/Tokyo").bundle
    assert "Times by the clock of Asia/Tokyo" in bundle["text/html"]
    assert ">1 Mar 2026 18:30</time>" in bundle["text/html"]
    assert bundle[show.TABLE]["rows"] == [["2026-03-01T09:30:00.000000Z"]]


def test_a_long_table_shows_its_beginning_and_hands_out_all():
    """A reader sees the first rows and how many there are; a program gets every row."""
    bundle = show.table(pl.DataFrame({"ordinal": range(120)}), "attempts").bundle
    assert bundle["text/html"].count("<tr><td") == tables.FIRST_ROWS
    assert f"The first {tables.FIRST_ROWS} of 120 rows." in bundle["text/html"]
    assert bundle[show.TABLE]["rows"] == [[n] for n in range(120)]


def test_what_is_null_is_shown_as_not_known():
    """An empty cell could be a blank name; a dash is what we do not know."""
    shown = show.table(
        pl.DataFrame(
            {"person": [None], "attempts": [None], "is_open": [None]},
            schema=schema.STORMS.to_frame().select("person", "attempts", "is_open").schema,
        ),
        "x",
    )
    assert shown.bundle["text/html"].count("–") == 3


def test_slugs_are_shown_in_plain_words():
    """The reader sees words; the data keep the slug that programs go by."""
    bundle = show.table(pl.DataFrame({"cause": ["duplicate_conflict"]}), "causes").bundle
    assert "name or e-mail already taken in the app" in bundle["text/html"]
    assert bundle[show.TABLE]["rows"] == [["duplicate_conflict"]]


@given(
    st.lists(
        st.tuples(
            st.none() | st.text(),
            st.none() | st.integers(-(2**62), 2**62),
            st.none() | st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)),
            st.none() | st.dates(date(1980, 1, 1), date(2100, 1, 1)),
            st.none() | st.booleans(),
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
        )
    )
)
def test_a_table_handed_out_in_a_page_reads_back_as_it_was(rows):
    """Data that went out of a page come back with the same rows and types, whatever they hold."""
    types = {"text": pl.String, "count": pl.Int64, "at": schema.INSTANT, "day": pl.Date, "flag": pl.Boolean, "share": pl.Float64}
    frame = pl.DataFrame([(*row[:2], row[2] and row[2].replace(tzinfo=UTC), *row[3:]) for row in rows], schema=types, orient="row")
    output = nbformat.v4.new_output("display_data", {show.TABLE: tables.data(frame)})
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
    read = nbformat.reads(nbformat.writes(page), as_version=4)
    assert tables.frame(read.cells[0].outputs[0].data[show.TABLE]).equals(frame)


def test_a_picture_has_the_same_bytes_whatever_was_drawn_before():
    """Vega numbers clip paths through the life of a process; a page must not show how long that was."""
    spec = {
        "data": {"values": [{"a": 1}]},
        "mark": {"type": "point", "clip": True},
        "encoding": {"x": {"field": "a", "type": "quantitative"}},
    }
    assert show.figure.svg(spec) == show.figure.svg(spec)


def page(annotation: type, value: object) -> dict:
    """The globals of a page with one parameter."""
    return {"__annotations__": {"least_attempts": annotation}, "least_attempts": value}


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        pytest.param(int, "5", id="text-for-number"),
        pytest.param(int, True, id="truth-for-number"),
        pytest.param(str, 7, id="number-for-text"),
        pytest.param(bool, "True", id="text-for-truth"),
        pytest.param(int, 5.0, id="fraction-for-whole"),
    ],
)
def test_a_parameter_of_the_wrong_type_stops_the_page(annotation, value):
    """papermill passes anything; the first cell names the parameter and what it should have been."""
    with pytest.raises(UsageError, match="least_attempts"):
        show.begin(page(annotation, value))


@pytest.mark.parametrize(("annotation", "value"), [(int, 5), (float, 5), (float, 0.5), (str, ""), (bool, False)])
def test_a_parameter_of_its_type_passes(annotation, value):
    """A whole number will do where a number is asked for."""
    assert show.begin(page(annotation, value)) is None
