"""Who is given the app: assignments by name, and the members of groups that have it."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typed_records import put, record

from scimlab import read
from scimlab.schema import ASSIGNMENTS

APP, GROUP, OTHER = "5a6b7c8d-9eaf-4b0c-8d1e-2f3041526374", "77aa88bb-99cc-4ddd-8eee-ff0011223344", "88aa88bb-99cc-4ddd-8eee-ff0011223344"
NO_ROLE = "00000000-0000-0000-0000-000000000000"


def assigned(principal: str, kind: str = "User", **given: object) -> dict:
    """An assignment as Graph gives it."""
    return {
        "id": f"assignment-{principal}", "deletedDateTime": None, "appRoleId": NO_ROLE, "createdDateTime": "2026-05-01T05:00:00.1234567Z",
        "principalDisplayName": f"Name of {principal}", "principalId": principal, "principalType": kind,
        "resourceDisplayName": "Deskplan", "resourceId": APP,
    } | given  # fmt: skip


def member(principal: str, kind: str = "user", **given: object) -> dict:
    """A member of a group as Graph gives it."""
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": principal, "displayName": f"Name of {principal}"} | given


def page(*records: dict) -> bytes:
    """A Graph page."""
    return json.dumps({"@odata.context": "https://graph.example/$metadata#whatever", "value": records}).encode()


def tenant(folder: Path, toml: str = "", **files: bytes):
    """The tenant of a folder of these files; a name's last two underscores stand for the dot."""
    return read.tenant(put(folder / "in", tenant__toml=toml, **files), workdir=folder / "parts")


def test_assignments_by_name(tmp_path):
    """A row a principal; the all-zero role, which some apps pass over, is kept as it is."""
    told = page(assigned("ada"), assigned(GROUP, "Group"), assigned("bot", "ServicePrincipal", createdDateTime=None))
    got = tenant(tmp_path, "[files]\ntaken_at = 2026-06-01T00:00:00Z\n", a__json=told)
    taken, since = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 5, 1, 5, 0, 0, 123456, tzinfo=UTC)
    assert got.assignments.schema == ASSIGNMENTS
    assert got.assignments.rows() == [
        ("ada", "User", "Name of ada", None, APP, NO_ROLE, since, taken, "a.json", 1),
        (GROUP, "Group", f"Name of {GROUP}", None, APP, NO_ROLE, since, taken, "a.json", 2),
        ("bot", "ServicePrincipal", "Name of bot", None, APP, NO_ROLE, None, taken, "a.json", 3),
    ]
    assert got.receipt.select("form", "rows", "kept").row(0) == ("Graph app role assignments", 3, 3) and got.as_of == taken


def test_members_of_a_group(tmp_path):
    """The file's name says of which group; a member's user name and mail make them no list of users."""
    told = page(member("ada", userPrincipalName="ada@example.org", mail=None), member(OTHER, "group"), member("pc", "device"))
    got = tenant(tmp_path, **{f"members_{GROUP.upper()}__json": told})
    assert got.assignments.select("principal_id", "principal_type", "group_id", "resource_id").rows() == [
        ("ada", "User", GROUP, None),
        (OTHER, "Group", GROUP, None),
        ("pc", "device", GROUP, None),
    ]
    assert got.people.is_empty() and got.receipt["form"].to_list() == ["Graph group members"]


@pytest.mark.parametrize("name", ["members", f"{GROUP}_{OTHER}", f"1{GROUP}", f"{GROUP}4"])
def test_members_of_nobody_knows_what(tmp_path, name):
    """Without one id in its name a page of members says nothing of assignments: none is made up, least of all one by name."""
    got = tenant(tmp_path, **{f"{name}__json": page(member("ada", userPrincipalName="ada@example.org"), member("pc", "device"))})
    assert got.assignments.is_empty()
    assert got.people["object_id"].to_list() == ["ada"] and got.receipt.select("kept", "foreign").row(0) == (1, 1)


def test_what_is_told_twice(tmp_path):
    """The same assignment in two files is one; the same person by name and by a group is two, and so is another day's list."""
    files = {"a__json": page(assigned("ada")), "b__json": page(assigned("ada")), f"{GROUP}__json": page(member("ada"))}
    got = tenant(tmp_path, **files)
    assert got.assignments.select("principal_id", "group_id").rows() == [("ada", GROUP), ("ada", None)]
    assert got.set_aside.select("kind", "reason").rows() in (
        [("duplicate", "the same as row 1 of b.json")],
        [("duplicate", "the same as row 1 of a.json")],
    )
    dated = '[files."a.json"]\ntaken_at = 2026-06-01T00:00:00Z\n[files."b.json"]\ntaken_at = 2026-07-01T00:00:00Z\n'
    assert tenant(tmp_path / "dated", dated, **files).assignments.height == 3


def test_what_is_no_assignment(tmp_path):
    """Records without a principal are rejected, groups and other records foreign, each with its reason."""
    other = {"id": GROUP, "displayName": "Staff", "groupTypes": [], "membershipRule": None}
    got = tenant(tmp_path, a__json=page(assigned("ada"), assigned(""), other, record(1), assigned("bea", principalId=7)))
    assert got.assignments["principal_id"].to_list() == ["ada"]
    assert [(row, kind) for _, row, kind, _, _ in got.set_aside.rows()] == [
        (2, "rejected"),
        (3, "foreign"),
        (4, "foreign"),
        (5, "rejected"),
    ]
    assert got.set_aside["reason"].to_list()[:2] == ["principalId is missing", "a group"]
    assert "principalId" in got.set_aside["reason"][3]


def test_assignments_of_another_case(tmp_path):
    """PowerShell's spelling of keys and kinds is the same."""
    told = {key[0].upper() + key[1:]: value for key, value in assigned("ada", "user").items()}
    assert tenant(tmp_path, a__json=page(told)).assignments.select("principal_id", "principal_type").rows() == [("ada", "User")]


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", GROUP])), max_size=9), st.data())
def test_order_and_split_decide_nothing(drawn, data):
    """Assignments and members in another order and in other files are the same ones."""
    told = []
    for cut in (0, data.draw(st.integers(0, len(drawn)))):
        order = data.draw(st.permutations(drawn)) if cut else drawn
        with tempfile.TemporaryDirectory() as name:
            for number, piece in enumerate((order[:cut], order[cut:])):
                by_name = [assigned(f"p{who}") for who, group in piece if not group]
                by_group = [member(f"p{who}") for who, group in piece if group]
                put(Path(name) / "in", **{f"a{number}__json": page(*by_name), f"{number}_{GROUP}__json": page(*by_group)})
            told.append(
                sorted(read.tenant(Path(name) / "in", workdir=Path(name) / "parts").assignments.drop("file", "row").rows(), key=str)
            )
    assert told[0] == told[1] and len(told[0]) == len(set(drawn))


@given(st.data())
def test_damaged_exports(data):
    """An export with bytes changed, cut out or put in gives a whole frame, and the sums add up."""
    content = bytearray(page(assigned("ada"), assigned(GROUP, "Group"), member("bea")))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.sampled_from([0, 1, 5, 60]))] = data.draw(
            st.sampled_from([b"", b'"', b"}", b"7", b"\xff", b"["])
        )
    with tempfile.TemporaryDirectory() as name:
        got = tenant(Path(name), **{f"{GROUP}__json": bytes(content)})
        assert got.assignments.schema == ASSIGNMENTS and got.assignments["principal_id"].null_count() == 0
        sums = got.receipt.select(pl.col("rows") - pl.sum_horizontal("kept", "duplicate", "foreign", "rejected")).to_series()
        assert (sums == 0).all() and got.receipt["kept"].sum() == got.assignments.height + got.people.height
