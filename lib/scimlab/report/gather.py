"""What an executed page hands out: its answer, its numbers, its tables and its decision."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import polars as pl

from scimlab.report.execute import Run
from scimlab.report.pages import Page
from scimlab.schema import DECISIONS
from scimlab.show import ANSWER, TABLE, tables

DECISION = "decision"


class Outcome(NamedTuple):
    """A page after its run: what it was asked and what it handed out before it was through or stopped."""

    page: Page
    run: Run
    notebook: nbformat.NotebookNode
    answer: str
    numbers: list[dict[str, Any]]
    tables: Mapping[str, pl.DataFrame]

    @property
    def decision(self) -> pl.DataFrame:
        """DECISIONS; empty where the page did not get that far."""
        return self.tables.get(DECISION, DECISIONS.to_frame())


def outcome(page: Page, run: Run, executed: Path) -> Outcome:
    """What the executed page at that path hands out."""
    notebook = nbformat.read(executed, as_version=4) if executed.exists() else _stopped(page, run)
    handed = [output.get("data", {}) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    answer = next((data[ANSWER] for data in handed if ANSWER in data), {"answer": "", "numbers": []})
    found = {data[TABLE]["name"]: tables.frame(data[TABLE]) for data in handed if TABLE in data}
    return Outcome(page, run, notebook, answer["answer"], answer["numbers"], found)


def _stopped(page: Page, run: Run) -> nbformat.NotebookNode:
    """The template of a page that stopped before it began, with the reason at its end."""
    notebook = nbformat.read(page.path, as_version=4)
    error = nbformat.v4.new_output("error", ename="PageError", evalue=run.error, traceback=[run.error])
    notebook.cells.append(nbformat.v4.new_code_cell(outputs=[error]))
    return notebook
