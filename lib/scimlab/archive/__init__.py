"""What was ever collected, kept beyond the month that Entra keeps it: tables to read, and the bytes they came from.

held = archive.opened(place, create=True)
with held.writing() as run:                    # all of it is kept, or nothing
    kept = run.keep("log/0001.json", [page])
    counts = run.merge("events", rows)
    run.enter(kind="provisioning log", file="log/0001.json", from_at=…, until_at=…, missing="")
held.frame("events"), held.ledger(), held.window("provisioning log")
"""

from scimlab.archive.held import Archive, is_archive, opened

__all__ = ["Archive", "is_archive", "opened"]
