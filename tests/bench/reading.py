"""Reading a provisioning log: ours, and what a careful user of pandas or duckdb writes. Every way prints what it found."""

import sys
import tempfile
from pathlib import Path

WANTED = ("id", "activityDateTime", "jobId", "changeId", "provisioningAction")


def ours(log: Path, parts: str = "") -> str:
    """EVENTS with all their columns, from the bytes (or from the parts of an earlier reading), in bounded memory."""
    from scimlab import read

    if parts:
        return found(read.events(log, workdir=parts))
    with tempfile.TemporaryDirectory(dir=log.parent) as workdir:
        return found(read.events(log, workdir=workdir))


def found(events) -> str:  # noqa: ANN001 polars is imported by the ways that use it
    """Events, failures, retries and distinct people, and the sum of the retry counts told."""
    import polars as pl

    failed = pl.col("status") == "failure"
    retried = pl.col("retry_count") > 0
    sums = events.select(
        pl.len(), failed.sum().alias("f"), retried.sum().alias("r"), pl.col("source_id").n_unique(), pl.col("retry_count").sum().alias("s")
    )
    return " ".join(str(each) for each in sums.collect(engine="streaming").row(0))


def told(frame) -> str:  # noqa: ANN001
    """The same of a pandas frame."""
    counts = frame["retry_count"].dropna().astype(int)
    return f"{len(frame)} {(frame['status'] == 'failure').sum()} {(counts > 0).sum()} {frame['source_id'].nunique()} {counts.sum()}"


def _row(record: dict) -> tuple:
    info = record["provisioningStatusInfo"]
    error = info["errorInformation"] or {}
    steps = record["provisioningSteps"]
    kinds = {step["provisioningStepType"]: step.get("details") or {} for step in steps}
    sent = {each["displayName"]: each["newValue"] for each in record["modifiedProperties"]}
    return (
        *(record[name] for name in WANTED),
        record["servicePrincipal"]["id"],
        record["servicePrincipal"]["displayName"],
        info["status"],
        error.get("errorCode"),
        error.get("reason"),
        record["sourceIdentity"]["id"],
        record["sourceIdentity"]["displayName"],
        record["sourceIdentity"]["details"].get("UserPrincipalName"),
        record["targetIdentity"]["id"],
        any(step["name"] == "EntryEscrowRetry" for step in steps),
        kinds.get("import", {}).get("accountEnabled"),
        kinds.get("export", {}).get("userName"),
        sent.get("active"),
    )


COLUMNS = (
    *WANTED,
    "app_id",
    "app_name",
    "status",
    "error_code",
    "reason",
    "source_id",
    "source_name",
    "user_name",
    "target_id",
    "is_retry",
    "enabled",
    "sent_user_name",
    "sent_active",
)
REASON = r"retried (?P<retry_count>\d+) times"


def pandas(log: Path) -> str:
    """NDJSON or gz, 20,000 lines at a time, 18 flat columns and the retry count: what bounds the memory."""
    import pandas as pd

    pieces = []
    for chunk in pd.read_json(log, lines=True, chunksize=20_000):
        frame = pd.DataFrame([_row(record) for record in chunk.to_dict("records")], columns=list(COLUMNS))
        frame["at"] = pd.to_datetime(frame["activityDateTime"], utc=True)
        pieces.append(frame.assign(retry_count=frame["reason"].str.extract(REASON)["retry_count"].astype("Int32")))
    return told(pd.concat(pieces))


def pandas_document(log: Path) -> str:
    """A whole document at once, as json.load gives it."""
    import json

    import pandas as pd

    with log.open("rb") as stream:
        frame = pd.DataFrame([_row(record) for record in json.load(stream)["value"]], columns=list(COLUMNS))
    frame["at"] = pd.to_datetime(frame["activityDateTime"], utc=True)
    return told(frame.assign(retry_count=frame["reason"].str.extract(REASON)["retry_count"].astype("Int32")))


def pandas_csv(log: Path) -> str:
    """The portal's first CSV, 20,000 rows at a time."""
    import pandas as pd

    pieces = []
    for chunk in pd.read_csv(log, dtype=str, chunksize=20_000):
        frame = chunk.rename(columns={"Source ID": "source_id", "Status reason": "reason"}).assign(status=chunk["Status"].str.lower())
        frame["at"] = pd.to_datetime(frame["Date"], format="%m/%d/%Y %I:%M:%S %p", utc=True)
        pieces.append(frame.assign(retry_count=frame["reason"].str.extract(REASON)["retry_count"].astype("Int32")))
    return told(pd.concat(pieces))


STRUCTS = (
    "{id:'VARCHAR', activityDateTime:'TIMESTAMPTZ', tenantId:'VARCHAR', jobId:'VARCHAR', cycleId:'VARCHAR', changeId:'VARCHAR', "
    "provisioningAction:'VARCHAR', durationInMilliseconds:'BIGINT', servicePrincipal:'STRUCT(id VARCHAR, displayName VARCHAR)', "
    "sourceIdentity:'STRUCT(id VARCHAR, displayName VARCHAR, identityType VARCHAR, details STRUCT(UserPrincipalName VARCHAR))', "
    "targetIdentity:'STRUCT(id VARCHAR, displayName VARCHAR)', "
    "provisioningStatusInfo:'STRUCT(status VARCHAR, errorInformation STRUCT(errorCode VARCHAR, reason VARCHAR))', "
    "provisioningSteps:'STRUCT(name VARCHAR, provisioningStepType VARCHAR, status VARCHAR, details MAP(VARCHAR, VARCHAR))[]', "
    "modifiedProperties:'STRUCT(displayName VARCHAR, newValue VARCHAR)[]'}"
)
FLAT = (
    "SELECT id, activityDateTime AS at, jobId, changeId, provisioningAction, servicePrincipal.id AS app_id, "
    "provisioningStatusInfo.status AS status, provisioningStatusInfo.errorInformation.errorCode AS error_code, "
    "provisioningStatusInfo.errorInformation.reason AS reason, sourceIdentity.id AS source_id, targetIdentity.id AS target_id, "
    "TRY_CAST(regexp_extract(provisioningStatusInfo.errorInformation.reason, 'retried ([0-9]+) times', 1) AS INT) AS retry_count, "
    "len(list_filter(provisioningSteps, lambda s: s.name = 'EntryEscrowRetry')) > 0 AS is_retry, "
    "list_filter(modifiedProperties, lambda p: p.displayName = 'active')[1].newValue AS sent_active, "
    "list_filter(provisioningSteps, lambda s: s.provisioningStepType = 'export')[1].details['userName'] AS sent_user_name "
)
COUNTED = (
    "SELECT count(*), count(*) FILTER (status = 'failure'), count(*) FILTER (retry_count > 0), count(DISTINCT source_id), "
    "sum(retry_count) FROM '{}'"
)


def _duckdb(log: Path, select: str) -> str:
    import duckdb

    with tempfile.TemporaryDirectory(dir=log.parent) as folder:
        out = Path(folder) / "events.parquet"
        duckdb.sql("SET memory_limit = '512MB'")
        duckdb.sql(f"COPY ({select}) TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
        return " ".join(str(each) for each in duckdb.sql(COUNTED.format(out)).fetchall()[0])


def duckdb(log: Path) -> str:
    """NDJSON or gz with explicit structs into Parquet, 15 flat columns."""
    return _duckdb(log, f"{FLAT} FROM read_json('{log}', format = 'newline_delimited', columns = {STRUCTS})")


def duckdb_csv(log: Path) -> str:
    """The portal's first CSV, every column text."""
    retries = "TRY_CAST(regexp_extract(\"Status reason\", 'retried ([0-9]+) times', 1) AS INT) AS retry_count"
    named = 'strptime("Date", \'%-m/%-d/%Y %-I:%M:%S %p\') AS at, lower("Status") AS status, "Source ID" AS source_id'
    others = '* EXCLUDE ("Date", "Status", "Source ID")'
    return _duckdb(log, f"SELECT {named}, {retries}, {others} FROM read_csv('{log}', all_varchar = true, header = true)")


def make(folder: Path, count: int) -> str:
    """The logs, unless they lie there."""
    import logs

    return str(logs.write(folder, count))


if __name__ == "__main__":
    way, path, *words = sys.argv[1:]
    print(globals()[way](Path(path), *(int(each) if each.isdigit() else each for each in words)))
