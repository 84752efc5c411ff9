"""Each fault by its name: what a client meets, and that nothing else is changed by it."""

import json
from pathlib import Path

import httpx
import pytest
from rehearsed import active_user, client, moved, pages, patched, records, rehearsal, rows

from scimlab import rehearse
from scimlab.errors import UsageError
from scimlab.rehearse.faults import KINDS, Faults

LOG = "/v1.0/auditLogs/provisioning"
RENAME = {"op": "replace", "path": "title", "value": "Cook"}


@pytest.mark.parametrize(("fault", "says_when"), [("throttled", True), ("throttled_silently", False)])
def test_throttling_says_when_to_come_back_or_not(fault, says_when):
    """429 at both doors, with Retry-After or without; nothing was done; the third try gets on."""
    with rehearsal(faults=[f"{fault}=1"]) as (running, http):
        for url in ("/v1.0/users", "/scim/v2/Users"):
            answers = [http.get(url) for _ in range(3)]
            assert [each.status_code for each in answers] == [429, 429, 200]
            assert ("Retry-After" in answers[0].headers) is says_when
        user = running.world.directory.users[active_user(running)]
        assert http.patch(f"/v1.0/users/{user.object_id}", json={"accountEnabled": False}).status_code == 429
        assert user.enabled
        assert running.stage.ledger.faults == {fault: 5}
        assert running.stage.ledger.writes[0].done is False


def test_an_outage_does_nothing():
    """One of four statuses, a gateway's in HTML, and the world as it was."""
    with rehearsal(faults=["unavailable=1"]) as (running, http):
        target = running.world.job.links[active_user(running)]
        answers = [patched(http, target, RENAME | {"value": str(number)}) for number in range(12)]
        assert {each.status_code for each in answers} == {500, 502, 503, 504, 204}
        assert {each.headers["Content-Type"] for each in answers if each.status_code == 502} == {"text/html"}
        assert sum(each.done for each in running.stage.ledger.writes) == 4


def test_a_lost_answer_hides_what_was_done():
    """The write is carried out and the client hears 504: only looking tells, and the ledger knows."""
    with rehearsal(faults=["lost_answers=1"]) as (running, http):
        user = running.world.directory.users[active_user(running)]
        assert http.patch(f"/v1.0/users/{user.object_id}", json={"accountEnabled": False}).status_code == 504
        assert not user.enabled
        assert http.get(f"/v1.0/users/{user.object_id}").status_code == 200
        assert [(each.status, each.done, each.fault) for each in running.stage.ledger.writes] == [(504, True, "lost_answers")]


@pytest.mark.parametrize("url", [LOG, "/scim/v2/Users"])
def test_a_torn_page_breaks_off(url):
    """The connection ends before the length that was promised, so no client can take the part for the whole."""
    with rehearsal(faults=["torn_pages=1"]) as (_, http):
        for _ in range(2):
            with pytest.raises(httpx.RemoteProtocolError):
                http.get(url)
        assert http.get(url).json()


def test_a_spliced_page_is_no_json_and_holds_good_rows():
    """Status 200, some whole rows, and an error where the next row should go on."""
    with rehearsal(faults=["spliced_pages=1"]) as (_, http):
        page = http.get(LOG)
        assert page.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            page.json()
        assert '{"id":"Sync_cut"{"error":{"code":"BadRequest"' in page.text
        assert http.get(LOG).text != page.text


def test_short_pages_still_lead_to_every_row():
    """Graph pages may hold less than asked, or nothing, and still go on; whoever follows the links has all of it."""
    with rehearsal(faults=["short_pages=0.5"]) as (running, http):
        found = pages(http, LOG, top="40")
        assert {row["id"] for page in found for row in page["value"]} == {each.event_id for each in running.world.job.events}
        assert any(len(page["value"]) < 40 for page in found[:-1])


def test_a_short_scim_page_counts_more_than_it_holds():
    """itemsPerPage promises, Resources does not keep it; asked again, the page is whole."""
    with rehearsal(faults=["short_pages=1"]) as (_, http):
        short = http.get("/scim/v2/Users", params={"count": 10}).json()
        assert len(short["Resources"]) < short["itemsPerPage"] == 10


def test_repeated_rows_come_twice_and_none_is_missing():
    """The last row of a page opens the next one."""
    with rehearsal(faults=["repeated_rows=1"]) as (running, http):
        ids = [row["id"] for row in rows(http, LOG, top="50")]
        assert len(ids) > len({*ids}) == len(running.world.job.events)


def test_an_ignored_filter_gives_everything_and_says_nothing():
    """Rows outside what was asked for, under status 200."""
    with rehearsal(faults=["ignored_filters=1"]) as (running, http):
        assert len(rows(http, LOG, filter="activityDateTime gt 2030-01-01T00:00:00Z", top="500")) == len(running.world.job.events)


def test_late_records_appear_with_time():
    """Two hours on everything is there, the late ones among earlier records."""
    with rehearsal(faults=["late_records=1"]) as (running, http):
        user, then = active_user(running), http.get("/rehearsal/clock").json()["now"]
        http.patch(f"/v1.0/users/{user}", json={"accountEnabled": False})
        moved(http, cycles=1)
        asked = f"sourceIdentity/id eq '{user}' and activityDateTime gt {then}"
        assert rows(http, LOG, filter=asked) == []
        moved(http, advance_hours=2)
        assert len(rows(http, LOG, filter=asked)) == 1


def test_a_token_expires_in_the_middle_of_a_run():
    """401 for the old one; a new one is had from the token endpoint with the secret, and not without it."""
    with rehearsal(faults=["expiring_tokens"]) as (running, http):
        statuses = [http.get("/v1.0/users", params={"$top": "1"}).status_code for _ in range(31)]
        assert (statuses[0], statuses[-1]) == (200, 401)
        form = {"grant_type": "client_credentials", "client_id": "collector", "client_secret": "wrong"}
        endpoint = f"/{running.world.tenant_id}/oauth2/v2.0/token"
        assert http.post(endpoint, data=form).status_code == 401
        token = http.post(endpoint, data=form | {"client_secret": running.token}).json()["access_token"]
        with client(running, token) as renewed:
            assert renewed.get("/v1.0/users").status_code == 200
        assert http.get("/scim/v2/Users").status_code == 200


def test_the_same_seed_gives_the_same_faults():
    """A run can be looked at again; another seed is another run."""
    played = []
    for seed in (1, 1, 2):
        with rehearsal(faults=["throttled=0.5", "unavailable=0.3"], seed=seed) as (_, http):
            played.append([http.get(f"/v1.0/users/{number}").status_code for number in range(40)])
    assert played[0] == played[1] != played[2]


def test_a_patient_client_reads_everything_through_all_faults_at_once():
    """Whoever repeats what failed, asks twice what is short, filters again and drops doubles has just what is there."""
    with rehearsal(faults=[each for each in KINDS if each != "expiring_tokens"], seed=7) as (running, http):
        moved(http, advance_hours=3)

        def read(url: str) -> dict:
            for _ in range(12):
                try:
                    answer = http.get(url)
                    if answer.status_code == 200:
                        return answer.json()
                except (httpx.RemoteProtocolError, json.JSONDecodeError):
                    continue
            raise AssertionError(f"no answer from {url}")

        link, found = f"{LOG}?$top=60", {}
        while link:
            page = read(link)
            found |= {row["id"]: row for row in page["value"]}
            link = page.get("@odata.nextLink")
        assert found.keys() == {each.event_id for each in running.world.job.events}


@pytest.mark.parametrize("given", ["thunder", "throttled=2", "throttled=often", ""])
def test_an_unknown_fault_is_refused(given):
    """The names there are stand in the message, or what a share looks like."""
    with pytest.raises(UsageError, match="throttled"):
        Faults([given])


def test_every_fault_is_named_where_people_read():
    """The page in the package tells what each fault does."""
    page = Path(rehearse.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert [name for name in KINDS if f"`{name}`" not in page] == []


def test_no_fault_is_on_unless_it_is_asked_for():
    """Without faults every request is answered, and nothing is counted."""
    with rehearsal() as (running, http):
        assert len(records(http)) > 10
        assert {http.get("/v1.0/users").status_code for _ in range(20)} == {200}
        assert not running.stage.ledger.faults
