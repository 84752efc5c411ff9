"""Any bytes give frames or a clear error, and every row read is counted once: whatever a file holds, nothing is lost silently."""

import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from adding_up import adds_up
from hypothesis import example, given
from hypothesis import strategies as st
from typed_records import failed, lines, page, record

from scimlab import read

LOG = lines(record(1), failed(2), record(3))
CSV = (
    b"Date,ID,Change ID,Action,Status,Status reason\r\n"
    b'5/4/2026 8:01:02 AM,e-1,c-1,Create,Failure,"StatusCode: Conflict\nagain"\r\n5/4/2026 8:02:02 AM,e-2,c-2,Update,Success,\r\n'
)
USERS = (
    b"userPrincipalName,displayName,id,userType,accountEnabled,createdDateTime\nada@example.org,Ada,a-1,Member,True,8/19/2021 1:25:31 PM\n"
)
SEEDS = [LOG, page(record(1), failed(2)), CSV, USERS, gzip.compress(LOG), LOG.decode().encode("utf-16")]


@given(st.binary(max_size=400))
@example(b"")
@example(b"\xff\xfe")
@example(b"{")
@example(b"[")
@example(b'{"value":[')
@example(b"\x1f\x8b")
@example(b"PK\x03\x04")
@example(b"PAR1PAR1")
@example(b'"a","b\n')
@example(b"a,b\n\0,\x01\n")
@example(b"id,status\n1,2,3\n4\n")
@example(b'{"records":[],"value":[{}]}')
def test_any_bytes(content):
    """Bytes of any kind are read or refused, and the sums agree."""
    adds_up(content)


@given(st.text(alphabet='{}[]",:\\\n\r ;a1\ufeff\x00é', max_size=200))
def test_any_text_of_marks(text):
    """So is any arrangement of the marks that JSON and CSV are made of."""
    adds_up(text.encode())


@given(st.sampled_from(SEEDS), st.data())
def test_damaged_exports(seed, data):
    """An export with bytes changed, cut out, doubled or put in is read as far as it goes, and the sums agree."""
    content = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        end = min(len(content), at + data.draw(st.sampled_from([0, 1, 1, 5, 60])))
        content[at:end] = data.draw(
            st.sampled_from([b"", b"\n", b'"', b"}", b",", b"{", b"\xff", b"\0", b"17", bytes(content[at:end]) * 2])
        )
    adds_up(bytes(content))


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from([None, "j1", "j2"]), st.sampled_from([None, "c"]), st.integers(0, 2)), max_size=14
    ),
    st.data(),
)
def test_order_and_split_decide_nothing(drawn, data):
    """Records in another order and cut into other files give the same events, but for file and row."""
    records = [
        record(n, jobId=job, id=None if kind == 1 else f"e-{n}", changeId=None if kind == 2 else f"c-{n}", cycleId=cycle)
        for n, job, cycle, kind in drawn
    ]
    shuffled = data.draw(st.permutations(records))
    cut = data.draw(st.integers(0, len(records)))
    told = []
    for pieces in ([records], [shuffled[:cut], shuffled[cut:]]):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "in"
            folder.mkdir()
            for number, piece in enumerate(pieces):
                (folder / f"{number}.jsonl").write_bytes(lines(*piece))
            events = read.events(folder, workdir=Path(name) / "parts").drop("file", "row").collect()
            told.append(sorted(events.rows(), key=str))
    assert told[0] == told[1]


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_of_exports(tmp_path, kind):
    """The members of a zip are files of their own, packed ones too; what macOS adds is none."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", kind) as into:
        for name, content in {
            "a/log.json": LOG,
            "b.jsonl.gz": gzip.compress(lines(record(4))),
            "__MACOSX/._b": b"x",
            "u.csv": USERS,
        }.items():
            into.writestr(name, content)
    (tmp_path / "all.zip").write_bytes(packed.getvalue())
    receipt = read.receipt(tmp_path, workdir=tmp_path / ".parts")
    assert receipt.select("file", "kept").rows() == [("all.zip/a/log.json", 3), ("all.zip/b.jsonl.gz", 1), ("all.zip/u.csv", 1)]
    assert read.events(tmp_path / "all.zip", workdir=tmp_path / ".parts").collect().height == 4


def test_a_zip_that_is_broken(tmp_path):
    """A zip cut off is listed, and costs no other file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        into.writestr("log.json", LOG)
    (tmp_path / "broken.zip").write_bytes(packed.getvalue()[:-40])
    (tmp_path / "log.json").write_bytes(LOG)
    assert read.receipt(tmp_path, workdir=tmp_path / ".parts").select("kept", "rejected").rows() == [(0, 1), (3, 0)]
