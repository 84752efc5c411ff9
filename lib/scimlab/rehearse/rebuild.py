"""The world of a folder of exports, made again from what `simulate.write` noted of it."""

import csv
from datetime import date
from pathlib import Path

import msgspec

from scimlab import simulate
from scimlab.errors import InputError
from scimlab.simulate import truth
from scimlab.simulate.world import World

NOTE = Path("truth", "world.json")


def world(folder: Path, *, from_start: bool = False) -> World:
    """The world whose exports are in a folder, as it stands in them, or before its first cycle.

    raises: InputError where the folder does not say how it was made, or where this version makes another world of it.
    """
    note = folder / NOTE
    try:
        rules = msgspec.json.decode(note.read_bytes(), type=dict[str, object])
        rules["first_day"] = date.fromisoformat(rules["first_day"])
        made = simulate.tenant(**rules)
    except (OSError, msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"this folder does not say how its world is made ({error})",
            "Make it with: scimlab simulate FOLDER --seed 1 --people 150",
            file=str(note),
        ) from error
    if _storms(folder) != [[str(each) for each in row] for row in truth.storms(made)]:
        raise InputError("another version of scimlab made these exports", "Make them again with scimlab simulate.", file=str(folder))
    return simulate.begun(**rules) if from_start else made


def _storms(folder: Path) -> list[list[str]]:
    with (folder / "truth" / "storms.csv").open(encoding="utf-8", newline="") as rows:
        return [*csv.reader(rows)][1:]
