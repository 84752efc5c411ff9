"""The seats as a workbook for whoever talks to the vendor: what was counted, for whom, by which event; totals as formulas.

The sheets are the tables that the pages handed out, row by row, so that page, CSV and workbook cannot tell different numbers.
"""

from collections.abc import Iterable, Iterator, Mapping
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
SUMMARY, POLICIES = "Summary", "Policies"
SHEETS = {POLICIES: "counts", "People": "counted", "Evidence": "intervals", "Leakage": "leakage", "Invoice": "invoice"}
"""The table behind each sheet, by the name under which a page hands it out."""

SUMMED = {
    "People": ("days_low", "days_high", "last_low", "last_high", "busiest_low", "busiest_high", "any_low", "any_high"),
    "Leakage": ("days_low", "days_high", "money_low", "money_high"),
    "Invoice": ("billed", "counted_low", "counted_high", "difference"),
}
"""The columns of a sheet under which a reader looks for a total; rules are alternatives, and have none."""

PRICE, MINIMUM = "Price of a seat for the period", "Least seats by contract"
MOST_ROWS, LONGEST_TEXT, WIDEST = 1_000_000, 32_000, 420
"""A sheet ends at 1,048,576 rows, a cell at 32,767 characters; the widest column in pixels."""

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# A workbook says when it was made; of a tenant judged at no known time, the year in which zip files begin to count.
UNDATED = datetime(1980, 1, 1)

Styles = Mapping[str, Format]


class Formula(NamedTuple):
    """A formula and the value it has, for whatever reads the file and does not reckon."""

    text: str
    value: object


class Sheet(NamedTuple):
    """Where a table stands on its sheet: the cells of each column, and of each total with its value."""

    columns: Mapping[str, str]
    totals: Mapping[str, Formula]
    rows: int


def write(path: Path, tenant: Tenant, outcomes: Iterable[Outcome]) -> bool:
    """The workbook at that path, and whether there was one to write: only where a page counted seats.

    Text from outside is text here and in whatever the sheet is saved as; the same tables give the same bytes.
    """
    outcomes = list(outcomes)
    tables = {name: rows for each in outcomes for name, rows in each.tables.items()}
    if SHEETS[POLICIES] not in tables:
        return False
    answer = next(each.answer for each in outcomes if SHEETS[POLICIES] in each.tables)
    stamp = tenant.as_of.astimezone(UTC).replace(tzinfo=None) if tenant.as_of else UNDATED
    with xlsxwriter.Workbook(path, OPTIONS) as book:
        book.set_properties({"title": f"Seats of {tenant.name}", "created": stamp})
        styles = _styles(book)
        summary = book.add_worksheet(SUMMARY)
        made = {name: book.add_worksheet(name) for name, table in SHEETS.items() if table in tables}
        placed = {name: _sheet(sheet, tables[SHEETS[name]], tenant.zone, styles) for name, sheet in made.items()}
        terms = _summary(summary, _lines(tenant, answer, tables[SHEETS[POLICIES]], placed), styles)
        _money(made[POLICIES], tables[SHEETS[POLICIES]], terms, styles)
    return True


def told(rows: pl.DataFrame, zone: str) -> pl.DataFrame:
    """A table as a sheet holds it: instants by the clock of `zone`, slugs in words, no text that a spreadsheet would run or refuse."""
    slugs = [column for column in rows.columns if column in words()["values"]]
    plain = rows.with_columns(spoken(column) for column in slugs).with_columns(
        cs.datetime().dt.convert_time_zone(zone).dt.replace_time_zone(None),
        cs.float().replace([float("nan"), float("inf"), float("-inf")], None),
        cs.string().str.slice(0, LONGEST_TEXT),
    )
    return cells.inert(plain.head(MOST_ROWS))


def _styles(book: xlsxwriter.Workbook) -> Styles:
    kinds = {
        "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
        "title": {"bold": True, "font_size": 14},
        "total": {"bold": True, "top": 1, "num_format": "#,##0.00"},
        "words": {"text_wrap": True, "valign": "top"},
        "whole": {"num_format": "#,##0"},
        "number": {"num_format": "#,##0.00", "align": "left"},
        "day": {"num_format": "yyyy-mm-dd", "align": "left"},
        "instant": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"},
    }
    return {name: book.add_format(properties) for name, properties in kinds.items()}


def _sheet(sheet: Worksheet, rows: pl.DataFrame, zone: str, styles: Styles) -> Sheet:
    """A table on its sheet: a heading, its rows, and where a reader looks for a total, its formula."""
    name, table = sheet.name, SHEETS[sheet.name]
    plain = told(rows, zone)
    last, columns, totals = plain.height, {}, {}
    for place, (column, kind) in enumerate(plain.schema.items()):
        sheet.write_string(0, place, heading(column, table), styles["head"])
        sheet.write_column(1, place, plain[column].to_list(), _style(kind, styles))
        columns[column] = xl_range(1, place, max(last, 1), place)
        if column in SUMMED.get(name, ()) and last:
            total = Formula(f"=SUM({columns[column]})", plain[column].sum())
            sheet.write_formula(last + 1, place, total.text, styles["total"], total.value)
            totals[column] = Formula(f"={name}!{xl_rowcol_to_cell(last + 1, place)}", total.value)
    if totals:
        sheet.write_string(last + 1, 0, "Total", styles["head"])
    if rows.height > MOST_ROWS:
        sheet.write_string(last + 2, 0, f"The first {MOST_ROWS:,} of {rows.height:,} rows; all of them stand in tables/{table}.csv.")
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, max(plain.width - 1, 0))
    sheet.autofit(WIDEST)
    return Sheet(columns, totals, last)


def _style(kind: pl.DataType, styles: Styles) -> Format | None:
    if isinstance(kind, pl.Datetime):
        return styles["instant"]
    if kind == pl.Date:
        return styles["day"]
    return styles["number"] if kind.is_float() else styles["whole"] if kind.is_integer() else None


def _lines(tenant: Tenant, answer: str, counts: pl.DataFrame, placed: Mapping[str, Sheet]) -> Iterator[tuple]:
    """The lines of the summary: the answer, the terms, what each rule counted, and the totals, each a formula that leads there."""
    terms = tenant.settings["terms"].value or {}
    judged = f"{said(tenant.as_of, tenant.zone)} ({tenant.zone})" if tenant.as_of else "no known time"
    yield ("Tenant", tenant.name)
    yield ("Judged at", judged)
    yield ("Clock of all times", tenant.zone)
    yield ("Answer", answer)
    yield ("Currency", terms.get("currency"))
    yield (PRICE, terms.get("price"))
    yield (MINIMUM, terms.get("minimum"))
    yield ()
    yield from _rules(counts)
    yield ()
    for name, each in placed.items():
        first = next(iter(each.columns.values()), "A2")
        yield (f"{name}: rows", Formula(f"=ROWS({name}!{first})", each.rows) if each.rows else 0)
        for column, total in each.totals.items():
            yield (f"{name}: {heading(column, SHEETS[name])}, in all", total)
    for name in (name for name in SHEETS if name not in placed):
        yield (f"{name}: not here, since the exports do not tell",)


def _rules(counts: pl.DataFrame) -> Iterator[tuple]:
    """A line a rule and period, each number a formula that leads to the sheet of rules."""
    shown = ("policy", "period_start", "low", "high", "money_low", "money_high")
    yield tuple(heading(column, SHEETS[POLICIES]) for column in shown)
    for line, row in enumerate(told(counts, "UTC").select(shown).iter_rows(named=True), 1):
        places = {column: f"{POLICIES}!{xl_rowcol_to_cell(line, counts.columns.index(column))}" for column in shown[2:]}
        numbers = (Formula(f'=IF({cell}="","",{cell})', "" if row[column] is None else row[column]) for column, cell in places.items())
        yield (row["policy"], str(row["period_start"]), *numbers)


def _summary(sheet: Worksheet, lines: Iterator[tuple], styles: Styles) -> Mapping[str, str]:
    """The first sheet, a line a row; returns the cells that hold price and minimum."""
    terms = {}
    sheet.write_string(0, 0, "How many people are paid for", styles["title"])
    for row, line in enumerate(lines, 1):
        for place, value in enumerate(line):
            if isinstance(value, Formula):
                sheet.write_formula(row, place, value.text, styles["number"], value.value)
            elif isinstance(value, str):
                sheet.write_string(row, place, cells.inert(pl.DataFrame({"text": [value]})).item(), styles["words"])
            else:
                sheet.write(row, place, value, styles["number"])
        if line and line[0] in (PRICE, MINIMUM):
            terms[line[0]] = f"{SUMMARY}!{xl_rowcol_to_cell(row, 1, row_abs=True, col_abs=True)}"
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, 5, 20)
    return terms


def _money(sheet: Worksheet, counts: pl.DataFrame, terms: Mapping[str, str], styles: Styles) -> None:
    """The money of each rule as what it is: the count, or the least by contract, times the price."""
    for line, row in enumerate(counts.iter_rows(named=True), 1):
        for bound in (bound for bound in ("low", "high") if row[bound] is not None):
            cell = xl_rowcol_to_cell(line, counts.columns.index(bound))
            formula = f'=IF({terms[PRICE]}="","",MAX({cell},{terms[MINIMUM]})*{terms[PRICE]})'
            money = row[f"money_{bound}"]
            sheet.write_formula(line, counts.columns.index(f"money_{bound}"), formula, styles["number"], "" if money is None else money)
