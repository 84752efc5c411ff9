"""Everything but events: each record that was ever told, once, to be ranked by `read` as the records of a folder are."""

import polars as pl

from scimlab.archive.tables import PLACE, STORED, Tables
from scimlab.schema import FRAMES

SEVERAL = ("audit", "mappings")
"""The frames of which a record may be several rows, one behind the other under one number."""

REPLACED = ("mappings", "roster", "desks")
"""The frames whose rows say of no time when they held: the latest run that brings them holds alone."""


def merge(tables: Tables, name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Take records in.

    rows: the frame with `_n month`; rows of one record share their `_n`.
    returns: a row a file: `file kept duplicate`, records.
    """
    held = _told(name, tables.scan(name).filter(pl.col("month").is_in(rows["month"].unique().implode())).collect(engine="streaming"))
    told = _told(name, rows)
    fresh = told.join(held, on="told", how="anti").unique("told", keep="first", maintain_order=True).select("_n")
    tables.append(name, rows.join(fresh, on="_n", how="semi", maintain_order="left"))
    is_kept = pl.col("_n").is_in(fresh["_n"].implode())
    files = rows.unique("_n", keep="first", maintain_order=True).group_by("file", maintain_order=True)
    return files.agg(kept=is_kept.sum().cast(pl.Int64), duplicate=(~is_kept).sum().cast(pl.Int64))


def _told(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """A row a record: `_n`, and a hash of all that it tells."""
    content = pl.struct([each for each in STORED[name] if each not in ("file", "row", *PLACE)]).hash()
    if name in SEVERAL:
        return rows.group_by("_n", maintain_order=True).agg(told=content.sort().implode().hash().first())
    hashes = rows.select("_n", "file", told=content)
    if name == "invoice":
        # A person billed twice on one bill is billed twice.
        hashes = hashes.with_columns(told=pl.struct("told", pl.int_range(pl.len()).over("file", "told")).hash())
    return hashes.select("_n", "told")


assert set(REPLACED) <= set(FRAMES)
