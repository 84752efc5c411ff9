"""Invented histories, whole and cut: whole, each span is found exactly; cut, every count's range holds the truth."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from scimlab import seats
from scimlab.schema import EVENTS, INTERVALS, RECORDS, Setting, Tenant

START = datetime(2026, 3, 25, tzinfo=UTC)
HOURS = 24 * 12
PERIOD = (date(2026, 3, 27), date(2026, 4, 3))  # Berlin's clocks change on the 29th
ZONE = "Europe/Berlin"

HISTORY = st.tuples(
    st.integers(-200, HOURS - 1),  # when the record was made, perhaps before anything else
    st.booleans(),  # made active
    st.lists(st.integers(0, HOURS - 1), max_size=6, unique=True).map(sorted),  # when the flag changed
    st.booleans(),  # whether the app tells when it was made
)
HISTORIES = st.lists(HISTORY, min_size=1, max_size=4)


def hour(number: int) -> datetime:
    """The instant so many hours after the start."""
    return START + timedelta(hours=number)


def lives(histories: list[tuple], until: int = HOURS) -> list[list[tuple[int, int | None]]]:
    """Each record's spans of hours in which it was active, None where it still is."""
    told = []
    for made, active, changes, _ in histories:
        flips = ([made] if active else []) + [each for each in changes if made < each <= until]
        told.append([(on, flips[number + 1] if number + 1 < len(flips) else None) for number, on in enumerate(flips) if number % 2 == 0])
    return told


def exports(histories: list[tuple], first: int, last: int, listed_at: int, matching: bool) -> Tenant:
    """What Entra's log from `first` to `last` and the app's list at `listed_at` show of these histories."""
    # Another record changes every hour, so that the log's own cadence is known.
    logged = [{"at": hour(number), "target_id": "steady", "source_id": "steady", "action": "update"} for number in range(first, last + 1)]
    for number, (made, active, changes, _) in enumerate(histories):
        states = [active]
        moves = [(made, "create", active)] + [(each, None, None) for each in changes if each > made]
        for at, action, flag in moves:
            if action is None:
                flag = not states[-1]
                states.append(flag)
                action = "update" if flag else "disable"
            told = {"matched_target_id": f"r{number}", "matched_active": not flag} if matching and action != "create" else {}
            if first <= at <= last:
                logged.append(
                    {"at": hour(at), "target_id": f"r{number}", "source_id": f"p{number}", "action": action, "sent_active": flag} | told
                )
    listed = [
        {"target_id": f"r{number}", "active": spans != [] and spans[-1][1] is None, "taken_at": hour(listed_at)}
        | ({"created_at": hour(history[0])} if history[3] else {})
        for number, (history, spans) in enumerate(zip(histories, lives(histories, listed_at), strict=True))
        if history[0] <= listed_at
    ]
    events = pl.DataFrame([{"counted": True, "object_type": "user", "status": "success", **row} for row in logged], schema=EVENTS)
    known = {"as_of": hour(max(listed_at, last)), "zone": ZONE, "exclude": []}
    settings_ = {name: Setting(value, "parameter") for name, value in known.items()}
    return Tenant(
        "contoso", settings_, events=events.sample(fraction=1, shuffle=True, seed=1).lazy(), records=pl.DataFrame(listed, schema=RECORDS)
    )


def truth(histories: list[tuple]) -> pl.DataFrame:
    """INTERVALS as they were."""
    rows = [
        [f"p{number}", f"r{number}", "member", hour(on), hour(on), *(2 * [hour(HOURS) if off is None else hour(off)]), None, None]
        for number, spans in enumerate(lives(histories))
        for on, off in spans
    ]
    return pl.DataFrame(rows, schema=INTERVALS, orient="row")


@given(HISTORIES, st.booleans())
def test_a_whole_history_is_found_exactly(histories, matching):
    """With the whole log each span is found, at its very instants, and there is none beside them."""
    histories = [(max(made, 0), *rest) for made, *rest in histories]
    found = seats.intervals(exports(histories, 0, HOURS, HOURS, matching)).filter(pl.col("target_id") != "steady")
    expected = [(f"r{number}", hour(on), off and hour(off)) for number, spans in enumerate(lives(histories)) for on, off in spans]
    assert found.select("on_at_min", "off_at_min").equals(found.select(on_at_min="on_at_max", off_at_min="off_at_min"))
    assert sorted(found.select("target_id", "on_at_min", "off_at_max").rows(), key=str) == sorted(expected, key=str)


@given(HISTORIES, st.integers(0, 100), st.integers(140, HOURS), st.booleans(), st.booleans())
def test_a_cut_history_holds_the_truth(histories, first, last, matching, listed_later):
    """However the log is cut, the range of each rule holds the number that the whole history gives."""
    tenant = exports(histories, first, last, HOURS if listed_later else last, matching)
    found = seats.intervals(tenant).filter(pl.col("target_id") != "steady")
    for policy in (name for name, rule in seats.POLICIES.items() if "needs" not in rule):
        end = min(PERIOD[1], tenant.as_of.date())
        if end <= PERIOD[0]:
            return
        asked = {"policy": policy, "period": (PERIOD[0], end), "zone": ZONE}
        real = seats.count(truth(histories), **asked)["low"].item()
        low, high = seats.count(found, **asked).select("low", "high").row(0)
        assert low <= real + 1e-9 and real <= high + 1e-9, (policy, low, real, high)
