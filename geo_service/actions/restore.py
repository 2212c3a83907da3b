"""Floor 6: a workspace from a backup: verified first, then made beside its place, and moved there in one step."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from pydantic import ValidationError

from geo_service.actions.backup import (
    CHUNK_BYTES,
    MANIFEST,
    MANIFESTS,
    PHOTO,
    VERSION,
    Manifest,
    PackedFile,
    in_house_words,
)
from geo_service.base.errors import Conflict, FileUnreadable, SchemaTooNew, StoreFull
from geo_service.base.progress import OnProgress, Progress, silent
from geo_service.store.files import sync_folder
from geo_service.store.snapshot import Snapshot, require_whole
from geo_service.store.sqlite import FILE_NAME, SqliteStore

MOST_MANIFEST_BYTES = 64 << 20
RESERVE_BYTES = 50 << 20
"""Left free on the disk."""

ANOTHER = "take another copy of the backup, or an older one"


def restore(file: Path, workspace: Path, *, on_progress: OnProgress = silent) -> Manifest:
    """Make a new workspace from a backup, brought to this program's tables; keys to the desk are made anew.

    Raises
    ------
    Conflict
        The folder holds something already.
    FileUnreadable
        The file is no backup, is cut off or damaged: where and why is told. Nothing is made.
    SchemaTooNew
        A newer version of this program made it.
    StoreFull, StoreError
        The workspace cannot be written. Nothing is made.
    """
    if workspace.is_symlink() or (workspace.exists() and not (workspace.is_dir() and not any(workspace.iterdir()))):
        raise Conflict(
            f"{workspace} holds something already", remedy="restore into a new folder, then change to it by renaming"
        )
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        _require_room(manifest, workspace)
        with in_house_words(workspace), _beside(workspace) as made:
            for done, packed in enumerate(manifest.files):
                on_progress(Progress("verifying and unpacking", done, len(manifest.files)))
                _unpack(archive, packed, made / packed.name, file)
            on_progress(Progress("checking the database", len(manifest.files), len(manifest.files)))
            _check(made / FILE_NAME, manifest, file)
            SqliteStore.open(made).close()
            for folder in {made, *(path.parent for path in made.rglob("*"))}:
                sync_folder(folder)
            made.rename(workspace)
            sync_folder(workspace.parent)
    return manifest


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    """Read what the backup says of itself and hold its list of contents against it."""
    infos = {info.filename: info for info in archive.infolist()}
    if MANIFEST not in infos or infos[MANIFEST].file_size > MOST_MANIFEST_BYTES:
        raise FileUnreadable(
            f"{file.name} is no backup: it has no {MANIFEST}", remedy="name a file of `geo-service backup`"
        )
    try:
        with _readable(file, MANIFEST):
            manifest = MANIFESTS.validate_json(archive.read(MANIFEST))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FileUnreadable(
            f"{MANIFEST} in {file.name} is damaged at {place}: {first['msg']}", remedy=ANOTHER
        ) from error
    if manifest.version > VERSION:
        raise SchemaTooNew(
            f"{file.name} is a backup of version {manifest.version}, this program knows {VERSION}",
            remedy="update geo-service on this machine",
        )
    names = [packed.name for packed in manifest.files]
    wrong = [name for name in names if name != FILE_NAME and not PHOTO.fullmatch(name)]
    if wrong or names.count(FILE_NAME) != 1 or len({*names}) != len(names):
        raise FileUnreadable(f"{MANIFEST} in {file.name} names files that no backup has", remedy=ANOTHER)
    differing = {*names, MANIFEST} ^ infos.keys()
    if differing or len(archive.infolist()) != len(infos):
        told = f": {min(differing)}" if differing else ""
        raise FileUnreadable(f"{file.name} holds other files than it says{told}", remedy=ANOTHER)
    for packed in manifest.files:
        if infos[packed.name].file_size != packed.size_bytes:
            raise _damaged(packed.name, file, "its size differs")
    return manifest


def _require_room(manifest: Manifest, workspace: Path) -> None:
    needed = sum(packed.size_bytes for packed in manifest.files) + RESERVE_BYTES
    folder = next(parent for parent in workspace.absolute().parents if parent.is_dir())
    if shutil.disk_usage(folder).free < needed:
        raise StoreFull(f"the workspace needs {needed >> 20} MB in {folder}", remedy="free some space")


def _unpack(archive: zipfile.ZipFile, packed: PackedFile, target: Path, file: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with _readable(file, packed.name), archive.open(packed.name) as source, target.open("xb") as made:
        while chunk := source.read(CHUNK_BYTES):
            size += len(chunk)
            if size > packed.size_bytes:
                break
            digest.update(chunk)
            made.write(chunk)
        made.flush()
        os.fsync(made.fileno())
    if (size, digest.hexdigest()) != (packed.size_bytes, packed.sha256):
        raise _damaged(packed.name, file, "its SHA-256 differs")


def _check(database: Path, manifest: Manifest, file: Path) -> None:
    try:
        require_whole(database, Snapshot(manifest.schema_version, manifest.revision, manifest.digest))
    except FileUnreadable as error:
        raise _damaged(FILE_NAME, file, error.message) from error


@contextmanager
def _beside(workspace: Path) -> Iterator[Path]:
    """Make a folder beside the workspace's place; unless it is moved there, nothing is left of it."""
    workspace.absolute().parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(prefix=f".{workspace.name}.", suffix=".restoring", dir=workspace.absolute().parent))
    try:
        made.chmod(0o755)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _opened(file: Path) -> zipfile.ZipFile:
    with _readable(file):
        try:
            return zipfile.ZipFile(file)
        except OSError as error:
            raise FileUnreadable(
                f"{file} cannot be read ({error.strerror or error})", remedy="name a file of `geo-service backup`"
            ) from error


@contextmanager
def _readable(file: Path, name: str = "") -> Iterator[None]:
    """Tell where a backup cannot be read."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # the last: encrypted, packed otherwise
        if name:
            raise _damaged(name, file, str(error)) from error
        raise FileUnreadable(f"{file} is no backup, or it is cut off ({error})", remedy=ANOTHER) from error


def _damaged(name: str, file: Path, why: str) -> FileUnreadable:
    return FileUnreadable(f"{name} in {file.name} is damaged: {why}", remedy=ANOTHER)
