"""The first line of a page: its question answered in a sentence, with the numbers behind it for the index of a report."""

import html
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import polars as pl

from scimlab.charts.words import counted, spoken
from scimlab.schema import Tenant
from scimlab.show.shown import ANSWER, Shown

SOON = timedelta(days=7)
NO_LOG = "no provisioning log of this app was given."


class Number(NamedTuple):
    """A number an index may show: null where there is none, `low` below `high` where only a range is known.

    `word` says how sure it is; `instead` what stands in the place of none.
    """

    name: str
    label: str
    low: float | None
    high: float | None
    word: str
    instead: str = "not known"


def answer(sentence: str, numbers: Sequence[Number] = ()) -> Shown:
    """A sentence set apart, and handed out with its numbers."""
    return Shown(
        {
            ANSWER: {"answer": sentence, "numbers": [number._asdict() for number in numbers]},
            "text/html": f'<p class="answer">{html.escape(sentence)}</p>',
            "text/plain": sentence,
        }
    )


def answer_inputs(checks: pl.DataFrame) -> Shown:
    """Whether the exports can be trusted: how many of the questions put to them they answer, and the first they cannot.

    checks: CHECKS.
    """
    yes, partly, no = (checks.filter(pl.col("answer") == word) for word in ("yes", "partly", "no"))
    number = Number(
        "questions_answered",
        f"of {checks.height} questions that these exports answer in full",
        yes.height,
        yes.height,
        _lacking(partly, no),
    )
    if yes.height == checks.height:
        return answer("These exports can be trusted: they answer every question put to them.", [number])
    first = pl.concat([no, partly]).row(0, named=True)
    limits = (
        f"{counted(partly.height, 'question', 'questions')} only in part, {no.height} not at all"
        if no.height
        else f"{partly.height} only in part"
    )
    return answer(
        f"These exports answer {yes.height} of {checks.height} questions, {limits}. First of all: {first['question']} {first['because']}",
        [number],
    )


def answer_storms(storms: pl.DataFrame, quarantine: pl.DataFrame, tenant: Tenant) -> Shown:
    """Whom Entra retries in vain: how many people, how often so far, and what is still to come.

    storms: STORMS. quarantine: QUARANTINE. tenant: whose log says whether there is anything to know it by.
    """
    if not has_log(tenant):
        return answer(f"These exports cannot say whom Entra retries in vain: {NO_LOG}")
    still = storms.filter("is_open")
    people, silent = _people(still), _people(still.filter("is_silent"))
    numbers = [
        Number(
            "people_in_storms",
            "people retried in vain",
            people,
            people,
            f"on {silent:,} of them Entra has fallen silent" if silent else "by the log",
        ),
        Number("attempts_to_come", "attempts to come if nothing is done", *[_sum(still, "attempts_to_come")] * 2, "until day 28 of each"),
        _distance(quarantine),
    ]
    if not people:
        ended = f" {counted(_people(storms), 'person was', 'people were')}, and that is over." if storms.height else ""
        return answer(f"Nobody is retried in vain.{ended}", numbers)
    main = (
        still.group_by("cause")
        .agg(people=pl.coalesce("person_id", "source_id").n_unique())
        .sort(["people", "cause"], descending=[True, False])
    )
    cause, hit = main.select(spoken("cause"), "people").row(0)
    return answer(
        f"{counted(people, 'person is', 'people are')} being retried in vain, {_sum(still, 'attempts'):,} times so far"
        f"{f'; on {silent:,} of them Entra has fallen silent' if silent else ''}. For {hit:,} the cause is: {cause}.",
        numbers,
    )


def answer_steps(decisions: pl.DataFrame, tenant: Tenant) -> Shown:
    """How each is brought back in order: how much there is to decide, and when time first runs out.

    decisions: DECISIONS. tenant: judged when, by whose clock, and whether by a log.
    """
    as_of, zone = tenant.as_of, tenant.zone
    if decisions.is_empty() and not has_log(tenant):
        return answer(f"These exports cannot say who needs something done: {NO_LOG}")
    due = decisions.drop_nulls("by").sort("by")
    soon = _sum(due.filter(pl.col("by") <= as_of + SOON), "people") if as_of else 0
    numbers = [Number("deadlines_soon", "people for whom time runs out within 7 days", soon, soon, "by the dates in the exports")]
    if decisions.is_empty():
        return answer("Nobody needs anything done.", numbers)
    first = due.select(pl.col("by").dt.convert_time_zone(zone).dt.strftime("%-d %b %Y %H:%M")).item(0, 0) if due.height else None
    until = f" The first deadline is on {first} ({zone})." if first else " None of them has a deadline."
    people = _sum(decisions, "people")
    return answer(
        f"{counted(decisions.height, 'thing is', 'things are')} to be decided, for {counted(people, 'person', 'people')}.{until}", numbers
    )


def answer_seats(seats: pl.DataFrame) -> Shown:
    """How many people are paid for: the count by each rule, which differ, since no public page says which one holds.

    seats: SEATS, of one period.
    """
    known = seats.drop_nulls("high")
    numbers = [
        Number("people_paid_for", f"paid for, by the rule “{rule}”", low, high, _sure(low, high))
        for rule, low, high in known.select(spoken("policy"), "low", "high").head(1).iter_rows()
    ]
    if known.is_empty():
        return answer(f"These exports cannot say how many people are paid for: {seats['reason'].item(0)}", numbers)
    lowest, highest = known["low"].min(), known["high"].max()
    spread = (
        f"{_range(lowest, highest)} are paid for, depending on the rule" if lowest < highest else f"{_range(lowest, highest)} are paid for"
    )
    rules = known.select(spoken("policy"), "low", "high", "unit").iter_rows()
    return answer(f"{spread}: {'; '.join(f'{rule}: {_range(low, high)} {unit}' for rule, low, high, unit in rules)}.", numbers)


def has_log(tenant: Tenant) -> bool:
    """Whether any event of the chosen app is there: without one, that nobody is retried would be a guess."""
    return tenant.events.filter("counted").select(pl.len()).collect().item() > 0


def _people(storms: pl.DataFrame) -> int:
    return storms.select(pl.coalesce("person_id", "source_id").n_unique()).item() if storms.height else 0


def _sum(frame: pl.DataFrame, column: str) -> int:
    return frame[column].sum() or 0


def _distance(quarantine: pl.DataFrame) -> Number:
    """How many more objects must fail until Entra may quarantine the job that is nearest to it."""
    label = "more failing objects until quarantine"
    nearest = quarantine.drop_nulls("distance").sort("distance").head(1)
    if nearest.is_empty():
        instead = "out of reach" if quarantine.height else "not known"
        return Number(
            "quarantine_distance",
            label,
            None,
            None,
            "fewer objects than the lowest threshold" if quarantine.height else "no job in the log",
            instead,
        )
    return Number("quarantine_distance", label, nearest["distance"].item(), nearest["distance"].item(), "by the documented thresholds")


def _lacking(partly: pl.DataFrame, no: pl.DataFrame) -> str:
    return f"{partly.height} in part, {no.height} not at all" if partly.height or no.height else "nothing is missing"


def _sure(low: float, high: float) -> str:
    return "exact" if low == high else "a range: the exports do not say more"


def _range(low: float, high: float) -> str:
    return f"{round(low, 2):,.10g}" if low == high else f"{round(low, 2):,.10g} to {round(high, 2):,.10g}"
