"""Each job that feeds the app, and its place on the axes of the job table."""

from datetime import timedelta

import polars as pl

from scimlab.links.known import STOPPED_CODES, STOPPED_STATES, Known, instant
from scimlab.links.log import WHERE
from scimlab.schema import Tenant

SHORT_LOG = timedelta(days=31)
AT_ONCE = timedelta(hours=2)
LEAST_REMOVED = 3
MADE_OF = {"active": "IsSoftDeleted", "userName": "userPrincipalName", "externalId": "objectId"}
"""What each attribute is made of where things are as they should be, or, for the name, as they are by default."""


def jobs(tenant: Tenant, known: Known, events: pl.DataFrame, acts: pl.DataFrame) -> pl.DataFrame:
    """Each job that the log, the export of jobs or the schema names for this app.

    events: the counted EVENTS about users. acts: `audit.done`.
    returns: a row a job_id: the axes of the job table, quarantined_at, evidence.
    """
    # Without an app of its own, an exported job belongs to the app unless the log shows it feeding another.
    app_id = tenant.settings["app_id"].value if "app_id" in tenant.settings else None
    foreign = tenant.events.filter(~pl.col("counted"), pl.col("job_id").is_not_null()).select("job_id").unique().collect()["job_id"]
    is_ours = (pl.col("app_id") == pl.lit(app_id, pl.String)).fill_null(~pl.col("job_id").is_in(foreign.implode()))
    exported = tenant.jobs.filter(is_ours).with_columns(job_where=WHERE)
    latest = exported.sort("taken_at", "job_where", nulls_last=False).unique("job_id", keep="last", maintain_order=True)
    logged = events.filter(pl.col("job_id").is_not_null()).group_by("job_id").agg(log_from=pl.col("at").min(), log_to=pl.col("at").max())
    every = (
        pl.concat([logged.select("job_id"), latest.select("job_id"), tenant.mappings.select("job_id")]).drop_nulls().unique().sort("job_id")
    )
    every = every.filter(~pl.col("job_id").is_in(foreign.implode()) | pl.col("job_id").is_in(logged["job_id"].implode()))
    joined = (
        every.join(logged, on="job_id", how="left").join(latest, on="job_id", how="left").join(_mapped(tenant), on="job_id", how="left")
    )
    writers = max(logged.height, latest.height)
    return joined.with_columns(
        code=_code(),
        skips=_yes("skips_out_of_scope", "yes", "no"),
        reach=_yes("syncs_all", "all", "assigned"),
        batch=_batch(tenant),
        rule=pl.lit("seen" if _removed_when_disabled(acts) >= LEAST_REMOVED else "unseen"),
        log=_log(known),
        writers=pl.lit("several" if writers > 1 else "one"),
        **{name: pl.col(name).fill_null("unknown") for name in ("active", "actions", "name", "external")},
    ).with_columns(evidence=_evidence())


def _code() -> pl.Expr:
    code, state = pl.col("status").str.to_lowercase(), pl.col("state").str.to_lowercase()
    return (
        pl.when(code == "quarantine")
        .then(pl.lit("quarantine"))
        .when(code.is_in(STOPPED_CODES) | state.is_in(STOPPED_STATES))
        .then(pl.lit("stopped"))
        .when(code.is_not_null() | state.is_not_null())
        .then(pl.lit("running"))
        .otherwise(pl.lit("unknown"))
    )


def _yes(column: str, yes: str, no: str) -> pl.Expr:
    return pl.when(column).then(pl.lit(yes)).when(~pl.col(column)).then(pl.lit(no)).otherwise(pl.lit("unknown"))


def _mapped(tenant: Tenant) -> pl.DataFrame:
    """What the attributes of each job's users are made of: a row a job with a schema."""
    users = tenant.mappings.filter(pl.col("object_type").fill_null("user").str.to_lowercase() == "user")
    of = {target: pl.col("source").filter(pl.col("target") == target).drop_nulls().first() for target in MADE_OF}
    actions = pl.col("actions").drop_nulls().first().str.to_lowercase()
    made_of = {target: pl.col(target).str.contains(f"(?i){word}").fill_null(False) for target, word in MADE_OF.items()}
    whole = pl.col("flows").str.contains("update") & pl.col("flows").str.contains("delete")
    return (
        users.group_by("job_id")
        .agg(**of, flows=actions, mapping_where=WHERE.first())
        .select(
            "job_id",
            "mapping_where",
            active=_either(made_of["active"], "mapped", "unmapped"),
            name=_either(made_of["userName"], "upn", "other"),
            external=_either(made_of["externalId"], "object", "other"),
            actions=pl.when(whole).then(pl.lit("all")).when(~whole).then(pl.lit("fewer")),
        )
    )


def _either(holds: pl.Expr, yes: str, no: str) -> pl.Expr:
    return pl.when(holds).then(pl.lit(yes)).otherwise(pl.lit(no))


def _batch(tenant: Tenant) -> pl.Expr:
    """The most people whom the roster sends away on one day from now on, against the threshold."""
    planned = tenant.roster.filter(pl.col("leaves_on") >= pl.lit(tenant.as_of).cast(pl.Date)).group_by("leaves_on").len()["len"].max()
    threshold = pl.coalesce("deletion_threshold", pl.lit(_set_threshold(tenant), pl.Int64))
    if planned is None:
        return pl.lit("unknown")
    return pl.when(threshold < planned).then(pl.lit("above")).when(threshold >= planned).then(pl.lit("within")).otherwise(pl.lit("unknown"))


def _set_threshold(tenant: Tenant) -> int | None:
    setting = tenant.settings.get("deletion_threshold")
    return setting.value if setting and isinstance(setting.value, int) else None


def _removed_when_disabled(acts: pl.DataFrame) -> int:
    """People who lost a group within two hours after they were disabled, as a rule on accountEnabled would have it."""
    disabled = acts.filter(pl.col("activity") == "disable account").select("key", "at").unique()
    removed = acts.filter(pl.col("activity") == "remove member from group").select("key", removed_at="at").unique()
    return (
        disabled.join(removed, on="key").filter((pl.col("removed_at") - pl.col("at")).is_between(timedelta(0), AT_ONCE))["key"].n_unique()
    )


def _log(known: Known) -> pl.Expr:
    if known.log_from is None:
        return pl.lit("none")
    return pl.when(instant(known.as_of) - instant(known.log_from) <= SHORT_LOG).then(pl.lit("short")).otherwise(pl.lit("long"))


def _evidence() -> pl.Expr:
    said = pl.format("status {}, schedule {} ({})", pl.col("status").fill_null("?"), pl.col("state").fill_null("?"), "job_where")
    since = pl.format(
        "in quarantine since {}: {}",
        pl.col("quarantined_at").dt.to_string("%Y-%m-%d %H:%M UTC"),
        pl.col("quarantine_reason").fill_null("?"),
    )
    window = pl.format("the log holds {} to {}", *(pl.col(each).dt.to_string("%Y-%m-%d %H:%M UTC") for each in ("log_from", "log_to")))
    return pl.concat_str(said, since, pl.format("mappings ({})", "mapping_where"), window, separator="; ", ignore_nulls=True)
