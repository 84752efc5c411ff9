"""What happened to a person, in lanes: a mark a thing, a bar a run of them, by the lane it is known from."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import altair as alt
import polars as pl

from scimlab.charts import paint
from scimlab.charts.words import counted, spoken, words
from scimlab.schema import INSTANT

LANE_HEIGHT = 36
MOST_MARKS = 400
LEAST_SPAN = timedelta(days=14)
LOGGED = ("provisioning", "audit", "activity")
"""Lanes of logs, which say what to look at; a list may know of a day years ago, which is drawn at the edge."""
INK = "#404040"
MOST_LABELS = 2
LABEL_SHARE = 0.15
EDGE_SHARE = 0.015
OUTCOMES = ("done", "failed", "skipped", "seen", "planned")
SHAPES = dict(zip(OUTCOMES, ("circle", "cross", "triangle-down", "square", "triangle-right"), strict=True))
COLOURS = dict(zip(OUTCOMES, (paint.COLOURS[each] for each in (1, 0, 5, 2, 3)), strict=True))


def lanes(runs: pl.DataFrame, *, title: str, as_of: datetime | None, zone: str) -> paint.Marks:
    """A line a lane: what happened once is a mark, what happened again and again a bar with its number; a dashed line is `as_of`.

    What lies far from the time that the logs tell of stands at the edge, with its day. What has no time is left to the table.

    runs: RUNS of one person. title: what happened, in a sentence. zone: the clock that is drawn.
    """
    dated = runs.drop_nulls("at")
    if dated.is_empty():
        return paint.nothing(title, "Nothing that is known of this person has a time.")
    drawn_runs = dated.sort("last_at", descending=True, maintain_order=True).head(MOST_MARKS).sort("at", "lane", maintain_order=True)
    first, last = span(drawn_runs, as_of)
    drawn = placed(drawn_runs, first, last, zone)
    order = [name for name in words()["values"]["lane"].values() if name in drawn["lane"]]
    kinds = [kind for kind in OUTCOMES if kind in drawn["kind"]]
    lane = alt.Y("lane:N", title=None, scale=alt.Scale(domain=order), axis=alt.Axis(grid=True, domain=False, ticks=False))
    # One layer says what to draw of time: layers that all say it are told by Vega that they disagree.
    clock = paint.clock_axis("clock", zone, room=[_vega(end, zone) for end in (first, last)])
    base = alt.Chart(drawn).encode(x="clock:T", y="lane:N")
    colour = alt.Color("outcome:N", title=None, sort=None, scale=_scale(kinds, COLOURS), legend=_legend())
    shape = alt.Shape("outcome:N", title=None, sort=None, scale=_scale(kinds, SHAPES), legend=_legend())
    tooltip = [*(alt.Tooltip(f"{column}:N", title=column) for column in ("what", "when", "why")), alt.Tooltip("times:Q")]
    bar = base.transform_filter("datum.until > datum.clock").mark_bar(height=9, opacity=0.4, aria=False)
    thing = base.mark_point(filled=True, size=80, opacity=1, aria=False).properties(name="things")
    marks = [
        *([_judged(as_of, zone)] if as_of else []),
        bar.encode(x2="until:T", color=colour),
        thing.encode(x=clock, y=lane, color=colour, shape=shape, tooltip=tooltip).add_params(paint.by_hand(["x"])),
        *(_labels(base, side) for side in ("left", "right")),
    ]
    return paint.framed(alt.layer(*marks), title.rstrip("."), reading(runs, drawn), height=LANE_HEIGHT * len(order))


def span(dated: pl.DataFrame, as_of: datetime | None) -> tuple[datetime, datetime]:
    """The time to draw: that which the logs tell of, and `as_of`; without logs, all that is known; with room at both ends."""
    logged = dated.filter(pl.col("lane").is_in(LOGGED))
    ends = logged if logged.height else dated
    first, last = ends.select(pl.col("at").min(), pl.col("last_at").max()).row(0)
    first, last = min(first, as_of or first), max(last, as_of or last)
    room = max((last - first) * 0.08, (LEAST_SPAN - (last - first)) / 2)
    return first - room, last + room


def placed(dated: pl.DataFrame, first: datetime, last: datetime, zone: str) -> pl.DataFrame:
    """A row a mark: where it stands between `first` and `last`, and what is written at it.

    The longest runs of a lane say how often; at an edge it is said which day lies beyond it, of several the nearest.
    """
    at, until, times = pl.col("at"), pl.col("last_at"), pl.col("times")
    ends = [pl.lit(end, INSTANT) for end in (first, last)]
    day = at.dt.convert_time_zone(zone).dt.strftime("%-d %b %Y")
    before, after = until < ends[0], at > ends[1]
    beyond = pl.col("edge").is_not_null()
    among = pl.len().over("lane", "edge")
    nearest = pl.when(pl.col("edge") == "left").then(at == at.max().over("lane", "edge")).otherwise(at == at.min().over("lane", "edge"))
    whole = last - first
    rank = pl.when(~beyond & (times > 1)).then(times).rank("ordinal", descending=True).over("lane")
    is_apart = (at - at.filter(rank == 1).first().over("lane")).abs() > whole * LABEL_SHARE
    more = pl.when(among > 1).then(pl.format(" (and {} more)", among - 1)).otherwise(pl.lit(""))
    written = (
        pl.when(beyond & nearest & (pl.col("edge") == "left"))
        .then(pl.format("\u25c4 {}{}", day, more))
        .when(beyond & nearest)
        .then(pl.format("{}{} \u25ba", day, more))
        .when((rank == 1) | (is_apart & (rank <= MOST_LABELS)))
        .then(pl.format("{} times", times))
    )
    inside = [pl.lit(end, INSTANT) for end in (first + whole * EDGE_SHARE, last - whole * EDGE_SHARE)]
    is_late = at > pl.lit(last - whole * LABEL_SHARE, INSTANT)
    return dated.with_columns(edge=pl.when(before).then(pl.lit("left")).when(after).then(pl.lit("right"))).select(
        spoken("lane"),
        spoken("outcome"),
        "what",
        "times",
        kind="outcome",
        when=_when(zone),
        why=spoken("cause"),
        clock=paint.on_clock(at.clip(*inside), zone),
        until=paint.on_clock(until.clip(*inside), zone),
        # Two marks at one edge of a lane write once.
        label=pl.when(written.is_first_distinct().over("lane", "edge") | ~beyond).then(written),
        side=pl.coalesce("edge", pl.when(is_late).then(pl.lit("right")).otherwise(pl.lit("left"))),
    )


def reading(runs: pl.DataFrame, drawn: pl.DataFrame) -> str:
    """How the lanes are read, and what they leave to the table."""
    undated = runs["at"].null_count()
    left_out = runs.height - undated - drawn.height
    parts = [
        "A mark is one thing, a bar the same again and again; the dashed line is the time of judging, an arrow points beyond the edge."
    ]
    if undated:
        parts.append(f"{counted(undated, 'thing has', 'things have')} no time and stand in the table only.")
    if left_out:
        parts.append(f"{counted(left_out, 'earlier thing stands', 'earlier things stand')} in the table only.")
    return " ".join(parts)


def _when(zone: str) -> pl.Expr:
    first, last = (paint.said(pl.col(name), zone) for name in ("at", "last_at"))
    return pl.when(pl.col("last_at") > pl.col("at")).then(pl.format("{} to {}", first, last)).otherwise(first)


def _labels(base: alt.Chart, side: str) -> alt.Chart:
    written = base.transform_filter(f"datum.label && datum.side == '{side}'")
    return written.mark_text(fontSize=11, color=INK, dy=-11, align=side, aria=False).encode(text="label:N")


def _judged(as_of: datetime, zone: str) -> alt.Chart:
    instant = pl.select(clock=paint.on_clock(pl.lit(as_of, INSTANT), zone))
    return alt.Chart(instant).mark_rule(strokeDash=[5, 4], color=paint.GREY, aria=False).encode(x="clock:T")


def _scale(kinds: list[str], looks: dict[str, str]) -> alt.Scale:
    said = words()["values"]["outcome"]
    return alt.Scale(domain=[said[kind] for kind in kinds], range=[looks[kind] for kind in kinds])


def _legend() -> alt.Legend:
    return alt.Legend(orient="bottom", direction="horizontal", symbolOpacity=1)


def _vega(at: datetime, zone: str) -> dict[str, object]:
    clock = at.astimezone(ZoneInfo(zone))
    return {"year": clock.year, "month": clock.month, "date": clock.day, "hours": clock.hour, "minutes": clock.minute, "utc": True}
