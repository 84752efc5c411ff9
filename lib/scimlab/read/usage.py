"""What the app tells beside its accounts: who was there and when, who holds which desk, and what is billed."""

from collections.abc import Callable

import polars as pl

from scimlab.read.csvs import Csv
from scimlab.read.parts import Parts
from scimlab.read.tables import days, fitted
from scimlab.schema import INVOICE

FORMS = {"activity": "app presence CSV", "desks": "app desks CSV", "invoice": "invoice CSV"}
PRESENT = "present"
"""What a use of the app is called where its export does not say."""


def _activity(frame: pl.DataFrame, table: Csv, parts: Parts) -> None:
    """Uses of the app; one without a time is none."""
    kind = pl.col("kind") if "kind" in frame.columns else pl.lit(None, pl.String)
    frame = frame.with_columns(kind=kind.str.to_lowercase().str.replace_all(r"[\s-]+", "_").fill_null(PRESENT))
    for row, name in frame.filter(pl.col("at").is_null()).select("row", pl.coalesce(pl.exclude("row", "kind"))).iter_rows():
        parts.refuse_row(row, "rejected", "at is empty", name or "")
    parts.add(fitted(frame.filter(pl.col("at").is_not_null()), parts, "object_id", "user_name", "target_id"))


def _desks(frame: pl.DataFrame, table: Csv, parts: Parts) -> None:
    """Desks held."""
    parts.add(fitted(frame, parts, "target_id"))


def _invoice(frame: pl.DataFrame, table: Csv, parts: Parts) -> None:
    """Lines of the bill; a day is one of the calendar, so it needs no zone."""
    frame = days(frame, parts, "billed_on")
    if "quantity" in frame.columns:
        read = frame["quantity"].cast(INVOICE["quantity"], strict=False)
        wrong = read.is_null() & frame["quantity"].is_not_null()
        for row, text in frame.filter(wrong).select("row", "quantity").iter_rows():
            parts.refuse_row(row, "rejected", f'quantity: "{text[:40]}" is no number, write it as 1.5', text)
        frame = frame.with_columns(read).filter(~wrong)
    parts.add(fitted(frame, parts, "address", "target_id"))


FRAME_OF: dict[str, Callable[[pl.DataFrame, Csv, Parts], None]] = {"activity": _activity, "desks": _desks, "invoice": _invoice}
