"""A CSV of the Log Analytics table AADProvisioningLogs: each row is a record whose fields hold JSON as text."""

import msgspec

from scimlab.read.csvs import Csv
from scimlab.read.headers import plain
from scimlab.read.parts import Parts
from scimlab.read.provisioning import log_row
from scimlab.read.records import LogRow
from scimlab.read.refusals import Foreign, Unfit
from scimlab.read.tables import frames, is_as_written

FORM = "Log Analytics CSV"
FIELDS = {plain(name): name for name in LogRow.__struct_fields__}


def take_log(table: Csv, parts: Parts) -> None:
    """Every row of the table as a row of EVENTS, or set aside with its reason."""
    columns = [FIELDS.get(plain(header), "") for header in table.headers]
    written = None
    for frame in frames(table, parts, columns):
        fits = is_as_written(frame["TimeGenerated"], table)
        if written is None:
            written = fits
            parts.belong(FORM, "events", as_written=written)
        elif written and not fits:
            parts.stop("some times are not as Azure Monitor writes them, so another program saved the file")
        for row in frame.iter_rows(named=True):
            _take(row, parts)


def _take(row: dict[str, str | None], parts: Parts) -> None:
    number, shown = row.pop("row"), ", ".join(each for each in row.values() if each)
    try:
        columns = log_row(LogRow(**row))
    except Foreign as error:
        parts.refuse_row(number, "foreign", str(error), shown)
    except (Unfit, msgspec.MsgspecError) as error:
        parts.refuse_row(number, "rejected", str(error), shown)
    else:
        parts.keep_row(number, columns, shown)
