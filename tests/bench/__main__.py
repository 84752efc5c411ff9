"""`make bench`: each job beside its peers, in one run on one machine; nothing here gates a test.

`python tests/bench reading storms` runs those two alone. Reading a million events takes a quarter of an hour and 8 GB.
"""

import sys
import tempfile
from pathlib import Path

from harness import compared, measured


def reading(folder: Path) -> None:
    """Provisioning logs of 100,000 and of 1,000,000 events, in each form."""
    for count in (100_000, 1_000_000):
        logs = folder / str(count)
        measured("reading.py", "make", logs, count)
        # json.load holds a document whole: 17 GB of a million events.
        whole = ["pandas_document"] if count == 100_000 else []
        compared(f"NDJSON, {count:,} events", "reading.py", ["ours", "pandas", "duckdb"], logs / "log.jsonl")
        compared(f"One document, {count:,} events", "reading.py", ["ours", *whole], logs / "log.json")
        compared(f"The portal's CSV, {count:,} events", "reading.py", ["ours", "pandas_csv", "duckdb_csv"], logs / "log.csv")
        compared(f"gz, {count:,} events", "reading.py", ["ours", "duckdb"], logs / "log.jsonl.gz")
        measured("reading.py", "ours", logs / "log.jsonl", logs / "parts")
        compared(f"The second read, {count:,} events", "reading.py", ["ours"], logs / "log.jsonl", logs / "parts")


def storms(folder: Path) -> None:
    """Storms of a million events."""
    events = folder / "events.parquet"
    measured("storms.py", "make", events, 1_000_000)
    compared("Storms of 1,000,000 events, from tidy Parquet", "storms.py", ["ours", "pandas"], events)


def seats(folder: Path) -> None:
    """Seats of three years."""
    spans = folder / "intervals.parquet"
    measured("seats.py", "make", spans, 1_000_000)
    compared("Seats of 36 months, 1,000,000 spans of 200,000 people, four rules (pandas: one)", "seats.py", ["ours", "pandas"], spans)


def links(folder: Path) -> None:
    """Who is one person, and the diagnosis of everybody."""
    tenant = folder / "tenant"
    measured("links.py", "make", tenant, 200_000)
    compared("200,000 people, records and assignments, 400,000 events (pandas: two states, no log)", "links.py", ["ours", "pandas"], tenant)


def collect(folder: Path) -> None:
    """A provisioning log over HTTP; needs the extra named live."""
    pages = folder / "pages"
    measured("collect.py", "make", pages, 50_000)
    compared("50,000 records through msgraph-sdk (httpx: no check, nothing kept)", "collect.py", ["ours", "httpx", "paced"], pages)


JOBS = {each.__name__: each for each in (reading, storms, seats, links, collect)}

# Inputs are made by processes of their own: a child's peak memory begins with what its parent held.
for name in sys.argv[1:] or JOBS:
    with tempfile.TemporaryDirectory() as place:
        JOBS[name](Path(place))
