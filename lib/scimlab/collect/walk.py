"""A collection from the page where it stands to its last, each page checked and kept before the next is asked for."""

from collections.abc import Callable
from functools import partial

from scimlab.collect import asked, pages
from scimlab.collect.pages import Page
from scimlab.collect.runs import Part, Place
from scimlab.live import Patience, Session, Unanswered, answered
from scimlab.live.answers import Damaged
from scimlab.live.scim import most_a_page

KINDS = {each.name: each for each in asked.ALL}
STALE = (400, 404, 410)
USUAL_A_PAGE, MOST_ANEW = 100, 3

Tell = Callable[[Part], None]


async def graph_part(part: Part, place: Place, session: Session, patience: Patience, tell: Tell) -> None:
    """A collection of Graph, to its end.

    raises: Unanswered where Graph refuses; what was kept stays, and `part` knows where to go on.
    """
    kind = KINDS[part.kind]
    read = pages.one if kind is asked.SCHEMA else partial(pages.graph_page, at=kind.at, window=part.window)
    part.state, part.link = "running", part.link or part.first
    while part.link:
        try:
            page = await answered(session, part.link, read, patience, paced=kind.is_log)
        except Unanswered as refused:
            if refused.status not in STALE or part.link == part.first:
                raise
            # A link that was good when the run was broken off: from the beginning, over the pages that are there.
            place.drop(part)
            continue
        _take(part, page)
        place.keep(part, page.body)
        part.link = page.link
        place.save()
        tell(part)
    if part.promised is not None and part.rows + part.outside < part.promised:
        raise Unanswered(f"{part.promised} rows were promised and {part.rows + part.outside} came", "Run again.")
    _complete(part, place)


async def records_part(part: Part, place: Place, session: Session, patience: Patience, tell: Tell) -> None:
    """The app's users, page by page; a list that changes while it is read is read again.

    raises: Unanswered where the app refuses, or gives fewer users than it counts.
    """
    part.state = "running"
    most = await _most_a_page(session, patience)
    for _ in range(MOST_ANEW):
        place.drop(part)
        if await _list_once(part, place, session, patience, most, tell):
            return _complete(part, place)
    raise Unanswered(f"the list of users changed each of the {MOST_ANEW} times it was read", "Run again when nobody works on it.")


async def _list_once(part: Part, place: Place, session: Session, patience: Patience, most: int, tell: Tell) -> bool:
    """Whether the list was the same from its first page to its last."""
    met: set[str] = set()
    got, total = 0, None
    while total is None or got < total:
        url = f"{session.base}/Users?startIndex={got + 1}&count={most}"
        page = await answered(session, url, partial(_page_with_more, got=got), patience)
        if total not in (None, page.promised):
            return False
        got, total = got + len(page.ids), page.promised
        met.update(page.ids)
        place.keep(part, page.body)
        part.rows, part.promised = len(met), total
        tell(part)
    return len(met) == total


def _page_with_more(body: bytes, *, got: int) -> Page:
    page = pages.scim_page(body)
    if not page.ids and got < page.promised:
        raise Damaged(f"{page.promised} users are counted and {got} came")
    return page


async def _most_a_page(session: Session, patience: Patience) -> int:
    """How many users to ask for at a time; an app that says nothing of itself is asked for USUAL_A_PAGE."""
    try:
        told = await answered(session, f"{session.base}/ServiceProviderConfig", most_a_page, patience)
    except Unanswered:
        return USUAL_A_PAGE
    return min(told or USUAL_A_PAGE, USUAL_A_PAGE)


def _take(part: Part, page: Page) -> None:
    """Count what a page brought; a page may begin with the last rows of the one before."""
    again = len({*page.ids} & {*part.last_ids})
    part.rows += len({*page.ids}) - again
    part.repeated += len(page.ids) - len({*page.ids}) + again
    part.outside += page.outside
    part.promised = page.promised if page.promised is not None else part.promised
    part.first_at = min((each for each in (part.first_at, page.first_at) if each), default=None)
    part.last_at = max((each for each in (part.last_at, page.last_at) if each), default=None)
    part.last_ids = page.ids[-1:] or part.last_ids


def _complete(part: Part, place: Place) -> None:
    part.state, part.last_ids, part.link = "complete", [], ""
    if part.outside:
        part.why = f"Graph forgot the filter: {part.outside} rows that nobody asked for were left out"
    place.save()
    place.show(part)
