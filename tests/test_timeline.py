"""Everything known of a person stands on one line of time, from whichever export, and nothing of anybody else."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from scimlab import timeline
from scimlab.errors import UsageError
from scimlab.schema import ACTIVITY, ASSIGNMENTS, AUDIT, DESKS, EVENTS, INVOICE, PEOPLE, RECORDS, ROSTER, TIMELINE, Setting, Tenant


def on(text: str) -> datetime:
    """An instant, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


ADA = {
    "events": (EVENTS, [
        {"at": on("2026-03-01"), "action": "create", "status": "success", "source_id": "1", "target_id": "u1", "sent_active": True},
        {"at": on("2026-05-02"), "action": "update", "status": "failure", "source_id": "1", "cause": "duplicate_conflict",
         "retry_count": 2},
        {"at": on("2026-05-03"), "action": "other", "status": "skipped", "source_id": "2"},  # somebody else's
    ]),
    "people": (PEOPLE, [
        {"object_id": "1", "user_name": "ada@example.org", "enabled": False, "created_at": on("2026-02-01"), "taken_at": on("2026-06-01")},
        {"object_id": "2", "user_name": "bo@example.org", "enabled": True, "taken_at": on("2026-06-01")},
    ]),
    "records": (RECORDS, [{"target_id": "u1", "user_name": "ada@example.org", "active": True, "deactivated_at": on("2026-04-01")}]),
    "assignments": (ASSIGNMENTS, [{"principal_id": "1", "created_at": on("2026-02-02"), "group_id": "g"}]),
    "audit": (AUDIT, [
        {"at": on("2026-05-01"), "object_id": "1", "activity": "Disable account", "actor": "op@example.org", "property": "AccountEnabled",
         "old_value": "true", "new_value": "false"},
    ]),
    "activity": (ACTIVITY, [{"at": on(f"2026-04-09T0{hour}:00"), "user_name": "ADA@example.org", "kind": "sign_in"} for hour in (7, 8, 9)]),
    "roster": (ROSTER, [
        {"address": "ada@example.org", "intent": "may_return", "leaves_on": date(2026, 9, 1), "returns_on": date(2027, 5, 1)},
    ]),
    "invoice": (INVOICE, [{"target_id": "u1", "billed_on": date(2026, 5, 31), "quantity": 1.0}]),
    "desks": (DESKS, [{"target_id": "u1", "desk": "3.14", "from_at": on("2026-03-02"), "until_at": on("2026-04-01")}]),
}  # fmt: skip


def tenant(exports: dict, zone: str = "Europe/Berlin") -> Tenant:
    """A tenant of these rows, each with its place."""
    frames = {
        name: pl.DataFrame([{"file": f"{name}.csv", "row": number, **row} for number, row in enumerate(rows, 1)], schema=given)
        for name, (given, rows) in exports.items()
    }
    if "events" in frames:
        frames["events"] = frames["events"].with_columns(object_type=pl.lit("user"), counted=pl.col("counted").fill_null(True)).lazy()
    known = {"as_of": on("2026-06-01"), "zone": zone, "exclude": []}
    return Tenant("contoso", {name: Setting(value, "typed") for name, value in known.items()}, **frames)


LINE = [
    ("2026-02-01 00:00", "directory", "created in Entra", None),
    ("2026-02-02 00:00", "directory", "assigned to the app", "by group g"),
    ("2026-03-01 00:00", "provisioning", "created the record", "sent as active"),
    ("2026-03-02 00:00", "app", "desk taken", "3.14"),
    ("2026-04-01 00:00", "app", "desk given up", "3.14"),
    ("2026-04-01 00:00", "app", "record deactivated", "u1"),
    ("2026-04-09 07:00", "activity", "sign in", None),
    ("2026-05-01 00:00", "audit", "Disable account", "AccountEnabled: true -> false; by op@example.org"),
    ("2026-05-02 00:00", "provisioning", "failed to update the record", None),
    ("2026-05-30 22:00", "billing", "billed", "quantity 1.0"),  # the 31st in Berlin
    ("2026-06-01 00:00", "directory", "listed as disabled", "ada@example.org"),
    ("2026-08-31 22:00", "roster", "is to leave", "may return"),
    ("2027-04-30 22:00", "roster", "is to return", "may return"),
    (None, "app", "listed as active", "u1; user name ada@example.org"),  # a list that does not say when it was taken
]


@pytest.mark.parametrize("asked", ["1", "u1", " Ada@Example.org"], ids=["object id", "target id", "address"])
def test_every_lane_in_order(asked):
    """By whichever alias: what log, lists, audit, roster, bill and desks say, in order of time, the undated last."""
    found = timeline.events(tenant(ADA), [asked])
    assert found.schema == TIMELINE and found["person_id"].unique().to_list() == ["1"]
    assert found.select(pl.col("at").dt.strftime("%Y-%m-%d %H:%M"), "lane", "what", "detail").rows() == LINE


def test_each_row_names_its_place():
    """Every row says which file and row it comes from."""
    found = timeline.events(tenant(ADA), ["1"])
    assert found.filter(lane="audit").select("file", "row").rows() == [("audit.csv", 1)]
    assert found.select("file", "row").null_count().row(0) == (0, 0)


def test_each_row_says_how_it_came_out():
    """What failed, what was seen in a list and what is only planned can be told apart, and a failure carries its cause."""
    found = timeline.events(tenant(ADA), ["1"])
    outcomes = dict(found.group_by("outcome").agg("what").rows())
    assert outcomes["failed"] == ["failed to update the record"]
    assert sorted(outcomes["seen"]) == ["listed as active", "listed as disabled"]
    assert outcomes["planned"] == ["is to leave", "is to return"]
    assert found.drop_nulls("cause").select("cause", "latest").rows() == [("duplicate_conflict", "retried 2 times before")]
    assert found.filter(lane="activity")["latest"].to_list() == ["3 times that day"]


def test_people_come_in_the_order_asked_and_once():
    """Several people, one asked for twice by other aliases: each once, in the order of asking."""
    found = timeline.events(tenant(ADA), ["2", "ada@example.org", "1"])
    assert found["person_id"].unique(maintain_order=True).to_list() == ["2", "1"]
    assert found.filter(person_id="2").select("lane", "what").rows() == [
        ("provisioning", "left the record as it was"),
        ("directory", "listed as enabled"),
    ]


def test_the_old_object_is_on_the_same_line():
    """What befell the object a person had before stands on the line of the one they have now."""
    old = "0f0e0d0c-0b0a-4908-8706-050403020100"
    gone = {"object_id": old, "user_name": f"{old.replace('-', '')}ada@example.org", "is_deleted": True, "deleted_at": on("2026-01-05")}
    given = ADA | {"people": (PEOPLE, [*ADA["people"][1], gone])}
    found = timeline.events(tenant(given), ["1"])
    assert ("directory", "deleted in Entra") in found.select("lane", "what").rows()


def test_an_address_shared_over_time_tells_by_id():
    """Rows that carry an id go to its bearer, though another bears the address now."""
    passed = [
        {"object_id": "1", "user_name": "kim@example.org", "employee_id": "7", "is_deleted": True, "deleted_at": on("2026-01-01")},
        {"object_id": "2", "user_name": "kim@example.org", "employee_id": "8", "created_at": on("2026-02-01")},
    ]
    audit = [{"at": on("2026-01-01"), "object_id": "1", "user_name": "kim@example.org", "activity": "Delete user"}]
    given = {"people": (PEOPLE, passed), "audit": (AUDIT, audit)}
    assert timeline.events(tenant(given), ["2"]).filter(lane="audit").is_empty()
    assert timeline.events(tenant(given), ["1"]).filter(lane="audit").height == 1


def test_a_stranger_is_refused():
    """Somebody whom no export knows is refused with the nearest alias, not shown an empty line."""
    with pytest.raises(UsageError, match="'ada@exmaple.org'.*nearest known is 'ada@example.org'"):
        timeline.events(tenant(ADA), ["ada@exmaple.org"])


def test_other_apps_are_another_story():
    """Events of an app that is not counted stand on no line."""
    other = {"at": on("2026-03-05"), "action": "create", "status": "success", "source_id": "1", "counted": False}
    given = ADA | {"events": (EVENTS, [*ADA["events"][1], other])}
    assert on("2026-03-05") not in timeline.events(tenant(given), ["1"])["at"].to_list()


def test_a_day_without_midnight_begins_at_one():
    """Where clocks leap over midnight the day begins an hour later, and is not lost."""
    roster = [{"object_id": "1", "leaves_on": date(2018, 11, 4)}]
    found = timeline.events(tenant(ADA | {"roster": (ROSTER, roster)}, zone="America/Sao_Paulo"), ["1"])
    assert found.filter(what="is to leave")["at"].to_list() == [on("2018-11-04 03:00")]


def test_nobody_asked_is_nothing():
    """Nobody asked for gives an empty frame of the full schema."""
    assert timeline.events(tenant(ADA), []).equals(TIMELINE.to_frame())
