"""The decision table as a manual to read."""

from collections.abc import Iterable, Iterator

from scimlab.links import table
from scimlab.links.table import JOBS, RULES, SUBJECTS, Table


def manual() -> str:
    """Every diagnosis of the table in words, as Markdown: when it holds, what it means, what to do, who may, and how it is undone."""
    return "\n".join([*_part("People and records", SUBJECTS), *_part("Jobs", JOBS), *_open()])


def _part(title: str, rules: Table) -> Iterator[str]:
    yield f"# {title}\n"
    yield "In order of evaluation: the first that holds is the primary one.\n"
    found = {each["name"]: each for each in RULES[rules.diagnoses_of]}
    for name in [*rules.rank, *(each for each in found if each not in rules.rank)]:
        yield from _entry(found[name], rules)


def _entry(diagnosis: dict, rules: Table) -> Iterator[str]:
    yield f"## {diagnosis['name']} (row {diagnosis['number']})\n\n{diagnosis['means']}\n"
    for when in diagnosis["when"]:
        sets = [
            f"{RULES[rules.axes_of][axis]['means']}: {_either(axes[value] for value in when[axis])}"
            for axis, axes in rules.axes.items()
            if axis in when
        ]
        other = [f"{name}: {when[name]}" for name in table.SAYINGS if name in when]
        yield f"- Holds where {'; '.join(sets)}.{_beside(when)}{' Then ' + '; '.join(other) + '.' if other else ''}"
    if not diagnosis["when"]:
        yield "- Holds where the inputs leave several of the others possible."
    yield ""
    facts = {"Risk": diagnosis["risk"], "If nothing is done": diagnosis["consequence"], "To do": diagnosis["action"]}
    facts |= {
        "Who": table.owner(diagnosis["owner"]) or "nobody",
        "Undone": diagnosis["reversible"],
        "Runbook": diagnosis["runbook"] or "none",
    }
    yield from (f"{name}: {text.rstrip('.')}.  " for name, text in facts.items())
    yield ""


def _beside(when: dict) -> str:
    return " Only beside another." if when.get("only") == "secondary" else ""


def _either(words: Iterable[str]) -> str:
    return ", or ".join(words)


def _open() -> Iterator[str]:
    yield "# What would tell\n"
    for each in RULES["wanted"]:
        between = f" ({_either(SUBJECTS.axes[each['axis']][value] for value in each['values'])})" if "values" in each else ""
        yield f"- {RULES['axis'][each['axis']]['means']}{between}: {each['input']}. {each['get']}"
    yield "\n# What is told less finely\n"
    for each in RULES["coarser"]:
        yield f"- {each['name']} is told as {_either(each['told_as'])} without {each['without']}: {each['because']}."
    yield ""
