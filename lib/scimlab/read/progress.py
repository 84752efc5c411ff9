"""How far reading has come: a line on a terminal once it takes longer than a second; elsewhere nothing."""

import sys
import time
from collections.abc import Callable

PATIENCE_S = 1.0
STEP_S = 0.2


class Terminal:
    """A line on standard error that is written over, and gone at the end."""

    def __init__(self) -> None:
        """Nothing is shown yet."""
        self.began = self.shown = 0.0

    def __call__(self, name: str, done: int, total: int) -> None:
        """Say that so many bytes of a file have been read."""
        now = time.monotonic()
        if not self.began or now - self.shown > 60:
            self.began = self.shown = now
        if sys.stderr is None or not sys.stderr.isatty() or now - self.began < PATIENCE_S or now - self.shown < STEP_S:
            return
        self.shown = now
        print(f"\r\x1b[Kreading {name}: {done / max(total, 1):4.0%}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Leave nothing behind."""
        if self.shown > self.began and sys.stderr is not None and sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        self.began = self.shown = 0.0


terminal = Terminal()
told: Callable[[str, int, int], None] = terminal
"""Where progress is told; a worker tells it to the process that started it."""


def advanced(name: str, done: int, total: int) -> None:
    """Tell that so many bytes of a file have been read."""
    told(name, done, total)
