"""Big logs read by two processes: a plain file is cut in two where a record ends, other files are taken in turn.

A worker is a program of its own (`python -m scimlab.read.worker`), so nothing depends on how the caller was
started: a notebook, a script without a guard, a scheduler.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from scimlab.read import progress
from scimlab.read.files import READINGS, File
from scimlab.read.forms import PAGE
from scimlab.read.readings import Options, Reading
from scimlab.read.sources import WINDOW, Piece, Source

BIG = 150 << 20
"""Bytes from which two processes are faster than one, which need not start."""

UNPACKED = 8
"""How many times larger a packed log is at least, once unpacked."""

SEEN = 2 * WINDOW
"""How far behind the middle of a file the next record is looked for."""

TASK, PROGRESS = "task.json", "progress"
FIRST = re.compile(rb'\s*(\{\s*"(?:[^"\\]|\\.)*")')


class Task(Struct):
    """What a worker is to read, and where to."""

    folder: str
    files: list[tuple[str, str, str, Options, str, str]]
    piece: tuple[int, int, bytes, bytes] | None = None


def is_big(units: Iterable[Sequence[File]]) -> bool:
    """Whether the units are so large together that two processes pay."""
    return sum(_weight(each.source) for unit in units for each in unit) >= BIG


def read_by_workers(units: Mapping[str, Sequence[File]], workdir: Path) -> dict[str, list[Path]]:
    """For each key the folders that hold what its unit gave, piece by piece; keys that workers failed at are left out.

    units: files that are read together, by their key.
    """
    workdir.mkdir(parents=True, exist_ok=True)
    tasks = {key: [_task(unit, piece, workdir) for piece in _pieces(unit) or [None]] for key, unit in units.items()}
    failed = _run([task for each in tasks.values() for task in each])
    sound = {key for key, each in tasks.items() if _is_sound(each, failed)}
    for each in (task for key, unit in tasks.items() for task in unit if key not in sound):
        shutil.rmtree(each.folder, ignore_errors=True)
    return {key: [Path(task.folder) for task in tasks[key]] for key in sound}


def assembled(pieces: Sequence[Path], folder: Path) -> None:
    """The parts of all pieces in one folder, their readings joined."""
    joined: list[Reading] = []
    for piece in pieces:
        rows = joined[0].rows if joined else 0
        for part in piece.glob("*.parquet"):
            frame, _, number = part.stem.rpartition("-0-")
            part.rename(folder / f"{frame}-{rows}-{number}.parquet")
        readings = msgspec.json.decode((piece / READINGS).read_bytes(), type=list[Reading])
        joined = [each.joined(later) for each, later in zip(joined, readings, strict=True)] if joined else readings
        shutil.rmtree(piece)
    (folder / READINGS).write_bytes(msgspec.json.encode(joined))


def _weight(source: Source) -> int:
    return source.path.stat().st_size * (1 if source.is_plain else UNPACKED)


def _pieces(unit: Sequence[File]) -> list[Piece]:
    """The two halves of a big plain log; none where it is to be read whole."""
    source, layout = unit[0].source, unit[0].layout
    size = source.path.stat().st_size
    if len(unit) > 1 or size < BIG or layout not in ("lines", "document") or not source.is_utf8:
        return []
    with source.path.open("rb") as stream:
        head = stream.read(WINDOW)
        stream.seek(size // 2)
        middle = stream.read(SEEN)
    if layout == "lines":
        cut = size // 2 + middle.find(b"\n") + 1
        return [Piece(0, cut), Piece(cut, size)] if b"\n" in middle else []
    page = PAGE.match(head.strip())
    first = FIRST.match(head.strip(), page.end() if page else 1)
    found = re.search(rb"(\})\s*,\s*(?=" + re.escape(first[1]) + rb")", middle) if first else None
    if not found:
        return []
    before, behind = (b'{"value":[', b"]}") if page else (b"[", b"]")
    return [Piece(0, size // 2 + found.end(1), behind=behind), Piece(size // 2 + found.end(), size, before=before)]


def _task(unit: Sequence[File], piece: Piece | None, workdir: Path) -> Task:
    files = [(each.source.name, str(each.source.path), each.source.member, each.options, each.layout, each.portal) for each in unit]
    return Task(tempfile.mkdtemp(prefix=".piece-", dir=workdir), files, piece)


def _run(tasks: list[Task]) -> set[str]:
    """Have the tasks done, two at a time; the folders of those that failed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    running: list[tuple[Task, subprocess.Popen]] = []
    failed: set[str] = set()
    waiting = tasks[::-1]
    try:
        while waiting or running:
            while waiting and len(running) < 2:
                task = waiting.pop()
                try:
                    running.append((task, _started(task, environment)))
                except OSError:
                    failed.add(task.folder)
            if not running:
                continue
            task, process = running[0]
            try:
                failed |= {task.folder} if process.wait(timeout=progress.STEP_S) else set()
                running.pop(0)
            except subprocess.TimeoutExpired:
                progress.advanced(task.files[0][0], *_bytes([each for each, _ in running]))
    finally:
        for _, process in running:
            process.kill()
            process.wait()
    return failed


def _started(task: Task, environment: Mapping[str, str]) -> subprocess.Popen:
    (Path(task.folder) / TASK).write_bytes(msgspec.json.encode(task))
    command = [sys.executable, "-m", "scimlab.read.worker", task.folder]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)


def _bytes(tasks: Sequence[Task]) -> tuple[int, int]:
    """How many bytes the workers have read so far, and of how many."""
    counts = [place.read_text().split() for task in tasks if (place := Path(task.folder) / PROGRESS).is_file()]
    whole = [(int(each[0]), int(each[1])) for each in counts if len(each) == 2]
    return sum(done for done, _ in whole), sum(total for _, total in whole)


def _is_sound(tasks: list[Task], failed: set[str]) -> bool:
    """Whether every piece was read; of a document, whether the cut between its pieces was one between records.

    A wrong cut leaves brackets open on both sides of it.
    """
    if any(task.folder in failed for task in tasks):
        return False
    if len(tasks) == 1 or tasks[0].files[0][4] == "lines":
        return True
    readings = [each for task in tasks for each in msgspec.json.decode((Path(task.folder) / READINGS).read_bytes(), type=list[Reading])]
    return not any(each.broken or any("closing bracket" in note for note in each.notes) for each in readings)
