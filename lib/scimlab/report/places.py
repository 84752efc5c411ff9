"""Where the names of a report lead: to the timelines that its page of them tells."""

from collections.abc import Iterable

import polars as pl

from scimlab.report.gather import Outcome
from scimlab.show import anchors, lanes


def places(outcomes: Iterable[Outcome], identities: pl.DataFrame) -> dict[str, str]:
    """The address of each timeline that was written, by the ids of the person and of each record and object that is theirs.

    identities: IDENTITIES. returns: nothing where that page was not made, or stopped before its timelines.
    """
    page = next((each for each in outcomes if each.page.name == anchors.PAGE and lanes.NAME in each.tables), None)
    if page is None:
        return {}
    told = page.tables["concerned"].filter("is_told").select("person_id")
    aliases = identities.filter(pl.col("alias_kind").is_in(["object_id", "target_id"]), pl.col("strength") != "suspect")
    known = aliases.join(told, on="person_id").select("alias", "person_id")
    ids = [*known.iter_rows(), *zip(told["person_id"], told["person_id"], strict=True)]
    return {alias: anchors.address(person_id) for alias, person_id in ids}
