"""Minutes of damage: files of every kind and form that a person could export, broken in every way a transfer or an editor breaks them."""

import gzip

import pytest
from adding_up import adds_up
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scimlab import simulate
from scimlab.simulate.exports.files import FORMS

MARKS = b"\n\r\"'{}[],;:\\\0\xff"
PIECES = [b"", b"\xef\xbb\xbf", b"null", b"true", b"1e999", *(bytes([each]) for each in MARKS)]
WHOLE = {
    "as it is": bytes,
    "packed": lambda content: gzip.compress(content, mtime=0),
    "in UTF-16": lambda content: content.decode("utf-8", "replace").encode("utf-16"),
    "with Windows line ends": lambda content: content.replace(b"\n", b"\r\n"),
    "with a mark in front": b"\xef\xbb\xbf".__add__,
}


class Exports(dict):
    """Files by name, shown by how many they are: a failure is told by the draws, not by megabytes."""

    def __repr__(self) -> str:
        """How many there are."""
        return f"<{len(self)} exports>"


@pytest.fixture(scope="module")
def exports(tmp_path_factory) -> Exports:
    """One file of each export in each of its forms, by name, the same in every run."""
    place, found = tmp_path_factory.mktemp("exports"), {}
    for export, forms in FORMS.items():
        for form in forms:
            simulate.write(place / export / form, seed=5, people=12, months=2, forms={export: form})
            for file in sorted(each for each in (place / export / form).rglob("*.*") if "truth" not in each.parts):
                found[f"{export} {form} {file.stem.rstrip('0123456789')}{file.suffix}"] = file.read_bytes()[:40_000]
    return Exports(sorted(found.items()))


@pytest.mark.long
@settings(max_examples=6_000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_damage_of_any_kind(exports, data):
    """However an export is damaged, it is read as far as it goes or refused in one line, and the sums agree."""
    content = bytearray(exports[data.draw(st.sampled_from(sorted(exports)))])
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content)))
        end = min(len(content), at + data.draw(st.sampled_from([0, 0, 1, 1, 2, 7, 60, 900])))
        doubled = bytes(content[at:end]) * 2
        content[at:end] = data.draw(st.sampled_from([*PIECES, doubled]))
    adds_up(WHOLE[data.draw(st.sampled_from(sorted(WHOLE)))](bytes(content)))
