"""What a page on seats comes down to: whom to switch off, what to write to the vendor, and what to ask."""

import polars as pl

from scimlab.charts.words import counted
from scimlab.schema import DECISIONS
from scimlab.seasons import Account
from scimlab.show.anchors import BETWEEN, FIRST
from scimlab.show.decisions import to_ask

GOES_ON = "not seen to end"
SETTLE = {
    "deleted": ("Switch off the accounts of people who are deleted in Entra", "administrator of the app", "R9"),
    "disabled": (
        "See why people disabled in Entra are active in the app, and switch them off",
        "Application Administrator",
        "R8",
    ),
    "unassigned": ("Switch off people who are no longer given the app", "Application Administrator", "R8"),
    "unsaid": ("See why the app holds people active whom Entra sent as inactive", "Application Administrator", "R8"),
    "doubled": ("Unite the accounts of people who have several", "the app's vendor", "R5"),
}
"""By why a seat is needless: what to do, who may, and the runbook."""


def to_settle(found: Account) -> pl.DataFrame:
    """A row a thing to settle: needless seats that go on, what the bill says too much or too little, and the rule to ask for.

    found: what `seasons.account` gives. returns: DECISIONS in that order; empty where nothing is to be settled.
    """
    going_on = found.leaks.filter(pl.col("off_evidence").str.starts_with(GOES_ON))
    rows = [_needless(going_on.filter(why=why), why) for why in SETTLE]
    return pl.concat([*(_shaped(row) for row in rows if row), _shaped(_letter(found)), to_ask(found.counts)])


def _needless(leaks: pl.DataFrame, why: str) -> dict[str, object]:
    """The decision about people whose seats are needless for one reason; empty where there are none."""
    if leaks.is_empty():
        return {}
    what, owner, runbook = SETTLE[why]
    days, money = leaks["days_high"].sum(), leaks["money_high"].sum() if leaks["money_high"].count() else None
    price = f", {money:,.2f} {leaks['currency'][0] or ''}".rstrip() if money is not None else ""
    cost = f"{counted(days, 'day', 'days')} of a seat in this period, at the most{price}; more in each to come."
    return {"what": what, "owner": owner, "runbook": runbook, "cost": cost, "situation": f"paid_though_{why}"} | _people(leaks)


def _letter(found: Account) -> dict[str, object]:
    """The decision to write to the vendor; empty where nothing differs."""
    off = found.billed.filter(pl.col("difference").abs() > 0.005)
    if off.is_empty():
        return {}
    over, under = (off.filter(pl.col("difference") * sign > 0)["difference"].sum() * sign for sign in (1, -1))
    cost = f"By the rule that fits the bill best, {over:,.4g} seats are billed too much, and {under:,.4g} too little."
    said = {"what": "Write to the vendor about the bill: the table for a letter names each person", "owner": "whoever holds the contract"}
    return said | {"cost": cost, "runbook": "R5", "situation": "bill_differs"} | _people(off)


def _people(rows: pl.DataFrame) -> dict[str, object]:
    """How many people these rows are about, and who."""
    known = rows.unique("person_id", keep="first", maintain_order=True)
    names = known["person"].fill_null("somebody unknown")
    return {"people": known.height, "first_names": BETWEEN.join(names.head(FIRST)), "person_ids": BETWEEN.join(known["person_id"])}


def _shaped(row: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in DECISIONS}] if row else [], schema=DECISIONS)
