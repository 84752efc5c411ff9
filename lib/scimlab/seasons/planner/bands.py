"""The seasons of a tenant: as somebody wrote them down, else as they show in who went and came."""

from datetime import date, timedelta

import polars as pl

from scimlab.schema import SEASONS, Tenant
from scimlab.seasons.planner.absences import today

APART = timedelta(weeks=6)
"""Returns farther apart than this are of two seasons."""

LEAST_PEOPLE = 3
"""Fewer who return about one time are no season."""

ONCE_A_YEAR = "years after one that began on that day"


def seasons(absences: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """Each season, in order: those of tenant.toml, else those inferred from who came back when; and the next.

    A season begins with the first of at least three people who come back within six weeks of each other, and ends when the
    last of them has left. Before the first return seen no season is inferred: when it began is not known.

    absences: as `absences.absences` gives them.
    returns: SEASONS; `is_whole` is false where it began before the log did, and for what has not ended. Empty where nothing
        tells of a season.
    """
    day, log_begins = today(tenant.as_of, tenant.zone), _first_day(tenant)
    written = tenant.settings["seasons"].value if "seasons" in tenant.settings else None
    found = _written(written) if written else _inferred(absences, tenant.zone, day)
    found = found if found.is_empty() or found["first_day"].max() > day else pl.concat([found, _next(found, day)])
    state = (
        pl.when(pl.col("first_day") > day)
        .then(
            pl.when(pl.col("first_day") == pl.col("first_day").filter(pl.col("first_day") > day).min())
            .then(pl.lit("next"))
            .otherwise(pl.lit("later"))
        )
        .when(pl.col("last_day") < day)
        .then(pl.lit("past"))
        .otherwise(pl.lit("running"))
    )
    is_whole = (pl.col("last_day") < day) & (pl.col("first_day") >= pl.lit(log_begins, pl.Date))
    return found.with_columns(state=state, is_whole=is_whole.fill_null(False)).select(SEASONS.names()).sort("first_day", "name")


def _first_day(tenant: Tenant) -> date | None:
    first = tenant.events.filter("counted").select(pl.col("at").min().dt.convert_time_zone(tenant.zone).dt.date())
    return first.collect().item()


def _written(tables: list[dict]) -> pl.DataFrame:
    rows = [{name: table.get(name) for name in ("name", "first_day", "last_day")} | {"origin": "tenant.toml"} for table in tables]
    return pl.DataFrame(rows, schema={name: SEASONS[name] for name in ("name", "first_day", "last_day", "origin")}).drop_nulls("first_day")


def _inferred(absences: pl.DataFrame, zone: str, day: date) -> pl.DataFrame:
    """Seasons as waves of people who come back, each until those who ever did have left."""
    left, back = (
        absences.select("person_id", day=pl.col(name).dt.convert_time_zone(zone).dt.date()).drop_nulls().sort("day")
        for name in ("left_at", "back_at")
    )
    members = (
        back.with_columns(wave=(pl.col("day").diff() > APART).fill_null(False).cum_sum())
        .with_columns(first_day=pl.col("day").min().over("wave"), people=pl.col("person_id").n_unique().over("wave"))
        .filter(pl.col("people") >= LEAST_PEOPLE)
    )
    waves = members.select("first_day", "people").unique().sort("first_day")
    # What a member of the wave leaves is the season that began last before.
    ended = left.join_asof(waves, left_on="day", right_on="first_day").join(members, on=["person_id", "first_day"], how="semi")
    ended = ended.group_by("first_day").agg(last_day=pl.col("day").max())
    a_year_on = pl.col("last_day").shift(1).dt.offset_by("1y")
    # While it runs, some have left and others have not: it ends as the one before did, or goes on.
    running = (pl.col("first_day") == pl.col("first_day").max()) & (pl.col("last_day") > day - APART).fill_null(True)
    last_day = pl.when(running).then(pl.max_horizontal(a_year_on, pl.when(a_year_on.is_not_null()).then("last_day"))).otherwise("last_day")
    is_only = pl.len().over(pl.col("first_day").dt.year()) == 1
    name = (
        pl.when(is_only).then(pl.col("first_day").dt.strftime("season of %Y")).otherwise(pl.col("first_day").dt.strftime("season of %B %Y"))
    )
    return (
        waves.join(ended, on="first_day", how="left")
        .sort("first_day")
        .with_columns(last_day=last_day, name=name)
        .select("name", "first_day", "last_day", origin=pl.format("{} people came back within weeks of each other", "people"))
    )


def _next(found: pl.DataFrame, day: date) -> pl.DataFrame:
    """The season that comes next if each comes again about the same day of the year."""
    behind = (pl.lit(day) - pl.col("first_day")).dt.total_days()
    # Of two neighbouring years one is right, whichever day of February lies between.
    later = pl.concat(
        found.select(
            name=pl.lit("next season"),
            first_day=pl.col("first_day").dt.offset_by(pl.format("{}y", years)),
            last_day=pl.col("last_day").dt.offset_by(pl.format("{}y", years)),
            origin=pl.lit(ONCE_A_YEAR),
        )
        for years in ((behind / 365.25).floor().cast(pl.Int64) + more for more in (0, 1))
    )
    return later.filter(pl.col("first_day") > day).sort("first_day", "last_day").head(1)
