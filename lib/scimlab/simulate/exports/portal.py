"""The provisioning log as the portal's download: three CSV files held together by the change id.

No public source shows the real headers; these follow the property names, in the portal's way of spelling.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from scimlab.simulate.clock import iso, month_first
from scimlab.simulate.events import Event
from scimlab.simulate.exports import graph

LOG_COLUMNS: Mapping[str, Callable[[Event], str]] = {
    "ID": lambda event: event.event_id,
    "Change ID": lambda event: event.change_id,
    "Cycle ID": lambda event: event.cycle_id,
    "Job ID": lambda event: event.connection.job_id,
    "Tenant ID": lambda event: event.connection.tenant_id,
    "Action": lambda event: event.action[0].upper() + event.action[1:],
    "Status": lambda event: event.status.title(),
    "Error code": lambda event: event.refusal.code if event.refusal else "",
    "Status reason": lambda event: graph.reason(event) if event.refusal else "",
    "Duration in milliseconds": lambda event: str(event.duration_ms),
    "Source ID": lambda event: event.source.object_id,
    "Source identity": lambda event: event.source.display_name,
    "Source identity type": lambda event: event.source.kind,
    "Target ID": lambda event: event.target_id,
    "Target identity type": lambda event: graph.target_type(event),
    "Source system": lambda event: graph.SOURCE_SYSTEM,
    "Target system": lambda event: event.connection.target_system,
    "Service principal ID": lambda event: event.connection.app_id,
    "Service principal display name": lambda event: event.connection.app_name,
    "Initiated by": lambda event: graph.initiated_by(event)["displayName"],
}
STEP_COLUMNS = ("Change ID", "Step", "Type", "Status", "Description", "Details")
PROPERTY_COLUMNS = ("Change ID", "Property", "Old value", "New value")
WRITTEN = {"month_first": ("Date", month_first), "iso": ("Date (UTC)", iso)}
"""How the instant of an event may be headed and written; the portal's own clock is UTC either way."""


def log_rows(events: Iterable[Event], dates: str) -> Iterable[Sequence[str]]:
    """The header, and a row an event."""
    heading, written = WRITTEN[dates]
    yield heading, *LOG_COLUMNS
    for event in events:
        yield written(event.at), *(value(event) for value in LOG_COLUMNS.values())


def step_rows(events: Iterable[Event]) -> Iterable[Sequence[str]]:
    """The header, and a row a step; its details are JSON in a cell."""
    yield STEP_COLUMNS
    for event in events:
        for step in graph.steps(event):
            details = msgspec.json.encode(step["details"]).decode()
            stage, status = step["provisioningStepType"].title(), step["status"].title()
            yield event.change_id, step["name"], stage, status, step["description"], details


def property_rows(events: Iterable[Event]) -> Iterable[Sequence[str]]:
    """The header, and a row a property sent."""
    yield PROPERTY_COLUMNS
    for event in events:
        for name, old, new in event.modified:
            yield event.change_id, name, old or "", new
