"""The workbook: the pages' own numbers, totals that are formulas, and nothing from outside that a spreadsheet would run."""

import csv
import json
import re
import shutil
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import made_report
import openpyxl
import polars as pl
import pytest

from scimlab import read, report, schema
from scimlab.charts.words import heading, words
from scimlab.report import execute, pages, workbook
from scimlab.report.gather import Outcome
from scimlab.schema import Setting, Tenant

made = made_report.made
SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "hostile"
PERIOD = {"period_start": date(2026, 5, 1), "period_end": date(2026, 6, 1), "zone": "Europe/Berlin"}
NIGHT = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)
HOSTILE = ('=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "\tx", "<b>bold</b>", "Zoë 🦄", "a\x00b\x1bc", "007", "1e5")


def tenant(as_of: datetime | None = NIGHT, name: str = "contoso", **terms: object) -> Tenant:
    """A tenant with a name, terms and an instant to be judged at."""
    told = {"as_of": as_of, "zone": "Europe/Berlin", "terms": terms}
    return Tenant(name, {key: Setting(value, "typed") for key, value in told.items()})


def counts(*rows: tuple[str, float | None, float | None], price: float | None = None, minimum: float = 0) -> pl.DataFrame:
    """SEATS of one period: rule, at least, at most, and the money they come to."""

    def money(count: float | None) -> float | None:
        return None if price is None or count is None else max(count, minimum) * price

    found = [
        {"policy": rule, "low": low, "high": high, "unit": "people", "money_low": money(low), "money_high": money(high)} | PERIOD
        for rule, low, high in rows
    ]
    return pl.DataFrame(found, schema=schema.SEATS)


def book(path: Path, known: Tenant, **tables: pl.DataFrame) -> openpyxl.Workbook:
    """The workbook of these tables, opened for its formulas; `values` opens it for what they come to."""
    page = pages.Page("seasonal_seats", path, "How many?", {})
    assert workbook.write(path, known, [Outcome(page, execute.Run("seasonal_seats", "done", "", 1.0), None, "4 to 5.", [], tables)])
    return openpyxl.load_workbook(path)


def values(path: Path) -> openpyxl.Workbook:
    """The same workbook as a program that does not reckon sees it."""
    return openpyxl.load_workbook(path, data_only=True)


def formulas(opened: openpyxl.Workbook) -> list[str]:
    """Every cell that a spreadsheet would reckon."""
    return [cell.value for sheet in opened for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_no_text_from_outside_is_a_formula(tmp_path):
    """Names are text here, and stay so where the sheet is saved as CSV: what would be run is led by an apostrophe, as in our CSV."""
    named = pl.DataFrame({"person": HOSTILE, "days_low": [1] * 10, "days_high": [1] * 10})
    opened = book(tmp_path / "a.xlsx", tenant(name="=cmd|' /C calc'!A0"), counts=counts(("peak_daily", 4, 5)), counted=named)
    people = [row[0].value for row in opened["People"].iter_rows(min_row=2, max_row=11)]
    assert people[:6] == ["'" + text for text in HOSTILE[:5]] + ["<b>bold</b>"]
    # A cell cannot hold control characters; numbers in a name stay letters.
    assert people[6] == "Zoë 🦄" and people[8:] == ["007", "1e5"]
    assert opened["Summary"]["B2"].value == "'=cmd|' /C calc'!A0"
    own = re.compile(r"=(SUM|ROWS|IF)\(|=[A-Z][a-z]+![A-Z]+\d+$")
    assert formulas(opened) and all(own.match(text) for text in formulas(opened))


def test_a_total_is_a_formula_with_its_value(tmp_path):
    """Who changes a day sees the total change; who only looks, in whatever program, sees it too."""
    days = pl.DataFrame({"person": ["Ada", "Bob"], "days_low": [30, 10], "days_high": [31, 12]})
    opened = book(tmp_path / "a.xlsx", tenant(), counts=counts(("peak_daily", 2, 2)), counted=days)
    assert [cell.value for cell in opened["People"][4]] == ["Total", "=SUM(B2:B3)", "=SUM(C2:C3)"]
    assert [cell.value for cell in values(tmp_path / "a.xlsx")["People"][4]] == ["Total", 40, 43]
    both = zip(opened["Summary"], values(tmp_path / "a.xlsx")["Summary"], strict=True)
    found = {row[0].value: (row[1].value, other[1].value) for row, other in both}
    assert found["People: Days, at least, in all"] == ("=People!B4", 40)
    assert found["People: rows"] == ("=ROWS(People!A2:A3)", 2)


def test_rules_have_no_total(tmp_path):
    """Four rules are four answers to one question, and their sum is none."""
    opened = book(tmp_path / "a.xlsx", tenant(price=2), counts=counts(("peak_daily", 4, 5), ("snapshot_end", 3, 3), price=2))
    assert opened["Policies"].max_row == 3 and not [text for text in formulas(opened) if text.startswith("=SUM")]


def test_money_is_reckoned_from_price_and_minimum(tmp_path):
    """Never less than the contract's minimum, by the price on the first sheet; the value is that of the frame."""
    table = counts(("peak_daily", 4, 12), ("mau", None, None), price=6.5, minimum=10)
    opened = book(tmp_path / "a.xlsx", tenant(price=6.5, minimum=10, currency="EUR"), counts=table)
    low, high = (table.columns.index(name) for name in ("money_low", "money_high"))
    price, minimum = (
        cell for row in opened["Summary"].iter_rows(max_col=1) for cell in row if cell.value in (workbook.PRICE, workbook.MINIMUM)
    )
    assert opened["Policies"][2][low].value == (
        f'=IF(Summary!$B${price.row}="","",MAX(F2,Summary!$B${minimum.row})*Summary!$B${price.row})'
    )
    assert (opened["Summary"].cell(price.row, 2).value, opened["Summary"].cell(minimum.row, 2).value) == (6.5, 10)
    shown = values(tmp_path / "a.xlsx")["Policies"]
    assert [shown[2][place].value for place in (low, high)] == [65, 78]
    # a rule that could not count has no money, and no formula that would say 65
    assert opened["Policies"][3][low].value is None


def test_without_a_price_there_is_no_money(tmp_path):
    """The formula waits for a price, and is empty until then."""
    opened = book(tmp_path / "a.xlsx", tenant(), counts=counts(("peak_daily", 4, 5)))
    place = counts().columns.index("money_low")
    assert opened["Policies"][2][place].data_type == "f" and not values(tmp_path / "a.xlsx")["Policies"][2][place].value


def test_instants_are_by_the_tenants_clock(tmp_path):
    """Half past ten at night by UTC is half past midnight of the next day in Berlin; days are days."""
    spans = pl.DataFrame([{"person_id": "1", "on_at_min": NIGHT, "kind": "member"}], schema=schema.INTERVALS)
    opened = book(tmp_path / "a.xlsx", tenant(), counts=counts(("peak_daily", 4, 5)), intervals=spans)
    place = spans.columns.index("on_at_min")
    assert opened["Evidence"][2][place].value == datetime(2026, 6, 1, 0, 30)
    assert opened["Policies"]["B2"].value == datetime(2026, 5, 1)


def test_what_is_not_there_is_said(tmp_path):
    """A sheet whose table no page handed out is named on the first one."""
    opened = book(tmp_path / "a.xlsx", tenant(), counts=counts(("peak_daily", 4, 5)))
    assert opened.sheetnames == ["Summary", "Policies"]
    said = [row[0].value for row in opened["Summary"].iter_rows() if row[0].value]
    assert "Invoice: not here, since the exports do not tell" in said


def test_without_a_count_there_is_no_workbook(tmp_path):
    """A report of other pages only, or one whose page on seats failed, has none."""
    assert not workbook.write(tmp_path / "a.xlsx", tenant(), [])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("as_of", [NIGHT, None])
def test_the_same_tables_give_the_same_bytes(tmp_path, as_of):
    """Nothing in it tells when or where it was written."""
    tables = {"counts": counts(("peak_daily", 4, 5)), "intervals": schema.INTERVALS.to_frame()}
    for name in ("a", "b"):
        book(tmp_path / f"{name}.xlsx", tenant(as_of), **tables)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    created = openpyxl.load_workbook(tmp_path / "a.xlsx").properties.created
    assert created == (NIGHT.replace(tzinfo=None) if as_of else workbook.UNDATED)


def test_a_long_text_is_cut_and_a_long_table_says_so(tmp_path, monkeypatch):
    """A sheet has its limits; what is beyond them is in the CSV, and that is said."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    rows = pl.DataFrame({"person": ["x" * 40_000, "b", "c"], "days_low": [1, 2, 4], "days_high": [1, 2, 4]})
    sheet = book(tmp_path / "a.xlsx", tenant(), counts=counts(("peak_daily", 4, 5)), counted=rows)["People"]
    assert len(sheet["A2"].value) == workbook.LONGEST_TEXT and sheet["A3"].value == "b"
    assert sheet["A5"].value == "The first 2 of 3 rows; all of them stand in tables/counted.csv."


def test_numbers_that_are_none_are_empty(tmp_path):
    """Excel knows neither infinity nor not-a-number."""
    rows = pl.DataFrame({"person": ["a", "b"], "share": [float("nan"), float("inf")]})
    sheet = book(tmp_path / "a.xlsx", tenant(), counts=counts(("peak_daily", 4, 5)), counted=rows)["People"]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [None, None]


def in_html(page: Path, name: str) -> list[list[str]]:
    """The cells of a table of a page, as its reader sees them, its headings first."""
    rows, parser, inside = [], HTMLParser(), []

    def start(tag: str, attrs: list) -> None:
        if tag == "table":
            inside[:] = [dict(attrs).get("data-name") == name]
        if tag in ("tr", "td", "th") and inside == [True]:
            rows.append([]) if tag == "tr" else rows[-1].append("")

    parser.handle_starttag = start
    parser.handle_endtag = lambda tag: inside.clear() if tag == "table" else None
    parser.handle_data = lambda data: rows[-1].append(rows[-1].pop() + data) if inside == [True] and rows and rows[-1] else None
    parser.feed(page.read_text("utf-8"))
    return [row for row in rows if row]


def plain(value: object) -> str:
    """A number as a page spells it, to the second place."""
    return "–" if value in (None, "") else f"{round(float(value), 2):.10g}"


def test_page_csv_workbook_and_results_tell_the_same_numbers(made):
    """What each rule counts, read from four files by four readers."""
    columns = ("low", "high", "people", "records")
    results = json.loads((made.path / "results.json").read_text("utf-8"))["tables"]["counts"]
    rows = list(csv.DictReader((made.path / "tables" / "counts.csv").open(encoding="utf-8", newline="")))
    sheet = values(made.path / workbook.FILE)["Policies"]
    headings = {name: place for place, name in enumerate(rows[0])}
    from_sheet = [[plain(row[headings[name]].value) for name in columns] for row in sheet.iter_rows(min_row=2, max_row=len(rows) + 1)]
    _, *shown = in_html(made.path / "seasonal_seats.html", "counts")
    assert (
        [[plain(row[name]) for name in columns] for row in results]
        == [[plain(row[name]) for name in columns] for row in rows]
        == from_sheet
        == [[row[1], row[2], row[4], row[5]] for row in shown]
    )
    assert len(results) == len(rows) >= 4


@pytest.fixture(scope="module")
def billed(tmp_path_factory) -> Path:
    """A report on the hostile tenant's July, with a price and a bill: three people it knows, one of them twice, and one it does not."""
    exports = shutil.copytree(SAMPLE, tmp_path_factory.mktemp("billed") / "exports", ignore=shutil.ignore_patterns("truth"))
    known = read.tenant(exports).records["mail"].drop_nulls().sort().head(3).to_list()
    with (exports / "tenant.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[terms]\nprice = 6.5\ncurrency = "EUR"\n')
    with (exports / "invoice.csv").open("w", encoding="utf-8", newline="") as bill:
        rows = [(each, "2026-07-31", 1) for each in (*known, known[0], "nobody@else.example")]
        csv.writer(bill).writerows([("address", "billed_on", "quantity"), *rows])
    asked = {"period_start": "2026-07-01", "period_end": "2026-08-01"}
    return report.report(exports, out=exports.parent / "report", only=["seasonal_seats"], parameters=asked).path


@pytest.mark.parametrize(
    ("name", "sheet", "column", "among_results"),
    [
        ("leakage", "Leakage", "days_high", lambda told: sum(row["days_high"] for row in told["wasted"])),
        ("leakage", "Leakage", "money_high", lambda told: sum(row["money_high"] for row in told["wasted"])),
        ("invoice", "Invoice", "billed", lambda told: told["bills"][0]["billed"]),
        ("invoice", "Invoice", "difference", None),
    ],
)
def test_what_was_needless_and_what_was_billed_is_one_sum_in_all_four(billed, name, sheet, column, among_results):
    """The rows of page, CSV and sheet add up to one number, and it stands among the results."""
    rows = list(csv.DictReader((billed / "tables" / f"{name}.csv").open(encoding="utf-8", newline="")))
    told = json.loads((billed / "results.json").read_text("utf-8"))["tables"]
    total = sum(float(row[column]) for row in rows)
    place = list(rows[0]).index(column) + 1
    assert values(billed / workbook.FILE)[sheet].cell(len(rows) + 2, place).value == pytest.approx(total)
    heads, *shown = in_html(billed / "seasonal_seats.html", name)
    at = heads.index(heading(column, name))
    assert sum(float(row[at]) for row in shown) == pytest.approx(total, abs=0.01 * len(rows))
    assert len(shown) == len(rows) > 0 and total != 0
    assert among_results is None or among_results(told) == pytest.approx(total)


def test_the_money_of_each_rule_is_one_in_all_four(billed):
    """Count times price: on the page, in the CSV, among the results, and as the value of the sheet's formula."""
    rows = list(csv.DictReader((billed / "tables" / "counts.csv").open(encoding="utf-8", newline="")))
    told = json.loads((billed / "results.json").read_text("utf-8"))["tables"]["counts"]
    place = list(rows[0]).index("money_high") + 1
    in_sheet = [values(billed / workbook.FILE)["Policies"].cell(line, place).value for line in range(2, len(rows) + 2)]
    heads, *shown = in_html(billed / "seasonal_seats.html", "counts")
    in_page = [row[heads.index(heading("money_high", "counts"))] for row in shown]
    assert in_page == [plain(row["money_high"]) for row in rows] == [plain(row["money_high"]) for row in told] == [*map(plain, in_sheet)]
    assert all(row["money_high"] == pytest.approx(row["high"] * 6.5) for row in told)


def test_what_a_rule_counts_is_the_sum_of_its_people(made):
    """Each number on the sheet of rules is the total of a column on that of people, the days shared out over the period."""
    opened = values(made.path / workbook.FILE)
    counted = {row[0].value: row[5:7] for row in opened["Policies"].iter_rows(min_row=2)}
    start, end = (opened["Policies"].cell(2, place).value for place in (2, 3))
    headings = [cell.value for cell in opened["People"][1]]
    totals = dict(zip(headings, [cell.value for cell in opened["People"][opened["People"].max_row]], strict=True))
    for rule, column, share in (
        ("snapshot_end", "last", 1),
        ("user_days_prorated", "days", (end - start).days),
        ("peak_daily", "busiest", 1),
    ):
        for cell, bound in zip(counted[words()["values"]["policy"][rule]], ("low", "high"), strict=True):
            assert totals[heading(f"{column}_{bound}", "counted")] / share == pytest.approx(cell.value)


def test_the_workbook_of_a_hostile_tenant_opens_and_runs_nothing(made):
    """Names that are formulas elsewhere are text; the evidence is whole."""
    opened = openpyxl.load_workbook(made.path / workbook.FILE)
    rows = list(csv.reader((made.path / "tables" / "intervals.csv").open(encoding="utf-8", newline="")))
    assert opened["Evidence"].max_row == len(rows)
    texts = [cell.value for sheet in opened for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    assert not [text for text in texts if re.match(r"[=+@\t\r]|-(?![\d.])", text)]
