"""Floor 5: where the files of photos lie: a folder beside the database, and a seam for another keeping place.

A photo counts as received when its row stands in the store *and* its file lies here. The file comes first, whole and on
disk, under its final name; then the row. What a crash leaves between the two never counts, and `sweep` clears it away.
A copy of a workspace therefore takes the database first and this folder second: every row then has its file.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol, Self
from uuid import uuid4

from geo_service.base.errors import Conflict, StoreError, StoreFull
from geo_service.store.files import is_full, sync_folder

FOLDER_NAME = "photos"

RESERVE_BYTES = 200_000_000
"""Photos leave so much of the disk free: reports and plans need a little of it."""

MOST_UNFINISHED = 50
"""A sender may have so many photos half sent; the oldest gives way."""


@dataclass(frozen=True)
class Offset:
    """How much of a photo has arrived, of how much; bytes."""

    offset: int
    length: int


@dataclass(frozen=True)
class Swept:
    """What a sweep found: files cut off, photos half sent for too long, pictures whose row never came."""

    cut_off: int = 0
    expired: int = 0
    set_aside: int = 0


class Incoming(Protocol):
    """The bytes of a photo on their way in. Used from one thread at a time."""

    @property
    def offset(self) -> int:
        """Count of bytes that have arrived."""
        ...

    def write(self, piece: bytes) -> None:
        """Take the next bytes."""
        ...

    def digest(self) -> str:
        """Return the SHA-256 of what has arrived, as lower-case hexadecimal."""
        ...

    def read(self) -> bytes:
        """Return all that has arrived."""
        ...

    def drop(self) -> None:
        """Forget what has arrived."""
        ...

    def close(self) -> None:
        """End; of a photo sent in pieces what has arrived stays, of one sent whole nothing does."""
        ...


class PhotoPlace(Protocol):
    """Keeps the files of photos. Shared by threads."""

    def receive(self) -> Incoming:
        """Begin a photo that is sent whole."""
        ...

    def resume(self, sha256: str, sender: str, at: Offset) -> Incoming:
        """Begin or go on with a photo that is sent in pieces."""
        ...

    def unfinished(self, sha256: str, sender: str) -> Offset | None:
        """How much of a photo has arrived from a sender, None: nothing."""
        ...

    def keep(self, sha256: str, suffix: str, data: bytes) -> None:
        """Keep a checked picture under the hash of what was sent; on disk when this returns."""
        ...

    def has(self, sha256: str, suffix: str) -> bool:
        """Whether the picture lies here."""
        ...

    def path(self, sha256: str, suffix: str) -> Path:
        """Where the picture lies, as a file that can be read."""
        ...

    def drop(self, sha256: str, suffix: str) -> None:
        """Take a picture back whose row could not be written."""
        ...


class PhotoFolder:
    """Implements `PhotoPlace` in ``WORKSPACE/photos``: ``ab/abcdef....jpg``; what is on its way lies in ``incoming``.

    Parameters
    ----------
    opened
        Opens a file by path and mode; tests put a full disk in here.
    free_bytes
        Tells how much room a folder's disk has left.
    """

    def __init__(
        self,
        workspace: Path,
        *,
        opened: Callable[[Path, str], IO[bytes]] = lambda path, mode: path.open(mode),
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._folder = workspace / FOLDER_NAME
        self._incoming = self._folder / "incoming"
        self._opened = opened
        self._free_bytes = free_bytes

    def receive(self) -> Incoming:
        """Begin a photo that is sent whole.

        Raises
        ------
        StoreFull
            When the disk has too little room.
        """
        return _File(self, self._room() / f"{uuid4().hex}.whole", resumes=False)

    def resume(self, sha256: str, sender: str, at: Offset) -> Incoming:
        """Begin or go on with a photo that is sent in pieces.

        Raises
        ------
        Conflict
            When another offset or length is next (fields ``offset`` and ``length``), or another request is at it.
        StoreFull
            When the disk has too little room.
        """
        known = self.unfinished(sha256, sender) or Offset(0, at.length)
        if known != at:
            raise Conflict(
                f"the next byte is number {known.offset} of {known.length}",
                remedy="ask with HEAD how much has arrived, and go on from there",
                code="upload_offset",
                offset=known.offset,
                length=known.length,
            )
        self._give_way(sender)
        incoming = _File(self, self._room() / f"{sha256}.{_short(sender)}.{at.length}.part", resumes=True)
        if incoming.offset != at.offset:  # another request got in between
            incoming.close()
            raise _busy()
        return incoming

    def unfinished(self, sha256: str, sender: str) -> Offset | None:
        """Return how much of a photo has arrived from a sender."""
        for path in self._incoming.glob(f"{sha256}.{_short(sender)}.*.part"):
            with _in_house_words(path):
                return Offset(path.stat().st_size, int(path.name.split(".")[2]))
        return None

    def keep(self, sha256: str, suffix: str, data: bytes) -> None:
        """Write a picture beside its place and move it there in one step.

        Raises
        ------
        StoreFull
            When the disk is full; nothing is left then.
        """
        target = self.path(sha256, suffix)
        beside = self._room() / f"{uuid4().hex}.new"
        try:
            with _in_house_words(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                with self._opened(beside, "xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(target)
                sync_folder(target.parent)
                sync_folder(self._folder)
        finally:
            beside.unlink(missing_ok=True)

    def has(self, sha256: str, suffix: str) -> bool:
        """Whether the picture lies here."""
        return self.path(sha256, suffix).is_file()

    def path(self, sha256: str, suffix: str) -> Path:
        """Return where the picture lies."""
        return self._folder / sha256[:2] / f"{sha256}{suffix}"

    def drop(self, sha256: str, suffix: str) -> None:
        """Take a picture back whose row could not be written."""
        self.path(sha256, suffix).unlink(missing_ok=True)

    def sweep(
        self,
        known: Callable[[Collection[str]], Collection[str]],
        *,
        cut_off_before: datetime,
        expired_before: datetime,
    ) -> Swept:
        """Clear away what was left over; call it before the desk opens.

        Pictures without a row are set aside in the folder ``aside`` instead of being deleted: after an older copy of
        the database was put back they may be the only ones.

        Parameters
        ----------
        known
            Tells which of some photos have a row, by hash.
        cut_off_before
            What requests left over is cleared away when it was last written before.
        expired_before
            Photos sent in pieces are removed when their last piece came before.
        """
        cut_off = expired = aside = 0
        for path in self._files(self._incoming):
            is_part = path.suffix == ".part"
            if path.stat().st_mtime < (expired_before if is_part else cut_off_before).timestamp():
                path.unlink(missing_ok=True)
                expired += is_part
                cut_off += not is_part
        for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            files = self._files(folder)
            kept = known([path.stem for path in files])
            for path in files:
                if path.stem not in kept and path.stat().st_mtime < cut_off_before.timestamp():
                    (self._folder / "aside").mkdir(exist_ok=True)
                    path.replace(self._folder / "aside" / path.name)
                    aside += 1
        return Swept(cut_off, expired, aside)

    def open_file(self, path: Path, mode: str) -> IO[bytes]:
        """Open one of the folder's files."""
        return self._opened(path, mode)

    def _room(self) -> Path:
        """Return the folder for what is on its way; refuse when the disk is nearly full."""
        with _in_house_words(self._incoming):
            self._incoming.mkdir(parents=True, exist_ok=True)
            if self._free_bytes(self._incoming) < RESERVE_BYTES:
                raise _full()
        return self._incoming

    def _give_way(self, sender: str) -> None:
        mine = self._files(self._incoming, f"*.{_short(sender)}.*.part")
        mine.sort(key=lambda path: path.stat().st_mtime)
        for path in mine[: max(0, len(mine) - MOST_UNFINISHED + 1)]:
            path.unlink(missing_ok=True)

    @staticmethod
    def _files(folder: Path, pattern: str = "*") -> list[Path]:
        return sorted(path for path in folder.glob(pattern) if path.is_file())


class _File:
    """A photo on its way in, in a file that no other request may touch."""

    def __init__(self, folder: PhotoFolder, path: Path, *, resumes: bool) -> None:
        self._path = path
        self._resumes = resumes
        self._hash = hashlib.sha256()
        with _in_house_words(path):
            self._file = folder.open_file(path, "a+b" if resumes else "x+b")
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._file.close()
                raise _busy() from None
            self._file.seek(0)
            while chunk := self._file.read(1 << 18):
                self._hash.update(chunk)
            self.offset = self._file.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, piece: bytes) -> None:
        with _in_house_words(self._path):
            self._file.write(piece)
            self._file.flush()
        self._hash.update(piece)
        self.offset += len(piece)

    def digest(self) -> str:
        return self._hash.hexdigest()

    def read(self) -> bytes:
        with _in_house_words(self._path):
            self._file.seek(0)
            return self._file.read()

    def drop(self) -> None:
        self._path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go; pieces are brought to disk, for the sender will be told that they arrived."""
        if self._file.closed:
            return
        try:
            if self._resumes and self.offset and self._path.exists():
                with _in_house_words(self._path):
                    os.fsync(self._file.fileno())
            else:
                self._path.unlink(missing_ok=True)
        finally:
            with _in_house_words(self._path):
                self._file.close()


def _short(sender: str) -> str:
    """Return a name for a sender that can stand in a file's name and tells nothing."""
    return hashlib.sha256(sender.encode()).hexdigest()[:16]


@contextmanager
def _in_house_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise _full() from error
        raise StoreError(
            f"{path.parent} cannot be read or written ({error.strerror})", remedy="check the folder and its permissions"
        ) from error


def _full() -> StoreFull:
    return StoreFull("the disk that holds the photos is full", remedy="free some space and send the photo again")


def _busy() -> Conflict:
    return Conflict(
        "this photo is being sent by another request", remedy="wait for it and ask with HEAD", code="upload_busy"
    )
