"""Over which time the exports reach."""

import altair as alt
import polars as pl

from scimlab.charts import paint
from scimlab.charts.words import counted

LINE_HEIGHT = 19
MOST_FILES = 60


def coverage(receipt: pl.DataFrame, *, zone: str) -> paint.Marks:
    """A line a file that holds instants: a bar from its first to its last; files of the earliest times on top.

    receipt: RECEIPT. zone: the clock that is drawn.
    """
    reach = receipt.drop_nulls("first_at").sort("first_at", "file")
    if reach.is_empty():
        return paint.nothing("No file says when anything happened", "Each bar would be the time over which a file reaches.")
    ends = {"first": pl.col("first_at"), "last": pl.col("last_at")}
    drawn = reach.head(MOST_FILES).select(
        "file",
        "form",
        "rows",
        *(paint.said(at, zone).alias(end) for end, at in ends.items()),
        clock=paint.on_clock(ends["first"], zone),
        until=paint.on_clock(ends["last"], zone),
    )
    chart = (
        alt.Chart(drawn, name="coverage")
        .mark_bar(color=paint.COLOURS[1], height=9, minBandSize=3, aria=False)
        .encode(
            x=paint.clock_axis("clock", zone),
            x2="until:T",
            y=alt.Y("file:N", title=None, sort=drawn["file"].to_list()),
            tooltip=["file:N", "form:N", "rows:Q", "first:N", "last:N"],
        )
        .add_params(paint.by_hand(["x"]))
    )
    begin, end = drawn["first"][0], reach.select(paint.said(ends["last"].max(), zone)).item()
    title = f"{counted(reach.height, 'file reaches', 'files reach')} from {begin} to {end}"
    more = f" The first {MOST_FILES} are drawn." if reach.height > MOST_FILES else ""
    return paint.framed(chart, title, f"Each bar is a file of events, from its first to its last.{more}", height=LINE_HEIGHT * drawn.height)
