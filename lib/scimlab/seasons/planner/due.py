"""Who is due to leave and to return, on which day, and who says so: the roster, else Entra, else the person's own earlier seasons."""

from datetime import date, datetime

import polars as pl

from scimlab import names
from scimlab.schema import DUE, INSTANT, Tenant
from scimlab.seasons.planner.absences import today

YEAR = 365.25
SOURCES = ("roster", "entra", "earlier_seasons")
"""Who may say that somebody leaves or returns, the surest first."""


def due(
    absences: pl.DataFrame, returned: pl.DataFrame, rostered: pl.DataFrame, persons: pl.DataFrame, tenant: Tenant, threshold: int | None
) -> pl.DataFrame:
    """Each person who is due to leave or to return: within a year, or overdue.

    A day from earlier seasons is a range: from the earliest to the latest day of the year on which the person left or came
    back. Whoever the roster calls permanent, or lets go for good, is not expected by their past.

    absences, returned, rostered, persons: as their functions give them. threshold: the most accounts to disable in one cycle; None
    where not known.
    returns: DUE by day; a wave is a number counted from 1 in the order of the days, null for who returns.
    """
    day, zone = today(tenant.as_of, tenant.zone), tenant.zone
    silent = rostered.filter(pl.col("intent") != "may_return")["person_id"].drop_nulls().implode()
    found = [
        _by_roster(rostered.join(persons, on="person_id", how="left", suffix="_known"), day),
        _by_entra(persons, tenant.as_of, zone, day),
        _by_past(absences.filter(~pl.col("person_id").is_in(silent)), persons, zone, day),
    ]
    rows = pl.concat([each.with_columns(source=pl.lit(name)) for each, name in zip(found, SOURCES, strict=True)], how="diagonal")
    known = persons.select("person_id", name="person", account="account", active="is_active", object="object_id", record="target_id")
    return (
        rows.join(known, on="person_id", how="left")
        .with_columns(
            key=pl.coalesce("person_id", pl.col("object_id").str.to_lowercase(), "address"),
            person=pl.coalesce("name", "address", "object_id"),
            object_id=pl.coalesce("object", "object_id"),
            target_id="record",
            is_active="active",
            order=pl.col("source").replace_strict(dict(zip(SOURCES, range(len(SOURCES)), strict=True)), return_dtype=pl.Int8),
        )
        .join(_refused(returned), on="person_id", how="left")
        .sort("order", "on_max")
        .with_columns(says=_says(), is_refused=pl.col("refused_at").is_not_null())
        .unique(["key", "what"], keep="first", maintain_order=True)
        .pipe(_in_waves, day, threshold)
        .sort("on_max", "on_min", "what", "person", "person_id", nulls_last=True)
        .select(pl.col(name).cast(dtype) for name, dtype in DUE.items())
    )


def rostered(identities: pl.DataFrame, tenant: Tenant) -> pl.DataFrame:
    """ROSTER with the person each row means: by object id, else by an address that is one person's; null where nobody fits."""
    by_id = identities.filter(pl.col("alias_kind") == "object_id").select(by_id="person_id", key=pl.col("alias").str.to_lowercase())
    by_name = identities.filter(pl.col("alias_kind") == "address", pl.col("strength") != "suspect")
    by_name = by_name.filter(pl.col("person_id").n_unique().over("alias") == 1).select(by_name="person_id", name="alias").unique("name")
    return (
        tenant.roster.with_columns(key=pl.col("object_id").str.to_lowercase(), name=names.canonical_names(pl.col("address")))
        .join(by_id.unique("key"), on="key", how="left")
        .join(by_name, on="name", how="left")
        .with_columns(person_id=pl.coalesce("by_id", "by_name"))
        .select("person_id", "object_id", "address", "intent", "leaves_on", "returns_on")
    )


def _by_roster(said: pl.DataFrame, day: date) -> pl.DataFrame:
    """What the roster has still to come, or overdue: left in the app after the day, or not back in it."""
    is_in, is_out = pl.col("is_active").fill_null(True), ~pl.col("is_active").fill_null(False)
    is_away_now = (pl.col("leaves_on") < day).fill_null(True)
    to_return = (pl.col("returns_on") >= day) | (is_out & is_away_now)
    # A day that has passed counts until the person is seen back, or gone.
    leaves = (pl.col("leaves_on") >= day) | (is_in & (pl.col("returns_on") > day).fill_null(True))
    leaving = said.filter(pl.col("leaves_on").is_not_null(), pl.col("intent") != "permanent", leaves)
    returning = said.filter(pl.col("returns_on").is_not_null(), pl.col("intent") == "may_return", to_return)
    shared = ("person_id", "object_id", "address", "intent")
    return pl.concat(
        [
            frame.select(*shared, what=pl.lit(what), on_min=on, on_max=on, is_overdue=pl.col(on) < day)
            for frame, what, on in ((leaving, "leaves", "leaves_on"), (returning, "returns", "returns_on"))
        ]
    )


def _by_entra(persons: pl.DataFrame, as_of: datetime, zone: str, day: date) -> pl.DataFrame:
    """Live accounts with a leave date, to come or past while the account is still enabled."""
    local = pl.col("leaves_at").dt.convert_time_zone(zone).dt.date()
    to_come = (pl.col("leaves_at") >= pl.lit(as_of, INSTANT)) | (pl.col("account") == "enabled")
    leaving = persons.filter(pl.col("leaves_at").is_not_null(), pl.col("account") != "deleted", to_come)
    return leaving.select("person_id", what=pl.lit("leaves"), on_min=local, on_max=local, is_overdue=local < day)


def _by_past(absences: pl.DataFrame, persons: pl.DataFrame, zone: str, day: date) -> pl.DataFrame:
    """People who were away and back before: those who are here leave, those who are away return, about the same days of the year."""
    seasonal = absences.filter(pl.col("back_at").is_not_null().any().over("person_id"))
    state = {"leaves": pl.col("is_active").fill_null(False), "returns": ~pl.col("is_active").fill_null(True)}
    ends = {"leaves": "left_at", "returns": "back_at"}
    of_active = seasonal.join(persons.select("person_id", "is_active"), on="person_id")
    found = [
        of_active.filter(holds)
        .select("person_id", what=pl.lit(what), on=pl.col(ends[what]).dt.convert_time_zone(zone).dt.date())
        .drop_nulls("on")
        for what, holds in state.items()
    ]
    past = pl.concat(found).with_columns(last=pl.col("on").max().over("person_id", "what"))
    # The first anniversary of the last time; of the times before, the one nearest to that.
    to_come = ((pl.lit(day) - pl.col("last")).dt.total_days() / YEAR).ceil().clip(lower_bound=1).cast(pl.Int64)
    past = past.with_columns(about=pl.col("last").dt.offset_by(pl.format("{}y", to_come)))
    years = ((pl.col("about") - pl.col("on")).dt.total_days() / YEAR).round().cast(pl.Int64)
    return (
        past.with_columns(on=pl.col("on").dt.offset_by(pl.format("{}y", years)))
        .group_by("person_id", "what")
        .agg(on_min=pl.col("on").min(), on_max=pl.col("on").max(), times=pl.len().cast(pl.Int64))
        .filter(pl.col("on_max") >= day)
        .with_columns(is_overdue=pl.lit(False))
    )


def _refused(returned: pl.DataFrame) -> pl.DataFrame:
    """A row a person whom the app refuses: since when, by the last account."""
    return returned.filter(pl.col("how") == "refused").group_by("person_id").agg(refused_at=pl.col("tried_at").max())


def _says() -> pl.Expr:
    roster = pl.concat_str(pl.lit("the roster: "), pl.col("intent").fill_null("no intent").str.replace_all("_", " "))
    of_source = (
        pl.when(pl.col("source") == "roster")
        .then(pl.when(pl.col("person_id").is_null()).then(roster + ", of whom these exports know nothing else").otherwise(roster))
        .when(pl.col("source") == "entra")
        .then(pl.lit("the leave date in Entra"))
        .otherwise(pl.format("as {} before", pl.when(pl.col("times") == 1).then(pl.lit("once")).otherwise(pl.format("{} times", "times"))))
    )
    refused = pl.format("; came back, and the app refuses the new account since {}", pl.col("refused_at").dt.strftime("%-d %b %Y"))
    is_returning = pl.col("what") == "returns"
    return pl.concat_str(of_source, pl.when(is_returning).then(refused), ignore_nulls=True)


def _in_waves(rows: pl.DataFrame, day: date, threshold: int | None) -> pl.DataFrame:
    """Who leaves, numbered in waves: one a day, or more where the day has more people than may be disabled in one cycle."""
    on = pl.max_horizontal("on_max", pl.lit(day))
    place = pl.struct("person", "key").rank("ordinal").over("what", on) - 1
    chunk = (place // threshold) if threshold else pl.lit(0)
    number = pl.struct(on.alias("day"), chunk.alias("chunk")).rank("dense").over("what")
    is_to_disable = (pl.col("what") == "leaves") & pl.col("account").is_in(["disabled", "deleted"]).fill_null(False).not_()
    numbered = rows.with_columns(is_to_disable=is_to_disable)
    leaving = numbered.filter("is_to_disable").with_columns(wave=number.cast(pl.Int64))
    return pl.concat([leaving, numbered.filter(~pl.col("is_to_disable"))], how="diagonal")
