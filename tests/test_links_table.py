"""The table itself: every place has a row, every name a saying, and the manual tells them all."""

from itertools import product

import polars as pl
import pytest

from scimlab import links
from scimlab.links import judge, table
from scimlab.links.table import JOBS, SUBJECTS

LINKS = {"held": ("ok", "mis", "none", "stale", "wrong"), "none": ("none", "stale")}
TROUBLES = ("none", "skipped", "duplicate", "two_targets", "two_sources", "other")
BESIDE = {"key": "same", "spelled": "same", "hybrid": "no", "presence": "fine"}


def places() -> pl.DataFrame:
    """Every place that a person or record can stand in, but for what only adds findings beside the first."""
    axes, rows = SUBJECTS.axes, []
    for entra, scope, app in product(axes["entra"], axes["scope"], axes["app"]):
        is_live, is_held = entra in ("EN", "DI"), app not in ("abs", "tomb")
        if entra == "AB" and not is_held:
            continue  # nobody has neither an account nor a record
        for link in LINKS["held" if is_held else "none"] if is_live else ["none"]:
            varied = {
                "older": axes["older"] if is_live else ["none"],
                "others": axes["others"] if is_live and is_held else ["none"],
                "age": axes["age"],
                "window": ["wide", "closing"] if entra == "SD" else ["none"],
                "intent": axes["intent"] if entra == "SD" else ["may_return"],
                "told": axes["told"] if link == "ok" else ["none"],
                "trouble": ["none"] if link == "ok" or not is_live else ["duplicate"] if app == "tomb" else TROUBLES,
            }
            fixed = {"entra": entra, "scope": scope, "app": app, "link": link} | BESIDE
            rows += [fixed | dict(zip(varied, values, strict=True)) for values in product(*varied.values())]
    return pl.DataFrame(rows)


def test_every_place_has_a_row():
    """Whoever is known on every axis has a diagnosis: the table has no hole, and needs no guess."""
    found = judge.judged(places(), SUBJECTS).filter(pl.col("rank") == "primary")
    assert found.filter(pl.col("when_id").is_null()).is_empty()
    assert found.height == places().height > 5_000


@pytest.mark.parametrize("rules", [SUBJECTS, JOBS], ids=["subjects", "jobs"])
def test_every_word_is_known(rules):
    """Each axis, value, owner and change of a saying that the table names exists."""
    for diagnosis in table.RULES[rules.diagnoses_of]:
        assert {*diagnosis["owner"]} <= {*table.RULES["owner"]}
        for when in diagnosis["when"]:
            assert {*when} <= {*rules.axes, *table.SAYINGS, "only"}
            assert all({*when[axis]} <= {*rules.axes[axis]} for axis in when.keys() & rules.axes.keys())


def test_the_order_names_each_once():
    """The order of evaluation names every diagnosis once, but for the one that says the order cannot be applied."""
    names = [each["name"] for each in table.RULES["diagnosis"]]
    assert sorted(table.RULES["order"]) == sorted({*names} - {"INSUFFICIENT_EVIDENCE"}) and len(names) == len({*names})
    assert sorted(table.RULES["job_order"]) == sorted(each["name"] for each in table.RULES["job_diagnosis"])


def test_each_open_axis_is_wanted():
    """For whatever an axis leaves open the table knows an input that would tell."""
    for axis, values in SUBJECTS.axes.items():
        assert all(table.wanted(f"{axis}={'|'.join(values)}"))


def test_the_manual_tells_all():
    """The manual is printed from the table: each diagnosis with its row, its condition in words, and who may act."""
    text = links.manual()
    for part in ("diagnosis", "job_diagnosis"):
        assert all(f"## {each['name']} (row {each['number']})" in text for each in table.RULES[part])
    assert "Who: support of the app's vendor, then cloud application administrator of Entra." in text
    assert "without the roster" in text
