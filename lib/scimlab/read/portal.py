"""The portal's download of a provisioning log: three CSV files, joined on the change id.

The first holds the events, the others their steps and the properties sent. What those two say is gathered
by change first, as JSON's steps and properties are; an event then takes what was gathered for its change.
"""

from collections.abc import Sequence

import polars as pl

from scimlab import causes
from scimlab.read.csvs import Csv
from scimlab.read.headers import ALIASES, Headers
from scimlab.read.parts import Parts
from scimlab.read.readings import Options, Reading
from scimlab.read.records import Step
from scimlab.read.refusals import Unfit
from scimlab.read.sources import Source
from scimlab.read.steps import COLUMNS, SENT, Told, columns, hear, send, source_name
from scimlab.read.tables import as_written, frames, open_table
from scimlab.read.words import ACTION, STATUS, object_type
from scimlab.schema import EVENTS

KINDS = {"steps": "portal provisioning steps CSV", "properties": "portal modified properties CSV", "events": "portal provisioning log CSV"}
DECODED = ("http_status", "scim_type", "detail", "retry_count", "next_retry_at", "cause")
STATUS_OF, ACTION_OF = ({word: ours for word, ours in words.items() if isinstance(word, str)} for words in (STATUS, ACTION))
NO_CHANGE = Told()
UNNAMED_TARGET = "customappsso"
"""What Entra calls the target of every app that is not in its gallery."""


class Change(Told):
    """What was gathered for a change, and whether an event took it."""

    used: bool = False


def take_portal(files: Sequence[tuple[Source, Options, str]], parts: Parts) -> None:
    """The events of all the files, each with what the others say of its change.

    files: each with its options and its kind, a key of KINDS.
    """
    changes: dict[str, Change] = {}
    gathered: list[tuple[Csv, Headers, Reading]] = []
    seen: set[int] = set()
    for kind in KINDS:
        for source, options, _ in (each for each in files if each[2] == kind):
            reading = parts.begin(source.name, KINDS[kind], options)
            opened = open_table(source, parts)
            if opened and kind == "events":
                _take_events(*opened, parts, changes)
                if not changes:
                    reading.note("without the files of steps and modified properties: what those say is not known")
            elif opened:
                _gather(*opened, parts, changes, seen)
                gathered.append((*opened, reading))
            reading.note(source.damage)
    for table, headers, reading in gathered:
        _refuse_unused(table, headers, reading, parts, changes)


def _gather(table: Csv, headers: Headers, parts: Parts, changes: dict[str, Change], seen: set[int]) -> None:
    """Add each row of steps or properties to its change; one met before, in another download, is a duplicate."""
    for frame in frames(table, parts, headers.columns):
        for row in frame.iter_rows(named=True):
            number, shown = row.pop("row"), ", ".join(each for each in row.values() if each)
            mark = hash((headers.kind, *row.values()))
            if row["change_id"] is None:
                parts.refuse_row(number, "rejected", "change_id is empty", shown)
            elif mark in seen:
                parts.refuse_row(number, "duplicate", "the same row stands further up or in another file", shown)
            else:
                seen.add(mark)
                try:
                    HEARD[headers.kind](changes.setdefault(row["change_id"], Change()), row)
                    parts.reading.kept += 1
                except Unfit as error:
                    parts.refuse_row(number, "rejected", str(error), shown)


def _step(change: Change, row: dict[str, str | None]) -> None:
    hear(change, Step(row["step"], row.get("step_type"), row.get("step_status"), row.get("details")))
    change.is_retry = bool(change.is_retry)


def _property(change: Change, row: dict[str, str | None]) -> None:
    if row["property"] in SENT:
        send(change, row["property"], row["new_value"])


HEARD = {"steps": _step, "properties": _property}


def _refuse_unused(table: Csv, headers: Headers, reading: Reading, parts: Parts, changes: dict[str, Change]) -> None:
    """Set the rows aside whose change no event took."""
    if all(each.used for each in changes.values()):
        return
    at = headers.columns.index("change_id")
    aside = parts.numbers_aside(reading)
    for number, row in enumerate(table.rows(), 1):
        change = None if row.wrong else changes.get(row.cells[at].strip())
        if change is not None and not change.used and number not in aside:
            reading.kept -= 1
            parts.refuse_row(number, "rejected", "no event has this change id", ", ".join(row.cells), reading)


def _take_events(table: Csv, headers: Headers, parts: Parts, changes: dict[str, Change]) -> None:
    """The events, each with what was gathered for its change."""
    for frame in as_written(table, parts, headers.columns, "at", form=KINDS["events"], frame="events"):
        parts.add(_events(_fit(frame, parts), changes))


def _fit(frame: pl.DataFrame, parts: Parts) -> pl.DataFrame:
    """The rows that can be events, their words in ours; others are set aside by the field that is wrong."""
    absent = [pl.lit(None, pl.String).alias(name) for name in ALIASES["events"] if name not in frame.columns]
    frame = frame.with_columns(absent).with_columns(
        action_met="action",
        status_met="status",
        duration_met="duration_ms",
        status=pl.col("status").str.to_lowercase().replace_strict(STATUS_OF, default=None, return_dtype=pl.String),
        action=pl.col("action").str.to_lowercase().replace_strict(ACTION_OF, default="other", return_dtype=pl.String),
        duration_ms=pl.col("duration_ms").cast(pl.Int64, strict=False),
    )
    wrong = pl.coalesce(
        pl.when(pl.col("at").is_null()).then(pl.lit("at is empty")),
        pl.when(pl.col("event_id").is_null() & pl.col("change_id").is_null()).then(pl.lit("both event_id and change_id are empty")),
        pl.when(pl.col("action_met").is_null()).then(pl.lit("action is empty")),
        pl.when(pl.col("status_met").is_null()).then(pl.lit("status is empty")),
        pl.when(pl.col("status").is_null()).then(pl.format('status is "{}", none of success, failure, skipped, warning', "status_met")),
        pl.when(pl.col("duration_ms").is_null() & pl.col("duration_met").is_not_null())
        .then(pl.format('duration_ms is "{}", no whole number', "duration_met")),
    )  # fmt: skip
    frame = frame.with_columns(wrong=wrong)
    for row in frame.filter(pl.col("wrong").is_not_null()).iter_rows(named=True):
        reason = row.pop("wrong")
        parts.refuse_row(row["row"], "rejected", reason, ", ".join(str(each) for each in row.values() if each is not None))
    return frame.filter(pl.col("wrong").is_null())


def _events(frame: pl.DataFrame, changes: dict[str, Change]) -> pl.DataFrame:
    """Rows as EVENTS, `at` still text: what the table says, what its failures decode to, what was gathered."""
    schema = {name: dtype for name, dtype in EVENTS.items() if name not in ("file", "counted")}
    kinds = {each: object_type(each) for each in frame["object_type"].unique()}
    target = pl.col("target_system").replace(UNNAMED_TARGET, None)
    return (
        frame.with_columns(_gathered(frame["change_id"], changes))
        .join(_decoded(frame), on="row", how="left", maintain_order="left")
        .with_columns(
            source_user_name=pl.coalesce("source_user_name", "told_user_name"),
            app_name=pl.coalesce("app_name", pl.when(pl.col("app_id").is_null()).then(target)),
            object_type=pl.col("object_type").replace_strict(kinds, return_dtype=pl.String),
        )
        .select(*schema)
    )


def _gathered(change_ids: pl.Series, changes: dict[str, Change]) -> list[pl.Series | pl.Expr]:
    """The columns of what was gathered for each change, and the user name it tells."""
    types = {name: EVENTS[name] for name in COLUMNS} | {"told_user_name": pl.String}
    if not changes:
        return [pl.lit(None, dtype).alias(name) for name, dtype in types.items()]
    told = [changes.get(each, NO_CHANGE) for each in change_ids]
    for each in told:
        if each is not NO_CHANGE:
            each.used = True
    values = zip(*((*columns(each), source_name(each)) for each in told), strict=True)
    return [pl.Series(name, each, dtype) for (name, dtype), each in zip(types.items(), values, strict=True)] if told else []


def _decoded(frame: pl.DataFrame) -> pl.DataFrame:
    """A row a failure: its number, and what its code and reason say."""
    failed = frame.filter(pl.col("status") == "failure").select("row", "error_code", "reason")
    decoded = zip(*(causes.decode(code, reason) for _, code, reason in failed.iter_rows()), strict=True)
    answers = zip(DECODED, decoded if failed.height else [[]] * len(DECODED), strict=True)
    return failed.select("row").with_columns(pl.Series(name, values, EVENTS[name]) for name, values in answers)
