"""One task of reading, done by a process of its own: `python -m scimlab.read.worker` with the task on standard input."""

import sys
from pathlib import Path

import msgspec

from scimlab.read.files import File, read_files
from scimlab.read.sources import Piece, Source
from scimlab.read.workers import Task


def main() -> None:
    """Do the task that stands on standard input."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    piece = Piece(*task.piece) if task.piece else None
    unit = [File(Source(name, Path(path), member, piece), *said) for name, path, member, *said in task.files]
    read_files(unit, Path(task.folder))


if __name__ == "__main__":
    main()
