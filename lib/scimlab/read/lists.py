"""People of Entra, accounts of the app, their use and the roster out of tables: CSV, or a sheet of a workbook."""

from collections.abc import Callable

import polars as pl

from scimlab.read.csvs import Csv
from scimlab.read.headers import Headers
from scimlab.read.parts import Parts
from scimlab.read.tables import days, fitted, frames, is_as_written
from scimlab.read.totals import without_totals
from scimlab.read.usage import FORMS as USAGE_FORMS
from scimlab.read.usage import FRAME_OF as USAGE

FORMS = {"people": "users CSV", "records": "app users CSV", "roster": "roster"} | USAGE_FORMS
ACTIVE = {
    "true": True, "yes": True, "1": True, "active": True, "enabled": True, "activated": True,
    "false": False, "no": False, "0": False, "inactive": False, "disabled": False, "deactivated": False, "suspended": False,
}  # fmt: skip
TYPE = r"^(?:Microsoft|System)\.[\w.`\[\]+]+$"
"""What PowerShell writes in place of a value that has parts: the name of its type."""


def take_list(table: Csv, headers: Headers, parts: Parts) -> None:
    """Every row of the table as a row of the frame its headers belong to, or set aside with its reason."""
    form = FORMS[headers.kind]
    parts.belong(form.replace("CSV", "sheet") if table.source.sheet else form, headers.kind, as_written=False)
    if whole := list(frames(table, parts, headers.columns)):
        rows = without_totals(_valued(pl.concat(whole), parts), parts)
        FRAME_OF[headers.kind](rows, table, parts)


def _valued(frame: pl.DataFrame, parts: Parts) -> pl.DataFrame:
    """The frame without cells that name a type where a value should be."""
    texts = pl.col([name for name in frame.columns if name != "row"])
    counts = frame.select(texts.str.contains(TYPE).sum())
    for name in (each.name for each in counts if each[0]):
        told = f"PowerShell wrote a type's name in {counts[name][0]} rows: export the part of it that is a time or a text"
        parts.reading.note(f"{name} is not known: {told}")
    return frame if not counts.sum_horizontal()[0] else frame.with_columns(pl.when(~texts.str.contains(TYPE)).then(texts))


def _truths(frame: pl.DataFrame, parts: Parts, *names: str) -> pl.DataFrame:
    """The named columns as true and false; a word for neither is null, and said."""
    for name in (each for each in names if each in frame.columns):
        read = frame[name].str.to_lowercase().replace_strict(ACTIVE, default=None, return_dtype=pl.Boolean)
        unread = frame[name].filter(read.is_null() & frame[name].is_not_null())
        if len(unread):
            parts.reading.note(f'{name} is not known in {len(unread)} rows: "{unread[0][:40]}" is neither true nor false')
        frame = frame.with_columns(read.alias(name))
    return frame


def _people(frame: pl.DataFrame, table: Csv, parts: Parts) -> None:
    """Users of Entra; the portal's own download writes month first and UTC, any other program as its machine does."""
    times = [frame[name] for name in ("created_at", "deleted_at", "leaves_at", "last_sign_in_at") if name in frame.columns]
    words = set(frame["enabled"].unique()) if "enabled" in frame.columns else set()
    if "userPrincipalName" in table.headers and words <= {"True", "False", None} and all(is_as_written(each, table) for each in times):
        parts.belong("portal users CSV", "people", as_written=True)
    if "privileged" in frame.columns:
        # Anything but a plain yes or no is a list of roles.
        words = pl.col("privileged").str.to_lowercase().replace("none", "no")
        frame = frame.with_columns(privileged=pl.when(words.is_in([*ACTIVE])).then(words).when(words.is_not_null()).then(pl.lit("yes")))
    frame = _truths(frame, parts, "enabled", "hybrid", "privileged")
    renamed = pl.col("user_name").str.to_lowercase().str.starts_with(pl.col("object_id").str.to_lowercase().str.replace_all("-", ""))
    deleted = [pl.col("deleted_at").is_not_null()] if "deleted_at" in frame.columns else []
    frame = fitted(frame, parts, "object_id")
    parts.add(frame.with_columns(is_deleted=pl.any_horizontal(renamed, *deleted).fill_null(False)))


def _records(frame: pl.DataFrame, table: Csv, parts: Parts) -> None:
    """Accounts of the app."""
    names = [each for each in ("given_name", "family_name") if each in frame.columns]
    if names and "display_name" not in frame.columns:
        shown = pl.concat_str(names, separator=" ", ignore_nulls=True).replace("", None)
        frame = frame.with_columns(display_name=shown)
    frame = _truths(frame, parts, "active")
    needed = next(each for each in ("target_id", "user_name", "mail") if each in frame.columns)
    parts.add(fitted(frame, parts, needed))


def _roster(frame: pl.DataFrame, table: Csv, parts: Parts) -> None:
    """What the business says of people; days are dates of the calendar, so they need no zone."""
    frame = days(frame, parts, "leaves_on", "returns_on")
    intents = {"may_return", "leaving", "permanent"}
    words = pl.col("intent").str.to_lowercase().str.replace_all(r"[\s-]+", "_")
    for row, text in frame.filter(~words.is_in(intents).fill_null(False)).select("row", "intent").iter_rows():
        parts.refuse_row(row, "rejected", f'intent: "{(text or "")[:40]}" is none of {", ".join(sorted(intents))}', text or "")
    frame = frame.with_columns(intent=words).filter(words.is_in(intents))
    parts.add(fitted(frame, parts, "intent"))


FRAME_OF: dict[str, Callable[[pl.DataFrame, Csv, Parts], None]] = {
    "people": _people,
    "records": _records,
    "roster": _roster,
} | USAGE
