"""What the provisioning log and the audit log say of each object of Entra, a row an object."""

import polars as pl

from scimlab.schema import INSTANT, Tenant

WHERE = pl.concat_str(pl.col("file").fill_null("?"), pl.lit(" row "), pl.col("row").cast(pl.String).fill_null("?"))
CLOCK = "%Y-%m-%d %H:%M UTC"
TROUBLES = {
    "duplicate_conflict": "duplicate",
    "duplicate_target": "two_targets",
    "duplicate_source": "two_sources",
    "stale_link": "anchor",
}
"""The causes that tell states apart; any other is just another failure."""

NOTHING_DONE = ("RedundantExport", "NotEffectivelyEntitled")
"""Skips that say nothing of trouble."""


NEEDED = (
    "at", "job_id", "cycle_id", "action", "status", "source_id", "source_name", "source_user_name", "cause", "detail", "skip_reason",
    "skip_property", "sent_active", "matched_active", "source_enabled", "assigned", "in_scope", "file", "row",
)  # fmt: skip


def key(column: str) -> pl.Expr:
    """The key of an object id: exports differ in its case."""
    return pl.col(column).str.to_lowercase()


def user_events(tenant: Tenant, as_of: object) -> pl.DataFrame:
    """The counted events about users until `as_of`: what findings need of them, with the `key` of each object, in order of time.

    Of two at one instant the one of the greater id comes last, so that no order of rows decides.
    """
    rows = tenant.events.filter(pl.col("counted"), pl.col("object_type").fill_null("user") == "user", pl.col("source_id").is_not_null())
    # Some forms name the record in the matching step only.
    slim = rows.filter(pl.col("at") <= pl.lit(as_of, INSTANT)).select(
        *NEEDED, "event_id", key("source_id").alias("key"), target_id=pl.coalesce("target_id", "matched_target_id")
    )
    return slim.sort("at", "event_id").drop("event_id").collect()


def logged(events: pl.DataFrame) -> pl.DataFrame:
    """What the log last said of each object.

    events: as `user_events` gives them.
    returns: a row a `key`: pointer (the record it was last connected to) and pointer_at; told_active and told_at (what the app
        last accepted, or was seen to be); ended (how the last attempt did: a value of the axis trouble), its at, cause, detail,
        property and where; assigned, in_scope, assigned_at; log_enabled and log_enabled_at, same_at (since when the log has shown
        it so); failing_since; created_here (the log shows the record being made or sought); seen_from, seen_to, and where.
    """
    success, failure = pl.col("status") == "success", pl.col("status") == "failure"
    wrote = pl.col("action").is_in(["update", "disable", "delete"])
    by_action = pl.when(pl.col("action") == "disable").then(False).when(pl.col("action") == "create").then(True)
    told = pl.coalesce(pl.when(success).then(pl.coalesce("sent_active", by_action)), pl.when(~failure).then("matched_active"))
    attempted = success | failure | ((pl.col("status") == "skipped") & ~pl.col("skip_reason").is_in(NOTHING_DONE))
    scoped = pl.coalesce("assigned", pl.when(success & pl.col("sent_active").fill_null(False)).then(True))
    said = events.with_columns(told=told, scoped=scoped, place=pl.int_range(pl.len(), dtype=pl.UInt32))
    marks = {
        "event": pl.lit(True),
        "pointer": pl.col("target_id").is_not_null() & (success | wrote),
        "told": pl.col("told").is_not_null(),
        "ended": attempted,
        "assigned": pl.col("scoped").is_not_null(),
        "log_enabled": pl.col("source_enabled").is_not_null(),
    }
    # Events lie in order of time, so the latest of a kind is the one of the greatest place: no sort, no search.
    spans = said.group_by("key").agg(
        pl.col("source_id").min(),
        seen_from=pl.col("at").first(),
        seen_to=pl.col("at").last(),
        name=pl.col("source_name").max(),
        created_here=(pl.col("action") == "create").any(),
        log_user_name=pl.col("source_user_name").drop_nulls().last(),
        **{f"_{of}": pl.when(mark).then("place").max() for of, mark in marks.items()},
    )
    found = [
        _latest(said, spans, "event"),
        _latest(said, spans, "pointer", pointer="target_id", pointer_action="action"),
        _latest(said, spans, "told", told_active="told"),
        _latest(said, spans, "ended", ended_status="status", ended_cause="cause", ended_detail="detail", ended_property="skip_property"),
        _latest(said, spans, "assigned", assigned="scoped", in_scope="in_scope"),
        _latest(said, spans, "log_enabled", log_enabled="source_enabled"),
    ]
    whole = pl.concat([spans.select(pl.exclude("^_.*$")), *found], how="horizontal").with_columns(ended=_ended())
    for each in (_since(events, whole), _failing(events)):
        whole = whole.join(each, on="key", how="left")
    return whole


def _ended() -> pl.Expr:
    failed = pl.col("ended_cause").replace_strict(TROUBLES, default="other", return_dtype=pl.String)
    status = pl.col("ended_status")
    return (
        pl.when(status.is_null())
        .then(None)
        .when(status == "success")
        .then(pl.lit("none"))
        .when(status == "skipped")
        .then(pl.lit("skipped"))
        .otherwise(failed)
    )


def _latest(events: pl.DataFrame, spans: pl.DataFrame, of: str, **named: str) -> pl.DataFrame:
    """Columns of each object's latest event of a kind, with OF_at and OF_where; null where there is none."""
    place = spans[f"_{of}"]
    columns = {name: events[column].gather(place) for name, column in ({**named, f"{of}_at": "at", "file": "file", "row": "row"}).items()}
    return pl.DataFrame(columns).select(*named, f"{of}_at", pl.when(place.is_not_null()).then(WHERE).alias(f"{of}_where"))


def _since(events: pl.DataFrame, latest: pl.DataFrame) -> pl.DataFrame:
    """`same_at`: since when the log has shown each account as enabled, or as disabled, as it shows it last.

    latest: a row a `key`, with `log_enabled`.
    """
    seen = events.filter(pl.col("source_enabled").is_not_null()).select("key", "at", "source_enabled")
    changed = seen.join(latest.select("key", "log_enabled"), on="key").filter(pl.col("source_enabled") != pl.col("log_enabled"))
    differed = changed.group_by("key").agg(differed_at=pl.col("at").max())
    since = seen.join(differed, on="key", how="left").filter(pl.col("differed_at").is_null() | (pl.col("at") > pl.col("differed_at")))
    return since.group_by("key").agg(same_at=pl.col("at").min())


def _failing(events: pl.DataFrame) -> pl.DataFrame:
    """`failing_since`: the first failure after an object's last success."""
    failed = events.filter(pl.col("status") == "failure").select("key", "at")
    wrote = events.filter(pl.col("status") == "success", pl.col("action") != "other").join(failed, on="key", how="semi")
    well = wrote.group_by("key").agg(well_at=pl.col("at").max())
    since = failed.join(well, on="key", how="left").filter(pl.col("well_at").is_null() | (pl.col("at") > pl.col("well_at")))
    return since.group_by("key").agg(failing_since=pl.col("at").min())
