"""Rules that turn findings into an exit code, such as "storms>0, incomplete"."""

import operator
import re
from collections.abc import Mapping

from scimlab.errors import UsageError
from scimlab.report.pages import nearest

SIGNS = {">=": operator.ge, "<=": operator.le, "==": operator.eq, ">": operator.gt, "<": operator.lt, "=": operator.eq}
RULE = re.compile(r"(?P<name>[a-z_]+)\s*(?:(?P<sign>>=|<=|==|=|>|<)\s*(?P<number>\d+(?:\.\d+)?))?")
# What may stand in a rule: the number of a page, or of the whole report.
NAMES = {
    "storms": "people_in_storms",
    "attempts": "attempts_to_come",
    "deadlines": "deadlines_soon",
    "decisions": "decisions",
    "quarantine": "quarantine_distance",
    "seats": "people_paid_for",
    "incomplete": "incomplete",
    "failed": "failed",
}


def holding(rules: str, numbers: Mapping[str, float | None]) -> list[str]:
    """The rules that hold of these numbers, as they were written; a name alone means more than none.

    rules: a comma between two. numbers: by the names that NAMES leads to; of what is not known no rule holds.
    raises: UsageError for a rule that cannot be read or a name that is unknown.

    >>> holding("storms>0, deadlines>=5", {"people_in_storms": 17, "deadlines_soon": 4})
    ['storms>0']
    """
    return [rule for rule, name, holds, bound in parsed(rules) if (value := numbers.get(NAMES[name])) is not None and holds(value, bound)]


def parsed(rules: str) -> list[tuple[str, str, operator, float]]:
    """Each rule with its name, its comparison and its bound. raises: UsageError."""
    return [_parsed(rule.strip()) for rule in rules.split(",") if rule.strip()]


def _parsed(rule: str) -> tuple[str, str, operator, float]:
    found = RULE.fullmatch(rule)
    if found is None:
        raise UsageError(f'"{rule}" is no rule', "Write it as storms>0 or incomplete, with commas between rules.", field="--fail-on")
    if found["name"] not in NAMES:
        raise UsageError(
            f'no rule is about "{found["name"]}"', f"{nearest(found['name'], NAMES)}Known are {', '.join(NAMES)}.", field="--fail-on"
        )
    return rule, found["name"], SIGNS[found["sign"] or ">"], float(found["number"] or 0)
