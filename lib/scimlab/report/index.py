"""index.html: one sentence, a few numbers, what is to be decided this week, one picture, and where everything else is."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import polars as pl

from scimlab import charts, show
from scimlab.charts.words import counted
from scimlab.report import html
from scimlab.report.gather import Outcome
from scimlab.report.matters import RUNBOOK, STORMS, decisions
from scimlab.show import tables
from scimlab.show.anchors import Places
from scimlab.show.answers import SOON
from scimlab.show.inputs import said

MOST_DECISIONS = 10
MOST_LACKING = 3
# The numbers of the index in their order, each with the page that explains it.
SHOWN = ("people_in_storms", "deadlines_soon", "people_paid_for", "quarantine_distance", "questions_answered")


class Told(NamedTuple):
    """A number as the index shows it: the text, what it counts, how sure it is, what changed, and the page it leads to."""

    name: str
    text: str
    label: str
    word: str
    change: str
    page: str


def headline(outcomes: list[Outcome], linked: int, *, zone: str) -> str:
    """The answer in one sentence.

    linked: the people with an account here and there.
    """
    numbers = {number["name"]: number["low"] for outcome in outcomes for number in outcome.numbers}
    people, soon = numbers.get("people_in_storms"), numbers.get("deadlines_soon")
    if people is None:
        page = next((each for each in outcomes if each.page.name == STORMS and each.run.status == "done" and each.answer), None)
        # Without a log the page says itself that it cannot tell, which must not read as good news here.
        return page.answer if page else "This report does not say whom Entra retries in vain: that page was not made, or stopped."
    if not people and decisions(outcomes).is_empty():
        return f"Nothing to decide. {counted(linked, 'person is', 'people are')} linked, none is retried in vain."
    storm = f"{counted(people, 'person is', 'people are')} being retried in vain" if people else "Nobody is retried in vain"
    if soon is None:
        return f"{storm}."
    if not soon:
        return f"{storm}; no deadline falls within the next {SOON.days} days."
    first = next(each.decision["by"].min() for each in outcomes if any(number["name"] == "deadlines_soon" for number in each.numbers))
    return f"{storm}; for {counted(soon, 'person', 'people')} time runs out within {SOON.days} days, first on {said(first, zone)} ({zone})."


def asides(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The pages whose decision is to collect or to ask something."""
    return [each for each in outcomes if each.decision["people"].null_count()]


def lacking(checks: pl.DataFrame) -> list[dict[str, str]]:
    """What this report cannot say, why, and how to change that: the first few of CHECKS that are not answered at all."""
    return checks.filter(pl.col("answer") == "no").head(MOST_LACKING).to_dicts()


def told(outcomes: Iterable[Outcome], before: Mapping[str, Any] | None) -> list[Told]:
    """The numbers of the index, in its order; a page that was not made gives none.

    before: the results of the last run, None where there was none.
    """
    found = {number["name"]: (number, outcome.page.name) for outcome in outcomes for number in outcome.numbers}
    last = {number["name"]: number for number in (before or {}).get("numbers", [])}
    return [
        Told(name, spelled(number), number["label"], number["word"], _change(number, last.get(name), before), f"{page}.html")
        for name, (number, page) in ((name, found[name]) for name in SHOWN if name in found)
    ]


def spelled(number: Mapping[str, Any]) -> str:
    """A number, or the range in which it lies.

    >>> spelled({"low": 64.0, "high": 66.0}), spelled({"low": 1204, "high": 1204})
    ('64 to 66', '1,204')
    """
    low, high = number["low"], number["high"]
    if low is None or high is None:
        return number["instead"]
    return f"{round(low, 2):,.10g}" if low == high else f"{round(low, 2):,.10g} to {round(high, 2):,.10g}"


def _change(number: Mapping[str, Any], last: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> str:
    """What became of a number since the last run, in words."""
    if before is None:
        return "first run"
    if last is None or None in (number["high"], last["high"]):
        return f"not comparable with {before['as_of'][:10]}"
    difference = number["high"] - last["high"]
    return f"{difference:+,.10g} since {before['as_of'][:10]}" if difference else f"as on {before['as_of'][:10]}"


def page(
    outcomes: list[Outcome],
    *,
    zone: str,
    to_decide: pl.DataFrame,
    places: Places,
    checks: pl.DataFrame,
    cycles: pl.DataFrame,
    receipt: pl.DataFrame,
    **told: Any,
) -> str:
    """The index as HTML.

    outcomes: in reading order. to_decide: as `decisions` gives it. places: where names lead. checks: CHECKS.
    cycles: CYCLE_ATTEMPTS, for the picture. receipt: RECEIPT.
    told: what is put as it is: tenant, as_of, answer, numbers, command, versions, and the files `beside` the pages.
    """
    rows = to_decide.head(MOST_DECISIONS).with_columns(names=tables.first_names(to_decide.columns, places))
    picture = show.chart(charts.attempts_in_vain(cycles, zone=zone)).bundle[show.CHART]
    return (
        html.environment()
        .get_template("index.html.j2")
        .render(
            **html.frame(),
            **told,
            title=f"{told['tenant']}: {told['answer']}",
            zone=zone,
            lacking=lacking(checks),
            decisions=[{**row, "by": said(row["by"], zone) if row["by"] else None, "how": _how(row)} for row in rows.to_dicts()],
            more=to_decide.height - rows.height,
            picture=html.chart(picture),
            outcomes=outcomes,
            asides=asides(outcomes),
            known=any(number["name"] == "people_in_storms" for each in outcomes for number in each.numbers),
            read=html.table(receipt, "receipt", zone=zone, with_csv=False),
        )
    )


def _how(decision: Mapping[str, Any]) -> str:
    """Where a decision leads: to its steps in the runbook, else to the end of its page."""
    return f"{decision['page']}.html#{decision['situation'] if decision['page'] == RUNBOOK else 'Decision'}"


def linked(identities: pl.DataFrame) -> int:
    """How many people have both an object of Entra and a record of the app."""
    sides = identities.filter(pl.col("alias_kind").is_in(["object_id", "target_id"]), pl.col("strength") != "suspect")
    return sides.group_by("person_id").agg(pl.col("alias_kind").n_unique()).filter(pl.col("alias_kind") == 2).height
