"""What a page comes down to where no checklist says it: what to collect, what would fill a gap, and what to ask the vendor."""

import polars as pl

from scimlab.charts.words import spoken
from scimlab.schema import DECISIONS

KEEPER = "whoever keeps the inputs of this report"
FILLS = {
    "provisioning": ("Export the provisioning log", "what Entra did to the record, and why it failed"),
    "directory": ("Export the users and the deleted users of Entra", "when an account was made, disabled or deleted"),
    "audit": ("Export the directory audit log", "who changed an account, and when"),
    "app": ("Export the app's users", "what became of the record"),
    "activity": ("Export the sign-ins", "whether the person was at work meanwhile"),
    "roster": ("Supply roster.csv", "whether the person is meant to come back"),
}
"""By lane: what would fill it, and what it would tell."""


def to_collect(checks: pl.DataFrame) -> pl.DataFrame:
    """A row a question that the exports do not answer in full: what would help, and what stays open until then.

    checks: CHECKS. returns: DECISIONS, what is not answered at all on top; empty if nothing is missing.
    """
    return _decisions(
        checks.filter(pl.col("answer") != "yes").sort(pl.col("answer") == "partly", maintain_order=True),
        what="remedy",
        owner=pl.lit(KEEPER),
        cost=pl.format("{} Until then: {}", "because", "blocks"),
        runbook=pl.lit("R0"),
        situation=pl.lit("input_") + pl.col("check"),
    )


def to_fill(runs: pl.DataFrame) -> pl.DataFrame:
    """A row a lane in which nothing is known of anybody: what would fill it, and what no timeline tells until then.

    runs: RUNS. returns: DECISIONS, in the order of FILLS; empty where every lane holds something, or there are no timelines.
    """
    rows = [(lane, *fill) for lane, fill in FILLS.items() if runs.height and lane not in runs["lane"]]
    return _decisions(
        pl.DataFrame(rows, {"lane": pl.String, "fill": pl.String, "tells": pl.String}, orient="row"),
        what="fill",
        owner=pl.lit(KEEPER),
        cost=pl.format("Until then no timeline here says {}.", "tells"),
        runbook=pl.lit("R0"),
        situation=pl.lit("lane_") + pl.col("lane"),
    )


def to_ask(counts: pl.DataFrame) -> pl.DataFrame:
    """One row: ask which counting rule the order form follows, and what hangs on it; none where all rules agree.

    counts: SEATS, a row a rule, of one period. returns: DECISIONS.
    """
    known = counts.drop_nulls("high")
    rules = known.select(spoken("policy") + ": " + _plain("high"))["policy"].str.join("; ")
    spread = known.select(pl.col("high").max() - pl.col("high").min()).item()
    return _decisions(
        pl.DataFrame({"rules": rules, "spread": [spread]}, schema={"rules": pl.String, "spread": pl.Float64}).filter(pl.col("spread") > 0),
        what=pl.lit("Ask the vendor which counting rule the order form follows"),
        owner=pl.lit("whoever holds the contract with the app's vendor"),
        cost=pl.format("The rules differ by {} a period ({}).", _plain("spread"), "rules"),
        runbook=pl.lit("R0"),
        situation=pl.lit("counting_rule_unknown"),
    )


def _plain(column: str) -> pl.Expr:
    return pl.col(column).round(2).cast(pl.String).str.strip_suffix(".0")


def _decisions(rows: pl.DataFrame, **columns: pl.Expr | str) -> pl.DataFrame:
    """The rows as DECISIONS; what is not said is null."""
    return rows.select(**columns).select(
        (pl.col(name) if name in columns else pl.lit(None)).cast(dtype).alias(name) for name, dtype in DECISIONS.items()
    )
