"""INTERVALS counted: by each rule over each period, and day by day."""

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from scimlab.errors import UsageError
from scimlab.schema import INSTANT, SEATS
from scimlab.seats.held import Bound, Held, numbered
from scimlab.seats.periods import Period, period_of
from scimlab.seats.policies import POLICIES, RULES


def count(
    intervals: pl.DataFrame | pl.LazyFrame,
    *,
    policy: str,
    period: tuple[dt.date, dt.date],
    zone: str,
    activity: pl.DataFrame | None = None,
    terms: Mapping[str, object] | None = None,
) -> pl.DataFrame:
    """What one counting rule makes of the period: the truth lies between `low` and `high`.

    intervals: INTERVALS, any order, lazy or not. Service accounts are not counted; guests and unmanaged people are.
    policy: a name of rules/policies.toml. period: the first day and the day after the last, days of `zone`.
    activity: ACTIVITY, with `person_id` where that is not the object id; only some rules need it.
    terms: price (of one seat for the period), currency, minimum and contract (seats), and options of the rule.
    returns: SEATS, one row. `people` and `records` are those that any rule of this kind looks at, at the most; where they
    differ, somebody is paid for twice. Without a price no money; without what the rule needs no count, and the `reason`.
    raises: UsageError for an unknown policy or zone, a period without a day, or terms that are no numbers.
    source: rules/policies.toml names each rule's.
    """
    return counts(intervals, policies=[policy], periods=[period], zone=zone, activity=activity, terms=terms)


def counts(
    intervals: pl.DataFrame | pl.LazyFrame,
    *,
    policies: Sequence[str],
    periods: Sequence[tuple[dt.date, dt.date]],
    zone: str,
    activity: pl.DataFrame | None = None,
    terms: Mapping[str, object] | None = None,
) -> pl.DataFrame:
    """What each counting rule makes of each period: the evidence is gone through once, whatever number of them is asked for.

    policies, periods: as `count` takes one. The other arguments are those of `count`.
    returns: SEATS, a row a period and policy, in the order given.
    raises: as `count`.
    """
    asked, terms = [period_of(each, zone) for each in periods], terms or {}
    options = {policy: _options(policy, activity, terms) for policy in policies}
    if not asked:
        return SEATS.to_frame()
    held = _held(intervals, _over(asked))
    rows = [row for period in asked for row in _rows(period, held, options, terms)]
    return pl.DataFrame(rows, schema=SEATS)


def daily(intervals: pl.DataFrame | pl.LazyFrame, *, period: tuple[dt.date, dt.date], zone: str) -> pl.DataFrame:
    """The people active at any instant of each day, at the least and at the most: `day` `low` `high`, in order of days.

    intervals: INTERVALS. period: the first day and the day after the last, days of `zone`. Service accounts are not counted.
    """
    span = period_of(period, zone)
    held = _held(intervals, span)
    days = pl.date_range(span.first_day, span.end_day, closed="left", eager=True).alias("day")
    return pl.DataFrame([days, *(each.people_a_day(span).alias(bound) for bound, each in held.items())])


def _held(intervals: pl.DataFrame | pl.LazyFrame, over: Period) -> dict[Bound, Held]:
    """What is held at the least and at the most: one and the same, looked at once, where the exports leave nothing open."""
    rows = numbered(intervals)
    low, high = Held(rows, "low", over), Held(rows, "high", over)
    return {"low": high if low.spans.equals(high.spans) else low, "high": high}


def _over(periods: Sequence[Period]) -> Period:
    return Period(min(each.first_day for each in periods), max(each.end_day for each in periods), periods[0].zone)


def _options(policy: str, activity: pl.DataFrame | None, terms: Mapping[str, object]) -> dict[str, object]:
    """The options of a rule, its own defaults set anew by the terms. raises: UsageError for a rule that does not exist."""
    if policy not in RULES:
        near = difflib.get_close_matches(policy, RULES, n=1, cutoff=0)[0]
        raise UsageError(f"no policy {policy!r}; the nearest is {near!r}", f"give one of {', '.join(RULES)}", field="policy")
    defaults = {name: terms.get(name, value) for name, value in POLICIES[policy].get("defaults", {}).items()}
    return defaults | {"activity": _of_people(activity), "contract": _number(terms, "contract")}


def _rows(
    period: Period, held: Mapping[Bound, Held], options: Mapping[str, Mapping[str, object]], terms: Mapping[str, object]
) -> Iterator[dict[str, object]]:
    """A row of SEATS a policy."""
    seen = _looked_at(held["high"], period)
    for policy, chosen in options.items():
        rule = POLICIES[policy]
        reason = _missing(rule.get("needs"), chosen)
        found = dict.fromkeys(held) if reason else _bounds(policy, held, period, chosen)
        row = {"policy": policy, "period_start": period.first_day, "period_end": period.end_day, "zone": period.zone}
        yield row | {"unit": rule["unit"], "reason": reason} | found | seen.get(policy, seen["all"]) | _money(found, terms)


def _bounds(policy: str, held: Mapping[Bound, Held], period: Period, options: Mapping[str, object]) -> dict[Bound, float]:
    """What the rule counts at the least and at the most; once where both are sure to be one."""
    if held["low"] is held["high"] and options["activity"] is None:
        return dict.fromkeys(held, float(RULES[policy](held["high"], period, options)))
    return {bound: float(RULES[policy](each, period, options | {"bound": bound})) for bound, each in held.items()}


def _looked_at(held: Held, period: Period) -> dict[str, dict[str, int]]:
    """The `people` and `records` that a rule looks at: those of its one instant, by its name, or all that held a seat in the period."""
    spans = held.spans_of(period)
    start, end = (pl.lit(period.at(day), INSTANT) for day in (period.first_day, period.end_day))
    looked_at = {
        "all": spans,
        "snapshot_start": spans.filter(pl.col("on_at") <= start),
        "snapshot_end": spans.filter(pl.col("off_at") >= end),
    }
    return {
        name: {"people": each["person"].n_unique(), "records": _records(each, held.named(each, "target_id"))}
        for name, each in looked_at.items()
    }


def _records(spans: pl.DataFrame, target_ids: pl.Series) -> int:
    """Distinct records; where the log carries no target id, a person stands for one."""
    return target_ids.drop_nulls().n_unique() + spans["person"].filter(target_ids.is_null()).n_unique()


def _of_people(activity: pl.DataFrame | None) -> pl.DataFrame | None:
    if activity is None:
        return None
    person = pl.col("person_id") if "person_id" in activity.columns else pl.col("object_id")
    return activity.select(person.alias("person_id"), "at").drop_nulls()


def _missing(needs: str | None, options: Mapping[str, object]) -> str | None:
    """Why the rule cannot count, or null."""
    if needs == "activity" and (options["activity"] is None or options["activity"].is_empty()):
        return "this rule counts who did something, and no activity (sign-ins or use of the app) was given"
    if needs == "contract" and options["contract"] is None:
        return "this rule starts from the seats of the contract, and [terms] in tenant.toml names no contract"
    return None


def _money(found: Mapping[Bound, float | None], terms: Mapping[str, object]) -> dict[str, object]:
    """The price of what was counted, never of less than the contract's minimum; null without a price."""
    price, minimum = _number(terms, "price"), _number(terms, "minimum") or 0
    if price is None or found["low"] is None:
        return {"money_low": None, "money_high": None, "currency": None}
    return {f"money_{bound}": max(quantity, minimum) * price for bound, quantity in found.items()} | {"currency": terms.get("currency")}


def _number(terms: Mapping[str, object], name: str) -> float | None:
    value = terms.get(name)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise UsageError(f"{value!r} is no number", "give it without quotes, as in price = 6.5", field=f"terms.{name}")
