"""One task of reading, done by a process of its own: `python -m scimlab.read.worker FOLDER`, the task in the folder."""

import sys
from pathlib import Path

import msgspec

from scimlab.read import progress
from scimlab.read.files import File, read_files
from scimlab.read.sources import Piece, Source
from scimlab.read.workers import PROGRESS, TASK, Task


def main() -> None:
    """Do the task of the folder that is named."""
    folder = Path(sys.argv[1])
    progress.told = lambda name, done, total: (folder / PROGRESS).write_text(f"{done} {total}")
    task = msgspec.json.decode((folder / TASK).read_bytes(), type=Task)
    piece = Piece(*task.piece) if task.piece else None
    unit = [File(Source(name, Path(path), member, piece), *said) for name, path, member, *said in task.files]
    read_files(unit, folder)


if __name__ == "__main__":
    main()
