"""A photo is received when its row and its file stand, and never by halves."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from geo_service.actions.keep_photo import UNFINISHED_FOR, keep_photo, received, sweep_photos
from geo_service.base.errors import PictureRefused, StoreFull
from geo_service.store.field import Photo
from geo_service.store.photo_folder import Offset, PhotoFolder
from geo_service.store.sqlite import SqliteStore
from tests.base import picture_files as made

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path):
    store = SqliteStore.create(tmp_path)
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> PhotoFolder:
    return PhotoFolder(tmp_path, free_bytes=lambda _: 10**10)


def send(store: SqliteStore, folder: PhotoFolder, data: bytes, digest: str = "", **changes: object) -> Photo:
    incoming = folder.receive()
    incoming.write(data)
    changes = {"author": "phone of crew 1", "clock": lambda: NOW} | changes
    return keep_photo(store, folder, digest or sha256(data).hexdigest(), incoming, **changes)


def files(workspace: Path) -> list[str]:
    folder = workspace / "photos"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_photo_is_kept_once(store, folder, tmp_path) -> None:
    data = made.plain()
    digest = sha256(data).hexdigest()
    photo = send(store, folder, data, said="image/jpeg")
    assert photo == Photo(digest, digest, "image/jpeg", len(data), 64, 40, NOW, "phone of crew 1")
    assert store.photo(digest) == photo == received(store, folder, digest)
    assert files(tmp_path) == [f"{digest[:2]}/{digest}.jpg"]
    assert folder.path(digest, ".jpg").read_bytes() == data
    revision = store.revision()
    again = send(store, folder, data, author="phone of crew 2", clock=lambda: NOW + timedelta(hours=1))
    assert again == photo
    assert store.revision() == revision
    assert files(tmp_path) == [f"{digest[:2]}/{digest}.jpg"]


def test_notes_do_not_stay_and_the_hash_is_that_of_what_was_sent(store, folder) -> None:
    data = made.plain(exif=made.exif())
    photo = send(store, folder, data)
    kept = folder.path(photo.sha256, ".jpg").read_bytes()
    assert made.SECRET in data
    assert made.SECRET not in kept
    assert (photo.sha256, photo.size_bytes) == (sha256(data).hexdigest(), len(data))
    assert photo.kept_sha256 == sha256(kept).hexdigest() != photo.sha256


@pytest.mark.parametrize("data", [made.plain()[:-30], made.plain() + b"<html>", b"no picture"])
def test_what_is_no_picture_leaves_nothing(store, folder, tmp_path, data: bytes) -> None:
    with pytest.raises(PictureRefused):
        send(store, folder, data)
    assert files(tmp_path) == []
    assert store.photo(sha256(data).hexdigest()) is None


def test_a_wrong_hash_leaves_nothing_even_where_the_photo_is_known(store, folder, tmp_path) -> None:
    photo = send(store, folder, made.plain())
    for digest in (photo.sha256, "0" * 64):
        with pytest.raises(PictureRefused) as caught:
            send(store, folder, made.plain("PNG"), digest)
        assert caught.value.code == "hash_differs"
    assert len(files(tmp_path)) == 1


class FullStore:
    """A store whose disk is full."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def photo(self, digest: str) -> Photo | None:
        return self._store.photo(digest)

    def change(self, **_: object) -> None:
        raise StoreFull("full")


def test_without_its_row_a_photo_does_not_stay(store, folder, tmp_path) -> None:
    with pytest.raises(StoreFull):
        send(FullStore(store), folder, made.plain())
    assert files(tmp_path) == []
    assert send(store, folder, made.plain()).width == 64


class Killed(BaseException):
    """Ends everything at once, as a crash does."""


class CrashingFolder(PhotoFolder):
    """A folder whose process dies after the picture lies there and before its row is written."""

    def keep(self, digest: str, suffix: str, data: bytes) -> None:
        super().keep(digest, suffix, data)
        raise Killed


def test_a_crash_before_the_row_leaves_no_received_photo(store, folder, tmp_path) -> None:
    data = made.plain()
    digest = sha256(data).hexdigest()
    with pytest.raises(Killed):
        send(store, CrashingFolder(tmp_path, free_bytes=lambda _: 10**10), data)
    assert folder.has(digest, ".jpg")
    assert received(store, folder, digest) is None
    later = datetime.now(UTC) + timedelta(hours=2)  # files carry the time of the disk
    assert sweep_photos(store, folder, now=later).set_aside == 1
    assert files(tmp_path) == [f"aside/{digest}.jpg"]
    assert send(store, folder, data) == received(store, folder, digest)
    assert sweep_photos(store, folder, now=later).set_aside == 0


def test_a_row_without_its_file_does_not_count_and_is_healed(store, folder) -> None:
    photo = send(store, folder, made.plain())
    folder.drop(photo.sha256, ".jpg")
    assert received(store, folder, photo.sha256) is None
    assert send(store, folder, made.plain(), author="another") == photo
    assert received(store, folder, photo.sha256) == photo


def test_pieces_wait_for_some_days(store, folder) -> None:
    part = folder.resume("a" * 64, "crew crew-1", Offset(0, 9))
    part.write(b"x")
    part.close()
    now = datetime.now(UTC)
    assert sweep_photos(store, folder, now=now + UNFINISHED_FOR - timedelta(hours=1)).expired == 0
    assert sweep_photos(store, folder, now=now + UNFINISHED_FOR + timedelta(hours=1)).expired == 1
    assert folder.unfinished("a" * 64, "crew crew-1") is None


def test_the_row_is_synced_after_the_file(store, folder, monkeypatch) -> None:
    order: list[str] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("file"), real(handle))[1])

    class Telling(FullStore):
        def change(self, **told: object):
            order.append("row")
            return self._store.change(**told)

    send(Telling(store), folder, made.plain())
    assert order == ["file", "file", "file", "row"]
