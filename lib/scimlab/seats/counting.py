"""INTERVALS counted: by one rule over a period, and day by day."""

import datetime as dt
import difflib
from collections.abc import Mapping

import polars as pl

from scimlab.errors import UsageError
from scimlab.schema import SEATS
from scimlab.seats.periods import Period, held, people_a_day, period_of
from scimlab.seats.policies import POLICIES, RULES


def count(
    intervals: pl.DataFrame,
    *,
    policy: str,
    period: tuple[dt.date, dt.date],
    zone: str,
    activity: pl.DataFrame | None = None,
    terms: Mapping[str, object] | None = None,
) -> pl.DataFrame:
    """What one counting rule makes of the period: the truth lies between `low` and `high`.

    intervals: INTERVALS, any order. Service accounts are not counted; guests and unmanaged people are.
    policy: a name of rules/policies.toml. period: the first day and the day after the last, days of `zone`.
    activity: ACTIVITY, with `person_id` where that is not the object id; only some rules need it.
    terms: price (of one seat for the period), currency, minimum and contract (seats), and options of the rule.
    returns: SEATS, one row. `people` and `records` are those that any rule of this kind looks at, at the most; where they
    differ, somebody is paid for twice. Without a price no money; without what the rule needs no count, and the `reason`.
    raises: UsageError for an unknown policy or zone, a period without a day, or terms that are no numbers.
    source: rules/policies.toml names each rule's.
    """
    if policy not in RULES:
        near = difflib.get_close_matches(policy, RULES, n=1, cutoff=0)[0]
        raise UsageError(f"no policy {policy!r}; the nearest is {near!r}", f"give one of {', '.join(RULES)}", field="policy")
    span, terms = period_of(period, zone), terms or {}
    rule = POLICIES[policy]
    options = {name: terms.get(name, value) for name, value in rule.get("defaults", {}).items()}
    options |= {"activity": _of_people(activity), "contract": _number(terms, "contract")}
    spans = {bound: held(intervals, bound, span) for bound in ("low", "high")}
    reason = _missing(rule.get("needs"), options)
    counts = {bound: None if reason else float(RULES[policy](spans[bound], span, options | {"bound": bound})) for bound in spans}
    looked_at = spans["high"].filter(_at_the_instant(policy, span))
    row = {
        "policy": policy,
        "period_start": span.first_day,
        "period_end": span.end_day,
        "zone": zone,
        "unit": rule["unit"],
        "reason": reason,
    }
    row |= counts | {"people": looked_at["person_id"].n_unique(), "records": _records(looked_at)} | _money(counts, terms)
    return pl.DataFrame([row], schema=SEATS)


def daily(intervals: pl.DataFrame, *, period: tuple[dt.date, dt.date], zone: str) -> pl.DataFrame:
    """The people active at any instant of each day, at the least and at the most: `day` `low` `high`, in order of days.

    intervals: INTERVALS. period: the first day and the day after the last, days of `zone`. Service accounts are not counted.
    """
    span = period_of(period, zone)
    low, high = (people_a_day(held(intervals, bound, span), span) for bound in ("low", "high"))
    return low.select("day", low="people").with_columns(high=high["people"])


def _at_the_instant(policy: str, period: Period) -> pl.Expr:
    """The spans a rule looks at: those that hold its one instant, or all."""
    instants = {
        "snapshot_start": pl.col("on_at") == pl.lit(period.at(period.first_day)),
        "snapshot_end": pl.col("off_at") == pl.lit(period.at(period.end_day)),
    }
    return instants.get(policy, pl.lit(True))


def _records(spans: pl.DataFrame) -> int:
    """Distinct records; where the log carries no target id, a person stands for one."""
    return spans.select(pl.coalesce("target_id", pl.lit("person:") + pl.col("person_id")).n_unique()).item()


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


def _money(counts: Mapping[str, float | None], terms: Mapping[str, object]) -> dict[str, object]:
    """The price of what was counted, never of less than the contract's minimum; null without a price."""
    price, minimum = _number(terms, "price"), _number(terms, "minimum") or 0
    if price is None or counts["low"] is None:
        return {"money_low": None, "money_high": None, "currency": None}
    return {f"money_{bound}": max(quantity, minimum) * price for bound, quantity in counts.items()} | {"currency": terms.get("currency")}


def _number(terms: Mapping[str, object], name: str) -> float | None:
    value = terms.get(name)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise UsageError(f"{value!r} is no number", "give it without quotes, as in price = 6.5", field=f"terms.{name}")
