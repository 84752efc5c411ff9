"""The decision table applied: a join of each subject's axes on the exploded conditions, once for each place that anybody stands in."""

import polars as pl

from scimlab.links import table
from scimlab.links.table import OPEN, Table


def judged(subjects: pl.DataFrame, rules: Table) -> pl.DataFrame:
    """Each subject's diagnoses: exactly one primary, and the others that surely hold.

    A `when` may hold where every axis it names allows one of the subject's values, and surely holds where it allows all of them.
    Read in order, the first that surely holds is primary, unless one before it may hold: then several stay possible, and the
    evidence is not sufficient.

    subjects: a row a subject, with a column for each axis of the table.
    returns: a row a subject and diagnosis, in the order of the subjects: their columns, when_id (null where the evidence is not
        sufficient), rank (primary or secondary), possible (the diagnoses that stay possible) and missing, to_get (what would tell).
    """
    axes = [*rules.axes]
    standing = subjects.with_columns(place_id=pl.struct(axes).rank("dense").cast(pl.UInt32))
    verdicts = _verdicts(standing.select("place_id", *axes).unique("place_id"), rules)
    return standing.join(verdicts, on="place_id", maintain_order="left_right")


def _scores(places: pl.DataFrame, rules: Table) -> pl.DataFrame:
    """How far each `when` holds in each place: a row a place and `when` that may hold there, in order of evaluation."""
    values = (
        places.unpivot(index="place_id", variable_name="axis", value_name="whole")
        .with_columns(value=pl.col("whole").str.split(OPEN))
        .with_columns(of=pl.col("value").list.len())
        .explode("value")
    )
    axes = (
        values.join(rules.conditions(), on=["axis", "value"])
        .group_by("place_id", "when_id", "axis")
        .agg(is_sure=pl.len() == pl.col("of").first(), open=pl.concat_str("axis", pl.lit("="), "whole").first())
    )
    return (
        axes.group_by("place_id", "when_id")
        .agg(met=pl.len(), is_certain=pl.col("is_sure").all(), open=pl.col("open").filter(~pl.col("is_sure")).sort())
        .join(rules.whens(), on="when_id")
        .filter(pl.col("met") == pl.col("asks"))
        .sort("place_id", "place", ~pl.col("is_certain"), "when_id")
    )


def _verdicts(places: pl.DataFrame, rules: Table) -> pl.DataFrame:
    """The diagnoses of each place."""
    scores = _scores(places, rules)
    leading = scores.filter(pl.col("only") != "secondary").with_columns(decided=pl.col("is_certain").cum_max().over("place_id"))
    # Up to and with the first that surely holds.
    candidates = leading.filter(~pl.col("decided").shift(1, fill_value=False).over("place_id"))
    per_place = candidates.group_by("place_id").agg(
        possible=pl.col("diagnosis").unique(maintain_order=True),
        open=pl.col("open").explode(empty_as_null=False).unique().sort(),
        when_id=pl.col("when_id").first(),
        leading=pl.col("diagnosis").first(),
    )
    primary = (
        places.select("place_id")
        .join(per_place, on="place_id", how="left")
        .with_columns(is_one=(pl.col("possible").list.len() == 1).fill_null(False))
        .with_columns(
            when_id=pl.when("is_one").then("when_id"),
            leading=pl.when("is_one").then("leading").otherwise(pl.lit("")),
            rank=pl.lit("primary"),
            **{name: pl.when(~pl.col("is_one")).then(_wanted(pl.col("open"), of)) for name, of in (("missing", 0), ("to_get", 1))},
        )
    )
    secondary = (
        scores.filter("is_certain", pl.col("only") != "primary")
        .join(primary.select("place_id", "leading"), on="place_id")
        .filter(pl.col("diagnosis") != pl.col("leading"))
        .unique(["place_id", "diagnosis"], keep="first", maintain_order=True)
        .select("place_id", "when_id", rank=pl.lit("secondary"))
    )
    found = pl.concat([primary.select("place_id", "when_id", "rank", "possible", "missing", "to_get"), secondary], how="diagonal")
    return found.sort("place_id", "rank", "when_id", nulls_last=True)


def _wanted(open_axes: pl.Expr, part: int) -> pl.Expr:
    """What would close the open axes, each once: the input (part 0), or how it is got (part 1)."""
    named = open_axes.list.eval(pl.element().map_elements(lambda text: table.wanted(text)[part], return_dtype=pl.String))
    return named.list.unique(maintain_order=True).list.join("; ")
