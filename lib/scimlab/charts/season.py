"""The season ahead: how many seats it is expected to take, and who leaves and returns when."""

from datetime import datetime

import altair as alt
import polars as pl

from scimlab.charts import paint
from scimlab.charts.words import counted, spoken

MOST_PEOPLE = 40
LINE_HEIGHT = 19
SHAPES = {"leaves": "triangle-down", "returns": "triangle-up"}
SIGNS = {"counted": "circle", "expected from the seasons before": "square"}


def forecast(forecast: pl.DataFrame, *, policy: str = "peak_daily") -> paint.Marks:
    """A column a season: the range expected from the seasons before as a bar, what was counted as a line with a mark at its end.

    forecast: FORECAST. policy: the counting rule drawn.
    """
    of_rule = forecast.filter(pl.col("policy") == policy).sort("first_day")
    drawn = of_rule.filter(pl.col("high").is_not_null() | pl.col("expected_high").is_not_null())
    if drawn.is_empty():
        return paint.nothing("Nothing tells of a season", "Each column would be a season: what was expected, and what was counted.")
    order = drawn["season"].to_list()
    ends = {"expected from the seasons before": ("expected_low", "expected_high"), "counted": ("low", "high")}
    marks = pl.concat(
        drawn.drop_nulls(high).select("season", "verdict", sign=pl.lit(sign), low=low, high=high) for sign, (low, high) in ends.items()
    )
    base = alt.Chart(marks).encode(
        x=alt.X("season:N", title=None, sort=order, axis=alt.Axis(labelAngle=0, labelLimit=150)),
        xOffset=alt.XOffset("sign:N", sort=list(SIGNS)),
        color=alt.Color("sign:N", title=None, scale=alt.Scale(domain=list(SIGNS), range=list(paint.COLOURS[:2])), legend=paint.legend()),
    )
    seats = alt.Y("high:Q", title="people", scale=alt.Scale(zero=False, padding=14), axis=paint.whole_numbers())
    tooltip = ["season:N", "sign:N", alt.Tooltip("low:Q", title="at least"), alt.Tooltip("high:Q", title="at most"), "verdict:N"]
    bar = base.mark_rule(strokeWidth=3, aria=False).encode(y=seats, y2="low:Q")
    shape = alt.Shape("sign:N", title=None, scale=alt.Scale(domain=list(SIGNS), range=list(SIGNS.values())), legend=paint.legend())
    point = base.mark_point(filled=True, size=80, opacity=1, aria=False).encode(shape=shape, tooltip=tooltip)
    both = [point.properties(name="forecast").encode(y=seats), point.encode(y=alt.Y("low:Q"))]
    reading = (
        "Squares are what the seasons before led to expect, at the least and at the most; circles what was counted. "
        "It held where the circles lie between the squares. The axis does not begin at nought."
    )
    return paint.framed(alt.layer(bar, *both), forecast_title(of_rule), reading)


def forecast_title(of_rule: pl.DataFrame) -> str:
    """What the next season is expected to take, and how often that way of reckoning held, in a sentence."""
    coming = of_rule.filter(pl.col("low").is_null())
    tested = of_rule.drop_nulls(["expected_high", "high"])
    held = tested.filter(pl.col("verdict").str.starts_with("held")).height
    if coming["expected_high"].null_count() or coming.is_empty():
        return "How many seats the next season takes cannot be told: fewer than two seasons lie behind"
    low, high, rule = coming.select("expected_low", "expected_high", spoken("policy")).row(0)
    record = (
        f"reckoned so, it held in {held} of {counted(tested.height, 'earlier season', 'earlier seasons')}"
        if tested.height
        else "no earlier season is left to test that on"
    )
    return f"The next season is expected to take {spread(low, high)} people ({rule}); {record}"


def spread(low: float, high: float) -> str:
    """A range of whole seats in words.

    >>> spread(54, 57), spread(1204, 1204)
    ('54 to 57', '1,204')
    """
    return f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"


def due(due: pl.DataFrame, *, as_of: datetime, zone: str) -> paint.Marks:
    """A line a person who is due to leave or to return: a bar from the first to the last day that is likely, its end marked by which.

    due: DUE. as_of: when the tenant is judged, drawn as a line. zone: whose days they are.
    """
    if due.is_empty():
        return paint.nothing("Nobody is known to leave or to return", "Each bar would be the days about which a person leaves or returns.")
    drawn = lines(due)
    order = drawn["line"].unique(maintain_order=True).to_list()
    base = alt.Chart(drawn).encode(
        y=alt.Y("line:N", title=None, sort=order),
        color=alt.Color(
            "what:N", title=None, scale=alt.Scale(domain=list(SHAPES), range=[paint.COLOURS[0], paint.COLOURS[1]]), legend=paint.legend()
        ),
    )
    x = paint.clock_axis("until", zone, "day")
    bar = base.mark_bar(height=5, opacity=0.45, aria=False).encode(x=x, x2="clock:T")
    shape = alt.Shape("what:N", title=None, scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())), legend=paint.legend())
    tooltip = [alt.Tooltip("line:N", title="who"), "what:N", alt.Tooltip("said:N", title="when"), alt.Tooltip("says:N", title="by")]
    point = base.mark_point(filled=True, size=60, opacity=1, aria=False).encode(x=x, shape=shape, tooltip=tooltip)
    now = pl.DataFrame({"until": [as_of]}, schema={"until": pl.Datetime("us", "UTC")}).select(paint.on_clock(pl.col("until"), zone))
    line = alt.Chart(now).mark_rule(color=paint.GREY, strokeDash=[4, 3]).encode(x=x)
    left_out = due.height - drawn.height
    more = f" {counted(left_out, 'more stands', 'more stand')} in the table only." if left_out else ""
    reading = (
        "A triangle down leaves, one up returns; a bar before it are the days of earlier seasons. "
        f"What lies before the dashed line is overdue.{more}"
    )
    marks = alt.layer(line, bar, point.properties(name="due").add_params(paint.by_hand(["x"])))
    return paint.framed(marks, due_title(due), reading, height=LINE_HEIGHT * len(order))


def lines(due: pl.DataFrame) -> pl.DataFrame:
    """A row a mark: DUE with `line`, the name, two people of one name told apart by the end of their id; the first in order of days."""
    key = pl.coalesce("person_id", "person")
    end = pl.when(key.n_unique().over("person") > 1).then(pl.lit(" · ") + key.str.slice(-6)).otherwise(pl.lit(""))
    last = pl.col("on_max").dt.strftime("%-d %b %Y")
    said = pl.when(pl.col("on_min") < pl.col("on_max")).then(pl.format("{} to {}", pl.col("on_min").dt.strftime("%-d %b %Y"), last))
    clock = {"clock": "on_min", "until": "on_max"}
    return (
        due.sort("on_max", "person", "what")
        .with_columns(line=pl.col("person") + end)
        .head(MOST_PEOPLE)
        .select(
            "line",
            "what",
            "says",
            *(pl.col(day).cast(pl.Datetime("us", "UTC")).alias(name) for name, day in clock.items()),
            said=said.otherwise(last),
        )
    )


def due_title(due: pl.DataFrame) -> str:
    """How many leave and return, and how many should have by now, in a sentence."""
    leave, back, late = (
        due.filter(holds).height
        for holds in (
            (pl.col("what") == "leaves") & ~pl.col("is_overdue"),
            (pl.col("what") == "returns") & ~pl.col("is_overdue"),
            pl.col("is_overdue"),
        )
    )
    overdue = f"; for {counted(late, 'person', 'people')} the day has passed" if late else ""
    return f"{counted(leave, 'person is', 'people are')} due to leave, {back:,} to return{overdue}"
