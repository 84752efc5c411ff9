"""Who signs in, who is seen, who holds a desk, and what the vendor bills: what stands beside the directory and the app's users."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scimlab.names import recover
from scimlab.simulate.app import MAIL, USER_NAME, Record
from scimlab.simulate.clock import guid, iso, moment, second
from scimlab.simulate.world import World

SIGN_INS_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns"
PRESENCE_COLUMNS: Mapping[str, str] = {"Occupant": "target_id", "Login": "user_name", "Seen": "at"}
DESK_COLUMNS: Mapping[str, str] = {"Occupant": "target_id", "Desk": "desk", "Kind": "kind", "From": "from_at", "Until": "until_at"}
INVOICE_COLUMNS: Mapping[str, str] = {"Occupant": "target_id", "E-mail": "address", "Billed on": "billed_on", "Quantity": "quantity"}


def sign_ins(world: World) -> dict:
    """`GET /auditLogs/signIns` for what is kept: thirty days, under the clean name, the latest first."""
    rng = world.stream("sign-in export")
    rows = [
        {
            "id": guid(rng),
            "createdDateTime": iso(at),
            "userId": user.object_id,
            "userPrincipalName": upn,
            "userDisplayName": user.display_name,
            "appDisplayName": "Office 365 Exchange Online",
            "ipAddress": f"198.51.100.{rng.randrange(1, 255)}",
            "clientAppUsed": "Browser",
            "conditionalAccessStatus": "notApplied",
            "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
        }
        for at, user, upn in world.sign_ins
    ]
    return {"@odata.context": SIGN_INS_CONTEXT, "value": rows[::-1]}


def presence_rows(world: World) -> Iterable[Sequence[str]]:
    """The header and a row a time somebody was seen at work: a sign-in finds its occupant by the name, so a corrupted one is never seen."""
    yield [*PRESENCE_COLUMNS]
    for at, _, upn in world.sign_ins:
        for record in world.app.find(upn):
            if record.active:
                yield record.target_id, record.values[USER_NAME], iso(at)


def desk_rows(world: World) -> Iterable[Sequence[str]]:
    """The header and a row a desk held: deactivation ends it, and activation does not bring it back."""
    yield [*DESK_COLUMNS]
    for record in world.app.records.values():
        for desk, since, until in record.desks:
            yield record.target_id, desk, "assigned", iso(since), "" if until is None else iso(until)


def invoice_rows(world: World) -> Iterable[Sequence[str]]:
    """The header and a row a record active at any instant of the last whole month by the tenant's clock.

    This vendor counts a full seat for each, but for the accounts that are agreed not to count.
    """
    yield [*INVOICE_COLUMNS]
    start, end = last_month(world)
    excluded = {name for each in world.people if each.excluded for name in (each.key, each.record_id)} - {""}
    for record in sorted([*world.app.records.values(), *world.app.gone], key=lambda each: each.target_id):
        if not {record.owner, record.target_id} & excluded and _active_within(record, start, end):
            yield record.target_id, recover(record.values.get(MAIL, "")).clean_name, f"{moment(end - 1):%Y-%m-%d}", "1"


def last_month(world: World) -> tuple[int, int]:
    """The first second of the last whole month, and the first after it."""
    zone = ZoneInfo(world.rules.zone)
    end = moment(world.rules.end).astimezone(zone).date().replace(day=1)
    return _midnight((end - timedelta(days=1)).replace(day=1), zone), _midnight(end, zone)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return second(datetime(day.year, day.month, day.day, tzinfo=zone))


def _active_within(record: Record, start: int, end: int) -> bool:
    return any(since < end and (until is None or until > start) for since, until, _ in record.spans)


ROWS: Mapping[str, Callable[[World], Iterable[Sequence[str]]]] = {"presence": presence_rows, "desks": desk_rows, "invoice": invoice_rows}
"""The rows of each CSV of the app's own."""
