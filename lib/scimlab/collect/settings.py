"""tenant.toml of the folder that is collected into: begun where there is none, and told when each run took its lists."""

import os
from pathlib import Path

from scimlab.collect.runs import Place
from scimlab.live import Access

FILE = "tenant.toml"


def note(into: Path, access: Access, place: Place) -> None:
    """Say in the folder's tenant.toml when the lists of a run were taken. What somebody wrote there stays as it is."""
    file = into / FILE
    head = f'tenant_id = "{access.tenant_id}"\napp = {_text(access.app)}\nzone = "{access.zone}"\n'
    before = file.read_text("utf-8") if file.is_file() else head
    if f'[files."{place.name}/*"]' in before:
        return
    lines = f'\n[files."{place.name}/*"]\ntaken_at = {place.run.began_at:%Y-%m-%dT%H:%M:%SZ}\n'
    half = file.with_name(f".{FILE}.half")
    half.write_text(before.rstrip("\n") + "\n" + lines, encoding="utf-8", newline="\n")
    os.replace(half, file)


def _text(value: str) -> str:
    """A text as TOML spells it."""
    import json

    return json.dumps(value, ensure_ascii=False)
