"""A tenant of 200,000 people, their records, assignments and log, most in order and some in each kind of trouble: ours against pandas."""

import datetime as dt
import sys
from pathlib import Path

NOW = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
PARKED, UNDELIVERED, BINNED, GONE, RETURNED, DOUBLED, STRANGE = range(7)
"""What is wrong, by what is left of a person's number divided by a hundred; from 7 on, nothing."""


def make(folder: Path, people: int) -> None:
    """Users live and deleted, records, assignments, and for each person a creation and a later update in the log."""
    import polars as pl

    from scimlab import schema

    n = pl.int_range(people, dtype=pl.Int64)
    base = pl.select(n=n, kind=n % 100).with_columns(
        now_id=_object_id(pl.col("n"), "a"),
        old_id=_object_id(pl.col("n"), "b"),
        address=pl.format("person.{}@contoso.example", "n"),
        display_name=pl.format("Given{} Family{}", pl.col("n") % 700, pl.col("n") // 700),
        target_id=pl.format("r-{}", "n"),
    )
    is_kind = {name: pl.col("kind") == number for name, number in list(globals().items()) if isinstance(number, int)}
    prefixed = pl.concat_str(pl.col("now_id").str.replace_all("-", ""), "address")
    ago = {days: pl.lit(NOW - dt.timedelta(days=days)) for days in (9, 20, 40, 90, 200, 300)}
    users = base.filter(~is_kind["GONE"], ~is_kind["STRANGE"]).with_columns(
        object_id="now_id",
        user_name=pl.when(is_kind["BINNED"]).then(prefixed).otherwise("address"),
        mail="address",
        enabled=~pl.col("kind").is_in([PARKED, UNDELIVERED]),
        is_deleted=is_kind["BINNED"],
        created_at=pl.when(is_kind["RETURNED"]).then(ago[20]).otherwise(ago[300]),
        deleted_at=pl.when(is_kind["BINNED"]).then(ago[9]),
    )
    record_id = pl.when(is_kind["RETURNED"]).then("old_id").otherwise("now_id")
    is_cor = pl.col("kind").is_in([BINNED, RETURNED])
    records = base.with_columns(
        user_name=pl.when(is_cor).then(pl.concat_str(record_id.str.replace_all("-", ""), "address")).otherwise("address"),
        mail="address",
        external_id=pl.when(~is_kind["STRANGE"]).then(record_id),
        active=~pl.col("kind").is_in([PARKED, BINNED, RETURNED]),
        created_at=ago[200],
        updated_at=ago[90],
    )
    doubles = records.filter(is_kind["DOUBLED"]).with_columns(target_id=pl.format("s-{}", "n"), external_id=None, active=pl.lit(False))
    given = base.filter(~pl.col("kind").is_in([GONE, STRANGE])).with_columns(
        principal_id="now_id", principal_type=pl.lit("User"), principal_name="display_name", created_at=ago[200]
    )
    event = base.filter(~is_kind["STRANGE"]).with_columns(
        source_id=record_id, source_name="display_name", source_user_name="address", object_type=pl.lit("user"), status=pl.lit("success"),
        job_id=pl.lit("job"), app_id=pl.lit("app"), counted=True, sent_active=True, assigned=True, in_scope=True, source_enabled=True,
    )  # fmt: skip
    minutes = pl.duration(minutes=pl.col("n") % 36 * 40)
    created = event.with_columns(event_id=pl.format("c{}", "n"), action=pl.lit("create"), at=ago[200] + minutes)
    updated = event.with_columns(event_id=pl.format("u{}", "n"), action=pl.lit("update"), at=ago[40] + minutes)
    parked = updated.filter(is_kind["PARKED"]).with_columns(event_id=pl.format("d{}", "n"), action=pl.lit("disable"), sent_active=False)
    latest = updated.head(36).with_columns(event_id=pl.format("l{}", "n"), at=pl.lit(NOW) - minutes)
    folder.mkdir()
    log = [created, updated, parked.with_columns(at=pl.col("at") + pl.duration(days=1)), latest]
    for name, frames in {"people": [users], "records": [records, doubles], "assignments": [given], "events": log}.items():
        columns = schema.FRAMES[name]
        whole = pl.concat(frames, how="diagonal").with_columns(taken_at=pl.lit(NOW), file=pl.lit("bench"), row=pl.int_range(pl.len()))
        absent = [pl.lit(None, dtype).alias(each) for each, dtype in columns.items() if each not in whole.columns]
        whole.with_columns(absent).select(*columns).cast(dict(columns)).write_parquet(folder / f"{name}.parquet", compression_level=1)


def _object_id(number, mark: str):
    """An object id for each number, the same in every run."""
    import polars as pl

    digits = pl.concat_str(
        number.hash(ord(mark)).cast(pl.String).str.zfill(20).str.slice(-10), pl.lit(mark), number.cast(pl.String).str.zfill(21)
    )
    return digits.str.replace(r"(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")


def ours(folder: Path) -> str:
    """Who is one person, and a diagnosis for each of them and of the records."""
    import polars as pl

    from scimlab import links, people
    from scimlab.schema import Setting, Tenant

    frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in ("people", "records", "assignments")}
    settings = {"as_of": NOW, "zone": "UTC", "app_id": "app"}
    said = {name: Setting(value, "bench") for name, value in settings.items()}
    tenant = Tenant("bench", said, events=pl.scan_parquet(folder / "events.parquet"), **frames)
    found = links.findings(tenant, identities=people.identities(tenant)).filter(subject_kind="person", rank="primary")
    return f"{found.filter(diagnosis='HEALTHY_ACTIVE').height} in order, {found.filter(diagnosis='HEALTHY_PARKED').height} parked"


def pandas(folder: Path) -> str:
    """Users joined to records by external id alone, and the two commonest states: no log, no names, nobody gone or come back."""
    import pandas as pd

    users = pd.read_parquet(folder / "people.parquet", columns=["object_id", "user_name", "enabled", "is_deleted"])
    records = pd.read_parquet(folder / "records.parquet", columns=["target_id", "external_id", "user_name", "active"])
    given = pd.read_parquet(folder / "assignments.parquet", columns=["principal_id"])
    live = users[~users["is_deleted"] & users["object_id"].isin(given["principal_id"])]
    address = records["user_name"].str.lower().str.replace(r"^[0-9a-f]{32}(?=[^@]+@)", "", regex=True)
    alone = records[~address.duplicated(keep=False)]
    joined = live.merge(alone, left_on="object_id", right_on="external_id", how="left")
    active = joined["active"].fillna(False).astype(bool)
    parked = ~joined["enabled"] & joined["target_id"].notna() & ~active
    return f"{(joined['enabled'] & active).sum()} in order, {parked.sum()} parked"


if __name__ == "__main__":
    way, folder, *size = sys.argv[1:]
    print({"make": make, "ours": ours, "pandas": pandas}[way](Path(folder), *map(int, size)))
