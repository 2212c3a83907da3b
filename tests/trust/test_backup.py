"""A backup made while writers write holds one moment; restored it equals that moment; a damaged one is refused."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from geo_service.actions.backup import MANIFEST, back_up
from geo_service.actions.restore import restore
from geo_service.api.tokens import mint
from geo_service.base.errors import Conflict, FileUnreadable, GeoServiceError, NotReady, SchemaTooNew, StoreError
from geo_service.base.progress import Progress
from geo_service.store.connection import connect
from geo_service.store.snapshot import Snapshot, copy_database, look
from geo_service.store.sqlite import FILE_NAME, SqliteStore
from tests.trust.digests import broken, differing, digest
from tests.trust.load import KEY, account, change, keep_writing, targets
from tests.trust.small_desk import AT

ROOT = Path(__file__).parents[2]
LATER = AT + timedelta(hours=1)
WITHOUT = ("token",)
PICTURES = {f"{number:064x}": bytes([number]) * (1000 + number) for number in (1, 2, 200)}


class Stop(Exception):
    """The writers may end."""


def with_photos(workspace: Path) -> Path:
    """Add some photos, one half sent and one set aside."""
    for name, content in PICTURES.items():
        path = workspace / "photos" / name[:2] / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for name in ("incoming/half.part", f"aside/{'e' * 64}.png"):
        path = workspace / "photos" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"another")
    return workspace


@pytest.fixture
def desk(copy_desk) -> Path:
    """Return a workspace with photos and a key."""
    workspace = with_photos(copy_desk("desk"))
    with closing(SqliteStore.open(workspace)) as store:
        store.put_token(mint("planner", "Ada", AT, timedelta(days=1))[1])
    return workspace


@pytest.fixture
def packed(desk, tmp_path) -> Path:
    """Return a backup of the workspace."""
    back_up(desk, tmp_path / "desk.zip", at=LATER)
    return tmp_path / "desk.zip"


def photos_of(workspace: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (workspace / "photos").glob("*/*")}


def keys_until(path: Path, revision: int) -> set[str]:
    """Return the writes that the ledger had at a revision."""
    with closing(sqlite3.connect(path)) as db:
        told = [row[0] for row in db.execute("SELECT reason FROM revision WHERE revision <= ?", (revision,))]
        sql = "SELECT json_extract(document, '$.remark') FROM change JOIN field_report ON key = report_id"
        told += [row[0] for row in db.execute(f"{sql} WHERE what = 'report' AND revision <= ?", (revision,))]
    return {found[0] for text in told if (found := KEY.search(text))}


@pytest.mark.slow
def test_a_backup_during_writes_holds_one_moment(copy_desk, tmp_path, how_many, seed):
    desk = with_photos(copy_desk("desk"))
    chance, stop, acknowledged = random.Random(seed), threading.Event(), []
    store = SqliteStore.open(desk)

    def acknowledge(key: str) -> None:
        acknowledged.append(key)
        if stop.is_set():
            raise Stop

    def write(number: int) -> None:
        with suppress(Stop):
            keep_writing(store, f"0-{number}", acknowledge)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    moments = []
    try:
        for number in range(how_many(3, 50)):
            wanted = len(acknowledged) + chance.randint(1, 40)
            while len(acknowledged) < wanted:
                threading.Event().wait(0.005)
            before = set(acknowledged)
            made = back_up(desk, tmp_path / f"{number}.zip", at=LATER)
            moments.append((made, before))
    finally:
        stop.set()
        for writer in writers:
            writer.join(30)
        store.close()
    for number, (made, before) in enumerate(moments):
        again = tmp_path / "restored" / str(number)
        restore(tmp_path / f"{number}.zip", again)
        kept = account(again / FILE_NAME)
        assert broken(again / FILE_NAME) == []
        assert (kept.half, kept.double) == ({}, {})
        assert kept.lost(before) == set(), f"acknowledged before the backup began, --seed={seed}"
        assert kept.kept == keys_until(desk / FILE_NAME, made.revision)
        with closing(connect(again / FILE_NAME)) as db:
            assert look(db, again) == Snapshot(made.schema_version, made.revision, made.digest)
        assert photos_of(again).keys() == {f"{name}.jpg" for name in PICTURES} | {f"{'e' * 64}.png"}
        shutil.rmtree(again)
    assert len(acknowledged) > len(moments[-1][1]), "nobody wrote after the last backup began"


def test_a_copy_is_of_one_moment_whatever_is_written_meanwhile(copy_desk, tmp_path):
    desk = copy_desk("desk")
    with closing(SqliteStore.open(desk)) as store:
        visits, number = targets(store), iter(range(1000))

        def write(progress: object) -> None:
            change(store, f"c0-0-{next(number)}", visits[0])

        before = digest(desk / FILE_NAME, WITHOUT)
        copy_database(desk / FILE_NAME, tmp_path / "copy.sqlite", on_progress=write)
        assert next(number) > 0, "nothing was written meanwhile"
    assert not differing(before, digest(tmp_path / "copy.sqlite", WITHOUT))
    assert differing(before, digest(desk / FILE_NAME, WITHOUT)), "the live database went on"


def test_it_comes_back_as_it_was_without_the_keys(desk, packed, tmp_path):
    made = restore(packed, tmp_path / "again")
    assert not differing(digest(desk / FILE_NAME, WITHOUT), digest(tmp_path / "again" / FILE_NAME, WITHOUT))
    assert {name: content for name, content in photos_of(desk).items() if name != "half.part"} == photos_of(
        tmp_path / "again"
    )
    assert (made.photos, made.photos_missing) == (4, ())
    with closing(SqliteStore.open(tmp_path / "again")) as store:
        assert store.tokens() == []
        assert store.plan() is not None
    with closing(SqliteStore.open(desk)) as store:
        key = store.tokens()[0].sha256.encode()
    with zipfile.ZipFile(packed) as archive:
        assert key not in archive.read(FILE_NAME), "the key's hash lies in the file still"
    assert key in (desk / FILE_NAME).read_bytes() + wal(desk), "the control: it would have been seen"
    assert packed.stat().st_mode & 0o077 == 0, "others can read it"


def wal(workspace: Path) -> bytes:
    path = workspace / f"{FILE_NAME}-wal"
    return path.read_bytes() if path.exists() else b""


def test_photos_that_are_missing_are_told(desk, tmp_path):
    with closing(sqlite3.connect(desk / FILE_NAME)) as db, db:
        row = ("f" * 64, "f" * 64, "image/jpeg", 1, 1, 1, AT.isoformat(), "tester")
        db.execute("INSERT INTO photo VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    made = back_up(desk, tmp_path / "desk.zip", at=LATER)
    assert made.photos_missing == ("f" * 64,)
    assert restore(tmp_path / "desk.zip", tmp_path / "again").photos_missing == ("f" * 64,)


def test_a_photo_that_is_taken_back_meanwhile_is_left_out(desk, tmp_path):
    def take_back(progress: Progress) -> None:
        if progress.stage == "packing photos":
            (desk / PHOTO).unlink(missing_ok=True)

    made = back_up(desk, tmp_path / "desk.zip", at=LATER, on_progress=take_back)
    assert made.photos == len(PICTURES)
    assert f"{1:064x}.jpg" not in photos_of(restored(tmp_path / "desk.zip", tmp_path / "again"))


def test_nothing_is_overwritten(desk, packed, tmp_path):
    before = packed.read_bytes()
    with pytest.raises(Conflict, match="already a file") as caught:
        back_up(desk, packed, at=LATER)
    assert "never overwrites" in caught.value.remedy
    assert packed.read_bytes() == before
    kept = digest(desk / FILE_NAME)
    with pytest.raises(Conflict, match="holds something already"):
        restore(packed, desk)
    assert digest(desk / FILE_NAME) == kept
    with pytest.raises(Conflict, match="holds something already"):
        restore(packed, packed)
    (tmp_path / "empty").mkdir()
    restore(packed, tmp_path / "empty")


def test_a_file_that_gets_there_meanwhile_stays(desk, tmp_path):
    target = tmp_path / "desk.zip"
    with pytest.raises(Conflict, match="already a file"):
        back_up(desk, target, at=LATER, on_progress=lambda progress: target.write_bytes(b"mine"))
    assert target.read_bytes() == b"mine"
    assert left(tmp_path) == {"desk", "desk.zip"}


def test_two_backups_to_one_file_do_not_mix(desk, tmp_path):
    met = []

    def another(progress: object) -> None:
        with pytest.raises(Conflict, match="another backup"):
            back_up(desk, tmp_path / "desk.zip", at=LATER)
        met.append(True)

    back_up(desk, tmp_path / "desk.zip", at=LATER, on_progress=another)
    assert met
    restore(tmp_path / "desk.zip", tmp_path / "again")


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_without_a_workspace_it_says_so(tmp_path):
    with pytest.raises(NotReady, match="no workspace"):
        back_up(tmp_path, tmp_path / "desk.zip", at=LATER)
    assert left(tmp_path) == set()


def test_a_damaged_workspace_is_told_when_it_is_backed_up(desk, tmp_path):
    with (desk / FILE_NAME).open("r+b") as file:
        file.seek(4096 * 3)
        file.write(bytes(4096 * 20))
    with pytest.raises(FileUnreadable, match="damaged"):
        back_up(desk, tmp_path / "desk.zip", at=LATER)
    assert left(tmp_path) == {"desk"}


def rewritten(packed: Path, target: Path, edit: Callable[[str, bytes], bytes | None]) -> Path:
    """Write a backup anew with other contents; its own check sums are right."""
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content = edit(info.filename, old.read(info))
            if content is not None:
                new.writestr(info.filename, content)
    return target


def manifest_with(**told: object) -> Callable[[str, bytes], bytes]:
    return lambda name, content: json.dumps({**json.loads(content), **told}).encode() if name == MANIFEST else content


def fitting(packed: Path, target: Path) -> Path:
    """Change a row, and the manifest's hash of the file with it: only the digest of the rows can tell."""
    with zipfile.ZipFile(packed) as old:
        database = old.read(FILE_NAME).replace(b"loaded the schematic sample", b"loaded the schematic SAMPLE")
        manifest = json.loads(old.read(MANIFEST))
    for file in manifest["files"]:
        if file["name"] == FILE_NAME:
            file["sha256"] = hashlib.sha256(database).hexdigest()
    edits = {FILE_NAME: database, MANIFEST: json.dumps(manifest).encode()}
    return rewritten(packed, target, edits.get)


PHOTO = f"photos/00/{1:064x}.jpg"
DAMAGES: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "cut off": (lambda packed, to: to.write_bytes(packed.read_bytes()[:-200]), "no backup, or it is cut off"),
    "empty": (lambda packed, to: to.write_bytes(b""), "no backup, or it is cut off"),
    "no zip": (lambda packed, to: to.write_bytes(b"%PDF-1.7 " * 100), "no backup, or it is cut off"),
    "another zip": (lambda packed, to: rewritten(packed, to, drop(MANIFEST)), "has no manifest.json"),
    "a photo is missing": (lambda packed, to: rewritten(packed, to, drop(PHOTO)), f"other files than it says: {PHOTO}"),
    "a photo is another": (
        lambda packed, to: rewritten(packed, to, lambda name, was: b"x" * len(was) if name == PHOTO else was),
        f"{PHOTO} in .* is damaged: its SHA-256 differs",
    ),
    "a photo is longer": (
        lambda packed, to: rewritten(packed, to, lambda name, was: was + b"x" if name == PHOTO else was),
        f"{PHOTO} in .* is damaged: its size differs",
    ),
    "the manifest is no JSON": (
        lambda packed, to: rewritten(packed, to, lambda name, was: b"{" if name == MANIFEST else was),
        "manifest.json in .* is damaged",
    ),
    "a hash is no hash": (
        lambda packed, to: rewritten(packed, to, manifest_with(digest="no")),
        "manifest.json in .* is damaged at digest",
    ),
    "a name leads out": (
        lambda packed, to: rewritten(packed, to, manifest_with(files=[entry("../../out"), entry(FILE_NAME)])),
        "names files that no backup has",
    ),
    "a file twice": (
        lambda packed, to: rewritten(packed, to, manifest_with(files=[entry(FILE_NAME), entry(FILE_NAME)])),
        "names files that no backup has",
    ),
    "rows are others": (fitting, "desk.sqlite in .* is damaged: .*does not hold what was copied"),
}


def drop(gone: str) -> Callable[[str, bytes], bytes | None]:
    return lambda name, was: None if name == gone else was


def entry(name: str) -> dict[str, object]:
    return {"name": name, "size_bytes": 1, "sha256": "0" * 64}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_backup_is_refused_with_place_reason_and_remedy(how, desk, packed, tmp_path):
    damage, told = DAMAGES[how]
    damage(packed, tmp_path / "damaged.zip")
    with pytest.raises(FileUnreadable, match=told) as caught:
        restore(tmp_path / "damaged.zip", tmp_path / "again")
    assert caught.value.remedy
    assert "damaged.zip" in caught.value.message
    assert left(tmp_path) == {"desk", "desk.zip", "damaged.zip"}


def test_bytes_that_flip_anywhere_change_nothing_or_are_refused(packed, tmp_path, how_many, seed):
    chance, content, refused = random.Random(seed), packed.read_bytes(), 0
    whole = digest(restored(packed, tmp_path / "whole") / FILE_NAME)
    for number in range(how_many(40, 1000)):
        at = chance.randrange(len(content))
        (tmp_path / "flipped.zip").write_bytes(
            content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
        )
        try:
            restored(tmp_path / "flipped.zip", tmp_path / "again")
        except GeoServiceError:
            refused += 1
            assert not (tmp_path / "again").exists()
            continue
        assert digest(tmp_path / "again" / FILE_NAME) == whole, f"byte {at}, round {number}, --seed={seed}"
        assert photos_of(tmp_path / "again") == photos_of(tmp_path / "whole"), f"byte {at}, --seed={seed}"
        shutil.rmtree(tmp_path / "again")
    assert refused > 0


def restored(file: Path, workspace: Path) -> Path:
    restore(file, workspace)
    return workspace


def test_a_backup_of_a_newer_program_says_so(packed, tmp_path):
    rewritten(packed, tmp_path / "newer.zip", manifest_with(version=2))
    with pytest.raises(SchemaTooNew, match="of version 2"):
        restore(tmp_path / "newer.zip", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(FileUnreadable, match="No such file"):
        restore(tmp_path / "none.zip", tmp_path / "again")


def test_an_older_schema_is_backed_up_as_it_is_and_brought_up_when_it_is_restored(tmp_path):
    from geo_service.store.schema import MIGRATIONS

    (tmp_path / "old").mkdir()
    with closing(sqlite3.connect(tmp_path / "old" / FILE_NAME)) as db, db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO place VALUES ('tip-1', 'tip', 'Wertstoffhof', '', 12.3, 51.3)")
    made = back_up(tmp_path / "old", tmp_path / "old.zip", at=LATER)
    assert made.schema_version == 1
    restore(tmp_path / "old.zip", tmp_path / "new")
    with closing(SqliteStore.open(tmp_path / "new")) as store:
        assert [place.code for place in store.places()] == ["tip-1"]


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_killed_in_the_middle_it_leaves_nothing_that_counts(command, desk, packed, tmp_path):
    wanted = tmp_path / ("other.zip" if command == "backup" else "again")
    call = (
        f"back_up(Path({str(desk)!r}), Path({str(wanted)!r}), at=datetime.now(UTC), on_progress=die)"
        if command == "backup"
        else f"restore(Path({str(packed)!r}), Path({str(wanted)!r}), on_progress=die)"
    )
    script = (
        "import os, signal\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from geo_service.actions.backup import back_up\nfrom geo_service.actions.restore import restore\n"
        "def die(progress):\n"
        "    if progress.done == 1 and 'pack' in progress.stage: os.kill(os.getpid(), signal.SIGKILL)\n" + call
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert not wanted.exists()
    if command == "backup":
        back_up(desk, wanted, at=LATER)
        assert {name for name in left(tmp_path) if name.startswith("other")} == {"other.zip"}
    else:
        restore(packed, wanted)


def test_a_full_disk_leaves_nothing(desk, tmp_path, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="is full"):
        back_up(desk, tmp_path / "desk.zip", at=LATER)
    assert left(tmp_path) == {"desk"}
