"""An invented tenant whose truth is known: whole, each person's seat-days are exact; cut, every count holds the truth."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from scimlab import people, read, seats, simulate
from scimlab.schema import INTERVALS, Tenant

MONTH = (date(2026, 6, 1), date(2026, 7, 1))


def world(folder: Path, **asked) -> tuple[Tenant, pl.DataFrame]:
    """A tenant as its exports show it, and INTERVALS as they really were."""
    simulate.write(folder, **asked)
    tenant = read.tenant(folder, workdir=folder / "parts")
    listed, kinds = (pl.read_csv(folder / "truth" / f"{name}.csv", infer_schema=False) for name in ("intervals", "people"))
    listed = listed.join(kinds.select("person", "kind"), on="person", how="left")
    at = pl.col("on_at", "off_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC", time_unit="us")
    spans = listed.with_columns(at, person_id="person", kind=pl.col("kind").fill_null("member")).with_columns(
        on_at_min="on_at", on_at_max="on_at", off_at_min=pl.col("off_at").fill_null(tenant.as_of), off_at_max="off_at"
    )
    return tenant, spans.select(pl.col(name) if name in spans.columns else pl.lit(None).alias(name) for name in INTERVALS)


@pytest.mark.parametrize("seed", [5, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(100, 149))])
def test_a_whole_log_gives_the_truth(tmp_path, seed):
    """On a healthy tenant every span is exact, and each person is who the world says, by whatever object."""
    tenant, real = world(tmp_path, seed=seed, people=60, months=2, profile="healthy")
    known = people.identities(tenant).filter(alias_kind="object_id").select(person_id="person_id", person="alias")
    ends = ["target_id", "on_at_min", "on_at_max", "off_at_max"]
    expected = real.rename({"person_id": "person"}).join(known, on="person").select("person_id", *ends)
    assert seats.intervals(tenant).select("person_id", *ends).sort(pl.all()).equals(expected.sort(pl.all()))


@pytest.mark.parametrize("cut_days", [None, 25, 50])
def test_a_cut_log_holds_the_truth(tmp_path, cut_days):
    """On a troubled tenant, whose people change things by hand as well, each rule's range holds the real number."""
    tenant, real = world(tmp_path, seed=6, people=150, months=3, cut_days=cut_days)
    found = seats.intervals(tenant)
    # A record that neither the log nor the list ever shows can be in no count.
    real = real.join(found.select("target_id").unique(), on="target_id", how="semi")
    one_a_record = found.with_columns(person_id="target_id"), real.with_columns(person_id="target_id")
    for policy in (name for name, rule in seats.POLICIES.items() if "needs" not in rule):
        (low, high), (_, truth) = (
            seats.count(each, policy=policy, period=MONTH, zone=tenant.zone).select("low", "high").row(0) for each in one_a_record
        )
        assert low <= truth + 1e-9 and truth <= high + 1e-9, (policy, low, truth, high)
