"""Records that belong to nobody known to Entra: their places on the axes."""

import polars as pl

from scimlab.links.known import Known, instant
from scimlab.links.places import ANY
from scimlab.links.table import OPEN, SUBJECTS


def strays(known: Known, records: pl.DataFrame, accounts: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Each record of which no account of Entra is proven.

    An id that only one record carries may be one of Entra's or not, so such a record may be an orphan or nobody's ever.

    returns: a row a record: subject_id, and a value for each axis; the account's axes stay open where it may be one after all.
    """
    ids = accounts.filter(~pl.col("is_proven")).group_by("subject").agg(carried=pl.col("state").unique().sort().str.join(OPEN))
    loose = records.join(people, on="subject", how="anti").join(ids, on="subject", how="left")
    entra = pl.coalesce("carried", _nobody(known)).str.split(OPEN).list.unique().list.sort().list.join(OPEN)
    placed = loose.with_columns(
        entra=entra, app="app_alone", subject_id="target_id", person=pl.coalesce("record_name", "address")
    ).with_columns(
        **{name: pl.lit(next(iter(values))) for name, values in SUBJECTS.axes.items() if name not in ("entra", "app", "link")},
        link=pl.lit("none"),
    )
    may_be = pl.col("entra") != "AB"
    opened = {name: pl.when(may_be).then(pl.lit(ANY[name])).otherwise(name).alias(name) for name in ("scope", "link", "told", "trouble")}
    return placed.with_columns(
        **opened,
        age=pl.when(may_be).then(pl.lit("fresh|settled")).otherwise("age"),
        window=pl.when(pl.col("entra").str.contains("SD")).then(pl.lit("wide|closing|none")).otherwise(pl.lit("none")),
    )


def _nobody(known: Known) -> pl.Expr:
    """Whose a record may be that carries no id: where ids are carried, only somebody's whom the list of users would show."""
    live = [] if known.users else ["EN", "DI"]
    if known.ids:
        return pl.lit(OPEN.join([*live, "AB"]))
    away = OPEN.join([*live, *([] if known.bin else ["SD"]), "HD", "AB"])
    logged = (pl.lit(known.log_reaches) & (pl.col("record_created_at") >= instant(known.log_from))).fill_null(False)
    return pl.when(logged & pl.lit(known.users and known.bin)).then(pl.lit("AB")).otherwise(pl.lit(away))
