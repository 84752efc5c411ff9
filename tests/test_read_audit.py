"""The directory audit in all its forms: who did what to whom, and every row of it accounted for."""

import gzip
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from typed_audits import ACTS, ADA, APP, BEA, GROUP, act, changed, diagnostic, lines, log_row, page, portal_row, table, target, user
from typed_records import failed, put, record

from scimlab import read
from scimlab.schema import AUDIT

FORMS = {
    "Graph page": page(*ACTS),
    "bare array": json.dumps(ACTS).encode(),
    "JSON Lines": lines(*ACTS),
    "packed": gzip.compress(page(*ACTS)),
    "diagnostic lines": lines(*map(diagnostic, ACTS)),
    "Event Hub": json.dumps({"records": [*map(diagnostic, ACTS)]}).encode(),
    "record in a string": lines(*({**each, "properties": json.dumps(each["properties"])} for each in map(diagnostic, ACTS))),
    "Log Analytics": json.dumps([*map(log_row, ACTS)]).encode(),
    "Log Analytics, structures as such": json.dumps(
        [{**log_row(each), "InitiatedBy": each["initiatedBy"], "TargetResources": each["targetResources"]} for each in ACTS]
    ).encode(),
    "Log Analytics CSV": table([*map(log_row, ACTS)]),
    "portal CSV": table([*map(portal_row, ACTS)]),
}


def audit(folder: Path, **files: bytes) -> pl.DataFrame:
    """AUDIT of a folder of these files."""
    return read.tenant(put(folder / "in", **files), workdir=folder / "parts").audit


def receipt(folder: Path) -> list[tuple]:
    """What became of the rows of each file."""
    return read.receipt(folder / "in", workdir=folder / "parts").select("rows", "kept", "duplicate", "foreign", "rejected").rows()


def test_what_is_told(tmp_path):
    """A row a property, an object without any or an act upon nothing; values out of their JSON, in order."""
    got = audit(tmp_path, audits__json=page(*ACTS))
    assert got.schema == AUDIT and receipt(tmp_path) == [(8, 8, 0, 0, 0)]
    columns = got.select("row", "activity", "result", "actor", "object_id", "object_type", "property", "old_value", "new_value").rows()
    assert columns == [
        (1, "Disable account", "success", "op@example.org", ADA, "User", "AccountEnabled", "true", "false"),
        (2, "Update user", "success", "op@example.org", ADA, "User", "City", "Spa", 'Bar, "West"'),
        (2, "Update user", "success", "op@example.org", ADA, "User", "Title", None, None),
        (3, "Delete user", "success", "op@example.org", ADA, "User", "Is Hard Deleted", None, "false"),
        (4, "Restore user", "failure", "op@example.org", ADA, "User", None, None, None),
        (5, "Hard Delete user", "success", "Lifecycle cleanup", ADA, "User", "Is Hard Deleted", None, "true"),
        (6, "Add app role assignment grant to user", "success", "op@example.org", APP, "ServicePrincipal", None, None, None),
        (6, "Add app role assignment grant to user", "success", "op@example.org", BEA, "User", None, None, None),
        (7, "Remove app role assignment from group", "success", "op@example.org", APP, "ServicePrincipal", None, None, None),
        (7, "Remove app role assignment from group", "success", "op@example.org", GROUP, "Group", None, None, None),
        (8, "Export", "success", "sp-9", None, None, None, None, None),
    ]
    assert got.row(0, named=True)["at"] == datetime(2026, 5, 4, 8, 1, 0, 123456, tzinfo=UTC)
    assert got["user_name"].to_list()[3] == "11f0e2d3c4b54a698788796a5b4c3d2eada@example.org"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_the_same(tmp_path, form):
    """But for the id that the portal's CSV does not carry, where what tells the act apart stands in its place."""
    got = audit(tmp_path, what=FORMS[form])
    assert receipt(tmp_path) == [(8, 8, 0, 0, 0)]
    whole = audit(tmp_path / "graph", what=FORMS["Graph page"])
    ids = ["audit_id"] if form == "portal CSV" else []
    assert_frame_equal(got.drop(ids), whole.drop(ids))
    assert got["audit_id"].null_count() == 0 and got["audit_id"].n_unique() == 8


def test_a_user_named_by_properties_only(tmp_path):
    """Where the app is an act's only object, the user whom its properties name is one more; where the user is there, not."""
    named = target(
        APP, "ServicePrincipal", "Deskplan", None, changed("User.ObjectID", None, f'"{BEA}"'), changed("User.UPN", None, '"bea@x"')
    )
    both = act(2, "Remove app role assignment from user", named, user(ADA, "ada@example.org"))
    got = audit(tmp_path, a__json=page(act(1, "Add app role assignment grant to user", named), both))
    assert got.select("row", "object_id", "user_name", "property").rows() == [
        (1, APP, None, "User.ObjectID"),
        (1, APP, None, "User.UPN"),
        (1, BEA, "bea@x", None),
        (2, APP, None, "User.ObjectID"),
        (2, APP, None, "User.UPN"),
        (2, ADA, "ada@example.org", None),
    ]


def test_values_that_are_no_text(tmp_path):
    """A tool that unpacked the values on the way left truth, numbers and structures: they say the same."""
    given = [("[true]", False), (None, 7), ([], ["a", True]), ("", {"a": 1}), ("plain", "[")]
    told = act(1, "Update user", user(ADA, "a@x", *(changed("P", old, new) for old, new in given)))
    got = audit(tmp_path, a__json=page(told))
    assert got["old_value"].to_list() == ["true", None, None, None, "plain"]
    assert got["new_value"].to_list() == ["false", "7", "a, true", '{"a":1}', "["]


def test_the_same_acts_in_two_forms(tmp_path):
    """What the portal's CSV tells again is a duplicate of what Graph tells with an id, not a second act."""
    got = audit(tmp_path, audits__json=page(*ACTS), portal__csv=table([*map(portal_row, ACTS)]))
    assert receipt(tmp_path) == [(8, 8, 0, 0, 0), (8, 0, 8, 0, 0)]
    assert got["file"].unique().to_list() == ["audits.json"]
    aside = read.set_aside(tmp_path / "in", workdir=tmp_path / "parts")
    assert aside["reason"].to_list()[0] == "the same as row 1 of audits.json" and aside.height == 8


def test_acts_that_share_much(tmp_path):
    """One request may do a thing twice within a second: two acts where they differ, one where two downloads overlap."""
    twice = [act(1, "Update user", user(ADA, "a@x", changed("City", "[]", f'["{each}"]'))) for each in ("Spa", "Bar")]
    got = audit(tmp_path, one__csv=table([*map(portal_row, twice)]), two__csv=table([portal_row(twice[1])]))
    assert got["new_value"].to_list() == ["Spa", "Bar"]
    assert [each[2] for each in receipt(tmp_path)] in ([0, 1], [1, 0])


def test_several_logs_in_one_file(tmp_path):
    """An Event Hub carries provisioning events, audits and sign-ins side by side: each goes into its own frame, whichever is first."""
    event = {"time": "2026-05-04T08:00:00Z", "category": "ProvisioningLogs", "properties": record(1)}
    sign_in = {"createdDateTime": "2026-05-04T09:00:00Z", "userId": BEA, "userPrincipalName": "bea@example.org", "status": {"errorCode": 0}}
    signed = {"time": "2026-05-04T09:00:00Z", "category": "SignInLogs", "properties": sign_in}
    done = [diagnostic(each) for each in ACTS]
    for name, mixed in {"a": [event, *done, signed, event], "b": [*done, signed, event, event], "c": [signed, event, event, *done]}.items():
        place = tmp_path / name
        got = read.tenant(put(place / "in", hub__jsonl=lines(*mixed)), workdir=place / "parts")
        assert (got.events.collect().height, got.audit["audit_id"].n_unique(), got.activity.height) == (1, 8, 1)
        assert receipt(place) == [(11, 10, 1, 0, 0)] and "too" in got.receipt["notes"][0]
        assert got.receipt.select("first_at", "last_at").row(0) == (
            datetime(2026, 5, 4, 0, 1, tzinfo=UTC),
            datetime(2026, 5, 4, 9, tzinfo=UTC),
        )
        assert read.events(place / "in" / "hub.jsonl", workdir=place / "parts").collect().height == 1


def test_audits_among_plain_provisioning_records(tmp_path):
    """So it is with Graph's own records, where no envelope says what they are."""
    got = read.tenant(put(tmp_path / "in", a__jsonl=lines(ACTS[0], record(1), ACTS[2], failed(2))), workdir=tmp_path / "parts")
    assert got.audit["row"].to_list() == [1, 3] and got.events.collect()["row"].to_list() == [2, 4]


REFUSED = {
    "no time": (act(1, "Update user", activityDateTime=None), "rejected", "activityDateTime is missing"),
    "no instant": (act(9, "Update user", at="soon"), "rejected", 'at: "soon" is no time'),
    "no structure": (act(1, "Update user", targetResources="[{"), "rejected", "targetResources holds a text that is not its JSON"),
    "of another type": (act(1, "Update user", targetResources=[{"id": 7}]), "rejected", "targetResources"),
    "nothing in the envelope": ({"time": "2026-05-04T08:00:00Z", "category": "AuditLogs"}, "rejected", "properties is missing"),
    "another product": (
        {"category": "AuditLogs", "resourceId": "/SUBSCRIPTIONS/X/PROVIDERS/MICROSOFT.BAKERY/OVENS/1", "properties": {}},
        "foreign",
        "MICROSOFT.BAKERY",
    ),
}  # fmt: skip


@pytest.mark.parametrize("given", REFUSED)
def test_what_is_no_act(tmp_path, given):
    """A record that cannot be an act is set aside with its reason, and costs no other."""
    wrong, kind, reason = REFUSED[given]
    assert audit(tmp_path, a__jsonl=lines(ACTS[0], wrong, ACTS[2]))["row"].to_list() == [1, 3]
    aside = read.set_aside(tmp_path / "in", workdir=tmp_path / "parts")
    assert aside.select("row", "kind").rows() == [(2, kind)] and reason in aside["reason"][0]


def test_an_act_of_which_little_is_said(tmp_path):
    """Neither an activity nor an object is needed: what is not said is null."""
    got = audit(tmp_path, a__json=b'{"value":[{"id":"Sync_1","category":"Core Directory","activityDateTime":"2026-05-04T08:00:00Z"}]}')
    assert got.drop("at", "file", "row").row(0) == ("Sync_1", *[None] * 10)


def test_a_portal_csv_that_was_saved_again(tmp_path):
    """A program that drops seconds and puts another separator says nothing of its dates: they are not guessed."""
    rows = [portal_row(each) | {"Date (UTC)": "4/5/2026 08:01"} for each in ACTS[:2]]
    saved = table(rows).replace(b",", b";")
    assert audit(tmp_path, a__csv=saved).is_empty() and receipt(tmp_path) == [(2, 0, 0, 0, 2)]
    told = put(tmp_path / "in", tenant__toml='[files]\ndate_order = "day_first"\nzone = "UTC"\n')
    assert read.tenant(told, workdir=tmp_path / "parts").audit["at"][0] == datetime(2026, 5, 4, 8, 1, tzinfo=UTC)


def test_a_portal_csv_in_another_language(tmp_path):
    """Headers that the portal translated are told by tenant.toml."""
    theirs = table([portal_row(ACTS[0])]).replace(b"Activity,", b"Actividad,").replace(b"Target1ObjectId", b"Objetivo1Id")
    assert audit(tmp_path, a__csv=theirs).is_empty()
    put(tmp_path / "in", tenant__toml='[columns]\n"Actividad" = "activity"\n"Objetivo1Id" = "object_1_id"\n')
    assert read.tenant(tmp_path / "in", workdir=tmp_path / "parts").audit.select("activity", "object_id").row(0) == ("Disable account", ADA)


def test_an_audit_moves_the_end_of_what_was_observed(tmp_path):
    """The tenant is judged as of the latest thing seen, be it in the audit."""
    got = read.tenant(put(tmp_path / "in", a__json=page(*ACTS), l__jsonl=lines(record(1))), workdir=tmp_path / "parts")
    assert got.as_of == datetime(2026, 5, 4, 8, 8, 0, 123456, tzinfo=UTC)


def test_a_tidy_folder_carries_the_audit(tmp_path):
    """What a report hands to its pages is what was read."""
    got = read.tenant(put(tmp_path / "in", a__json=page(*ACTS)), workdir=tmp_path / "parts")
    again = read.tenant(read.write_tidy(got, tmp_path / "tidy"))
    assert_frame_equal(again.audit, got.audit)


@given(st.sampled_from([*FORMS.values()]), st.data())
def test_damaged_exports(seed, data):
    """An export with bytes changed, cut out, doubled or put in gives a whole frame or a clear error, and the sums add up."""
    content = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.sampled_from([0, 1, 1, 5, 60])))
        content[start:end] = data.draw(st.sampled_from([b"", b"\n", b'"', b"}", b",", b"[", b"\xff", b"17", bytes(content[start:end]) * 2]))
    with tempfile.TemporaryDirectory() as name:
        folder = put(Path(name) / "in", what=bytes(content))
        got = read.tenant(folder, workdir=Path(name) / "parts")
        assert got.audit.schema == AUDIT and got.audit["at"].null_count() == 0
        assert (got.receipt["rows"] == got.receipt.select(pl.sum_horizontal("kept", "duplicate", "foreign", "rejected")).to_series()).all()
        assert got.set_aside.height == got.receipt.select(pl.col("rows") - pl.col("kept")).sum().item()
        assert got.audit.select("row").n_unique() <= got.receipt["kept"].sum()


@given(st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["graph", "portal"])), max_size=12), st.data())
def test_order_and_split_decide_nothing(drawn, data):
    """Acts in another order, told in one form or two and cut into other files, are the same acts."""
    told = []
    for cut in (0, data.draw(st.integers(0, len(drawn)))):
        order = data.draw(st.permutations(drawn)) if cut else drawn
        with tempfile.TemporaryDirectory() as name:
            for number, piece in enumerate((order[:cut], order[cut:])):
                graph, portal = ([ACTS[which] for which, form in piece if form == of] for of in ("graph", "portal"))
                files = {f"{number}__jsonl": lines(*graph)} | ({f"{number}__csv": table([*map(portal_row, portal)])} if portal else {})
                folder = put(Path(name) / "in", **files)
            told.append(sorted(read.tenant(folder, workdir=Path(name) / "parts").audit.drop("file", "row").rows(), key=str))
    assert told[0] == told[1]


SHARED = Path(__file__).parents[1] / ".." / "shared"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of public samples is not beside the project")
def test_public_samples(tmp_path):
    """Captured records, and excerpts of which only some fields were published, are read as far as they go."""
    for name in ("graph_v1_directoryaudits.json", "diag_auditlogs_PT1H.jsonl"):
        got = audit(tmp_path / name, a=(SHARED / "samples" / name).read_bytes())
        assert receipt(tmp_path / name) == {"g": [(6, 6, 0, 0, 0)], "d": [(3, 2, 1, 0, 0)]}[name[0]]
        told = got.filter(property="Is Hard Deleted").select("activity", "new_value").rows()
        assert told == {"g": [("Delete user", "false"), ("Hard Delete user", "true")], "d": []}[name[0]]
    spliced = audit(tmp_path / "43", a__txt=(SHARED / "cases" / "43.txt").read_bytes())
    assert receipt(tmp_path / "43") == [(2, 1, 0, 0, 1)] and spliced["audit_id"].to_list() == ["Sync_HM0PK_00001"]
