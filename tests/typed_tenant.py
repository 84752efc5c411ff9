"""A tenant typed by hand: a line a thing that some export says, as short as the rule under test needs.

`user ada disabled created=-200d` · `bin ada deleted=-5d` · `record r1 ada inactive key=ada` · `given ada` · `create ada r1 -90d` ·
`disable ada r1 -3d failure=duplicate_conflict` · `done ada Disable_account -3d` · `says ada leaving` · `seen ada sign_in -1d`

People are called by a word: its object id, address and display name follow from it. Times count back from NOW.
"""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_DNS, uuid5

import polars as pl

from scimlab import schema
from scimlab.schema import Setting, Tenant

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
UNITS = {"d": "days", "h": "hours", "m": "minutes"}
SCOPED = {"yes": (True, True), "no": (False, True), "filtered": (True, False)}


def object_id(word: str) -> str:
    """The object id of whoever is called so."""
    return str(uuid5(NAMESPACE_DNS, word))


def address(word: str) -> str:
    """The address of whoever is called so."""
    return f"{word.rstrip('123456789')}@contoso.example"


def instant(text: str) -> datetime:
    """The time `-3d`, `-40m` before NOW."""
    return NOW + timedelta(**{UNITS[text[-1]]: int(text[:-1])})


def tenant(*lines: str, as_of: datetime = NOW, taken: str = "-0m", **settings: object) -> Tenant:
    """The tenant of which the lines are what was exported; every list was taken at `taken`, or, where that is empty, nobody knows when."""
    rows: dict[str, list[dict]] = {}
    for number, line in enumerate(lines, start=1):
        kind, *words = line.split()
        plain = [word for word in words if "=" not in word]
        named = dict(word.split("=", 1) for word in words if "=" in word)
        frame, row = MADE[kind](*plain, **named)
        common = {"file": f"{frame}.json", "row": number} | ({"taken_at": instant(taken)} if taken else {})
        rows.setdefault(frame, []).append(common | row)
    frames = {name: _frame(each, schema.FRAMES[name]) for name, each in rows.items()}
    events = frames.pop("events", schema.EVENTS.to_frame()).with_columns(counted=True).lazy()
    known = {"as_of": as_of, "zone": "UTC", "app_id": "app"} | settings
    return Tenant("typed", {name: Setting(value, "typed") for name, value in known.items()}, events=events, **frames)


def _frame(rows: list[dict], columns: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=columns)


def _user(word: str, state: str = "enabled", *, created: str = "-200d", name: str = "", mail: str = "", **more: str) -> tuple[str, dict]:
    enabled = {"enabled": True, "disabled": False, "unsaid": None}[state]
    own = {"object_id": object_id(word), "user_name": name or address(word), "mail": mail or name or address(word)}
    return "people", own | {"display_name": _called(word), "enabled": enabled, "is_deleted": False, "created_at": instant(created)} | more


def _bin(word: str, *, deleted: str = "", created: str = "-200d", **more: str) -> tuple[str, dict]:
    frame, row = _user(word, "unsaid", created=created, **more)
    row |= {"user_name": object_id(word).replace("-", "") + row["user_name"], "is_deleted": True}
    return frame, row | {"deleted_at": instant(deleted) if deleted else None}


def _record(target_id: str, word: str, state: str = "active", *, key: str = "", prefix: str = "", changed: str = "", **more: str):
    hexed = object_id(prefix).replace("-", "") if prefix else ""
    own = {"user_name": hexed + more.pop("name", address(word)), "mail": address(word), "display_name": _called(word)}
    times = {"updated_at": instant(changed) if changed else None, "created_at": instant(more.pop("created", "-150d"))}
    external = object_id(key) if key else more.pop("external", None)
    return "records", {"target_id": target_id, "active": state == "active", "external_id": external} | own | times | more


def _given(word: str, *, group: str = "", kind: str = "User", created: str = "-150d") -> tuple[str, dict]:
    principal = object_id(word) if kind == "User" else word
    return "assignments", {"principal_id": principal, "principal_type": kind, "group_id": group or None, "created_at": instant(created)}


def _event(action: str, word: str, *rest: str, failure: str = "", skipped: str = "", active: str = "", scope: str = "yes", **more: str):
    target, at = rest if len(rest) == 2 else (None, rest[0])
    assigned, in_scope = SCOPED[scope]
    sent = {"on": True, "off": False, "": {"create": True, "disable": False}.get(action)}[active]
    row = {
        "event_id": f"{word}{at}{action}",
        "at": instant(at),
        "job_id": more.pop("job", "job-1"),
        "cycle_id": more.pop("cycle", None),
        "action": action,
        "object_type": "user",
    }
    row |= {
        "source_id": object_id(word),
        "source_name": _called(more.pop("called", word)),
        "source_user_name": address(word),
        "target_id": target,
    }
    row |= {"status": "failure" if failure else "skipped" if skipped else "success", "cause": failure or None}
    row |= {"skip_reason": skipped or None, "skip_property": more.pop("lacks", None), "sent_active": None if failure or skipped else sent}
    return "events", row | {"assigned": assigned, "in_scope": in_scope, "source_enabled": more.pop("enabled", "yes") == "yes"}


def _done(word: str, activity: str, at: str, *, by: str = "admin", new: str = "", property: str = "") -> tuple[str, dict]:
    row = {"audit_id": f"{word}{at}{activity}", "at": instant(at), "activity": activity.replace("_", " "), "result": "success", "actor": by}
    return "audit", row | {"object_id": object_id(word), "object_type": "User", "property": property or None, "new_value": new or None}


def _says(word: str, intent: str) -> tuple[str, dict]:
    return "roster", {"object_id": object_id(word), "intent": intent}


def _seen(word: str, kind: str, at: str) -> tuple[str, dict]:
    return "activity", {"object_id": object_id(word), "kind": kind, "at": instant(at)}


def _called(word: str) -> str:
    name = word.rstrip("123456789").title()
    return f"{name} {name}sen"


MADE = {"user": _user, "bin": _bin, "record": _record, "given": _given, "done": _done, "says": _says, "seen": _seen} | {
    action: lambda *words, action=action, **named: _event(action, *words, **named)
    for action in ("create", "update", "disable", "delete", "other")
}
