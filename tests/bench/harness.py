"""One way of doing a job, measured as a whole process: processor seconds, wall seconds, peak memory, and its answer."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Figure(NamedTuple):
    """What a process cost, and what it printed; peak memory in MiB."""

    cpu_s: float
    wall_s: float
    peak_mib: float
    answer: str


def measured(script: str, *words: object) -> Figure:
    """The cost of `python SCRIPT WORDS…` and the last line that it printed.

    raises: RuntimeError with the last line of its complaint where it failed.
    """
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, HERE / script, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.stdout.read(), process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{script} {' '.join(map(str, words))}: {err.strip().splitlines()[-1:] or process.returncode}")
    # Linux counts in KiB, macOS in bytes.
    peak = used.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    return Figure(used.ru_utime + used.ru_stime, time.perf_counter() - start, peak, out.strip().splitlines()[-1])


def compared(title: str, script: str, ways: list[str], *words: object) -> None:
    """Print what each way cost and how that compares with the first, which is ours; a different answer is said."""
    print(f"\n{title}\n  {'':12} {'cpu s':>8} {'wall s':>8} {'peak MiB':>9} {'cpu, ours = 1':>14}", flush=True)
    ours = None
    for way in ways:
        figure = measured(script, way, *words)
        ours = ours or figure
        differs = "" if figure.answer == ours.answer else f"   answers {figure.answer} instead of {ours.answer}"
        print(
            f"  {way:12} {figure.cpu_s:8.2f} {figure.wall_s:8.2f} {figure.peak_mib:9.0f} {figure.cpu_s / ours.cpu_s:14.1f}{differs}",
            flush=True,
        )
