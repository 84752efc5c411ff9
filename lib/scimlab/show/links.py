"""What the page on links says first."""

from datetime import datetime

import polars as pl

from scimlab.charts.words import counted
from scimlab.schema import INSTANT
from scimlab.show.answers import SOON, Number, answer
from scimlab.show.shown import Shown

HEALTHY = ("HEALTHY_ACTIVE", "HEALTHY_PARKED", "OUT_OF_SCOPE_OK", "CLEAN_LEAVER")
INSUFFICIENT = "INSUFFICIENT_EVIDENCE"
PAID = "paid"


def answer_links(findings: pl.DataFrame, *, as_of: datetime | None) -> Shown:
    """Who is not the same in both systems: how many people, how many of them lose something soon, and who cannot be told.

    findings: FINDINGS. as_of: from when on `soon` counts.
    """
    people = findings.filter(pl.col("subject_kind") == "person", pl.col("rank") == "primary")
    unknown = people.filter(pl.col("diagnosis") == INSUFFICIENT)
    amiss = people.filter(~pl.col("risk").is_in(["none", "unknown"]))
    paid = amiss.filter(pl.col("consequence").str.contains("paid needlessly|paid twice"))
    soon = amiss.filter(_is_soon(as_of))
    numbers = [
        Number(
            "people_not_the_same",
            "people not the same in both systems",
            amiss.height,
            amiss.height + unknown.height,
            "by all exports together",
        ),
        Number(
            "deadlines_soon",
            "people for whom a deadline falls within seven days",
            soon.height,
            soon.height,
            "from the day the tenant is judged at",
        ),
        Number(
            "paid_needlessly", "people paid for needlessly", paid.height, paid.height + unknown.height, "by their state in both systems"
        ),
    ]
    if people.is_empty():
        return answer("Nobody is known: these exports hold neither people nor accounts.", numbers)
    return answer(" ".join([_said(people, amiss, soon), *_of_unknown(unknown)]), numbers)


def _said(people: pl.DataFrame, amiss: pl.DataFrame, soon: pl.DataFrame) -> str:
    linked = people.filter(pl.col("diagnosis").is_in(HEALTHY)).height
    if amiss.is_empty():
        return f"{counted(linked, 'person is', 'people are')} the same in both systems, and nobody is not."
    closing = f" {counted(soon.height, 'deadline falls', 'deadlines fall')} within seven days." if soon.height else ""
    return f"{counted(amiss.height, 'person is', 'people are')} not the same in both systems, of {people.height:,} known.{closing}"


def _of_unknown(unknown: pl.DataFrame) -> list[str]:
    """What cannot be told, and what would tell it."""
    if unknown.is_empty():
        return []
    first = unknown["missing"].drop_nulls().str.split("; ").explode().value_counts(sort=True)
    lacking = f": missing first of all is {first.row(0)[0]}" if first.height else ""
    return [f"Of {counted(unknown.height, 'person', 'people')} these exports cannot tell{lacking}."]


def _is_soon(as_of: datetime | None) -> pl.Expr:
    at = pl.lit(as_of, INSTANT)
    return pl.col("deadline_at").is_between(at, at + SOON).fill_null(False)
