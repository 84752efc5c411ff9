"""What a report was made of and by: inputs with their hashes, versions, settings and where each came from, times, row sums."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from scimlab.schema import Tenant

PACKAGES = ("scimlab", "polars", "altair", "vl-convert-python", "papermill", "nbconvert", "ipykernel")
SUMS = ("rows", "kept", "duplicate", "foreign", "rejected")
FILE = "manifest.json"
FORM = "scimlab report"


def manifest(tenant: Tenant, folder: Path, **facts: Any) -> dict[str, Any]:
    """Everything that would be needed to make the report again, and to see that it is the same.

    folder: the exports. facts: what the run itself knows: command, parameters, pages, times.
    """
    return {
        "form": FORM,
        "tenant": tenant.name,
        "as_of": tenant.as_of,
        "settings": {name: {"value": each.value, "origin": each.origin} for name, each in sorted(tenant.settings.items())},
        "inputs": inputs(tenant.receipt, folder),
        "sums": {name: tenant.receipt[name].sum() for name in SUMS},
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        **facts,
    }


def inputs(receipt: pl.DataFrame, folder: Path) -> list[dict[str, Any]]:
    """A row a file read, with its size and hash, and the settings beside them; what lies within an archive has those of the archive."""
    rows = {row["file"]: row for row in receipt.drop("first_at", "last_at").to_dicts()}
    settings = ["tenant.toml"] if (folder / "tenant.toml").is_file() else []
    return [
        {"file": name, **_sealed(folder, name), **{key: value for key, value in rows.get(name, {}).items() if key != "file"}}
        for name in [*rows, *settings]
    ]


def seals(paths: Iterable[Path], folder: Path) -> dict[str, str]:
    """The hash of each file, by its path within the folder."""
    return {path.relative_to(folder).as_posix(): _hash(path) for path in sorted(paths)}


def write(told: Mapping[str, Any], path: Path) -> None:
    """The facts as JSON, instants in UTC."""
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1, default=_text) + "\n", encoding="utf-8")


def _sealed(folder: Path, name: str) -> dict[str, Any]:
    parts = Path(name).parts
    # What lies in an archive is named behind it, by whatever its maker wrote: the first file on the way is the one to seal.
    path = next((each for end in range(1, len(parts) + 1) if (each := folder.joinpath(*parts[:end])).is_file()), None)
    return {"bytes": path.stat().st_size, "sha256": _hash(path)} if path else {}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
