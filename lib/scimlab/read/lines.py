"""JSON Lines: a record a line, cut at line ends and nowhere else."""

from collections.abc import Iterator

from scimlab.read.batches import Batch, sound


def line_batches(windows: Iterator[bytes]) -> Iterator[Batch]:
    """The lines of each window; one that spans windows is put together."""
    rest: list[bytes] = []
    for window in windows:
        before, end, after = window.rpartition(b"\n")
        if not end:
            rest.append(window)
            continue
        whole = b"".join([*rest, before])
        yield from sound(whole.split(b"\n"), whole)
        rest = [after]
    if last := b"".join(rest):
        yield from sound([last], last)
