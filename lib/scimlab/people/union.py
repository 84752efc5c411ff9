"""Links heard one after the other, each united unless what is already united speaks against it.

Union-find in plain Python: whether a link is taken depends on all links taken before it (two people
who are there at once must never become one by way of a third), which no join can say. The loop runs over
distinct links, a few for each holder, not over events.
"""

from collections.abc import Iterable

import polars as pl

Holder = tuple[bool, int | None, int | None, str | None, list[str] | None]
"""Whether it is an object, from when to when it surely lived, its staff number and the words of its display names."""


def persons(nodes: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """A row a holder: the `person` it belongs to, by what strength, and the evidence of the link that leads there.

    nodes: HOLDERS with `stand`, in order of who may lead: a person is led by its last object, else by its first record.
    links: LINKS in the order in which they are heard.
    returns: node, leader, rank, evidence; a leader's own rank is 0.
    """
    index = {node: number for number, node in enumerate(nodes["node"])}
    taken = _taken(nodes, links, index)
    neighbours: dict[int, list[tuple[int, int, str]]] = {}
    for a, b, rank, evidence in taken:
        neighbours.setdefault(a, []).append((b, rank, evidence))
        neighbours.setdefault(b, []).append((a, rank, evidence))
    leader, ranks, told = list(range(len(index))), [0] * len(index), [None] * len(index)
    reached = bytearray(len(index))
    for start in range(len(index)):
        if reached[start]:
            continue
        reached[start], waiting = True, [start]
        while waiting:
            here = waiting.pop()
            for there, rank, evidence in neighbours.get(here, ()):
                if not reached[there]:
                    reached[there] = True
                    leader[there], ranks[there], told[there] = start, max(ranks[here], rank), evidence
                    waiting.append(there)
    return pl.DataFrame(
        {
            "node": nodes["node"],
            "leader": nodes["node"].gather(leader),
            "rank": pl.Series(ranks, dtype=pl.Int8),
            "evidence": pl.Series(told, dtype=pl.String),
        }
    )


def _taken(nodes: pl.DataFrame, links: pl.DataFrame, index: dict[str, int]) -> Iterable[tuple[int, int, int, str]]:
    """The links that unite, as a forest: each joins two groups that were apart and that nothing keeps apart."""
    parent = list(range(len(index)))
    about = nodes.select("is_object", pl.col("alive_from", "alive_to").dt.epoch("us"), "employee_id", "words")
    groups: list[list[Holder]] = [[holder] for holder in about.iter_rows()]

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for a, b, rank, by_id, evidence in links.select("a", "b", "rank", "by_id", "evidence").iter_rows():
        left, right = index[a], index[b]
        one, other = root(left), root(right)
        if one == other or _are_two(groups[one], groups[other], by_id):
            continue
        parent[other] = one
        groups[one] += groups[other]
        groups[other] = []
        yield left, right, rank, evidence


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
    return any(set(a).isdisjoint(b) for a in words for b in others)
