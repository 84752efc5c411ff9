"""What may be read: found out before anything long begins, and what is missing told with who can grant it."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from scimlab.collect.asked import GRANTED_BY, SIGNED_IN, Asked
from scimlab.collect.pages import graph_page
from scimlab.live import Patience, Session, Unanswered, answered


class Right(NamedTuple):
    """Whether a collection may be read.

    state: granted, missing, or unknown until it is asked for. without: properties of it that may not. why: Graph's own words.
    """

    asked: Asked
    state: str
    without: frozenset[str] = frozenset()
    why: str = ""

    def said(self) -> str:
        """What is missing and who can grant it; empty where nothing is."""
        if self.state == "missing":
            return refused(self.asked, self.why)
        lacking = [f"{name} takes {right}" for name, right in self.asked.extras if name in self.without]
        return f"{', '.join(lacking)}: {GRANTED_BY}" if lacking else ""


def refused(asked: Asked, why: str) -> str:
    """Why a collection is not there, in a sentence for whoever has to act."""
    return f"{asked.what} is not known ({why}). It takes {asked.rights[0]}: {GRANTED_BY}{SIGNED_IN}"


async def rights(session: Session, kinds: list[Asked], patience: Patience) -> list[Right]:
    """A Right a collection: from the access token where it names one that is enough, else by asking for a single row.

    Collections that lie below another are asked in their turn.
    """
    told = await session.rights()
    return [await _right(session, told, each, patience) for each in kinds]


async def _right(session: Session, told: frozenset[str], asked: Asked, patience: Patience) -> Right:
    lacking = frozenset(name for name, right in asked.extras if right not in told)
    if told.intersection(asked.rights) and not lacking:
        return Right(asked, "granted")
    if "{" in asked.path:
        return Right(asked, "granted" if told.intersection(asked.rights) else "unknown")
    why = ""
    for without in _fewer([name for name, _ in asked.extras]):
        try:
            await answered(session, asked.url(base=session.base, without=without, rows=1), graph_page, patience, paced=asked.is_log)
        except Unanswered as refusal:
            if refusal.status == 401:
                raise
            if refusal.status != 403:
                return Right(asked, "unknown", why=refusal.found)
            why = why or refusal.found
        else:
            return Right(asked, "granted", without)
    return Right(asked, "missing", why=why)


def _fewer(names: list[str]) -> Iterator[frozenset[str]]:
    """Nothing left out, then one, then more."""
    return (frozenset(each) for count in range(len(names) + 1) for each in combinations(names, count))
