"""The sample tenants in data/samples: `python -m scimlab.simulate.samples` makes them again."""

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from scimlab import simulate
from scimlab.simulate.exports import files

FOLDER = Path(__file__).parents[3] / "data" / "samples"
DIRECTORY = (*files.CORE, "assignments", "audit", "jobs")
"""What an administrator of the tenant can fetch in an hour."""
EVERYTHING = (*DIRECTORY, "sign_ins", "presence", "desks", "invoice")
SAMPLES: Mapping[str, Mapping[str, object]] = {
    "troubled": {"seed": 24, "people": 150, "zone": "Europe/Berlin", "domain": "strandhof.example", "exports": EVERYTHING, "gz": True},
    "healthy": {
        "seed": 2,
        "people": 80,
        "profile": "healthy",
        "zone": "America/New_York",
        "domain": "larkspur.example",
        "forms": {"log": "portal", "users": "graph", "records": "csv"},
        "exports": (*files.CORE, "assignments", "jobs", "desks", "invoice"),
    },
    "scenarios": {
        "seed": 5,
        "people": 7,
        "profile": "scenarios",
        "cadence": "backoff",
        "domain": "kontor.example",
        "forms": {"log": "jsonl", "users": "graph"},
        "exports": DIRECTORY,
    },
    "winter": {
        "seed": 3,
        "people": 70,
        "months": 32,
        "first_day": date(2023, 10, 1),
        "zone": "Europe/Vienna",
        "cadence": "backoff",
        "domain": "almspitz.example",
        "interrupted": ("expired_token",),
        "forms": {"log": "jsonl", "records": "excel"},
        "exports": DIRECTORY,
        "gz": True,
    },
    "hostile": {
        "seed": 8,
        "people": 60,
        "zone": "Asia/Kathmandu",
        "cadence": "backoff",
        "domain": "hazard.example",
        "hostile": True,
        "second_app": "Timeclock",
        "damaged": ("duplicates", "late"),
        # Nobody fetched the audit log, so much of what happened in Entra is known from the app's side alone.
        "exports": (*files.CORE, "assignments", "jobs"),
        "gz": True,
    },
}
"""What each sample is made from; a sample that grows with the code would change every answer beside it, so these are pinned."""


def write(folder: str | Path = FOLDER) -> None:
    """Each sample tenant into its own folder, in place of what was there: the story of each stands in data/samples/README.md."""
    for name, asked in SAMPLES.items():
        shutil.rmtree(Path(folder) / name, ignore_errors=True)
        simulate.write(Path(folder) / name, **asked)


if __name__ == "__main__":
    write()
