"""Which aliases are one person: ids first, proven clean addresses then, and never against what speaks otherwise."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimlab import people
from scimlab.errors import UsageError
from scimlab.schema import AUDIT, EVENTS, IDENTITIES, PEOPLE, RECORDS, Setting, Tenant

OLD, NEW = "0f0e0d0c-0b0a-4908-8706-050403020100", "11111111-2222-4333-8444-555566667777"
PREFIX = OLD.replace("-", "")


def on(day: str) -> datetime:
    """The first instant of a day, UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def tenant(*, events=(), users=(), records=(), audit=(), as_of="2026-06-01", shuffled=False) -> Tenant:
    """A tenant of typed rows: each dict a row, what it leaves out is null."""

    def frame(rows, given, file):
        typed = pl.DataFrame([{"file": file, "row": number, **row} for number, row in enumerate(rows, 1)], schema=given)
        return typed.sample(fraction=1, shuffle=True, seed=7) if shuffled else typed

    logged = [
        {"counted": True, "object_type": "user", "status": "success", "event_id": f"e{number}", **row} for number, row in enumerate(events)
    ]
    return Tenant(
        name="contoso",
        settings={"as_of": Setting(on(as_of), "parameter"), "zone": Setting("UTC", "default"), "exclude": Setting([], "default")},
        events=frame(logged, EVENTS, "log.json").lazy(),
        people=frame([{"is_deleted": False, **row} for row in users], PEOPLE, "users.csv"),
        records=frame(records, RECORDS, "app.csv"),
        audit=frame([{"object_type": "User", **row} for row in audit], AUDIT, "audit.json"),
    )


def persons(given: Tenant, kind: str | None = None) -> dict[str, str]:
    """Alias -> person id."""
    found = people.identities(given)
    found = found.filter(pl.col("alias_kind") == kind) if kind else found.filter(pl.col("alias_kind").is_in(["object_id", "target_id"]))
    return dict(found.select("alias", "person_id").iter_rows())


RETURNED = {
    "events": [
        {"at": on("2026-02-01"), "source_id": OLD, "source_user_name": "ada@example.org", "target_id": "u1", "action": "create"},
        # the account made after the old one was purged is refused: the address is taken
        {"at": on("2026-05-01"), "source_id": NEW, "source_user_name": "ada@example.org", "action": "create", "status": "failure"},
    ],
    "users": [{"object_id": NEW, "user_name": "ada@example.org", "created_at": on("2026-04-20")}],
    # the app kept the name that Entra wrote when the old account was deleted
    "records": [{"target_id": "u1", "user_name": f"{PREFIX}ada@example.org", "external_id": OLD, "active": False}],
}


def test_a_returned_person_is_one():
    """The old object, the record it left and the new object are one person, who goes by the live object."""
    assert persons(tenant(**RETURNED)) == {OLD: NEW, NEW: NEW, "u1": NEW}


def test_evidence_names_file_and_row():
    """Each alias says how sure it is and what it rests on, down to file and row."""
    found = people.identities(tenant(**RETURNED)).filter(pl.col("alias_kind") != "address")
    assert found.select("alias_kind", "alias", "strength", "evidence").rows() == [
        ("external_id", OLD, "probable", "external id of u1 (app.csv row 1)"),
        ("object_id", OLD, "probable", "both bore the user name ada@example.org (log.json row 1; users.csv row 1)"),
        ("object_id", NEW, "confirmed", "users.csv row 1"),
        ("target_id", "u1", "probable", "the log links them: create success of 2026-02-01 00:00 UTC (log.json row 1)"),
    ]


def test_the_name_in_the_app_is_proof_enough():
    """Without a log, the id decoded from the record's name and the clean rest unite old object, record and new object."""
    found = people.identities(tenant(users=RETURNED["users"], records=[{"target_id": "u1", "user_name": f"{PREFIX}Ada@example.org"}]))
    assert persons(tenant(users=RETURNED["users"], records=[{"target_id": "u1", "user_name": f"{PREFIX}Ada@example.org"}])) == {
        OLD: NEW,
        NEW: NEW,
        "u1": NEW,
    }
    assert found.filter(alias=OLD)["strength"].item() == "probable"  # nobody else ever mentions that id


def test_a_prefix_that_nothing_confirms_is_suspect():
    """An id decoded from a name whose rest nobody bears is kept as suspect, and the record leads the person itself."""
    found = people.identities(tenant(records=[{"target_id": "u9", "user_name": f"{PREFIX}gone@example.org"}]))
    assert found.filter(alias_kind="object_id").rows() == [
        ("record:u9", "object_id", OLD, "suspect", f"its name {PREFIX}gone@example.org begins with the object id {OLD} (app.csv row 1)")
    ]


def test_a_deleted_user_confirms_the_prefix():
    """The deleted-users export knows the id in front of the record's name, so the link is confirmed."""
    found = people.identities(
        tenant(
            users=[{"object_id": OLD, "user_name": f"{PREFIX}ada@example.org", "is_deleted": True, "deleted_at": on("2026-05-20")}],
            records=[{"target_id": "u1", "user_name": f"{PREFIX}ada@example.org"}],
        )
    )
    assert found.filter(alias="u1").select("person_id", "strength").rows() == [(OLD, "confirmed")]


def test_a_staff_number_makes_a_returned_person_certain():
    """The same clean name and the same staff number: confirmed, not probable."""
    users = [{"object_id": NEW, "user_name": "ada@example.org", "employee_id": " 0042 ", "created_at": on("2026-04-20")}]
    deleted = {"object_id": OLD, "user_name": f"{PREFIX}ada@example.org", "employee_id": "0042", "is_deleted": True}
    found = people.identities(tenant(users=[*users, deleted | {"deleted_at": on("2026-03-01")}]))
    assert found.filter(alias=OLD).select("person_id", "strength").rows() == [(NEW, "confirmed")]


APART = {
    # the address was given to somebody else after the first had left
    "other staff number": [
        {"object_id": OLD, "user_name": f"{PREFIX}kim@example.org", "is_deleted": True, "deleted_at": on("2026-01-01"), "employee_id": "1"},
        {"object_id": NEW, "user_name": "kim@example.org", "created_at": on("2026-02-01"), "employee_id": "2"},
    ],
    # both stand in the list of live users: a member and a guest of one address
    "both live": [
        {"object_id": OLD, "user_name": "kim@example.org"},
        {"object_id": NEW, "user_name": "kim_example.org#EXT#@contoso.example"},
    ],
    # the second was there before the first was deleted
    "lives overlap": [
        {"object_id": OLD, "user_name": f"{PREFIX}kim@example.org", "is_deleted": True, "created_at": on("2025-01-01")}
        | {"deleted_at": on("2026-03-01")},
        {"object_id": NEW, "user_name": "kim@example.org", "created_at": on("2026-02-01")},
    ],
    # two people read the team's mailbox
    "shared mailbox": [
        {"object_id": OLD, "user_name": "a@example.org", "mail": "team@example.org", "display_name": "Team"},
        {"object_id": NEW, "user_name": "b@example.org", "mail": "team@example.org", "display_name": "Team"},
    ],
    # the team's mailbox passed from one to the next, while a third read it too
    "shared mailbox over time": [
        {"object_id": OLD, "user_name": "a@example.org", "mail": "team@example.org", "display_name": "Team", "is_deleted": True}
        | {"created_at": on("2025-01-01"), "deleted_at": on("2026-01-01")},
        {"object_id": NEW, "user_name": "b@example.org", "mail": "team@example.org", "display_name": "Team"}
        | {"created_at": on("2026-02-01")},
        {"object_id": "third", "user_name": "c@example.org", "mail": "team@example.org", "created_at": on("2025-01-01")},
    ],
    # a name that carries somebody else's id is not that somebody's
    "another's prefix": [
        {"object_id": OLD, "user_name": "a@example.org"},
        {"object_id": NEW, "user_name": f"{PREFIX}b@example.org", "is_deleted": True, "deleted_at": on("2026-02-01")},
    ],
    # a mail address alone is no sign: nothing else says they are one
    "only the mail": [
        {"object_id": OLD, "user_name": "a@example.org", "mail": "m@example.org", "is_deleted": True, "deleted_at": on("2026-01-01")},
        {"object_id": NEW, "user_name": "b@example.org", "mail": "m@example.org", "created_at": on("2026-02-01")},
    ],
}  # fmt: skip


@pytest.mark.parametrize("users", APART.values(), ids=APART)
def test_what_speaks_against_it_keeps_people_apart(users):
    """Two people who share an address are never made one when staff number, time or the kind of address speaks against it."""
    assert persons(tenant(users=users)) == {user["object_id"]: user["object_id"] for user in users}


def test_the_log_knows_who_was_there_at_once():
    """Without a list of users, a create that succeeded and an object later seen enabled tell that two were there at once."""
    log = [
        {"at": on("2026-03-01"), "source_id": OLD, "source_user_name": "kim@example.org", "target_id": "u1", "action": "create"},
        {"at": on("2026-03-15"), "source_id": NEW, "source_user_name": "kim@example.org", "target_id": "u2", "action": "create"},
        {"at": on("2026-04-01"), "source_id": OLD, "target_id": "u1", "action": "update", "source_soft_deleted": False},
    ]
    assert persons(tenant(events=log)) == {OLD: OLD, NEW: NEW, "u1": OLD, "u2": NEW}
    assert persons(tenant(events=log[:2])) == {OLD: NEW, NEW: NEW, "u1": NEW, "u2": NEW}  # one after the other, for all that is known


def test_made_anew_the_instant_the_old_one_went():
    """Deleted and made anew at one instant are one after the other, not at once."""
    old = {"object_id": OLD, "user_name": f"{PREFIX}ada@example.org", "is_deleted": True, "deleted_at": on("2026-02-01")}
    assert persons(tenant(users=[old, {"object_id": NEW, "user_name": "ada@example.org", "created_at": on("2026-02-01")}])) == {
        OLD: NEW,
        NEW: NEW,
    }


def test_a_records_staff_number_counts_against_an_address_only():
    """A record of another staff number is not the bearer's of its address, unless an id says so: ids outweigh what it was filled with."""
    users = [{"object_id": NEW, "user_name": "kim@example.org", "employee_id": "2"}]
    record = {"target_id": "u1", "user_name": "kim@example.org", "employee_id": "1"}
    assert persons(tenant(users=users, records=[record])) == {NEW: NEW, "u1": "record:u1"}
    assert persons(tenant(users=users, records=[record | {"external_id": NEW}])) == {NEW: NEW, "u1": NEW}


def test_a_staff_number_picks_among_many_bearers():
    """Of three who bore a name one after the other, a record that no id links is of the one with its staff number."""
    bearers = [
        {"object_id": each, "user_name": "kim@example.org", "employee_id": each, "is_deleted": each != "3"}
        | {"created_at": on(f"2026-0{each}-01"), "deleted_at": None if each == "3" else on(f"2026-0{each}-20")}
        for each in "123"
    ]
    record = {"target_id": "u1", "user_name": "kim@example.org", "employee_id": "1", "created_at": on("2026-02-10")}
    assert persons(tenant(users=bearers, records=[record])) == {"1": "1", "2": "2", "3": "3", "u1": "1"}


def test_one_who_returned_twice_stays_one_beside_the_next_bearer():
    """Two old objects of one person are one, though the name is now borne by somebody else."""
    old = {"user_name": "kim@example.org", "display_name": "Kim Roth", "is_deleted": True}
    users = [
        old | {"object_id": "1", "created_at": on("2026-01-01"), "deleted_at": on("2026-01-20")},
        old | {"object_id": "2", "created_at": on("2026-02-01"), "deleted_at": on("2026-02-20")},
        {"object_id": "3", "user_name": "kim@example.org", "display_name": "Tom Berg", "created_at": on("2026-03-01")},
    ]
    assert persons(tenant(users=users)) == {"1": "2", "2": "2", "3": "3"}


def test_a_third_holder_does_not_bridge_two_people():
    """A record linked to both of two live users goes to the one that Entra wrote last, and unites nobody."""
    events = [
        {"at": on("2026-02-01"), "source_id": OLD, "target_id": "u1", "action": "update"},
        {"at": on("2026-03-01"), "source_id": NEW, "target_id": "u1", "action": "update"},  # the wrong link
    ]
    users = [{"object_id": OLD, "user_name": "a@example.org"}, {"object_id": NEW, "user_name": "b@example.org"}]
    assert persons(tenant(events=events, users=users)) == {OLD: OLD, NEW: NEW, "u1": NEW}


def test_a_name_given_up_by_a_rename_passes_to_another():
    """Who was renamed before leaving no longer bore the old name; who bears it now is somebody else."""
    events = [
        {"at": on("2026-01-01"), "source_id": OLD, "source_user_name": "kim@example.org", "target_id": "u1", "action": "create"},
        {"at": on("2026-02-01"), "source_id": OLD, "source_user_name": "kim.b@example.org", "target_id": "u1", "action": "update"},
    ]
    users = [{"object_id": NEW, "user_name": "kim@example.org", "created_at": on("2026-03-01")}]
    assert persons(tenant(events=events, users=users)) == {OLD: OLD, NEW: NEW, "u1": OLD}


def test_same_mail_and_staff_number_unite_under_a_new_name():
    """A returned person with a new user name is known by the mail and the staff number together."""
    old = {"object_id": OLD, "user_name": "ada@example.org", "mail": "ada@mail.example", "employee_id": "7"}
    new = {"object_id": NEW, "user_name": "ada.k@example.org", "mail": "Ada@mail.example", "employee_id": "7"}
    users = [old | {"is_deleted": True, "deleted_at": on("2026-01-01")}, new | {"created_at": on("2026-02-01")}]
    assert persons(tenant(users=users)) == {OLD: NEW, NEW: NEW}


def test_a_role_account_passed_on_is_two_people():
    """One user name under two display names without a word in common is two people, record adopted or not; a changed surname is one."""
    old = {"object_id": OLD, "user_name": f"{PREFIX}intern1@example.org", "display_name": "Mia Roth", "is_deleted": True}
    new = {"object_id": NEW, "user_name": "intern1@example.org", "display_name": "Tom Berg", "created_at": on("2026-02-01")}
    users = [old | {"deleted_at": on("2025-09-01")}, new]
    adopted = [
        {"at": on("2025-06-01"), "source_id": OLD, "target_id": "u1", "action": "create"},
        {"at": on("2026-02-01"), "source_id": NEW, "target_id": "u1", "action": "update"},
    ]
    assert persons(tenant(users=users, events=adopted)) == {OLD: OLD, NEW: NEW, "u1": NEW}
    assert persons(tenant(users=[users[0], new | {"display_name": "Berg, Mia"}])) == {OLD: NEW, NEW: NEW}
    assert persons(tenant(users=[each | {"employee_id": "7"} for each in users])) == {OLD: NEW, NEW: NEW}


def test_a_guest_is_one_with_the_rewritten_name():
    """alias_domain#EXT#@tenant in Entra and alias@domain in the app are one person."""
    users = [{"object_id": NEW, "user_name": "grace_partner.example#EXT#@contoso.example"}]
    assert persons(tenant(users=users, records=[{"target_id": "u1", "user_name": "grace@partner.example"}])) == {NEW: NEW, "u1": NEW}


def test_names_that_differ_by_case_are_one_and_noted():
    """Two spellings that differ by case are one address; the evidence keeps both."""
    users = [{"object_id": NEW, "user_name": "Pat.Lee@Example.org"}]
    found = people.identities(tenant(users=users, records=[{"target_id": "u1", "user_name": "pat.lee@example.org"}]))
    assert found.filter(alias_kind="address").select("person_id", "alias").rows() == [(NEW, "pat.lee@example.org")]
    assert "spelled Pat.Lee@Example.org, pat.lee@example.org" in found.filter(alias_kind="address")["evidence"].item()


def test_an_external_id_that_is_no_object_id_links_nothing():
    """A staff number or nickname as external id is listed and said to be no object id; two records that share one stay apart."""
    records = [
        {"target_id": "u1", "user_name": "a@example.org", "external_id": "nick"},
        {"target_id": "u2", "user_name": "b@example.org", "external_id": "nick"},
    ]
    found = people.identities(tenant(records=records))
    assert found.filter(alias_kind="target_id")["person_id"].to_list() == ["record:u1", "record:u2"]
    assert found.filter(alias_kind="external_id")["evidence"].str.contains("not an object id").all()


@pytest.mark.parametrize(("external_id", "strength"), [("staff-7", "confirmed"), (OLD, "probable")], ids=["known id", "shape of an id"])
def test_an_external_id_that_is_an_object_id_links(external_id, strength):
    """An external id links a record to a known object whatever its shape; an unknown one only where it has the shape of an id."""
    users = [{"object_id": "Staff-7", "user_name": "a@example.org"}]
    found = people.identities(tenant(users=users, records=[{"target_id": "u1", "user_name": "z@example.org", "external_id": external_id}]))
    of_record = found.filter(alias="u1")["person_id"].item()
    linked = found.filter(pl.col("person_id") == of_record, alias_kind="object_id")
    assert (linked["alias"].item().lower(), linked["strength"].item()) == (
        external_id.lower(),
        "confirmed" if external_id == "staff-7" else "probable",
    )
    assert strength == linked["strength"].item()


def test_groups_and_other_apps_are_nobody():
    """Groups, and events of an app that is not counted, are nobody."""
    events = [
        {"at": on("2026-02-01"), "source_id": "g", "target_id": "t", "object_type": "group", "action": "create"},
        {"at": on("2026-02-01"), "source_id": "x", "target_id": "y", "counted": False, "action": "create"},
    ]
    assert people.identities(tenant(events=events)).equals(IDENTITIES.to_frame())


def test_nothing_known_is_nobody():
    """An empty tenant gives an empty frame of the full schema."""
    assert people.identities(tenant()).schema == IDENTITIES and people.identities(tenant()).is_empty()


def test_audit_knows_purged_users():
    """A purged user whom only the audit names is known, so the id in front of the record's name is confirmed."""
    audit = [{"at": on("2026-03-01"), "object_id": OLD, "user_name": f"{PREFIX}ada@example.org", "activity": "Delete user"}]
    found = people.identities(tenant(audit=audit, records=[{"target_id": "u1", "user_name": f"{PREFIX}ada@example.org"}]))
    assert found.filter(alias="u1").select("person_id", "strength").rows() == [(OLD, "confirmed")]


def test_anybody_is_found_by_any_alias():
    """Person ids are found by object id, target id and address, in any case; a stranger is refused with the nearest alias."""
    found = people.identities(tenant(**RETURNED))
    assert people.person_ids(found, [OLD.upper(), "u1", " ADA@example.org "]) == [NEW]
    with pytest.raises(UsageError, match=r"'adda@example.org'.*nearest known is 'ada@example.org'"):
        people.person_ids(found, ["adda@example.org"])


NAMES = st.sampled_from(
    ["a@example.org", "A@example.org", f"{PREFIX}a@example.org", "b@example.org", "team@example.org", None, "", "=1+1", "<b>@x"]
)
DAYS = st.sampled_from([None, *(on(f"2026-0{month}-01") for month in range(1, 6))])
IDS = st.sampled_from([OLD, NEW, OLD.upper(), "x", "é"])
USERS = st.fixed_dictionaries(
    {"object_id": IDS, "user_name": NAMES, "mail": NAMES, "employee_id": st.sampled_from([None, "1", "2", ""]), "is_deleted": st.booleans(),
     "created_at": DAYS, "deleted_at": DAYS, "taken_at": DAYS, "display_name": st.sampled_from([None, "Ann B", "Cy D"])}
)  # fmt: skip
LOGGED = st.fixed_dictionaries(
    {"at": DAYS.filter(bool), "source_id": IDS, "target_id": st.sampled_from([None, "u1", "u2"]), "source_user_name": NAMES,
     "sent_mail": NAMES, "action": st.sampled_from(["create", "update", "other"]), "status": st.sampled_from(["success", "failure"])}
)  # fmt: skip
RECORD = st.fixed_dictionaries({"target_id": st.sampled_from(["u1", "u2", "u3"]), "user_name": NAMES, "external_id": IDS, "mail": NAMES})


@given(st.lists(USERS, max_size=5), st.lists(LOGGED, max_size=5), st.lists(RECORD, max_size=3))
def test_any_rows_give_one_person_an_id(users, events, records):
    """Whatever the rows: an id is one person's, no two users live at once are one, and the order of rows changes nothing."""
    given_rows = {"users": users, "events": events, "records": records}
    found = people.identities(tenant(**given_rows))
    ids = found.filter(pl.col("alias_kind").is_in(["object_id", "target_id"]))
    assert not ids.select("alias_kind", pl.col("alias")).is_duplicated().any()
    assert found.select("strength", "person_id").null_count().row(0) == (0, 0)
    live = {row["object_id"].lower() for row in users if not row["is_deleted"] and row["taken_at"] is None}
    owners = (
        ids.filter(pl.col("alias").str.to_lowercase().is_in(live))
        .group_by(pl.col("alias").str.to_lowercase())
        .agg(pl.col("person_id").unique())
    )
    flat = owners["person_id"].explode()
    assert flat.n_unique() == len(live) == len(flat)
    unmoved = ["person_id", "alias_kind", "alias", "strength"]
    assert people.identities(tenant(**given_rows, shuffled=True)).select(unmoved).equals(found.select(unmoved))
