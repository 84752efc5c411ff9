"""A header map proposed for a CSV, to be corrected by hand and pasted into tenant.toml."""

from pathlib import Path

import msgspec

from scimlab.errors import InputError
from scimlab.read.csvs import Csv
from scimlab.read.headers import ALIASES, Headers, recognised
from scimlab.read.lists import FORMS
from scimlab.read.loganalytics import LOGS
from scimlab.read.portal import KINDS
from scimlab.read.portal_audit import FORMS as PORTAL_LOGS
from scimlab.read.settings import Settings
from scimlab.read.sources import sources

WORDS = FORMS | KINDS | PORTAL_LOGS | {kind: f"{log.form}, read without a map" for kind, log in LOGS.items()}
WITH_A_MAP = [kind for kind in ALIASES if kind != "audit"]
"""Kinds of tables that a reader may have to map; the many columns of an audit CSV are told where one is met."""


def columns(file: str | Path) -> str:
    """The lines of a [columns] table for a CSV: each header with the column of ours it seems to mean.

    A header that nothing matches stands behind a `#`, with a question mark, for the reader to decide.
    raises: InputError where the file is no table, or there is none.

    The columns we know for each kind of table are those of data/README.md.
    """
    path = Path(file)
    if not path.is_file():
        raise InputError("there is no such file", "Check the path.", file=str(file))
    source = sources(path)[0]
    table = Csv(source)
    if not table.headers:
        raise InputError("this is no table of two columns or more", "Give a CSV; JSON needs no map.", file=source.name)
    headers = recognised(table.headers, Settings(path.parent).of(source.name).options.columns)
    kind = headers.kind if headers.kind in ALIASES else ""
    known = sorted({column for each in ([kind] if kind else WITH_A_MAP) for column in ALIASES[each]})
    return "\n".join(
        [
            f"# {source.name}: {WORDS.get(headers.kind, 'of no kind known here')}",
            f"# columns: {', '.join(known)}",
            f"[columns.{_text(source.name)}]",
            *_lines(table, headers),
        ]
    )


def _lines(table: Csv, headers: Headers) -> list[str]:
    met = zip(table.headers, headers.columns or [""] * len(table.headers), strict=True)
    return [f"{_text(header)} = {_text(column)}" if column else f'# {_text(header)} = "?"' for header, column in met if header]


def _text(value: str) -> str:
    # A JSON string is a TOML basic string.
    return msgspec.json.encode(value).decode()
