"""The page that shows a rehearsal from a terminal: its five commands, run as they stand."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import rehearsed

from scimlab import rehearse

PAGE = Path(rehearse.__file__).with_name("README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first block of a language."""
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1]


def played(command: str, folder: Path) -> subprocess.Popen:
    """The second command in the background, once it has said where it is."""
    setting, *words = shlex.split(command.rstrip(" &"))
    environment = os.environ | dict([setting.split("=")])
    running = subprocess.Popen([sys.executable, "-m", *words], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    assert running.stdout.readline().startswith("Graph")
    return running


def said(command: str, folder: Path, **names: str) -> str:
    """What a command prints, with the capital words on the page filled in."""
    for name, text in names.items():
        command = command.replace(name, text)
    return subprocess.run(
        ["bash", "-c", command.replace("curl ", "curl --fail-with-body ")],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout


@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("bash") is None, reason="the page speaks to a terminal with bash and curl")
def test_the_five_commands_end_a_storm(tmp_path):
    """Invent, play, find, clean, move on: the last answer counts an update that succeeded."""
    free = next(rehearsed.free_ports())
    invent, play, find, clean, move = (each.replace("8790", free) for each in block("bash").strip().splitlines())
    subprocess.run([sys.executable, "-m", *shlex.split(invent)], cwd=tmp_path, check=True, capture_output=True)
    truth = (tmp_path / "hotel" / "truth" / "storms.csv").read_text().splitlines()
    refused = next(row.split(",")[0] for row in reversed(truth) if row.endswith("duplicate_conflict") and ",create," in row)
    users = (tmp_path / "hotel" / "exportUsers.csv").read_text(encoding="utf-8-sig").splitlines()
    address = next(row.split(",")[0] for row in users if refused in row)
    running = played(play, tmp_path)
    try:
        record = json.loads(said(find, tmp_path, ADDRESS=address))["Resources"][0]
        assert record["userName"].endswith(address) and len(record["userName"]) == 32 + len(address)
        said(clean, tmp_path, ADDRESS=address, RECORD=record["id"])
        assert json.loads(said(move, tmp_path))["records"]["update success"] >= 1
    finally:
        running.terminate()
        running.wait(timeout=20)


def test_the_python_on_the_page_runs():
    """As it stands."""
    exec(compile(block("python"), "README.md", "exec"), {})
