"""The sample tenants in data/samples: `python -m scimlab.simulate.samples` makes them again."""

from datetime import date
from pathlib import Path

from scimlab import simulate

FOLDER = Path(__file__).parents[3] / "data" / "samples"


def write(folder: str | Path = FOLDER) -> None:
    """A seaside hotel in trouble and an office that does everything right, each in forms of its own."""
    simulate.write(
        Path(folder) / "troubled",
        seed=24,
        people=150,
        months=4,
        zone="Europe/Berlin",
        domain="strandhof.example",
        first_day=date(2026, 5, 1),
        gz=True,
    )
    simulate.write(
        Path(folder) / "healthy",
        seed=2,
        people=80,
        months=4,
        profile="healthy",
        zone="America/New_York",
        domain="larkspur.example",
        first_day=date(2026, 5, 1),
        forms={"log": "portal", "users": "graph", "records": "csv"},
    )


if __name__ == "__main__":
    write()
