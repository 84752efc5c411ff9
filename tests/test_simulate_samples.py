"""The sample tenants: made again they are the same, they are small, and they tell the story they are kept for."""

import csv
import gzip
from pathlib import Path

import pytest

from scimlab.simulate import samples

KEPT = Path(__file__).parents[1] / "data" / "samples"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The samples, made again."""
    folder = tmp_path_factory.mktemp("samples")
    samples.write(folder)
    return folder


def contents(folder):
    """Every export by name, unpacked, since two versions of zlib pack differently."""
    files = [each for each in folder.rglob("*") if each.is_file() and each.name != "README.md"]
    return {
        str(each.relative_to(folder)): gzip.decompress(each.read_bytes()) if each.suffix == ".gz" else each.read_bytes() for each in files
    }


def rows(file):
    """The rows of a table of the truth."""
    return list(csv.DictReader(file.open(encoding="utf-8")))


def test_samples_are_made_again(made):
    """What is committed is what the code makes."""
    assert contents(KEPT) == contents(made)


def test_samples_are_small():
    """A clone stays quick: under four megabytes as they are stored."""
    assert sum(each.stat().st_size for each in KEPT.rglob("*") if each.is_file()) < 4_000_000


def test_each_sample_has_its_story():
    """The README tells of every folder."""
    text = (KEPT / "README.md").read_text(encoding="utf-8")
    assert {each.name for each in KEPT.iterdir() if each.is_dir()} == {*samples.SAMPLES}
    assert all(f"| `{name}` |" in text for name in samples.SAMPLES)


def test_nothing_in_gzip_tells_the_hour():
    """The header of each packed file holds no time."""
    packed = [*KEPT.rglob("*.gz")]
    assert packed
    assert all(each.read_bytes()[4:8] == bytes(4) for each in packed)


def test_the_healthy_office_has_nothing_to_decide():
    """No storm, no corrupted name, and nobody whose state asks for a hand."""
    truth = KEPT / "healthy/truth"
    quiet = {"HEALTHY_ACTIVE", "HEALTHY_PARKED", "CLEAN_LEAVER", "OUT_OF_SCOPE_OK"}
    assert rows(truth / "storms.csv") == rows(truth / "names.csv") == []
    assert {each["diagnosis"] for each in rows(truth / "diagnoses.csv") if each["subject_kind"] == "person"} == quiet


def test_the_hotel_in_trouble():
    """Enough people in open storms of three causes, and some soft-deleted ones with days left."""
    truth = KEPT / "troubled/truth"
    trying = [each for each in rows(truth / "storms.csv") if each["last_at"] >= "2026-09-01"]
    diagnoses = [each["diagnosis"] for each in rows(truth / "diagnoses.csv")]
    assert 12 <= len({each["source_id"] for each in trying}) <= 17
    assert {each["cause"] for each in trying} == {"duplicate_conflict", "attribute_value_rejected", "target_refused_state_change"}
    assert {"RECOVERABLE", "RESTORE_WINDOW_CLOSING", "RECREATED_WHILE_RESTORABLE", "CORRUPTED_BLOCKING_RETURN"} <= {*diagnoses}
