"""The app's users: SCIM list pages, and the app's own CSV and Excel workbook with headers of its own."""

import io
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter

from scimlab.simulate import app
from scimlab.simulate.app import Record
from scimlab.simulate.clock import iso, moment
from scimlab.simulate.world import World

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PAGE_SIZE = 100
SHEET = "Occupants"

CSV_COLUMNS: Mapping[str, str] = {
    "Occupant": "target_id",
    "Login": "user_name",
    "Work e-mail": "mail",
    "Directory key": "external_id",
    "Shown as": "display_name",
    "Is active": "active",
    "Staff no.": "employee_id",
    "Team": "department",
    "Added": "created_at",
    "Changed": "updated_at",
    "Switched off": "deactivated_at",
}
"""The app's own headers, and the columns they mean."""


def records(world: World) -> list[Record]:
    """The records that the app shows, by id."""
    return sorted((each for each in world.app.records.values() if not each.hidden), key=lambda each: each.target_id)


def scim_pages(world: World) -> Iterable[dict]:
    """`GET /Users` page by page; at least one, if empty."""
    found = records(world)
    pages = [found[start : start + PAGE_SIZE] for start in range(0, len(found), PAGE_SIZE)] or [[]]
    for number, listed in enumerate(pages):
        yield {
            "schemas": [LIST],
            "totalResults": len(found),
            "startIndex": 1 + number * PAGE_SIZE,
            "itemsPerPage": len(listed),
            "Resources": [scim_user(each) for each in listed],
        }


def scim_user(record: Record) -> dict:
    """One record as a SCIM user of RFC 7643."""
    values = record.values
    enterprise = {"department": values.get(app.DEPARTMENT), "employeeNumber": values.get(app.EMPLOYEE_ID)}
    user = {
        "schemas": [CORE, ENTERPRISE],
        "id": record.target_id,
        "externalId": values.get(app.EXTERNAL_ID),
        "userName": values[app.USER_NAME],
        "displayName": values.get("displayName"),
        "name": {"givenName": values.get(app.GIVEN), "familyName": values.get(app.SURNAME)},
        "title": values.get("title"),
        "active": record.active,
        "emails": [{"value": values[app.MAIL], "type": "work", "primary": True}] if app.MAIL in values else [],
        ENTERPRISE: {name: text for name, text in enterprise.items() if text},
        "meta": {"resourceType": "User", "created": iso(record.created_at), "lastModified": iso(record.updated_at)},
    }
    return {name: value for name, value in user.items() if value is not None}


def csv_rows(world: World) -> Iterable[Sequence[str]]:
    """The header and a row a record, under CSV_COLUMNS."""
    yield [*CSV_COLUMNS]
    for record in records(world):
        values = record.values
        switched_off = None if record.active or not record.spans else record.spans[-1][1]
        yield (
            record.target_id,
            values[app.USER_NAME],
            values.get(app.MAIL, ""),
            values.get(app.EXTERNAL_ID, ""),
            values.get("displayName", ""),
            str(record.active).lower(),
            values.get(app.EMPLOYEE_ID, ""),
            values.get(app.DEPARTMENT, ""),
            iso(record.created_at),
            iso(record.updated_at),
            "" if switched_off is None else iso(switched_off),
        )


def workbook(world: World) -> bytes:
    """The same rows as an Excel workbook; every cell is a text, as a name may begin like a formula."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        # Else the clock of this machine, and other bytes on every day.
        book.set_properties({"created": moment(world.rules.end).replace(tzinfo=None)})
        sheet = book.add_worksheet(SHEET)
        for number, row in enumerate(csv_rows(world)):
            for place, value in enumerate(row):
                if value:
                    sheet.write_string(number, place, value)
    return packed.getvalue()
