"""Whether Entra manages a person for this app: by the assignments, the audit log and the log's scoping step, the latest first."""

import polars as pl

from scimlab.links.known import Known, instant
from scimlab.links.log import WHERE, key
from scimlab.schema import Tenant

UNKNOWN = "A|U|filtered|nested"


def scopes(tenant: Tenant, known: Known, persons: pl.DataFrame, roles: pl.DataFrame) -> pl.DataFrame:
    """The axis scope of each person.

    The list of assignments says nothing of deleted accounts: it leaves them out, though they keep theirs. For them the log's
    last scoping step speaks, for what was so when they were deleted decides.

    persons: as `persons.persons` gives them. roles: `audit.role_acts`.
    returns: a row a subject: scope (values of the axis, `|` between two that are open), scope_where, is_scope_logged (the log last
        saw the same), is_filter_open (no log says whether a filter lets the person pass), and given_at (the latest assignment seen).
    source: domain.md 2.1 and 2.4 in words: only direct members of an assigned group are in scope.
    """
    principals = _principals(tenant)
    listed = persons.select("subject", "key", "state").join(principals, on="key", how="left")
    live = listed["state"].is_in(["EN", "DI", "EN|DI"])
    whole = known.assignments and not _has_unlisted_group(tenant)
    by_list = pl.when(known.assignments).then(pl.coalesce("given", pl.when(live & pl.lit(whole)).then(pl.lit("U"))))
    taken = pl.coalesce("list_at", instant(tenant.assignments["taken_at"].max()), instant(known.as_of))
    logged = persons.select(
        "subject",
        "key",
        "assigned_at",
        "assigned_where",
        logged=pl.when(not known.log_reaches)
        .then(None)
        .when(~pl.col("assigned"))
        .then(pl.lit("U"))
        .when(pl.col("assigned") & ~pl.col("in_scope").fill_null(True))
        .then(pl.lit("filtered"))
        .when("assigned")
        .then(pl.lit("A")),
        filtered=(pl.col("assigned") & ~pl.col("in_scope")).fill_null(False) & pl.lit(known.log_reaches),
    )
    acts = roles.select("key", act=pl.when("given").then(pl.lit("A")).otherwise(pl.lit("U")), act_at="given_at", act_where="given_where")
    joined = listed.with_columns(by_list=by_list, taken=taken).join(logged.drop("key"), on="subject").join(acts, on="key", how="left")
    return joined.select("subject", *_latest(known))


def _latest(known: Known) -> list[pl.Expr]:
    """The latest word: of the list, of the log, of the audit log; who is given the app may still be filtered out."""
    list_at = pl.when(pl.col("by_list").is_not_null()).then("taken")
    log_is_later = (pl.col("assigned_at") > list_at).fill_null(pl.col("assigned_at").is_not_null())
    told, told_at = pl.when(log_is_later).then("logged").otherwise("by_list"), pl.when(log_is_later).then("assigned_at").otherwise(list_at)
    # Taken away by name, a person may still have the app by a group: only the giving is sure.
    act_is_later = (pl.col("act_at") > told_at).fill_null(False)
    scope = pl.when(act_is_later & (pl.col("act") == "A")).then(pl.lit("A")).when(act_is_later).then(pl.lit(UNKNOWN)).otherwise(told)
    filtered = pl.when((scope == "A") & pl.col("filtered")).then(pl.lit("filtered")).otherwise(scope)
    never = pl.col("logged").is_null() & pl.col("by_list").is_null()
    where = pl.when(act_is_later).then("act_where").when(log_is_later).then("assigned_where").otherwise("list_where")
    return [
        pl.when(never & ~act_is_later).then(pl.lit(UNKNOWN)).otherwise(filtered).fill_null(UNKNOWN).alias("scope"),
        where.alias("scope_where"),
        pl.col("logged").is_null().alias("is_filter_open"),
        ((told == pl.col("logged")) & ~act_is_later).fill_null(False).alias("is_scope_logged"),
        pl.max_horizontal("since_at", pl.when(pl.col("act") == "A").then("act_at")).alias("given_at"),
    ]


def _principals(tenant: Tenant) -> pl.DataFrame:
    """Who is given the app: a row a `key`: given (A, or nested), since_at, list_at, list_where."""
    app_id = tenant.settings["app_id"].value if "app_id" in tenant.settings else None
    is_ours = pl.col("resource_id").is_null() | (pl.col("resource_id") == pl.lit(app_id, pl.String)).fill_null(True)
    rows = tenant.assignments.filter(is_ours).with_columns(
        key("principal_id").alias("key"), key("group_id").alias("group"), list_where=WHERE
    )
    direct = rows.filter(pl.col("group").is_null()).with_columns(given=pl.lit("A"))
    assigned = direct.select(group="key").unique()
    members = rows.filter(pl.col("group").is_not_null()).join(assigned, on="group", how="semi").with_columns(given=pl.lit("A"))
    inner = members.select(group="key").unique()
    nested = rows.filter(pl.col("group").is_not_null()).join(inner, on="group", how="semi").with_columns(given=pl.lit("nested"))
    return (
        pl.concat([direct, members, nested])
        .sort("key", "given", "created_at", "list_where", nulls_last=True)
        .unique("key", keep="first", maintain_order=True)
        .select("key", "given", since_at="created_at", list_at="taken_at", list_where="list_where")
    )


def _has_unlisted_group(tenant: Tenant) -> bool:
    """Whether a group is given the app whose members nobody exported."""
    rows = tenant.assignments
    groups = rows.filter(pl.col("principal_type").str.to_lowercase() == "group", pl.col("group_id").is_null())["principal_id"]
    missing = (
        groups.str.to_lowercase()
        .unique()
        .filter(~groups.str.to_lowercase().unique().is_in(rows["group_id"].str.to_lowercase().drop_nulls().implode()))
    )
    # The list of an empty group gives no row, but it was read: its file bears the group's id.
    read = tenant.receipt["file"].str.to_lowercase()
    return any(not read.str.contains(each, literal=True).any() for each in missing)
