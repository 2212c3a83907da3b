"""Floor 6: a backup: database and photos of a workspace as of one moment, in one file, made while the desk works.

The file is a ZIP archive: ``desk.sqlite``, ``photos/ab/abcdef....jpg`` and, last, ``manifest.json`` with size and
SHA-256 of each. Keys to the desk are not in it: who finds a backup cannot sign in, and a key that is revoked later
stays revoked.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Final, Literal

import orjson
from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass as checked

from geo_service.base.errors import Conflict, NotReady, StoreError, StoreFull
from geo_service.base.progress import OnProgress, Progress, silent
from geo_service.store.files import is_full, sync_folder
from geo_service.store.photo_folder import FOLDER_NAME
from geo_service.store.snapshot import LEFT_OUT, copy_database
from geo_service.store.sqlite import FILE_NAME

FORMAT: Final = "geo-service backup"
VERSION = 1
MANIFEST = "manifest.json"
CHUNK_BYTES = 1 << 20

PHOTO = re.compile(rf"{FOLDER_NAME}/(?:[0-9a-f]{{2}}|aside)/[0-9a-f]{{64}}\.[a-z]{{3,4}}")
"""Names that photos have in a workspace and in a backup; nothing else is packed, and nothing else unpacked."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_STRICT = ConfigDict(extra="forbid", strict=True)


@checked(frozen=True, config=_STRICT)
class PackedFile:
    """A file of a backup: its name there and in the workspace, its size and hash."""

    name: str
    size_bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256


@checked(frozen=True, config=_STRICT)
class Manifest:
    """What a backup says of itself.

    Attributes
    ----------
    made_at
        Aware, UTC, ISO 8601.
    schema_version, revision, digest
        Of the database, as `geo_service.store.snapshot.Snapshot` has them.
    left_out
        Tables without their rows.
    photos_missing
        Photos that the database knows and the folder did not have.
    """

    format: Literal["geo-service backup"]
    version: int
    made_at: str
    schema_version: int
    revision: int
    digest: Sha256
    left_out: tuple[str, ...]
    photos_missing: tuple[str, ...]
    files: tuple[PackedFile, ...]

    @property
    def photos(self) -> int:
        """Count of photos in it."""
        return len(self.files) - 1


MANIFESTS = TypeAdapter(Manifest)


@dataclass(frozen=True)
class _Target:
    """Where a backup is written before it has its name."""

    file: Path
    part: Path
    database: Path
    handle: IO[bytes]


def back_up(workspace: Path, file: Path, *, at: datetime, on_progress: OnProgress = silent) -> Manifest:
    """Write a backup of a workspace; the file appears whole or not at all.

    Raises
    ------
    NotReady
        There is no workspace.
    Conflict
        There is a file of that name, or another backup to it is being made.
    FileUnreadable
        The database is damaged.
    StoreFull, StoreError
        The file cannot be written; nothing is left of it.
    """
    if not (workspace / FILE_NAME).is_file():
        raise NotReady(f"no workspace in {workspace}", remedy="name the folder of one with --workspace")
    with in_house_words(file), _beside(file) as target:
        seen = copy_database(workspace / FILE_NAME, target.database, on_progress=on_progress)
        photos = sorted(one for one in _photos(workspace) if PHOTO.fullmatch(one.relative_to(workspace).as_posix()))
        with zipfile.ZipFile(target.handle, "w", allowZip64=True) as archive:
            when = at.timetuple()[:6]
            packed = [_pack(archive, target.database, FILE_NAME, when, zipfile.ZIP_DEFLATED)]
            for done, path in enumerate(photos):
                on_progress(Progress("packing photos", done, len(photos)))
                with suppress(FileNotFoundError):  # taken back since, because its row could not be written
                    packed.append(
                        _pack(archive, path, path.relative_to(workspace).as_posix(), when, zipfile.ZIP_STORED)
                    )
            there = {PurePosixPath(one.name).stem for one in packed}
            manifest = Manifest(
                format=FORMAT,
                version=VERSION,
                made_at=at.isoformat(),
                schema_version=seen.schema,
                revision=seen.revision,
                digest=seen.digest,
                left_out=LEFT_OUT,
                photos_missing=tuple(sorted(seen.photos - there)),
                files=tuple(packed),
            )
            archive.writestr(
                zipfile.ZipInfo(MANIFEST, when), orjson.dumps(MANIFESTS.dump_python(manifest, mode="json"))
            )
        _publish(target)
    return manifest


def _photos(workspace: Path) -> Iterator[Path]:
    """Yield the files of photos; the database was copied before, so each row in the copy has its file."""
    yield from (path for path in (workspace / FOLDER_NAME).glob("*/*") if path.is_file() and not path.is_symlink())


def _pack(archive: zipfile.ZipFile, path: Path, name: str, when: tuple[int, ...], how: int) -> PackedFile:
    about = zipfile.ZipInfo(name, (when[0], when[1], when[2], when[3], when[4], when[5]))
    about.compress_type = how
    size, digest = 0, hashlib.sha256()
    with path.open("rb") as source, archive.open(about, "w", force_zip64=path.stat().st_size >= 1 << 31) as packed:
        while chunk := source.read(CHUNK_BYTES):
            size += len(chunk)
            digest.update(chunk)
            packed.write(chunk)
    return PackedFile(name, size, digest.hexdigest())


@contextmanager
def _beside(file: Path) -> Iterator[_Target]:
    """Hold ``FILE.part`` against other backups to the same file; at the end nothing is left beside it."""
    if file.exists() or file.is_symlink():
        raise _taken(file)
    part, database = file.with_name(f"{file.name}.part"), file.with_name(f"{file.name}.part.sqlite")
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "w+b") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"another backup to {file} is being made", remedy="wait for it") from None
        try:
            handle.truncate(0)  # what a backup left that was killed
            database.unlink(missing_ok=True)
            os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            yield _Target(file, part, database, handle)
        finally:
            for path in (part, database, database.with_name(f"{database.name}-journal")):
                path.unlink(missing_ok=True)


def _publish(target: _Target) -> None:
    """Give a finished backup its name; a file that got there meanwhile stays."""
    target.handle.flush()
    os.fsync(target.handle.fileno())
    try:
        os.link(target.part, target.file)
    except FileExistsError:
        raise _taken(target.file) from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        if target.file.exists():  # a disk without hard links, such as a stick
            raise _taken(target.file) from None
        target.part.rename(target.file)
    sync_folder(target.file.parent)


def _taken(file: Path) -> Conflict:
    return Conflict(f"there is already a file {file}", remedy="choose another name; a backup never overwrites")


@contextmanager
def in_house_words(path: Path) -> Iterator[None]:
    """Turn what the file system raises into the errors of this house."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise StoreFull(f"the disk that holds {path.parent} is full", remedy="free some space") from error
        raise StoreError(
            f"{path} cannot be read or written ({error.strerror or error})",
            remedy="check the folder and its permissions",
        ) from error
