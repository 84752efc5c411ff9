"""How long is left, for whom."""

from datetime import datetime

import altair as alt
import polars as pl

from scimlab.charts import paint
from scimlab.charts.words import counted

MOST_PEOPLE = 40
LINE_HEIGHT = 19


def deadlines(steps: pl.DataFrame, *, as_of: datetime | None, zone: str) -> paint.Marks:
    """A line a person for whom time runs out: a bar from the instant the tenant is judged at to the deadline, the first on top.

    steps: STEPS. as_of: where the bars begin. zone: the clock that is drawn.
    """
    # What ends for a whole job has no person.
    subject = pl.coalesce("person", "person_id", pl.lit("the job"))
    due = (
        steps.drop_nulls("deadline_at")
        .group_by("person_id", who=subject)
        .agg(pl.col("deadline_at").min())
        .sort("deadline_at", "who", "person_id")
    )
    if due.is_empty() or as_of is None:
        return paint.nothing("Nobody's time runs out", "Each bar would be the time that is left to a person.")
    end = pl.when(pl.len().over("who") > 1).then(pl.lit(" · ") + pl.col("person_id").str.slice(-6)).otherwise(pl.lit(""))
    left = pl.col("deadline_at") - pl.lit(as_of, pl.Datetime("us", "UTC"))
    drawn = (
        due.with_columns(who=pl.col("who") + end)
        .head(MOST_PEOPLE)
        .select(
            "who",
            clock=paint.on_clock(pl.lit(as_of, pl.Datetime("us", "UTC")), zone),
            until=paint.on_clock(pl.col("deadline_at"), zone),
            said=paint.said(pl.col("deadline_at"), zone),
            days=(left.dt.total_hours() / 24).round(1),
        )
    )
    base = alt.Chart(drawn).encode(y=alt.Y("who:N", title=None, sort=drawn["who"].to_list()))
    tooltip = [alt.Tooltip("who:N"), alt.Tooltip("said:N", title="until"), alt.Tooltip("days:Q", title="days left")]
    bar = base.mark_bar(color=paint.COLOURS[4], height=7, aria=False).encode(x=paint.clock_axis("clock", zone), x2="until:T")
    point = base.mark_point(filled=True, shape="diamond", size=70, color=paint.COLOURS[1], aria=False).properties(name="deadlines")
    marks = bar + point.encode(x=alt.X("until:T"), tooltip=tooltip).add_params(paint.by_hand(["x"]))
    more = f" The first {MOST_PEOPLE} are drawn." if due.height > MOST_PEOPLE else ""
    reading = f"Each bar is the time that is left, and ends at the deadline.{more}"
    return paint.framed(marks, title(due, zone), reading, height=LINE_HEIGHT * drawn.height)


def title(due: pl.DataFrame, zone: str) -> str:
    """For how many people time runs out, and when first, in a sentence."""
    first = due.select(paint.said(pl.col("deadline_at").min(), zone)).item()
    return f"Time runs out for {counted(due.height, 'person', 'people')}, first on {first}"
