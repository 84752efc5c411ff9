"""Tenants typed by hand: a line each for an account, a record and an event."""

from datetime import timedelta

import polars as pl
from typed_events import events, instant

from scimlab import people, plan, schema, storms
from scimlab.schema import Setting, Tenant

NEW, OLD, OTHER = (f"{digit * 8}-1111-4222-8333-444455556666" for digit in "abc")
OLD_PREFIX = OLD.replace("-", "")
AS_OF = "40d0"
RETRIED = [f"{NEW} create failure {day}d9 cause=duplicate_conflict user=mona@example.org name=Mona_Reed" for day in (37, 38, 39)]
STATES = {"enabled": (True, False), "disabled": (False, False), "deleted": (True, True)}


def account(line: str) -> dict:
    """A user as `object_id user_name enabled|disabled|deleted [at] [hybrid]`; the display name is the local part."""
    object_id, user_name, state, *more = line.split()
    enabled, is_deleted = STATES[state]
    deleted_at = instant(more[0]) if is_deleted and more and more[0] != "hybrid" else None
    mail = user_name.removeprefix(object_id.replace("-", ""))
    return {
        "object_id": object_id, "user_name": user_name, "mail": mail, "display_name": mail.split("@")[0].title(), "enabled": enabled,
        "is_deleted": is_deleted, "deleted_at": deleted_at, "hybrid": "hybrid" in more or None, "taken_at": instant(AS_OF),
        "created_at": (deleted_at or instant(AS_OF)) - timedelta(days=9),
    }  # fmt: skip


def record(line: str) -> dict:
    """A record as `target_id user_name mail active|inactive [updated_at] [of=external_id]`."""
    target_id, user_name, mail, state, *more = line.split()
    external_id = next((each.removeprefix("of=") for each in more if each.startswith("of=")), None)
    updated_at = next((instant(each) for each in more if "=" not in each), None)
    return {
        "target_id": target_id, "user_name": user_name, "mail": mail, "active": state == "active", "updated_at": updated_at,
        "external_id": external_id, "taken_at": instant(AS_OF),
    }  # fmt: skip


def frame(rows: list[dict], columns: pl.Schema) -> pl.DataFrame:
    """The rows as a frame of all these columns; what was not typed is null."""
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=columns)


def tenant(
    *, accounts: list[str] = (), records: list[str] = (), log: list[str] = (), leaving: list[str] = (), purged: list[str] = ()
) -> Tenant:
    """A tenant judged at AS_OF. leaving: object ids or addresses the roster lets go. purged: object ids whose purge the audit shows."""
    return Tenant(
        "typed",
        {"as_of": Setting(instant(AS_OF), "parameter"), "zone": Setting("UTC", "default")},
        events=events(*log),
        people=frame([account(line) for line in accounts], schema.PEOPLE),
        records=frame([record(line) for line in records], schema.RECORDS),
        roster=frame([{"address" if "@" in each else "object_id": each, "intent": "leaving"} for each in leaving], schema.ROSTER),
        audit=frame(
            [{"object_id": each, "activity": "Hard Delete user", "object_type": "User", "at": instant("38d0")} for each in purged],
            schema.AUDIT,
        ),
    )


def steps(**inputs: list[str]) -> pl.DataFrame:
    """The checklist of a typed tenant, by its own identities and storms."""
    typed = tenant(**inputs)
    known = people.identities(typed)
    return plan.checklist(storms.retry_storms(typed.events, known, as_of=typed.as_of), known, typed)
