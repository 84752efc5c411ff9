"""tenant.toml: what a folder's exports do not say themselves, checked key by key before anything is read."""

import difflib
import tomllib
from collections import ChainMap
from collections.abc import Mapping
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from scimlab.errors import UsageError
from scimlab.read.headers import ALIASES
from scimlab.read.readings import Options
from scimlab.read.times import ORDERS

FILE = "tenant.toml"
DELETE_SEMANTICS = ("hard", "soft_reserves_email", "soft_frees_email")

Kinds = Mapping[str, tuple[type, ...]]
TOP: Kinds = {
    "tenant_id": (str,), "app": (str,), "zone": (str,), "least_attempts": (int,), "delete_semantics": (str,), "deletion_threshold": (int,),
    "files": (dict,), "columns": (dict,), "season": (list,), "exclude": (list,), "terms": (dict,),
}  # fmt: skip
OF_A_FILE: Kinds = {"taken_at": (datetime, str), "date_order": (str,), "zone": (str,), "app": (str,), "tenant_id": (str,)}
OF_A_SEASON: Kinds = {"name": (str,), "first_day": (date,), "last_day": (date,)}
OF_AN_EXCLUSION: Kinds = {"address": (str,), "object_id": (str,), "target_id": (str,), "reason": (str,)}
OF_TERMS: Kinds = {
    "price": (int, float), "currency": (str,), "minimum": (int, float), "contract": (int, float),
    "at": (str,), "window_days": (int,), "quantile": (int, float),
}  # fmt: skip
"""[terms]: the contract, and the options of counting rules that rules/policies.toml gives a default."""

WORDS = {dict: "table", list: "list of tables", str: "text", int: "number", float: "number"}
OUR_COLUMNS = sorted({column for columns in ALIASES.values() for column in columns})


class Said(NamedTuple):
    """What tenant.toml says of one file."""

    options: Options
    taken_at: datetime | None
    app: str
    tenant_id: str


class Settings:
    """A checked tenant.toml; without one, nothing is said."""

    def __init__(self, folder: Path):
        """Read the file of the folder, if it has one.

        raises: UsageError for a file that is no TOML, a key that is unknown or holds something else than it should.
        """
        self.place = folder / FILE
        self.told: dict[str, Any] = _toml(self.place) if self.place.is_file() else {}
        _check(self.told, TOP, "")
        for name, table in self._tables("files").items():
            _check(table, OF_A_FILE, f'files."{name}"' if name else "files")
            _check_file(table, f'files."{name}"' if name else "files")
        for name, table in self._tables("columns").items():
            for header, column in table.items():
                _column(column, f'columns."{name}"."{header}"' if name else f'columns."{header}"')
        for key, kinds in (("season", OF_A_SEASON), ("exclude", OF_AN_EXCLUSION)):
            for number, table in enumerate(self.told.get(key, []), 1):
                if not isinstance(table, dict):
                    raise _wrong(f"[[{key}]] {number}", "is no table", f"Write it under a line [[{key}]].")
                _check(table, kinds, f"[[{key}]] {number}")
        _check(self.told.get("terms", {}), OF_TERMS, "terms")
        _check_values(self.told)

    def _tables(self, key: str) -> dict[str, dict]:
        """The table of that key for every file, under the empty name, and those for files by name."""
        table = self.told.get(key, {})
        named = {name: each for name, each in table.items() if isinstance(each, dict)}
        return {"": {name: each for name, each in table.items() if name not in named}} | named

    def of(self, file: str) -> Said:
        """What is said of a file: by its name before by a pattern before for every file."""
        told = self._merged("files", file)
        taken_at = told.get("taken_at")
        return Said(
            Options(told.get("date_order", ""), told.get("zone", ""), self._merged("columns", file)),
            _instant(taken_at, "taken_at") if taken_at is not None else None,
            told.get("app", ""),
            told.get("tenant_id", ""),
        )

    def _merged(self, key: str, file: str) -> dict[str, Any]:
        names, tables = (file, PurePosixPath(file).name), self._tables(key)
        general = [table for name, table in tables.items() if name not in names and _covers(name, names)]
        return dict(ChainMap(*(tables[name] for name in names if name in tables), *reversed(general)))


def _covers(pattern: str, names: tuple[str, ...]) -> bool:
    return not pattern or any(fnmatchcase(each, pattern) for each in names)


def zone_named(name: str, field: str) -> str:
    """The IANA zone of that name.

    raises: UsageError where there is none, naming the nearest.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _wrong(field, f'"{name}" is no time zone', f"{_nearest(name, available_timezones())}Write it as Europe/Berlin.") from None
    return name


def instant_named(text: str, field: str) -> datetime:
    """The instant a parameter spells, with its zone.

    raises: UsageError where it spells none.
    """
    return _instant(text, field)


def _toml(place: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(place.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"no TOML: {error}", "Correct that line.", file=FILE) from None


def _check(table: Mapping[str, Any], kinds: Kinds, where: str) -> None:
    """Each key is known and holds what it should."""
    for key, value in table.items():
        field = f"{where}.{key}" if where else key
        if key not in kinds:
            raise _wrong(field, "unknown key", f"{_nearest(key, kinds)}Known here: {', '.join(kinds)}.")
        # True is an int to Python, and a datetime is a date.
        if not isinstance(value, kinds[key]) or isinstance(value, bool) or (kinds[key] == (date,) and isinstance(value, datetime)):
            words = " or ".join(WORDS.get(kind, kind.__name__) for kind in kinds[key])
            raise _wrong(field, f"{value!r:.60} is no {words}", f"Write a {words}.")


def _check_file(table: Mapping[str, Any], where: str) -> None:
    if table.get("date_order", "iso") not in ORDERS:
        raise _wrong(f"{where}.date_order", f'"{table["date_order"]}" is no order', f"Write one of {', '.join(ORDERS)}.")
    if "zone" in table:
        zone_named(table["zone"], f"{where}.zone")
    if "taken_at" in table:
        _instant(table["taken_at"], f"{where}.taken_at")


def _check_values(told: Mapping[str, Any]) -> None:
    if "zone" in told:
        zone_named(told["zone"], "zone")
    if told.get("least_attempts", 1) < 1:
        raise _wrong("least_attempts", f"{told['least_attempts']} is below 1", "Write 1 or more.")
    if told.get("deletion_threshold", 0) < 0:
        raise _wrong("deletion_threshold", f"{told['deletion_threshold']} is below 0", "Write 0 or more.")
    if told.get("delete_semantics", DELETE_SEMANTICS[0]) not in DELETE_SEMANTICS:
        raise _wrong("delete_semantics", f'"{told["delete_semantics"]}" is unknown', f"Write one of {', '.join(DELETE_SEMANTICS)}.")


def _column(column: Any, field: str) -> None:
    if not isinstance(column, str) or column not in OUR_COLUMNS:
        near = _nearest(column, OUR_COLUMNS) if isinstance(column, str) else ""
        raise _wrong(field, f"{column!r} is no column of ours", f"{near}data/README.md lists them; `scimlab columns FILE` proposes a map.")


def _instant(value: Any, field: str) -> datetime:
    """An instant with its zone, from TOML's own spelling or from text."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise _wrong(field, f'"{value}" is no instant with its zone', "Write it as 2026-09-01T00:00:00Z.")
    return at.astimezone(UTC)


def _nearest(key: str, known: Any) -> str:
    """A sentence that names the nearest known word; empty where none is near."""
    near = difflib.get_close_matches(key, list(known), 1)
    return f'Did you mean "{near[0]}"? ' if near else ""


def _wrong(field: str, found: str, todo: str) -> UsageError:
    return UsageError(found, todo, file=None if field.startswith("--") else FILE, field=field)
