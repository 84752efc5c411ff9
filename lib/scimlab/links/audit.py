"""What the directory's audit log says was done to each object of Entra, a row an object."""

import polars as pl

from scimlab.links.log import WHERE, key
from scimlab.schema import INSTANT, Tenant

EXISTENCE = {"add user": "there", "restore user": "there", "delete user": "deleted", "hard delete user": "gone"}
STATE = ("disable account", "enable account")
GIVEN, TAKEN = "add app role assignment", "remove app role assignment"
MEMBERS = ("add member to group", "remove member from group")
FLAGS, NAME = ("accountenabled",), "userprincipalname"


def done(tenant: Tenant, as_of: object) -> pl.DataFrame:
    """The successful acts of the audit log until `as_of`, a row a property changed: with the object's `key`, in lower case the activity."""
    return tenant.audit.filter(
        pl.col("object_id").is_not_null(), pl.col("result").fill_null("success") == "success", pl.col("at") <= pl.lit(as_of, INSTANT)
    ).with_columns(key("object_id").alias("key"), pl.col("activity").str.to_lowercase(), pl.col("property").str.to_lowercase(), where=WHERE)


def audited(acts: pl.DataFrame) -> pl.DataFrame:
    """What was last done to each object.

    acts: as `done` gives them.
    returns: a row a `key`: exists (there, deleted or gone), exists_at and its where; set_enabled and set_at; given (the app by name,
        directly), given_at; changed_at and changed_where, the last act that bears on whether and as whom the person has the app.
    """
    existence = acts.with_columns(exists=pl.col("activity").replace_strict(EXISTENCE, default=None, return_dtype=pl.String))
    is_flag = pl.col("property").is_in(FLAGS) & pl.col("new_value").str.to_lowercase().is_in(["true", "false"])
    enabled = (
        pl.when(pl.col("activity") == "enable account")
        .then(True)
        .when(pl.col("activity") == "disable account")
        .then(False)
        .when(is_flag)
        .then(pl.col("new_value").str.to_lowercase() == "true")
    )
    is_role = pl.col("activity").str.starts_with(GIVEN) | pl.col("activity").str.starts_with(TAKEN)
    bears = pl.col("activity").is_in([*EXISTENCE, *STATE, *MEMBERS]) | is_role | pl.col("property").is_in([*FLAGS, NAME])
    first = acts.group_by("key").agg(
        audit_object_id=pl.col("object_id").min(), is_user=(pl.col("object_type").str.to_lowercase() == "user").any()
    )
    frames = [
        _latest(existence.filter(pl.col("exists").is_not_null()), "exists", exists_at="at", exists_where="where", exists_actor="actor"),
        _latest(acts.with_columns(set_enabled=enabled).filter(pl.col("set_enabled").is_not_null()), "set_enabled", set_at="at"),
        _latest(acts.filter(bears), changed_at="at", changed_where="where", changed_by="activity"),
    ]
    for each in frames:
        first = first.join(each, on="key", how="left")
    return first


def role_acts(acts: pl.DataFrame, app_id: str | None) -> pl.DataFrame:
    """When this app was last given to, or taken from, each principal by name: a row a `key`: given, given_at, given_where.

    In such an event the app's service principal is a target beside the user or group; an event that names another app is passed over.
    """
    roles = acts.filter(pl.col("activity").str.starts_with(GIVEN) | pl.col("activity").str.starts_with(TAKEN))
    is_app = pl.col("object_type").str.to_lowercase() == "serviceprincipal"
    apps = roles.filter(is_app).select("audit_id", app=pl.col("key")).unique("audit_id")
    ours = roles.filter(~is_app).join(apps, on="audit_id", how="left", nulls_equal=False)
    if app_id:
        ours = ours.filter(pl.col("app").is_null() | (pl.col("app") == app_id.lower()))
    return _latest(ours.with_columns(given=pl.col("activity").str.starts_with(GIVEN)), "given", given_at="at", given_where="where")


def _latest(acts: pl.DataFrame, *kept: str, **named: str) -> pl.DataFrame:
    """Columns of each object's latest act."""
    columns = [pl.col(name) for name in kept] + [pl.col(column).alias(name) for name, column in named.items()]
    return acts.select("key", "audit_id", *columns, _at="at").sort("_at", "audit_id").unique("key", keep="last").drop("audit_id", "_at")
