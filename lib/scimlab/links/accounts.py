"""Each object of Entra as it stands: enabled, disabled, in the recycle bin, gone, or whatever of these the inputs leave open."""

from datetime import timedelta

import polars as pl

from scimlab.links.known import GUID, Known, current, instant
from scimlab.links.log import WHERE, key
from scimlab.schema import Tenant

BIN_DAYS = timedelta(days=30)
PREFIX = r"(?i)^\s*([0-9a-f]{32})[^@\s]+@"


def accounts(tenant: Tenant, known: Known, aliases: pl.DataFrame, log: pl.DataFrame, audit: pl.DataFrame) -> pl.DataFrame:
    """Each object id that anything mentions, and the state of its account.

    Gone for good is said only of an object that is proven to have been one of Entra's and is in neither list, or that the audit
    log saw purged; an object may linger in the recycle bin past its thirtieth day.

    aliases: a row a `key`, with its subject, person_id and strength. log, audit: a row a `key`.
    returns: a row a `key`: subject, state (values of the axis entra, `|` between two that are open), is_proven, the columns of
        PEOPLE, and what log and audit say of it.
    source: domain.md 0.3, 2.3 and 5 in words.
    """
    seen = aliases
    for each in (_listed(tenant, known), _marked(tenant), log, audit):
        seen = seen.join(each, on="key", how="left")
    so = pl.col("was_listed", "in_log", "is_user", "is_marked_twice", "is_external").fill_null(False)
    return (
        seen.with_columns(in_log=pl.col("seen_from").is_not_null(), is_listed=pl.col("is_deleted").is_not_null())
        .with_columns(so)
        .with_columns(
            is_proven=pl.any_horizontal("is_listed", "was_listed", "in_log", "is_user", "is_marked_twice")
            | (pl.col("is_external") & pl.lit(known.ids))
        )
        .with_columns(state=_state(known), deleted_at=pl.coalesce("deleted_at", pl.when(pl.col("exists") == "deleted").then("exists_at")))
    )


def _listed(tenant: Tenant, known: Known) -> pl.DataFrame:
    """Each object of the latest lists once, and `was_listed` for those that only an earlier list holds."""
    live = ~pl.col("is_deleted").fill_null(False)
    people = tenant.people.filter(pl.col("object_id").is_not_null()).with_columns(
        key("object_id").alias("key"), pl.col("is_deleted").fill_null(False), people_where=WHERE
    )
    latest = pl.concat([current(people.filter(live), known.users_at), current(people.filter(~live), known.bin_at)])
    # In both lists: the later one is right; taken together, the deletion came between the two.
    once = latest.sort(pl.col("taken_at"), "is_deleted", "people_where", nulls_last=False).unique("key", keep="last").drop("file", "row")
    before = (
        people.join(once, on="key", how="anti").select("key", was_listed=True, old_display_name="display_name").unique("key", keep="last")
    )
    return once.join(before, on="key", how="full", coalesce=True)


def _marked(tenant: Tenant) -> pl.DataFrame:
    """Object ids that records carry: as external id, in front of a name, or, which proves them, as both."""
    names_of = pl.coalesce(pl.col("user_name").str.extract(PREFIX), pl.col("mail").str.extract(PREFIX)).str.to_lowercase()
    ids = tenant.records.select(external=pl.col("external_id").str.strip_chars().str.to_lowercase(), hexed=names_of).with_columns(
        prefix=pl.col("hexed").str.replace(r"(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")
    )
    external = ids.filter(pl.col("external").str.contains(GUID)).select(key="external", is_external=True)
    twice = ids.filter(pl.col("prefix") == pl.col("external")).select(key="prefix", is_marked_twice=True)
    return external.unique("key").join(twice.unique("key"), on="key", how="full", coalesce=True)


def _state(known: Known) -> pl.Expr:
    """The axis entra: the lists first, an act of the audit log where it is later than the list that speaks against it."""
    taken = pl.when(pl.col("is_deleted")).then(pl.coalesce("taken_at", instant(known.bin_at))).otherwise(
        pl.coalesce("taken_at", instant(known.users_at))
    )  # fmt: skip
    later = (pl.col("exists_at") > taken).fill_null(False)
    binned = later if known.bin_at is None else (pl.col("exists_at") > instant(known.bin_at)).fill_null(False)
    return (
        pl.when(pl.col("exists") == "gone")
        .then(pl.lit("HD"))
        .when(later & (pl.col("exists") == "there") & pl.col("is_deleted").fill_null(True))
        .then(_live(pl.lit(None, pl.Boolean)))
        .when(binned & (pl.col("exists") == "deleted"))
        .then(pl.lit("SD"))
        .when(pl.col("is_deleted"))
        .then(pl.lit("SD"))
        .when(pl.col("is_listed"))
        .then(_live(pl.col("enabled")))
        .otherwise(_absent(known))
    )


def _live(listed: pl.Expr) -> pl.Expr:
    """EN or DI: as listed, or as log and audit saw it later; open where nobody says."""
    switched_at = pl.max_horizontal("set_at", "log_enabled_at")
    by_audit = pl.col("set_at") >= pl.coalesce("log_enabled_at", "set_at")
    newer = pl.when(by_audit.fill_null(False)).then("set_enabled").otherwise("log_enabled")
    since = pl.coalesce("taken_at", "exists_at")
    enabled = pl.when((switched_at > since).fill_null(False)).then(pl.coalesce(newer, listed)).otherwise(listed)
    return pl.when(enabled).then(pl.lit("EN")).when(~enabled).then(pl.lit("DI")).otherwise(pl.lit("EN|DI"))


def _absent(known: Known) -> pl.Expr:
    """What an object may be that no list holds: gone, where both lists are whole and it was one of Entra's."""
    since = (pl.min_horizontal("seen_from", "changed_at") > instant(known.users_at)).fill_null(False)
    live = "" if known.users else "EN|DI|"
    away = "HD" if known.bin else "SD|HD"
    unproven = f"{live}AB" if known.bin else f"{live}SD|AB"
    return (
        pl.when(since)
        .then(pl.lit("EN|DI|SD|HD"))
        .when(pl.col("is_proven"))
        .then(pl.lit(live + away))
        .when(pl.col("is_external"))
        .then(pl.lit(f"{live}{away}|AB"))
        .otherwise(pl.lit(unproven))
    )
