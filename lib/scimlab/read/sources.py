"""Files and their bytes: what lies in a folder, unpacked and in UTF-8, a window at a time."""

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from scimlab.errors import InputError
from scimlab.read import progress, workbooks

WINDOW = 4 << 20
HEAD = 1 << 16
GZIP, ZIP, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
NEVER_READ = ("truth", "tenant.toml")
"""Names inside a tenant's folder that are no export: the truth a simulated world is judged by, and the settings."""

# A zip raises the last two for members that are encrypted or packed in a way Python does not know.
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, RuntimeError, NotImplementedError)


class Piece(NamedTuple):
    """A stretch of a plain file's bytes, and what is put before and behind to make it whole by itself."""

    start: int
    stop: int
    before: bytes = b""
    behind: bytes = b""


@dataclass
class Source:
    """A file, a member of a zip or a sheet of a workbook, by the name it has in its folder; `damage` says where its bytes gave out."""

    name: str
    path: Path
    member: str = ""
    piece: Piece | None = None
    damage: str = field(default="", compare=False)
    bottom: BinaryIO | None = field(default=None, compare=False, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether the bytes lie in the file as they are, neither packed nor inside another."""
        with self.path.open("rb") as stream:
            return not self.member and stream.read(2) != GZIP

    @property
    def is_utf8(self) -> bool:
        """Whether the bytes lie in the file as they are and are no text of two bytes a character."""
        with self.path.open("rb") as stream:
            return self.is_plain and not _wide(stream.read(4))

    @property
    def sheet(self) -> workbooks.Sheet | None:
        """The sheet as CSV, where the file is a workbook."""
        return workbooks.sheet(self.path, self.member) if self.member and workbooks.is_one(self.path) else None

    def open(self) -> BinaryIO:
        """The bytes, unpacked; text of another encoding comes as UTF-8 and without its mark."""
        if sheet := self.sheet:
            self.bottom = io.BytesIO(sheet.text)
            return io.BufferedReader(self.bottom)
        stream: BinaryIO = self.path.open("rb")  # noqa: SIM115 the caller closes it
        self.bottom = stream
        if self.member:
            stream = zipfile.ZipFile(stream).open(self.member)  # noqa: SIM115
        while stream.peek(2)[:2] == GZIP:
            stream = gzip.GzipFile(fileobj=stream)
        start = stream.peek(4)
        if start.startswith(codecs.BOM_UTF8):
            stream.read(3)
        encoding = _wide(start)
        return io.BufferedReader(_Narrowed(stream, encoding)) if encoding else stream

    def windows(self, size: int = WINDOW) -> Iterator[bytes]:
        """The bytes, a window at a time; where packed bytes give out, what stands before is given and `damage` says so."""
        if self.piece:
            yield from self._windows_of(self.piece, size)
            return
        pieces: list[bytes] = []
        held = 0
        try:
            with self.open() as stream:
                while piece := stream.read1(size - held):
                    pieces.append(piece)
                    held += len(piece)
                    if held == size:
                        progress.advanced(self.name, self.bottom.tell(), self.path.stat().st_size)
                        yield b"".join(pieces)
                        pieces, held = [], 0
        except DAMAGED as error:
            self.damage = f"the packed bytes give out: {error}; what stands before was read"
        if pieces:
            yield b"".join(pieces)

    def _windows_of(self, piece: Piece, size: int) -> Iterator[bytes]:
        with self.path.open("rb") as stream:
            stream.seek(piece.start)
            yield piece.before + stream.read(min(size, piece.stop - piece.start))
            while window := stream.read(min(size, piece.stop - stream.tell())):
                progress.advanced(self.name, stream.tell() - piece.start, piece.stop - piece.start)
                yield window
        yield piece.behind

    def head(self) -> bytes:
        """The first bytes."""
        return next(self.windows(HEAD), b"")


class _Narrowed(io.RawIOBase):
    """A stream of UTF-16 as one of UTF-8; half a character at the end becomes the mark of one that is lost."""

    def __init__(self, stream: BinaryIO, encoding: str):
        super().__init__()
        self.stream, self.decoder, self.rest = stream, codecs.getincrementaldecoder(encoding)("replace"), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        while not self.rest:
            read = self.stream.read(WINDOW)
            self.rest = self.decoder.decode(read, final=not read).encode("utf-8", "replace").removeprefix(codecs.BOM_UTF8)
            if not read:
                break
        given, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)

    def close(self) -> None:
        self.stream.close()
        super().close()


def _wide(start: bytes) -> str:
    """The encoding of text in two bytes a character, with its mark or without; empty for any other."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) >= 4 and start[1] == start[3] == 0 and start[0] and start[2]:
        return "utf-16-le"
    return "utf-16-be" if len(start) >= 4 and start[0] == start[2] == 0 and start[1] and start[3] else ""


def sources(path: Path) -> list[Source]:
    """The file, or each file of the folder by name, zips and workbooks opened; hidden ones and what is no export left out.

    raises: InputError where there is nothing at the path.
    """
    if path.is_file():
        return _unzipped(Source(path.name, path))
    if not path.is_dir():
        raise InputError("there is no such file or folder", "Check the path.", file=str(path))
    found = sorted((each.relative_to(path), each) for each in path.rglob("*") if each.is_file())
    named = [Source(name.as_posix(), each) for name, each in found if not _passed_over(name)]
    return [member for each in named for member in _unzipped(each)]


def _passed_over(name: Path) -> bool:
    return any(part.startswith(".") for part in name.parts) or name.parts[0] in NEVER_READ


def _unzipped(source: Source) -> list[Source]:
    """The members of a zip or the sheets of a workbook, each by the file's name and its own; any other file alone."""
    if names := workbooks.sheets(source.path):
        # The only sheet of a workbook goes by the workbook's name.
        return [Source(f"{source.name}/{each}" if names[1:] else source.name, source.path, each) for each in names]
    with source.path.open("rb") as stream:
        if stream.read(4) != ZIP:
            return [source]
    try:
        with zipfile.ZipFile(source.path) as packed:
            members = sorted(each.filename for each in packed.infolist() if not each.is_dir())
    except zipfile.BadZipFile:
        return [source]
    shown = [each for each in members if not any(part.startswith((".", "__MACOSX")) for part in Path(each).parts)]
    return [Source(f"{source.name}/{member}", source.path, member) for member in shown]
