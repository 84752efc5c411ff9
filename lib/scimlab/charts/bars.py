"""Attempts over time, stacked: by cause, or storms against everything else."""

from datetime import datetime, timedelta

import altair as alt
import polars as pl

from scimlab.charts import paint

# Widths of a bar in hours, as polars names them and as a reader does.
BARS = {
    "1h": (1, "an hour"),
    "6h": (6, "six hours"),
    "1d": (24, "a day"),
    "2d": (48, "two days"),
    "7d": (168, "a week"),
    "28d": (672, "four weeks"),
}
MOST_BARS = 120
LEAST_BARS = 24


def attempts_by_cycle(cycles: pl.DataFrame, *, zone: str) -> paint.Marks:
    """Stacked bars, one a span of time: the attempts that failed, by cause.

    cycles: CYCLE_ATTEMPTS. zone: the clock and the days drawn.
    """
    if cycles.is_empty():
        return paint.nothing("No attempt failed", "Each bar would be a span of time, coloured by cause.")
    told = paint.caused(cycles).rename({"cause": "kind", "cause_order": "order"})
    return bars(
        told, zone, paint.cause_scale(paint.cause_names(told, "kind", "order")), "cause", "Even bars are a loop, falling ones a back-off."
    )


def attempts_in_vain(cycles: pl.DataFrame, *, zone: str) -> paint.Marks:
    """Stacked bars, one a span of time: the failed attempts of storms, and all others that failed.

    cycles: CYCLE_ATTEMPTS. zone: the clock and the days drawn.
    """
    if cycles.is_empty():
        return paint.nothing("No attempt failed", "Each bar would be a span of time.")
    storm, rest = "in a storm: tried again in vain", "other failures, few or soon over"
    told = pl.concat(
        [
            cycles.select("at", kind=pl.lit(storm), order=0, attempts="in_storms"),
            cycles.select("at", kind=pl.lit(rest), order=1, attempts=pl.col("attempts") - pl.col("in_storms")),
        ]
    )
    scale = alt.Scale(domain=[storm, rest], range=[paint.COLOURS[0], paint.COLOURS[4]])
    return bars(told, zone, scale, "failed attempts", "Where the lower part stays, nobody has mended the cause.")


def bars(told: pl.DataFrame, zone: str, scale: alt.Scale, legend: str, reading: str) -> paint.Marks:
    """The chart of `attempts` by `kind` over time, as bars of one width, stacked by `order`."""
    every, drawn = stacked(told, zone)
    picked = paint.picked("kind")
    # A lone bar would fill the chart: there is always room for some.
    x = paint.clock_axis("clock", zone, room=_room(drawn, timedelta(hours=BARS[every][0])))
    chart = (
        alt.Chart(drawn, name="bars")
        .mark_rect(aria=False)
        .encode(
            x=x,
            x2="until:T",
            y=alt.Y("above:Q", title=f"failed attempts in {BARS[every][1]}", axis=paint.whole_numbers()),
            y2="below:Q",
            color=alt.Color("kind:N", title=legend, sort=None, scale=scale, legend=paint.legend()),
            opacity=paint.faded(picked),
            tooltip=[alt.Tooltip("said:N", title="from"), alt.Tooltip("kind:N", title=legend), "attempts:Q"],
        )
        .add_params(picked, paint.by_hand(["x"]))
    )
    return paint.framed(chart, bars_title(drawn, every), f"Each bar is {BARS[every][1]}. {reading}")


def _room(drawn: pl.DataFrame, width: timedelta) -> list[dict[str, object]] | None:
    """The span of time to draw where there are few bars; None where there are enough."""
    first, until = drawn.select(pl.col("clock").min(), pl.col("until").max()).row(0)
    lacking = LEAST_BARS * width - (until - first)
    ends = (first - lacking / 2, until + lacking / 2)
    return [_vega(end) for end in ends] if lacking > timedelta() else None


def _vega(at: datetime) -> dict[str, object]:
    return {"year": at.year, "month": at.month, "date": at.day, "hours": at.hour, "minutes": at.minute, "utc": True}


def stacked(told: pl.DataFrame, zone: str) -> tuple[str, pl.DataFrame]:
    """The width of a bar, and a row a part of a bar: from `below` to `above`.

    The shortest width that makes few enough bars, and not shorter than the spans that the attempts were gathered over before.
    """
    at = pl.col("at")
    whole, between = told.select(whole=at.max() - at.min(), between=at.unique().sort().diff().min().fill_null(timedelta())).row(0)
    least = max(whole / MOST_BARS, between if between > timedelta(days=1) else timedelta())
    every = next((each for each, (hours, _) in BARS.items() if timedelta(hours=hours) >= least), "28d")
    clock = paint.on_clock(at, zone)
    above = pl.col("attempts").cum_sum().over("clock", order_by="order")
    drawn = (
        told.filter(pl.col("attempts") > 0)
        .group_by("kind", "order", clock=clock.dt.truncate(every))
        .agg(pl.col("attempts").sum())
        .sort("clock", "order")
        .with_columns(until=pl.col("clock").dt.offset_by(every), above=above, below=above - pl.col("attempts"))
        .with_columns(said=pl.col("clock").dt.strftime("%-d %b %Y %H:%M"))
    )
    return every, drawn


def bars_title(drawn: pl.DataFrame, every: str) -> str:
    """What the bars show, in a sentence."""
    worst, when = drawn.select(pl.col("above").max(), pl.col("clock").sort_by("above").last()).row(0)
    at = f"{when.day} {when:%b %Y}" if when.hour == 0 else f"{when.day} {when:%b %Y %H:%M}"
    return f"Failed attempts reached {worst:,} in {BARS[every][1]}, from {at}"
