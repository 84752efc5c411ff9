"""Active people, day by day."""

from datetime import date

import altair as alt
import polars as pl

from scimlab.charts import paint


def active_people(
    daily: pl.DataFrame, *, zone: str, period: tuple[date, date] | None = None, seasons: pl.DataFrame | None = None
) -> paint.Marks:
    """A step a day: how many people were active, as a band where the truth lies between two counts.

    daily: a row a day of `zone`: `day`, `low`, `high`. period: first day and day after the last of a span to set apart.
    seasons: SEASONS, each a band with its name; one without an end goes on, and what lies outside the days is left out.
    """
    if daily.is_empty():
        return paint.nothing("Nobody is known to have been active", "No interval of any record falls into the period.")
    # The last day, too, is a step as wide as a day.
    end = daily.filter(pl.col("day") == pl.col("day").max()).with_columns(pl.col("day").dt.offset_by("1d"))
    days = (
        pl.concat([daily, end])
        .sort("day")
        .select("low", "high", clock=pl.col("day").cast(pl.Datetime("us", "UTC")), said=_said(pl.col("day")))
    )
    base = alt.Chart(days).encode(x=paint.clock_axis("clock", zone, "day"))
    tooltip = [alt.Tooltip("said:N", title="day"), alt.Tooltip("low:Q", title="at least"), alt.Tooltip("high:Q", title="at most")]
    people = alt.Y("high:Q", title="active people", scale=alt.Scale(zero=True), axis=paint.whole_numbers())
    band = base.mark_area(interpolate="step-after", opacity=0.3, color=paint.COLOURS[4]).encode(y=people, y2="low:Q")
    high = base.mark_line(interpolate="step-after", color=paint.COLOURS[1], strokeWidth=1.5, strokeDash=[4, 2]).encode(y=people)
    low = base.mark_line(interpolate="step-after", color=paint.COLOURS[1], strokeWidth=2).encode(y=alt.Y("low:Q"))
    touch = (
        base.mark_point(opacity=0, size=200, aria=False)
        .properties(name="days")
        .encode(y=people, tooltip=tooltip)
        .add_params(paint.by_hand(["x"]))
    )
    apart = alt.Chart(pl.DataFrame({"clock": [period[0]], "until": [period[1]]}).cast(pl.Datetime("us", "UTC"))) if period else None
    marks = [apart.mark_rect(color=paint.GREY, opacity=0.15).encode(x="clock:T", x2="until:T")] if apart else []
    named = _bands(seasons, daily) if seasons is not None else []
    return paint.framed(alt.layer(*named, *marks, band, high, low, touch), title(daily), reading(daily, period, bool(named)))


def _bands(seasons: pl.DataFrame, daily: pl.DataFrame) -> list[alt.Chart]:
    """A band a season with its name at the top, as far as the days go."""
    first, last = daily["day"].min(), daily["day"].max()
    until = pl.col("last_day").fill_null(pl.lit(last))
    ends = {"clock": pl.col("first_day").clip(lower_bound=first), "until": until.dt.offset_by("1d").clip(upper_bound=last)}
    within = seasons.filter(pl.col("first_day") <= last, until >= first).select("name", **ends)
    if within.is_empty():
        return []
    base = alt.Chart(within.with_columns(pl.col("clock", "until").cast(pl.Datetime("us", "UTC")))).encode(x="clock:T")
    edged = {"color": paint.COLOURS[2], "opacity": 0.12, "stroke": paint.COLOURS[2], "strokeDash": [3, 3]}
    return [
        base.mark_rect(**edged).encode(x2="until:T", tooltip=alt.Tooltip("name:N", title="season")),
        base.mark_text(align="left", baseline="top", dx=4, dy=3, fontSize=11, color="#3b3b3b").encode(y=alt.value(0), text="name:N"),
    ]


def title(daily: pl.DataFrame) -> str:
    """The busiest day and the last, in a sentence."""
    count = pl.when(pl.col("low") == pl.col("high")).then(_whole("high")).otherwise(_whole("low") + " to " + _whole("high"))
    busiest, last = (
        daily.sort(order, descending=True).select(count.alias("count"), _said(pl.col("day")).alias("said")).row(0)
        for order in (["high", "low", "day"], ["day"])
    )
    return f"{busiest[0]} people were active on the busiest day, {busiest[1]}; {last[0]} on the last, {last[1]}"


def reading(daily: pl.DataFrame, period: tuple[date, date] | None, has_seasons: bool = False) -> str:
    """How the curve is read: whether there is a band, and why; which spans are set apart."""
    exact = daily.filter(pl.col("low") != pl.col("high")).is_empty()
    doubt = (
        "The exports leave no doubt about any day, so the line is exact."
        if exact
        else "The truth lies within the band: the solid line is certain, the dashed one possible; the exports do not say more."
    )
    apart = ["the period is grey"] * (period is not None) + ["each season is dashed and named"] * has_seasons
    return f"One step a day. {doubt}" + (f" {' and '.join(apart).capitalize()}." if apart else "")


def _whole(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int64).cast(pl.String)


def _said(day: pl.Expr) -> pl.Expr:
    return day.dt.strftime("%-d %b %Y")
