"""What is to be decided for people, each person's matter once, though several pages tell it."""

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from scimlab.report.gather import Outcome
from scimlab.schema import DECISIONS, FINDINGS, INSTANT
from scimlab.show.anchors import BETWEEN, FIRST

RUNBOOK, STORMS, AUDIT = "remediate", "retry_storms", "link_audit"
TOLD = pl.Schema({**DECISIONS, "page": pl.String})


def decisions(outcomes: Iterable[Outcome], as_of: datetime | None = None) -> pl.DataFrame:
    """What is to be decided for people, what is due first on top, what has no deadline behind.

    A situation that several pages tell of is one decision, for all the people in it. Whom the runbook has steps for, the audit
    of links does not tell of again under another name; what it has due sooner is due sooner in the runbook's row. What is only
    to be collected or asked, which no person waits for, stands on its own page.

    outcomes: in reading order. as_of: deadlines before it have passed, and press nobody any more.
    returns: DECISIONS and `page`, the page whose decision it is.
    """
    outcomes = list(outcomes)
    told = pl.concat(
        [TOLD.to_frame(), *(each.decision.with_columns(page=pl.lit(each.page.name)).select(TOLD.names()) for each in outcomes)]
    ).filter(pl.col("people").is_not_null())
    # The runbook's own page comes last in reading order, and is where a decision of it should lead.
    rows = told.unique("situation", keep="last", maintain_order=True)
    matters = _matters(told, rows, _names(outcomes), _deadlines(outcomes, as_of))
    is_less = (pl.col("page") == AUDIT) & (pl.col("gone") > 0)
    is_other = (pl.col("gone") > 0) | (pl.col("more") > 0)
    return (
        rows.join(_gathered(matters), on="situation", how="left", maintain_order="left")
        .with_columns(pl.col("gone", "more").fill_null(0))
        .with_columns(
            people=pl.col("people") - pl.col("gone") + pl.col("more"),
            by=pl.when(is_less).then("due").otherwise(pl.min_horizontal("by", "due")),
            first_names=pl.when(is_other).then("names").otherwise("first_names"),
            person_ids=pl.when(is_other).then("ids").otherwise("person_ids"),
        )
        .filter(pl.col("people") > 0)
        .sort("by", nulls_last=True, maintain_order=True)
        .select(TOLD.names())
    )


def _matters(told: pl.DataFrame, rows: pl.DataFrame, names: pl.DataFrame, deadlines: pl.DataFrame) -> pl.DataFrame:
    """A row a page, situation and person: name, deadline, whether the row is that page's, and whether the runbook tells it.

    names: by person id. deadlines: of each person in the audit.
    """
    ids, first = pl.col("person_ids").str.split(BETWEEN), pl.col("first_names").str.split(BETWEEN)
    each = (
        told.with_columns(person_id=ids, name=pl.when(first.list.len() == ids.list.head(FIRST).list.len()).then(first))
        .drop_nulls("person_id")
        .with_columns(number=pl.int_ranges(pl.col("person_id").list.len()))
        .explode("person_id", "number")
        .join(names, on="person_id", how="left", maintain_order="left")
        .join(deadlines, on="person_id", how="left", maintain_order="left")
        .join(rows.select("situation", row_of="page"), on="situation", maintain_order="left")
    )
    in_runbook = each.filter(pl.col("page").is_in([RUNBOOK, STORMS]))["person_id"].unique()
    is_audit = pl.col("page") == AUDIT
    return each.select(
        "page",
        "situation",
        "person_id",
        name=pl.coalesce(pl.col("name").list.get(pl.col("number"), null_on_oob=True), "known_as", "person_id"),
        by=pl.when(is_audit & pl.col("is_listed")).then("own_by").otherwise("by"),
        is_own=pl.col("page") == pl.col("row_of"),
        is_again=is_audit & pl.col("person_id").is_in(in_runbook.implode()),
    )


def _gathered(matters: pl.DataFrame) -> pl.DataFrame:
    """A row a situation: whom its row loses to the runbook, whom it gains from other pages, who is left, and what is due first."""
    again, told = matters.filter("is_again"), matters.filter(~pl.col("is_again"))
    sooner = again.select("person_id", again_by="by").join(
        told.filter(pl.col("page") != AUDIT).select("person_id", "situation"), on="person_id"
    )
    left = (
        told.sort("is_own", descending=True, maintain_order=True)
        .unique(["situation", "person_id"], keep="first", maintain_order=True)
        .group_by("situation", maintain_order=True)
        .agg(
            more=(~pl.col("is_own")).sum().cast(pl.Int64),
            names=pl.col("name").head(FIRST).str.join(BETWEEN),
            ids=pl.col("person_id").str.join(BETWEEN),
            left_by=pl.col("by").min(),
        )
    )
    gone = again.filter("is_own").group_by("situation").agg(gone=pl.len().cast(pl.Int64))
    sooner = sooner.group_by("situation").agg(pl.col("again_by").min())
    return (
        left.join(gone, on="situation", how="full", coalesce=True)
        .join(sooner, on="situation", how="left")
        .with_columns(due=pl.min_horizontal("left_by", "again_by"))
    )


def _names(outcomes: list[Outcome]) -> pl.DataFrame:
    """What people are called, by person id, as far as any page's table says it."""
    tables = [rows for each in outcomes for rows in each.tables.values() if {"person", "person_id"} <= set(rows.columns)]
    nobody = pl.DataFrame(schema={"person_id": pl.String, "known_as": pl.String})
    return (
        pl.concat([nobody, *(rows.select("person_id", known_as="person") for rows in tables)])
        .drop_nulls()
        .unique("person_id", keep="first")
    )


def _deadlines(outcomes: list[Outcome], as_of: datetime | None) -> pl.DataFrame:
    """What is still due of each person in the audit's findings, by person id."""
    audit = next((each for each in outcomes if each.page.name == AUDIT), None)
    findings = audit.tables.get("findings", FINDINGS.to_frame()) if audit else FINDINGS.to_frame()
    due = pl.col("deadline_at").filter(pl.col("deadline_at") >= pl.lit(as_of, INSTANT)) if as_of else pl.col("deadline_at")
    return findings.drop_nulls("person_id").group_by("person_id").agg(own_by=due.min(), is_listed=pl.lit(True).first())
