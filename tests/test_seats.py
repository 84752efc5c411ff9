"""When each record was active: ends that the log or the app saw are exact, the others are ranges that hold the truth."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from scimlab import seats
from scimlab.schema import EVENTS, INTERVALS, PEOPLE, RECORDS, Setting, Tenant


def on(day: str) -> datetime:
    """An instant, UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def event(at: str, action: str, record: str | None = "u1", **told) -> dict:
    """A success of the object `o-` of a record, unless told otherwise."""
    return {"at": on(at), "action": action, "target_id": record, "source_id": f"o-{record}", "status": "success"} | told


def tenant(events=(), *, records=(), users=(), as_of="2026-06-01", exclude=()) -> Tenant:
    """A tenant of typed rows: each dict a row, what it leaves out is null."""

    def frame(rows, given, file):
        return pl.DataFrame([{"file": file, "row": number, **row} for number, row in enumerate(rows, 1)], schema=given)

    return Tenant(
        name="contoso",
        settings={name: Setting(value, "parameter") for name, value in (("as_of", on(as_of)), ("zone", "UTC"), ("exclude", [*exclude]))},
        events=frame([{"counted": True, "object_type": "user", **row} for row in events], EVENTS, "log.json").lazy(),
        people=frame([{"is_deleted": False, **row} for row in users], PEOPLE, "users.csv"),
        records=frame(records, RECORDS, "app.csv"),
    )


def ends(found: pl.DataFrame) -> list[tuple]:
    """The ends of each interval, as short as they can be read: day and hour, None for open, one text where an end is exact."""
    texts = found.select(pl.selectors.datetime().dt.strftime("%m-%d %H:%M")).rows()
    return [(a if a == b else (a, b), c if c == d else (c, d)) for a, b, c, d in texts]


STORIES = {
    # on when created, off when disabled, on again when the flag is sent
    "a season": (
        [event("2026-03-01", "create"), event("2026-04-01", "disable"), event("2026-05-01", "update", sent_active=True)],
        [("03-01 00:00", "04-01 00:00"), ("05-01 00:00", ("06-01 00:00", None))],
    ),
    # a record made inactive is none; an update that carries no flag changes nothing
    "created inactive": (
        [event("2026-03-01", "create", sent_active=False), event("2026-03-02", "update"), event("2026-03-03", "update", sent_active=True)],
        [("03-03 00:00", ("06-01 00:00", None))],
    ),
    # the flag goes off by update as well, and a repeated word on it changes nothing
    "said twice": (
        [event("2026-03-01", "create"), event("2026-03-02", "update", sent_active=True), event("2026-03-05", "update", sent_active=False),
         event("2026-03-06", "disable")],
        [("03-01 00:00", "03-05 00:00")],
    ),
    # failures, skips and warnings prove nothing of the record
    "no success": (
        [event("2026-03-01", "create"), event("2026-03-02", "disable", status="failure"), event("2026-03-03", "disable", status="skipped")],
        [("03-01 00:00", ("06-01 00:00", None))],
    ),
    # a deleted record ends
    "deleted": ([event("2026-03-01", "create"), event("2026-03-09", "delete")], [("03-01 00:00", "03-09 00:00")]),
    # on and off at one instant is no span at all
    "no time": ([event("2026-03-01", "create"), event("2026-03-01", "disable")], []),
    # groups and rows of other apps are no seats
    "not counted": (
        [event("2026-03-01", "create", object_type="group"), event("2026-03-01", "create", "u2", counted=False)], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), STORIES.values(), ids=STORIES)
def test_what_the_log_saw_is_exact(events, expected):
    """Successes switch a record on and off at their instant; a span not seen to end is open after the last instant observed."""
    assert ends(seats.intervals(tenant(events))) == expected


def test_evidence_names_the_event():
    """Each end names what set it, when, and where that stands."""
    found = seats.intervals(tenant([event("2026-03-01", "create"), event("2026-04-01", "disable")]))
    assert found.select("person_id", "target_id", "kind", "on_evidence", "off_evidence").rows() == [
        (
            "o-u1",
            "u1",
            "member",
            "create succeeded, active 2026-03-01 00:00:00 UTC (log.json row 1)",
            "disable succeeded, inactive 2026-04-01 00:00:00 UTC (log.json row 2)",
        )
    ]


def test_on_before_the_log_began():
    """Active when the log begins: since creation at the earliest, since the log's first instant at the latest."""
    events = [event("2026-03-01", "create", "u0"), event("2026-04-01", "disable")]
    records = [{"target_id": "u1", "active": False, "taken_at": on("2026-06-01"), "created_at": on("2025-01-01")}]
    assert ends(seats.intervals(tenant(events, records=records)).filter(target_id="u1")) == [
        (("01-01 00:00", "03-01 00:00"), "04-01 00:00")
    ]
    assert ends(seats.intervals(tenant(events)).filter(target_id="u1")) == [((None, "03-01 00:00"), "04-01 00:00")]


def test_before_the_log_anything_may_have_been():
    """Inactive when the log begins: before it the record may have been active, and the evidence says that nothing tells."""
    events = [event("2026-03-01", "create", "u0"), event("2026-04-01", "update", sent_active=True)]
    found = seats.intervals(tenant(events)).filter(target_id="u1")
    assert ends(found) == [((None, "03-01 00:00"), (None, "03-01 00:00")), ("04-01 00:00", ("06-01 00:00", None))]
    assert found["on_evidence"][0].startswith("nothing says whether it was active")


def test_a_list_that_contradicts_the_log_is_a_range():
    """The log says disabled, the app still lists it active: it ended some time in between, or never, and the evidence says both."""
    records = [{"target_id": "u1", "active": True, "taken_at": on("2026-06-01")}]
    found = seats.intervals(tenant([event("2026-03-01", "create"), event("2026-04-01", "disable")], records=records))
    assert ends(found) == [
        ("03-01 00:00", ("04-01 00:00", "06-01 00:00")),
        (("04-01 00:00", "06-01 00:00"), ("06-01 00:00", None)),
    ]
    assert found["off_evidence"][0] == (
        "disable succeeded, inactive 2026-04-01 00:00:00 UTC (log.json row 2); "
        "yet listed by the app as active 2026-06-01 00:00:00 UTC (app.csv row 1)"
    )


def test_what_entra_matched_is_a_sight():
    """Found inactive by Entra's matching step: switched off by hand at an instant nobody saw; after an update, perhaps never on."""
    found_off = event("2026-04-01", "update", matched_target_id="u1", matched_active=False, status="skipped")
    assert ends(seats.intervals(tenant([event("2026-03-01", "create"), found_off]))) == [("03-01 00:00", ("03-01 00:00", "04-01 00:00"))]
    updated = [event("2026-02-01", "create", sent_active=False), event("2026-03-01", "update", sent_active=True), found_off]
    found = seats.intervals(tenant(updated))
    assert ends(found) == [(("03-01 00:00", "04-01 00:00"), ("03-01 00:00", "04-01 00:00"))]
    assert found["on_evidence"].item().startswith("sources disagree whether it was active: update succeeded")


def test_a_record_missing_from_the_apps_list_is_gone():
    """A record the log made and the app no longer lists was deleted there, between the last fact and the list."""
    records = [{"target_id": "u2", "active": True, "taken_at": on("2026-06-01")}]
    found = seats.intervals(tenant([event("2026-03-01", "create"), event("2026-03-01", "create", "u2")], records=records))
    assert ends(found.filter(target_id="u1")) == [("03-01 00:00", ("03-01 00:00", "06-01 00:00"))]
    assert found["off_evidence"][0].endswith("yet in no list of the app's 2026-06-01 00:00:00 UTC")


def test_lists_alone_give_bounds():
    """Two lists without a log: active at both, unknown between and before; a deactivation the app dates itself is exact."""
    records = [
        {"target_id": "u1", "active": True, "taken_at": on("2026-02-01"), "created_at": on("2026-01-01")},
        {"target_id": "u1", "active": True, "taken_at": on("2026-06-01"), "created_at": on("2026-01-01")},
        {"target_id": "u2", "active": False, "taken_at": on("2026-06-01"), "deactivated_at": on("2026-05-01")},
    ]
    assert ends(seats.intervals(tenant(records=records))) == [
        (("01-01 00:00", "02-01 00:00"), ("02-01 00:00", "06-01 00:00")),
        (("02-01 00:00", "06-01 00:00"), ("06-01 00:00", None)),
        ((None, "05-01 00:00"), "05-01 00:00"),
    ]


def test_unchanged_since_the_app_last_changed_it():
    """A record the app dates as last changed before the log, or before its list, has had its flag ever since."""
    dated = {"taken_at": on("2026-06-01"), "updated_at": on("2025-11-01"), "created_at": on("2025-01-01")}
    records = [{"target_id": "u1", "active": True} | dated, {"target_id": "u2", "active": False} | dated]
    found = seats.intervals(tenant([event("2026-03-01", "create", "u0")], records=records))
    assert ends(found.filter(target_id="u1")) == [(("01-01 00:00", "11-01 00:00"), ("06-01 00:00", None))]
    assert ends(found.filter(target_id="u2")) == [(("01-01 00:00", "11-01 00:00"), ("01-01 00:00", "11-01 00:00"))]


def test_a_date_older_than_the_log_knows_is_not_believed():
    """The app dates the last change before a disable that the log calls a success: the two contradict each other, as before."""
    records = [{"target_id": "u1", "active": True, "taken_at": on("2026-06-01"), "updated_at": on("2026-03-10")}]
    found = seats.intervals(tenant([event("2026-03-01", "create"), event("2026-04-01", "disable")], records=records))
    assert ends(found)[0] == ("03-01 00:00", ("04-01 00:00", "06-01 00:00"))


def test_a_change_that_entra_did_not_make_was_made_by_hand():
    """Changed while the log ran, and not by Entra: what the flag was before is not known. If most records were, the dates tell nothing."""
    records = [{"target_id": "u1", "active": True, "taken_at": on("2026-06-01"), "updated_at": on("2026-04-01")}]
    events = [event("2026-03-01", "create", "u0")]
    assert ends(seats.intervals(tenant(events, records=records)).filter(target_id="u1")) == [((None, "04-01 00:00"), ("06-01 00:00", None))]
    many = [records[0] | {"target_id": f"u{number}"} for number in range(1, 9)]
    found = seats.intervals(tenant(events, records=many))
    assert ends(found.filter(target_id="u1")) == [((None, "03-01 00:00"), ("06-01 00:00", None))]


def test_a_flag_that_entra_would_not_have_was_set_by_hand():
    """Active though its person is disabled, and changed while the log ran: active before only perhaps."""
    user = {"object_id": "1", "user_name": "a@example.org", "enabled": False}
    records = [{"target_id": f"u{n}", "user_name": f"{n}@example.org", "active": True, "taken_at": on("2026-06-01")} for n in range(8)]
    records = [each | {"updated_at": on("2026-04-01")} for each in records] + [
        records[0] | {"target_id": "u", "user_name": "a@example.org"}
    ]
    records[-1] |= {"updated_at": on("2026-04-01")}
    found = seats.intervals(tenant([event("2026-03-01", "create", "x")], records=records, users=[user]))
    assert ends(found.filter(target_id="u")) == [((None, "04-01 00:00"), ("06-01 00:00", None))]


def test_a_list_without_its_time_dates_nothing():
    """A list that does not say when it was taken cannot say when a record was active."""
    found = seats.intervals(tenant(records=[{"target_id": "u1", "active": True, "created_at": on("2026-01-01")}]))
    assert ends(found) == [(("01-01 00:00", "06-01 00:00"), ("01-01 00:00", None))]


def test_the_log_is_believed_over_the_apps_clock():
    """The app's own dates of one and the same change, hours apart from the log's, move no end and make no second span."""
    dated = {"created_at": on("2026-02-28 23:59"), "deactivated_at": on("2026-03-31 20:00")}
    records = [{"target_id": "u1", "active": False, "taken_at": on("2026-06-01")} | dated]
    found = seats.intervals(tenant([event("2026-03-01", "create"), event("2026-04-01", "disable")], records=records))
    assert ends(found) == [("03-01 00:00", "04-01 00:00")]


def test_kinds():
    """Guests, excluded accounts (with their reason) and records no user stands behind are told apart from members."""
    records = [{"target_id": each, "user_name": f"{each}@example.org", "active": True, "taken_at": on("2026-06-01")} for each in "abcd"]
    users = [
        {"object_id": "1", "user_name": "a@example.org"},
        {"object_id": "2", "user_name": "b_example.org#EXT#@contoso.example"},
        {"object_id": "3", "user_name": "c@example.org"},
    ]
    exclude = [{"address": "C@example.org", "reason": "kiosk"}]
    found = seats.intervals(tenant(records=records, users=users, exclude=exclude))
    assert found.select("person_id", "kind").rows() == [("1", "member"), ("2", "guest"), ("3", "service"), ("record:d", "unmanaged")]
    assert found.filter(kind="service")["on_evidence"].item().endswith("; excluded: kiosk")


def test_a_record_passed_on_is_split_between_its_people():
    """A record that Entra later wrote for somebody else counts for the first until then and for the second from then on."""
    events = [
        event("2026-03-01", "create", source_id="1", source_name="Mia Roth"),
        event("2026-04-01", "update", source_id="2", source_name="Tom Berg"),  # the address was given to Tom, who got her record
        event("2026-05-01", "disable", source_id="2", source_name="Tom Berg"),
    ]
    found = seats.intervals(tenant(events))
    assert found["person_id"].to_list() == ["1", "2"] and ends(found) == [("03-01 00:00", "04-01 00:00"), ("04-01 00:00", "05-01 00:00")]
    assert found["off_evidence"][0] == "passed to another person 2026-04-01 00:00:00 UTC"
    back = tenant([events[0], event("2026-03-09", "disable", source_id="1", source_name="Mia Roth"), events[1] | {"sent_active": True}])
    found = seats.intervals(back)
    assert found.select("person_id", pl.col("on_at_max").dt.day()).rows() == [("1", 1), ("2", 1)]
    assert ends(found)[0] == ("03-01 00:00", "03-09 00:00")


def test_a_form_without_target_ids_counts_by_its_objects():
    """Where the log carries no target id the object stands for its record, and an event that lacks it borrows it from another."""
    bare = [event("2026-03-01", "create", None, source_id="x"), event("2026-04-01", "disable", None, source_id="x")]
    found = seats.intervals(tenant(bare))
    assert found.select("person_id", "target_id").rows() == [("x", None)] and ends(found) == [("03-01 00:00", "04-01 00:00")]
    lent = [event("2026-03-01", "create"), event("2026-04-01", "disable", None, source_id="o-u1")]
    assert seats.intervals(tenant(lent))["target_id"].to_list() == ["u1"]


def test_a_log_that_falls_silent_was_cut():
    """A log of many instants that ends long before the app's list reaches to its last event; what came after is not known."""
    steady = [event((on("2026-03-01") + timedelta(hours=hour)).isoformat()[:19], "update", "u0") for hour in range(48)]
    records = [{"target_id": "u1", "active": True, "taken_at": on("2026-06-01")}]
    found = seats.intervals(tenant([event("2026-03-01", "create"), *steady], records=records)).filter(target_id="u1")
    assert ends(found) == [
        ("03-01 00:00", ("03-02 23:00", "06-01 00:00")),
        (("03-02 23:00", "06-01 00:00"), ("06-01 00:00", None)),
    ]


def test_judged_earlier_what_came_later_is_unknown():
    """As of an earlier instant, later facts are not yet known."""
    events = [event("2026-03-01", "create"), event("2026-04-01", "disable")]
    assert ends(seats.intervals(tenant(events, as_of="2026-03-15"))) == [("03-01 00:00", ("03-15 00:00", None))]


def test_nothing_known():
    """An empty tenant gives an empty frame of the full schema."""
    assert seats.intervals(tenant()).equals(INTERVALS.to_frame())
