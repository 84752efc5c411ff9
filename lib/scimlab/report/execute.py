"""Pages executed by papermill, two at a time, each in a process of its own; one that fails leaves the others whole."""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import nbformat
from jupyter_client import AsyncKernelManager

if TYPE_CHECKING:
    from scimlab.report.pages import Page

AT_ONCE = 2
CELL_SECONDS = 1_800
# A kernel that lost the race for a port, or died before it answered, is started once more: about one in 190 does.
RACES = ("address already in use", "kernel died before replying", "kernel didn't respond")


class Run(NamedTuple):
    """A page that was executed: `status` is done, failed or timed out, `error` what stopped it."""

    page: str
    status: str
    error: str
    seconds: float


def execute(
    run: list["Page"],
    parameters: Mapping[str, Mapping[str, object]],
    out: Path,
    *,
    cell_seconds: int = CELL_SECONDS,
    told: Callable[[str], None],
) -> dict[str, Run]:
    """Each page's run, by page; the executed pages are in `out`.

    parameters: by page. told: is called with a line whenever a page is through.
    """
    # A forked child would inherit the locks of polars' threads, and wait for them for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(AT_ONCE, len(run)), mp_context=context) as pool:
        waiting = [pool.submit(execute_one, page.path, out / page.path.name, parameters[page.name], cell_seconds) for page in run]
        through = {}
        for future in as_completed(waiting):
            done = future.result()
            through[done.page] = done
            told(f"{done.page}: {done.status} after {done.seconds:.1f} s" + (f": {done.error}" if done.error else ""))
    return {page.name: through[page.name] for page in run}


def execute_one(template: Path, out: Path, parameters: Mapping[str, object], cell_seconds: int) -> Run:
    """A page executed, started once more where its kernel did not come up."""
    began = time.monotonic()
    status, error = _attempt(template, out, parameters, cell_seconds)
    if any(race in error.casefold() for race in RACES):
        status, error = _attempt(template, out, parameters, cell_seconds)
    return Run(template.stem, status, error, round(time.monotonic() - began, 1))


def _attempt(template: Path, out: Path, parameters: Mapping[str, object], cell_seconds: int) -> tuple[str, str]:
    import papermill
    from nbclient.exceptions import CellTimeoutError

    try:
        with _kernel() as kernel:
            papermill.execute_notebook(
                str(template), str(out), dict(parameters), progress_bar=False, cwd=str(out.parent), execution_timeout=cell_seconds, **kernel
            )
    except papermill.PapermillExecutionError as error:
        return "failed", f"{error.ename}: {error.evalue}"
    except CellTimeoutError:
        # papermill saves a page that ran out of time as if it were whole.
        words = f"a cell took longer than {cell_seconds:,} seconds"
        _mark(out, words)
        return "timed out", words
    except Exception as error:  # whatever stops one page must not stop the others
        return "failed", f"{type(error).__name__}: {error}"
    return "done", ""


class OverSockets(AsyncKernelManager):
    """Kernels spoken to over sockets in a folder of their own: no two can want one port, and nobody else can listen."""

    def __init__(self, **traits: object):
        """Take the sockets' folder from the environment, where `_kernel` put it."""
        super().__init__(transport="ipc", ip=f"{os.environ['JUPYTER_RUNTIME_DIR']}/kernel", **traits)


@contextmanager
def _kernel() -> Iterator[dict[str, object]]:
    """How papermill starts a kernel; Windows has no such sockets."""
    if os.name == "nt":
        yield {"kernel_name": "python3"}
        return
    # A socket's path may be 107 characters long; the usual folder, deep in a home, may not leave that.
    with tempfile.TemporaryDirectory(prefix="scimlab-") as folder:
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        yield {"kernel_name": "python3", "kernel_manager_class": OverSockets}


def _mark(out: Path, words: str) -> None:
    page = nbformat.read(out, as_version=4)
    page.cells.append(
        nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("error", ename="CellTimeoutError", evalue=words, traceback=[words])])
    )
    nbformat.write(page, out)
