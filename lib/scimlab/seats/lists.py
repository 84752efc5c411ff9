"""What the app's own lists say of each record: the flag when the list was taken, and the instants it dates itself."""

from datetime import UTC, datetime, timedelta

import polars as pl

from scimlab.schema import INSTANT

OFF, ON, UNKNOWN = 0, 1, 2
"""What a record's `active` flag is, as far as it is known."""

STAND_IN = "source:"
"""Before a source id that stands for a record the log gives no id of."""

ONE_CHANGE = timedelta(minutes=2)
ONE_DAY = timedelta(days=1)
NEVER = datetime(1, 1, 1, tzinfo=UTC)
FEW, FEW_SHARE = 3, 0.05


def listed_facts(records: pl.DataFrame, changes: pl.DataFrame, of_log: pl.DataFrame, begins: datetime | None) -> list[pl.DataFrame]:
    """FACTS of the app's lists. Where the log tells of the same change, its instant is preferred.

    records: RECORDS. changes: the log's FACTS. begins: the log's first instant.
    of_log: a row a record, with what the log and Entra know of it.
    """
    records = records.filter(pl.col("target_id").is_not_null()).with_columns(
        record=pl.col("target_id").cast(pl.Categorical), is_birth=False, holds=False, state=pl.col("active").cast(pl.Int8)
    )
    known = records.join(of_log, on="record", how="left")
    return [_seen(records), _unchanged(known, begins), _switched(records, changes), _made(known), _unlisted(records, of_log)]


def _seen(records: pl.DataFrame) -> pl.DataFrame:
    """The flag when the list was taken."""
    seen = records.filter(pl.col("state").is_not_null(), pl.col("taken_at").is_not_null())
    return seen.with_columns(at="taken_at", turn=7, is_sight=True, before="state", what=said("listed by the app as", pl.col("active")))


def _unchanged(records: pl.DataFrame, begins: datetime | None) -> pl.DataFrame:
    """The flag since the record was last changed at all, as the app dates it, unless the log knows of a change after that.

    Where the log knows nothing of that flag, it was the same before, unless somebody changed it by hand. Two signs of that: it is
    not what Entra would have it be, or the record was changed while the log ran and not by Entra. (Not the second where
    that befell many records: then the app dates other things too, such as a sign-in.)
    """
    dated = (
        records.filter(pl.col("state").is_not_null(), pl.col("updated_at") <= pl.col("taken_at"))
        .filter(pl.col("last_at").is_null() | (pl.col("last_at") <= pl.col("updated_at") + ONE_CHANGE))
        .unique(["record", "updated_at"], keep="first")
    )
    updated = pl.col("updated_at")
    by_hand = (updated > pl.lit(begins, dtype=INSTANT)) & (pl.col("written_at").is_null() | (pl.col("written_at") < updated - ONE_CHANGE))
    by_hand = (by_hand & (updated > pl.col("created_at").fill_null(NEVER) + ONE_CHANGE)).fill_null(False)
    is_telling = by_hand.sum() <= pl.max_horizontal(FEW, pl.len() * FEW_SHARE)
    is_odd = (pl.col("told_at").is_null() | (pl.col("told_at") > updated)) & (
        (pl.col("expects") != pl.col("state")).fill_null(False) | (by_hand & is_telling)
    )
    return dated.with_columns(
        at=pl.max_horizontal("updated_at", "last_at"),
        turn=6,
        is_sight=~is_odd,
        holds=True,
        before=pl.when(is_odd).then(UNKNOWN).otherwise("state"),
        what=said("last changed, says the app, and since then", pl.col("active")),
    )


def _switched(records: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """When the app itself says it was deactivated, unless the log has that change within a day. Who is inactive still has been since."""
    off = changes.filter(pl.col("state") == OFF).select("record", logged_at="at").sort("logged_at")
    switched = records.filter(pl.col("deactivated_at").is_not_null()).sort("deactivated_at")
    nearest = {"by": "record", "strategy": "nearest", "tolerance": ONE_DAY, "check_sortedness": False}
    return (
        switched.join_asof(off, left_on="deactivated_at", right_on="logged_at", **nearest)
        .filter(pl.col("logged_at").is_null())
        .unique(["record", "deactivated_at"], keep="first")
        .with_columns(
            at="deactivated_at",
            turn=3,
            is_sight=False,
            state=OFF,
            before=ON,
            holds=~pl.col("active").fill_null(True),
            what=pl.lit("deactivated, says the app"),
        )
    )


def _made(records: pl.DataFrame) -> pl.DataFrame:
    """When the app says it was created, unless the log has its creation or knows it earlier."""
    made = records.filter(pl.col("created_at").is_not_null()).sort("created_at", "file", "row").unique("record", keep="first")
    return made.filter(
        ~pl.col("is_logged").fill_null(False), pl.col("first_at").is_null() | (pl.col("created_at") <= pl.col("first_at"))
    ).with_columns(at="created_at", turn=-1, is_sight=False, state=UNKNOWN, before=OFF, is_birth=True, what=pl.lit("created, says the app"))


def _unlisted(records: pl.DataFrame, of_log: pl.DataFrame) -> pl.DataFrame:
    """Records that Entra wrote and that no list of the app's shows: gone by the time of the last list, nobody saw when."""
    listed_at = pl.lit(records["taken_at"].max(), dtype=INSTANT)
    is_stand_in = pl.col("record").cast(pl.String).str.starts_with(STAND_IN)
    written = of_log.filter(pl.col("first_at") < listed_at, ~is_stand_in).select("record")
    return written.join(records, on="record", how="anti").with_columns(
        at=listed_at,
        turn=7,
        is_sight=True,
        state=OFF,
        before=OFF,
        is_birth=False,
        holds=False,
        what=pl.lit("in no list of the app's"),
        file=pl.lit(None, dtype=pl.String),
        row=pl.lit(None, dtype=pl.Int64),
    )


def said(words: str, is_active: pl.Expr) -> pl.Expr:
    """These words and what they say of the flag."""
    return pl.when(is_active).then(pl.lit(f"{words} active")).otherwise(pl.lit(f"{words} inactive"))
