"""Each record of the app as it stands: active or not, whose id it carries, and in front of which name."""

import polars as pl

from scimlab import names
from scimlab.links.accounts import PREFIX
from scimlab.links.known import GUID, Known, current
from scimlab.links.log import WHERE
from scimlab.schema import Tenant


def records(tenant: Tenant, known: Known, aliases: pl.DataFrame) -> pl.DataFrame:
    """Each record of the latest list.

    aliases: a row a target id: key, subject, person_id, strength, why.
    returns: a row a target_id: subject, person_id, record_strength; active; external (its external id, in lower case) and whether
        that has the shape of an object id; prefix (the object id in front of its name); name and address of its user name without
        that, mail_address; updated_at, taken_at, where.
    """
    listed = current(tenant.records.filter(pl.col("target_id").is_not_null()), known.records_at).with_columns(record_where=WHERE)
    once = listed.sort("taken_at", "record_where", nulls_last=False).unique("target_id", keep="last", maintain_order=True)
    prefix = pl.coalesce(pl.col("user_name").str.extract(PREFIX), pl.col("mail").str.extract(PREFIX)).str.to_lowercase()
    external = pl.col("external_id").str.strip_chars().str.to_lowercase().replace("", None)
    owners = aliases.select("subject", "person_id", target_id="key", record_strength="strength", record_why="why")
    owned = once.join(owners, on="target_id", how="left")
    return owned.select(
        "target_id",
        subject=pl.coalesce("subject", pl.lit("record:") + pl.col("target_id")),
        person_id=pl.coalesce("person_id", pl.lit("record:") + pl.col("target_id")),
        record_strength="record_strength",
        record_why="record_why",
        active="active",
        external=external,
        is_id=external.str.contains(GUID).fill_null(False),
        prefix=prefix.str.replace(r"(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"),
        raw_user_name="user_name",
        raw_mail="mail",
        raw_external="external_id",
        spelling=pl.col("user_name").str.strip_chars(),
        address=names.canonical_names(pl.coalesce("user_name", "mail")),
        mail_address=names.canonical_names(pl.col("mail")),
        record_name="display_name",
        record_created_at="created_at",
        updated_at="updated_at",
        last_login_at="last_login_at",
        record_at="taken_at",
        record_where="record_where",
    )
