"""What the page on the season ahead says first."""

import polars as pl

from scimlab.charts.season import spread
from scimlab.charts.words import counted
from scimlab.schema import Tenant
from scimlab.seasons.planner import Plan
from scimlab.show.answers import Number, answer
from scimlab.show.shown import Shown

RULE = "peak_daily"


def answer_season(plan: Plan, tenant: Tenant) -> Shown:
    """Who leaves and returns, and what the next season takes: how many, when first, and what cannot be told.

    plan: of the tenant. tenant: whose zone names the day.
    """
    leave, back = (plan.due.filter(pl.col("what") == what, ~pl.col("is_overdue")) for what in ("leaves", "returns"))
    coming = plan.forecast.filter(pl.col("policy") == RULE, pl.col("low").is_null(), pl.col("expected_high").is_not_null())
    low, high = coming.select("expected_low", "expected_high").row(0) if coming.height else (None, None)
    numbers = [
        Number("people_due_to_leave", "people due to leave within a year", leave.height, leave.height, _by(leave)),
        Number("people_due_to_return", "people due to return within a year", back.height, back.height, _by(back)),
        Number("next_season_seats", "people expected on the next season's busiest day", low, high, _tested(plan.forecast)),
    ]
    if plan.due.is_empty() and plan.returned.is_empty():
        return answer(
            "These exports cannot say who leaves and returns: there is no roster, no leave date, and nobody who came back after weeks.",
            numbers,
        )
    return answer(" ".join([_behind(plan.returned), _ahead(leave, back, plan.due), _seats(low, high)]), numbers)


def _behind(returned: pl.DataFrame) -> str:
    came, refused = (returned.filter(pl.col("back_at").is_null() == is_refused)["person_id"].n_unique() for is_refused in (False, True))
    vain = f", and the app refuses {counted(refused, 'person who', 'people who')} came back under a new account" if refused else ""
    return f"{counted(came, 'person', 'people')} came back in earlier seasons{vain}."


def _ahead(leave: pl.DataFrame, back: pl.DataFrame, due: pl.DataFrame) -> str:
    late = due.filter("is_overdue").height
    overdue = f"; for {counted(late, 'person', 'people')} the day has passed" if late else ""
    ahead = pl.concat([leave, back])
    first = f", the first on {ahead['on_max'].min():%-d %b %Y}" if ahead.height else ""
    return f"{counted(leave.height, 'person is', 'people are')} due to leave and {back.height:,} to return within a year{first}{overdue}."


def _seats(low: float | None, high: float | None) -> str:
    if low is None:
        return "How many seats the next season takes cannot be told: fewer than two seasons lie behind."
    return f"The next season is expected to take {spread(low, high)} people on its busiest day."


def _by(due: pl.DataFrame) -> str:
    """Who says so, in a few words."""
    told = {"roster": "the roster", "entra": "Entra's leave dates", "earlier_seasons": "earlier seasons"}
    sources = [words for name, words in told.items() if name in due["source"]]
    return f"by {' and '.join(sources)}" if sources else "nobody says of any"


def _tested(forecast: pl.DataFrame) -> str:
    """How often the reckoning held where it can be tested."""
    tested = forecast.filter(pl.col("policy") == RULE).drop_nulls(["expected_high", "high"])
    held = tested.filter(pl.col("verdict").str.starts_with("held")).height
    return (
        f"held in {held} of {counted(tested.height, 'earlier season', 'earlier seasons')}"
        if tested.height
        else "not tested: too few seasons"
    )
