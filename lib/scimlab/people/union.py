"""Links heard one after the other, each united unless what is already united speaks against it.

Union-find in plain Python: whether a link is taken depends on all links taken before it (two people
who are there at once must never become one by way of a third), which no join can say. The loop runs over
distinct links, a few for each holder, not over events.
"""

from collections.abc import Iterable

import polars as pl

Life = tuple[int, int]


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
    lives: dict[int, list[Life]] = {}
    staff: dict[int, tuple[set[str], set[str]]] = {}
    for number, (is_object, life_from, life_to, employee) in enumerate(
        nodes.select("is_object", pl.col("alive_from", "alive_to").dt.epoch("us"), "employee_id").iter_rows()
    ):
        if is_object and life_from is not None:
            lives[number] = [(life_from, life_to)]
        if employee is not None:
            staff[number] = ({employee}, set()) if is_object else (set(), {employee})

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for a, b, rank, by_id, evidence in links.select("a", "b", "rank", "by_id", "evidence").iter_rows():
        left, right = index[a], index[b]
        one, other = root(left), root(right)
        if one == other or _at_once(lives.get(one, ()), lives.get(other, ())) or _other_staff(staff.get(one), staff.get(other), by_id):
            continue
        parent[other] = one
        if other in lives:
            lives[one] = lives.get(one, []) + lives.pop(other)
        if other in staff:
            objects, records = staff.pop(other)
            mine = staff.setdefault(one, (set(), set()))
            mine[0].update(objects)
            mine[1].update(records)
        yield left, right, rank, evidence


def _at_once(lives: Iterable[Life], others: Iterable[Life]) -> bool:
    """Two objects were there at one time, so they are two people."""
    return any(max(a[0], b[0]) <= min(a[1], b[1]) for a in lives for b in others)


def _other_staff(one: tuple[set[str], set[str]] | None, other: tuple[set[str], set[str]] | None, by_id: bool) -> bool:
    """The staff numbers differ. A record's number counts only against an address: an id outweighs what a record was filled with."""
    if one is None or other is None:
        return False
    (mine, recorded), (theirs, theirs_recorded) = one, other
    if not by_id:
        mine, theirs = mine or recorded, theirs or theirs_recorded
    return bool(mine) and bool(theirs) and not mine & theirs
