"""`make bench`: each job beside its peers, in one run on one machine; nothing here gates a test."""

import tempfile
from pathlib import Path

from harness import compared, measured

# Inputs are made by processes of their own: a child's peak memory begins with what its parent held.
with tempfile.TemporaryDirectory() as folder:
    events, spans = Path(folder) / "events.parquet", Path(folder) / "intervals.parquet"
    measured("storms.py", "make", events, 1_000_000)
    compared("Storms of 1,000,000 events, from tidy Parquet", "storms.py", ["ours", "pandas"], events)
    measured("seats.py", "make", spans, 1_000_000)
    compared("Seats of 36 months, 1,000,000 spans of 200,000 people, four rules (pandas: one)", "seats.py", ["ours", "pandas"], spans)
