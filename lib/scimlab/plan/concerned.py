"""Whose timeline is worth reading: everybody in a finding, in an open storm or with steps to take, the worst first."""

import polars as pl

from scimlab import links, people, storms
from scimlab.charts.words import spoken
from scimlab.errors import UsageError
from scimlab.links.summary import URGENCY
from scimlab.plan.checklist import checklist
from scimlab.schema import CONCERNED, Tenant

MOST_TOLD = 50
LEAST_OF_A_STORM = "medium"
NO_MATTER = ("none", "unknown")
URGENT = {risk: place for place, risk in enumerate(URGENCY)}


def concerned(tenant: Tenant, asked: str = "", *, least_attempts: int = 0) -> pl.DataFrame:
    """Each person whom a finding, an open storm or a step of the runbook concerns, and whoever is asked for.

    Those asked for come first, in the order of asking; of the others the worst: by risk, then by deadline. What these exports
    cannot tell is no matter to tell of. Fifty people fill a page; the others stand in the table and can be asked for.

    asked: person ids, object ids, record ids or addresses, a comma between two; who is nobody here has a row that says so.
    least_attempts: failures in a row that make a storm; 0: as the tenant says.
    returns: CONCERNED; empty where nobody is concerned and nobody is asked for.
    """
    ids = people.identities(tenant)
    least = least_attempts or tenant.settings["least_attempts"].value
    found = storms.retry_storms(tenant.events, ids, least_attempts=least, as_of=tenant.as_of)
    wanted, strangers = _asked(asked, ids)
    known = _known(ids, links.findings(tenant, identities=ids), found.filter("is_open"), checklist(found, ids, tenant), tenant.zone)
    place = pl.col("person_id").replace_strict(wanted, range(len(wanted)), default=None, return_dtype=pl.Int64)
    rows = (
        known.with_columns(place=place, is_asked=place.is_not_null())
        .filter(pl.col("is_asked") | ~pl.col("risk").is_in(NO_MATTER))
        .sort("place", _urgency(), "deadline_at", pl.col("attempts").neg(), "person", "person_id", nulls_last=True)
        .with_columns(is_told=pl.col("is_asked") | (pl.int_range(pl.len()) < MOST_TOLD))
    )
    return pl.concat([strangers, rows.select(pl.col(name).cast(dtype) for name, dtype in CONCERNED.items())])


def _asked(asked: str, ids: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
    """The person ids of those asked for, and a row of CONCERNED for each who is nobody here."""
    found: dict[str, None] = {}
    strangers = []
    for text in filter(None, map(str.strip, asked.split(","))):
        try:
            found |= dict.fromkeys(people.person_ids(ids, [text]))
        except UsageError as error:
            strangers.append({"person": text, "story": f"{error}.".capitalize(), "is_asked": True, "is_told": False})
    return list(found), pl.DataFrame(strangers, schema=CONCERNED)


def _known(ids: pl.DataFrame, findings: pl.DataFrame, still: pl.DataFrame, steps: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Everybody known, with what findings, open storms and steps say of them: `risk` never null, `story` in sentences."""
    primary = (
        findings.filter(pl.col("rank") == "primary", pl.col("subject_kind") != "job")
        .sort(pl.col("subject_kind") == "record", _urgency(), "deadline_at", nulls_last=True, maintain_order=True)
        .unique("person_id", keep="first", maintain_order=True)
    )
    retried = (
        still.sort("attempts", "storm_id", descending=[True, False])
        .group_by("person_id")
        .agg(
            pl.col("attempts").sum(),
            pl.col("cause").first(),
            first_at=pl.col("first_at").min(),
            is_cut=pl.col("first_is_cut").sort_by("first_at").first(),
            in_storm=pl.col("person").first(),
        )
    )
    to_do = steps.group_by("person_id").agg(due=pl.col("deadline_at").min(), in_steps=pl.col("person").first())
    address = ids.filter(pl.col("alias_kind") == "address").group_by("person_id").agg(address=pl.col("alias").min())
    joined = ids.select(pl.col("person_id").unique(maintain_order=True))
    for each in (primary, retried, to_do, address):
        joined = joined.join(each, on="person_id", how="left", maintain_order="left")
    in_trouble = pl.col("attempts").is_not_null() | pl.col("in_steps").is_not_null()
    at_least = pl.when(in_trouble & (_urgency() > URGENT[LEAST_OF_A_STORM])).then(pl.lit(LEAST_OF_A_STORM)).otherwise("risk")
    return joined.with_columns(
        person=pl.coalesce("person", "in_storm", "in_steps", "address", "person_id"),
        deadline_at=pl.min_horizontal("deadline_at", "due"),
        story=_story(zone),
        risk=at_least,
    )


def _story(zone: str) -> pl.Expr:
    """What happened: the diagnosis, unless it is that all is well while Entra retries in vain, and the storm."""
    since = pl.col("first_at").dt.convert_time_zone(zone).dt.strftime("%-d %b %Y")
    began = since + pl.when("is_cut").then(pl.lit(" or longer")).otherwise(pl.lit(""))
    times = pl.format("Entra has tried {} times in vain since {}: {}.", "attempts", began, spoken("cause").fill_null("cause not known"))
    is_well = pl.col("attempts").is_not_null() & (pl.col("risk") == "none").fill_null(False)
    means = pl.when(~is_well).then("means")
    return pl.concat_str(means, times, separator=" ", ignore_nulls=True).replace("", "Nothing is amiss that these exports show.")


def _urgency() -> pl.Expr:
    return pl.col("risk").replace_strict(URGENT, default=URGENT["none"], return_dtype=pl.Int8)
