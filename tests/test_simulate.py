"""The invented tenant: the same seed, the same bytes; and exports that are what they claim to be."""

import csv
import io
import json
import re
import tomllib
import zipfile
from datetime import date

import polars as pl
import pytest

from scimlab import simulate
from scimlab.errors import UsageError
from scimlab.simulate import truth
from scimlab.simulate.exports import audit_csv, audits, files, occupants


def contents(folder):
    """Every file of a folder by its relative name."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def rows(file):
    """The rows of a CSV as dictionaries."""
    return list(csv.DictReader(file.open(encoding="utf-8-sig")))


def log_of(folder):
    """The bytes of a log as Azure Monitor carries it."""
    return b"".join(each.read_bytes() for pattern in ("insights*", "eventhub*") for each in sorted(folder.glob(pattern)))


def diagnosed(folder):
    """The rows of the truth about people and their records, without those about the job."""
    return [each for each in rows(folder / "truth/diagnoses.csv") if each["subject_kind"] != "job"]


def test_same_seed_same_bytes(tmp_path):
    """Two calls with one seed write the same files; another seed writes others."""
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        simulate.write(tmp_path / name, seed=seed, people=30)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


@pytest.mark.parametrize("people", [1, 2, 7])
def test_small_worlds(tmp_path, people):
    """So many people are asked for, so many appear at most, however few."""
    simulate.write(tmp_path, seed=1, people=people)
    assert 1 <= len(diagnosed(tmp_path)) <= people


def test_graph_pages_are_linked(tmp_path):
    """Each page but the last carries the link to the next, and all together hold each event once, newest first."""
    simulate.write(tmp_path, seed=5, people=120)
    pages = [json.loads(each.read_bytes()) for each in sorted(tmp_path.glob("provisioning_*.json"))]
    events = [event for page in pages for event in page["value"]]
    assert len(pages) > 1
    assert ["@odata.nextLink" in page for page in pages] == [True] * (len(pages) - 1) + [False]
    assert len({event["id"] for event in events}) == len(events)
    assert [event["activityDateTime"] for event in events] == sorted((event["activityDateTime"] for event in events), reverse=True)


def test_cut_log(tmp_path):
    """A cut log holds the last days only; the truth stays whole."""
    simulate.write(tmp_path / "whole", seed=5, people=40, forms={"log": "array"})
    simulate.write(tmp_path / "cut", seed=5, people=40, forms={"log": "array"}, cut_days=30)
    whole, cut = (json.loads((tmp_path / name / "ProvisioningLogs.json").read_bytes()) for name in ("whole", "cut"))
    assert cut == [event for event in whole if event["activityDateTime"] >= "2026-08-03T06:00:00Z"]
    assert 0 < len(cut) < len(whole)
    assert (tmp_path / "cut/truth/storms.csv").read_bytes() == (tmp_path / "whole/truth/storms.csv").read_bytes()


def test_settings_say_when_the_exports_were_taken(tmp_path):
    """tenant.toml names the app, the zone and the world's end, two days after the last month."""
    simulate.write(tmp_path, seed=1, people=5, months=3, zone="America/New_York")
    settings = tomllib.loads((tmp_path / "tenant.toml").read_text())
    assert (settings["app"], settings["zone"], settings["files"]["taken_at"]) == ("Maptician", "America/New_York", "2026-08-02T06:00:00Z")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"forms": {"log": "xml"}}, 'no form "log=xml"'),
        ({"forms": {"minutes": "graph"}}, 'no form "minutes=graph"'),
        ({"months": 1}, "1 months are too few"),
        ({"zone": "Mars/Olympus"}, 'no time zone "Mars/Olympus"'),
        ({"profile": "splendid"}, "no profile splendid"),
        ({"cadence": "never"}, "no cadence never"),
        ({"delete_semantics": "shred"}, "no delete_semantics shred"),
        ({"interrupted": ["lunch"]}, "no interrupted lunch"),
        ({"damaged": ["rust"]}, "no damage rust"),
        ({"damaged": ["late"], "forms": {"log": "jsonl"}}, 'a log as "jsonl" has no pages'),
        ({"damaged": ["other_product"]}, 'a log as "graph" is shared with no other product'),
        ({"damaged": ["missing_file"], "exports": ["log"]}, 'the export "deleted" cannot be missed'),
        ({"external_id": "mail"}, "no external_id mail"),
    ],
)
def test_wrong_options(tmp_path, wrong, said):
    """An option that makes no world is refused before anything is written."""
    with pytest.raises(UsageError, match=said):
        simulate.write(tmp_path / "out", seed=1, people=5, **wrong)
    assert not (tmp_path / "out").exists()


def test_a_damaged_log_says_what_was_withheld(tmp_path):
    """What a missing page lost and what stands twice is in the truth, and nowhere else is anything missing."""
    simulate.write(tmp_path / "whole", seed=5, people=120)
    simulate.write(tmp_path / "damaged", seed=5, people=120, damaged=["duplicates", "late", "missing_page"])
    ids = [event["id"] for each in (tmp_path / "whole").glob("provisioning_*.json") for event in json.loads(each.read_bytes())["value"]]
    arrived = [
        event["id"] for each in (tmp_path / "damaged").glob("provisioning_*.json") for event in json.loads(each.read_bytes())["value"]
    ]
    told = rows(tmp_path / "damaged/truth/damage.csv")
    lost = {each["event_id"] for each in told if each["damage"] == "missing_page"}
    assert {each["damage"] for each in told} == {"duplicates", "late", "missing_page"}
    assert {*ids} - {*arrived} == lost
    assert len(arrived) > len({*arrived})


def test_a_torn_page_is_no_json(tmp_path):
    """A page cut off in the middle cannot be taken for a whole one."""
    simulate.write(tmp_path, seed=5, people=60, damaged=["torn_page"])
    with pytest.raises(json.JSONDecodeError):
        json.loads(max(tmp_path.glob("provisioning_*.json")).read_bytes())


def test_a_file_that_was_never_sent_is_told(tmp_path):
    """The list of deleted users is missing, the truth names it, and the truth about the people stays whole."""
    for name, damaged in (("whole", []), ("less", ["missing_file"])):
        simulate.write(tmp_path / name, seed=5, people=60, damaged=damaged)
    assert contents(tmp_path / "whole").keys() - contents(tmp_path / "less").keys() == {"deleted_users.json"}
    assert rows(tmp_path / "less/truth/damage.csv") == [{"damage": "missing_file", "file": "deleted_users.json", "event_id": ""}]
    assert rows(tmp_path / "less/truth/diagnoses.csv") == rows(tmp_path / "whole/truth/diagnoses.csv")


@pytest.mark.parametrize("form", ["diagnostic", "event_hub"])
def test_another_products_lines_stand_among_ours(tmp_path, form):
    """A container or hub that two products share holds lines of both, and every event all the same."""
    for name, damaged in (("alone", []), ("shared", ["other_product"])):
        simulate.write(tmp_path / name, seed=5, people=60, forms={"log": form}, damaged=damaged)
    categories = [re.findall(rb'"category":"(\w+)"', log_of(tmp_path / name)) for name in ("alone", "shared")]
    assert set(categories[1]) == {b"ProvisioningLogs", b"MicrosoftGraphActivityLogs"}
    assert categories[1].count(b"ProvisioningLogs") == len(categories[0]) > 100


def test_all_exports_are_written(tmp_path):
    """Whatever can be exported is, and each CSV with headers of the app's own has its map in tenant.toml."""
    simulate.write(tmp_path, seed=5, people=60, exports=files.FORMS, forms={"records": "csv"})
    maps = tomllib.loads((tmp_path / "tenant.toml").read_text())["columns"]
    for name, mapped in (("occupants", "occupants*"), ("presence", "presence.csv*"), ("desks", "desks.csv*"), ("invoice", "invoice.csv*")):
        header, *lines = (tmp_path / f"{name}.csv").read_text(encoding="utf-8-sig").splitlines()
        assert header.split(",") == [*maps[mapped]]
        assert lines
    for name in ("directory_audits.json", "app_role_assigned_to.json", "sign_ins.json", "synchronization_jobs.json"):
        assert json.loads((tmp_path / name).read_bytes())["value"]


def test_four_hundred_people_show_twenty_diagnoses(tmp_path):
    """A tenant of four hundred meets at least twenty rows of the decision table; each subject is diagnosed once."""
    simulate.write(tmp_path, seed=2, people=400)
    found = diagnosed(tmp_path)
    assert len({each["diagnosis"] for each in found}) >= 20
    assert len({each["subject_id"] for each in found}) == len(found)


def test_a_world_is_made_again_from_its_note(tmp_path):
    """truth/world.json holds all that a world is made from."""
    simulate.write(tmp_path, seed=2, people=30, cadence="backoff", zone="Asia/Tokyo")
    noted = json.loads((tmp_path / "truth/world.json").read_bytes())
    again = simulate.tenant(**noted | {"first_day": date.fromisoformat(noted["first_day"])})
    assert (noted["cadence"], noted["months"]) == ("backoff", 4)
    assert [[str(each) for each in row] for row in truth.storms(again)] == [[*row.values()] for row in rows(tmp_path / "truth/storms.csv")]


def test_an_unknown_rule_is_refused(tmp_path):
    """A rule that no world has is a wrong use, not a traceback."""
    with pytest.raises(UsageError, match="a world is not made from that"):
        simulate.write(tmp_path, seed=1, people=5, weather="fine")


def test_the_history_ends_in_the_diagnoses(tmp_path):
    """What a person's history says last is the diagnosis at the end, and only what is still to come lies behind."""
    simulate.write(tmp_path, seed=2, people=120)
    last = {each["person"]: each["diagnosis"] for each in rows(tmp_path / "truth/history.csv") if each["since"] <= "2026-09-02T06:00:00Z"}
    person = {each["object_id"]: each["person"] for each in rows(tmp_path / "truth/states.csv")}
    told = {person.get(each["subject_id"], f"record:{each['subject_id']}"): each["diagnosis"] for each in diagnosed(tmp_path)}
    assert told == last


def test_a_workbook_holds_the_rows_of_the_csv(tmp_path):
    """The Excel list has the same header and cells, every one a text, a formula among the names too."""
    world = simulate.tenant(seed=5, people=60)
    found = pl.read_excel(occupants.workbook(world), infer_schema_length=0, has_header=False)
    told = [tuple(each or None for each in row) for row in occupants.csv_rows(world)]
    assert found.rows() == told
    assert any("=2+5" in (each or "") for row in found.rows() for each in row)


def test_a_workbook_tells_no_hour():
    """Made twice, at whatever hour, a workbook has the same bytes; its date of making is the world's end."""
    first, second = (occupants.workbook(simulate.tenant(seed=5, people=10)) for _ in range(2))
    made = zipfile.ZipFile(io.BytesIO(first)).read("docProps/core.xml")
    assert first == second
    assert b"2026-09-02T06:00:00Z</dcterms:created>" in made


def test_the_audit_csv_has_86_columns():
    """The portal's download holds a row an act, as wide as it gets and no wider."""
    world = simulate.tenant(seed=5, people=60)
    header, *acts = audit_csv.rows(audits.directory_audits(world))
    disabled = next(row for row in acts if row[4] == "Disable account")
    assert len(header) == len({*header}) == 86
    assert {len(row) for row in acts} == {86}
    assert len(acts) == len([*audits.directory_audits(world)]) > 50
    assert disabled[header.index("Target1ModifiedProperty1OldValue")] == "[true]"


def test_everybody_may_leave_in_one_manner():
    """Told to leave in another manner, the same people leave and return in the same seconds, and only the manner differs."""
    worlds = {manner: simulate.tenant(seed=3, people=60, leaving=manner) for manner in ("told", "disabled", "deleted", "unassigned")}
    plans = [[(each.leaves_at, each.returns_at) for each in world.people if each.leaves_at] for world in worlds.values()]
    left = {
        manner: {
            act.activity for act in world.directory.audit if act.object_id in world.known and world.known[act.object_id].story == "parked"
        }
        for manner, world in worlds.items()
    }
    assert len(plans[0]) > 10
    assert plans[1:] == plans[:1] * 3
    assert "Disable account" in left["told"] & left["disabled"]
    assert {"Delete user", "Hard Delete user"} <= left["deleted"]
    assert not {"Disable account", "Delete user"} & left["unassigned"]
