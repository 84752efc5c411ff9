"""The seats as a workbook for whoever talks to the vendor: what was counted, for whom, by which event; totals as formulas.

The sheets are the tables that the pages handed out, row by row, so that page, CSV and workbook cannot tell different numbers.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl
import polars.selectors as cs
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from scimlab import cells
from scimlab.charts.words import heading, spoken, words
from scimlab.report.gather import Outcome
from scimlab.schema import Tenant
from scimlab.show.inputs import said

FILE = "seats.xlsx"
MOST_ROWS, LONGEST_TEXT, WIDEST = 1_000_000, 32_000, 60
"""A sheet ends at 1,048,576 rows, a cell at 32,767 characters."""

SUMMARY, POLICIES = "Summary", "Policies"
SHEETS = {POLICIES: "counts", "People": "counted", "Evidence": "intervals", "Leakage": "leakage", "Invoice": "invoice"}
"""The table behind each sheet, by the name under which a page hands it out."""

SUMMED = {
    "People": ("days_low", "days_high"),
    "Leakage": ("days_low", "days_high", "money_low", "money_high"),
    "Invoice": ("difference",),
}
"""The columns of a sheet under which a reader looks for a total; rules are alternatives, and have none."""

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# A workbook says when it was made; where nothing else is known, the year in which spreadsheets count time from is as good as any.
UNDATED = datetime(1980, 1, 1)


class Sheet(NamedTuple):
    """A table on a sheet: the cells of its columns from the first row to the last, and of its totals with their values."""

    ranges: Mapping[str, str]
    totals: Mapping[str, tuple[str, float]]
    rows: int


def write(path: Path, tenant: Tenant, outcomes: Iterable[Outcome]) -> bool:
    """The workbook at that path, and whether there was one to write: only where a page counted seats.

    Text from outside is text here and in whatever the sheet is saved as; the same tables give the same bytes.
    """
    outcomes = list(outcomes)
    tables = {name: rows for each in outcomes for name, rows in each.tables.items()}
    if SHEETS[POLICIES] not in tables:
        return False
    stamp = tenant.as_of.astimezone(UTC).replace(tzinfo=None) if tenant.as_of else UNDATED
    with xlsxwriter.Workbook(path, OPTIONS) as book:
        book.set_properties({"title": f"Seats of {tenant.name}", "created": stamp})
        style = _style(book)
        summary = book.add_worksheet(SUMMARY)
        placed = {
            name: _sheet(book.add_worksheet(name), tables[table], table, tenant.zone, style)
            for name, table in SHEETS.items()
            if table in tables
        }
        answer = next(each.answer for each in outcomes if SHEETS[POLICIES] in each.tables)
        terms = _summary(summary, tenant, answer, tables[SHEETS[POLICIES]], placed, style)
        _money(book.get_worksheet_by_name(POLICIES), tables[SHEETS[POLICIES]], terms, style)
    return True


def _style(book: xlsxwriter.Workbook) -> Mapping[str, Format]:
    return {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "total": book.add_format({"bold": True, "top": 1, "num_format": "#,##0.00"}),
        "words": book.add_format({"text_wrap": True, "valign": "top"}),
        "whole": book.add_format({"num_format": "#,##0"}),
        "number": book.add_format({"num_format": "#,##0.00"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}),
    }


def told(rows: pl.DataFrame, zone: str) -> pl.DataFrame:
    """A table as a sheet holds it: instants by the clock of `zone`, slugs in words, no text that a spreadsheet would run or refuse."""
    slugs = [column for column in rows.columns if column in words()["values"]]
    plain = rows.with_columns(spoken(column) for column in slugs).with_columns(
        cs.datetime().dt.convert_time_zone(zone).dt.replace_time_zone(None),
        cs.float().replace([float("nan"), float("inf"), float("-inf")], None),
        cs.string().str.slice(0, LONGEST_TEXT),
    )
    return cells.inert(plain.head(MOST_ROWS))


def _sheet(sheet: Worksheet, rows: pl.DataFrame, table: str, zone: str, style: Mapping[str, Format]) -> Sheet:
    """A table on its sheet: a heading, its rows, and where a reader looks for a total, its formula."""
    plain = told(rows, zone)
    last = plain.height
    ranges, totals = {}, {}
    for place, (column, kind) in enumerate(plain.schema.items()):
        sheet.write_string(0, place, heading(column, table), style["head"])
        sheet.write_column(1, place, plain[column].to_list(), _format(kind, style))
        ranges[column] = xl_range(1, place, max(last, 1), place)
        if column in SUMMED.get(sheet.name, ()) and last:
            total = plain[column].sum() or 0
            sheet.write_formula(last + 1, place, f"=SUM({ranges[column]})", style["total"], total)
            totals[column] = (xl_rowcol_to_cell(last + 1, place), total)
    if totals:
        sheet.write_string(last + 1, 0, "Total", style["head"])
    if rows.height > MOST_ROWS:
        sheet.write_string(last + 2, 0, f"The first {MOST_ROWS:,} of {rows.height:,} rows: all of them stand in tables/{table}.csv.")
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, max(plain.width - 1, 0))
    sheet.autofit(WIDEST * 7)
    return Sheet(ranges, totals, last)


def _format(kind: pl.DataType, style: Mapping[str, Format]) -> Format | None:
    if isinstance(kind, pl.Datetime):
        return style["instant"]
    if kind == pl.Date:
        return style["day"]
    return style["number"] if kind.is_float() else style["whole"] if kind.is_integer() else None


def _summary(
    sheet: Worksheet, tenant: Tenant, answer: str, counts: pl.DataFrame, placed: Mapping[str, Sheet], style: Mapping[str, Format]
) -> Mapping[str, str]:
    """The first sheet: the answer, the terms, what each rule counted, and the totals of the other sheets, each a formula that leads there.

    returns: the cells that hold price and minimum.
    """
    terms = tenant.settings["terms"].value or {}
    days = counts.select(pl.col("period_start", "period_end").cast(pl.String)).row(0) if counts.height else ("", "")
    judged = f"{said(tenant.as_of, tenant.zone)} ({tenant.zone})" if tenant.as_of else "no known time"
    facts = [("Tenant", tenant.name), ("Judged at", judged), ("Clock of all times", tenant.zone), ("First day", days[0])]
    facts += [("Day after the last", days[1]), ("Answer", answer)]
    facts += [("Currency", str(terms.get("currency", "")))]
    sheet.write_string(0, 0, "How many people were paid for", style["title"])
    sheet.write_column(1, 0, [label for label, _ in facts], style["words"])
    inert = cells.inert(pl.DataFrame({"value": [value for _, value in facts]}))["value"].to_list()
    sheet.write_column(1, 1, inert, style["words"])
    row = len(facts) + 1
    held = {}
    for name, label in (("price", "Price of a seat for the period"), ("minimum", "Least seats by contract")):
        sheet.write_string(row, 0, label, style["words"])
        sheet.write(row, 1, terms.get(name), style["number"])
        held[name] = f"{SUMMARY}!{xl_rowcol_to_cell(row, 1, row_abs=True, col_abs=True)}"
        row += 1
    row = _rules(sheet, row + 1, counts, placed[POLICIES], style)
    for name, each in placed.items():
        table = SHEETS[name]
        sheet.write_string(row, 0, f"{name}: rows", style["words"])
        sheet.write_formula(row, 1, f"=ROWS({name}!{next(iter(each.ranges.values()))})" if each.rows else "=0", style["whole"], each.rows)
        row += 1
        for column, (cell, value) in each.totals.items():
            sheet.write_string(row, 0, f"{name}: {heading(column, table)}", style["words"])
            sheet.write_formula(row, 1, f"={name}!{cell}", style["number"], value)
            row += 1
    for name in [name for name in SHEETS if name not in placed]:
        sheet.write_string(row, 0, f"{name}: not known, since what it needs was not given")
        row += 1
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 4, 24)
    return held


def _rules(sheet: Worksheet, row: int, counts: pl.DataFrame, policies: Sheet, style: Mapping[str, Format]) -> int:
    """A line a rule and period, each number a formula that leads to the sheet of rules; returns the row after them."""
    shown = ("policy", "low", "high", "money_low", "money_high")
    for place, column in enumerate(shown):
        sheet.write_string(row, place, heading(column, SHEETS[POLICIES]), style["head"])
    for line, each in enumerate(told(counts, "UTC").select(shown).iter_rows(named=True), 1):
        sheet.write_string(row + line, 0, each["policy"], style["words"])
        for place, column in enumerate(shown[1:], 1):
            cell = xl_rowcol_to_cell(line, counts.columns.index(column))
            value = "" if each[column] is None else each[column]
            sheet.write_formula(row + line, place, f'=IF({POLICIES}!{cell}="","",{POLICIES}!{cell})', style["number"], value)
    return row + counts.height + 2


def _money(sheet: Worksheet, counts: pl.DataFrame, terms: Mapping[str, str], style: Mapping[str, Format]) -> None:
    """The money of each rule as what it is: the count, or the least by contract, times the price."""
    for line, row in enumerate(counts.iter_rows(named=True), 1):
        for bound in ("low", "high"):
            if row[bound] is None:
                continue
            cell = xl_rowcol_to_cell(line, counts.columns.index(bound))
            value = row[f"money_{bound}"]
            formula = f'=IF({terms["price"]}="","",MAX({cell},{terms["minimum"]})*{terms["price"]})'
            place = counts.columns.index(f"money_{bound}")
            sheet.write_formula(line, place, formula, style["number"], "" if value is None else value)
