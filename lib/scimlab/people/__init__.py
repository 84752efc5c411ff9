"""Which aliases are one person: object ids, target ids, external ids and addresses, each with its strength and evidence."""

import difflib

import polars as pl

from scimlab import names
from scimlab.errors import UsageError
from scimlab.people.links import GUID, STRENGTHS, by_id, by_name, contested, shared_addresses
from scimlab.people.sightings import LATEST, WHERE, bearings, clean, lateness, object_node, record_node, sighted, spoken
from scimlab.people.union import persons
from scimlab.schema import IDENTITIES, Tenant

__all__ = ["identities", "person_ids"]

ALIAS = ["person_id", "alias_kind", "alias"]
ROLES = {"user_name": "user name", "sent": "user name sent to the app", "mail": "mail"}


def identities(tenant: Tenant) -> pl.DataFrame:
    """Each alias of each person, united by ids first and by proven clean addresses then.

    A person is led by the live object of Entra, else by the last object known, else by a record. Two objects that
    were there at one time, or that bear different staff numbers, are two people whatever address they share. An
    object id or target id belongs to one person; an address may have passed from one to another and stands once for each.

    tenant: its events (counted, of users), people, records and audit are used; the order of rows and files changes nothing.
    returns: IDENTITIES by person_id, alias_kind, alias; empty where nobody is known.
    source: domain.md 2.3 and 5 in words: the prefix is the deleted user's own object id; a record is linked by id, not by name.
    """
    said = spoken(tenant)
    seen, called, spellings = sighted(tenant, said)
    borne = clean(bearings(tenant, said))
    ids = by_id(tenant, said, seen, borne)
    several = contested(borne, ids)
    found = pl.concat([ids, by_name(seen, several)])
    nodes = _nodes(seen, found)
    united = _named(persons(nodes, found, called), nodes, spellings)
    shared = shared_addresses(several.join(seen.select("node", "alive_from", "alive_to", "employee_id"), on="node"))
    rows = [_ids(united, spellings), _addresses(united, borne, shared), _external_ids(tenant, said, united)]
    strength = pl.col("rank").replace_strict(dict(enumerate(STRENGTHS)), return_dtype=pl.String)
    aliases = pl.concat([each.with_columns(strength=strength).select(IDENTITIES.names()) for each in rows])
    return _once(aliases, ALIAS, ["strength", "evidence"]).sort(ALIAS)


def _once(rows: pl.DataFrame, key: list[str], order: list[str], *, descending: list[bool] | bool = False) -> pl.DataFrame:
    """The first row of each key; only rows that share theirs are put in order, as most are alone."""
    is_alone = pl.struct(key).is_unique()
    shared = rows.filter(~is_alone).sort(order, descending=descending, nulls_last=True).unique(key, keep="first", maintain_order=True)
    return pl.concat([rows.filter(is_alone), shared])


def person_ids(identities: pl.DataFrame, wanted: list[str]) -> list[str]:
    """The person ids that object ids, target ids, addresses in any spelling or person ids stand for, each once, in order.

    raises: UsageError if one stands for nobody; it names the nearest known spelling.

    >>> known = pl.DataFrame([("p-1", "address", "ada@example.org", "confirmed", "")], schema=IDENTITIES, orient="row")
    >>> person_ids(known, [" Ada@Example.org"])
    ['p-1']
    """
    found: dict[str, None] = {}
    for text in wanted:
        spelled = [text.strip(), text.strip().lower(), names.canonical(text)]
        rows = identities.filter(pl.col("alias").is_in(spelled) | (pl.col("person_id") == text.strip()))
        if rows.is_empty():
            near = difflib.get_close_matches(spelled[-1], identities["alias"].unique().sort().to_list(), n=1, cutoff=0)
            hint = f"; the nearest known is {near[0]!r}" if near else ", as nobody is known"
            raise UsageError(f"nobody here goes by {text!r}", f"give an object id, a target id or an address of these exports{hint}")
        found |= dict.fromkeys(rows["person_id"].unique(maintain_order=True))
    return list(found)


def _nodes(seen: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """HOLDERS (`is_known`) and the ids that only a name or an external id mentions."""
    mentioned = pl.concat([found.select(node="a"), found.select(node="b")]).unique().join(seen, on="node", how="anti")
    return pl.concat([seen.with_columns(is_known=True), mentioned.with_columns(is_object=True, is_known=False)], how="diagonal")


def _named(persons: pl.DataFrame, nodes: pl.DataFrame, spellings: pl.DataFrame) -> pl.DataFrame:
    """Each holder with its `person_id`: the leader's object id; where a record leads, an id it probably had, else its target id."""
    chosen = spellings.group_by("node").agg(pl.col("spelling").max())
    spelled = pl.coalesce("spelling", pl.col("node").cast(pl.String).str.slice(2))
    united = persons.join(nodes.select("node", "where", "is_object", "is_known"), on="node").join(chosen, on="node", how="left")
    united = united.with_columns(spelling=spelled, evidence=pl.coalesce("evidence", "where"))
    led_by_record = pl.col("leader").cat.starts_with("r:")
    probable = united.filter(led_by_record, "is_object", pl.col("rank") < 2).group_by("leader").agg(probable=pl.col("spelling").max())
    of_leader = united.filter(pl.col("node") == pl.col("leader")).select("leader", leading="spelling")
    return (
        united.join(of_leader, on="leader")
        .join(probable, on="leader", how="left")
        .with_columns(
            person_id=pl.when(led_by_record).then(pl.coalesce("probable", pl.lit("record:") + pl.col("leading"))).otherwise("leading")
        )
    )


def _ids(united: pl.DataFrame, spellings: pl.DataFrame) -> pl.DataFrame:
    """An alias a spelling of each object id and target id."""
    spelled = (
        united.drop("spelling")
        .join(spellings, on="node", how="left")
        .with_columns(alias=pl.coalesce("spelling", pl.col("node").cast(pl.String).str.slice(2)))
    )
    return spelled.with_columns(alias_kind=pl.when("is_object").then(pl.lit("object_id")).otherwise(pl.lit("target_id")))


def _addresses(united: pl.DataFrame, borne: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """An alias an address of each person, from the holder that is surest to be theirs; other spellings are noted."""
    is_shared = (pl.col("role") == "mail") & pl.col("address").is_in(shared["address"].implode())
    rows = borne.join(united.select("node", "leader", "person_id", "rank", "is_object", id="spelling"), on="node").with_columns(
        rank=pl.when(is_shared).then(2).otherwise("rank").cast(pl.Int8), is_shared=is_shared
    )
    # The surest first, then who goes by the name, then users of Entra, then the latest.
    sureness = 4 * (2 - pl.col("rank").cast(pl.Int64)) + 2 * (pl.col("role") == "user_name") + pl.col("is_object")
    key = ["leader", "alias"]
    of_persons = rows.with_columns(alias="address", letters=pl.col("spelling").to_physical())
    best = of_persons.group_by(key).agg(
        pl.col("person_id").first(),
        pl.col("rank", "role", "id", "where", "is_shared").max_by(sureness * LATEST + lateness("where")),
        is_spelled_twice=pl.col("letters").min() != pl.col("letters").max(),
    )
    twice = of_persons.join(best.filter("is_spelled_twice"), on=key, how="semi")
    spelled = twice.group_by(key).agg(pl.col("spelling").cast(pl.String).unique().sort().head(4).str.join(", "))
    told = pl.format(
        "{} of {} ({}){}", pl.col("role").replace_strict(ROLES), "id", "where", _if(pl.col("is_shared"), ", a mailbox of several")
    )
    return (
        best.join(spelled, on=key, how="left")
        .with_columns(pl.col("alias").cast(pl.String), alias_kind=pl.lit("address"))
        .with_columns(evidence=pl.concat_str(told, pl.lit("; spelled ") + pl.col("spelling"), ignore_nulls=True))
    )


def _if(holds: pl.Expr, words: str) -> pl.Expr:
    return pl.when(holds).then(pl.lit(words)).otherwise(pl.lit(""))


def _external_ids(tenant: Tenant, said: pl.DataFrame, united: pl.DataFrame) -> pl.DataFrame:
    """An alias an external id of each person; whether it is an object id is said, not guessed."""
    listed = tenant.records.select(record_node("target_id"), alias="external_id", where=WHERE)
    sent = said.filter(pl.col("sent_external_id").is_not_null())
    sent = sent.group_by(object_node("source_id"), alias="sent_external_id").agg(where=pl.col("first_where").min_by("first_at"))
    known = united.filter("is_object")["node"].implode()
    is_object_id = pl.col("alias").str.contains(GUID) | object_node("alias").is_in(known)
    rows = (
        pl.concat([listed.select("node", "alias", "where"), sent.select("node", "alias", "where")])
        .filter(pl.col("alias").str.strip_chars() != "")
        .join(united.select("node", "person_id", "rank", "spelling"), on="node")
        .with_columns(
            alias_kind=pl.lit("external_id"),
            evidence=pl.format(
                "external id of {} ({}){}",
                "spelling",
                "where",
                _if(~is_object_id, "; not an object id, links nothing"),
            ),
        )
    )
    return _once(rows, ["person_id", "alias"], ["rank", "evidence"])
