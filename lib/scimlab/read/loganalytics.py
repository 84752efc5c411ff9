"""CSV of the Log Analytics tables: each row is a record whose structures are JSON as text."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from scimlab.read.activity import SignInLogRow, sign_in_log_row
from scimlab.read.audit import AuditLogRow, audit_log_rows
from scimlab.read.csvs import Csv
from scimlab.read.headers import plain
from scimlab.read.parts import Parts
from scimlab.read.provisioning import log_row
from scimlab.read.records import LogRow
from scimlab.read.refusals import Foreign, Unfit
from scimlab.read.tables import as_written


class Log(NamedTuple):
    """What a table holds: the record of a row, and the row, or rows, it becomes."""

    form: str
    frame: str
    record: type[msgspec.Struct]
    row: Callable[[Any], Any]


LOGS: Mapping[str, Log] = {
    "log": Log("Log Analytics CSV", "events", LogRow, log_row),
    "audit log": Log("Log Analytics audits CSV", "audit", AuditLogRow, audit_log_rows),
    "sign-in log": Log("Log Analytics sign-ins CSV", "activity", SignInLogRow, sign_in_log_row),
}
"""The tables by their kind, a key of headers.LOG_ANALYTICS."""


def take_log(table: Csv, kind: str, parts: Parts) -> None:
    """Every row of the table as a row of its frame, or set aside with its reason."""
    log = LOGS[kind]
    fields = {plain(name): name for name in log.record.__struct_fields__}
    columns = [fields.get(plain(header), "") for header in table.headers]
    for rows in as_written(table, parts, columns, "TimeGenerated", form=log.form, frame=log.frame):
        for row in rows.iter_rows(named=True):
            _take(row, log, parts)


def _take(row: dict[str, Any], log: Log, parts: Parts) -> None:
    number, shown = row.pop("row"), ", ".join(each for each in row.values() if each)
    try:
        columns = log.row(log.record(**row))
    except Foreign as error:
        parts.refuse_row(number, "foreign", str(error), shown)
    except (Unfit, msgspec.MsgspecError) as error:
        parts.refuse_row(number, "rejected", str(error), shown)
    else:
        parts.keep_row(number, columns, shown)
