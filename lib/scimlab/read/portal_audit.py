"""The portal's downloads of the directory audit and of sign-ins: a row an act, wide where it has several objects and properties."""

from collections.abc import Iterable

import polars as pl

from scimlab.read.activity import SIGN_IN
from scimlab.read.audit import told
from scimlab.read.csvs import Csv
from scimlab.read.headers import ALIASES, OBJECTS, PROPERTIES, Headers
from scimlab.read.parts import Parts
from scimlab.read.tables import as_written, fitted
from scimlab.schema import AUDIT

FORMS = {"audit": "portal audit log CSV", "sign_ins": "portal sign-ins CSV"}
ACTORS = ("actor_user_name", "actor_name", "actor_app_name", "actor_id", "actor_app_id")
OF_AN_ACT = ("at", "activity", "result", "actor", "correlation_id", "row")
OF_AN_OBJECT = {"object_id": "id", "object_type": "type", "user_name": "user_name"}
OF_A_PROPERTY = {"property": "", "old_value": "_old", "new_value": "_new"}


def take_audit(table: Csv, headers: Headers, parts: Parts) -> None:
    """Every row of the table as rows of AUDIT: one a property, an object or, where there is neither, the act."""
    for rows in as_written(table, parts, headers.columns, "at", form=FORMS["audit"], frame="audit"):
        parts.add(_changes(_acts(rows, parts)))


def take_sign_ins(table: Csv, headers: Headers, parts: Parts) -> None:
    """Every row of the table that is a sign-in which succeeded as a row of ACTIVITY."""
    for rows in as_written(table, parts, headers.columns, "at", form=FORMS["sign_ins"], frame="activity"):
        refused = pl.col("status").str.to_lowercase().ne_missing("success")
        for row, status, name in rows.filter(refused).select("row", "status", "user_name").iter_rows():
            parts.refuse_row(row, "foreign", f"a sign-in that was refused ({status})", name or "")
        parts.add(fitted(_timed(rows.filter(~refused), parts).with_columns(kind=pl.lit(SIGN_IN)), parts, "object_id", "user_name"))


def _acts(rows: pl.DataFrame, parts: Parts) -> pl.DataFrame:
    """The rows that are acts, with every column; those without a time are set aside."""
    absent = [pl.lit(None, pl.String).alias(name) for name in ALIASES["audit"] if name not in rows.columns]
    return _timed(rows, parts).with_columns(absent).with_columns(actor=pl.coalesce(ACTORS), result=pl.col("result").str.to_lowercase())


def _timed(rows: pl.DataFrame, parts: Parts) -> pl.DataFrame:
    for row in rows.filter(pl.col("at").is_null()).iter_rows(named=True):
        parts.refuse_row(row.pop("row"), "rejected", "at is empty", ", ".join(each for each in row.values() if each))
    return rows.filter(pl.col("at").is_not_null())


def _changes(acts: pl.DataFrame) -> pl.DataFrame:
    """Rows of AUDIT, `at` still text: the properties of each object, an object without any alone, an act upon nothing alone."""
    pieces = [_piece(acts, n, m) for n in OBJECTS for m in PROPERTIES] + [_piece(acts, n, 0) for n in OBJECTS] + [_piece(acts, 0, 0)]
    whole = pl.concat(pieces, how="diagonal").sort("row", "place")
    values = [_told(whole[name]) for name in ("old_value", "new_value")]
    return whole.with_columns(values).select(
        pl.lit(None, pl.String).alias("audit_id"), *(each for each in AUDIT if each not in ("audit_id", "file"))
    )


def _piece(acts: pl.DataFrame, n: int, m: int) -> pl.DataFrame:
    """A row an act that has an object n with a property m; 0 stands for one that has none."""
    of_object = {ours: f"object_{n}_{theirs}" for ours, theirs in OF_AN_OBJECT.items() if n}
    of_property = {ours: f"object_{n}_property_{m}{theirs}" for ours, theirs in OF_A_PROPERTY.items() if m}
    if m:
        wanted = _any(of_property.values())
    elif n:
        wanted = _any(of_object.values()) & ~_any(f"object_{n}_property_{each}" for each in PROPERTIES)
    else:
        wanted = ~_any(name for name in acts.columns if name.startswith("object_"))
    return acts.filter(wanted).select(*OF_AN_ACT, place=pl.lit(10 * n + m), **of_object, **of_property)


def _any(columns: Iterable[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).is_not_null() for name in columns)


def _told(values: pl.Series) -> pl.Series:
    """What the values say, each spelling looked at once."""
    met = values.drop_nulls().unique()
    return values.replace_strict(met, [told(each) for each in met], default=None, return_dtype=pl.String) if len(met) else values
