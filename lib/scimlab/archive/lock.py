"""One writer at a time in a folder: the next one waits, and takes over as soon as the one before it is gone, however it ended."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from scimlab.errors import ScimlabError

LOCK = "lock"
PATIENCE_S = 600.0
STEP_S = 0.05


@contextmanager
def locked(folder: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the folder's lock; the system gives it back when the process ends, be it killed.

    raises: ScimlabError naming the owner where it is not given back in time.
    """
    with (folder / LOCK).open("a+b") as lock:
        until = time.monotonic() + patience_s
        while not _taken(lock):
            if time.monotonic() > until:
                owner = (folder / LOCK).read_text(errors="replace").strip() or "another process"
                raise ScimlabError(f"the archive is being written by {owner}", "Wait until it has ended, or end it.", file=LOCK)
            time.sleep(STEP_S)
        lock.truncate(0)
        lock.write(f"process {os.getpid()}\n".encode())
        lock.flush()
        yield


def _taken(lock: BinaryIO) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            # The first byte past what is ever written, so that the owner can be read meanwhile.
            lock.seek(1 << 20)
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
