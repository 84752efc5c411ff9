"""What exports can answer is said in words, what they cannot as well, with the way to get what is missing."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from scimlab import quality
from scimlab.schema import AUDIT, CHECKS, EVENTS, JOBS, PEOPLE, RECEIPT, RECORDS, Setting, Tenant

FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def hour(number: float) -> datetime:
    """The instant so many hours after the log began."""
    return FIRST + timedelta(hours=number)


def event(hours: float, action="update", status="success", source="a", **told) -> dict:
    """An event so many hours after the log began, a cycle of its own."""
    return {"at": hour(hours), "action": action, "status": status, "source_id": source, "cycle_id": f"c{hours}"} | told


def tenant(events=(), *, users=(), records=(), receipt=(), jobs=(), audit=(), zone=("Europe/Berlin", "tenant.toml"), **settings) -> Tenant:
    """A tenant of typed rows: each dict a row, what it leaves out is null."""
    known = {"as_of": hour(2000), "seasons": [], "terms": {}, "exclude": []} | settings
    rows = [{"counted": True, "object_type": "user", **row} for row in events]
    return Tenant(
        name="contoso",
        settings={name: Setting(value, "parameter") for name, value in known.items()} | {"zone": Setting(*zone)},
        events=pl.DataFrame(rows, schema=EVENTS).lazy(),
        people=pl.DataFrame(users, schema=PEOPLE),
        records=pl.DataFrame(records, schema=RECORDS),
        jobs=pl.DataFrame(jobs, schema=JOBS),
        audit=pl.DataFrame(audit, schema=AUDIT),
        receipt=pl.DataFrame([{"notes": "", **row} for row in receipt], schema=RECEIPT),
    )


def said(given: Tenant, check: str) -> tuple[str, str]:
    """The answer to one question, and why."""
    return quality.checks(given).filter(check=check).select("answer", "because").row(0)


def test_every_question_is_put_and_said_how_to_close():
    """Each question is put in the same order whatever came in; where the answer is not yes, the cost and the way out stand there."""
    found = quality.checks(tenant())
    assert found.schema == CHECKS and found["check"].to_list() == list(quality.ASKED)
    assert found["question"].str.ends_with("?").all() and found["because"].str.ends_with(".").all()
    assert (found["answer"].is_in(["partly", "no"]) == (found["blocks"].is_not_null() & found["remedy"].is_not_null())).all()
    assert (found["answer"] == "yes").sum() == found["remedy"].null_count()


def test_an_empty_folder_answers_next_to_nothing():
    """Without a file no question about the log, the lists or the job is answered."""
    found = quality.checks(tenant(zone=("UTC", "default")))
    assert found.filter(pl.col("answer") == "yes")["check"].to_list() == ["one_app"]


def test_the_window_of_the_log():
    """The log's first and last instant are said by the tenant's own clocks."""
    assert said(tenant([event(0), event(48)]), "log") == ("yes", "2 events from 1 Mar 2026 01:00 to 3 Mar 2026 01:00 (2.0 days).")


HOURLY = [event(number) for number in range(60)]


def test_a_hole_is_told_from_a_quiet_time():
    """A silence more than twice as long as any other, over a working day, is a hole, whatever the cadence; a weekend is none."""
    assert said(tenant(HOURLY), "log_gaps")[0] == "yes"
    # 1 March 2026 is a Sunday: work from Monday to Friday, three weeks
    weeks = [event(24 * (7 * week + day) + number) for week in range(3) for day in range(1, 6) for number in range(24)]
    assert said(tenant(weeks), "log_gaps") == ("yes", "Its longest silence is 49.0 hours, and none stands apart from the others.")
    a_day_less = [each for each in weeks if each["at"].day != 11]  # no Wednesday in the second week
    assert said(tenant(a_day_less), "log_gaps")[0] == "yes"  # 25 hours, shorter than a weekend: nothing tells it from one
    a_week_less = [each for each in weeks if not 9 <= each["at"].day <= 13]
    assert said(tenant(a_week_less), "log_gaps") == (
        "partly",
        "No event at all from 7 Mar 2026 00:00 to 16 Mar 2026 01:00, while the job was otherwise never silent for more than 1.0 hours.",
    )


def test_silences_that_grow_by_degrees_are_no_holes():
    """Silences of which none is twice as long as the next are the job's own way, however long the longest."""
    graded = [event(59 + sum((70, 38, 20, 11, 6, 3.5, 2)[:number])) for number in range(1, 8)]
    found = quality.logs.silences(tenant([*HOURLY, *graded]))
    assert found["hours"].head(3).to_list() == [70, 38, 20] and not found["is_hole"].any()


def test_two_holes_are_two():
    """Two missing weeks of much the same length are both holes."""
    holes = [*HOURLY, *(event(number) for number in range(200, 260)), *(event(number) for number in range(410, 470))]
    gaps = quality.logs.silences(tenant(holes))
    assert gaps.filter("is_hole")["hours"].to_list() == [151, 141]


def test_too_few_cycles_tell_nothing():
    """A handful of cycles has no cadence to measure a hole by."""
    assert not quality.logs.silences(tenant([*HOURLY[:5], event(400)]))["is_hole"].any()
    assert said(tenant(HOURLY[:5]), "log_gaps") == ("partly", "Only 5 cycles left a trace, too few to tell a hole from a quiet time.")


def test_failures_older_than_the_log():
    """Who fails in the log's first cycle, or is at a later try when first seen, did so before it; others began within it."""
    began = [event(0), event(5, status="failure", source="a"), *HOURLY[6:]]
    assert said(tenant(began), "log_reach") == ("yes", "All 1 who fail in it are seen before they first do.")
    older = [*began, event(0, status="failure", source="b"), event(9, status="failure", source="c", retry_count=3)]
    assert said(tenant(older), "log_reach")[1].startswith("2 of the 3 who fail in it did so already when it began")


def test_thirty_days_show_no_season():
    """What Entra keeps is too short for a season; a named season must lie whole within the log."""
    assert said(tenant([event(0), event(24 * 29)]), "season") == (
        "partly",
        "It covers 29 days, as much as Entra itself keeps; a season lasts about 90.",
    )
    summer = [{"name": "spring", "first_day": FIRST.date() - timedelta(days=9), "last_day": FIRST.date() + timedelta(days=9)}]
    assert said(tenant([event(0), event(24 * 100)], seasons=summer), "season") == (
        "partly",
        "It begins on 1 Mar 2026, after the beginning of: spring.",
    )


def test_update_switched_off_is_no_improvement():
    """Creates go on, updates and disables have ceased: told apart from a job that rests."""
    before = [event(number) for number in range(12)]
    creates = [event(100 + number, "create") for number in range(3)]
    assert said(tenant([*before, *creates]), "update_action")[0] == "no"
    assert said(tenant([*before, *creates, event(101.5, "disable")]), "update_action")[0] == "yes"
    assert said(tenant([*before, *creates[:2]]), "update_action")[0] == "yes"  # two creates are a quiet week


LOG = {"file": "log.json", "form": "Graph provisioning log", "rows": 7, "kept": 7}
SIGNS = {
    "whole": ({}, "yes", "No file ends in an error"),
    "error spliced in": ({"notes": 'truncated_by_service_error {"code":"BadRequest"}'}, "partly", "log.json breaks off"),
    "torn": ({"notes": "the document ends before its closing bracket"}, "partly", "log.json breaks off"),
    "portal limit": ({"rows": 250_000}, "partly", "log.json holds exactly 250,000 rows"),
    "whole pages": ({"rows": 4_000}, "partly", "log.json: the number of rows is a multiple of 1,000"),
    "next page named": ({"notes": "names a next page"}, "partly", "Every page of the log (1 file) names a next one"),
}


@pytest.mark.parametrize(("sign", "answer", "because"), SIGNS.values(), ids=SIGNS)
def test_a_log_that_stops_short(sign, answer, because):
    """A page that ends in an error, a round number of rows, a next page that is not there: possibly truncated, never taken for whole."""
    found = said(tenant(HOURLY, receipt=[LOG | sign]), "log_whole")
    assert found[0] == answer and found[1].startswith(because)


def test_the_last_page_names_no_next():
    """Pages of which the last names no other are whole."""
    pages = [LOG | {"rows": 1000, "notes": "names a next page"}, LOG | {"file": "last.json", "rows": 12}]
    assert said(tenant(HOURLY, receipt=pages), "log_whole")[0] == "yes"


def test_rows_set_aside_are_counted():
    """What was not kept is said by kind; foreign rows and doubles alone leave the answer yes."""
    parted = LOG | {"rows": 10, "kept": 7, "duplicate": 1, "foreign": 2, "rejected": 0}
    assert said(tenant(receipt=[parted]), "rows") == ("yes", "7 of 10 rows were kept; 1 were met before; 2 are not of provisioning.")
    torn = LOG | {"rows": 8, "duplicate": 0, "foreign": 0, "rejected": 1}
    assert said(tenant(receipt=[torn]), "rows") == ("partly", "7 of 8 rows were kept; 1 could not be read.")
    undated = LOG | {"duplicate": 0, "foreign": 0, "rejected": 0, "notes": "created_at is not known in 3 rows: month or day first?"}
    assert said(tenant(receipt=[undated]), "rows")[0] == "partly"


def test_the_apps_list_must_say_names_and_flags():
    """Without the list no; without user names or flags, or with pages missing, partly."""
    assert said(tenant(), "app_users")[0] == "no"
    assert said(tenant(records=[{"target_id": "u1", "active": True}]), "app_users") == ("partly", "1 user of the app, without user names.")
    whole = [{"target_id": "u1", "active": True, "user_name": "a"}]
    short = [{"file": "scim.json", "form": "SCIM users", "notes": "the app says it has 9 users, 1 were read: pages are missing"}]
    assert said(tenant(records=whole), "app_users") == ("yes", "1 user of the app.")
    assert said(tenant(records=whole, receipt=short), "app_users")[0] == "partly"


def test_deleted_users_are_missed_not_guessed():
    """No list of deleted users: not known; an empty one is believed where it says what it lists, else in part; one with dates in full."""
    assert said(tenant(), "deleted_users") == ("no", "No list of deleted users was given.")
    empty = [{"file": "deleted_users.json", "form": "JSON without a record", "rows": 0}]
    assert said(tenant(receipt=empty), "deleted_users")[0] == "partly"
    told = [{"file": "x.json", "form": "Graph deleted users", "rows": 0}]
    assert said(tenant(receipt=told), "deleted_users") == ("yes", "Nobody was deleted in the 30 days before.")
    gone = {"object_id": "1", "is_deleted": True, "deleted_at": FIRST}
    assert said(tenant(users=[gone]), "deleted_users") == ("yes", "1 deleted user.")
    assert said(tenant(users=[gone | {"deleted_at": None}]), "deleted_users")[0] == "partly"


def test_what_a_list_leaves_out_is_not_false():
    """Entra's list without accountEnabled does not say who is disabled; a list without its time cannot date anything."""
    users = [{"object_id": "1", "file": "users.csv", "is_deleted": False}]
    assert said(tenant(users=users), "entra_users") == ("partly", "1 user of Entra; of 1 it is not said whether they are enabled.")
    assert said(tenant(users=users), "taken_at") == ("partly", "Not of users.csv.")
    assert said(tenant(users=[users[0] | {"enabled": True, "taken_at": FIRST}]), "taken_at") == ("yes", "Of Entra's users.")


def test_quarantine_is_not_known_rather_than_no():
    """A log without an error says nothing of the job; a list of jobs does."""
    assert said(tenant(HOURLY), "job") == ("no", "The log does not say it, and no list of jobs was given.")
    held = [{"job_id": "j", "status": "Quarantine", "quarantine_reason": "TooManyDeletes"}]
    assert said(tenant(jobs=held), "job") == ("yes", "j: Quarantine (TooManyDeletes).")


def test_audit_that_begins_later_answers_in_part():
    """A directory audit log shorter than the provisioning log leaves the first days without a cause."""
    assert said(tenant(HOURLY, audit=[{"at": hour(0)}, {"at": hour(9)}]), "audit")[0] == "yes"
    assert said(tenant(HOURLY, audit=[{"at": hour(40)}]), "audit")[0] == "partly"


def test_other_apps_are_named():
    """Rows of other apps are counted and named, and change no answer."""
    other = event(1, counted=False, app_name="Room Booking")
    assert said(tenant([*HOURLY, other]), "one_app") == ("yes", "1 row of others are in no count: Room Booking.")
    assert said(tenant([*HOURLY, other]), "log")[1].startswith("60 events")


def test_nobodys_zone_is_utc():
    """A zone that nobody gave is the default, and the page says so."""
    assert said(tenant(zone=("UTC", "default")), "zone")[0] == "partly"
    assert said(tenant(), "zone") == ("yes", "Europe/Berlin, by tenant.toml.")


def test_the_window_in_one_row():
    """One row says how much came in, of whom, and over which time."""
    given = tenant(
        [event(0, target_id="u1"), event(9, source="b", target_id="u2"), event(20, counted=False, app_name="other")],
        receipt=[LOG | {"rows": 9}],
    )
    assert quality.window(given).rows() == [(9, 7, hour(0), hour(9), 2, 2, 1)]


def test_hostile_names_are_only_words():
    """File names with markup, quotes or patterns of their own are quoted as they are and break nothing."""
    wild = LOG | {"file": "<img src=x>'\";(.*).json", "rows": 250_000}
    assert said(tenant(HOURLY, receipt=[wild]), "log_whole")[1].startswith(wild["file"])
