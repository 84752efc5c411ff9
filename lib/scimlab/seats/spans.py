"""FACTS made into stretches of time: between two facts a record was active, was not, or may have been.

One sort, then comparisons with the row before and after: no join and no row a day, so that millions of facts cost seconds.
"""

from datetime import datetime

import polars as pl

from scimlab.schema import INSTANT
from scimlab.seats.facts import Reach
from scimlab.seats.lists import OFF, ON, UNKNOWN

MAYBE, TO_COME = UNKNOWN, 3


def bounded(facts: pl.DataFrame, records: pl.Series, reach: Reach, as_of: datetime | None) -> pl.DataFrame:
    """FACTS with each record's horizon among them, by record and time.

    The horizon: the beginning of time, the first instant of the log's reach, its last, and the last instant observed.
    `covered` says that the log's reach begins or ends there; a first and a last row of each record leave nothing open, so that what
    is carried on from row to row never passes from one record to the next.
    """
    marks = [("", None, -10, False, False, None)]
    if reach.first_at:
        marks += [("the log begins", reach.first_at, -9, True, None, None)]
        marks += [("last observed" if reach.last_at == as_of else "the log ends", reach.last_at, 9, False, None, None)]
    if as_of not in (None, reach.last_at):
        marks += [("last observed", as_of, 10, None, None, None)]
    schema = {"what": pl.String, "at": INSTANT, "turn": pl.Int8, "covered": pl.Boolean, "holds": pl.Boolean, "is_birth": pl.Boolean}
    wiped = pl.when(pl.col("covered").is_not_null()).then(UNKNOWN).cast(pl.Int8)
    horizon = pl.DataFrame(marks, schema=schema, orient="row").with_columns(state=wiped, before=wiped)
    rows = pl.concat([facts, records.to_frame("record").join(horizon, how="cross")], how="diagonal")
    # Two facts of one instant and turn are put in an order that no order of files decides.
    tie = pl.col("turn") * 6 + pl.col("state").fill_null(0) * 2 + pl.col("is_sight").fill_null(False)
    return rows.with_columns(key=pl.col("record").to_physical(), tie=tie).sort("key", "at", "tie", nulls_last=False).drop("tie")


def stretches(rows: pl.DataFrame) -> pl.DataFrame:
    """A row a stretch of one state of one record, without a gap from the beginning of time to TO_COME.

    rows: FACTS as `bounded` gives them.
    returns: key `from_at` `state` `is_contradicted` `by` (the number of the row it begins with), in the order of `rows`;
    each stretch ends where the next begins.
    """
    is_fact = pl.col("is_birth").is_not_null()
    is_first, is_last = ((pl.col("key") != pl.col("key").shift(by)).fill_null(True) for by in (1, -1))
    told = pl.col("before") + 3 * pl.col("is_sight").fill_null(False).cast(pl.Int8)
    rows = rows.with_row_index("by").with_columns(
        is_last=is_last,
        is_fact=is_fact,
        carried=pl.col("state").forward_fill(),
        covered=pl.col("covered").forward_fill(),
        holds=pl.col("holds").forward_fill(),
        held=pl.when(is_fact | is_first).then("state").forward_fill(),
        was_told=pl.when(is_fact | is_first).then(is_fact).forward_fill(),
        told=pl.when(is_last).then(told.fill_null(UNKNOWN)).otherwise(told).backward_fill().shift(-1),
        is_born_next=pl.when(is_last).then(pl.col("is_birth").fill_null(False)).otherwise("is_birth").backward_fill().shift(-1),
    )
    told = pl.col("told").fill_null(UNKNOWN)
    is_contradicted = pl.col("covered") & (told >= 3) & (pl.col("carried") < UNKNOWN) & (told - 3 != pl.col("carried"))
    state = (
        pl.when("is_last")
        .then(TO_COME)
        .when(~pl.col("was_told") & pl.col("is_born_next").fill_null(False))
        .then(OFF)
        .when(is_contradicted)
        .then(MAYBE)
        .when("covered")
        .then(pl.when(pl.col("carried") < UNKNOWN).then("carried").otherwise(told % 3))
        .when("holds")
        .then("held")
        .otherwise(MAYBE)
    )
    spans = rows.select(
        "key", "by", from_at="at", state=state.cast(pl.Int8), is_contradicted=is_contradicted.fill_null(False), part=pl.lit(2)
    )
    # Where nothing is carried on, a fact still holds at its own instant, and a change for the instant before it; a record that
    # was made active was so when it was made, whatever is found later.
    alone = rows.filter(pl.col("is_fact"), ~pl.col("covered") | (is_contradicted & pl.col("is_birth") & (pl.col("state") == ON)))
    points = [
        alone.filter(pl.col(said) < UNKNOWN).select("key", "by", from_at="at", state=said, is_contradicted=pl.lit(False), part=pl.lit(part))
        for part, said in enumerate(("before", "state"))
    ]
    spans = pl.concat([spans, *points]).sort("by", "part") if len(alone) else spans
    is_new = (pl.col("key") != pl.col("key").shift(1)) | (pl.col("state") != pl.col("state").shift(1))
    return spans.filter(is_new.fill_null(True))


def ranges(stretches: pl.DataFrame) -> pl.DataFrame:
    """A row an active stretch with each end a range: a MAYBE beside it widens that end; a MAYBE by itself is a row of its own.

    returns: key, both ends, and for each the numbers of the rows it lies between (`on_by`, `on_until`, `off_by`, `off_until`;
    one null where the end is exact, `off_until` where it was not seen), whether these contradict each
    other, and `is_seen` where it surely was active.
    """
    near = {
        f"{name}_{column}": pl.when(pl.col("key") == pl.col("key").shift(by)).then(pl.col(column).shift(by))
        for name, by in (("last", 1), ("next", -1), ("then", -2))
        for column in ("state", "from_at", "by", "is_contradicted")
    }
    rows = stretches.with_columns(**near)
    maybe_before, maybe_after = pl.col("last_state") == MAYBE, pl.col("next_state") == MAYBE
    end = pl.when(maybe_after).then(pl.col("then_from_at")).otherwise("next_from_at")
    is_open = (pl.col("next_state") == TO_COME) | (maybe_after & (pl.col("then_state") == TO_COME))
    on = rows.filter(pl.col("state") == ON).select(
        "key",
        on_at_min=pl.when(maybe_before).then("last_from_at").otherwise("from_at"),
        on_at_max="from_at",
        off_at_min="next_from_at",
        off_at_max=pl.when(~is_open).then(end),
        on_by=pl.when(maybe_before).then("last_by"),
        on_until="by",
        off_by=pl.when(maybe_after | is_open).then("next_by"),
        off_until=pl.when(~is_open).then(pl.when(maybe_after).then("then_by").otherwise("next_by")),
        is_seen=pl.lit(True),
        on_contradicted=(maybe_before & pl.col("last_is_contradicted")).fill_null(False),
        off_contradicted=(maybe_after & pl.col("next_is_contradicted")).fill_null(False),
    )
    alone = (pl.col("state") == MAYBE) & (pl.col("last_state").fill_null(OFF) != ON) & (pl.col("next_state") != ON)
    alone &= pl.col("from_at").ne_missing(pl.col("next_from_at"))
    maybe = rows.filter(alone).select(
        "key",
        on_at_min="from_at",
        on_at_max="next_from_at",
        off_at_min="from_at",
        off_at_max=pl.when(pl.col("next_state") != TO_COME).then("next_from_at"),
        on_by="by",
        on_until="next_by",
        off_by="by",
        off_until=pl.when(pl.col("next_state") != TO_COME).then("next_by"),
        is_seen=pl.lit(False),
        on_contradicted="is_contradicted",
        off_contradicted="is_contradicted",
    )
    found = pl.concat([on, maybe])
    return found.filter(pl.col("on_at_min").ne_missing(pl.col("off_at_max")) | pl.col("on_at_min").is_null())
