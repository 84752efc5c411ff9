"""The waits between attempts: how a loop and a back-off are told apart."""

import altair as alt
import polars as pl

from scimlab.charts import paint
from scimlab.charts.words import counted, spoken, words

FIRST_ATTEMPTS = 40
MOST_STORMS = 120
# The waits that Entra is known to keep, drawn as the lines of the axis.
KNOWN_WAITS = {1 / 6: "10 min", 2 / 3: "40 min", 2: "2 h", 6: "6 h", 12: "12 h", 24: "24 h", 96: "4 days"}
SHORTEST_HOURS = 1 / 60
SHORTEST_DRAWN, LONGEST_DRAWN = 0.5, 30


def gaps(storms: pl.DataFrame, attempts: pl.DataFrame, *, zone: str) -> paint.Marks:
    """A line a storm: the wait before each attempt, on a logarithmic scale, coloured and shaped by how often Entra tries.

    storms: STORMS. attempts: ATTEMPTS, one row an attempt of these storms. zone: the clock of the tooltips.
    """
    waits = waited(storms, attempts, zone)
    if waits.is_empty():
        return paint.nothing("There are no waits to compare", "It takes a second attempt to have waited.")
    kinds = [kind for kind in words()["values"]["cadence"].values() if kind in waits["cadence"]]
    picked = paint.picked("cadence")
    scale = alt.Scale(domain=kinds, range=list(paint.COLOURS[: len(kinds)]))
    # Also a lone loop is drawn on the scale of a back-off, or it would look like one.
    low, high = min(SHORTEST_DRAWN, waits["hours"].min()), max(LONGEST_DRAWN, waits["hours"].max())
    ticks = alt.Axis(values=list(KNOWN_WAITS), labelExpr=_labels(), gridDash=[2, 3])
    base = alt.Chart(waits).encode(
        x=alt.X(
            "ordinal:Q",
            title="attempt number, as seen in the log",
            scale=alt.Scale(zero=False, padding=10),
            axis=paint.whole_numbers(grid=False),
        ),
        y=alt.Y("hours:Q", title="wait since the attempt before", scale=alt.Scale(type="log", nice=False, domain=[low, high]), axis=ticks),
        color=alt.Color("cadence:N", title="Entra tries", scale=scale, legend=paint.legend()),
        detail="storm_id:N",
    )
    line = base.mark_line(strokeWidth=1.2, aria=False).encode(opacity=paint.faded(picked, 0.5))
    shape = alt.Shape(
        "cadence:N", title="Entra tries", scale=alt.Scale(domain=kinds, range=list(paint.SHAPES[: len(kinds)])), legend=paint.legend()
    )
    tooltip = [
        alt.Tooltip("person:N", title="who"),
        alt.Tooltip("said:N", title="attempt at"),
        alt.Tooltip("wait:N", title="after"),
        "cadence:N",
    ]
    point = (
        base.mark_point(filled=True, size=36, aria=False)
        .properties(name="waits")
        .encode(shape=shape, opacity=paint.faded(picked), tooltip=tooltip)
        .add_params(picked)
    )
    reading = (
        "Each line is a storm. A flat line low down is a try every cycle of about 40 minutes; stairs of 6, 12 and 24 hours are a back-off."
    )
    return paint.framed(line + point, title(waits), reading)


def waited(storms: pl.DataFrame, attempts: pl.DataFrame, zone: str) -> pl.DataFrame:
    """A row an attempt but the first, of the longest storms of each cadence, up to a fixed attempt number."""
    per_kind = MOST_STORMS // len(words()["values"]["cadence"])
    rank = pl.struct(-pl.col("attempts_seen"), "storm_id").rank("ordinal").over("cadence")
    hours = pl.col("gap_hours")
    wait = (
        pl.when(hours < 2)
        .then((hours * 60).round().cast(pl.Int64).cast(pl.String) + " minutes")
        .otherwise(hours.round(1).cast(pl.String) + " hours")
    )
    return (
        storms.filter(rank <= per_kind)
        .select("storm_id", person=pl.coalesce("person", "source_id"), cadence=spoken("cadence"))
        .drop_nulls("cadence")
        .join(attempts.filter(pl.col("ordinal") <= FIRST_ATTEMPTS, hours.is_not_null()), on="storm_id")
        .sort("storm_id", "ordinal")
        # Two tries in the same second wait nothing, and a logarithm has no place for that.
        .select(
            "storm_id", "person", "cadence", "ordinal", hours=hours.clip(SHORTEST_HOURS), wait=wait, said=paint.said(pl.col("at"), zone)
        )
    )


def title(waits: pl.DataFrame) -> str:
    """How many storms keep which rhythm, in a sentence."""
    kinds = waits.group_by("cadence").agg(storms=pl.col("storm_id").n_unique()).sort(["storms", "cadence"], descending=[True, False])
    return "Entra tries " + ", ".join(f"{kind} in {counted(storms, 'storm', 'storms')}" for kind, storms in kinds.iter_rows())


def _labels() -> str:
    # On a log scale a value comes back with the last digits off, so the label is looked up by a rounded one.
    words = [f"round(datum.value * 60) == {round(hours * 60)} ? '{word}'" for hours, word in KNOWN_WAITS.items()]
    return " : ".join([*words, "''"])
