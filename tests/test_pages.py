"""The pages as texts: each asks its question, keeps to one order, and does nothing that belongs into the library."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

PAGES = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
QUESTIONS = {
    "check_inputs": "Can these exports be trusted?",
    "retry_storms": "Whom does Entra retry in vain, since when, and why?",
    "person_timeline": "What happened to these people?",
    "link_audit": "Who is in one system and not, or not the same, in the other?",
    "seasonal_seats": "How many people do we pay for, under which rule, and why?",
    "season_planner": "Who leaves and returns, and what must happen before which day?",
    "remediate": "How is each of these people brought back in order?",
    "fleet_overview": "Which tenants need attention first?",
}
LOGIC = (
    ast.For, ast.While, ast.If, ast.IfExp, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Try, ast.With,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Match,
)  # fmt: skip
TYPES = {"str", "int", "float", "bool"}


@pytest.fixture(params=PAGES, ids=lambda path: path.stem)
def page(request):
    """Each page in turn, with its path under `metadata.path`."""
    page = nbformat.read(request.param, as_version=4)
    page.metadata.path = request.param
    return page


def code(page):
    """The code cells of a page, parsed: parameters, import, then the rest."""
    return [ast.parse(cell.source) for cell in page.cells if cell.cell_type == "code"]


def sections(page):
    """What follows the import: each cell with the one before it and the one behind it."""
    start = next(index for index, cell in enumerate(page.cells) if cell.source.startswith("from scimlab import")) + 1
    return [(page.cells[index - 1], page.cells[index], *page.cells[index + 1 : index + 2]) for index in range(start, len(page.cells))]


def test_the_title_is_the_question(page):
    """A reader knows by the title whether this is the page; who asks and what for stands below, in five lines at most."""
    title, *rest = page.cells[0].source.splitlines()
    assert title == f"# {QUESTIONS[page.metadata.path.stem]}"
    assert 1 <= len([line for line in rest if line.strip()]) <= 5


def test_parameters_are_annotated_literals_each_with_a_comment(page):
    """papermill prints them as a manual, and the first cell checks values against these types."""
    cell = page.cells[1]
    assert cell.metadata.tags == ["parameters"]
    assert all(re.fullmatch(r"\w+: \w+ = .+  # \w.+", line) for line in cell.source.splitlines())
    for each in ast.parse(cell.source).body:
        assert each.annotation.id in TYPES and isinstance(each.value, ast.Constant)
        assert type(each.value.value).__name__ == each.annotation.id


def test_each_page_takes_the_tenant_by_the_same_parameters(page):
    """A report hands every page the same five, so no page may call one of them otherwise."""
    names = [each.target.id for each in code(page)[0].body]
    assert names[:5] == ["folder", "app", "tenant_id", "zone", "as_of"]


def test_there_is_one_import_and_the_check_of_the_parameters(page):
    """A page needs nothing but scimlab, and stops at once if a parameter is of another type."""
    _, first, *rest = code(page)
    (bring, begin) = first.body
    assert isinstance(bring, ast.ImportFrom) and bring.module == "scimlab"
    assert ast.unparse(begin) == "show.begin(globals())"
    assert not [node for tree in rest for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_every_imported_room_is_used(page):
    """What a page does not use, it does not bring."""
    _, first, *rest = code(page)
    used = {node.id for tree in rest for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {each.name for each in first.body[0].names} - {"show"} <= used


def test_there_is_no_logic_in_a_page(page):
    """Loops, branches and definitions belong into the library, where they are tested."""
    assert not [type(node).__name__ for tree in code(page) for node in ast.walk(tree) if isinstance(node, LOGIC)]


def test_each_cell_is_thin_and_shows_something(page):
    """At most three statements, the last of which is what the reader sees."""
    for tree in code(page)[2:]:
        assert len(tree.body) <= 3
        assert isinstance(tree.body[-1], ast.Expr)


def test_a_sentence_asks_before_each_cell_and_one_says_how_to_read_it(page):
    """The prose carries the page: a question before, a reading behind, but for what opens and what ends it."""
    asked = [
        (before, cell, behind) for before, cell, *behind in sections(page) if cell.cell_type == "code" and before.cell_type == "markdown"
    ]
    assert len(asked) >= 3
    assert all(before.source.rstrip().endswith("?") or "?" in before.source.splitlines()[-1] for before, _, _ in asked)
    assert all(behind and behind[0].cell_type == "markdown" and behind[0].source[0] != "#" for _, _, behind in asked[:-1])


def test_no_number_is_typed_into_the_prose(page):
    """The next run would make it a lie."""
    assert not [cell.source for cell in page.cells if cell.cell_type == "markdown" and re.search(r"\d", cell.source)]


def test_the_last_section_is_the_decision(page):
    """Every page comes down to what to do, computed, and handed out as data."""
    headings = [line for cell in page.cells if cell.cell_type == "markdown" for line in cell.source.splitlines() if line.startswith("## ")]
    assert headings[-1] == "## Decision"
    assert ast.unparse(code(page)[-1].body[-1]).startswith("show.decision(")
    assert page.cells[-1].cell_type == "code"


def test_a_template_holds_no_outputs(page):
    """Template and evidence are never one file: real names must not be committed by saving."""
    assert not [cell for cell in page.cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)]
    assert len({cell.id for cell in page.cells}) == len(page.cells)
    assert set(page.metadata) == {"kernelspec", "language_info", "path"}


def test_every_page_is_of_the_house():
    """The four pages of this floor are there, and none whose question nobody wrote down."""
    assert {"check_inputs", "retry_storms", "seasonal_seats", "remediate"} <= {path.stem for path in PAGES} <= set(QUESTIONS)
