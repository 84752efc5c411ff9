"""Seats month by month, by several counting rules."""

import altair as alt
import polars as pl

from scimlab.charts import paint
from scimlab.charts.words import spoken


def seats_by_month(counts: pl.DataFrame, *, zone: str) -> paint.Marks:
    """A line a counting rule, a point a month; a bar from the least to the most where the exports leave it open.

    counts: SEATS, a row a month and rule.
    """
    known = counts.drop_nulls("high")
    if known.is_empty():
        return paint.nothing("No month can be counted", "No month that has ended lies within the exports.")
    months = known.select(
        "low",
        "high",
        rule=spoken("policy"),
        order=pl.col("policy").rank("dense"),
        clock=pl.col("period_start").cast(pl.Datetime("us", "UTC")),
        month=pl.col("period_start").dt.strftime("%b %Y"),
    )
    rules = months.select("rule").unique(maintain_order=True)["rule"].to_list()
    colour = alt.Color("rule:N", title="counting rule", sort=None, scale=paint.cause_scale(rules), legend=paint.legend())
    shape = alt.Shape("rule:N", title="counting rule", sort=None, scale=alt.Scale(domain=rules, range=list(paint.SHAPES[: len(rules)])))
    seats = alt.Y("high:Q", title="seats", scale=alt.Scale(zero=True), axis=paint.whole_numbers())
    tooltip = [
        alt.Tooltip("rule:N", title="counting rule"), alt.Tooltip("month:N", title="month"),
        alt.Tooltip("low:Q", title="at least", format=",.2f"), alt.Tooltip("high:Q", title="at most", format=",.2f"),
    ]  # fmt: skip
    base = alt.Chart(months).encode(x=paint.clock_axis("clock", zone, "month"), color=colour)
    line = base.mark_line(strokeWidth=1.5).encode(y=seats, detail="rule:N")
    open_ones = base.mark_rule(strokeWidth=3, opacity=0.4).encode(y=alt.Y("low:Q"), y2="high:Q")
    point = base.mark_point(filled=True, size=55, opacity=1).encode(y=seats, shape=shape, tooltip=tooltip).properties(name="months")
    return paint.framed(alt.layer(line, open_ones, point), title(known), reading(known))


def title(counts: pl.DataFrame) -> str:
    """How far the rules lie apart in the month in which they lie farthest."""
    apart = (
        counts.group_by("period_start")
        .agg(low=pl.col("low").min(), high=pl.col("high").max())
        .with_columns(by=pl.col("high") - pl.col("low"))
    )
    month, low, high = apart.sort("by", "period_start", descending=[True, False]).select("period_start", "low", "high").row(0)
    if round(low, 2) == round(high, 2):
        return "All rules count the same in every month"
    return f"In {month:%b %Y} the same people are {low:,.4g} seats by one rule and {high:,.4g} by another"


def reading(counts: pl.DataFrame) -> str:
    """How the lines are read."""
    exact = counts.filter(pl.col("low") != pl.col("high")).is_empty()
    return "Each line is a way of counting the same evidence, month by month." + (
        "" if exact else " A bar under a point reaches down to what is certain: the exports do not say more."
    )
