"""Storms of a million events that lie as tidy Parquet: ours against what a careful pandas user writes."""

import sys
from pathlib import Path

KEYS = ["job_id", "source_id"]


def make(file: Path, events: int) -> None:
    """Events of 40-minute cycles: one object in twenty fails for days, the others succeed or are skipped."""
    import polars as pl

    from scimlab import schema

    objects, n = events // 20, pl.int_range(events, dtype=pl.Int64)
    who = (n.hash(7) % objects).cast(pl.Int64)
    fails = (who % 20 == 0) | (n.hash(11) % 50 == 0)
    said = {
        "event_id": n.hash(1).cast(pl.String),
        "at": (pl.lit(1_767_225_600_000_000) + n * 2_000_000).cast(schema.INSTANT),
        "job_id": pl.lit("scim.bench.1"),
        "cycle_id": (n // 1200).cast(pl.String),
        "app_id": pl.lit("app"),
        "action": pl.lit("create"),
        "status": pl.when(fails).then(pl.lit("failure")).when(n % 3 == 0).then(pl.lit("skipped")).otherwise(pl.lit("success")),
        "object_type": pl.lit("user"),
        "source_id": who.cast(pl.String),
        "source_name": pl.format("Person {}", who),
        "cause": pl.when(fails).then(pl.lit("duplicate_conflict")),
        "counted": pl.lit(True),
        "file": pl.lit("bench"),
        "row": n,
    }
    frame = pl.select(**{name: said.get(name, pl.lit(None)).cast(dtype) for name, dtype in schema.EVENTS.items()})
    frame.write_parquet(file, compression="zstd", compression_level=1)


def ours(file: Path) -> str:
    """Storms found by the room that finds them."""
    import polars as pl

    from scimlab import schema, storms

    found = storms.retry_storms(pl.scan_parquet(file), schema.IDENTITIES.to_frame())
    return f"{found.height} storms, {found['attempts'].sum()} attempts"


def pandas(file: Path) -> str:
    """The same runs by cumulative counts of successes: only who, when and how often, none of the rest of STORMS."""
    import pandas as pd

    events = pd.read_parquet(file, columns=[*KEYS, "at", "action", "status", "cause"])
    events = events[events["status"].isin(["failure", "success"])].sort_values("at", kind="stable")
    events["done"] = (events["status"] == "success").groupby([events[key] for key in KEYS]).cumsum()
    failed = events[events["status"] == "failure"]
    runs = failed.groupby([*KEYS, "action", "done"], observed=True)["at"].agg(["min", "max", "size"])
    runs = runs[runs["size"] >= 3]
    return f"{len(runs)} storms, {runs['size'].sum()} attempts"


if __name__ == "__main__":
    way, file, *size = sys.argv[1:]
    print({"make": make, "ours": ours, "pandas": pandas}[way](Path(file), *map(int, size)))
