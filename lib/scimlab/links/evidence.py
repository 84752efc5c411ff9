"""What a finding rests on, in sentences, down to file and row."""

import polars as pl

from scimlab.links import table
from scimlab.links.log import CLOCK

STATES = table.SUBJECTS.axes["entra"]


def _clock(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string(CLOCK)


def _if(holds: pl.Expr | str, sentence: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(sentence)


def of_people() -> pl.Expr:
    """The evidence of a person: account, scope, record, connection, last attempt; what is not known is left out."""
    return pl.concat_str(*_account(), *_record(), *_log(), separator="; ", ignore_nulls=True)


RECORD_NEEDS = ("target_id", "active", "record_where", "prefix", "external", "record_why")
"""What is needed of a record to say its evidence."""


def of_records() -> pl.Expr:
    """The evidence of a record: what it is, and whose."""
    return pl.concat_str(*_record()[:2], pl.format("its external id is {}", "external"), "record_why", separator="; ", ignore_nulls=True)


def _account() -> list[pl.Expr]:
    spelled = pl.col("subject_id")
    listed = pl.format(
        "{} {}{} ({})",
        pl.coalesce("user_name", spelled),
        pl.col("entra").replace_strict(
            {"SD": "was deleted", "EN": "is enabled", "DI": "is disabled"}, default="is listed", return_dtype=pl.String
        ),
        pl.when(pl.col("entra") == "SD").then(pl.lit(" on ") + _clock("deleted_at")).fill_null(""),
        pl.coalesce("people_where", "exists_where"),
    )
    gone = pl.format(
        "{} was deleted for good on {} by {} ({})", spelled, _clock("exists_at"), pl.col("exists_actor").fill_null("?"), "exists_where"
    )
    absent = pl.format("{} is in no list of users", spelled) + pl.format("; last seen in the log ({})", "event_where").fill_null("")
    changed = pl.format("{} on {} ({})", "changed_by", _clock("changed_at"), "changed_where")
    older = pl.format("earlier account {}", pl.col("older_keys").list.join(", ")) + pl.format(
        ", deleted on {}", _clock("older_deleted_at")
    ).fill_null("")
    scope = pl.format(
        "{} ({})", pl.col("scope").replace_strict(table.SUBJECTS.axes["scope"], default=None, return_dtype=pl.String), "scope_where"
    )
    is_gone = (pl.col("exists") == "gone").fill_null(False)
    return [
        pl.when(is_gone).then(gone).when(pl.col("people_where").is_not_null()).then(listed).otherwise(absent),
        _if(~is_gone, changed),
        _if(pl.col("older_keys").list.len() > 0, older),
        _if(~pl.col("entra").is_in(["HD", "SD|HD"]), scope),
    ]


def _record() -> list[pl.Expr]:
    record = pl.format(
        "record {} {} ({})",
        "target_id",
        pl.when("active").then(pl.lit("is active")).when(~pl.col("active")).then(pl.lit("is inactive")).otherwise(pl.lit("is listed")),
        "record_where",
    )
    touched = pl.format("changed in the app on {}", _clock("updated_at"))
    prefix = pl.format("the object id {} stands in front of its name", "prefix")
    spelled = pl.format("its user name is {}", "spelling")
    key = pl.format("its external id is {}", "external")
    return [
        record,
        prefix,
        _if((pl.col("told_active") != pl.col("active")).fill_null(False), touched),
        _if(pl.col("spelled") != "same", spelled),
        _if(pl.col("key") != "same", key),
        _if(pl.col("other_records").list.len() > 0, pl.format("further records {}", pl.col("other_records").list.join(", "))),
        _if(pl.col("link") == "wrong", pl.format("it was {}'s before", "former_name")),
        _if(pl.col("link") == "wrong", pl.format("claimed by {}", pl.col("claimants").list.join(" and "))),
    ]


def _log() -> list[pl.Expr]:
    pointed = pl.format("Entra was last connected to {} on {} ({})", "pointer", _clock("pointer_at"), "pointer_where")
    told = pl.format(
        "the app last took it as {} on {} ({})",
        pl.when("told_active").then(pl.lit("active")).otherwise(pl.lit("inactive")),
        _clock("told_at"),
        "told_where",
    )
    ended = pl.format(
        "the last attempt, on {}, {}{} ({})",
        _clock("ended_at"),
        pl.when(pl.col("ended") == "skipped")
        .then(pl.format("was skipped for {}", pl.col("ended_property").fill_null("?")))
        .otherwise(pl.lit("failed: ") + pl.col("ended_cause").fill_null("unknown")),
        (pl.lit(', "') + pl.col("ended_detail").str.slice(0, 160) + pl.lit('"')).fill_null(""),
        "ended_where",
    )
    # Where the record seen is the one connected to, saying so once is enough.
    away = pl.col("pointer").is_not_null() & ((pl.col("pointer") != pl.col("target_id")).fill_null(True))
    return [_if(away, pointed), told, _if(pl.col("ended") != "none", ended)]
