"""A frame as a table that a person reads, and whole as data that a program reads."""

import html
from collections.abc import Mapping
from typing import Any

import polars as pl
import polars.selectors as cs

from scimlab.charts.words import counted, heading, spoken, words
from scimlab.show import anchors
from scimlab.show.shown import TABLE, Shown

FIRST_ROWS = 50
LONGEST_TEXT = 400
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
UNKNOWN = '<span class="unknown">–</span>'
# How JSON holds what is neither text nor date.
DTYPES = {"Int64": pl.Int64, "Float64": pl.Float64, "Boolean": pl.Boolean}
INSTANT = "%Y-%m-%dT%H:%M:%S%.6fZ"


def table(frame: pl.DataFrame, name: str, *, zone: str = "UTC") -> Shown:
    """The first rows for the reader, instants by the clock of `zone`; all rows and columns as data.

    Which columns stand before the reader, rules/words.toml says under [shown]; without a word there, all do.

    name: what the rows are; a report writes them to tables/NAME.csv.
    """
    return Shown(
        {
            TABLE: {"name": name, "zone": zone, **data(frame)},
            "text/html": f'{markup(frame, name, zone=zone, most=FIRST_ROWS)}\n<p class="extent">{extent(frame, name, most=FIRST_ROWS)}</p>',
            "text/plain": f"{name}: {counted(frame.height, 'row', 'rows')}, columns {', '.join(frame.columns)}",
        }
    )


def decision(frame: pl.DataFrame, *, zone: str = "UTC") -> Shown:
    """The table a page ends in: a row a thing to decide."""
    return table(frame, "decision", zone=zone)


def data(frame: pl.DataFrame) -> dict[str, Any]:
    """A frame as JSON can hold it: columns, their types, rows; instants as UTC text. Lists, since a notebook sorts the keys of tables."""
    # JSON has no word for "not a number".
    plain = frame.with_columns(cs.integer().cast(pl.Int64), cs.float().cast(pl.Float64).fill_nan(None))
    types = ["Instant" if isinstance(kind, pl.Datetime) else str(kind) for kind in plain.dtypes]
    texts = plain.with_columns(cs.datetime().dt.strftime(INSTANT), cs.date().dt.strftime("%Y-%m-%d"))
    return {"columns": plain.columns, "types": types, "rows": [list(row) for row in texts.iter_rows()]}


def frame(data: dict[str, Any]) -> pl.DataFrame:
    """The frame that was handed out as data."""
    kinds = dict(zip(data["columns"], data["types"], strict=True))
    as_text = {column: DTYPES.get(kind, pl.String) for column, kind in kinds.items()}
    instants, days = ([column for column, kind in kinds.items() if kind == word] for word in ("Instant", "Date"))
    return pl.DataFrame(data["rows"], schema=as_text, orient="row").with_columns(
        pl.col(instants).str.to_datetime(INSTANT, time_unit="us", time_zone="UTC"), pl.col(days).str.to_date("%Y-%m-%d")
    )


def markup(frame: pl.DataFrame, name: str, *, zone: str, most: int, places: Mapping[str, str] | None = None) -> str:
    """The table as HTML; nothing that came from outside becomes markup.

    places: see anchors.Places; a person who has a place is a link to it.
    """
    chosen = frame.select(_shown(frame, name))
    heads = "".join(f'<th scope="col"{_side(kind)}>{html.escape(heading(column, name))}</th>' for column, kind in chosen.schema.items())
    cells = [_cell(column, kind, zone, frame.columns, places or {}) for column, kind in chosen.schema.items()]
    rows = frame.head(most).select(pl.concat_str(pl.lit("<tr>"), *cells, pl.lit("</tr>\n")).str.join()).item() if cells else ""
    clock = f"<caption>Times by the clock of {html.escape(zone)}</caption>" if cs.expand_selector(chosen, cs.datetime()) else ""
    head = f'<table class="rows" data-name="{html.escape(name)}">{clock}\n<thead><tr>{heads}</tr></thead>'
    return f"{head}\n<tbody>\n{rows or ''}</tbody>\n</table>"


def first_names(columns: list[str], places: Mapping[str, str]) -> pl.Expr:
    """The first names of a row's people as HTML, each that has a place a link to it."""
    names = _inside("first_names", pl.String(), "UTC")
    return anchors.linked_names(names, pl.col("person_ids"), places) if "person_ids" in columns else names


def extent(frame: pl.DataFrame, name: str, *, most: int) -> str:
    """How much of the frame the table shows, in words."""
    rows = counted(frame.height, "row", "rows")
    rows = f"The first {most:,} of {rows}" if frame.height > most else rows
    hidden = frame.width - len(_shown(frame, name))
    return f"{rows}; {counted(hidden, 'more column', 'more columns')} in the data." if hidden else f"{rows}."


def _shown(frame: pl.DataFrame, name: str) -> list[str]:
    return [column for column in words()["shown"].get(name, frame.columns) if column in frame.columns]


def _side(kind: pl.DataType) -> str:
    return ' class="number"' if kind.is_numeric() else ""


def _cell(column: str, kind: pl.DataType, zone: str, columns: list[str], places: Mapping[str, str]) -> pl.Expr:
    """A column as table cells: what is null is not known, and looks it."""
    inside = first_names(columns, places) if column == "first_names" else _inside(column, kind, zone)
    inside = inside.fill_null(UNKNOWN)
    inside = anchors.linked(inside, columns, places) if column == "person" else inside
    return pl.concat_str(pl.lit(f"<td{_side(kind)}>"), inside, pl.lit("</td>"))


def _inside(column: str, kind: pl.DataType, zone: str) -> pl.Expr:
    values = pl.col(column)
    if isinstance(kind, pl.Datetime):
        said = values.dt.convert_time_zone(zone).dt.strftime("%-d %b %Y %H:%M")
        return pl.format('<time datetime="{}">{}</time>', values.dt.strftime("%Y-%m-%dT%H:%M:%SZ"), said)
    if kind == pl.Date:
        return pl.format('<time datetime="{}">{}</time>', values.cast(pl.String), values.dt.strftime("%-d %b %Y"))
    if kind == pl.Boolean:
        return pl.when(values).then(pl.lit("yes")).when(~values).then(pl.lit("no"))
    if kind.is_float():
        return values.round(2).cast(pl.String).str.strip_suffix(".0")
    if kind.is_numeric():
        return values.cast(pl.String)
    texts = values.cast(pl.String)
    texts = spoken(column, texts) if column in words()["values"] else texts
    cut = pl.when(texts.str.len_chars() > LONGEST_TEXT).then(texts.str.head(LONGEST_TEXT) + "…").otherwise(texts)
    return cut.str.replace_many(list(ESCAPES), list(ESCAPES.values()))
