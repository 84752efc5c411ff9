"""data/answers/: each page executed on a sample tenant, as anybody would run it, without what differs from run to run."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import nbformat

from scimlab.errors import PageError
from scimlab.report import execute, pages
from scimlab.show.inputs import root

TENANT = "troubled"
# A page on a tenant where there is nothing to decide, too: it must be able to say so. And the planner where there are seasons to plan by.
ALSO = {"retry_storms": "healthy", "season_planner": "winter"}


class Answer(NamedTuple):
    """An executed page that is kept: its page, the sample tenant, and the file's name."""

    page: pages.Page
    tenant: str
    name: str


def answers() -> Iterator[Answer]:
    """Each answer that is kept, in the order of the pages."""
    for page in pages.pages().values():
        yield Answer(page, TENANT, f"{page.name}.ipynb")
        if page.name in ALSO:
            yield Answer(page, ALSO[page.name], f"{page.name}_{ALSO[page.name]}.ipynb")


def make(out: Path) -> list[Path]:
    """Every answer, executed and written into `out`; made twice, the bytes are the same.

    raises: PageError for a page that does not run.
    """
    out.mkdir(parents=True, exist_ok=True)
    return [_made(answer, out / answer.name) for answer in answers()]


def _made(answer: Answer, out: Path) -> Path:
    parameters = {} if answer.tenant == TENANT else {"folder": f"data/samples/{answer.tenant}"}
    with TemporaryDirectory(prefix="scimlab-") as folder:
        executed = Path(folder) / answer.page.path.name
        run = execute.execute_one(answer.page.path, executed, parameters, execute.CELL_SECONDS)
        if run.status != "done":
            raise PageError(f"the page {run.status}: {run.error}", "Mend it, then make the answers again.", file=answer.page.path.name)
        notebook = nbformat.read(executed, as_version=4)
    out.write_text(nbformat.writes(timeless(notebook)) + "\n", encoding="utf-8")
    return out


def timeless(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The executed page without times, machine and random ids."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
    )
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
    return notebook


if __name__ == "__main__":
    for path in make(root() / "data" / "answers"):
        print(path.relative_to(root()), file=sys.stderr)
