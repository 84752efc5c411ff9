"""The vendor's bill beside the exports: which rule it fits, and whom the difference is about."""

import datetime as dt
from collections.abc import Mapping

import polars as pl

from scimlab import names, people, seats
from scimlab.schema import BILLED, BILLS, Tenant
from scimlab.seats.counted import SHARES

RECORDS = "records"
"""Not one of the policies: every record that was active at any time, whosever it is."""

Period = tuple[dt.date, dt.date]


def bills(tenant: Tenant, intervals: pl.DataFrame, *, period: Period, billed: float = 0) -> pl.DataFrame:
    """What was billed beside what each rule makes of the exports: which of them the vendor may have counted by.

    intervals: INTERVALS. period: the first day and the day after the last, days of the tenant's zone.
    billed: the number on the bill; 0: the sum of the lines of the period.
    returns: BILLS, those that fit first, then by how far off; empty where nothing was billed.
    """
    lines = _lines(tenant, period)
    total = billed or lines["quantity"].sum()
    if not billed and lines.is_empty():
        return BILLS.to_frame()
    terms = tenant.settings["terms"].value if "terms" in tenant.settings else None
    found = seats.counts(intervals, policies=list(SHARES), periods=[period], zone=tenant.zone, terms=terms)
    days = seats.counted(intervals, period=period, zone=tenant.zone)
    low = _records(seats.seat_days(intervals, period=period, zone=tenant.zone).filter("is_certain"))
    by_record = pl.DataFrame({"policy": RECORDS, "unit": "records", "low": float(low), "high": float(days["records"].sum())})
    return (
        pl.concat([found.select("policy", "unit", "low", "high"), by_record])
        .with_columns(billed=pl.lit(float(total)))
        .with_columns(difference=_off("low", "high"))
        .with_columns(fits=pl.col("difference").abs() < 0.005)
        .sort(~pl.col("fits"), pl.col("difference").abs(), maintain_order=True)
        .select(pl.col(name).cast(dtype) for name, dtype in BILLS.items())
    )


def invoice(
    tenant: Tenant, intervals: pl.DataFrame, *, period: Period, policy: str = "", identities: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Each person who was billed, or counted: what each number is, by how much the bill is off, and why.

    The differences add up to that between the bill and the rule. Several lines for the records of one person are one person
    billed several times. A line that names nobody these exports know is a person of its own.

    policy: one that falls into people (those of `seats.SHARES`); empty: the one of them that the bill fits best.
    returns: BILLED, what differs most first; empty where no line of the period names anybody.
    """
    lines = _lines(tenant, period).filter(pl.col("address").is_not_null() | pl.col("target_id").is_not_null())
    if lines.is_empty():
        return BILLED.to_frame()
    ids = people.identities(tenant) if identities is None else identities
    rule = policy or bills(tenant, intervals, period=period).filter(pl.col("policy") != RECORDS)["policy"][0]
    share, days = SHARES[rule], (period[1] - period[0]).days if SHARES[rule] == "days" else 1
    counted = seats.counted(intervals, period=period, zone=tenant.zone)
    billed = _persons(lines, ids, counted)
    both = billed.join(counted.with_columns(policy=pl.lit(rule)), on="person_id", how="full", coalesce=True, suffix="_counted")
    by_low, by_high = (pl.col(f"{share}_{bound}").fill_null(0) / days for bound in ("low", "high"))
    return (
        both.with_columns(pl.col("billed").fill_null(0), policy=pl.lit(rule), counted_low=by_low, counted_high=by_high)
        .with_columns(difference=_off("counted_low", "counted_high"), target_ids=pl.coalesce("target_ids_counted", "target_ids"))
        .join(_before(intervals, period, tenant.zone), on="person_id", how="left")
        .with_columns(why=_why(), off_evidence=pl.coalesce("off_evidence", "last_off"), on_evidence=pl.coalesce("on_evidence", "last_on"))
        .join(_addresses(ids), on="person_id", how="left")
        .with_columns(address=pl.coalesce("address", "known_as"))
        .sort(pl.col("difference").abs(), "person_id", "address", descending=[True, False, False])
        .select(pl.col(name).cast(dtype) for name, dtype in BILLED.items())
    )


def other_days(tenant: Tenant, period: Period) -> list[dt.date]:
    """The days of lines of the bill that are none of the period's."""
    return tenant.invoice.filter(~_within(period))["billed_on"].unique().sort().to_list()


def _within(period: Period) -> pl.Expr:
    """Whether a line was billed in the period; one without a day is taken to be."""
    return pl.col("billed_on").is_between(*period, closed="left").fill_null(True)


def _lines(tenant: Tenant, period: Period) -> pl.DataFrame:
    return tenant.invoice.filter(_within(period)).with_columns(pl.col("quantity").fill_null(1))


def _off(low: str, high: str) -> pl.Expr:
    """By how much what was billed lies outside the range."""
    return pl.col("billed") - pl.col("billed").clip(pl.col(low), pl.col(high))


def _records(days: pl.DataFrame) -> int:
    return days.select(pl.coalesce("target_id", pl.lit("person:") + pl.col("person_id")).n_unique()).item()


def _persons(lines: pl.DataFrame, identities: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """A row a person billed: `address` `target_ids` `billed`, by the record's id where the line gives one, else by the address."""
    is_counted = pl.col("person_id").is_in(counted["person_id"].implode())
    # An address that was passed on is whose seat it was in the period.
    known = identities.sort(~is_counted, "person_id")
    by_record, by_address = (
        known.filter(alias_kind=kind).unique("alias", keep="first", maintain_order=True).select(alias="alias", **{name: "person_id"})
        for kind, name in (("target_id", "of_record"), ("address", "of_address"))
    )
    named = lines.with_row_index("line").with_columns(canonical=names.canonical_names(pl.col("address")))
    found = named.join(by_record, left_on="target_id", right_on="alias", how="left")
    found = found.join(by_address, left_on="canonical", right_on="alias", how="left")
    nobody = pl.format("unknown:{}", pl.coalesce("target_id", "canonical"))
    return (
        found.with_columns(person_id=pl.coalesce("of_record", "of_address", nobody))
        .sort("line")
        .group_by("person_id", maintain_order=True)
        .agg(
            pl.col("address").drop_nulls().first(),
            target_ids=pl.col("target_id").drop_nulls().unique(maintain_order=True).str.join(", ").replace("", None),
            billed=pl.col("quantity").sum(),
            accounts=pl.col("target_id").n_unique(),
        )
    )


def _before(intervals: pl.DataFrame, period: Period, zone: str) -> pl.DataFrame:
    """How each person's last span until the period's end is known to have begun and ended, and whether the account is excluded."""
    first_day = pl.col("on_at_min").dt.convert_time_zone(zone).dt.date()
    until = intervals.filter((first_day < period[1]).fill_null(True)).sort("off_at_min", "target_id", nulls_last=False)
    return until.group_by("person_id", maintain_order=True).agg(
        last_on=pl.col("on_evidence").last(), last_off=pl.col("off_evidence").last(), is_excluded=(pl.col("kind") == "service").any()
    )


def _addresses(identities: pl.DataFrame) -> pl.DataFrame:
    """A row a person: an address that is theirs."""
    return (
        identities.filter(alias_kind="address")
        .sort("strength", "alias")
        .group_by("person_id", maintain_order=True)
        .agg(known_as=pl.col("alias").first())
    )


def _why() -> pl.Expr:
    over, under = pl.col("difference") > 0.005, pl.col("difference") < -0.005
    ranged = pl.col("counted_high") - pl.col("counted_low") > 0.005
    return (
        pl.when(pl.col("person_id").str.starts_with("unknown:"))
        .then(pl.lit("not_known"))
        .when(over & pl.col("is_excluded").fill_null(False))
        .then(pl.lit("excluded"))
        .when(over & (pl.col("any_high").fill_null(0) == 0))
        .then(pl.lit("not_active"))
        .when(over & (pl.max_horizontal("records", "accounts") > 1))
        .then(pl.lit("doubled"))
        .when(over)
        .then(pl.lit("too_much"))
        .when(under)
        .then(pl.lit("not_billed"))
        .when(ranged)
        .then(pl.lit("open"))
        .otherwise(pl.lit("agreed"))
    )


SAYS: Mapping[str, str] = {
    "not_known": "These exports know nobody by this name or account.",
    "excluded": "This account is none of a person.",
    "not_active": "The account was not active on any day of the period.",
    "doubled": "One person has several accounts and was billed for more than one.",
    "too_much": "The account was active for a part of the period only.",
    "not_billed": "The account was active and is not on the bill.",
}


def letter(billed: pl.DataFrame) -> pl.DataFrame:
    """What differs, a row a person, as one may write it to the vendor.

    billed: BILLED, with `person` where names are known.
    returns: person, address, target_ids, billed, counted (at the most, or at the least where more was counted), difference, says and
    evidence; in the order given, without those that agree or that the exports leave open.
    """
    counted = pl.when(pl.col("difference") > 0).then("counted_high").otherwise("counted_low")
    says = pl.col("why").replace_strict(SAYS, return_dtype=pl.String)
    evidence = pl.concat_str("on_evidence", "off_evidence", separator="; ", ignore_nulls=True)
    known = [name for name in ("person",) if name in billed.columns]
    return billed.filter(pl.col("why").is_in(list(SAYS))).select(
        *known, "address", "target_ids", "billed", counted.alias("counted"), "difference", says=says, evidence=evidence
    )
