"""The folder of photos: whole or not at all, one request at a time, nothing left over."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import pytest

from geo_service.base.errors import Conflict, StoreError, StoreFull
from geo_service.store.photo_folder import MOST_UNFINISHED, RESERVE_BYTES, Offset, PhotoFolder, Swept

ROOM = 10 * RESERVE_BYTES
A, B = "a" * 64, "b" * 64
SENDER = "crew crew-1"


@pytest.fixture
def folder(tmp_path: Path) -> PhotoFolder:
    return PhotoFolder(tmp_path, free_bytes=lambda _: ROOM)


def files(workspace: Path) -> list[str]:
    return sorted(str(path.relative_to(workspace / "photos")) for path in workspace.rglob("*") if path.is_file())


def filling_up(after_bytes: int) -> Callable[[Path, str], IO[bytes]]:
    """Open files on a disk that takes so many bytes in each, and no more."""

    class Full:
        def __init__(self, file: IO[bytes]) -> None:
            self._file = file
            self._left = after_bytes

        def write(self, data: bytes) -> int:
            self._left -= len(data)
            if self._left < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return self._file.write(data)

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

        def __getattr__(self, name: str) -> object:
            return getattr(self._file, name)

    return lambda path, mode: Full(path.open(mode))  # type: ignore[return-value]


def test_a_whole_photo_leaves_nothing_behind(folder: PhotoFolder, tmp_path: Path) -> None:
    incoming = folder.receive()
    for piece in (b"one", b"", b"two"):
        incoming.write(piece)
    assert (incoming.offset, incoming.read(), incoming.digest()) == (
        6,
        b"onetwo",
        hashlib.sha256(b"onetwo").hexdigest(),
    )
    assert len(files(tmp_path)) == 1
    incoming.close()
    incoming.close()
    assert files(tmp_path) == []


def test_a_picture_is_kept_under_its_hash(folder: PhotoFolder, tmp_path: Path) -> None:
    assert not folder.has(A, ".jpg")
    folder.keep(A, ".jpg", b"picture")
    folder.keep(A, ".jpg", b"picture")
    assert folder.has(A, ".jpg")
    assert not folder.has(A, ".png")
    assert files(tmp_path) == [f"aa/{A}.jpg"]
    assert folder.path(A, ".jpg").read_bytes() == b"picture"
    folder.drop(A, ".jpg")
    folder.drop(A, ".jpg")
    assert files(tmp_path) == []


def test_pieces_stay_and_go_on(folder: PhotoFolder) -> None:
    assert folder.unfinished(A, SENDER) is None
    first = folder.resume(A, SENDER, Offset(0, 9))
    first.write(b"four")
    first.close()
    assert folder.unfinished(A, SENDER) == Offset(4, 9)
    assert folder.unfinished(A, "crew crew-2") is None
    assert folder.unfinished(B, SENDER) is None
    second = folder.resume(A, SENDER, Offset(4, 9))
    second.write(b"after")
    assert second.read() == b"fourafter"
    assert second.digest() == hashlib.sha256(b"fourafter").hexdigest()
    second.drop()
    second.close()
    assert folder.unfinished(A, SENDER) is None


@pytest.mark.parametrize("at", [Offset(0, 9), Offset(3, 9), Offset(5, 9), Offset(4, 8)])
def test_another_offset_is_told_the_right_one(folder: PhotoFolder, at: Offset) -> None:
    first = folder.resume(A, SENDER, Offset(0, 9))
    first.write(b"four")
    first.close()
    with pytest.raises(Conflict) as caught:
        folder.resume(A, SENDER, at)
    assert (caught.value.code, caught.value.fields) == ("upload_offset", {"offset": 4, "length": 9})


def test_nothing_begun_begins_at_0(folder: PhotoFolder, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        folder.resume(A, SENDER, Offset(1, 9))
    assert not (tmp_path / "photos").exists()
    folder.resume(A, SENDER, Offset(0, 9)).close()
    assert files(tmp_path) == []


def test_two_requests_never_write_one_photo(folder: PhotoFolder) -> None:
    first = folder.resume(A, SENDER, Offset(0, 9))
    with pytest.raises(Conflict) as caught:
        folder.resume(A, SENDER, Offset(0, 9))
    assert caught.value.code == "upload_busy"
    other = folder.resume(A, "crew crew-2", Offset(0, 9))
    other.close()
    first.close()
    folder.resume(A, SENDER, Offset(0, 9)).close()


def test_the_oldest_half_sent_photo_of_a_sender_gives_way(folder: PhotoFolder, tmp_path: Path) -> None:
    for number in range(MOST_UNFINISHED):
        part = folder.resume(f"{number:064x}", SENDER, Offset(0, 9))
        part.write(b"x")
        part.close()
        (path,) = (tmp_path / "photos" / "incoming").glob(f"{number:064x}.*")
        os.utime(path, (1000 + number, 1000 + number))
    other = folder.resume(A, "crew crew-2", Offset(0, 9))
    other.write(b"x")
    other.close()
    newest = folder.resume(B, SENDER, Offset(0, 9))
    newest.write(b"x")
    newest.close()
    gone = [number for number in range(MOST_UNFINISHED) if folder.unfinished(f"{number:064x}", SENDER) is None]
    assert gone == [0]
    assert folder.unfinished(A, "crew crew-2") == folder.unfinished(B, SENDER) == Offset(1, 9)


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path, opened=filling_up(5), free_bytes=lambda _: ROOM)
    incoming = folder.receive()
    incoming.write(b"five5")
    with pytest.raises(StoreFull):
        incoming.write(b"6")
    incoming.close()
    with pytest.raises(StoreFull):
        folder.keep(A, ".jpg", b"picture")
    assert files(tmp_path) == []
    PhotoFolder(tmp_path, opened=filling_up(7), free_bytes=lambda _: ROOM).keep(A, ".jpg", b"picture")
    assert files(tmp_path) == [f"aa/{A}.jpg"]


def test_photos_leave_room_for_everything_else(tmp_path: Path) -> None:
    free = [RESERVE_BYTES - 1]
    folder = PhotoFolder(tmp_path, free_bytes=lambda _: free[0])
    for begin in (folder.receive, lambda: folder.resume(A, SENDER, Offset(0, 9))):
        with pytest.raises(StoreFull):
            begin()
    free[0] = RESERVE_BYTES
    folder.receive().close()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "photos").write_text("in its place")
    with pytest.raises(StoreError, match="cannot be read or written"):
        PhotoFolder(tmp_path).receive()


def test_the_disk_is_asked_for_its_room(tmp_path: Path) -> None:
    PhotoFolder(tmp_path).receive().close()


def test_a_sweep_clears_what_crashes_left(folder: PhotoFolder, tmp_path: Path) -> None:
    now = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
    incoming = tmp_path / "photos" / "incoming"
    folder.keep(A, ".jpg", b"known")
    folder.keep(B, ".png", b"no row")
    folder.keep("c" * 64, ".png", b"no row yet")
    for name, age_h in (
        ("x.whole", 2),
        ("x.new", 2),
        ("young.whole", 0.5),
        (f"{A}.s.9.part", 30),
        (f"{B}.s.9.part", 80),
    ):
        (incoming / name).write_bytes(b"x")
        os.utime(incoming / name, 2 * ((now - timedelta(hours=age_h)).timestamp(),))
    for path in (folder.path(A, ".jpg"), folder.path(B, ".png")):
        os.utime(path, 2 * ((now - timedelta(hours=2)).timestamp(),))
    os.utime(folder.path("c" * 64, ".png"), 2 * (now.timestamp(),))

    def sweep() -> Swept:
        return folder.sweep(
            lambda hashes: {A} & set(hashes),
            cut_off_before=now - timedelta(hours=1),
            expired_before=now - timedelta(days=3),
        )

    assert sweep() == Swept(cut_off=2, expired=1, set_aside=1)
    assert files(tmp_path) == sorted(
        [f"aa/{A}.jpg", f"aside/{B}.png", f"cc/{'c' * 64}.png", f"incoming/{A}.s.9.part", "incoming/young.whole"]
    )
    assert not folder.has(B, ".png")
    assert sweep() == Swept()


def test_a_sweep_of_nothing(folder: PhotoFolder) -> None:
    now = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
    assert folder.sweep(lambda hashes: (), cut_off_before=now, expired_before=now) == Swept()
