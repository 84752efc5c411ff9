"""Every file of a report: pages, tables, index, results, and the manifest that seals them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from scimlab import people, quality, storms
from scimlab.report import calendars, html, index, manifest, place, places, workbook
from scimlab.report.gather import DECISION, Outcome
from scimlab.schema import Tenant
from scimlab.show.inputs import said

COUNTED = ("counts", "wasted", "bills", "forecast")
"""The tables that are numbers and little else: they stand whole among the results."""


def write(
    half: Path, tenant: Tenant, exports: Path, outcomes: list[Outcome], made: Mapping[str, Any], *, before: Mapping[str, Any] | None
) -> dict:
    """Everything but the notebooks, into the folder `half`.

    exports: the folder that was read. made: how: the command, the parameters of each page, when it began. before: results of the last run.
    returns: the numbers that rules are about, by name.
    """
    checks, identities = quality.checks(tenant), people.identities(tenant)
    linked, to_decide, lead = index.linked(identities), index.decisions(outcomes, tenant.as_of), places.places(outcomes, identities)
    answer = index.headline(outcomes, linked, zone=tenant.zone)
    as_of = f"{said(tenant.as_of, tenant.zone)} ({tenant.zone})" if tenant.as_of else "no known time"
    write_tables(half / "tables", tenant, outcomes, to_decide)
    for each in outcomes:
        page = html.page(each.notebook, title=each.page.question, tenant=tenant.name, as_of=as_of, places=lead)
        (half / f"{each.page.name}.html").write_text(page, encoding="utf-8")
    beside = calendars.write(half, outcomes, tenant.as_of)
    beside += [workbook.FILE] if workbook.write(half / workbook.FILE, tenant, outcomes) else []
    told = manifest.manifest(tenant, exports, **made, pages=[each.run._asdict() for each in outcomes])
    (half / "index.html").write_text(
        index.page(
            outcomes,
            tenant=tenant.name,
            as_of=as_of,
            zone=tenant.zone,
            answer=answer,
            to_decide=to_decide,
            places=lead,
            numbers=index.told(outcomes, before),
            checks=checks,
            cycles=_cycles(tenant, made["parameters"]),
            receipt=tenant.receipt,
            command=made["command"],
            versions=told["versions"],
            beside=beside,
        ),
        encoding="utf-8",
    )
    results = _results(tenant, outcomes, checks, answer, {"decisions": to_decide.height, "linked": linked})
    manifest.write(results, half / place.RESULTS)
    # The manifest comes last: it seals what stands beside it.
    sealed = manifest.seals((each for each in half.rglob("*") if each.is_file()), half)
    manifest.write(told | {"ended_at": datetime.now(UTC), "files": sealed}, half / manifest.FILE)
    return {number["name"]: number["high"] for number in results["numbers"]} | results["counts"]


def write_tables(folder: Path, tenant: Tenant, outcomes: list[Outcome], to_decide: pl.DataFrame) -> None:
    """Each table of each page, all decisions, and the rows that could not be read, as CSV that a spreadsheet only shows."""
    folder.mkdir()
    found = {f"{page.page.name}_{DECISION}" if name == DECISION else name: rows for page in outcomes for name, rows in page.tables.items()}
    found |= {"decisions": to_decide, "rejected": tenant.set_aside.filter(pl.col("kind") == "rejected")}
    for name, rows in found.items():
        (folder / f"{place.segment(name)}.csv").write_text(html.csv(rows), encoding="utf-8")


def _results(tenant: Tenant, outcomes: list[Outcome], checks: pl.DataFrame, answer: str, counts: Mapping[str, int]) -> dict[str, Any]:
    """The answers and numbers as data, for the next run and for other programs."""
    numbers = list({number["name"]: number for each in outcomes for number in each.numbers}.values())
    return {
        "tenant": tenant.name,
        "as_of": tenant.as_of,
        "zone": tenant.zone,
        "answer": answer,
        "numbers": numbers,
        "counts": {
            **counts,
            "incomplete": checks.filter(pl.col("answer") != "yes").height,
            "failed": sum(each.run.status != "done" for each in outcomes),
        },
        "tables": {name: rows.to_dicts() for each in outcomes for name, rows in each.tables.items() if name in COUNTED},
        "pages": {
            each.page.name: {
                "question": each.page.question,
                **each.run._asdict(),
                "answer": each.answer,
                DECISION: each.decision.to_dicts(),
            }
            for each in outcomes
        },
    }


def _cycles(tenant: Tenant, parameters: Mapping[str, Mapping[str, object]]) -> pl.DataFrame:
    """CYCLE_ATTEMPTS for the picture, by the same measure of a storm as the pages'."""
    given = max((values.get("least_attempts", 0) for values in parameters.values()), default=0)
    least = given or tenant.settings["least_attempts"].value
    found = storms.retry_storms(tenant.events, people.identities(tenant), least_attempts=least, as_of=tenant.as_of)
    return storms.attempts_by_cycle(tenant.events, found)
