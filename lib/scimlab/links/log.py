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


def key(column: str) -> pl.Expr:
    """The key of an object id: exports differ in its case."""
    return pl.col(column).str.to_lowercase()


def user_events(tenant: Tenant, as_of: object) -> pl.LazyFrame:
    """The counted events about users until `as_of`, each with the `key` of its object and `where` it was read."""
    rows = tenant.events.filter(pl.col("counted"), pl.col("object_type").fill_null("user") == "user", pl.col("source_id").is_not_null())
    return rows.filter(pl.col("at") <= pl.lit(as_of, INSTANT)).with_columns(key("source_id").alias("key"), where=WHERE)


def logged(events: pl.LazyFrame) -> pl.DataFrame:
    """What the log last said of each object.

    events: as `user_events` gives them.
    returns: a row a `key`: pointer (the record it was last connected to) and pointer_at; told_active and told_at (what the app
        last accepted, or was seen to be); ended (how the last attempt did: a value of the axis trouble), its at, cause, detail,
        property and where; assigned, filtered, assigned_at; enabled and enabled_at, same_at (since when the log has shown it so);
        failing_since; created_here (the log shows the record being made or sought); seen_from, seen_to.
    """
    wrote = pl.col("action").is_in(["update", "disable", "delete"])
    success = pl.col("status") == "success"
    # Some forms name the record in the matching step only.
    events = events.with_columns(target_id=pl.coalesce("target_id", "matched_target_id"))
    pointing = events.filter(pl.col("target_id").is_not_null(), success | wrote)
    active = pl.when(success).then(
        pl.coalesce("sent_active", pl.when(pl.col("action") == "disable").then(False).when(pl.col("action") == "create").then(True))
    )
    told = events.with_columns(told=pl.coalesce(active, pl.when(pl.col("status") != "failure").then("matched_active"))).filter(
        pl.col("told").is_not_null()
    )
    outcome = events.filter(
        success | (pl.col("status") == "failure") | ((pl.col("status") == "skipped") & ~pl.col("skip_reason").is_in(NOTHING_DONE))
    )
    scoped = events.filter(pl.col("assigned").is_not_null() | (success & pl.col("sent_active").fill_null(False)))
    seen = events.filter(pl.col("source_enabled").is_not_null())
    frames = [
        events.group_by("key").agg(
            source_id=pl.col("source_id").min(),
            seen_from=pl.col("at").min(),
            seen_to=pl.col("at").max(),
            name=pl.col("source_name").drop_nulls().max(),
            created_here=(pl.col("action") == "create").any(),
        ),
        _latest(pointing, pointer="target_id", pointer_at="at", pointer_where="where", pointer_action="action"),
        _latest(told, told_active="told", told_at="at", told_where="where"),
        _latest(outcome.with_columns(ended=_ended()), "ended", ended_at="at", ended_cause="cause", ended_detail="detail",
                ended_property="skip_property", ended_where="where"),
        _latest(scoped.with_columns(pl.col("assigned").fill_null(True)), "assigned", "in_scope", assigned_at="at", assigned_where="where"),
        _latest(seen, log_enabled="source_enabled", log_enabled_at="at"),
        _latest(events.filter(pl.col("source_user_name").is_not_null()), log_user_name="source_user_name"),
        _latest(events, event_where="where"),
        _since(seen),
        _failing(events),
    ]  # fmt: skip
    first, *rest = pl.collect_all(frames)
    for each in rest:
        first = first.join(each, on="key", how="left")
    return first


def _ended() -> pl.Expr:
    failed = pl.col("cause").replace_strict(TROUBLES, default="other", return_dtype=pl.String)
    return (
        pl.when(pl.col("status") == "success")
        .then(pl.lit("none"))
        .when(pl.col("status") == "skipped")
        .then(pl.lit("skipped"))
        .otherwise(failed)
    )


def _latest(events: pl.LazyFrame, *kept: str, **named: str) -> pl.LazyFrame:
    """Columns of each object's latest event; of two at one instant the one of the greater id, so that no order of rows decides."""
    columns = [pl.col(name) for name in kept] + [pl.col(column).alias(name) for name, column in named.items()]
    return events.select("key", "event_id", *columns, _at="at").sort("_at", "event_id").unique("key", keep="last").drop("event_id", "_at")


def _since(seen: pl.LazyFrame) -> pl.LazyFrame:
    """`same_at`: since when the log has shown each account as enabled, or as disabled, as it shows it last."""
    last = seen.select("key", "at", "source_enabled").with_columns(latest=pl.col("source_enabled").last().over("key", order_by="at"))
    differs = last.filter(pl.col("source_enabled") != pl.col("latest")).group_by("key").agg(differed_at=pl.col("at").max())
    return (
        last.join(differs, on="key", how="left")
        .filter(pl.col("differed_at").is_null() | (pl.col("at") > pl.col("differed_at")))
        .group_by("key")
        .agg(same_at=pl.col("at").min(), differed_at=pl.col("differed_at").first())
    )


def _failing(events: pl.LazyFrame) -> pl.LazyFrame:
    """`failing_since`: the first failure after an object's last success."""
    wrote = (pl.col("status") == "success") & (pl.col("action") != "other")
    ended = events.filter(wrote).group_by("key").agg(well_at=pl.col("at").max())
    return (
        events.filter(pl.col("status") == "failure")
        .join(ended, on="key", how="left")
        .filter(pl.col("well_at").is_null() | (pl.col("at") > pl.col("well_at")))
        .group_by("key")
        .agg(failing_since=pl.col("at").min(), attempts=pl.len())
    )
