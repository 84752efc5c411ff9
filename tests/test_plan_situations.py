"""Which situation a person is in, by what the log, the users and the records say together."""

import pytest
from typed_events import instant
from typed_tenants import NEW, OLD, OLD_PREFIX, OTHER, RETRIED, steps, tenant

from scimlab import causes, plan, schema, storms

LIVE = f"{NEW} mona@example.org enabled"
CORRUPTED = f"t1 {OLD_PREFIX}mona@example.org mona@example.org inactive"
SOMEBODY_DELETED = f"{OTHER} {OTHER.replace('-', '')}zoe@example.org deleted 39d0"
OLD_DELETED = f"{OLD} {OLD_PREFIX}mona@example.org deleted"


def told(**inputs: list[str]) -> dict[str, str]:
    """The situations found, and the day each is due."""
    found = steps(**inputs).unique(["situation", "person_id"])
    return {row["situation"]: row["deadline_at"] for row in found.iter_rows(named=True)}


ESCROW_ENDS = instant("65d9")  # 28 days after the first of RETRIED


@pytest.mark.parametrize(
    ("more", "situation", "deadline"),
    [
        pytest.param({"records": []}, "records_not_given", ESCROW_ENDS, id="no records: nothing can be told"),
        pytest.param({"accounts": [LIVE, SOMEBODY_DELETED]}, "name_corrupted_blocks_return", ESCROW_ENDS, id="not among the deleted: gone"),
        pytest.param(
            {"accounts": [LIVE, OLD_DELETED + " 10d1"]}, "recreated_while_restorable", instant("40d1"), id="restorable for an hour"
        ),
        pytest.param(
            {"accounts": [LIVE, OLD_DELETED + " 10d0"]}, "name_corrupted_blocks_return", ESCROW_ENDS, id="deleted 30 days ago: gone"
        ),
        pytest.param({}, "deleted_users_not_given", None, id="no deleted users, nothing else known"),
        pytest.param(
            {"records": [CORRUPTED + " 20d0"]}, "deleted_users_not_given", instant("50d0"), id="renamed 20 days ago: might be restorable"
        ),
        pytest.param({"records": [CORRUPTED + " 9d0"]}, "name_corrupted_blocks_return", ESCROW_ENDS, id="renamed 31 days ago: gone"),
        pytest.param(
            {"log": [*RETRIED, f"{OLD} disable success 9d0"]}, "name_corrupted_blocks_return", ESCROW_ENDS, id="last heard of 31 days ago"
        ),
        pytest.param(
            {"log": [*RETRIED, f"{OLD} disable success 20d0"]}, "deleted_users_not_given", instant("50d0"), id="heard of 20 days ago"
        ),
        pytest.param(
            {"records": [CORRUPTED + " 9d0"], "log": [*RETRIED, f"{OLD} disable success 20d0"]},
            "deleted_users_not_given",
            instant("50d0"),
            id="of two signs of life the later one counts",
        ),
        pytest.param(
            {"log": [*RETRIED, f"{OLD} delete failure 38d0"]}, "name_corrupted_blocks_return", ESCROW_ENDS, id="its purge reached the app"
        ),
        pytest.param(
            {"purged": [OLD], "log": [line.replace(" 3", " ") for line in RETRIED]},
            "name_corrupted_blocks_return",
            None,
            id="28 days are over",
        ),
        pytest.param(
            {"purged": [OLD], "log": [f"{line} retry={3 + n}" for n, line in enumerate(RETRIED)]},
            "name_corrupted_blocks_return",
            instant("64d9"),
            id="three attempts before the log began: a day less",
        ),
        pytest.param({"purged": [OLD]}, "name_corrupted_blocks_return", ESCROW_ENDS, id="its purge is in the audit"),
        pytest.param(
            {"records": ["t9 zoe@example.org zoe@example.org active"]}, "record_hidden_or_elsewhere", ESCROW_ENDS, id="nothing visible"
        ),
        pytest.param(
            {"records": ["t1 mona@example.org mona@example.org inactive"]},
            "name_taken_by_visible_record",
            ESCROW_ENDS,
            id="clean, and refused",
        ),
        pytest.param(
            {"records": ["t1 mona@example.org mona@example.org inactive 39d10"]},
            "rematch_expected",
            ESCROW_ENDS,
            id="mended since the last attempt",
        ),
    ],
)
def test_refused_create(more, situation, deadline):
    """A name that is taken: what to do depends on who holds it, and whether the old account can still be restored."""
    assert told(**{"accounts": [LIVE], "records": [CORRUPTED], "log": RETRIED} | more) == {situation: deadline}


def test_old_account_is_alive():
    """A record that carries the id of an account that is there beside the new one belongs to another person."""
    both = {"accounts": [LIVE, f"{OLD} mona.reed@example.org enabled"], "records": [CORRUPTED], "log": RETRIED}
    assert told(**both).keys() == {"email_taken_by_other"}


def test_old_account_is_alive_and_nobody_knows_whose():
    """Without identities the same is left for a person to judge, never repaired by guess."""
    typed = tenant(accounts=[LIVE, f"{OLD} mona.reed@example.org enabled"], records=[CORRUPTED], log=RETRIED)
    nobody = schema.IDENTITIES.to_frame()
    found = plan.checklist(storms.retry_storms(typed.events, nobody), nobody, typed)
    assert found["situation"].unique().to_list() == ["record_of_live_account"]


def test_email_taken_by_other():
    """The user name is free but the e-mail belongs to somebody else's record: two people, and nothing is merged."""
    log = [line.replace("mona@", "box.2@") for line in RETRIED]
    accounts = [f"{NEW} box.2@example.org enabled", f"{OTHER} box.1@example.org enabled"]
    linked = f"{OTHER} update success 1d0 target=t1"
    found = steps(accounts=accounts, records=["t1 box.1@example.org box.2@example.org active"], log=[*log, linked])
    assert found["situation"].unique().to_list() == ["email_taken_by_other"]
    assert found["runbook"].unique().to_list() == ["R5"]
    assert not found["request"].drop_nulls().str.contains("PATCH").any()


def test_which_of_two_records():
    """Of two records in the way, one that holds the name goes before one that holds the e-mail, and the own before another's."""
    named = "t2 mona@example.org other@example.org active"
    linked = f"{OTHER} update success 1d0 target=t2 user=zoe@example.org"  # t2 is Zoe's
    zoe = f"{OTHER} zoe@example.org enabled"
    own_mail = f"t1 m.reed@example.org mona@example.org inactive of={NEW}"
    accounts = [LIVE, zoe, SOMEBODY_DELETED.replace(OTHER, OLD).replace(OTHER.replace("-", ""), OLD_PREFIX).replace("zoe", "uwe")]
    assert told(accounts=accounts, records=[own_mail, named], log=[*RETRIED, linked]).keys() == {"email_taken_by_other"}
    assert told(accounts=accounts, records=[own_mail], log=[*RETRIED, linked]).keys() == {"own_record_under_other_name"}


def test_rename_back_refused():
    """The restored account cannot take its name back, since a second record holds it: that record is named, not the linked one."""
    log = [f"{OLD} update failure {day}d9 cause=duplicate_conflict target=t1 user=mona@example.org" for day in (37, 38, 39)]
    records = [CORRUPTED, "t2 mona@example.org mona@example.org active"]
    found = steps(accounts=[f"{OLD} mona@example.org enabled"], records=records, log=log)
    assert found["situation"].unique().to_list() == ["rename_back_refused"]
    assert found.filter(found["request"].str.contains("PATCH"))["request"].str.contains("/Users/t2\n").all()


def test_rename_refused_by_an_orphan():
    """Somebody who has a record already, and whose new name an orphan holds, has two records; unless its owner can be restored."""
    log = [f"{NEW} update failure {day}d9 cause=duplicate_conflict target=t5 user=mona@example.org" for day in (37, 38, 39)]
    records = [CORRUPTED, "t5 m.reed@example.org m.reed@example.org active"]
    assert told(accounts=[LIVE, SOMEBODY_DELETED], records=records, log=log).keys() == {"rename_back_refused"}
    assert told(accounts=[LIVE, OLD_DELETED + " 20d0"], records=records, log=log).keys() == {"recreated_while_restorable"}


def test_an_outage_is_waited_for():
    """An outage that hits everybody is no defect to mend: each waits for the next attempt."""
    log = [f"p{n:02} update failure {day}d9 cause=target_unavailable" for n in range(12) for day in (37, 38, 39)]
    found = steps(log=log)
    assert found["situation"].unique().to_list() == ["retry_will_do"] and found["people"].sum() == found.height


def test_stale_link_names_the_lost_record():
    """For a link that leads nowhere, the steps name the record that is gone."""
    log = [f"{NEW} update failure {day}d9 cause=stale_link target=t7" for day in (37, 38, 39)]
    found = steps(accounts=[LIVE], records=["t1 zoe@example.org zoe@example.org active"], log=log)
    assert found["situation"].unique().to_list() == ["stale_link"]
    assert "/Users/t7" in found["request"][0]


@pytest.mark.parametrize("cause", causes.TABLE["cause"].to_list())
def test_every_cause_has_a_situation(cause):
    """No cause is left without a situation and a step."""
    found = told(accounts=[LIVE], records=[CORRUPTED], log=[f"{NEW} update failure {day}d9 cause={cause}" for day in (37, 38, 39)])
    assert len(found) == 1 and (found.keys() != {"unknown"} or cause in ("unknown", "nothing_to_do"))


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        pytest.param({}, {"restorable": instant("50d0")}, id="it is 20 days ago"),
        pytest.param({"accounts": [OLD_DELETED + " 10d0"]}, {}, id="30 days ago: no way back"),
        pytest.param({"accounts": [OLD_DELETED]}, {"restorable": None}, id="no date: the way back may be open"),
        pytest.param({"log": []}, {}, id="never had a record"),
        pytest.param({"leaving": [OLD]}, {}, id="leaves for good, says the roster"),
        pytest.param({"leaving": ["Mona@Example.org"]}, {}, id="leaves for good, says the roster by address"),
        pytest.param({"leaving": ["zoe@example.org"]}, {"restorable": instant("50d0")}, id="somebody else leaves"),
        pytest.param(
            {"accounts": [OLD_DELETED + " 20d0", f"{OTHER} mona@example.org enabled"]},
            {"restorable_name_taken": instant("50d0")},
            id="name re-issued",
        ),
    ],
)
def test_restorable(inputs, expected):
    """A deleted person with a record is told while the way back is open, unless known to leave."""
    lived = f"{OLD} create success 1d0 target=t1"  # whose the record is, known from the log
    if "restorable_name_taken" in expected:
        inputs |= {"log": [lived, f"{OTHER} create success 15d0 target=t2 user=mona@example.org"]}  # at one time with the old one
    assert told(**{"accounts": [OLD_DELETED + " 20d0"], "log": [lived]} | inputs) == expected


def test_recreated_without_a_storm():
    """A second account of somebody who can still be restored is told even when nothing fails."""
    accounts = [OLD_DELETED + " 20d0", LIVE]
    found = steps(accounts=accounts, records=[CORRUPTED], log=[f"{OLD} create success 1d0 target=t1 user=mona@example.org"])
    assert found["situation"].unique().to_list() == ["recreated_while_restorable"]
    assert found["deadline_at"].unique().to_list() == [instant("50d0")]


def test_ghost_seat():
    """An account that is on neither list is gone; its record, still active, is switched off by hand: nobody is assigned any more."""
    log = [f"{OLD} disable failure {day}d9 cause=target_refused_state_change target=t1" for day in (37, 38, 39)]
    both_lists = [LIVE, SOMEBODY_DELETED]
    assert told(accounts=both_lists, records=["t1 mona@example.org mona@example.org active"], log=log) == {"ghost_seat": None}
    assert told(accounts=both_lists, records=["t1 mona@example.org mona@example.org inactive"], log=log) == {}
    assert told(accounts=[LIVE], records=["t1 mona@example.org mona@example.org active"], log=log).keys() == {"state_change_refused"}


def test_deleted_accounts_are_not_created():
    """Attempts to create an account that lies in the bin need nothing done: Entra has stopped."""
    accounts = [f"{NEW} {NEW.replace('-', '')}mona@example.org deleted 39d0", f"{OTHER} zoe@example.org enabled"]
    assert told(accounts=accounts, records=["t9 zoe@example.org zoe@example.org active"], log=RETRIED) == {}


def test_job_defect_is_told_once():
    """What fails for a whole job is one row of steps, with how many it hits and three of them by name."""
    log = [f"p{n:02} update failure {day}d9 cause=patch_shape_rejected name=P{n:02}" for n in range(12) for day in (37, 38, 39)]
    found = steps(log=log)
    assert found.select("person_id", "person", "people", "situation").unique().rows() == [
        ("j1 patch_shape_rejected", "P00, P01, P02 and 9 more", 12, "job_defect")
    ]


def test_conflicts_of_most_people_stay_personal():
    """Even when most of a job's people are refused as duplicates, each needs their own record repaired."""
    log = [f"p{n:02} create failure {day}d9 cause=duplicate_conflict user=p{n}@example.org" for n in range(12) for day in (37, 38, 39)]
    found = steps(records=["t1 zoe@example.org zoe@example.org active"], log=log)
    assert found["person_id"].n_unique() == 12 and found["situation"].unique().to_list() == ["record_hidden_or_elsewhere"]
    stale = [line.replace("duplicate_conflict", "stale_link") for line in log]
    assert steps(log=stale)["situation"].unique().to_list() == ["stale_link"]


def test_groups():
    """A group that fails is told as a group; what fails for groups and people alike is the job's."""
    group = [f"g1 update failure {day}d9 cause=duplicate_conflict kind=group" for day in (37, 38, 39)]
    assert told(log=group).keys() == {"group_fails"}
    assert told(log=[line.replace("duplicate_conflict", "not_authorised") for line in group]).keys() == {"job_defect"}


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"accounts": [LIVE], "records": ["t1 mona@example.org mona@example.org active"], "log": [f"{NEW} create success 1d0 target=t1"]},
        {"accounts": [LIVE], "records": [CORRUPTED], "log": [*RETRIED, f"{NEW} create success 39d10 target=t1"]},
    ],
    ids=["nothing given", "healthy", "healed"],
)
def test_nothing_to_do(inputs):
    """Where nothing is wrong the checklist is empty and has every column."""
    found = steps(**inputs)
    assert found.is_empty() and found.schema == schema.STEPS
