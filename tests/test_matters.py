"""The index tells each person's matter once, however many pages tell it."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from scimlab.report import execute, matters, pages, places
from scimlab.report.gather import Outcome
from scimlab.schema import CONCERNED, DECISIONS, FINDINGS, IDENTITIES, RUNS
from scimlab.show.anchors import address

AS_OF = datetime(2026, 9, 2, tzinfo=UTC)


def day(number: int) -> datetime:
    """A day of September."""
    return datetime(2026, 9, number, tzinfo=UTC)


def outcome(name: str, *decisions: dict, **tables: pl.DataFrame) -> Outcome:
    """What a page handed out: its decisions, and other tables."""
    rows = pl.DataFrame(list(decisions), schema=DECISIONS)
    return Outcome(pages.Page(name, Path(name), "Why?", {}), execute.Run(name, "done", "", 1.0), None, "", [], {"decision": rows, **tables})


def decided(situation: str, by: datetime | None, *people: str, **more: object) -> dict:
    """A decision for these people, whose ids are their names in small letters."""
    named = {"first_names": "; ".join(people[:3]), "person_ids": "; ".join(people).lower()}
    return {"situation": situation, "by": by, "people": len(people), **named, **more}


def audit(*decisions: dict, **deadlines: datetime | None) -> Outcome:
    """The page on links, whose findings hold each person's own deadline."""
    rows = [{"person_id": who, "person": who.title(), "deadline_at": at} for who, at in deadlines.items()]
    return outcome("link_audit", *decisions, findings=pl.DataFrame(rows, schema=FINDINGS))


def told(*outcomes: Outcome) -> list[tuple]:
    """What the index says: situation, page, how many, whom first, and the day."""
    found = matters.decisions(outcomes, AS_OF)
    assert found["people"].to_list() == [len((each or "").split("; ")) for each in found["person_ids"]]
    return found.select("situation", "page", "people", "first_names", pl.col("by").dt.day()).rows()


def test_whom_the_runbook_tells_of_the_audit_does_not_tell_of_again():
    """One person, two pages, two words for it: one row, the runbook's, and the sooner of both days."""
    found = told(
        audit(decided("not_delivered", day(3), "Ada"), ada=day(3)),
        outcome("remediate", decided("refused", day(12), "Ada")),
    )
    assert found == [("refused", "remediate", 1, "Ada", 3)]


def test_whom_only_the_audit_knows_stays_with_their_own_day():
    """Of three the runbook has one: the two others are told, by name, and before their own day, not before hers."""
    found = told(
        audit(decided("not_delivered", day(3), "Ada", "Bo", "Cy"), ada=day(3), bo=day(9), cy=None),
        outcome("remediate", decided("refused", day(12), "Ada")),
    )
    assert found == [("refused", "remediate", 1, "Ada", 3), ("not_delivered", "link_audit", 2, "Bo; Cy", 9)]


def test_one_situation_of_two_pages_is_one_row_of_all_its_people():
    """Nobody whom one page alone tells of is lost when both use one word."""
    found = told(
        audit(decided("restorable", day(5), "Ada", "Bo"), ada=day(6), bo=day(5)), outcome("remediate", decided("restorable", day(6), "Ada"))
    )
    assert found == [("restorable", "remediate", 2, "Ada; Bo", 5)]


def test_the_same_plan_on_two_pages_is_told_once():
    """The page on storms ends in the runbook's decisions, which lead to the runbook."""
    row = decided("refused", day(12), "Ada", "Bo")
    assert told(outcome("retry_storms", row), outcome("remediate", row)) == [("refused", "remediate", 2, "Ada; Bo", 12)]


def test_a_person_in_two_situations_of_the_runbook_stands_in_both():
    """Two storms are two things to mend; only the audit's telling of them is a repetition."""
    found = told(
        audit(decided("not_delivered", day(3), "Ada"), ada=day(3)),
        outcome("remediate", decided("refused", day(12), "Ada"), decided("value_missing", None, "Ada", "Bo")),
    )
    assert found == [("refused", "remediate", 1, "Ada", 3), ("value_missing", "remediate", 2, "Ada; Bo", 3)]


def test_a_day_that_has_passed_presses_nobody():
    """The audit keeps deadlines that have passed; they do not come back by way of the runbook's row."""
    found = told(
        audit(decided("not_delivered", None, "Ada"), ada=datetime(2026, 8, 1, tzinfo=UTC)),
        outcome("remediate", decided("refused", day(12), "Ada")),
    )
    assert found == [("refused", "remediate", 1, "Ada", 12)]


def test_a_season_is_another_matter():
    """Who leaves in autumn and is refused today stands in both decisions: they are two."""
    found = told(outcome("season_planner", decided("season_leaves", day(20), "Ada")), outcome("remediate", decided("refused", None, "Ada")))
    assert [row[:2] for row in found] == [("season_leaves", "season_planner"), ("refused", "remediate")]


def test_a_defect_of_a_job_and_a_page_without_ids_are_left_whole():
    """Twelve people under one job's id stay twelve, and a row that names nobody by id stays as it is."""
    job = {"situation": "job_defect", "people": 12, "first_names": "a, b, c and 9 more", "person_ids": "job cause"}
    found = matters.decisions([outcome("link_audit", {"situation": "x", "people": 9}), outcome("remediate", job)], AS_OF)
    assert found.select("situation", "people", "first_names").rows() == [("x", 9, None), ("job_defect", 12, "a, b, c and 9 more")]


def test_more_than_three_are_named_by_what_other_tables_call_them():
    """When the first three are told elsewhere, the next are named from the page's own findings."""
    found = told(
        audit(decided("orphan", None, "Ada", "Bo", "Cy", "Dee", "Eve"), ada=None, bo=None, cy=None, dee=None, eve=None),
        outcome("remediate", decided("refused", None, "Ada", "Bo", "Cy")),
    )
    assert ("orphan", "link_audit", 2, "Dee; Eve", None) in found


def test_names_lead_only_to_timelines_that_were_written():
    """By person id and by each id of theirs that is sure; not where the page stopped, and not to whom it has no room for."""
    rows = [{"person_id": who, "person": who, "is_told": who != "cy"} for who in ("ada", "cy")]
    tables = {"concerned": pl.DataFrame(rows, schema=CONCERNED), "timeline": RUNS.to_frame()}
    aliases = [
        ("ada", "target_id", "r1", "confirmed", ""),
        ("ada", "target_id", "r2", "suspect", ""),
        ("cy", "target_id", "r3", "confirmed", ""),
    ]
    identities = pl.DataFrame(aliases, schema=IDENTITIES, orient="row")
    assert places.places([outcome("person_timeline", **tables)], identities) == {"ada": address("ada"), "r1": address("ada")}
    stopped = outcome("person_timeline", concerned=tables["concerned"])
    assert places.places([stopped], identities) == places.places([], identities) == {}
