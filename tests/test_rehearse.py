"""The rehearsal as a whole: the vendor's case told end to end, the clock, the ledger, and who is let in."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rehearsed import active_user, blocked, client, job_url, moved, patched, records, rehearsal, rows
from werkzeug.test import Client

from scimlab import rehearse, simulate
from scimlab.errors import InputError, UsageError
from scimlab.simulate import truth
from scimlab.simulate.clock import DAY, iso


def test_a_cleaned_name_ends_the_storm_with_the_next_cycle():
    """As the vendor repairs it: the blocking record is found, its name is cleaned, and Entra's next attempt is an update."""
    with rehearsal(people=40, cadence="each_cycle") as (running, http):
        source_id = blocked(running)
        upn = http.get(f"/v1.0/users/{source_id}").json()["userPrincipalName"]
        assert http.get("/scim/v2/Users", params={"filter": f'userName eq "{upn}"'}).json()["totalResults"] == 0
        record = next(each for each in records(http) if each["userName"].endswith(upn))
        patched(http, record["id"], {"op": "replace", "path": "userName", "value": upn}).raise_for_status()
        then = http.get("/rehearsal/clock").json()["now"]
        moved(http, cycles=1)
        asked = f"sourceIdentity/id eq '{source_id}' and activityDateTime gt {then}"
        event = rows(http, "/v1.0/auditLogs/provisioning", filter=asked, top="1")[0]
        assert (event["provisioningAction"], event["provisioningStatusInfo"]["status"]) == ("update", "success")
        assert event["targetIdentity"]["id"] == record["id"]
        assert source_id not in running.world.job.runs
        healed = http.get(f"/scim/v2/Users/{record['id']}").json()
        assert (healed["active"], healed["externalId"]) == (True, source_id)


def test_the_clock_runs_the_cycles_in_between():
    """A day on has some 36 cycles; nothing happens while nobody moves the clock."""
    with rehearsal() as (running, http):
        known = len(running.world.job.events)
        assert http.get("/rehearsal/clock").json() == {"now": "2026-07-02T06:00:00Z", "cycles": 0}
        after = moved(http, advance_hours=24)
        assert after["now"] == "2026-07-03T06:00:00Z"
        assert 34 <= after["cycles"] <= 38
        assert len(running.world.job.events) > known


@pytest.mark.parametrize(
    "move", [{"advance_hours": -1}, {"until": "2026-07-01T00:00:00Z"}, {"advance_days": 5000}, {"cycles": 0}, {"hop": 1}, {}]
)
def test_the_clock_never_goes_back_and_never_far(move):
    """What is no move forward is refused with the moves there are, and the clock stands."""
    with rehearsal() as (_, http):
        answer = http.post("/rehearsal/clock", json=move)
        assert answer.status_code == 400
        assert "advance_hours" in answer.json()["error"]
        assert http.get("/rehearsal/clock").json()["now"] == "2026-07-02T06:00:00Z"


@pytest.mark.parametrize("days", [1, 9])
def test_a_world_lived_through_is_the_one_that_was_exported(days):
    """Moved on day by day, or in longer steps, from its first second to its end, a world takes the course it takes alone."""
    rules = {"seed": 24, "people": 24, "months": 2}
    alone, played = simulate.tenant(**rules), simulate.begun(**rules)
    with rehearse.serve(played) as running, client(running) as http:
        while played.now < played.rules.end:
            moved(http, until=iso(min(played.now + days * DAY, played.rules.end)))
        assert [*truth.storms(played)] == [*truth.storms(alone)]
        assert [*truth.intervals(played)] == [*truth.intervals(alone)]
        assert [each.event_id for each in played.job.events] == [each.event_id for each in alone.job.events]


def test_a_story_that_a_client_made_impossible_ends():
    """Whoever is mastered in Entra purged by the client on the first day: the world goes on without them, to its end and beyond."""
    played = simulate.begun(seed=24, people=24, months=2)
    with rehearse.serve(played) as running, client(running) as http:
        moved(http, advance_hours=2)
        for user in [each.object_id for each in played.directory.users.values() if not each.hybrid]:
            http.delete(f"/v1.0/users/{user}").raise_for_status()
            http.delete(f"/v1.0/directory/deletedItems/{user}").raise_for_status()
        assert moved(http, advance_days=70)["now"] > iso(played.rules.end)


def test_disabling_in_entra_reaches_the_app_with_the_next_cycle():
    """And not before: Entra notices nothing until its cycle."""
    with rehearsal() as (running, http):
        user = active_user(running)
        target = running.world.job.links[user]
        http.patch(f"/v1.0/users/{user}", json={"accountEnabled": False}).raise_for_status()
        assert http.get(f"/scim/v2/Users/{target}").json()["active"] is True
        moved(http, cycles=1)
        assert http.get(f"/scim/v2/Users/{target}").json()["active"] is False


def test_a_deleted_user_is_renamed_and_later_purged():
    """Soft delete puts the object id in front of the name; after the month in the bin nothing is left to restore."""
    with rehearsal() as (running, http):
        user = active_user(running)
        target, upn = running.world.job.links[user], running.world.directory.users[user].upn
        http.delete(f"/v1.0/users/{user}").raise_for_status()
        moved(http, cycles=1)
        assert http.get(f"/scim/v2/Users/{target}").json()["userName"] == user.replace("-", "") + upn
        assert http.get(f"/v1.0/directory/deletedItems/{user}").status_code == 200
        moved(http, advance_days=33)
        assert http.get(f"/v1.0/directory/deletedItems/{user}").status_code == 404
        assert http.post(f"/v1.0/directory/deletedItems/{user}/restore").status_code == 404


def test_the_ledger_counts_what_was_sent():
    """A test can say that no write came twice, and what each one held."""
    with rehearsal() as (running, http):
        user = active_user(running)
        for _ in range(3):
            http.get("/v1.0/users", params={"$top": "1"})
        http.patch(f"/v1.0/users/{user}", json={"accountEnabled": False})
        log = http.get("/rehearsal/log").json()
        assert {"method": "GET", "path": "/v1.0/users", "times": 3} in log["requests"]
        assert [(each["method"], each["body"], each["status"], each["done"]) for each in log["writes"]] == [
            ("PATCH", {"accountEnabled": False}, 204, True)
        ]
        http.delete("/rehearsal/log")
        assert http.get("/rehearsal/log").json() == {"requests": [], "writes": [], "faults": {}}


@pytest.mark.parametrize("path", ["/v1.0/users", "/scim/v2/Users", "/rehearsal/clock", "/rehearsal/log"])
def test_nobody_enters_without_the_token(path):
    """A wrong token and none at all are refused at every door."""
    with rehearsal() as (running, _), client(running, "wrong") as stranger:
        assert stranger.get(path).status_code == 401
        del stranger.headers["Authorization"]
        assert stranger.get(path).status_code == 401


def test_a_page_in_a_browser_cannot_pose_as_a_client():
    """A request that calls this machine by a foreign name is refused before its token is looked at."""
    with rehearsal() as (_, http):
        assert http.get("/v1.0/users", headers={"Host": "attacker.example"}).status_code == 400


def test_a_port_in_use_is_said():
    """One line with what to do, as for any other wrong use."""
    with rehearsal() as (running, _), pytest.raises(UsageError, match="cannot be bound"):
        rehearse.serve(running.world, port=running.server.port)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_only_loopback_is_bound(host):
    """An address that others could reach is refused before anything is built."""
    with pytest.raises(UsageError, match="loopback only"):
        rehearse.serve("nowhere", host=host)


def test_a_folder_of_exports_becomes_its_world_again(tmp_path):
    """The folder tells how its world was made, so that the rehearsal shows what the exports show; nothing is written there."""
    simulate.write(tmp_path / "out", seed=5, people=40, months=2)
    before = {each: each.stat().st_mtime_ns for each in tmp_path.rglob("*")}
    with rehearse.serve(tmp_path / "out") as running, client(running) as http:
        assert len(records(http)) == sum(not each.hidden for each in running.world.app.records.values())
    assert before == {each: each.stat().st_mtime_ns for each in tmp_path.rglob("*")}


@pytest.mark.parametrize("note", [None, "{", '{"seed": 5}', '{"seed": 6, "people": 40, "months": 2, "first_day": "2026-05-01"}'])
def test_a_folder_that_cannot_be_played_says_so(tmp_path, note):
    """No note, a broken one, half a one, one of another world: each is told apart from a tenant, with the command that makes one."""
    simulate.write(tmp_path, seed=5, people=40, months=2)
    (tmp_path / "truth" / "world.json").unlink()
    if note is not None:
        (tmp_path / "truth" / "world.json").write_text(note)
    with pytest.raises(InputError, match="scimlab simulate"):
        rehearse.serve(tmp_path)


def test_a_paused_job_does_nothing_until_it_is_started():
    """Time goes by, and the change waits for the start, which begins a cycle at once."""
    with rehearsal() as (running, http):
        user = active_user(running)
        http.post(f"{job_url(running)}/pause").raise_for_status()
        http.patch(f"/v1.0/users/{user}", json={"accountEnabled": False})
        moved(http, advance_hours=6)
        record = running.world.app.get(running.world.job.links[user])
        assert record.active
        http.post(f"{job_url(running)}/start").raise_for_status()
        moved(http, advance_hours=0)
        assert not record.active


@pytest.fixture(scope="module")
def inside():
    """A rehearsal asked without a network, so that thousands of requests cost little."""
    with rehearsal(etag=True) as (running, _):
        yield running, Client(running.app)


LEAVES = (
    st.none() | st.booleans() | st.integers(-2, 10**19) | st.floats(allow_nan=False) | st.sampled_from(["", "x", "Full", "User", "'\"<ü>"])
)
MEMBERS = st.sampled_from(
    ["accountEnabled", "userPrincipalName", "criteria", "resetScope", "parameters", "subjects", "ruleId", "principalId", "schemas"]
    + ["Operations", "op", "path", "value", "userName", "emails", "active", "advance_hours", "until", "filter", "count"]
)
SENT = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(MEMBERS, inner, max_size=3), max_leaves=6)
ASKED = st.sampled_from(
    ["", "$filter=((((", "$filter=mail eq null", "$top=-1", "$select=,", "$orderby=mail", "$skiptoken=x", "$count=true"]
    + ["filter=active eq 'x'", 'filter=emails[type eq "work"]', "startIndex=-5&count=x", "sortBy=active&sortOrder=descending"]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), method=st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE"]), query=ASKED, sent=SENT)
def test_nothing_that_is_sent_breaks_it(inside, data, method, query, sent):
    """Whatever comes, at whatever door: an answer, and never one that says the rehearsal itself failed."""
    running, http = inside
    user, record = next(iter(running.world.directory.users)), next(iter(running.world.app.records), "none")
    ends = ["/pause", "/restart", "/provisionOnDemand", "/schema", f"/objectConnections('{user}')"]
    path = data.draw(
        st.sampled_from(
            ["/v1.0/users", f"/v1.0/users/{user}", f"/v1.0/directory/deletedItems/{user}/restore", "/v1.0/auditLogs/provisioning"]
            + ["/rehearsal/clock", "/rehearsal/log", "/scim/v2/Users", f"/scim/v2/Users/{record}", "/scim/v2/Users/.search", "/", "//"]
            + [job_url(running, "beta") + each for each in ends]
        )
    )
    headers = {"Authorization": f"Bearer {running.token}", "Content-Type": "application/json"}
    assert http.open(path, method=method, query_string=query, data=json.dumps(sent), headers=headers).status_code < 500
