"""The decision table of rules/diagnoses.toml as frames: what each diagnosis says, and for which values of which axes it holds."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import polars as pl

RULES = tomllib.loads(files("scimlab").joinpath("rules", "diagnoses.toml").read_text(encoding="utf-8"))
SAYINGS = ("means", "risk", "consequence", "action", "owner", "reversible", "deadline", "runbook")
"""What a diagnosis says; a `when` may say otherwise."""

OPEN = "|"
"""Between two values of an axis that the inputs leave open."""


@dataclass(frozen=True)
class Table:
    """A table of diagnoses: of people and records, or of jobs."""

    axes_of: str
    diagnoses_of: str
    order_of: str

    @property
    def axes(self) -> dict[str, dict[str, str]]:
        """Each axis with its values and what they mean."""
        return {name: {value: words for value, words in axis.items() if value != "means"} for name, axis in RULES[self.axes_of].items()}

    @property
    def rank(self) -> dict[str, int]:
        """The place of each diagnosis in the order of evaluation."""
        return {name: place for place, name in enumerate(RULES[self.order_of])}

    def _whens(self) -> list[tuple[dict, dict]]:
        """Each `when` with its diagnosis, in the order of evaluation."""
        found = [(each, when) for each in RULES[self.diagnoses_of] for when in each["when"]]
        return sorted(found, key=lambda each: self.rank[each[0]["name"]])

    def whens(self) -> pl.DataFrame:
        """Each `when` and what its diagnosis says there.

        returns: a row a when_id: diagnosis, number, place (in the order), only (secondary, primary, or empty), asks (how many axes it
            names), and SAYINGS, the owner in words.
        """
        return pl.DataFrame(
            [
                {"when_id": number, "diagnosis": each["name"], "number": each["number"], "place": self.rank[each["name"]]}
                | {"only": when.get("only", ""), "asks": len(when.keys() & self.axes.keys())}
                | {name: when.get(name, each[name]) for name in SAYINGS}
                | {"owner": owner(when.get("owner", each["owner"]))}
                for number, (each, when) in enumerate(self._whens())
            ]
        )

    def conditions(self) -> pl.DataFrame:
        """The table exploded: a row a `when`, an axis it names and a value it allows there."""
        rows = [
            (number, axis, value)
            for number, (_, when) in enumerate(self._whens())
            for axis in self.axes
            if axis in when
            for value in when[axis]
        ]
        return pl.DataFrame(rows, {"when_id": pl.Int64, "axis": pl.String, "value": pl.String}, orient="row")


SUBJECTS = Table("axis", "diagnosis", "order")
JOBS = Table("job_axis", "job_diagnosis", "job_order")


def owner(codes: list[str]) -> str:
    """Who may do it, in words, in the order in which they come in."""
    return ", then ".join(RULES["owner"][code] for code in codes)


def saying(name: str) -> dict:
    """A diagnosis as the table has it."""
    return next(each for each in RULES["diagnosis"] if each["name"] == name)


@lru_cache
def wanted(open_axis: str) -> tuple[str, str]:
    """The input that would close an open axis, and how to get it.

    open_axis: the axis and its open values, as in "entra=SD|HD".
    """
    axis, _, values = open_axis.partition("=")
    fitting = (
        each for each in RULES["wanted"] if each["axis"] == axis and {*values.split(OPEN)} <= {*each.get("values", values.split(OPEN))}
    )
    found = next(fitting)
    return found["input"], found["get"]
