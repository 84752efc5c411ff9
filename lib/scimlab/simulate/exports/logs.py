"""The provisioning log in each of its forms, whole or damaged."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from scimlab.simulate.clock import DAY
from scimlab.simulate.events import Event
from scimlab.simulate.exports import damage, graph, monitor, portal
from scimlab.simulate.exports.content import File, array, document, lines, table
from scimlab.simulate.world import World

EVENTS_A_PAGE = 1_000
ANOTHER_LINE_EACH = 100


def log(world: World, cut_days: int | None = None) -> list[Event]:
    """The events of all jobs, newest first; only the last `cut_days` days where that is asked for."""
    events = [each for job in world.jobs for each in job.events if each.at >= _cut(world, cut_days)]
    return sorted(events, key=lambda each: (-each.at, each.event_id))


def withheld(world: World, cut_days: int | None) -> list[damage.Withheld]:
    """The events that a cut log leaves out."""
    return [("cut", "", each.event_id) for each in log(world) if each.at < _cut(world, cut_days)]


def files(world: World, form: str, cut_days: int | None, damaged: Collection[str]) -> tuple[Iterable[File], list[damage.Withheld]]:
    """The files of the log in a form, and what was done to it on the way."""
    events = log(world, cut_days)
    if form == "graph" and {*damaged} & {*damage.OF_PAGES}:
        return _damaged_pages(world, events, damaged)
    if form not in damage.SHARED:
        return FORMS[form](events), []
    shared = "other_product" in damaged
    return FORMS[form](events, shared), [("other_product", "", "")] if shared else []


def _cut(world: World, cut_days: int | None) -> int:
    return world.rules.start if cut_days is None else world.rules.end - cut_days * DAY


def _records(events: Iterable[Event], record: Callable[[Event], dict] = graph.provisioning_object_summary) -> Iterator[bytes]:
    return (graph.encoder.encode(record(each)) for each in events)


def _graph(events: Sequence[Event]) -> Iterator[File]:
    paged = _pages(events)
    for number, (name, within) in enumerate(paged, start=1):
        yield name, [graph.page(within, f"page{number + 1}" if number < len(paged) else "")]


def _array(events: Sequence[Event]) -> Iterator[File]:
    yield "ProvisioningLogs.json", array(_records(events))


def _jsonl(events: Sequence[Event]) -> Iterator[File]:
    yield "provisioning.jsonl", (each + b"\n" for each in _records(events))


def _beta(events: Sequence[Event]) -> Iterator[File]:
    yield document("provisioning_beta.json", {"@odata.context": graph.BETA_CONTEXT, "value": [graph.older_record(each) for each in events]})


def _portal(events: Sequence[Event], dates: str = "month_first") -> Iterator[File]:
    yield "ProvisioningLogs.csv", table(portal.log_rows(events, dates))
    yield "ProvisioningLogs_ProvisioningSteps.csv", table(portal.step_rows(events))
    yield "ProvisioningLogs_ModifiedProperties.csv", table(portal.property_rows(events))


def _monitored(events: Iterable[Event], shared: bool) -> Iterator[tuple[Event, dict]]:
    """A line an event as Azure Monitor carries it, and where the place is shared, now and then one of another product."""
    for number, each in enumerate(events):
        yield each, monitor.diagnostic_line(each)
        if shared and number % ANOTHER_LINE_EACH == 0:
            yield each, monitor.of_another_product(each)


def _diagnostic(events: Sequence[Event], shared: bool) -> Iterator[File]:
    yield "insights-logs-provisioninglogs.jsonl", lines(line for _, line in _monitored(reversed(events), shared))


def _diagnostic_hours(events: Sequence[Event], shared: bool) -> Iterator[File]:
    for path, within in monitor.hours(_monitored(events, shared)):
        yield f"insights-logs-provisioninglogs/{path}", lines(within)


def _event_hub(events: Sequence[Event], shared: bool) -> Iterator[File]:
    for number, start in enumerate(range(0, max(1, len(events)), EVENTS_A_PAGE), start=1):
        within = [line for _, line in _monitored(events[start : start + EVENTS_A_PAGE], shared)]
        yield document(f"eventhub_{number:03}.json", {"records": within})


def _log_analytics(events: Sequence[Event]) -> Iterator[File]:
    yield "AADProvisioningLogs.json", array(msgspec.json.encode(monitor.log_analytics_row(each)) for each in events)


def _log_analytics_csv(events: Sequence[Event]) -> Iterator[File]:
    yield "AADProvisioningLogs.csv", table(monitor.csv_rows(events))


FORMS: Mapping[str, Callable[..., Iterator[File]]] = {
    "graph": _graph,
    "array": _array,
    "jsonl": _jsonl,
    "beta": _beta,
    "portal": _portal,
    "portal_iso": lambda events: _portal(events, "iso"),
    "diagnostic": _diagnostic,
    "diagnostic_hours": _diagnostic_hours,
    "event_hub": _event_hub,
    "log_analytics": _log_analytics,
    "log_analytics_csv": _log_analytics_csv,
}
"""Each form of the log; the first is the one taken unless another is asked for."""


def _pages(events: Sequence[Event]) -> list[tuple[str, list[Event]]]:
    starts = range(0, max(1, len(events)), EVENTS_A_PAGE)
    return [(f"provisioning_{number:03}.json", [*events[start : start + EVENTS_A_PAGE]]) for number, start in enumerate(starts, start=1)]


def _damaged_pages(world: World, events: Sequence[Event], kinds: Collection[str]) -> tuple[list[File], list[damage.Withheld]]:
    """The log as Graph pages, damaged; a page that follows on one that never arrived keeps its own link."""
    arrived, told = damage.pages(_pages(events), kinds, world.stream("damage"))
    pages = [(name, graph.page(within, f"page{number + 1}")) for number, (name, within) in enumerate(arrived, start=1)]
    if "torn_page" in kinds:
        name, content = pages[-1]
        pages[-1] = name, damage.torn(content)
        told += [("torn_page", name, each.event_id) for each in arrived[-1][1]]
    return [(name, [content]) for name, content in pages], told
