"""Links heard one after the other, each united unless what is already united speaks against it.

Union-find in plain Python: whether a link is taken depends on all links taken before it (two people
who are there at once must never become one by way of a third), which no join can say. The loop runs over
distinct links, a few for each holder, not over events.
"""

from collections.abc import Iterable

import polars as pl

from scimlab.people.links import pairs
from scimlab.people.sightings import LATEST, lateness

Holder = tuple[bool, int | None, int | None, str | None, str | None]
"""Whether it is an object, from when to when it surely lived, its staff number and the words of its display names."""


def persons(nodes: pl.DataFrame, links: pl.DataFrame, called: pl.DataFrame) -> pl.DataFrame:
    """A row a holder: the `leader` of the person it belongs to, by what strength, and the evidence of the link that leads there.

    nodes: HOLDERS, and what only a name or an external id mentions; `is_known` tells them apart.
    links: LINKS, in any order. called: CALLED.
    returns: node, leader, rank, evidence; a leader's own rank is 0.
    """
    plain = _plain(links)
    rest = links.join(plain.select("a", "b"), on=["a", "b"], how="anti")
    ends = pl.concat([rest.select(node="a"), rest.select(node="b")]).unique()
    involved = nodes.join(ends, on="node", how="semi").join(_words(called, ends), on="node", how="left")
    led = pl.concat([_led(plain, nodes), _walked(_in_order(involved), rest)])
    return nodes.select("node").join(led, on="node", how="left").with_columns(
        pl.coalesce("leader", "node").alias("leader"), pl.col("rank").fill_null(0)
    )  # fmt: skip


def _plain(links: pl.DataFrame) -> pl.DataFrame:
    """The link of each pair that only an id joins, an object and a record, and nothing to a third: it is taken, whatever it is.

    A record that nothing is united with yet has nothing to say against an id; most people are such a pair.
    """
    of_pairs = links.join(pairs(links), on=["a", "b"], how="semi")
    kinds = pl.col("a").cat.starts_with("o:") != pl.col("b").cat.starts_with("o:")
    earliness = 31 - 8 * pl.col("rank").cast(pl.Int64) - pl.col("turn")
    first = pl.col("rank", "by_id", "evidence").max_by(earliness * LATEST + lateness("evidence", "at"))
    heard = of_pairs.group_by("a", "b").agg(first)
    return heard.filter("by_id", kinds)


def _heard(links: pl.DataFrame) -> pl.DataFrame:
    """The links in the order in which they are heard."""
    return links.sort("rank", "turn", "at", "a", "b", "evidence", descending=[False, False, True, False, False, False], nulls_last=True)


def _in_order(nodes: pl.DataFrame) -> pl.DataFrame:
    """The holders in order of who may lead: a person is led by the last object, else by the last record.

    An object listed as live stands at the time of that list, any other at the time it was first seen: the
    greatest is the live object where there is one, and the latest where there is none.
    """
    stand = pl.when("is_object").then(pl.max_horizontal("first_at", "live_at"))
    return nodes.with_columns(stand=stand, spelled=pl.col("node").cast(pl.String)).sort(
        "is_known", "is_object", "stand", "last_at", "spelled", descending=[True, True, True, True, False], nulls_last=True
    )


def _led(plain: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """The holder of each pair that the other leads: the object leads, unless nothing but the record knows of it."""
    object_leads = pl.col("is_known").fill_null(True)
    is_object = pl.col("a").cat.starts_with("o:")
    ends = plain.with_columns(object=pl.when(is_object).then("a").otherwise("b"), record=pl.when(is_object).then("b").otherwise("a"))
    known = ends.join(nodes.filter(~pl.col("is_known")).select(object="node", is_known="is_known"), on="object", how="left")
    leads = {
        "node": pl.when(object_leads).then("record").otherwise("object"),
        "leader": pl.when(object_leads).then("object").otherwise("record"),
    }
    return known.select(**leads, rank="rank", evidence="evidence")


def _words(called: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """The words by which display names tell people apart: of two letters or digits at the least, in lower case."""
    words = pl.col("display_name").str.to_lowercase().str.extract_all(r"[\p{L}\p{N}]{2,}").list.join(" ")
    return called.join(nodes, on="node", how="semi").group_by("node").agg(words=words.str.join(" "))


def _walked(nodes: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The holders of `nodes` with their leaders, each found by walking along the links that were taken."""
    numbers = nodes.select("node", number=pl.int_range(pl.len()))
    ends = links.join(numbers.select(a="node", left="number"), on="a").join(numbers.select(b="node", right="number"), on="b")
    heard = _heard(ends.with_columns(a="left", b="right")).unique(["left", "right"], keep="first", maintain_order=True)
    beside: dict[int, list[tuple[int, int]]] = {}
    for link, left, right in _taken(nodes, heard):
        beside.setdefault(left, []).append((right, link))
        beside.setdefault(right, []).append((left, link))
    leader, rank, by = list(range(len(nodes))), [0] * len(nodes), [None] * len(nodes)
    ranks = heard["rank"].to_list()
    for start in sorted(beside):
        waiting = [start] if by[start] is None and leader[start] == start else []
        while waiting:
            here = waiting.pop()
            for there, link in beside[here]:
                if by[there] is None and there != start:
                    leader[there], rank[there], by[there] = start, max(rank[here], ranks[link]), link
                    waiting.append(there)
    return nodes.select(
        "node",
        leader=pl.col("node").gather(leader),
        rank=pl.Series(rank, dtype=pl.Int8),
        evidence=heard["evidence"].gather(pl.Series(by, dtype=pl.UInt32)),
    )


def _taken(nodes: pl.DataFrame, links: pl.DataFrame) -> Iterable[tuple[int, int, int]]:
    """The links that unite, as a forest: each joins two groups that were apart and that nothing keeps apart."""
    parent = list(range(len(nodes)))
    about = nodes.select("is_object", pl.col("alive_from", "alive_to").dt.epoch("us"), "employee_id", "words")
    groups: list[list[Holder]] = [[holder] for holder in about.iter_rows()]
    is_alone = bytearray(b"\1") * len(nodes)
    is_record = [not each for each in nodes["is_object"]]

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for link, (left, right, by_id) in enumerate(links.select("left", "right", "by_id").iter_rows()):
        one, other = root(left), root(right)
        if one == other:
            continue
        # A record that nothing is united with yet has nothing to say against an id: most links are of this kind.
        is_plain = by_id and ((is_alone[one] and is_record[one]) or (is_alone[other] and is_record[other]))
        if not is_plain and _are_two(groups[one], groups[other], by_id):
            continue
        parent[other], is_alone[one] = one, False
        groups[one] += groups[other]
        groups[other] = []
        yield link, left, right


def _are_two(one: list[Holder], other: list[Holder], by_id: bool) -> bool:
    """What is known of two groups says that they are two people: there at one time, other staff numbers, or other names.

    What a record was filled with counts only against an address, and only where no object of its group says otherwise: an id
    outweighs it. One staff number in common outweighs names; names differ where no word of one is a word of the other.
    """
    mine, theirs = ([holder for holder in group if holder[0]] for group in (one, other))
    if not by_id:
        mine, theirs = mine or one, theirs or other
    if not mine or not theirs:
        return False
    lives, others = ([holder[1:3] for holder in group if holder[0] and holder[1] is not None] for group in (mine, theirs))
    if any(max(a[0], b[0]) <= min(a[1], b[1]) for a in lives for b in others):
        return True
    staff, others = ({holder[3] for holder in group if holder[3]} for group in (mine, theirs))
    if staff and others:
        return staff.isdisjoint(others)
    words, others = ([holder[4] for holder in group if holder[4]] for group in (mine, theirs))
    return any(set(a.split()).isdisjoint(b.split()) for a in words for b in others)
