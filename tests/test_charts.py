"""Charts: what they draw, in whose clock, and what they say."""

from datetime import UTC, date, datetime, timedelta

import altair as alt
import polars as pl
import pytest

from scimlab import causes, charts, schema, show
from scimlab.charts import attempts as by_person
from scimlab.charts import bars as by_cycle
from scimlab.charts import paint, waits
from scimlab.charts.words import words

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def storms(*rows: dict) -> pl.DataFrame:
    """STORMS, what a row leaves out as in an ordinary storm of one person."""
    usual = {
        "object_type": "user",
        "job_id": "job",
        "action": "create",
        "first_at": NOON,
        "last_at": NOON,
        "attempts_seen": 3,
        "attempts": 3,
    }
    usual |= {"cause": "duplicate_conflict", "scope": "person", "cadence": "every_cycle", "is_open": True}
    return pl.DataFrame([usual | row for row in rows], schema=schema.STORMS)


def attempts(storm_id: str, *gap_hours: float) -> pl.DataFrame:
    """ATTEMPTS of a storm that begins at noon, by the waits between them."""
    at = [NOON + timedelta(hours=sum(gap_hours[:n])) for n in range(len(gap_hours) + 1)]
    rows = [(storm_id, f"{storm_id}-{n}", when, n + 1, ([None, *gap_hours])[n]) for n, when in enumerate(at)]
    return pl.DataFrame(rows, schema=schema.ATTEMPTS, orient="row")


ADA = storms({"storm_id": "a", "person_id": "11", "person": "Ada", "source_id": "11", "next_attempt_at": NOON + timedelta(days=1)})
DAILY = pl.DataFrame({"day": [date(2026, 3, 1), date(2026, 3, 2)], "low": [4, 5], "high": [4, 7]})
STEPS = pl.DataFrame(
    [{"person_id": end, "person": "Ada", "step": step, "deadline_at": NOON + timedelta(days=3)} for end in "12" for step in (1, 2)],
    schema=schema.STEPS,
)
RECEIPT = pl.DataFrame([{"file": "log.json", "rows": 3, "first_at": NOON, "last_at": NOON + timedelta(days=2)}], schema=schema.RECEIPT)
CYCLES = pl.DataFrame(
    [("job", NOON, "duplicate_conflict", 5, 4), ("job", NOON, "throttled", 2, 0)], schema=schema.CYCLE_ATTEMPTS, orient="row"
)
DRAWN = {
    "attempts_by_person": lambda: charts.attempts_by_person(ADA, attempts("a", 6, 12), zone="Asia/Tokyo"),
    "attempts_by_cycle": lambda: charts.attempts_by_cycle(CYCLES, zone="Asia/Tokyo"),
    "attempts_in_vain": lambda: charts.attempts_in_vain(CYCLES, zone="Asia/Tokyo"),
    "gaps": lambda: charts.gaps(ADA, attempts("a", 6, 12), zone="Asia/Tokyo"),
    "active_people": lambda: charts.active_people(DAILY, zone="Asia/Tokyo", period=(date(2026, 3, 1), date(2026, 3, 2))),
    "coverage": lambda: charts.coverage(RECEIPT, zone="Asia/Tokyo"),
    "deadlines": lambda: charts.deadlines(STEPS, as_of=NOON, zone="Asia/Tokyo"),
}
EMPTY = {
    "attempts_by_person": lambda: charts.attempts_by_person(ADA.clear(), schema.ATTEMPTS.to_frame(), zone="UTC"),
    "attempts_by_cycle": lambda: charts.attempts_by_cycle(CYCLES.clear(), zone="UTC"),
    "attempts_in_vain": lambda: charts.attempts_in_vain(CYCLES.clear(), zone="UTC"),
    "gaps": lambda: charts.gaps(ADA.clear(), schema.ATTEMPTS.to_frame(), zone="UTC"),
    "active_people": lambda: charts.active_people(DAILY.clear(), zone="UTC"),
    "coverage": lambda: charts.coverage(RECEIPT.clear(), zone="UTC"),
    "deadlines": lambda: charts.deadlines(STEPS.clear(), as_of=None, zone="UTC"),
}


def marks(chart: alt.Chart) -> list[list[dict]]:
    """The rows each layer of a chart draws."""
    return list(chart.to_dict()["datasets"].values())


def encodings(part: dict) -> list[dict]:
    """Each channel of a chart and of its layers."""
    own = list(part.get("encoding", {}).values())
    return own + [channel for layer in part.get("layer", []) for channel in encodings(layer)]


@pytest.mark.parametrize("name", DRAWN)
def test_every_encoded_field_is_a_column_of_the_data(name):
    """A channel that names a column nobody has would draw nothing, silently."""
    spec = DRAWN[name]().to_dict()
    columns = set().union(*(row for rows in spec["datasets"].values() for row in rows))
    fields = {each.get("field") for channel in encodings(spec) for each in (channel if isinstance(channel, list) else [channel])}
    assert fields - {None} <= columns


@pytest.mark.parametrize("name", [name for name in DRAWN if name != "gaps"])
def test_a_time_axis_shows_the_clock_of_the_zone(name):
    """Times are drawn on a utc scale, which shows them alike to every reader, and the axis names the zone."""
    channels = [channel for channel in encodings(DRAWN[name]().to_dict()) if isinstance(channel, dict)]
    scales = [channel["scale"]["type"] for channel in channels if channel.get("type") == "temporal" and "scale" in channel]
    assert set(scales) == {"utc"}
    assert "(Asia/Tokyo)" in " ".join(channel["title"] for channel in channels if channel.get("type") == "temporal" and "title" in channel)


def test_noon_in_greenwich_is_drawn_at_nine_in_tokyo():
    """The wall clock is what is drawn, so 12:00 UTC stands at 21:00 under Tokyo."""
    assert {row["clock"][:16] for rows in marks(DRAWN["attempts_by_cycle"]()) for row in rows} == {"2026-03-01T21:00"}


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_says_what_to_see_and_describes_itself(name):
    """The title is a sentence with a number, and a screen reader hears it with the line on how to read the chart."""
    spec = DRAWN[name]().to_dict()
    title, reading = " ".join(spec["title"]["text"]), " ".join(spec["title"]["subtitle"])
    assert any(letter.isdigit() for letter in title)
    assert spec["description"] == f"{title}. {reading}"


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_frame_gives_a_chart_that_says_so(name):
    """Nothing to draw is an answer, told in words, and drawable."""
    spec = EMPTY[name]().to_dict()
    assert marks(EMPTY[name]()) == [[{"words": "nothing to draw"}]]
    assert spec["title"]["text"]
    assert "nothing to draw" in show.chart(EMPTY[name]()).bundle["image/svg+xml"]


def test_a_chart_has_the_same_bytes_each_time():
    """A page made again is the same page: no name and no id in it counts how many charts were made before."""
    assert show.chart(DRAWN["gaps"]()).bundle == show.chart(DRAWN["gaps"]()).bundle


def test_big_storms_are_gathered_before_they_are_drawn():
    """60 people retried every 40 minutes for 28 days are 60,480 attempts: few enough marks are drawn, and none is lost of those drawn."""
    found = storms(
        *({"storm_id": f"{n}", "person_id": f"{n}", "person": f"P{n:02}", "source_id": f"{n}", "attempts": 1_008} for n in range(60))
    )
    tries = pl.concat([attempts(f"{n}", *[2 / 3] * 1_007) for n in range(60)])
    drawn = by_person.ticks(by_person.lines(found), tries, "UTC")
    assert drawn.height <= 5_000
    assert drawn["attempts"].sum() == by_person.MOST_PEOPLE * 1_008
    assert "20 smaller storms stand in the table only" in charts.attempts_by_person(found, tries, zone="UTC").to_dict()["description"]


def test_two_people_of_one_name_have_a_line_each():
    """A name is no identity: the end of the id tells two Adas apart."""
    two = storms(*({"storm_id": end, "person_id": f"object-00000{end}", "person": "Ada"} for end in "12"))
    assert by_person.lines(two)["line"].to_list() == ["Ada · 000001", "Ada · 000002"]


def test_a_defect_of_the_app_is_one_line():
    """What hits everybody is told once, not as everybody's own trouble."""
    hit = storms(*({"storm_id": f"{n}", "person_id": f"{n}", "person": f"P{n}", "scope": "app"} for n in range(12)))
    assert by_person.lines(hit)["line"].unique().to_list() == ["all 12 hit by the app's defect"]


def test_a_loop_and_a_back_off_keep_apart_on_one_scale():
    """A lone loop is drawn where 40 minutes belong: the axis always reaches from half an hour to beyond a day."""
    axes = [each for each in encodings(charts.gaps(ADA, attempts("a", 2 / 3, 2 / 3), zone="UTC").to_dict()) if "scale" in each]
    assert [axis["scale"]["domain"] for axis in axes if axis["scale"].get("type") == "log"] == [[0.5, 30], [0.5, 30]]


def test_two_attempts_in_one_second_still_have_a_place():
    """A wait of nothing has no logarithm; it is drawn at a minute and told as it is."""
    drawn = waits.waited(ADA, attempts("a", 0.0), "UTC")
    assert drawn.select("hours", "wait").row(0) == (pytest.approx(1 / 60), "0 minutes")


def test_the_seventh_cause_and_those_beyond_are_told_together():
    """More than seven colours cannot be told apart: the causes with the fewest attempts share one."""
    causes = list(words()["values"]["cause"])[:9]
    told = paint.caused(pl.DataFrame({"cause": causes, "attempts": range(9, 0, -1)}))
    assert told.filter(pl.col("cause") == "other causes")["attempts"].to_list() == [3, 2, 1]
    assert len(paint.cause_names(told)) == 7


def test_an_uncertain_day_is_a_band():
    """Where two counts bound the truth, title and rows keep both."""
    assert " ".join(DRAWN["active_people"]().to_dict()["title"]["text"]).startswith(
        "5 to 7 people were active on the busiest day, 2 Mar 2026"
    )


def test_bars_stand_on_each_other():
    """Four attempts in storms lie below the three others: the tops are 4 and 7."""
    drawn = marks(DRAWN["attempts_in_vain"]())[0]
    assert [(row["below"], row["above"]) for row in drawn] == [(0, 4), (4, 7)]


@pytest.mark.parametrize(
    ("days_between", "bars", "width"),
    [
        pytest.param(1 / 24, 100, "1h", id="hours"),
        pytest.param(1, 10, "6h", id="days"),
        pytest.param(1, 60, "1d", id="two-months"),
        pytest.param(7, 10, "7d", id="gathered-by-week"),
        pytest.param(1, 900, "28d", id="years"),
    ],
)
def test_a_bar_is_as_wide_as_it_must_be(days_between, bars, width):
    """Few enough bars to be seen, and none narrower than what was gathered before, since its height would be a lie."""
    at = [NOON + timedelta(days=n * days_between) for n in range(bars)]
    told = pl.DataFrame({"at": at}).with_columns(kind=pl.lit("a"), order=0, attempts=1)
    every, drawn = by_cycle.stacked(told, "UTC")
    assert (every, drawn["attempts"].sum()) == (width, bars)


def test_a_person_with_two_steps_has_one_deadline():
    """Two steps of one person are one line; two people of one name are two, told apart by their ids."""
    assert [row["who"] for row in marks(DRAWN["deadlines"]())[0]] == ["Ada · 1", "Ada · 2"]


def test_few_bars_have_room():
    """One bad hour is a bar among empty ones, not a wall."""
    x = DRAWN["attempts_in_vain"]().to_dict()["encoding"]["x"]
    # The bar is the hour from 21:00 in Tokyo; 24 such hours are drawn, about half of them before.
    assert [(end["date"], end["hours"]) for end in x["scale"]["domain"]] == [(1, 9), (2, 9)]


def test_every_cause_has_words_for_a_legend():
    """A cause that is added to the rules gets words of a few syllables, in the order in which causes take colours."""
    assert set(words()["values"]["cause"]) == set(causes.TABLE["cause"])
    assert max(map(len, words()["values"]["cause"].values())) <= 45
