"""What all charts share: colours and shapes for the colour-blind, clock axes in the tenant's zone, frame and words.

Nothing here depends on the order in which charts are made: Altair numbers what is left unnamed, and a
number that counts calls would make the same page differ from run to run.
"""

from textwrap import wrap

import altair as alt
import polars as pl

from scimlab.charts.words import spoken, words

# Okabe and Ito's palette without its black, which a dark page swallows, and its yellow, which a white page does.
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
GREY = "#767676"
WIDTH = 680

# Liberation Sans travels inside vl-convert, so that text is as wide on every machine and a picture has the same bytes.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

Marks = alt.Chart | alt.LayerChart


def on_clock(instants: pl.Expr, zone: str) -> pl.Expr:
    """The wall clock of `zone`, written as if it were UTC.

    A browser draws a time axis in its reader's own zone unless the scale is utc; on a utc scale these
    values read as the tenant's clock, for every reader alike.
    """
    return instants.dt.convert_time_zone(zone).dt.replace_time_zone("UTC")


def said(instants: pl.Expr, zone: str) -> pl.Expr:
    """An instant as a tooltip says it, such as "3 Aug 2026 14:20"."""
    return instants.dt.convert_time_zone(zone).dt.strftime("%-d %b %Y %H:%M")


def clock_axis(column: str, zone: str, what: str = "time", *, room: list | None = None) -> alt.X:
    """A time axis that says whose clock it shows, over the span `room`, or over the data with space at both ends for whole marks."""
    # A day is named at its midnight, an hour by itself.
    label = "utcFormat(datum.value, utchours(datum.value) + utcminutes(datum.value) ? '%H:%M' : '%-d %b %Y')"
    axis = alt.Axis(labelExpr=label, labelOverlap=True, labelSeparation=14, labelFlush=30, tickCount=6, grid=False)
    span = {"domain": room} if room else {"padding": 10}
    return alt.X(f"{column}:T", title=f"{what} ({zone})", scale=alt.Scale(type="utc", nice=False, **span), axis=axis)


def whole_numbers(grid: bool = True) -> alt.Axis:
    """An axis of things that come whole: no label between two of them."""
    return alt.Axis(labelExpr="datum.value % 1 ? '' : format(datum.value, ',')", grid=grid)


def caused(frame: pl.DataFrame, weight: str = "attempts") -> pl.DataFrame:
    """The frame with `cause` in plain words and `cause_order`; beyond six causes the smallest are "other causes".

    weight: the column that says how much a row counts.
    """
    known = list(words()["values"]["cause"])
    totals = frame.group_by("cause").agg(pl.col(weight).sum()).sort([weight, "cause"], descending=[True, False])
    main = totals["cause"].head(len(COLOURS) if totals.height > len(COLOURS) + 1 else totals.height)
    order = pl.col("cause").replace_strict(known, range(len(known)), default=len(known), return_dtype=pl.Int64)
    is_main = pl.col("cause").is_in(main.to_list())
    return frame.with_columns(
        cause=pl.when(is_main).then(spoken("cause")).otherwise(pl.lit("other causes")),
        cause_order=pl.when(is_main).then(order).otherwise(len(known) + 1),
    )


def cause_names(told: pl.DataFrame, name: str = "cause", order: str = "cause_order") -> list[str]:
    """The causes of a frame made by `caused`, in their order."""
    return told.select(order, name).unique().sort(order, name)[name].to_list()


def cause_scale(causes: list[str]) -> alt.Scale:
    """A colour a cause."""
    return alt.Scale(domain=causes, range=[*COLOURS, GREY][: len(causes)])


def cause_colour(causes: list[str]) -> alt.Color:
    """A colour a cause, named in a legend under the chart."""
    return alt.Color("cause:N", title="cause", sort=None, scale=cause_scale(causes), legend=legend())


def cause_shape(causes: list[str]) -> alt.Shape:
    """A shape a cause, since colour is never the only sign."""
    scale = alt.Scale(domain=causes, range=list(SHAPES[: len(causes)]))
    return alt.Shape("cause:N", title="cause", sort=None, scale=scale, legend=legend())


def legend() -> alt.Legend:
    """A legend below the chart, one entry a line, long words whole."""
    return alt.Legend(orient="bottom", direction="vertical", symbolOpacity=1)


def by_hand(encodings: list[str]) -> alt.Parameter:
    """Zoom and pan with the shift key held: without it the wheel and the finger go on scrolling the page."""
    held = "[pointerdown[event.shiftKey], window:pointerup] > window:pointermove!"
    return alt.selection_interval(name="zoom", bind="scales", encodings=encodings, zoom="wheel![event.shiftKey]", translate=held)


def picked(column: str) -> alt.Parameter:
    """A click in the legend singles one entry out; a double click brings the rest back."""
    return alt.selection_point(name="picked", fields=[column], bind="legend")


def faded(selection: alt.Parameter, opacity: float = 0.9) -> alt.Opacity:
    """What was not picked in the legend steps back."""
    return alt.when(selection).then(alt.value(opacity)).otherwise(alt.value(0.08))


def framed(marks: Marks, title: str, reading: str, *, height: int = 260) -> Marks:
    """The chart with a title that says what to see, a line on how to read it, and both for a screen reader."""
    headline = alt.Title(
        wrap(title, 78),
        subtitle=wrap(reading, 105),
        anchor="start",
        frame="bounds",
        offset=12,
        fontSize=15,
        subtitleFontSize=12,
        subtitleColor="#595959",
    )
    config = alt.Config(
        font=FONT,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridColor="#e3e3e3", titleColor="#595959"),
        axisY=alt.AxisConfig(labelLimit=190),
        legend=alt.LegendConfig(labelLimit=WIDTH, labelFontSize=12, titleFontSize=12, titleFontWeight="normal", titleColor="#595959"),
    )
    # All at once: each call copies the whole chart, which a page of fifty feels.
    return marks.properties(
        title=headline,
        description=f"{title}. {reading}",
        width=WIDTH,
        height=height,
        background="white",
        # The width is that of the whole picture, so that long names take from the plot and not from the margin.
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        config=config,
    )


def nothing(title: str, reading: str) -> alt.Chart:
    """A chart with nothing to draw, which says so."""
    line = pl.DataFrame({"words": ["nothing to draw"]})
    text = alt.Chart(line, name="nothing").mark_text(color=GREY, fontSize=13).encode(text="words:N")
    return framed(text, title, reading, height=60)
