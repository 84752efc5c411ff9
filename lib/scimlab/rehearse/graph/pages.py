"""Listings page by page, and the opaque links between the pages."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from scimlab.rehearse.graph.odata import Collection, GraphError, bad_request, selected
from scimlab.rehearse.stage import Stage

OPTIONS = frozenset({"$filter", "$select", "$orderby", "$top", "$count", "$skiptoken"})


@dataclass(frozen=True, slots=True)
class Listing:
    """What matched when the first page was asked for, and how much of it has been shown.

    rows: what to show, still in the world's own terms. shown: one of them as JSON.
    """

    path: str
    collection: Collection
    rows: Sequence[Any]
    shown: Callable[[Any], dict]
    names: tuple[str, ...]
    top: int
    start: int = 0


class Pages:
    """Remembers every listing that was begun, so that a link can be followed again after a page that did not arrive."""

    def __init__(self, stage: Stage):
        """No listing yet; tokens are drawn from the rehearsal's seed."""
        self._stage, self._begun = stage, {}
        self._tokens = stage.stream("skiptokens")

    def listed(
        self,
        url: str,
        options: MultiDict[str, str],
        collection: Collection,
        rows: Callable[[], Iterable[Any]],
        *,
        keys: Callable[[Any], dict] = lambda row: row,
        shown: Callable[[Any], dict] = lambda row: row,
    ) -> dict:
        """A page of a collection: the first of what is asked for, or the one a link names.

        url: the address of the collection, without a query. rows: called for the first page only, as a listing stays what it was.
        keys: the properties of a row that can be filtered.
        raises: GraphError 400 for an option, a filter or a link that is not understood.
        """
        if token := options.get("$skiptoken"):
            return self._page(self._listing(token, url))
        if unknown := [name for name in options if name.startswith("$") and name not in OPTIONS]:
            raise bad_request(f"Query option '{unknown[0]}' is not supported.")
        found = self._matching(url, options, collection, rows(), keys)
        names = collection.names(options.get("$select", ""))
        page = self._page(Listing(url, collection, found, shown, names, self._top(options, collection)))
        return {"@odata.count": len(found), **page} if options.get("$count") == "true" else page

    def _matching(
        self, url: str, options: MultiDict[str, str], collection: Collection, rows: Iterable[Any], keys: Callable
    ) -> Sequence[Any]:
        condition = collection.condition(options["$filter"]) if "$filter" in options else None
        if condition and not self._stage.faults.bends("ignored_filters", url):
            rows = (row for row in rows if condition(keys(row)))
        if "$orderby" in options:
            name, descending = collection.ordering(options["$orderby"])
            rows = sorted(rows, key=lambda row: (keys(row)[name] is not None, keys(row)[name]), reverse=descending)
        return [*rows]

    def _top(self, options: MultiDict[str, str], collection: Collection) -> int:
        asked = options.get("$top", str(self._stage.page_size))
        if not asked.isdigit() or not 1 <= int(asked) <= collection.most:
            raise bad_request(f"Invalid page size specified: '{asked}'. Must be between 1 and {collection.most} inclusive.")
        return int(asked)

    def _page(self, listing: Listing) -> dict:
        start, stop = listing.start, min(listing.start + self._length(listing), len(listing.rows))
        value = [selected(listing.shown(row), listing.names) for row in listing.rows[start:stop]]
        page = {"@odata.context": listing.collection.context, "value": value}
        if stop >= len(listing.rows):
            return page
        again = stop > start and self._stage.faults.bends("repeated_rows", listing.path)
        return page | {"@odata.nextLink": f"{listing.path}?$skiptoken={self._token(listing, stop - again)}"}

    def _length(self, listing: Listing) -> int:
        if self._stage.faults.bends("short_pages", listing.path):
            return self._stage.faults.draw("short_pages", range(listing.top))
        return listing.top

    def _token(self, listing: Listing, start: int) -> str:
        token = urlsafe_b64encode(self._tokens.randbytes(24)).decode()
        self._begun[token] = replace(listing, start=start)
        return token

    def _listing(self, token: str, url: str) -> Listing:
        listing = self._begun.get(token)
        if listing is None or listing.path != url:
            raise GraphError(400, "BadRequest", "The skip token is not valid, or has expired.")
        return listing
