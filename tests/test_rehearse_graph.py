"""Graph: what may be asked and how it is refused, pages, users and the recycle bin, jobs, links, on demand."""

import json

import pytest
from rehearsed import active_user, blocked, job_url, moved, pages, rehearsal, rows

LOG, AUDITS = "/v1.0/auditLogs/provisioning", "/v1.0/auditLogs/directoryAudits"
DELETED = "/v1.0/directory/deletedItems/microsoft.graph.user"
ON_DEMAND = "provisionOnDemand"


@pytest.fixture(scope="module")
def unchanged():
    """A rehearsal that nobody writes to, for all tests that only ask."""
    with rehearsal(people=40) as (_, http):
        yield http


@pytest.mark.parametrize(
    ("url", "condition"),
    [
        (LOG, "activityDateTime ge 2026-05-01T00:00:00Z"),
        (LOG, "activityDateTime le 2026-05-01T00:00:00Z"),
        (AUDITS, "activityDateTime gt 2026-05-01T00:00:00Z"),
        (AUDITS, "activityDateTime lt 2026-05-01T00:00:00Z"),
        (LOG, "activityDateTime gt '2026-05-01T00:00:00Z'"),
        (LOG, "activityDateTime gt 2026-05-01T25:00:00Z"),
        (LOG, "jobId eq"),
        (LOG, "jobName eq 'x'"),
        (LOG, "servicePrincipal/displayName eq 'x'"),
        ("/v1.0/users", "accountEnabled eq 'true'"),
        ("/v1.0/users", "contains(displayName,'a')"),
    ],
)
def test_a_filter_that_the_service_does_not_know_is_refused(unchanged, url, condition):
    """Each log has operators of its own; the answer says what was wrong, in Graph's shape."""
    answer = unchanged.get(url, params={"$filter": condition})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")
    assert {*answer.json()["error"]["innerError"]} == {"date", "request-id", "client-request-id"}


@pytest.mark.parametrize(
    ("url", "condition", "holds"),
    [
        (LOG, "activityDateTime gt 2026-06-01T00:00:00Z", lambda row: row["activityDateTime"] > "2026-06-01"),
        (LOG, "provisioningAction eq 'disable'", lambda row: row["provisioningAction"] == "disable"),
        (LOG, "servicePrincipal/name eq 'Maptician'", lambda row: True),
        (LOG, "provisioningAction eq 'Disable'", lambda row: False),
        (AUDITS, "activityDisplayName eq 'Disable account'", lambda row: row["activityDisplayName"] == "Disable account"),
        (AUDITS, "activityDateTime ge 2026-06-01 and category eq 'UserManagement'", lambda row: row["activityDateTime"] > "2026-06-01"),
        ("/v1.0/users", "accountEnabled eq false", lambda row: not row["accountEnabled"]),
        ("/v1.0/users", "startswith(displayName,'a')", lambda row: row["displayName"].lower().startswith("a")),
        ("/v1.0/users", "not (accountEnabled eq false)", lambda row: row["accountEnabled"]),
    ],
)
def test_a_filter_keeps_what_it_says(unchanged, url, condition, holds):
    """The rows found are those of the whole list for which it holds; the logs mind case, the directory does not."""
    asked = {"top": "500"} | ({"select": "id,displayName,accountEnabled"} if url == "/v1.0/users" else {})
    whole = rows(unchanged, url, **asked)
    found = [row for row in whole if holds(row) and ("category" not in row or row["category"] == "UserManagement")]
    assert rows(unchanged, url, filter=condition, **asked) == found


def test_pages_are_followed_by_opaque_links():
    """Every row comes once, in pages of the size asked for; a link can be followed again, and a made-up one leads nowhere."""
    with rehearsal(page_size=7) as (running, http):
        found = pages(http, LOG, filter="activityDateTime gt 2026-06-20T00:00:00Z")
        assert [len(page["value"]) for page in found[:-1]] == [7] * (len(found) - 1)
        ids = [row["id"] for page in found for row in page["value"]]
        assert len(ids) == len({*ids}) > 14
        link = found[0]["@odata.nextLink"]
        assert link.startswith(f"{running.graph_url}/auditLogs/provisioning?$skiptoken=")
        assert http.get(link).json()["value"] == found[1]["value"]
        assert http.get(link + "x").status_code == 400
        assert http.get("/v1.0/users", params={"$skiptoken": link.split("=", 1)[1]}).status_code == 400


@pytest.mark.parametrize(
    "options", [{"$top": "0"}, {"$top": "1001"}, {"$top": "x"}, {"$skip": "5"}, {"$expand": "manager"}, {"$orderby": "x"}]
)
def test_options_out_of_bounds_are_refused(unchanged, options):
    """A page of no rows, one too long, and what the endpoint does not offer."""
    assert unchanged.get(LOG, params=options).status_code == 400


def test_what_is_not_asked_for_is_not_given(unchanged):
    """Neither accountEnabled nor any date of a user comes unless $select names it; a name that is none is refused."""
    user = unchanged.get("/v1.0/users", params={"$top": "1"}).json()["value"][0]
    assert not {"accountEnabled", "createdDateTime"} & user.keys()
    deleted = rows(unchanged, DELETED)[0]
    assert "deletedDateTime" not in deleted
    chosen = rows(unchanged, DELETED, select="id,userPrincipalName,deletedDateTime,employeeType")[0]
    assert {*chosen} == {"id", "userPrincipalName", "deletedDateTime", "employeeType"}
    assert chosen["userPrincipalName"].startswith(chosen["id"].replace("-", ""))
    assert chosen["employeeType"] is None
    assert unchanged.get("/v1.0/users", params={"$select": "id,shoeSize"}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"accountEnabled":"false"}',
        b'{"accountEnabled":null}',
        b'{"shoeSize":44}',
        b'{"mail":5}',
        b'{"userPrincipalName":""}',
    ],
)
def test_a_change_of_the_wrong_kind_is_refused_whole(body):
    """Neither text for truth nor an unknown property changes anything."""
    with rehearsal() as (running, http):
        user = running.world.directory.users[active_user(running)]
        before = (user.enabled, user.mail, len(running.world.directory.changes))
        assert http.patch(f"/v1.0/users/{user.object_id}", content=body).status_code == 400
        assert (user.enabled, user.mail, len(running.world.directory.changes)) == before


def test_what_active_directory_masters_is_not_changed_here():
    """A hybrid user is neither disabled nor deleted in the cloud."""
    with rehearsal() as (running, http):
        user = running.world.directory.users[active_user(running)]
        user.hybrid = True
        answers = (
            http.patch(f"/v1.0/users/{user.object_id}", json={"accountEnabled": False}),
            http.delete(f"/v1.0/users/{user.object_id}"),
        )
        assert [("on-premises" in each.json()["error"]["message"], each.status_code) for each in answers] == [(True, 400)] * 2
        assert user.enabled and user.deleted_at is None


def test_restoring_gives_everything_back_unless_somebody_has_the_name():
    """A clean return while the name is free; another name and freed addresses where a new object holds them."""
    with rehearsal() as (running, http):
        user = active_user(running)
        name, mail = (http.get(f"/v1.0/users/{user}").json()[each] for each in ("userPrincipalName", "mail"))
        http.delete(f"/v1.0/users/{user}").raise_for_status()
        assert http.get(f"/v1.0/users/{user}").status_code == 404
        other = next(each for each in running.world.directory.users if each != user and http.get(f"/v1.0/users/{each}").is_success)
        http.patch(f"/v1.0/users/{other}", json={"userPrincipalName": name, "mail": mail}).raise_for_status()
        restore = f"/v1.0/directory/deletedItems/{user}/restore"
        assert [http.post(restore, json=body).status_code for body in ({}, {"newUserPrincipalName": ""})] == [400, 400]
        assert http.post(restore, json={"newUserPrincipalName": "back@strandhof.example"}).json()["error"]["code"] == "ObjectConflict"
        back = http.post(restore, json={"newUserPrincipalName": "back@strandhof.example", "autoReconcileProxyConflict": True})
        assert (back.status_code, back.json()["id"], back.json()["userPrincipalName"]) == (200, user, "back@strandhof.example")


def test_the_month_to_restore_ends_before_the_purge():
    """On day 31 the object may still be listed, and cannot be restored."""
    with rehearsal() as (running, http):
        user = active_user(running)
        http.delete(f"/v1.0/users/{user}").raise_for_status()
        moved(http, advance_days=31)
        assert http.get(f"/v1.0/directory/deletedItems/{user}").is_success
        answer = http.post(f"/v1.0/directory/deletedItems/{user}/restore")
        assert (answer.status_code, "thirty days" in answer.json()["error"]["message"]) == (400, True)


def test_an_assignment_comes_and_goes():
    """Unassigned, a user is disabled with the next cycle; assigned again, the same record is switched on."""
    with rehearsal() as (running, http):
        principal = running.world.job.connection.app_id
        url = f"/v1.0/servicePrincipals/{principal}/appRoleAssignedTo"
        linked = running.world.job.links
        row = next(each for each in rows(http, url) if each["principalType"] == "User" and each["principalId"] in linked)
        record = running.world.app.get(linked[row["principalId"]])
        http.delete(f"{url}/{row['id']}").raise_for_status()
        moved(http, cycles=1)
        assert not record.active
        body = {each: row[each] for each in ("principalId", "resourceId", "appRoleId")}
        assert http.post(url, json=body).status_code == 201
        assert http.post(url, json=body).status_code == 400
        moved(http, cycles=1)
        assert record.active


def test_groups_show_their_direct_members():
    """The group that the app is given to, and the users in it."""
    with rehearsal() as (running, http):
        principal = running.world.job.connection.app_id
        given = rows(http, f"/v1.0/servicePrincipals/{principal}/appRoleAssignedTo")
        group = next(each["principalId"] for each in given if each["principalType"] == "Group")
        members = rows(http, f"/v1.0/groups/{group}/members/microsoft.graph.user", select="id")
        there = {each.object_id for each in running.world.directory.users.values() if each.deleted_at is None}
        assert {each["id"] for each in members} == running.world.staff.members & there
        assert http.get("/v1.0/groups/nobody/members").status_code == 404


@pytest.mark.parametrize(
    ("scope", "forgotten"),
    [
        ("Escrows", {"escrow"}),
        ("Watermark", {"watermark"}),
        ("Watermark, Escrows", {"watermark", "escrow"}),
        ("Watermark,Escrows,QuarantineState", {"watermark", "escrow", "quarantine"}),
        ("", {"watermark", "escrow", "quarantine"}),
        ("ConnectorDataStore", {"links"}),
        ("Full", {"watermark", "escrow", "quarantine", "links"}),
        ("None", set()),
    ],
)
def test_a_restart_forgets_what_its_scopes_name(scope, forgotten):
    """One scope, several, none for the portal's button, or all; the job is on afterwards."""
    with rehearsal(people=40) as (running, http):
        job = running.world.job
        job.put_in_quarantine(running.world.now, "TooManyDeletes")
        job.paused = True
        before = {name: getattr(job, name) and True for name in ("escrow", "watermark", "quarantine", "links")}
        assert all(before.values())
        http.post(f"{job_url(running)}/restart", json={"criteria": {"resetScope": scope}}).raise_for_status()
        assert {name for name in before if not getattr(job, name)} == forgotten
        assert not job.paused
        assert http.post(f"{job_url(running)}/restart", json={"criteria": {"resetScope": "Everything"}}).status_code == 400


def test_links_are_read_one_by_one_and_cut_while_the_job_rests():
    """By source or target id; 409 while the job runs, 204 twice over when it is paused, and no list of them."""
    with rehearsal() as (running, http):
        user = active_user(running)
        target = running.world.job.links[user]
        url = f"{job_url(running, 'beta')}/objectConnections"
        assert http.get(url).status_code == 400
        assert http.get(f"{job_url(running)}/objectConnections('{user}')").status_code == 400
        for each in (user, target):
            found = http.get(f"{url}('{each}')").json()
            assert (found["objectId"], found["sourceAnchor"], found["targetAnchor"], found["objectTypeName"]) == (
                each,
                user,
                target,
                "user",
            )
        assert http.delete(f"{url}('{user}')").status_code == 409
        http.post(f"{job_url(running)}/pause").raise_for_status()
        assert [http.delete(f"{url}('{target}')").status_code for _ in range(2)] == [204, 204]
        assert http.get(f"{url}('{user}')").status_code == 404


def _asked(http, running, user: str) -> dict:
    rule = http.get(f"{job_url(running)}/schema").json()["synchronizationRules"][0]["id"]
    body = {"parameters": [{"ruleId": rule, "subjects": [{"objectId": user, "objectTypeName": "User"}]}]}
    return http.post(f"{job_url(running)}/{ON_DEMAND}", json=body)


def test_on_demand_answers_in_strings_and_leaves_a_record():
    """A refused create is a Failure there and a failure in the log, named after the administrator."""
    with rehearsal(people=40, cadence="each_cycle") as (running, http):
        user, then = blocked(running), http.get("/rehearsal/clock").json()["now"]
        answer = _asked(http, running, user).json()
        key, value = json.loads(answer["key"]), json.loads(answer["value"])
        assert (key["result"], value["action"], value["statusInfo"]["status"]) == ("Failure", "Create", "Failure")
        moved(http, advance_hours=0)
        found = rows(http, LOG, filter=f"sourceIdentity/id eq '{user}' and changeId eq '{value['changeId']}'")
        assert [each["initiatedBy"]["initiatorType"] for each in found] == ["user"]
        assert found[0]["activityDateTime"] >= then


def test_a_lost_link_is_cut_and_made_again():
    """As for a record deleted in the app: pause, cut the one link, provision on demand, start; a new record, linked."""
    with rehearsal() as (running, http):
        user, url = active_user(running), f"{job_url(running, 'beta')}/objectConnections"
        lost = running.world.job.links[user]
        http.delete(f"/scim/v2/Users/{lost}").raise_for_status()
        assert json.loads(_asked(http, running, user).json()["key"])["details"]["errorCode"] == "InvalidAnchor"
        http.post(f"{job_url(running)}/pause").raise_for_status()
        http.delete(f"{url}('{user}')").raise_for_status()
        assert json.loads(_asked(http, running, user).json()["key"])["result"] == "Success"
        http.post(f"{job_url(running)}/start").raise_for_status()
        made = http.get(f"{url}('{user}')").json()["targetAnchor"]
        assert made != lost
        assert http.get(f"/scim/v2/Users/{made}").json()["externalId"] == user


def test_on_demand_cannot_help_the_disabled_and_the_deleted():
    """A disabled user is skipped without a record, a deleted one is not found, and a rule that is none is refused."""
    with rehearsal() as (running, http):
        user, known = active_user(running), len(running.world.job.events)
        http.patch(f"/v1.0/users/{user}", json={"accountEnabled": False})
        assert json.loads(_asked(http, running, user).json()["key"])["details"]["errorCode"] == "NotEffectivelyEntitled"
        http.delete(f"/v1.0/users/{user}")
        assert _asked(http, running, user).status_code == 404
        assert len(running.world.job.events) == known
        for body in ({}, {"parameters": []}, {"parameters": [{"ruleId": "x", "subjects": []}]}):
            assert http.post(f"{job_url(running)}/{ON_DEMAND}", json=body).status_code == 400


def test_a_right_that_is_missing_is_missed_at_that_door_only():
    """403 for what the token may not read, while the rest goes on."""
    with rehearsal(denied=["auditLogs/signIns"]) as (_, http):
        answer = http.get("/v1.0/auditLogs/signIns")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Authorization_RequestDenied")
        assert http.get(LOG).is_success


def test_what_is_not_served_says_so():
    """An unknown segment, a wrong method, a job of another app."""
    with rehearsal() as (running, http):
        assert http.get("/v1.0/planner/tasks").status_code == 400
        assert http.put("/v1.0/users").status_code == 405
        assert http.get(job_url(running) + "x").status_code == 404
        assert http.get("/elsewhere").status_code == 404
