"""A whole report: what is in the folder, what it says, and what may never be in it."""

import csv
import hashlib
import json
import re
import shutil
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import made_report
import nbformat
import polars as pl
import pytest

from scimlab import report
from scimlab.errors import UsageError
from scimlab.report import answers, execute, html, index, manifest, pages, place, rules
from scimlab.report.gather import Outcome
from scimlab.schema import DECISIONS

made = made_report.made
ROOT = Path(__file__).parents[1]
HEALTHY = ROOT / "data" / "samples" / "healthy"
NAMES = tuple(pages.pages())
AS_OF = datetime(2026, 9, 2, 6, tzinfo=UTC)


def elements(path: Path) -> list[tuple[str, dict]]:
    """The elements of a page, with their attributes; what stands in scripts and styles is no element."""
    found, parser = [], HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))
    parser.feed(path.read_text("utf-8"))
    return found


def told(path):
    """A JSON file of a report."""
    return json.loads(path.read_text("utf-8"))


def test_a_report_is_a_folder_with_everything_in_it(made):
    """Pages, executed notebooks, tables, results and manifest stand side by side, and nothing half-made is left."""
    assert {each.name for each in made.path.iterdir()} == {
        *(f"{name}.html" for name in NAMES), "index.html", "manifest.json", "notebooks", "results.json", "tables",
        "seats.xlsx", "deadlines.ics", "season.ics",
    }  # fmt: skip
    assert {each.stem for each in (made.path / "notebooks").iterdir()} == set(NAMES)
    assert {"storms", "steps", "decisions", "rejected", "receipt"} <= {each.stem for each in (made.path / "tables").iterdir()}


def test_a_rule_that_holds_is_an_exit_code(made):
    """The hostile tenant has storms, so --fail-on storms>0 ends with 3."""
    assert (made.exit_code, made.broken) == (3, ["storms>0"])


@pytest.mark.parametrize("name", ["index", *NAMES])
def test_no_name_from_outside_becomes_an_element(made, name):
    """Of images there are none but our own pictures, nothing has a handler, and no bold but ours: names are text."""
    found = elements(made.path / f"{name}.html")
    assert not [attrs for tag, attrs in found if any(key.startswith("on") for key in attrs)]
    assert all(attrs["src"].startswith("data:image/svg+xml;base64,") for tag, attrs in found if tag == "img")
    assert not [tag for tag, _ in found if tag in {"b", "iframe", "object", "embed", "form", "base"}]


@pytest.mark.parametrize("name", ["index", *NAMES])
def test_a_page_can_fetch_nothing(made, name):
    """The policy forbids every connection and every script but those named by hash, and no element points outside."""
    found = elements(made.path / f"{name}.html")
    policy = next(attrs["content"] for tag, attrs in found if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-") and "unsafe-eval" not in policy
    assert "unsafe-inline" not in policy.partition("style-src")[0]
    links = [attrs[key] for _, attrs in found for key in ("src", "href") if key in attrs]
    beside = r"data:|#|[a-z_]+\.html|tables/[a-z_]+\.csv$|manifest\.json$|results\.json$|[a-z]+\.(xlsx|ics)$"
    assert links and all(re.match(beside, link) for link in links)


def test_every_row_of_a_table_is_in_its_csv_and_none_is_a_formula(made):
    """The CSV holds what the page handed out, and a cell that a spreadsheet would run is led by an apostrophe."""
    rows = list(csv.DictReader((made.path / "tables" / "storms.csv").open(encoding="utf-8", newline="")))
    handed = [
        output for cell in nbformat.read(made.path / "notebooks" / "retry_storms.ipynb", 4).cells for output in cell.get("outputs", [])
    ]
    storms = next(data for output in handed if (data := output.data.get("application/vnd.scimlab.table+json", {})).get("name") == "storms")
    assert len(rows) == len(storms["rows"]) > 0
    cells = [
        cell for path in (made.path / "tables").glob("*.csv") for row in csv.reader(path.open(encoding="utf-8", newline="")) for cell in row
    ]
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-(?![\d.])", cell)]


def test_the_download_in_a_page_is_the_file_beside_it(made):
    """A page that is sent alone still holds its tables whole."""
    page = (made.path / "retry_storms.html").read_text("utf-8")
    assert html.in_script((made.path / "tables" / "storms.csv").read_text("utf-8")) in page


def test_the_manifest_seals_inputs_and_files(made):
    """Who checks later finds the hash of each export and of each file of the report, and row sums that add up."""
    facts = told(made.path / "manifest.json")
    exports = made.path.parent / "exports" / facts["tenant"]
    assert {each["file"]: each["sha256"] for each in facts["inputs"]} == {
        each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in exports.iterdir() if each.is_file()
    }
    assert facts["files"] == manifest.seals(
        (each for each in made.path.rglob("*") if each.is_file() and each.name != "manifest.json"), made.path
    )
    assert facts["sums"]["rows"] == sum(facts["sums"][name] for name in ("kept", "duplicate", "foreign", "rejected"))


def test_the_manifest_says_where_each_setting_came_from(made):
    """A zone of tenant.toml, a default, an instant of the inputs: each says so."""
    settings = told(made.path / "manifest.json")["settings"]
    assert settings["zone"] == {"value": "Asia/Kathmandu", "origin": "tenant.toml"}
    assert (settings["least_attempts"]["origin"], settings["as_of"]["origin"]) == ("default", "inputs")


def test_the_executed_notebook_names_the_exports_and_not_our_copy(made):
    """The evidence can be run again: its folder is the one that was given, not one that is gone."""
    folder = str(made.path.parent / "exports" / told(made.path / "manifest.json")["tenant"])
    notebook = nbformat.read(made.path / "notebooks" / "retry_storms.ipynb", 4)
    injected = next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", []))
    assert f"folder = {json.dumps(folder, ensure_ascii=False)}" in injected.source
    assert notebook.metadata.papermill.parameters.folder == folder


def test_the_pages_agree_with_what_a_reader_of_the_exports_gets(made):
    """A page that reads our own Parquet says what the same page says of the exports themselves."""
    alone = execute.execute_one(
        ROOT / "notebooks" / "retry_storms.ipynb", made.path.parent / "alone.ipynb", {"folder": str(ROOT / "data/samples/hostile")}, 60
    )
    assert alone.status == "done"
    shown = [
        [output.get("data") for cell in nbformat.read(path, 4).cells if cell.cell_type == "code" for output in cell.outputs]
        for path in (made.path / "notebooks" / "retry_storms.ipynb", made.path.parent / "alone.ipynb")
    ]
    assert shown[0] == shown[1]


def test_the_results_hold_answers_and_decisions(made):
    """Another program reads the answer, each number and each decision without a page."""
    results = told(made.path / "results.json")
    assert re.match(r"\d+ people are being retried in vain; ", results["answer"])
    assert set(results["pages"]) == set(NAMES)
    assert results["pages"]["remediate"]["decision"] and results["counts"]["failed"] == 0
    assert {"people_in_storms", "deadlines_soon", "people_paid_for"} <= {each["name"] for each in results["numbers"]}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param({"only": ["retry_storm"]}, 'Did you mean "retry_storms"', id="unknown-page"),
        pytest.param({"parameters": {"least_attemps": "5"}}, 'Did you mean "least_attempts"', id="unknown-parameter"),
        pytest.param({"parameters": {"least_attempts": "five"}}, "Give a whole number", id="wrong-type"),
        pytest.param({"parameters": {"period_start": "2026-08-01"}, "only": ["retry_storms"]}, "period_start", id="of-another-page"),
        pytest.param({"parameters": {"folder": "x"}}, "folder", id="folder-twice"),
        pytest.param({"fail_on": "storm>0"}, 'Did you mean "storms"', id="unknown-rule"),
        pytest.param({"fail_on": "storms>many"}, "is no rule", id="no-rule"),
    ],
)
def test_what_is_wrong_stops_before_anything_starts(tmp_path, asked, said):
    """No page is executed and nothing is written for a run that was asked for wrongly."""
    with pytest.raises(UsageError, match=said):
        report.report(HEALTHY, out=tmp_path / "out", **asked)
    assert not list(tmp_path.iterdir())


def test_what_is_there_and_no_report_is_left_alone(tmp_path):
    """A report replaces a report; anything else in its place stops the run."""
    (tmp_path / "thesis.txt").write_text("five years of work")
    with pytest.raises(UsageError, match="something else than a report"):
        report.report(HEALTHY, out=tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "five years of work"


def test_half_a_report_never_takes_the_place_of_a_whole_one(tmp_path):
    """If writing stops midway, the report of yesterday stands as it was, and no scraps beside it."""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html").write_text("yesterday")
    with pytest.raises(RuntimeError), place.whole(tmp_path / "report") as half:
        (half / "index.html").write_text("half")
        raise RuntimeError("the disk is full")
    assert (tmp_path / "report" / "index.html").read_text() == "yesterday"
    assert [each.name for each in tmp_path.iterdir()] == ["report"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("../../etc", "etc", id="upwards"),
        pytest.param("/etc/passwd", "etc-passwd", id="absolute"),
        pytest.param("C:\\Windows", "C-Windows", id="backslash"),
        pytest.param("con.txt", "tenant", id="device"),
        pytest.param("\u202egnp.exe\x00", "gnp.exe", id="direction-and-null"),
        pytest.param("...", "tenant", id="dots"),
        pytest.param("x" * 300, "x" * 80, id="long"),
        pytest.param("Südwind", "Südwind", id="letters-stay"),
    ],
)
def test_a_name_from_outside_is_one_part_of_a_path(name, expected):
    """Whatever a tenant is called, its report lies in a folder of its own below reports."""
    assert place.segment(name) == expected
    assert place.destination("", name, AS_OF) == ROOT / "reports" / expected / "20260902T0600Z"


def test_a_name_within_an_archive_leads_nowhere(tmp_path):
    """A zip may call its members what it likes: the zip is what is sealed, never a file outside."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "log.zip").write_bytes(b"zip")
    (tmp_path / "secret").write_bytes(b"secret")
    receipt = pl.DataFrame({"file": ["log.zip/../../secret"], "first_at": [None], "last_at": [None]})
    assert [each["bytes"] for each in manifest.inputs(receipt, tmp_path / "in")] == [3]


def page(tmp_path, source, name="page"):
    """A page of one cell, as a template."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source)], metadata={"kernelspec": {"name": "python3", "display_name": "p"}}
    )
    nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    return pages.Page(name, tmp_path / f"{name}.ipynb", "Why?", {})


def test_a_page_that_fails_leaves_the_others_whole(tmp_path):
    """One raises, one takes too long, one loses its kernel: each is told apart, and the fourth is done."""
    sources = {"raises": "1 / 0", "slow": "import time; time.sleep(60)", "killed": "import os; os._exit(9)", "fine": "1"}
    run = [page(tmp_path, source, name) for name, source in sources.items()]
    (tmp_path / "out").mkdir()
    through = execute.execute(run, {name: {} for name in sources}, tmp_path / "out", cell_seconds=4, told=lambda line: None)
    assert {name: each.status for name, each in through.items()} == {
        "raises": "failed",
        "slow": "timed out",
        "killed": "failed",
        "fine": "done",
    }
    assert through["raises"].error == "ZeroDivisionError: division by zero"
    # papermill saves a page that ran out of time as if it were whole: here it says so.
    assert "longer than 4 seconds" in (tmp_path / "out" / "slow.ipynb").read_text()


@pytest.mark.parametrize(("text", "kind", "value"), [("007", str, "007"), ("7", int, 7), ("yes", bool, True), ("0.5", float, 0.5)])
def test_a_text_is_read_as_the_type_that_the_page_declares(tmp_path, text, kind, value):
    """From a command line everything is text; an id stays one, a number becomes one."""
    run = [pages.Page("page", tmp_path, "Why?", {"given": kind})]
    assert pages.parameters(run, {"given": text}) == {"page": {"given": value}}


@pytest.mark.parametrize(
    ("written", "numbers", "holds"),
    [
        ("storms", {"people_in_storms": 1}, ["storms"]),
        ("storms", {"people_in_storms": 0}, []),
        ("storms >= 2, deadlines<3", {"people_in_storms": 2, "deadlines_soon": 3}, ["storms >= 2"]),
        ("quarantine<100", {"quarantine_distance": None}, []),
        ("incomplete", {"incomplete": 2}, ["incomplete"]),
        ("", {"people_in_storms": 9}, []),
    ],
)
def test_a_rule_holds_or_not(written, numbers, holds):
    """A name alone means more than none, and of what is not known no rule holds."""
    assert rules.holding(written, numbers) == holds


def outcome(name, *numbers, **decision):
    """What a page handed out: its numbers and at most one decision."""
    rows = pl.DataFrame([decision] if decision else [], schema=DECISIONS)
    found = [{"name": each, "label": each, "low": value, "high": value, "word": "", "instead": "none"} for each, value in numbers]
    return Outcome(pages.Page(name, Path(name), "Why?", {}), execute.Run(name, "done", "", 1.0), None, "", found, {"decision": rows})


def test_the_headline_counts_those_for_whom_time_runs_out():
    """The number is the runbook's, as on the tile below it; its nearest day is named by the tenant's clock."""
    soon = outcome("remediate", ("deadlines_soon", 2), situation="restorable", people=2, by=datetime(2026, 9, 5, 22, 30, tzinfo=UTC))
    storms = outcome("retry_storms", ("people_in_storms", 5), situation="value_refused", people=1, by=AS_OF)
    line = index.headline([storms, soon], 70, zone="Europe/Berlin")
    assert (
        line == "5 people are being retried in vain; for 2 people time runs out within 7 days, first on 6 Sep 2026 00:30 (Europe/Berlin)."
    )


def test_the_headline_of_a_healthy_tenant_says_that_there_is_nothing_to_decide():
    """What is only to be collected makes nobody wait."""
    calm = outcome("retry_storms", ("people_in_storms", 0), situation="input_job", what="Export the job.")
    assert index.headline([calm], 1_204, zone="UTC") == "Nothing to decide. 1,204 people are linked, none is retried in vain."


def test_the_headline_never_takes_a_missing_page_for_a_healthy_tenant():
    """Without the page of storms nothing is said of storms, without the runbook nothing of deadlines."""
    assert index.headline([outcome("check_inputs")], 5, zone="UTC").startswith("This report does not say")
    blind = outcome("retry_storms")._replace(answer="These exports cannot say whom Entra retries in vain: no log.")
    assert index.headline([blind], 5, zone="UTC") == blind.answer
    assert index.headline([outcome("retry_storms", ("people_in_storms", 5))], 5, zone="UTC") == "5 people are being retried in vain."


def test_a_decision_of_two_pages_stands_once_and_leads_to_the_runbook():
    """The same situation in two pages is one decision; what has no deadline comes last."""
    due = {"situation": "restorable", "people": 2, "by": AS_OF}
    found = index.decisions(
        [outcome("retry_storms", **due), outcome("link_audit", situation="defect", people=9), outcome("remediate", **due)]
    )
    assert found.select("situation", "page").rows() == [("restorable", "remediate"), ("defect", "link_audit")]


def test_a_number_says_what_became_of_it_since_the_last_run():
    """Three more than in the run before, and that run is named; without one, it is the first."""
    before = {"as_of": "2026-08-01T00:00:00Z", "numbers": [{"name": "people_in_storms", "high": 2}]}
    now = [outcome("retry_storms", ("people_in_storms", 5))]
    assert [each.change for each in index.told(now, before)] == ["+3 since 2026-08-01"]
    assert [each.change for each in index.told(now, None)] == ["first run"]


def test_the_last_run_is_the_latest_one_judged_before(tmp_path):
    """Of the reports beside it, the one judged last before this; later ones, and what is no report, are passed over."""
    for name, answer in {"20260801T0000Z": "older", "20260815T0000Z": "last", "20260910T0000Z": "later", "notes": "none"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.json").write_text(json.dumps({"answer": answer}))
    assert place.before(tmp_path / "20260901T0000Z") == {"answer": "last"}


def test_an_answer_made_again_has_the_same_bytes(tmp_path):
    """What is committed is what anybody gets who makes it."""
    again = next(each for each in answers.answers() if each.name == "check_inputs.ipynb")
    made = answers._made(again, tmp_path / again.name)
    assert made.read_bytes() == (ROOT / "data" / "answers" / again.name).read_bytes()


@pytest.mark.parametrize("path", sorted((ROOT / "data" / "answers").glob("*.ipynb")), ids=lambda path: path.stem)
def test_an_answer_names_no_time_and_no_place_of_its_making(path):
    """Nothing in it tells on which machine or when it was made, and each cell went through."""
    text = path.read_text("utf-8")
    assert not re.search(r"papermill|start_time|/tmp/|\.venv|site-packages", text)
    assert str(ROOT) not in text and f"{Path.home()}/" not in text
    outputs = [output for cell in nbformat.reads(text, 4).cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs and {output.output_type for output in outputs} == {"execute_result"}


def test_every_page_has_an_answer():
    """Each page is kept executed, so nbval runs each."""
    assert {each.name for each in answers.answers()} == {path.name for path in (ROOT / "data" / "answers").glob("*.ipynb")}


def test_exports_are_found_from_the_working_directory_and_from_the_root(tmp_path, monkeypatch):
    """A folder beside the caller is meant before one of the project; one of the project is found from anywhere."""
    from scimlab.report import run

    monkeypatch.chdir(tmp_path)
    shutil.copytree(HEALTHY, tmp_path / "mine")
    assert run.located("mine") == tmp_path / "mine"
    assert run.located("data/samples/healthy") == HEALTHY
