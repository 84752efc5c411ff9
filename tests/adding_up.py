"""Whether what was read of some bytes adds up: the one thing that holds for all of them."""

import tempfile
from pathlib import Path

import polars as pl

from scimlab import read
from scimlab.errors import ScimlabError
from scimlab.schema import EVENTS, FRAMES, RECEIPT, SET_ASIDE


def adds_up(content: bytes) -> None:
    """Reading the bytes gives whole frames whose sums agree, or an error of ours."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        (folder / "in" / "what").write_bytes(content)
        try:
            receipt = read.receipt(folder / "in", workdir=folder / "parts")
            aside = read.set_aside(folder / "in", workdir=folder / "parts")
            events = read.events(folder / "in", workdir=folder / "parts").collect()
        except ScimlabError:
            return
        assert (receipt.schema, aside.schema, events.schema) == (RECEIPT, SET_ASIDE, EVENTS)
        told = receipt.select(
            lost=pl.col("rows") - pl.sum_horizontal("kept", "duplicate", "foreign", "rejected"), aside=pl.col("rows") - pl.col("kept")
        )
        assert told["lost"].sum() == 0 and told["aside"].sum() == aside.height
        assert events.height in (0, receipt["kept"].sum())
        assert aside["reason"].null_count() == 0 and events["at"].null_count() == 0
        whole_frames(folder)


def whole_frames(folder: Path) -> None:
    """The tenant is refused with an error of ours, or has every frame in its schema."""
    try:
        tenant = read.tenant(folder / "in", workdir=folder / "parts")
    except ScimlabError:
        return
    assert {name: getattr(tenant, name).lazy().collect_schema() for name in FRAMES} == dict(FRAMES)
