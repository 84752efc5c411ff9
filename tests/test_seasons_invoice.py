"""The bill, line by line: which rule it fits, whom the difference is about, and what may be written to the vendor."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from typed_tenant import NOW, address, object_id, tenant

from scimlab import read, seasons, seats, simulate
from scimlab.schema import BILLED, BILLS, INVOICE

MAY = (date(2026, 5, 1), date(2026, 6, 1))  # typed tenants are judged on 30 June
PAID_FOR = [
    "user ada", "create ada r1 -90d", "record r1 ada active key=ada",  # all May
    "user ben disabled", "create ben r2 -90d", "disable ben r2 -45d", "record r2 ben inactive key=ben",  # until 16 May
    "user cid disabled", "create cid r3 -90d", "disable cid r3 -70d", "record r3 cid inactive key=cid",  # off since April
    "user dan", "create dan r4 -90d", "create dan r5 -80d", "record r4 dan active key=dan", "record r5 dan active key=dan",
    "user eva", "create eva r6 -90d", "record r6 eva active key=eva",
    "user kiosk", "create kiosk r7 -90d", "record r7 kiosk active key=kiosk",
]  # fmt: skip
BILL = ["r1", "ben", "r3", "r4", "r5", "kiosk", "mona"]  # eva is not on it, nobody knows mona


def billed(*lines: str, on: date = date(2026, 5, 31)):
    """The tenant with a bill of these lines, a record or a person each."""
    typed = tenant(*PAID_FOR, exclude=[{"address": address("kiosk"), "reason": "lobby screen"}])
    ids = [each if each[1:].isdigit() else None for each in lines]
    rows = [
        {"address": address(each) if target_id is None else None, "target_id": target_id, "billed_on": on, "quantity": 1.0}
        for each, target_id in zip(lines, ids, strict=True)
    ]
    return replace(typed, invoice=pl.DataFrame([{name: row.get(name) for name in INVOICE} for row in rows], schema=INVOICE))


def reasons(found: pl.DataFrame) -> dict[str, tuple]:
    """What was billed, counted, and why it differs, by address."""
    return {row["address"].split("@")[0]: (row["billed"], row["counted_high"], row["why"]) for row in found.to_dicts()}


def test_each_difference_has_its_reason():
    """Who was off, who has two accounts, who is no person, whom nobody knows, and who was forgotten."""
    bill = billed(*BILL)
    found = seasons.invoice(bill, seats.intervals(bill), period=MAY, policy="any_active_full")
    assert reasons(found) == {
        "ada": (1, 1, "agreed"),
        "ben": (1, 1, "agreed"),  # until the 16th is a full seat by this rule
        "cid": (1, 0, "not_active"),
        "dan": (2, 1, "doubled"),
        "eva": (0, 1, "not_billed"),
        "kiosk": (1, 0, "excluded"),
        "mona": (1, 0, "not_known"),
    }
    assert found["difference"].sum() == 7 - 4


def test_by_days_half_a_month_is_too_much():
    """By the rule that shares out days, ben's seat until the sixteenth is 16 of 31 days."""
    bill = billed(*BILL)
    found = seasons.invoice(bill, seats.intervals(bill), period=MAY, policy="user_days_prorated")
    assert reasons(found)["ben"] == (1, pytest.approx(16 / 31), "too_much")
    assert found["difference"].sum() == pytest.approx(7 - (3 + 16 / 31))


def test_the_sum_is_the_difference_by_every_rule():
    """Each rule's number less the bill is what the people make up; what fits best comes first and is what is explained."""
    bill = billed("ada", "ben", "dan", "eva")
    held = seats.intervals(bill)
    rules = seasons.bills(bill, held, period=MAY)
    assert rules.filter("fits")["policy"].to_list() == ["peak_daily", "any_active_full"]
    for policy, low in rules.filter(pl.col("policy") != "records").select("policy", "low").rows():
        assert seasons.invoice(bill, held, period=MAY, policy=policy)["difference"].sum() == pytest.approx(4 - low), policy
    assert seasons.invoice(bill, held, period=MAY)["why"].unique().to_list() == ["agreed"]


def test_a_vendor_that_counts_accounts():
    """Five for four people is what counting accounts gives."""
    bill = billed("ada", "ben", "r4", "r5", "eva")
    rules = seasons.bills(bill, seats.intervals(bill), period=MAY)
    assert rules.row(0, named=True) | {"unit": ""} == {
        "policy": "records", "unit": "", "billed": 5, "low": 5, "high": 5, "difference": 0, "fits": True,
    }  # fmt: skip


def test_only_a_number():
    """With no more than a number the rules are beside it, and nobody is named."""
    typed = tenant(*PAID_FOR, exclude=[])
    rules = seasons.bills(typed, seats.intervals(typed), period=MAY, billed=9)
    assert rules["billed"].unique().to_list() == [9] and not rules["fits"].any()
    assert seasons.invoice(typed, seats.intervals(typed), period=MAY).equals(BILLED.to_frame())
    assert seasons.bills(typed, seats.intervals(typed), period=MAY).equals(BILLS.to_frame())


def test_lines_of_another_month_are_left_out_and_named():
    """A bill of June says nothing of May."""
    bill = billed("ada", on=date(2026, 6, 30))
    assert seasons.invoice(bill, seats.intervals(bill), period=MAY).is_empty()
    assert seasons.other_days(bill, MAY) == [date(2026, 6, 30)] and NOW.date() == date(2026, 6, 30)


def test_where_the_exports_leave_it_open():
    """The log begins in the middle of May, and cid is off ever since: before that, nobody knows, so his line is neither right nor wrong."""
    typed = tenant(
        "user ada", "create ada r1 -45d", "record r1 ada active key=ada", "user cid disabled", "record r3 cid inactive", exclude=[]
    )
    bill = replace(typed, invoice=billed("ada", "cid").invoice)
    found = seasons.invoice(bill, seats.intervals(bill), period=MAY, policy="any_active_full").filter(person_id=object_id("cid"))
    assert found.select("why", "difference", "counted_low", "counted_high").row(0) == ("open", 0, 0, 1)


def test_a_letter_says_what_and_why():
    """Only what differs, each with a sentence and the events behind it."""
    bill = billed(*BILL)
    found = seasons.letter(seasons.invoice(bill, seats.intervals(bill), period=MAY, policy="any_active_full"))
    cid = found.filter(address=address("cid")).row(0, named=True)
    assert (cid["billed"], cid["counted"], cid["difference"]) == (1, 0, 1)
    assert (
        cid["says"] == "The account was not active on any day of the period."
        and "disable succeeded, inactive 2026-04-21" in cid["evidence"]
    )
    assert sorted(found["address"].str.split("@").list.first()) == ["cid", "dan", "eva", "kiosk", "mona"]


def test_an_invented_vendor(tmp_path):
    """An invented vendor counts every account active at any time: its bill fits that rule, and person by person nothing is left over."""
    simulate.write(tmp_path, seed=9, people=150, months=3, exports=("log", "users", "deleted", "records", "invoice"))
    typed = read.tenant(tmp_path, workdir=tmp_path / "parts")
    held, period = seats.intervals(typed), seats.default_period(typed)
    rules = seasons.bills(typed, held, period=period)
    assert typed.invoice.height > 80 and rules.filter(policy="records")["fits"].item()
    found = seasons.invoice(typed, held, period=period, policy="any_active_full")
    assert found["difference"].sum() == rules.filter(policy="any_active_full")["difference"].item()
    assert set(found.filter(pl.col("difference") != 0)["why"]) <= {"doubled"}
