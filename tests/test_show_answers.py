"""The sentences and decisions of pages: each is worked out from frames, and says what is not known."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from scimlab import schema, seasons, show
from scimlab.errors import UsageError
from scimlab.schema import Setting, Tenant

ROOT = Path(__file__).parents[1]
AS_OF = datetime(2026, 9, 2, 6, tzinfo=UTC)


def rows(frame_schema, *each: dict) -> pl.DataFrame:
    """A frame of that schema; what a row leaves out is null."""
    return pl.DataFrame(list(each), schema=frame_schema)


def said(shown) -> str:
    """The sentence that is shown."""
    return shown.bundle["text/plain"]


def numbers(shown) -> dict:
    """What is handed out beside the sentence, by name: at least and at most."""
    return {each["name"]: (each["low"], each["high"]) for each in shown.bundle[show.ANSWER]["numbers"]}


def tenant(**frames) -> Tenant:
    """A tenant of these frames, judged on the second of September by Berlin's clock."""
    settings = {"zone": "Europe/Berlin", "as_of": AS_OF, "app_name": "Maptician", "terms": {}}
    return Tenant("contoso", {name: Setting(value, "inputs") for name, value in settings.items()}, **frames)


LOGGED = rows(schema.EVENTS, {"at": AS_OF, "counted": True}).lazy()
STORM = {"cause": "throttled", "is_open": True, "is_silent": False, "attempts": 5, "attempts_to_come": 10}
STORMS = rows(
    schema.STORMS,
    # One person in two storms is one person.
    STORM | {"person_id": "ada"},
    STORM | {"person_id": "ada", "cause": "duplicate_conflict"},
    STORM | {"person_id": "bob", "cause": "duplicate_conflict", "is_silent": True, "attempts_to_come": 0},
    # A group has no person; its object stands for it.
    STORM | {"source_id": "group", "cause": "duplicate_conflict", "attempts": 1},
    # What has ended is retried no more.
    STORM | {"person_id": "eve", "is_open": False},
)


def test_the_answer_counts_people_and_says_on_whom_entra_has_fallen_silent():
    """Three are in open storms, one of them silent; most of them for one cause."""
    shown = show.answer_storms(STORMS, schema.QUARANTINE.to_frame(), tenant(events=LOGGED))
    assert said(shown) == (
        "3 people are being retried in vain, 16 times so far; on 1 of them Entra has fallen silent. "
        "For 3 the cause is: name or e-mail already taken in the app."
    )
    assert numbers(shown) == {"people_in_storms": (3, 3), "attempts_to_come": (30, 30), "quarantine_distance": (None, None)}


def test_the_answer_of_a_calm_tenant_is_that_nobody_is():
    """What has ended is told as over."""
    assert said(show.answer_storms(STORMS.filter(~pl.col("is_open")), schema.QUARANTINE.to_frame(), tenant(events=LOGGED))).startswith(
        "Nobody is retried in vain. 1 person was"
    )
    assert said(show.answer_storms(STORMS.clear(), schema.QUARANTINE.to_frame(), tenant(events=LOGGED))) == "Nobody is retried in vain."


def test_the_nearest_job_gives_the_distance_to_quarantine():
    """Of two jobs the nearer counts; where no job can get there, that is said instead of a number."""
    near = rows(schema.QUARANTINE, {"distance": 900}, {"distance": 12}, {"distance": None})
    assert numbers(show.answer_storms(STORMS, near, tenant(events=LOGGED)))["quarantine_distance"] == (12, 12)
    far = show.answer_storms(STORMS, near.tail(1), tenant(events=LOGGED)).bundle[show.ANSWER]["numbers"]
    assert next(each["instead"] for each in far if each["name"] == "quarantine_distance") == "out of reach"


def test_the_answer_of_the_runbook_names_the_first_deadline():
    """Two things for five people; one of them within seven days, by the clock of Berlin."""
    due = {"people": 2, "by": datetime(2026, 9, 5, 22, 30, tzinfo=UTC)}
    shown = show.answer_steps(rows(schema.DECISIONS, due, {"people": 3}), tenant(events=LOGGED))
    assert said(shown) == "2 things are to be decided, for 5 people. The first deadline is on 6 Sep 2026 00:30 (Europe/Berlin)."
    assert numbers(shown) == {"deadlines_soon": (2, 2)}
    assert said(show.answer_steps(schema.DECISIONS.to_frame(), tenant(events=LOGGED))) == "Nobody needs anything done."


SEATS = rows(
    schema.SEATS,
    {"policy": "snapshot_end", "low": 64.0, "high": 66.0, "unit": "people"},
    {"policy": "user_days_prorated", "low": 61.333, "high": 61.333, "unit": "seats of the whole period"},
    {"policy": "mau", "reason": "no activity was given"},
)


def test_the_answer_of_seats_gives_every_rule_with_its_unit():
    """A range stays a range, and a rule without a count is not made one."""
    shown = show.answer_seats(SEATS)
    assert said(shown) == (
        "61.33 to 66 are paid for, depending on the rule: active on the last day: 64 to 66 people; "
        "days active, shared out: 61.33 seats of the whole period."
    )
    assert numbers(shown) == {"people_paid_for": (64, 66)}
    assert said(show.answer_seats(SEATS.tail(1))) == "These exports cannot say how many people are paid for: no activity was given"


def test_what_to_ask_hangs_on_the_difference_between_rules():
    """Rules that agree leave nothing to ask."""
    assert show.to_ask(SEATS)["cost"].item().startswith("The rules differ by 4.67 a period (active on the last day: 66;")
    assert show.to_ask(SEATS.head(1)).schema == show.to_ask(SEATS.clear()).schema == schema.DECISIONS
    assert show.to_ask(SEATS.head(1)).height == show.to_ask(SEATS.clear()).height == 0


CHECKS = rows(
    schema.CHECKS,
    {"check": "log", "question": "Is there a log?", "answer": "yes", "because": "There is."},
    {
        "check": "job",
        "question": "Is the job known?",
        "answer": "partly",
        "because": "In part.",
        "blocks": "How fast.",
        "remedy": "Export it.",
    },
    {"check": "bin", "question": "Who was deleted?", "answer": "no", "because": "Not given.", "blocks": "Who.", "remedy": "Export them."},
)


def test_the_answer_of_inputs_names_the_first_thing_that_is_missing():
    """What is not answered at all comes before what is answered in part."""
    shown = show.answer_inputs(CHECKS)
    assert said(shown) == (
        "These exports answer 1 of 3 questions, 1 question only in part, 1 not at all. First of all: Who was deleted? Not given."
    )
    assert said(show.answer_inputs(CHECKS.head(1))) == "These exports can be trusted: they answer every question put to them."
    assert show.to_collect(CHECKS)["what"].to_list() == ["Export them.", "Export it."]
    assert show.to_collect(CHECKS)["people"].null_count() == 2


def test_each_cause_met_stands_with_its_sentence_and_who_can_mend_it():
    """Only open storms count; most people first."""
    met = show.causes_met(STORMS)
    assert met.select("cause", "people", "attempts").rows() == [("duplicate_conflict", 3, 11), ("throttled", 1, 5)]
    assert met["remedy"].null_count() == 0 and show.causes_met(STORMS.clear()).is_empty()


def test_what_came_in_is_one_line_by_the_tenants_clock():
    """Only events of the chosen app are counted."""
    at = datetime(2026, 8, 31, 22, 30, tzinfo=UTC)
    events = rows(schema.EVENTS, {"at": at, "counted": True}, {"at": at, "counted": False}).lazy()
    line = said(show.came_in(tenant(events=events)))
    assert line.startswith("1 provisioning event of Maptician, 1 Sep 2026 00:30 to 1 Sep 2026 00:30; 0 accounts of Entra, 0 records")
    assert line.endswith("Judged at 2 Sep 2026 08:00 (Europe/Berlin).")


def test_a_folder_is_found_from_the_root_wherever_the_page_runs(tmp_path, monkeypatch):
    """nbval runs a page in one directory, papermill in another: neither may change what is read."""
    monkeypatch.chdir(tmp_path)
    assert show.folder("data/samples/troubled") == ROOT / "data" / "samples" / "troubled"
    assert show.folder(str(tmp_path)) == tmp_path


def test_a_period_is_two_days_or_the_last_whole_month():
    """Judged on the second of September, the last whole month is August."""
    assert show.period(tenant(), "", "") == (date(2026, 8, 1), date(2026, 9, 1))
    assert show.period(tenant(), "2026-06-15", "2026-07-01") == (date(2026, 6, 15), date(2026, 7, 1))
    assert show.period(Tenant("contoso", {"as_of": Setting(None, "inputs")}), "", "") is None


@pytest.mark.parametrize(("first", "end"), [("2026-06-15", ""), ("", "2026-07-01"), ("15.06.2026", "2026-07-01")])
def test_a_period_that_is_none_stops_the_page(first, end):
    """One day alone is no period, and no date is guessed."""
    with pytest.raises(UsageError, match="is no day"):
        show.period(tenant(), first, end)


def test_the_days_around_a_period_are_those_of_the_log():
    """The log begins at 00:30 on the first of July in Berlin, and ends within the period."""
    events = rows(schema.EVENTS, *({"at": datetime(2026, *at, tzinfo=UTC), "counted": True} for at in ((6, 30, 22, 30), (8, 5, 12)))).lazy()
    assert seasons.around(tenant(events=events), (date(2026, 8, 1), date(2026, 9, 1))) == (date(2026, 7, 1), date(2026, 9, 1))


def test_an_interval_is_named_by_entra_before_the_app():
    """Who is in neither list has no name, and no row is lost or doubled."""
    people = rows(schema.PEOPLE, {"object_id": "ada", "display_name": "Ada"}, {"object_id": "ada", "display_name": "Ada again"})
    records = rows(schema.RECORDS, {"target_id": "1", "display_name": "A. Lovelace"}, {"target_id": "2", "display_name": "Bob"})
    spans = rows(schema.INTERVALS, *({"person_id": who, "target_id": record} for who, record in (("ada", "1"), ("bob", "2"), ("eve", "3"))))
    assert show.named(spans, tenant(people=people, records=records))["person"].to_list() == ["Ada", "Bob", None]


STEP = {
    "person_id": "1",
    "situation": "restorable",
    "runbook": "R3",
    "step": 1,
    "title": "Restore",
    "owner": "administrator",
    "reversible": True,
}


def test_a_checklist_keeps_names_and_requests_from_becoming_markup():
    """A name, an id in a request: each is text."""
    hostile = STEP | {"person": "<script>1</script>", "request": "GET /<b>", "portal": "Users", "verify": "-", "undo": "-"}
    shown = show.checklist(rows(schema.STEPS, hostile), zone="UTC").bundle["text/html"]
    assert "&lt;script&gt;1&lt;/script&gt;" in shown and "GET /&lt;b&gt;" in shown
    assert "<script" not in shown and "<b>" not in shown


def test_only_what_cannot_be_undone_is_marked_so():
    """Red is for that, and for nothing else: not for what is not known either."""
    steps = rows(schema.STEPS, STEP, STEP | {"step": 2, "reversible": False}, STEP | {"step": 3, "reversible": None})
    assert show.checklist(steps, zone="UTC").bundle["text/html"].count("Cannot be undone.") == 1


def test_a_checklist_shows_the_first_people_and_hands_out_all():
    """Thirty people are too many for a cell; the data hold each step."""
    bundle = show.checklist(rows(schema.STEPS, *(STEP | {"person_id": f"{n}", "person": f"P{n}"} for n in range(30))), zone="UTC").bundle
    assert bundle["text/html"].count("<details") == 12 and "The first 12 of 30" in bundle["text/html"]
    assert len(bundle[show.TABLE]["rows"]) == 30


def test_without_a_log_no_page_calls_a_tenant_healthy():
    """No event is no news, and not good news: neither page says that nobody is retried or waits."""
    storms = show.answer_storms(STORMS.clear(), schema.QUARANTINE.to_frame(), tenant())
    steps = show.answer_steps(schema.DECISIONS.to_frame(), tenant())
    assert said(storms) == "These exports cannot say whom Entra retries in vain: no provisioning log of this app was given."
    assert said(steps) == "These exports cannot say who needs something done: no provisioning log of this app was given."
    assert numbers(storms) == numbers(steps) == {}
