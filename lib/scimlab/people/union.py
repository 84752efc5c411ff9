"""Links heard one after the other, each united unless what is already united speaks against it.

Union-find in plain Python: whether a link is taken depends on all links taken before it (two people
who are there at once must never become one by way of a third), which no join can say. The loop runs over
distinct links, a few for each holder, not over events.
"""

from collections.abc import Iterable

import polars as pl

Holder = tuple[bool, int | None, int | None, str | None, str | None]
"""Whether it is an object, from when to when it surely lived, its staff number and the words of its display names."""


def persons(nodes: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """A row a holder: the `leader` of the person it belongs to, by what strength, and the evidence of the link that leads there.

    nodes: HOLDERS, in order of who may lead: a person is led by its last object, else by its first record.
    links: LINKS, in any order.
    returns: node, leader, rank, evidence, in the order of `nodes`; a leader's own rank is 0.
    """
    numbers = nodes.select("node", number=pl.int_range(pl.len()))
    ends = links.join(numbers.select(a="node", left="number"), on="a").join(numbers.select(b="node", right="number"), on="b")
    heard = ends.sort(
        "rank", "turn", "at", "left", "right", "evidence", descending=[False, False, True, False, False, False], nulls_last=True
    )
    heard = heard.unique(["left", "right"], keep="first", maintain_order=True)
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
