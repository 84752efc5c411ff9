"""Who stands where: a state in Entra against a state in the app."""

import altair as alt
import polars as pl

from scimlab.charts import paint
from scimlab.charts.words import counted, spoken, words


def states(states: pl.DataFrame) -> paint.Marks:
    """A square a state in Entra and a state in the app, as large as the share of people there, with their number.

    states: STATES.
    """
    if states.is_empty():
        return paint.nothing("Nobody is known", "Each square would be a state in Entra and a state in the app.")
    orders = {name: list(words()["values"][name].values()) for name in ("entra", "app")}
    drawn = states.with_columns(spoken("entra"), spoken("app"), amiss=pl.col("people") - pl.col("healthy")).with_columns(
        order=pl.when(pl.col("amiss") == 0).then(pl.lit("all in order")).otherwise(pl.lit("some need a look"))
    )
    base = alt.Chart(drawn).encode(
        x=alt.X("app:N", title="in the app", sort=orders["app"], axis=alt.Axis(labelAngle=0, labelLimit=120, orient="top")),
        y=alt.Y("entra:N", title="in Entra", sort=orders["entra"]),
    )
    kinds = ["all in order", "some need a look"]
    square = (
        base.mark_point(filled=True, shape="square", aria=False, opacity=0.85)
        .properties(name="states")
        .encode(
            size=alt.Size("people:Q", legend=None, scale=alt.Scale(type="sqrt", range=[60, 1400], zero=True)),
            color=alt.Color(
                "order:N", title=None, scale=alt.Scale(domain=kinds, range=[paint.COLOURS[4], paint.COLOURS[0]]), legend=paint.legend()
            ),
            tooltip=[
                "entra:N",
                "app:N",
                "people:Q",
                alt.Tooltip("healthy:Q", title="of them in order"),
                alt.Tooltip("first_names:N", title="among them"),
            ],
        )
    )
    number = base.mark_text(fontSize=12, color="#1a1a1a", aria=False).encode(text=alt.Text("people:Q", format=","))
    reading = "The larger a square, the more people. A number on orange is not how many need a look, but how many stand there with them."
    return paint.framed(square + number, title(drawn), reading, height=40 * drawn["entra"].n_unique() + 30)


def title(drawn: pl.DataFrame) -> str:
    """How many people are in order, and how many are not, in a sentence."""
    people, healthy = drawn.select(pl.col("people").sum(), pl.col("healthy").sum()).row(0)
    amiss = people - healthy
    if not amiss:
        return f"All {counted(people, 'person', 'people')} stand where they should, in both systems"
    return f"{counted(amiss, 'person does', 'people do')} not stand where they should, {healthy:,} of {people:,} do"
