"""Where a report goes, and how it gets there whole: names from outside are no paths, and half a report is never in its place."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scimlab.errors import UsageError
from scimlab.report import manifest
from scimlab.show.inputs import root

STAMP = "%Y%m%dT%H%MZ"
# Names that Windows keeps for its devices, whatever their ending.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
RESULTS = "results.json"


def destination(out: str | Path, tenant: str, as_of: datetime | None) -> Path:
    """The folder given, from the working directory; else reports/TENANT/AS-OF of the project.

    raises: UsageError where something else than a report is there already.
    """
    stamp = as_of.astimezone(UTC).strftime(STAMP) if as_of else "undated"
    place = Path(out).expanduser().absolute() if str(out) else root() / "reports" / segment(tenant) / stamp
    if place.is_file() or (place.is_dir() and any(place.iterdir()) and not _is_report(place)):
        raise UsageError(f'"{place}" holds something else than a report', "Name a new or an empty folder.", field="--out")
    return place


def segment(name: str) -> str:
    """A name as one part of a path: letters, digits, dot, dash and underscore, and nothing that leads elsewhere.

    >>> segment("../../etc/passwd"), segment("Contoso GmbH & Co."), segment("..")
    ('etc-passwd', 'Contoso-GmbH-Co', 'tenant')
    """
    plain = re.sub(r"[^\w.-]+", "-", name).strip(".-_")[:80].rstrip(".-_")
    return "tenant" if not plain or DEVICES.fullmatch(plain) else plain


@contextmanager
def whole(place: Path) -> Iterator[Path]:
    """A folder to write in, which takes its place when all went well, and is gone when not."""
    place.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=".half-", dir=place.parent))
    try:
        yield half
        half.chmod(0o755)
        _swap(half, place)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def before(place: Path) -> dict[str, Any] | None:
    """The results of the last report beside this place that was judged at an earlier instant; None if there is none."""
    if not place.parent.is_dir():
        return None
    earlier = sorted(each for each in place.parent.iterdir() if re.fullmatch(r"\d{8}T\d{4}Z", each.name) and each.name < place.name)
    for each in reversed(earlier):
        try:
            return json.loads((each / RESULTS).read_text("utf-8"))
        except (OSError, ValueError):
            continue
    return None


def _swap(half: Path, place: Path) -> None:
    old = half.with_name(f"{half.name}-old")
    if place.exists():
        place.rename(old)
    half.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _is_report(place: Path) -> bool:
    try:
        return json.loads((place / manifest.FILE).read_text("utf-8"))["form"] == manifest.FORM
    except (OSError, ValueError, KeyError, TypeError):
        return False
