"""Events by merge: each once, as the file that tells it best tells it, whatever was held before and in whatever order it came.

What another row tells better is held apart and not thrown away, as it may yet stand for a row that agrees with it alone.
"""

import polars as pl

from scimlab import tellings
from scimlab.archive.tables import AGAIN, STORED, Tables
from scimlab.tellings import CONTENT

EVENTS = "events"
BATCH = 20_000
"""Rows judged together, so that a big log is never held whole."""

JUDGED = ["_n", "month", "file", "row", "_event", "_change", "_job", "second", "ids", "weight", "content"]
HASHES = ["_event", "_change"]


def merge(tables: Tables, rows: pl.LazyFrame) -> pl.DataFrame:
    """Take events in.

    rows: EVENTS with `_n month`, numbers that are not held yet.
    returns: a row a file: `file kept duplicate`.
    """
    counts = [pl.DataFrame(schema={"file": pl.String, "kept": pl.Int64, "duplicate": pl.Int64})]
    for batch in rows.select(*STORED[EVENTS]).collect_batches(chunk_size=BATCH, maintain_order=True):
        counts.append(_merge(tables, batch))
    return pl.concat(counts).group_by("file", maintain_order=True).sum()


def _merge(tables: Tables, rows: pl.DataFrame) -> pl.DataFrame:
    came = rows.select(*_judged()).with_columns(where=pl.lit("new"))
    held = pl.concat([_related(tables, name, came) for name in (EVENTS, AGAIN)])
    fresh = came.join(held, on="content", how="anti").unique("content", keep="first", maintain_order=True)
    told = tellings.told_better(pl.concat([held, fresh]))
    behind = told.filter(where="new").select("_n")
    kept = fresh.join(behind, on="_n", how="anti").select("_n")
    replaced = told.filter(where=EVENTS).select("_n", "month")
    tables.append(AGAIN, pl.concat([rows.join(behind, on="_n", how="semi"), _rows(tables, EVENTS, replaced)]))
    tables.delete(EVENTS, replaced)
    tables.append(EVENTS, rows.join(kept, on="_n", how="semi", maintain_order="left"))
    is_kept = pl.col("_n").is_in(kept["_n"].implode())
    return rows.group_by("file", maintain_order=True).agg(kept=is_kept.sum().cast(pl.Int64), duplicate=(~is_kept).sum().cast(pl.Int64))


def judge_again(tables: Tables) -> None:
    """Judge all that is told better elsewhere anew: another version of polars hashes otherwise, and hashes break ties."""
    again = tables.scan(AGAIN).collect()
    if again.height:
        tables.replace(AGAIN, again.clear())
        merge(tables, again.lazy())


def _judged() -> list[pl.Expr]:
    hashes = {"_event": tellings.hashed("event_id"), "_change": tellings.hashed("change_id")}
    named = {**hashes, **tellings.measures()}
    return [named[name].alias(name) if name in named else pl.col(name) for name in JUDGED]


def _related(tables: Tables, name: str, came: pl.DataFrame) -> pl.DataFrame:
    """The rows of a table that share an event id or a change id with rows that came, as they are judged; `where` is the table."""
    ids = tables.scan(name).select("_n", "month", _event=tellings.hashed("event_id"), _change=tellings.hashed("change_id"))
    shares = [pl.col(each).is_in(came[each].drop_nulls().unique().implode()).fill_null(False) for each in HASHES]
    found = ids.filter(pl.any_horizontal(shares)).select("_n", "month").collect(engine="streaming")
    return _narrowed(tables, name, found).select(*_judged()).collect(engine="streaming").with_columns(where=pl.lit(name))


def _rows(tables: Tables, name: str, keys: pl.DataFrame) -> pl.DataFrame:
    return _narrowed(tables, name, keys).collect(engine="streaming")


def _narrowed(tables: Tables, name: str, keys: pl.DataFrame) -> pl.LazyFrame:
    """The rows of these numbers, looked for only where they can be."""
    if keys.is_empty():
        return STORED[name].to_frame().lazy()
    near = pl.col("_n").is_between(keys["_n"].min(), keys["_n"].max())
    return tables.scan(name).filter(near).join(keys.lazy().select("_n"), on="_n", how="semi")


assert set(CONTENT) <= set(STORED[EVENTS])
