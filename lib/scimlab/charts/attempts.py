"""Attempts in vain, person by person: who, when, for what cause, and when Entra tries next."""

import altair as alt
import polars as pl

from scimlab.charts import paint
from scimlab.charts.words import counted, spoken

MOST_PEOPLE = 40
LINE_HEIGHT = 19
MOST_MARKS = 60 * MOST_PEOPLE
# Spans that attempts are gathered into; the first that leaves few enough rows is taken.
SPANS = ("1m", "20m", "1h", "3h", "6h", "12h", "1d", "7d", "28d")
COMING = "M-0.8,-1L0.6,0L-0.8,1"


def attempts_by_person(storms: pl.DataFrame, attempts: pl.DataFrame, *, zone: str) -> paint.Marks:
    """A line a person, a mark an attempt that failed, coloured and shaped by cause; an open arrow where Entra tries next.

    A defect of the app itself is one line for everybody it hits. The people with the most attempts are drawn.

    storms: STORMS. attempts: ATTEMPTS, one row an attempt of these storms. zone: the clock that is drawn.
    """
    if storms.is_empty():
        return paint.nothing("Nobody is retried in vain", "No run of failures is long enough to count as a storm.")
    drawn = lines(storms)
    causes, picked = paint.cause_names(drawn), paint.picked("cause")
    order = drawn.group_by("line").agg(pl.col("attempts").sum()).sort(["attempts", "line"], descending=[True, False])["line"].to_list()
    person = alt.Y("line:N", title=None, sort=order, axis=alt.Axis(grid=True))
    shared = {"x": paint.clock_axis("clock", zone), "y": person, "color": paint.cause_colour(causes)}
    who, when = alt.Tooltip("line:N", title="who"), alt.Tooltip("said:N", title="when")
    seen = (
        alt.Chart(ticks(drawn, attempts, zone), name="attempts")
        .mark_point(filled=True, size=42, aria=False)
        .encode(
            **shared,
            shape=paint.cause_shape(causes),
            opacity=paint.faded(picked),
            tooltip=[who, when, "cause:N", "attempts:Q"],
        )
        .add_params(picked, paint.by_hand(["x"]))
    )
    to_come = (
        alt.Chart(next_attempts(drawn, zone), name="next_attempts")
        .mark_point(filled=False, size=110, strokeWidth=2, shape=COMING)
        .encode(**shared, tooltip=[who, alt.Tooltip("said:N", title="next attempt")])
    )
    return paint.framed(seen + to_come, by_person_title(storms), by_person_reading(drawn, storms), height=LINE_HEIGHT * len(order))


def lines(storms: pl.DataFrame) -> pl.DataFrame:
    """A row a storm that is drawn, with `line`: the person, or all those whom a defect of the app hits.

    Two people of one name are told apart by the end of their id.
    """
    subject = pl.coalesce("person_id", "source_id")
    name = pl.coalesce("person", subject)
    end = pl.when(subject.n_unique().over(name) > 1).then(pl.lit(" · ") + subject.str.slice(-6)).otherwise(pl.lit(""))
    everybody = pl.lit("all ") + subject.n_unique().over("scope", "cause").cast(pl.String) + " hit by the app's defect"
    return (
        storms.with_columns(line=pl.when(pl.col("scope") == "app").then(everybody).otherwise(name + end))
        .pipe(paint.caused)
        .with_columns(rank=pl.col("attempts").sum().over("line").rank("dense", descending=True))
        .filter(pl.struct("rank", "line").rank("dense") <= MOST_PEOPLE)
        .drop("rank")
    )


def ticks(drawn: pl.DataFrame, attempts: pl.DataFrame, zone: str) -> pl.DataFrame:
    """A row a mark: the attempts of one line and cause, gathered over the shortest span that leaves few enough marks."""
    each = drawn.select("storm_id", "line", "cause").join(attempts.select("storm_id", "at"), on="storm_id")
    clock = paint.on_clock(pl.col("at"), zone)
    keys = ["line", "cause", "clock"]
    gathered = (
        each.group_by("line", "cause", clock=clock.dt.truncate(every)).agg(pl.len().alias("attempts"), pl.col("at").min())
        for every in SPANS
    )
    few = next(marks for marks in gathered if marks.height <= MOST_MARKS)
    return few.sort(keys).select(*keys, "attempts", said=paint.said(pl.col("at"), zone))


def next_attempts(drawn: pl.DataFrame, zone: str) -> pl.DataFrame:
    """A row a line and cause that goes on: when Entra tries next. Of a storm that fell silent the attempt announced never came."""
    at = pl.col("next_attempt_at")
    return (
        drawn.filter(pl.col("is_open"), ~pl.col("is_silent").fill_null(False), at.is_not_null())
        .group_by("line", "cause")
        .agg(at.min())
        .sort("line", "cause")
        .select("line", "cause", clock=paint.on_clock(at, zone), said=paint.said(at, zone))
    )


def by_person_title(storms: pl.DataFrame) -> str:
    """What the chart of people shows, in a sentence."""
    still = storms.filter("is_open")
    if still.is_empty():
        return "Nobody is being retried in vain any more; what is drawn has ended"
    people = still.select(pl.coalesce("person_id", "source_id").n_unique()).item()
    are = counted(people, "person is", "people are")
    main = still.group_by("cause").agg(pl.col("attempts").sum()).sort(["attempts", "cause"], descending=[True, False]).head(1)
    return f"{are} being retried in vain, most often because: {main.select(spoken('cause')).item()}"


def by_person_reading(drawn: pl.DataFrame, storms: pl.DataFrame) -> str:
    """How the chart of people is read, and what it leaves to the table."""
    reading = (
        "Each mark is an attempt that failed: a dense row is a try every cycle, a thinning one backs off. "
        "An open arrow is where Entra tries next; a row without one has ended or fallen silent."
    )
    left_out = storms.height - drawn.height
    return f"{reading} {counted(left_out, 'smaller storm stands', 'smaller storms stand')} in the table only." if left_out else reading
