"""One report of a hostile tenant, which several test files look at: made once, however many processes test it."""

import shutil
import time
from pathlib import Path

import pytest

from scimlab import report

ROOT = Path(__file__).parents[1]
NAME = "<b>Contoso & Söhne"


@pytest.fixture(scope="session")
def made(tmp_path_factory, worker_id) -> report.Report:
    """The report of the sample tenant whose names are traps, from a folder whose name is one."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    out = shared / "report"
    while not out.exists():
        try:
            (shared / "making").mkdir()
        except FileExistsError:
            time.sleep(0.2)
            continue
        try:
            exports = shutil.copytree(ROOT / "data" / "samples" / "hostile", shared / "exports" / NAME, dirs_exist_ok=True)
            return report.report(exports, out=out, fail_on="storms>0")
        finally:
            (shared / "making").rmdir()
    return report.Report(out, 3, ["storms>0"])
