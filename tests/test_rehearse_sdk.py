"""msgraph-sdk, the client that customers' tenants are read with, plays against the rehearsal."""

import asyncio
import json

import pytest
from rehearsed import active_user, job_url, rehearsal

pytest.importorskip("msgraph", reason="msgraph-sdk, 400 MB, comes with the extra named live only")

from kiota_abstractions.authentication import AnonymousAuthenticationProvider  # noqa: E402
from msgraph import GraphRequestAdapter, GraphServiceClient  # noqa: E402
from msgraph.generated.models.user import User  # noqa: E402


class Bearer(AnonymousAuthenticationProvider):
    """Shows the rehearsal's token; the SDK's own providers insist on https."""

    def __init__(self, token: str):
        """Keep the token."""
        self.token = token

    async def authenticate_request(self, request, additional_authentication_context=None) -> None:
        """Add it to each request."""
        request.headers.add("Authorization", f"Bearer {self.token}")


def graph(running) -> GraphServiceClient:
    """The SDK's client, pointed at the rehearsal."""
    adapter = GraphRequestAdapter(Bearer(running.token))
    adapter.base_url = running.graph_url
    return GraphServiceClient(request_adapter=adapter)


def test_the_sdk_reads_every_collection():
    """Users, deleted users, both logs, assignments, members, jobs and schema come as the SDK's objects; its page iterator finds the end."""
    with rehearsal(people=40, page_size=9) as (running, _):
        world, service = running.world, graph(running)

        async def read() -> dict:
            principal = service.service_principals.by_service_principal_id(world.job.connection.app_id)
            job = principal.synchronization.jobs.by_synchronization_job_id(world.job.connection.job_id)
            group = service.groups.by_group_id(world.staff.object_id)
            return {
                "users": await service.users.get(),
                "deleted": await service.directory.deleted_items.graph_user.get(),
                "log": await service.audit_logs.provisioning.get(),
                "audits": await service.audit_logs.directory_audits.get(),
                "assigned": await principal.app_role_assigned_to.get(),
                "members": await group.members.graph_user.get(),
                "jobs": await principal.synchronization.jobs.get(),
                "schema": await job.schema.get(),
                "job": await job.get(),
            }

        found = asyncio.run(read())
    assert all(found[name].value for name in ("users", "deleted", "log", "audits", "assigned", "members", "jobs"))
    assert found["log"].odata_next_link
    assert found["log"].value[0].provisioning_status_info.status is not None
    assert found["job"].status.code is not None
    assert found["schema"].synchronization_rules[0].object_mappings[0].attribute_mappings


def test_the_sdk_writes():
    """A user is disabled; a paused job is started; a restart with a single scope arrives whole, one with two loses both on the way."""
    with rehearsal() as (running, _):
        world, service = running.world, graph(running)
        user = world.directory.users[active_user(running)]
        principal = service.service_principals.by_service_principal_id(world.job.connection.app_id)
        job = principal.synchronization.jobs.by_synchronization_job_id(world.job.connection.job_id)

        async def write() -> None:
            await service.users.by_user_id(user.object_id).patch(User(account_enabled=False))
            await job.pause.post()
            await job.start.post()

        asyncio.run(write())
        assert not user.enabled
        assert [each.path for each in running.stage.ledger.writes[1:]] == [f"{job_url(running)}/pause", f"{job_url(running)}/start"]


def test_the_sdk_drops_combined_scopes_and_the_ledger_shows_it():
    """Asked for "Watermark, Escrows" the SDK sends an empty criteria: what was sent stands in the ledger, so a test can tell."""
    from msgraph.generated.models.synchronization_job_restart_criteria import SynchronizationJobRestartCriteria as Criteria
    from msgraph.generated.models.synchronization_job_restart_scope import SynchronizationJobRestartScope as Scope
    from msgraph.generated.service_principals.item.synchronization.jobs.item.restart.restart_post_request_body import RestartPostRequestBody

    with rehearsal() as (running, _):
        connection, service = running.world.job.connection, graph(running)
        jobs = service.service_principals.by_service_principal_id(connection.app_id).synchronization.jobs
        restart = jobs.by_synchronization_job_id(connection.job_id).restart

        async def both() -> None:
            await restart.post(RestartPostRequestBody(criteria=Criteria(reset_scope=Scope.Watermark)))
            await restart.post(RestartPostRequestBody(criteria=Criteria(reset_scope="Watermark, Escrows")))

        asyncio.run(both())
        sent = [each.body for each in running.stage.ledger.writes]
        assert sent == [{"criteria": {"resetScope": "Watermark"}}, {"criteria": {}}]


def test_the_sdks_retries_get_on():
    """429 with Retry-After twice running is answered by the SDK's own patience."""
    with rehearsal(faults=["throttled=1"]) as (running, _):
        found = asyncio.run(graph(running).users.get())
        assert found.value
        assert running.stage.ledger.faults["throttled"] == 2


def test_the_sdk_provisions_on_demand():
    """The odd answer arrives as a pair of strings with JSON in them."""
    from msgraph.generated.models.synchronization_job_application_parameters import SynchronizationJobApplicationParameters as Parameters
    from msgraph.generated.models.synchronization_job_subject import SynchronizationJobSubject as Subject
    from msgraph.generated.service_principals.item.synchronization.jobs.item.provision_on_demand import (
        provision_on_demand_post_request_body,
    )

    with rehearsal() as (running, http):
        connection, service = running.world.job.connection, graph(running)
        rule = http.get(f"{job_url(running)}/schema").json()["synchronizationRules"][0]["id"]
        subject = Subject(object_id=active_user(running), object_type_name="User")
        body = provision_on_demand_post_request_body.ProvisionOnDemandPostRequestBody(
            parameters=[Parameters(rule_id=rule, subjects=[subject])]
        )
        jobs = service.service_principals.by_service_principal_id(connection.app_id).synchronization.jobs
        answer = asyncio.run(jobs.by_synchronization_job_id(connection.job_id).provision_on_demand.post(body))
    assert json.loads(answer.key)["result"] == "Skipped"
    assert json.loads(answer.value)["action"] == "Other"
