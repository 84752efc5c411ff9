"""The page of timelines: whom it tells of, what its lanes draw, and where a name leads."""

import re
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from typed_tenant import NOW, address, instant, object_id, tenant

from scimlab import charts, plan, schema, show, timeline
from scimlab.charts.lanes import COLOURS, MOST_MARKS, OUTCOMES, SHAPES
from scimlab.report import html
from scimlab.schema import CONCERNED, DECISIONS, RUNS
from scimlab.show import anchors, lanes, tables

HOSTILE = "<img src=x onerror=alert(1)>=cmd|'!A0 🦄\u202e"
# Bea works in peace; Ada is disabled and the app was never told; Cy has been refused for three days, which is worse.
LINES = (
    "user bea", "given bea", "record r1 bea active key=bea",
    "user ada disabled", "given ada", "record r2 ada active key=ada",
    *(f"disable ada r2 -{day}d failure=throttled" for day in (9, 8, 7, 6)),
    "user cy", "given cy",
    *(f"create cy r9 -{day}d failure=duplicate_conflict" for day in (3, 2, 1)),
)  # fmt: skip


def world(*lines: str):
    """The tenant of these lines, with the settings that a page needs."""
    return tenant(*lines, least_attempts=3, exclude=[])


@pytest.fixture(scope="module")
def told():
    """CONCERNED of the three, nobody asked for."""
    return plan.concerned(world(*LINES))


def test_whoever_is_in_a_finding_or_a_storm_is_told_of_the_worst_first(told):
    """Who works in peace is left out; a higher risk stands above a lower one."""
    assert told.schema == CONCERNED
    assert told.select("person_id", "is_asked", "is_told").rows() == [(object_id(word), False, True) for word in ("cy", "ada")]
    assert told["risk"].to_list() == ["high", "medium"]


def test_the_story_says_what_is_wrong_and_how_often_it_was_tried(told):
    """The diagnosis first, then the storm with its number, its first day and its cause; of one that the log cuts, that it is older."""
    cy, ada = told["story"]
    assert cy.startswith("Refused as already taken, and no record is to be seen that holds the address. Entra has tried 3 times in vain ")
    assert cy.endswith("since 27 Jun 2026: name or e-mail already taken in the app.")
    assert ada.endswith("Entra has tried 4 times in vain since 21 Jun 2026 or longer: app asked to slow down.")


def test_who_is_asked_for_stands_first_in_the_order_of_asking():
    """By record id, by address in another spelling, by object id; each once, and the others behind them."""
    asked = plan.concerned(world(*LINES), f" r1 ,{address('cy').upper()},, {object_id('bea')}")
    assert asked.select("person_id", "is_asked").rows() == [(object_id("bea"), True), (object_id("cy"), True), (object_id("ada"), False)]
    assert asked["story"][0] == "At work in both systems, and linked."


def test_who_is_nobody_here_is_said_and_stops_nothing():
    """A name that matches nobody has a row that names the nearest; the others are told of all the same."""
    asked = plan.concerned(world(*LINES), "adda@contoso.example")
    assert asked.row(0, named=True)["story"].startswith("Nobody here goes by 'adda@contoso.example'.")
    assert asked["person_id"].to_list() == [None, object_id("cy"), object_id("ada")]
    assert show.answer_timelines(asked).bundle["text/plain"].endswith("Nobody here goes by “adda@contoso.example”.")
    assert lanes.timelines(asked, RUNS.to_frame(), as_of=NOW, zone="UTC").bundle["text/html"].count("<section") == 2


def test_a_page_has_room_for_fifty():
    """The fifty-first stands in the table only, but has a timeline as soon as they are asked for."""
    crowd = [line for n in range(52) for line in (f"user p{n:02}x", *(f"create p{n:02}x x -{d}d failure=missing_value" for d in (3, 2, 1)))]
    found = plan.concerned(world(*crowd))
    assert (found.height, found["is_told"].sum()) == (52, 50)
    assert "2 stand in the table only" in show.answer_timelines(found).bundle["text/plain"]
    last = found["person_id"][-1]
    again = plan.concerned(world(*crowd), last)
    assert again.row(0, named=True)["person_id"] == last and again["is_told"].sum() == 50


def test_nobody_is_concerned_where_nothing_is_known():
    """An empty tenant gives an empty frame, and is not called healthy."""
    found = plan.concerned(world())
    assert found.equals(CONCERNED.to_frame())
    assert "as far as these exports tell" in show.answer_timelines(found).bundle["text/plain"]


def runs(*rows: dict) -> pl.DataFrame:
    """RUNS of Ada; what a row leaves out is as in something that happened once, in the log."""
    usual = {"person_id": "ada", "times": 1, "lane": "provisioning", "outcome": "done", "what": "created the record"}
    whole = [usual | row for row in rows]
    return pl.DataFrame([row | {"last_at": row.get("last_at", row.get("at"))} for row in whole], schema=RUNS)


STORM = {"at": instant("-20d"), "last_at": instant("-1d"), "times": 1_000, "outcome": "failed", "cause": "duplicate_conflict"}
LISTED = {"at": instant("-900d"), "lane": "directory", "what": "created in Entra"}
PLANNED = {"at": instant("-0m") + timedelta(days=200), "lane": "roster", "outcome": "planned", "what": "is to return"}


def spec(*rows: dict, zone: str = "Asia/Tokyo") -> dict:
    """The lanes of Ada as Vega-Lite."""
    return charts.lanes(runs(*rows), title="Refused 1,000 times.", as_of=NOW, zone=zone).to_dict()


def drawn(*rows: dict) -> list[dict]:
    """What is drawn of the things, lane by lane."""
    return next(each for each in spec(*rows)["datasets"].values() if "lane" in each[0])


def test_a_storm_is_drawn_as_one_bar_with_its_number():
    """A thousand attempts are one mark and one bar, from the first to the last by the tenant's clock."""
    (mark,) = drawn(STORM)
    assert (mark["label"], mark["clock"][:16], mark["until"][:16]) == ("1000 times", "2026-06-10T21:00", "2026-06-29T21:00")


def test_what_lies_far_off_stands_at_the_edge_with_its_day():
    """Years before the log and months after it: neither squeezes the weeks that matter, and both are told."""
    labels = {mark["what"]: (mark["label"], mark["side"]) for mark in drawn(STORM, LISTED, PLANNED)}
    assert labels["created in Entra"] == ("◄ 12 Jan 2024", "left")
    assert labels["is to return"] == ("16 Jan 2027 ►", "right")


def test_what_is_told_by_colour_is_told_by_shape():
    """Each outcome has a shape of its own, named in the legend, and each lane its label."""
    chart = spec(STORM, LISTED, PLANNED)
    things = next(layer["encoding"] for layer in chart["layer"] if layer["mark"]["type"] == "point")
    assert things["shape"]["scale"]["domain"] == things["color"]["scale"]["domain"] == ["happened", "failed", "planned"]
    assert len(set(SHAPES.values())) == len(OUTCOMES) == len(set(COLOURS.values()))
    assert things["y"]["scale"]["domain"] == ["Entra's directory", "Entra to the app", "the business's plans"]


def test_the_lanes_say_what_to_see_whose_clock_and_what_is_left_to_the_table():
    """Title and reading are also what a screen reader hears; the axis names the zone on a scale that no browser shifts."""
    chart = spec(STORM, {"at": None, "lane": "app", "outcome": "seen"})
    assert chart["title"]["text"] == ["Refused 1,000 times"]
    assert chart["description"].startswith("Refused 1,000 times. ") and "1 thing has no time" in chart["description"]
    axis = next(layer["encoding"]["x"] for layer in chart["layer"] if layer["mark"]["type"] == "point")
    assert (axis["title"], axis["scale"]["type"]) == ("time (Asia/Tokyo)", "utc")


@pytest.mark.parametrize("rows", [(), ({"at": None, "last_at": None},)], ids=["nothing", "undated"])
def test_nothing_to_draw_is_said(rows):
    """A person of whom nothing has a time still has a chart that says so."""
    assert "Nothing that is known of this person has a time" in spec(*rows)["description"]


def test_a_flapping_person_has_a_bounded_chart():
    """Two thousand things are too many to see: the latest are drawn, and the rest is said to stand in the table."""
    many = [{"at": NOW - timedelta(hours=n)} for n in range(2_000)]
    assert len(drawn(*many)) == MOST_MARKS
    assert "1,600 earlier things stand in the table only" in spec(*many)["description"]


PERSON = {"person_id": "ada", "person": HOSTILE, "risk": "high", "story": f"Refused: {HOSTILE}", "is_asked": False, "is_told": True}


def shown(*rows: dict):
    """What a page hands out of Ada."""
    return show.timelines(pl.DataFrame([PERSON], schema=CONCERNED), runs(*rows), as_of=NOW, zone="UTC").bundle


def test_a_hostile_name_breaks_neither_place_nor_page():
    """The place is of the id alone, and names are text, in the notebook as in the file."""
    bundle = shown(STORM | {"detail": HOSTILE, "evidence": HOSTILE})
    for page in (bundle["text/html"], html.timelines(bundle[show.TABLE])):
        assert re.findall(r'<section class="person" id="([^"]*)"', page) == [anchors.anchor("ada")]
        assert "<img src=x" not in page and "&lt;img src=x onerror=alert(1)&gt;" in page
    assert re.fullmatch(r"p-[0-9a-f]{12}", anchors.anchor(HOSTILE))


def test_every_picture_has_words_and_every_row_its_evidence():
    """Who cannot see the lanes hears them, and the table beside them says where each thing stands."""
    page = shown(STORM | {"evidence": "log.json row 3 to row 900"})["text/html"]
    assert re.search(r'<img alt="[^"]*Refused: [^"]*A mark is one thing', page)
    assert "log.json row 3 to row 900" in page and "name or e-mail already taken in the app" in page


def test_a_long_life_stands_whole_in_the_data_and_its_end_before_the_reader():
    """Of three hundred things a reader sees the last hundred."""
    bundle = shown(*({"at": NOW - timedelta(hours=300 - n), "what": f"thing {n}"} for n in range(300)))
    assert len(bundle[show.TABLE]["rows"]) == 300
    assert "thing 299<" in bundle["text/html"] and "thing 100<" not in bundle["text/html"]
    assert "The last 100 of 300 things known" in html.timelines(bundle[show.TABLE])


def test_nobody_to_tell_of_is_said():
    """An empty page says why it is empty."""
    empty = show.timelines(CONCERNED.to_frame(), RUNS.to_frame(), as_of=None, zone="UTC").bundle
    assert "nobody is concerned" in empty["text/html"] and "nobody is concerned" in html.timelines(empty[show.TABLE])


def test_an_empty_lane_is_a_decision_about_an_export():
    """What would fill it, and what it would tell; where there are no timelines nothing is asked for."""
    found = show.to_fill(runs(STORM, LISTED))
    assert found.schema == DECISIONS and found["people"].null_count() == found.height
    assert found["situation"].to_list() == ["lane_audit", "lane_app", "lane_activity", "lane_roster"]
    assert show.to_fill(RUNS.to_frame()).is_empty()


PLACES = {"ada": "person_timeline.html#p-1", "r7": "person_timeline.html#p-2"}


def test_a_name_leads_to_its_timeline_where_there_is_one():
    """By person id, or by record id where a table has no other; who is not told of is text, and stays escaped."""
    rows = pl.DataFrame({"person": [HOSTILE, "Bo"], "person_id": ["ada", "bo"]})
    page = tables.markup(rows, "x", zone="UTC", most=9, places=PLACES)
    assert page.count("<a href=") == 1 and '<a href="person_timeline.html#p-1">&lt;img src=x' in page
    assert '<a href="person_timeline.html#p-2">Cy</a>' in tables.markup(
        pl.DataFrame({"person": ["Cy"], "target_id": ["r7"]}), "recovered", zone="UTC", most=9, places=PLACES
    )


@pytest.mark.parametrize(
    ("names", "ids", "linked"),
    [
        pytest.param("Bo; Ada; Cy", "bo; ada; cy; dee", "Bo; <a>Ada</a>; Cy", id="one-of-three"),
        pytest.param("Lovelace, Ada", "ada", "<a>Lovelace, Ada</a>", id="a-comma-in-a-name"),
        pytest.param("A; da", "ada", "A; da", id="more-names-than-ids"),
        pytest.param("p00, p01 and 9 more", None, "p00, p01 and 9 more", id="no-ids"),
    ],
)
def test_first_names_lead_each_to_their_own(names, ids, linked):
    """Names and ids stand in one order; where they do not fit each other, none leads anywhere."""
    rows = pl.DataFrame({"first_names": [names], "person_ids": [ids]}, {"first_names": pl.String, "person_ids": pl.String})
    page = tables.markup(rows, "decision", zone="UTC", most=9, places=PLACES)
    assert f"<td>{linked}</td>" in page.replace('<a href="person_timeline.html#p-1">', "<a>")


def test_the_card_of_a_person_leads_to_their_timeline():
    """In the runbook, too, a name is a link, though it stands in the head of a card."""
    step = {"person_id": "ada", "person": "Ada", "situation": "restorable", "runbook": "R3", "step": 1, "title": "Restore"}
    rows = pl.DataFrame([step, step | {"person_id": "bo", "person": "Bo"}], schema=schema.STEPS)
    page = show.steps.markup(rows, zone="UTC", places=PLACES)
    assert '<strong><a href="person_timeline.html#p-1">Ada</a></strong>' in page and "<strong>Bo</strong>" in page


def test_a_tenants_things_end_up_in_their_lanes():
    """From exports to runs: four attempts are one run of the log beside what the lists say."""
    found = timeline.runs(timeline.events(world(*LINES), [object_id("ada")]))
    assert found.filter(outcome="failed").select("times", "cause", "lane").rows() == [(4, "throttled", "provisioning")]
    assert {"directory", "app"} <= set(found["lane"])
    assert date(2026, 6, 30) in found["at"].dt.date().to_list() and datetime(2026, 6, 21, 12, tzinfo=UTC) in found["at"].to_list()
