"""Which runs of failures are storms, when they began and ended, and what is said of each."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typed_events import events, identities, instant

from scimlab import errors, schema, storms

NOBODY = schema.IDENTITIES.to_frame()


def found(*lines: str, **arguments) -> list[dict]:
    """The storms of the lines typed, as dicts."""
    return storms.retry_storms(events(*lines), arguments.pop("who", NOBODY), **arguments).rows(named=True)


@pytest.mark.parametrize("seed", range(3))
def test_worked_by_hand(seed):
    """One object's failures between two successes are a storm; everything around them is not."""
    lines = (
        "ada update success 8",  # ends nothing, and shows that the storm began later
        "ada create failure 9 retry=0",  # the first
        "ada create skipped 9:40",  # neither counts nor ends it
        "ada create failure 10:20 retry=1 name=Ada_L. target=t9",  # the second
        "ada create warning 11:00",  # neither counts nor ends it
        "ada create failure 12 cause=duplicate_conflict next=18",  # the third
        "ada disable failure 12:10",  # another action: a run of its own, too short
        "ada disable success 13",  # ends both
        "ada create failure 14",  # a new run, too short
        "bob create failure 9",  # another object, too short
    )
    shuffled = events(*lines).collect().sample(fraction=1, shuffle=True, seed=seed).lazy()
    (storm,) = storms.retry_storms(shuffled, NOBODY).rows(named=True)
    assert storm | {"storm_id": ""} == {
        "storm_id": "", "person_id": "ada", "person": "Ada L.", "object_type": "user", "source_id": "ada", "target_id": "t9",
        "job_id": "j1", "app_id": "app", "action": "create", "first_at": instant("9"), "first_is_cut": False, "last_at": instant("12"),
        "next_attempt_at": None, "attempts_seen": 3, "attempts": 3, "cause": "throttled", "scope": "person", "share": 1.0,
        "cadence": "every_cycle", "gap_hours_median": 1.5, "is_open": False, "is_silent": False, "ended_at": instant("13"),
        "attempts_to_come": None, "detail": None,
    }  # fmt: skip


FAILURES = ("ada create failure 9", "ada create failure 10", "ada create failure 11")


@pytest.mark.parametrize(
    ("between", "attempts"),
    [
        pytest.param("ada create success 10:30", [], id="a success ends it"),
        pytest.param("ada delete success 10:30", [], id="a success of another action that writes"),
        pytest.param("ada other success 10:30", [3], id="an action that writes nothing"),
        pytest.param("ada staged_delete success 10:30", [3], id="a deletion held back wrote nothing"),
        pytest.param("ada create skipped 10:30", [3], id="a skip"),
        pytest.param("ada create warning 10:30", [3], id="a warning"),
        pytest.param("bob create success 10:30", [3], id="another object's success"),
        pytest.param("ada create success 10:30 job=j2", [3], id="a success in another job"),
        pytest.param("ada create success 10:30 counted=no", [3], id="another app's success"),
        pytest.param("ada create success 9", [], id="a success at the instant of the first comes after that one"),
        pytest.param("ada create failure 10:30 counted=no", [3], id="another app's failure"),
        pytest.param("ada create failure 10:30", [4], id="one more"),
    ],
)
def test_what_ends_a_run(between, attempts):
    """Only a success of the same object in the same job under an action that writes ends a run."""
    assert [storm["attempts"] for storm in found(*FAILURES, between)] == attempts


def test_success_at_the_same_instant():
    """A success at the instant of the last failure comes after it, and ends the run."""
    (storm,) = found(*FAILURES, "ada create success 11")
    assert (storm["attempts"], storm["is_open"], storm["ended_at"]) == (3, False, instant("11"))


@pytest.mark.parametrize("other", ["bob create", "ada update"])
def test_runs_are_kept_apart(other):
    """Failures of two objects, or under two actions, never add up."""
    assert found("ada create failure 9", "ada create failure 10", f"{other} failure 11") == []


def test_jobs_are_kept_apart():
    """The same object in two jobs has two storms; a missing job is a job of its own, and stays missing."""
    lines = (*FAILURES, *(line + " job=j2" for line in FAILURES))
    both = events(*lines).with_columns(job_id=pl.col("job_id").replace("j2", None))
    assert sorted(storms.retry_storms(both, NOBODY)["job_id"].to_list(), key=str) == [None, "j1"]


def test_long_waits_do_not_end_a_run():
    """However long the wait, without a success the run goes on: Entra's retries thin out."""
    (storm,) = found("ada create failure 1", "ada create failure 20d1", "ada create failure 27d1")
    assert (storm["attempts"], storm["is_open"], storm["gap_hours_median"]) == (3, True, (19 * 24 + 7 * 24 + 24) / 2)


@pytest.mark.parametrize(
    ("retries", "seen", "in_all"),
    [
        pytest.param(["retry=40", "retry=41"], 2, 42, id="retention hid 40"),
        pytest.param(["retry=0", "retry=1"], 2, 2, id="the count agrees with what was seen"),
        pytest.param(["", "retry=0", ""], 3, 3, id="a count that began afresh does not lower it"),
    ],
)
def test_attempts_in_all(retries, seen, in_all):
    """Attempts are those seen or those the retry count tells of, whichever is more."""
    (storm,) = found(*(f"ada create failure {9 + hour} {retry}" for hour, retry in enumerate(retries)), least_attempts=2)
    assert (storm["attempts_seen"], storm["attempts"]) == (seen, in_all)


def test_least_attempts():
    """A run is kept from exactly so many attempts on, the hidden ones included."""
    assert len(found(*FAILURES, least_attempts=3)) == 1
    assert len(found(*FAILURES, least_attempts=4)) == 0
    assert len(found("ada create failure 9 retry=2")) == 1


@pytest.mark.parametrize(
    ("before", "first", "is_cut"),
    [
        pytest.param("bob update success 1d0 cycle=c1", "retry=3 cycle=c9", True, id="the first seen was a fourth"),
        pytest.param("bob update success 1d0 cycle=c1", "is_retry=yes cycle=c9", True, id="the first seen says it is a retry"),
        pytest.param("bob update success 1d8:30 cycle=c1", "retry=0 cycle=c1", True, id="in the first cycle of the log"),
        pytest.param("bob update success 1d1 cycle=c1", "cycle=c1", True, id="in the first cycle, which took long"),
        pytest.param("bob update success 1d8:30 cycle=c1", "cycle=c2", True, id="less than a cycle's distance from the log's beginning"),
        pytest.param("bob update success 1d8:10 cycle=c1", "cycle=c2", False, id="more than that"),
        pytest.param("bob update success 1d8:59", "", False, id="no cycles known: none is assumed"),
        pytest.param("bob update success 1d9:01", "", True, id="nothing in the log is earlier"),
        pytest.param("bob update success 1d8:59 job=j2", "", True, id="another job's beginning is not this one's"),
        pytest.param("ada update success 1d8:30 cycle=c1", "cycle=c1", False, id="a success before it, in the first cycle too"),
    ],
)
def test_first_is_cut(before, first, is_cut):
    """The start may lie before the log if the first failure was a retry, or if the log begins only then."""
    cycles = [f"cyd update success 1d{hour}:{minute:02} cycle=c{n}" for n, hour, minute in ((3, 10, 0), (4, 10, 40), (5, 11, 20))]
    if "cycle" not in before:
        cycles = []
    lines = [before, f"ada create failure 1d9 {first}", "ada create failure 1d9:40", "ada create failure 1d10:20"]
    assert [storm["first_is_cut"] for storm in found(*lines, *cycles)] == [is_cut]


def test_next_attempt_and_end():
    """The next attempt is the last one's announcement, and gone once a success has ended the run."""
    lines = ("ada create failure 9 next=15", "ada create failure 15 next=1d3", "ada create failure 1d3 next=2d3")
    assert [(s["next_attempt_at"], s["is_open"], s["ended_at"]) for s in found(*lines)] == [(instant("2d3"), True, None)]
    closed = found(*lines, "ada update success 2d2")
    assert [(s["next_attempt_at"], s["is_open"], s["ended_at"]) for s in closed] == [(None, False, instant("2d2"))]


def test_cause_is_that_of_most_attempts():
    """The cause of most attempts wins, with the last text said with it; of two that tie, the later one."""
    lines = (
        "ada create failure 9 cause=duplicate_conflict detail=first",
        "ada create failure 10 cause=duplicate_conflict detail=second",
        "ada create failure 11 cause=duplicate_conflict",
        "ada create failure 12 cause=attribute_value_rejected detail=slow",
    )
    assert [(s["cause"], s["detail"]) for s in found(*lines)] == [("duplicate_conflict", "second")]
    tied = found(*lines, *(f"ada create failure {hour} cause=attribute_value_rejected" for hour in (13, 14)))
    assert [(s["cause"], s["detail"]) for s in tied] == [("attribute_value_rejected", "slow")]


def test_failures_without_a_cause_are_unknown():
    """A failure that says nothing still counts; its cause is unknown."""
    silent = events(*FAILURES).with_columns(cause=pl.lit(None, pl.String))
    assert storms.retry_storms(silent, NOBODY)["cause"].to_list() == ["unknown"]


@pytest.mark.parametrize(
    ("last", "person"),
    [
        pytest.param("name=Ada_L. user=ada@example.org", "Ada L.", id="the display name"),
        pytest.param("user=5f3c1a770b2e4d199c441e6a08d2b7f0ada@example.org", "ada@example.org", id="the user name, cleaned"),
        pytest.param("", "ada", id="the id, where nothing else is known"),
    ],
)
def test_names(last, person):
    """A person is called by the last display name seen, else by the clean user name, else by the id."""
    assert [storm["person"] for storm in found(*FAILURES[:2], FAILURES[2] + " " + last)] == [person]


def crowd(failing: int, fine: int, kind: str = "user") -> list[str]:
    """So many objects that fail thrice with one cause, and so many that do not."""
    failed = [f"f{n} update failure {hour} cause=patch_shape_rejected kind={kind}" for n in range(failing) for hour in (9, 10, 11)]
    return failed + [f"g{n} update skipped 9 kind={kind}" for n in range(fine)]


@pytest.mark.parametrize(
    ("failing", "fine", "scope", "share"),
    [
        pytest.param(10, 9, "app", 10 / 19, id="ten, and over half"),
        pytest.param(10, 10, "person", 0.5, id="exactly half is not over half"),
        pytest.param(9, 0, "person", 1.0, id="all nine are not ten"),
    ],
)
def test_scope(failing, fine, scope, share):
    """One cause over half of a job's people, and ten at least, is the app's defect."""
    assert {(storm["scope"], storm["share"]) for storm in found(*crowd(failing, fine))} == {(scope, share)}


def test_scope_counts_people_of_this_job_and_kind():
    """Other jobs and groups do not thin out a defect; two objects of one person do not make it."""
    elsewhere = [f"h{n} update success 9 job=j2" for n in range(50)] + [f"k{n} update success 9 kind=group" for n in range(50)]
    assert {storm["scope"] for storm in found(*crowd(10, 9), *elsewhere)} == {"app"}
    # f0 and f1 are one person: nine of eighteen people.
    assert {(storm["scope"], storm["share"]) for storm in found(*crowd(10, 9), who=identities(f0="Fay", f1="Fay"))} == {("person", 0.5)}


def test_groups_stand_apart():
    """Groups are told as groups, and their share is of groups."""
    lines = crowd(2, 2, "group") + [f"ada{n} update success 9" for n in range(30)]
    assert {(storm["object_type"], storm["share"]) for storm in found(*lines)} == {("group", 0.5)}


def test_people_are_joined_by_identity():
    """A person's old and new object carry one person_id; without an identity the object stands for itself."""
    lines = (*FAILURES, *(line.replace("ada", "ada2") for line in FAILURES), *(line.replace("ada", "bob") for line in FAILURES))
    people = {storm["source_id"]: storm["person_id"] for storm in found(*lines, who=identities(ada="Ada", ada2="Ada"))}
    assert people == {"ada": "Ada", "ada2": "Ada", "bob": "bob"}


def test_order_of_storms():
    """Open storms come first, then those with most attempts."""
    lines = [f"{who} create failure {9 + n}" for who, times in (("ada", 3), ("bob", 5), ("cyd", 4)) for n in range(times)]
    assert [storm["source_id"] for storm in found(*lines, "bob create success 20")] == ["cyd", "ada", "bob"]


def test_as_of():
    """What came after the instant asked for had not happened yet."""
    ended = (*FAILURES, "ada create success 12")
    assert [storm["is_open"] for storm in found(*ended, as_of=instant("11:30"))] == [True]
    assert [storm["is_open"] for storm in found(*ended, as_of=instant("12"))] == [False]
    assert found(*ended, as_of=instant("10:30")) == []


def test_wrong_use():
    """Fewer than one attempt, and an instant without a zone, are refused with what to do."""
    with pytest.raises(errors.UsageError, match="least_attempts is 0. Give 1 or more"):
        found(*FAILURES, least_attempts=0)
    with pytest.raises(errors.UsageError, match="as_of has no zone"):
        found(*FAILURES, as_of=instant("9").replace(tzinfo=None))


@pytest.mark.parametrize("lines", [(), ("ada update success 9",), ("ada create failure 9",)], ids=["no events", "no failures", "no storms"])
def test_nothing_found(lines):
    """Without a storm the frame is empty and has every column."""
    empty = storms.retry_storms(events(*lines), NOBODY)
    assert empty.is_empty() and empty.schema == schema.STORMS
    assert storms.attempts(events(*lines), empty).schema == schema.ATTEMPTS
    assert storms.defects(empty).schema == schema.DEFECTS


LINE = st.builds(
    "{} {} {} {} job={} cause={}".format,
    st.sampled_from(["ada", "bob"]),
    st.sampled_from(["create", "update", "other"]),
    st.sampled_from(["failure", "failure", "failure", "success", "skipped", "warning"]),
    st.integers(0, 20),
    st.sampled_from(["j1", "j2"]),
    st.sampled_from(["throttled", "duplicate_conflict"]),
)


@given(st.lists(LINE, max_size=40), st.randoms(use_true_random=False))
def test_any_order(lines, random):
    """The order of the rows changes nothing."""
    typed = events(*lines).collect()
    mixed = typed.sample(fraction=1, shuffle=True, seed=random.randrange(1000))
    assert storms.retry_storms(typed.lazy(), NOBODY).equals(storms.retry_storms(mixed.lazy(), NOBODY))


@given(st.lists(LINE, max_size=40))
def test_each_attempt_belongs_to_one_storm(lines):
    """With every run kept, each failure stands in exactly one storm, and the storms' counts are theirs."""
    typed = events(*lines)
    every = storms.retry_storms(typed, NOBODY, least_attempts=1)
    members = storms.attempts(typed, every)
    failed = typed.filter(pl.col("status") == "failure").collect()
    assert sorted(members["event_id"]) == sorted(failed["event_id"])
    assert every["attempts_seen"].sum() == members.height
    assert every["storm_id"].is_unique().all()


def test_storm_id_is_stable():
    """A storm keeps its id while it grows, and across versions of what computes it."""
    grown = found(*FAILURES, "ada create failure 12")
    assert [storm["storm_id"] for storm in grown] == [storm["storm_id"] for storm in found(*FAILURES)] == ["49085441a17dd9ea"]
