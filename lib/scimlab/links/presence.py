"""Who signs in and is never present in the app: the second sign of a name that matches nothing."""

from datetime import timedelta

import polars as pl

from scimlab import names
from scimlab.links.known import Known, instant
from scimlab.schema import Tenant

SPAN = timedelta(days=14)
LEAST_DAYS = 3
SIGN_IN = "sign_in"


def presence(tenant: Tenant, known: Known, identities: pl.DataFrame) -> pl.DataFrame:
    """The axis presence of each person seen in ACTIVITY.

    Said only where others were present in the same fortnight, of people who signed in on at least three days of it.

    source: domain.md 1.6 in words: sign-ins carry the clean name, the app's occupant the corrupted one.
    """
    recent = tenant.activity.filter(pl.col("at").is_between(instant(known.as_of) - SPAN, instant(known.as_of)))
    aliases = identities.filter(pl.col("alias_kind").is_in(["object_id", "address"]), pl.col("strength") != "suspect")
    one = aliases.select("person_id", alias=pl.col("alias").str.to_lowercase()).unique("alias", keep="none")
    whose = recent.with_columns(alias=pl.coalesce(pl.col("object_id").str.to_lowercase(), names.canonical_names(pl.col("user_name")))).join(
        one, on="alias"
    )
    is_sign_in = pl.col("kind") == SIGN_IN
    people = whose.group_by(subject="person_id").agg(days=pl.col("at").dt.date().filter(is_sign_in).n_unique(), uses=(~is_sign_in).sum())
    others = people.filter(pl.col("uses") > 0).height > 0
    missing = pl.lit(others) & (pl.col("days") >= LEAST_DAYS) & (pl.col("uses") == 0)
    return people.select("subject", presence=pl.when(missing).then(pl.lit("missing")).otherwise(pl.lit("fine")))
