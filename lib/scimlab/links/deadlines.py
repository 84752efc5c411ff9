"""The days on which something ends, and a calendar of them."""

from datetime import datetime, timedelta

import polars as pl

from scimlab.links import table
from scimlab.links.known import TWO_CYCLES
from scimlab.schema import DEADLINES, INSTANT

MOST_OCTETS = 75
LINE = "\r\n"
ENDS = ("restore", "restore_old", "invoice", "escrow", "quarantine")
"""Deadlines after which something is gone: to meet them, the job needs a last whole cycle before. Others say when to look or to begin."""


def deadlines(findings: pl.DataFrame, *, since: datetime | None = None, settle: timedelta = TWO_CYCLES) -> pl.DataFrame:
    """Each primary finding about a person or a job that ends on some day.

    A deleted account is safe until its thirtieth day and may be there for some days more; it is gone only when seen gone.

    findings: FINDINGS, any order. since: earlier deadlines are left out. settle: what a change needs to arrive: two cycles.
    returns: DEADLINES, the earliest first; empty where nothing ends.
    """
    ending = findings.filter(pl.col("deadline_at").is_not_null(), pl.col("rank") == "primary", pl.col("subject_kind") != "record")
    ahead = ending if since is None else ending.filter(pl.col("deadline_at") >= pl.lit(since, INSTANT))
    kinds = {each["name"]: each["deadline"] for part in ("diagnosis", "job_diagnosis") for each in table.RULES[part]}
    is_end = pl.col("diagnosis").replace_strict(kinds, default="none", return_dtype=pl.String).is_in(ENDS)
    act_by = pl.when(is_end).then(pl.col("deadline_at") - settle).otherwise("deadline_at")
    return (
        ahead.with_columns(act_by=act_by, lost=pl.col("consequence"))
        .select(pl.col(name).cast(dtype) for name, dtype in DEADLINES.items())
        .sort("deadline_at", "person", "finding_id", nulls_last=True)
    )


def calendar(deadlines: pl.DataFrame, *, stamp: datetime) -> str:
    """The deadlines as a calendar that any calendar program takes.

    deadlines: DEADLINES. stamp: when they were worked out, so that a later calendar replaces this one's entries.
    returns: the text of an .ics file; each entry ends at the deadline and reminds a day before.
    source: RFC 5545: text values escape backslash, semicolon, comma and line break; lines end in CRLF and are folded at 75 octets.

    >>> calendar(DEADLINES.to_frame(), stamp=datetime(2026, 5, 4)).splitlines()
    ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//scimlab//deadlines//EN', 'END:VCALENDAR']
    """
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//scimlab//deadlines//EN"]
    entries = [line for row in deadlines.iter_rows(named=True) for line in _entry(row, stamp)]
    return "".join(_folded(line) + LINE for line in [*head, *entries, "END:VCALENDAR"])


def _entry(row: dict, stamp: datetime) -> list[str]:
    ends = row["deadline_at"]
    return [
        "BEGIN:VEVENT",
        f"UID:{row['finding_id']}@scimlab",
        f"DTSTAMP:{_utc(stamp)}",
        f"DTSTART:{_utc(row['act_by'])}",
        f"DTEND:{_utc(ends)}",
        f"SUMMARY:{_escaped(row['person'] or row['subject_id'])}: {_escaped(row['diagnosis'])}",
        f"DESCRIPTION:{_escaped(row['action'])}\\n{_escaped(row['owner'])}\\n{_escaped(row['lost'])}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-P1D",
        f"DESCRIPTION:{_escaped(row['action'])}",
        "END:VALARM",
        "END:VEVENT",
    ]


def _utc(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def _escaped(text: str | None) -> str:
    """Text inert in a calendar: nothing in it ends a line or a value."""
    plain = "".join(each for each in text or "" if each >= " " or each == "\n")
    return plain.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, no character torn; each further piece begins with a space."""
    pieces, piece, size = [], "", 0
    for each in line:
        octets = len(each.encode())
        if size + octets > MOST_OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + each, size + octets
    return LINE.join([*pieces, piece])
