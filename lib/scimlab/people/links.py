"""What says that two holders are one person: LINKS, each with its strength and its evidence."""

import polars as pl

from scimlab.people.sightings import NEVER, NODE, WHERE, lateness, object_node, record_node
from scimlab.schema import INSTANT, Tenant

STRENGTHS = ("confirmed", "probable", "suspect")
"""By rank."""

LINKS = pl.Schema({"a": NODE, "b": NODE, "rank": pl.Int8, "turn": pl.Int8, "at": INSTANT, "by_id": pl.Boolean, "evidence": pl.String})
"""A row a reason to unite two holders: the lowest `rank`, then `turn`, then the latest `at` is heard first.

`by_id` links rest on an id somebody wrote down; the others on an address, which may pass from one person to another.
"""

GUID = r"(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def by_id(tenant: Tenant, spoken: pl.DataFrame, holders: pl.DataFrame, bearings: pl.DataFrame) -> pl.DataFrame:
    """LINKS that rest on an id, in no order.

    spoken: what the log says, each thing once. holders: HOLDERS. bearings: NAMES with `address`, `spelling` and `decoded`.
    """
    known = holders.filter("is_object").select("node")
    found = [_logged(spoken), _matched(spoken), _by_external_id(tenant, known), _by_prefix(bearings, known)]
    return _links(found)


def by_name(holders: pl.DataFrame, contested: pl.DataFrame) -> pl.DataFrame:
    """LINKS that rest on an address, in no order.

    contested: as `contested` gives them.
    """
    return _links([*_by_name(holders, contested), _by_mail(holders, contested)])


def _links(found: list[pl.DataFrame]) -> pl.DataFrame:
    columns = [pl.col(name).cast(dtype) for name, dtype in LINKS.items()]
    return pl.concat([each.select(columns) for each in found]).filter(pl.col("a") != pl.col("b"))


def contested(bearings: pl.DataFrame, by_id: pl.DataFrame) -> pl.DataFrame:
    """Bearings of the addresses that more than one bore: a holder, or a pair that ids have made one (`one`); the others link nothing.

    `latest_at` is when the holder was last seen to bear any name in that role.
    """
    sure = pairs(by_id.filter(pl.col("rank") == 0), by_id).select(node="b", one="a")
    several = _of_several(bearings.join(sure, on="node", how="left").with_columns(one=pl.coalesce("one", "node")))
    borne = bearings.join(several, on="node", how="semi").group_by("node", "role")
    return several.join(borne.agg(latest_at=pl.col("last_at").max().fill_null(NEVER)), on=["node", "role"])


def pairs(links: pl.DataFrame, among: pl.DataFrame | None = None) -> pl.DataFrame:
    """Two holders that links of theirs join and that nothing joins to a third: a row a pair, `a b`.

    among: the links that could join them to a third, where these are more than those of the pairs.
    """
    ends = (links if among is None else among).select("a", "b").unique()
    lone = ends.filter(pl.col("a").is_unique() & pl.col("b").is_unique())
    # A holder that is the one end of a link and the other of another has a third.
    lone = lone.join(ends, left_on="a", right_on="b", how="anti").join(ends, left_on="b", right_on="a", how="anti")
    return lone if among is None else lone.join(links.select("a", "b"), on=["a", "b"], how="semi")


def _logged(spoken: pl.DataFrame) -> pl.DataFrame:
    """Objects and the records that Entra wrote for them: a change names the record it goes to, failed or not."""
    outcome = pl.when("is_success").then(pl.lit("success")).otherwise(pl.lit("tried"))
    latest = lateness("said")
    return (
        spoken.filter(pl.col("source_id").is_not_null(), pl.col("target_id").is_not_null())
        .filter(pl.col("is_success") | pl.col("action").is_in(["update", "disable", "delete"]))
        .with_columns(said=pl.concat_str("action", pl.lit(" "), outcome))
        .group_by("source_id", "target_id")
        .agg(at=pl.col("last_at").max(), said=pl.col("said").max_by(latest), where=pl.col("last_where").max_by(latest))
        .select(
            object_node("source_id").alias("a"),
            record_node("target_id").alias("b"),
            "at",
            rank=0,
            turn=0,
            by_id=True,
            evidence=pl.format("the log links them: {} of {} ({})", "said", _clock("at"), "where"),
        )
    )


def _matched(spoken: pl.DataFrame) -> pl.DataFrame:
    """Objects and the records that Entra took for theirs in its matching step."""
    return (
        spoken.filter(pl.col("source_id").is_not_null(), pl.col("matched_target_id").is_not_null())
        .group_by("source_id", "matched_target_id")
        .agg(at=pl.col("last_at").max(), took=pl.col("is_success").any(), where=pl.col("last_where").max_by("last_at"))
        .select(
            object_node("source_id").alias("a"),
            record_node("matched_target_id").alias("b"),
            "at",
            rank=pl.when("took").then(0).otherwise(1),
            turn=1,
            by_id=True,
            evidence=pl.format("Entra matched them on {} ({})", _clock("at"), "where"),
        )
    )


def _by_external_id(tenant: Tenant, known: pl.DataFrame) -> pl.DataFrame:
    """Records whose external id is an object id: a known one, or one that at least has the shape.

    Any other external id is the customer's own mapping (a mail nickname, a staff number) and links nothing.
    """
    return (
        tenant.records.filter(pl.col("external_id").is_not_null(), pl.col("target_id").is_not_null())
        .with_columns(object_node("external_id").alias("a"), record_node("target_id").alias("b"), where=WHERE)
        .with_columns(is_known=pl.col("a").is_in(known["node"].implode()))
        .filter(pl.col("is_known") | pl.col("external_id").str.contains(GUID))
        .select(
            "a",
            "b",
            at="taken_at",
            rank=pl.when("is_known").then(0).otherwise(1),
            turn=2,
            by_id=True,
            evidence=pl.format("its external id is the object id {} ({})", "external_id", "where"),
        )
    )


def _by_prefix(bearings: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Holders whose name carries the object id of a deleted user in front.

    Confirmed where that id is known otherwise, or is the object's own; probable where the rest is an address known otherwise; else suspect.

    source: domain.md 2.3 in words: the strength ladder of the soft-delete prefix.
    """
    prefixed = bearings.filter(pl.col("decoded").is_not_null(), pl.col("role") != "sent")
    plain = bearings.filter(pl.col("decoded").is_null()).join(prefixed, on="address", how="semi")["address"].unique()
    return (
        prefixed.with_columns(object_node("decoded").alias("a"), is_known_address=pl.col("address").is_in(plain.implode()))
        # An object whose own name carries another's id says nothing of who it is.
        .filter(pl.col("node").cat.starts_with("r:"))
        .select(
            "a",
            pl.col("node").alias("b"),
            at="last_at",
            rank=pl.when(pl.col("a").is_in(known["node"].implode())).then(0).when("is_known_address").then(1).otherwise(2),
            turn=3,
            by_id=True,
            evidence=pl.format("its name {} begins with the object id {} ({})", pl.col("text").cast(pl.String), "decoded", "where"),
        )
    )


def _by_name(holders: pl.DataFrame, contested: pl.DataFrame) -> list[pl.DataFrame]:
    """Holders that bore one clean user name, one after the other.

    A user name belongs to one user at a time, so it passes on only when its bearer is gone: the earlier holder must not have
    given it up by a rename. Each is compared with the one before it, with the one before it of the same staff number,
    and with the last to bear the name, so that a name of many bearers costs three comparisons each.
    """
    several = _of_several(contested.filter(pl.col("role") != "mail"))
    borne = _borne(holders, several.with_columns(is_last=pl.col("last_at").fill_null(NEVER) == pl.col("latest_at")))
    ordered = borne.sort("address", "first_at", "last_at", "node", nulls_last=False)
    last = ordered.group_by("address").last()
    pairs = [
        (4, _joined(ordered, ordered.join(last.select("address", "node"), on=["address", "node"]), ["address"])),
        (5, _neighbours(ordered.filter(pl.col("employee_id").is_not_null()), ["address", "employee_id"])),
        (6, _neighbours(ordered, ["address"])),
    ]
    return [
        pair.filter(_gave_it_not_up()).select(
            "a",
            "b",
            at="at",
            rank=pl.when(_same_staff()).then(0).otherwise(1),
            turn=turn,
            by_id=False,
            evidence=pl.format("both bore the user name {} ({}; {})", "address", "a_where", "b_where"),
        )
        for turn, pair in pairs
    ]


def _by_mail(holders: pl.DataFrame, contested: pl.DataFrame) -> pl.DataFrame:
    """Holders of one mail address with a second sign: the same staff number or the same display name.

    A mail address alone unites nobody, for several people may read one mailbox; one that two users
    held at once, or that people of different staff numbers held, is such a mailbox.
    """
    mailed = contested.join(contested.filter(pl.col("role") == "mail"), on="address", how="semi")
    pool = _borne(holders, mailed.with_columns(is_last=True))
    pool = pool.join(shared_addresses(pool), on="address", how="anti").sort("address", "first_at", "node", nulls_last=False)
    signs = {"employee_id": "staff number", "called": "display name"}
    return pl.concat(
        [
            _neighbours(pool.filter(pl.col(sign).is_not_null()), ["address", sign]).select(
                "a",
                "b",
                at="at",
                rank=1,
                turn=7,
                by_id=False,
                evidence=pl.format(
                    "both held the mail address {} and bore the same " + words + " ({}; {})", "address", "a_where", "b_where"
                ),
            )
            for sign, words in signs.items()
        ]
    )


def shared_addresses(pool: pl.DataFrame) -> pl.DataFrame:
    """Addresses that two users held at once, or users of different staff numbers."""
    objects = _of_several(pool.filter(pl.col("node").cat.starts_with("o:")).with_columns(one="node"))
    at_once = (
        objects.filter(pl.col("alive_from").is_not_null())
        .sort("address", "alive_from")
        .filter(pl.col("alive_from") <= pl.col("alive_to").cum_max().shift(1).over("address"))
    )
    staff = objects.group_by("address").agg(pl.col("employee_id").drop_nulls().n_unique()).filter(pl.col("employee_id") > 1)
    return pl.concat([at_once.select("address"), staff.select("address")]).unique()


def _borne(holders: pl.DataFrame, bearings: pl.DataFrame) -> pl.DataFrame:
    """A row a holder and a name, with what tells holders apart; `called` is the display name as two people may share it."""
    called = pl.col("display_name").str.strip_chars().str.to_lowercase().replace("", None)
    about = holders.join(bearings, on="node", how="semi").select("node", "first_at", "alive_from", "alive_to", "employee_id", called=called)
    return (
        bearings.sort("last_at", "where", descending=[True, False], nulls_last=True)
        .group_by("node", "address", maintain_order=True)
        .agg(pl.col("is_last").any(), pl.col("last_at", "where").first())
        .join(about, on="node")
    )


def _of_several(bearings: pl.DataFrame) -> pl.DataFrame:
    bearers = bearings.select("address", "one").unique()
    return bearings.join(bearers.filter(pl.col("address").is_duplicated()), on="address", how="semi")


def _neighbours(ordered: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Each holder beside the one before it of the same key."""
    ordered = ordered.sort(key, maintain_order=True)
    before = ordered.select(pl.all().shift(1).name.prefix("a_"))
    pairs = pl.concat([before, ordered.select(pl.all().name.prefix("b_"))], how="horizontal")
    return _paired(pairs.filter(pl.all_horizontal(pl.col(f"a_{each}") == pl.col(f"b_{each}") for each in key)))


def _joined(ordered: pl.DataFrame, last: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Each holder beside the last of the same key."""
    left, right = (frame.select(pl.all().name.prefix(side)) for side, frame in (("a_", ordered), ("b_", last)))
    return _paired(left.join(right, left_on=[f"a_{each}" for each in key], right_on=[f"b_{each}" for each in key]))


def _paired(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.with_columns(
        a="a_node", b="b_node", address=pl.col("a_address").cast(pl.String), at=pl.max_horizontal("a_last_at", "b_last_at")
    )


def _gave_it_not_up() -> pl.Expr:
    """Of two objects the earlier still bore the name when last seen, of a record and another the record does."""
    a_object, b_object = (pl.col(side).cat.starts_with("o:") for side in ("a", "b"))
    order_known = pl.col("a_first_at") < pl.col("b_first_at")
    of_objects = pl.when(order_known).then("a_is_last").otherwise(pl.col("a_is_last") | pl.col("b_is_last"))
    return pl.when(a_object & b_object).then(of_objects).otherwise((a_object | pl.col("a_is_last")) & (b_object | pl.col("b_is_last")))


def _same_staff() -> pl.Expr:
    return pl.col("a_employee_id").eq(pl.col("b_employee_id")).fill_null(False)


def _clock(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%Y-%m-%d %H:%M UTC")
