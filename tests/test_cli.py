"""The command line, run as a scheduler runs it: a process, its exit code, its one line."""

import json
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from scimlab import cli, schema

ROOT = Path(__file__).parents[1]
EVENT = {
    "id": "e-1",
    "activityDateTime": "2026-05-04T08:00:00Z",
    "changeId": "c-1",
    "jobId": "scim.t.1",
    "provisioningAction": "create",
    "provisioningStatusInfo": {"status": "success", "errorInformation": None},
    "servicePrincipal": {"id": "app-1", "displayName": "Maptician"},
    "sourceIdentity": {"id": "o-1", "displayName": "=1+1", "identityType": "User", "details": {}},
    "targetIdentity": {"id": "u-1", "displayName": "", "identityType": "User", "details": {}},
}


def run(*words, **kwargs):
    """The finished process of one command."""
    return subprocess.run([sys.executable, "-m", "scimlab", *map(str, words)], capture_output=True, text=True, **kwargs)


@pytest.fixture
def log(tmp_path):
    """A folder with one event."""
    folder = tmp_path / "contoso"
    folder.mkdir()
    (folder / "log.json").write_text(json.dumps({"value": [EVENT]}))
    return folder


@pytest.mark.parametrize("form", ["parquet", "csv", "ndjson"])
def test_tidy_writes_each_form(log, tmp_path, form):
    """`tidy` writes every column of EVENTS, and says what became of the rows."""
    out = tmp_path / f"events.{form}"
    done = run("tidy", log, "--out", out)
    assert (done.returncode, done.stdout) == (0, "1 rows read: 1 kept, 0 duplicate, 0 foreign, 0 rejected.\n")
    columns = {
        "parquet": lambda: pl.read_parquet_schema(out),
        "csv": lambda: pl.read_csv(out).columns,
        "ndjson": lambda: json.loads(out.read_bytes()),
    }
    assert list(columns[form]()) == list(schema.EVENTS)


def test_a_name_never_becomes_a_formula(log, tmp_path):
    """A cell that a spreadsheet would run is led by an apostrophe in a CSV, and by nothing in Parquet."""
    for form in ("csv", "parquet"):
        run("tidy", log, "--out", tmp_path / f"events.{form}")
    assert pl.read_csv(tmp_path / "events.csv")["source_name"].item() == "'=1+1"
    assert pl.read_parquet(tmp_path / "events.parquet")["source_name"].item() == "=1+1"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["tidy", "nowhere", "--out", "events.parquet"], "nowhere", id="no such folder"),
        pytest.param(["tidy", "contoso", "--out", "events.xlsx"], "events.xlsx", id="a form that is not written"),
        pytest.param(["report", "nowhere"], "nowhere", id="no such tenant"),
        pytest.param(["report", "contoso", "--zone", "Mars/Olympus"], "Mars/Olympus", id="a zone that does not exist"),
        pytest.param(["report", "contoso", "--as-of", "yesterday"], "yesterday", id="an instant that is none"),
        pytest.param(["report", "contoso", "--only", "retry_stroms"], "retry_stroms", id="a page that does not exist"),
        pytest.param(["report", "contoso", "-p", "least_atempts", "3"], "least_atempts", id="a parameter no page has"),
        pytest.param(["report", "contoso", "-p", "least_attempts", "many"], "many", id="a parameter of the wrong type"),
        pytest.param(["report", "contoso", "--fail-on", "storms>>x"], "storms>>x", id="a rule that says nothing"),
        pytest.param(["frobnicate"], "frobnicate", id="a command that does not exist"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(log, words, told):
    """Wrong use names what was found, and never shows a traceback."""
    done = run(*words, cwd=log.parent)
    assert done.returncode == 2
    assert told in done.stderr and "Traceback" not in done.stderr
    assert not (log.parent / "reports").exists()


def test_unreadable_input_is_exit_code_2(log):
    """A file given by itself that holds no event is an error, not an empty table."""
    (log.parent / "noise.json").write_bytes(b"\x00\xff not an export")
    done = run("tidy", log.parent / "noise.json", "--out", log.parent / "events.parquet")
    assert done.returncode == 2
    assert done.stderr.startswith("scimlab: noise.json") and len(done.stderr.splitlines()) == 1


def test_readme_names_only_what_exists():
    """Each command and option in README is one that the command line has."""
    text = (ROOT / "README.md").read_text()
    commands = set(re.findall(r"scimlab (tidy|report|columns|simulate|[a-z]+) (?:FILE|OUT|PATH|FOLDER|data)", text))
    assert commands and commands <= set(cli.commands.commands)
    options = {flag for command in cli.commands.commands.values() for each in command.params for flag in getattr(each, "opts", ())}
    assert set(re.findall(r"`(--[a-z-]+|-p)\b", text)) <= options
