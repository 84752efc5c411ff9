"""A page as it came: whether it can be what was asked for, what it holds, and where it goes on."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, NamedTuple

import msgspec

from scimlab.collect.windows import Window
from scimlab.live.answers import Damaged


class Page(NamedTuple):
    """The bytes to keep of a page and what they say.

    ids: of its rows, in their order. outside: rows left out, which Graph gave though nobody asked for them.
    first_at, last_at: of its rows, where they have a time. promised: how many rows there are on all pages, where that is told.
    """

    body: bytes
    ids: list[str]
    link: str = ""
    outside: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    promised: int | None = None


class _Listed(msgspec.Struct):
    value: list[msgspec.Raw]
    link: str | None = msgspec.field(default=None, name="@odata.nextLink")
    count: int | None = msgspec.field(default=None, name="@odata.count")
    error: msgspec.Raw | None = None


Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class _Row(msgspec.Struct):
    id: str
    activityDateTime: Instant | None = None
    createdDateTime: Instant | None = None
    error: msgspec.Raw | None = None


class _Resources(msgspec.Struct):
    totalResults: int
    Resources: list[msgspec.Raw] = []


LISTED = msgspec.json.Decoder(_Listed)
ROW = msgspec.json.Decoder(_Row)
RESOURCES = msgspec.json.Decoder(_Resources)


def graph_page(body: bytes, *, at: str = "", window: Window | None = None) -> Page:
    """A page of Graph. Of a log, rows outside the window are left out: Graph may forget a filter without a word.

    raises: Damaged for a body that breaks off, a row that says nothing of itself, or an error among the rows.
    """
    listed = _decoded(LISTED.decode, body)
    rows = [_decoded(ROW.decode, each) for each in listed.value]
    if listed.error is not None or any(each.error is not None for each in rows):
        raise Damaged("the page breaks off in an error of the service")
    page = Page(body, [each.id for each in rows], listed.link or "", promised=listed.count)
    return _within(page, listed, [getattr(each, at) for each in rows], window) if window else page


def _within(page: Page, listed: _Listed, times: list[datetime | None], window: Window) -> Page:
    if None in times:
        raise Damaged("a record of the page has no time")
    inside = [window.holds(each) for each in times]
    kept = [each for each, is_inside in zip(times, inside, strict=True) if is_inside]
    page = page._replace(outside=len(times) - len(kept), first_at=min(kept, default=None), last_at=max(kept, default=None))
    if not page.outside:
        return page
    rows = [each for each, is_inside in zip(listed.value, inside, strict=True) if is_inside]
    return page._replace(body=_without(page.body, rows), ids=[each for each, is_inside in zip(page.ids, inside, strict=True) if is_inside])


def _without(body: bytes, rows: list[msgspec.Raw]) -> bytes:
    """The page with these rows alone, all else as it came."""
    return msgspec.json.encode(msgspec.json.decode(body, type=dict[str, msgspec.Raw]) | {"value": rows})


def one(body: bytes) -> Page:
    """A single object of Graph, such as a job's schema.

    raises: Damaged for a body that breaks off or is an error.
    """
    row = _decoded(ROW.decode, body)
    if row.error is not None:
        raise Damaged("an error of the service instead of an object")
    return Page(body, [row.id])


def scim_page(body: bytes) -> Page:
    """A page of the app's users.

    raises: Damaged for a body that is no list response, or a user without an id.
    """
    listed = _decoded(RESOURCES.decode, body)
    return Page(body, [_decoded(ROW.decode, each).id for each in listed.Resources], promised=listed.totalResults)


def _decoded(decode: Callable[[Any], Any], body: bytes | msgspec.Raw) -> Any:
    try:
        return decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Damaged(f"the page cannot be read: {error}") from error
