"""The steps themselves: who does what, what is sent, and what is never proposed."""

import json
import re
from urllib.parse import unquote

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typed_events import instant
from typed_tenants import NEW, OLD, OLD_PREFIX, OTHER, RETRIED, steps, tenant

from scimlab import people, plan, schema, storms
from scimlab.plan import runbooks

LIVE = f"{NEW} mona@example.org enabled"
CORRUPTED = f"t1 {OLD_PREFIX}mona@example.org mona@example.org inactive 1d0"
DELETED = f"{OLD} {OLD_PREFIX}mona@example.org deleted 20d0"
LIVED = f"{OLD} create success 1d0 target=t1 user=mona@example.org"
BLOCKED = {"accounts": [LIVE], "records": [CORRUPTED], "log": RETRIED}
FACTS = {name: None for name in runbooks.UNKNOWN} | {"is_live": True, "is_hybrid": False}


def test_clean_name():
    """The vendor writes the clean name into the old record, and only then Entra is asked to try again."""
    found = steps(**BLOCKED)
    assert found["runbook"].unique().to_list() == ["R4"]
    assert [(row["step"], row["title"], row["owner"]) for row in found.iter_rows(named=True)] == [
        (1, "Make sure that the record and the account belong to one person", "user administrator of Entra"),
        (2, "Save the record as it is", "support of the app's vendor"),
        (3, "See that no other record holds the clean name", "support of the app's vendor"),
        (4, "Write the clean name into the record", "support of the app's vendor"),
        (5, "Provision this one person now", "cloud application administrator of Entra"),
        (6, "See that the person has one record, linked and clean", "support of the app's vendor"),
    ]
    head, body = found["request"][3].split("\n\n")
    assert head.split("\n")[0] == "PATCH <the app's SCIM address>/Users/t1"
    assert json.loads(body)["Operations"] == [{"op": "replace", "path": "userName", "value": "mona@example.org"}]
    assert found["request"][2].endswith("/Users?filter=userName%20eq%20%22mona%40example.org%22")


def test_old_account_instead_of_the_new():
    """The job pauses first and starts last; the new account goes before the old one comes, each by its own id."""
    found = steps(accounts=[LIVE, DELETED], records=[CORRUPTED], log=[*RETRIED, LIVED])
    sent = [request.split("\n")[0].replace("https://graph.microsoft.com/v1.0", "") for request in found["request"].drop_nulls()]
    assert sent[1:5] == [
        "POST /servicePrincipals/app/synchronization/jobs/j1/pause",
        f"DELETE /users/{NEW}",
        f"POST /directory/deletedItems/{OLD}/restore",
        "POST /servicePrincipals/app/synchronization/jobs/j1/start",
    ]
    assert found["deadline_at"].unique().to_list() == [instant("50d0")]


def test_restore_then_park():
    """A deleted person is restored and disabled at once, before the deadline."""
    found = steps(accounts=[DELETED], records=[CORRUPTED], log=[LIVED])
    sent = found["request"].drop_nulls().to_list()
    assert sent[2].startswith(f"POST https://graph.microsoft.com/v1.0/directory/deletedItems/{OLD}/restore")
    assert sent[3].startswith(f"PATCH https://graph.microsoft.com/v1.0/users/{OLD}") and sent[3].endswith('{"accountEnabled": false}')


@pytest.mark.parametrize(
    "inputs",
    [
        {"accounts": [DELETED + " hybrid"], "records": [CORRUPTED], "log": [LIVED]},
        {"accounts": [LIVE + " hybrid", DELETED + " hybrid"], "records": [CORRUPTED], "log": [*RETRIED, LIVED]},
        {"accounts": [LIVE + " hybrid"], "log": [f"{NEW} update failure {day}d9 cause=missing_value" for day in (37, 38, 39)]},
    ],
    ids=["restore", "recreated", "value"],
)
def test_synchronised_people(inputs):
    """People mastered in Active Directory are changed there; no request writes to their account in Entra."""
    found = steps(**inputs)
    assert "administrator of Active Directory" in found["owner"].to_list()
    writes = re.compile(r"^(PATCH|DELETE|POST) \S+/(users|directory/deletedItems)/")
    assert not [request for request in found["request"].drop_nulls() if writes.match(request)]


@pytest.mark.parametrize("state", ["disabled", "deleted 39d0", "unlisted"])
def test_never_on_demand_for_who_is_not_live(state):
    """Who is disabled, deleted or not among the users given is never provisioned on demand."""
    accounts = [] if state == "unlisted" else [f"{NEW} mona@example.org {state}"]
    log = [f"{NEW} update failure {day}d9 cause=attribute_value_rejected" for day in (37, 38, 39)]
    found = steps(accounts=accounts, log=log)
    assert not found["request"].drop_nulls().str.contains("provisionOnDemand").any()
    assert found["title"].str.contains("cannot be provisioned on demand").any()
    assert steps(accounts=[LIVE], log=log)["request"].drop_nulls().str.contains("provisionOnDemand").any()


HOSTILE = [
    "{old_id}{record_id}",
    'a"b\\c@x.example',
    "o'hara@x.example",
    "../../v1.0/users?x=1#y",
    "=1+2\r\nX: y",
    "<b>ä</b>@x.example",
    "%2e%2e/",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", sorted(runbooks.RULES["step"]))
def test_hostile_ids_and_names(name, text):
    """Whatever an id or a name holds, it stays one path segment, one quoted part or one JSON value."""
    if (template := runbooks.RULES["step"][name].get("request")) is None:
        return
    hostile = runbooks.request(template, FACTS | {place: text for place in runbooks.UNKNOWN})
    harmless = runbooks.request(template, FACTS | {place: "x" for place in runbooks.UNKNOWN})
    lines, plain_lines = hostile.split("\n", 3), harmless.split("\n", 3)
    assert re.sub(r"[^/?&]+", "", lines[0]) == re.sub(r"[^/?&]+", "", plain_lines[0])
    assert lines[1:3] == plain_lines[1:3] and len(lines) == len(plain_lines)
    has_place = re.search(r"\{\w+\}", json.dumps(template))
    escaped = {text, text.replace("'", "''"), json.dumps(text, ensure_ascii=False)[1:-1]}
    assert not has_place or any(each in unquote(lines[0]) or each in hostile for each in escaped)
    if len(lines) == 4:
        assert json.dumps(json.loads(lines[3])).replace(json.dumps(text)[1:-1], "x") == plain_lines[3]


@given(st.text())
def test_any_name_survives_the_request(text):
    """The name that is written is exactly the name, whatever it holds."""
    template = runbooks.RULES["step"]["write_clean_name"]["request"]
    body = runbooks.request(template, FACTS | {"record_id": text, "clean_name": text}).split("\n\n", 1)[1]
    assert json.loads(body)["Operations"][0]["value"] == text


def test_quotes_within_filters():
    """A quote in a name cannot end the quoted part of a filter: OData doubles it, SCIM escapes it."""
    graph = runbooks.request(
        {"method": "GET", "graph": "/v1.0/users", "query": {"$filter": "upn eq '{clean_name}'"}}, {"clean_name": "o'hara"}
    )
    scim = runbooks.request({"method": "GET", "scim": "/Users", "query": {"filter": 'userName eq "{clean_name}"'}}, {"clean_name": 'a"b'})
    assert unquote(graph).endswith("upn eq 'o''hara'")
    assert unquote(scim).endswith(r'userName eq "a\"b"')


def test_what_is_not_known_is_named():
    """An id that the inputs lack is left for the reader to fill, and says what it is."""
    request = runbooks.request({"method": "POST", "graph": "/v1.0/jobs/{job_id}/pause"}, {"job_id": None})
    assert request == "POST https://graph.microsoft.com/v1.0/jobs/<id of the job>/pause"


def requests_told() -> list[tuple[dict, dict]]:
    """Each step of the runbooks that has a request, and the request."""
    return [(step, step["request"]) for step in runbooks.RULES["step"].values() if "request" in step]


def test_refusals():
    """No runbook restarts more than the portal does, writes SCIM by another hand than the vendor's, or deletes for good."""
    for step, request in requests_told():
        scopes = re.findall(r'"resetScope": "([^"]*)"', json.dumps(request))
        assert scopes in ([], ["Watermark, Escrows, QuarantineState"])
        assert "scim" not in request or request["method"] == "GET" or step["owner"] == "MV"
        assert request["method"] != "DELETE" or "deletedItems" not in request.get("graph", "")
        assert "provisionOnDemand" not in request.get("graph", "") or step["for"] == ["live"]


def test_places_stand_where_they_can_be_escaped():
    """A place is a whole path segment or a quoted part, in a body a value; never a key, a method or half a segment."""
    for _, request in requests_told():
        path = request.get("graph", request.get("scim"))
        assert re.sub(r"/\{\w+\}(?=/|$)|\('\{\w+\}'\)", "", path).count("{") == 0, path
        for text in request.get("query", {}).values():
            assert re.sub(r"""(['"])[^'"{]*\{\w+\}\1""", "", text).count("{") == 0, text


def test_rules_are_whole():
    """Each situation names a known runbook and known steps, each step a known owner; nothing is told that nobody uses."""
    used = {name for each in runbooks.SITUATIONS.values() for name in each["steps"]}
    assert used == set(runbooks.RULES["step"])
    assert {each["runbook"] for each in runbooks.SITUATIONS.values()} == set(runbooks.RULES["runbook"])
    assert {step["owner"] for step in runbooks.RULES["step"].values()} == set(runbooks.RULES["owner"])
    assert {each["deadline"] for each in runbooks.SITUATIONS.values()} == {"restore", "escrow", "none"}


@pytest.mark.parametrize("situation", sorted(runbooks.SITUATIONS))
@pytest.mark.parametrize("hybrid", [True, False, None])
def test_every_situation_has_steps(situation, hybrid):
    """Whoever is in a situation, live or not, synchronised or not, has at least one step, all filled, numbered from 1."""
    for live in (True, False):
        told = list(runbooks.steps(situation, FACTS | {"is_live": live, "is_hybrid": hybrid}))
        assert [step["step"] for step in told] == list(range(1, len(told) + 1)) and told
        assert not [text for step in told for text in step.values() if isinstance(text, str) and "{old" in text]


def test_decisions():
    """Each situation is one decision, due first on top, with its people, three names, and those who have a part in it."""
    names = [f"{digit * 8}-1111-4222-8333-444455556666 p{digit}@example.org enabled" for digit in "1234"]
    log = [f"{line.split()[0]} update failure {30 + n}d{9 + k} cause=missing_value" for n, line in enumerate(names) for k in range(3)]
    found = plan.decisions(
        steps(accounts=[LIVE, *names], records=[CORRUPTED], log=[*RETRIED, *log, f"{OTHER} update success 39d20 cycle=c1"])
    )
    assert found.schema == schema.DECISIONS
    assert found.drop("cost", "what", "owner", "person_ids").rows() == [
        (4, "P1; P2; P3", instant("58d9"), "R13", "value_missing"),
        (1, "Mona Reed", instant("65d9"), "R4", "name_corrupted_blocks_return"),
    ]
    assert found["person_ids"][0].split("; ") == [name.split()[0] for name in names]
    assert found["owner"][1] == (
        "user administrator of Entra, then support of the app's vendor, then cloud application administrator of Entra"
    )
    assert found["what"].str.len_chars().min() > 10 and found["cost"].str.len_chars().min() > 10


def test_decisions_count_people_not_rows():
    """A defect told once counts all whom it hits."""
    log = [f"p{n:02} update failure {day}d9 cause=patch_shape_rejected" for n in range(12) for day in (37, 38, 39)]
    assert plan.decisions(steps(log=log)).select("people", "first_names").rows() == [(12, "p00, p01, p02 and 9 more")]


def test_decisions_of_nothing():
    """Without steps there is nothing to decide."""
    assert plan.decisions(schema.STEPS.to_frame()).schema == schema.DECISIONS
    assert plan.decisions(schema.STEPS.to_frame()).is_empty()


@given(st.randoms(use_true_random=False))
def test_any_order(random):
    """The order of the rows of any input changes no step."""
    lines = {
        "accounts": [LIVE, DELETED, f"{OTHER} zoe@example.org enabled"],
        "records": [CORRUPTED, "t2 mona@example.org mona@example.org active"],
    }
    typed = tenant(**lines, log=[*RETRIED, LIVED, *(line.replace(NEW, OTHER).replace("mona", "zoe") for line in RETRIED)])
    known, seed = people.identities(typed), random.randrange(1000)
    found = storms.retry_storms(typed.events, known)

    def mixed(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.sample(fraction=1, shuffle=True, seed=seed)

    shuffled = schema.Tenant("mixed", typed.settings, typed.events, mixed(typed.people), mixed(typed.records))
    assert plan.checklist(mixed(found), mixed(known), shuffled).equals(plan.checklist(found, known, typed))
