"""The house itself: its floors, its locks, what it promises to a bare machine."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import polars as pl
import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TRACKED = [
    ROOT / name
    for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    if (ROOT / name).is_file()
]


def test_floors():
    """A room imports only lower floors, and the rooms to its left."""
    found = subprocess.run([Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_conda_installs_what_pip_installs():
    """environment.yml lists every dependency of pyproject.toml, extras included, once and with the same specifier."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    python, _, under_pip = listed
    wanted = PROJECT["dependencies"] + [each for extra in PROJECT["optional-dependencies"].values() for each in extra]
    assert python == f"python{PROJECT['requires-python']}"
    assert under_pip["pip"] == [*dict.fromkeys(wanted), "-e ."]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-all.lock"])
def test_locks_are_hashed_and_name_no_address(lock):
    """Every pinned package carries a hash, and no lock says where it was fetched from."""
    text = (ROOT / lock).read_text()
    pinned = re.findall(r"^\S+==\S+.*(?:\n    .*)*", text, re.MULTILINE)
    assert len(pinned) > 50
    assert all("--hash=sha256:" in each for each in pinned)
    assert "://" not in text


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-all.lock"])
def test_locks_pin_each_direct_dependency(lock):
    """A lock that misses a direct dependency would install half a project."""
    pinned = set(re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
    extras = PROJECT["optional-dependencies"]
    wanted = PROJECT["dependencies"] + (
        extras["test"] if lock == "requirements.lock" else [each for extra in extras.values() for each in extra]
    )
    assert {re.match(r"[A-Za-z0-9_.-]+", each)[0] for each in wanted} <= pinned


def test_make_lists_its_targets():
    """A bare `make` prints each target with a line of help."""
    printed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"report", "test", "long", "lint", "bench", "answers", "lab", "clean"} <= set(re.findall(r"make (\w+)", printed))


def test_clean_spares_a_customers_exports(tmp_path):
    """`make clean` removes parsed parts and nothing else of data/private."""
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    part, export = tmp_path / "data/private/.parts/part.parquet", tmp_path / "data/private/customer/log.json"
    for each in (part, export):
        each.parent.mkdir(parents=True)
        each.touch()
    subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, check=True)
    assert export.exists() and not part.exists()


def test_no_python_is_said(tmp_path):
    """Without a fitting Python, make says which to install and stops, before anything is built."""
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    bare = tmp_path / "bin"
    bare.mkdir()
    for tool in ("sh", "make", "awk"):
        (bare / tool).symlink_to(Path("/usr/bin") / tool if (Path("/usr/bin") / tool).exists() else Path("/bin") / tool)
    done = subprocess.run(["make", "report"], cwd=tmp_path, capture_output=True, text=True, env={"PATH": str(bare)})
    assert done.returncode != 0
    assert "No Python 3.11, 3.12 or 3.13 was found. Install one" in done.stderr


def test_templates_carry_no_outputs():
    """A page in notebooks/ is a question; its answers live elsewhere."""
    import nbformat

    pages = [nbformat.read(each, as_version=4) for each in (ROOT / "notebooks").glob("*.ipynb")]
    assert pages
    assert all(not cell.outputs and cell.execution_count is None for page in pages for cell in page.cells if cell.cell_type == "code")


def test_no_path_of_a_machine():
    """Nothing tracked names a home folder or this checkout's own place."""
    here = f"{ROOT}/"
    telling = [each for each in TRACKED if here.encode() in each.read_bytes() or str(Path.home()).encode() + b"/" in each.read_bytes()]
    assert telling == []


def test_the_dictionary_names_every_column():
    """data/README.md says what each column of each frame means."""
    from scimlab import schema

    text = (ROOT / "data/README.md").read_text()
    frames = {name: each for name, each in vars(schema).items() if isinstance(each, pl.Schema)}
    words = set(re.findall(r"\w+", text))
    assert {f"{name}.{column}" for name, each in frames.items() for column in each if column not in words} == set()
    assert set(frames) <= words
