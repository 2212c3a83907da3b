"""The power fails while the desk writes to a disk that forgets what was not synced: nothing acknowledged is lost.

`tests.trust.lossy_disk` says what this shows and what it does not.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest

from geo_service.base.errors import GeoServiceError
from geo_service.store.sqlite import FILE_NAME, SqliteStore
from tests.trust.digests import broken
from tests.trust.load import account, keep_writing
from tests.trust.lossy_disk import ApswConnection, Disk, LossyVfs, PowerLost

MOST_OPERATIONS = 240
"""The power fails at one of so many writes, syncs and truncations."""

SYNC = "PRAGMA synchronous = FULL"
"""What the store asks for."""


@pytest.fixture(scope="module")
def vfs() -> Iterator[LossyVfs]:
    """Return the lossy file system, registered with APSW."""
    registered = LossyVfs()
    yield registered
    registered.unregister()


@dataclass
class Outcome:
    """What some rounds did.

    Attributes
    ----------
    unsynced
        Rounds in which the disk had something to forget.
    """

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    half: int = 0
    broken: int = 0
    checkpoints: int = 0
    unsynced: int = 0
    first: list[str] = field(default_factory=list)


def cut(vfs: LossyVfs, small_desk: Path, folder: Path, chance: random.Random, instead: dict[str, str]) -> Outcome:
    """Write until the power fails, leave what the disk kept, and open that with the store as it is."""
    for name in ("live", "left"):
        shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(small_desk, folder / "live")
    (folder / "left").mkdir()
    disk = vfs.disk = Disk(chance, fails_at=chance.randint(1, MOST_OPERATIONS))
    pages = chance.choice((1, 4, 16, 1000))
    acknowledged: list[str] = []

    def connect(path: Path) -> sqlite3.Connection:
        return ApswConnection(path, checkpoint_pages=pages, instead=instead)

    store = None
    with suppress(PowerLost, sqlite3.Error, GeoServiceError):
        store = SqliteStore.open(folder / "live", connect)
        keep_writing(store, "0-0", acknowledged.append)
    assert disk.failed, "the writer ended before the power failed"
    unsynced = any(kept.pending for kept in disk.files.values())
    disk.leave(folder / "left")
    synced = disk.files[str(folder / "live" / FILE_NAME)].surely != bytearray((small_desk / FILE_NAME).read_bytes())
    if store is not None:
        with suppress(PowerLost, apsw.Error):
            store.close()
    outcome = Outcome(1, len(acknowledged), checkpoints=synced, unsynced=unsynced)
    try:
        with closing(SqliteStore.open(folder / "left")) as again:
            again.revision()
        kept = account(folder / "left" / FILE_NAME)
        outcome.broken = bool(broken(folder / "left" / FILE_NAME))
        outcome.lost, outcome.half = len(kept.lost(acknowledged)), len(kept.half) + len(kept.double)
    except (sqlite3.DatabaseError, GeoServiceError):
        outcome.broken, outcome.lost = 1, len(acknowledged)
    return outcome


def rounds_of(vfs, small_desk, folder, *, count: int, seed: int, instead: dict[str, str]) -> Outcome:
    """Let the power fail so often, each time by a seed of its own; stop a control at its first loss."""
    sum_ = Outcome()
    for number in range(count):
        one = cut(vfs, small_desk, folder, random.Random(f"{seed}.{number}"), instead)
        for name in ("rounds", "acknowledged", "lost", "half", "broken", "checkpoints", "unsynced"):
            setattr(sum_, name, getattr(sum_, name) + getattr(one, name))
        if one.lost or one.half or one.broken:
            sum_.first.append(f"{number}: {one}")
            if instead:
                break
    return sum_


@pytest.mark.slow
def test_what_was_acknowledged_outlives_the_power(
    vfs, small_desk, quick_folder, how_many, seed, record_property, capsys
):
    began = time.perf_counter()
    found = rounds_of(vfs, small_desk, quick_folder, count=how_many(300, 10_000), seed=seed, instead={})
    told = (
        f"{found.rounds} cuts, {found.acknowledged} acknowledged, {found.unsynced} with writes to forget,"
        f" {found.checkpoints} after a checkpoint, {time.perf_counter() - began:.0f} s"
    )
    record_property("figures", told)
    with capsys.disabled():
        print(f"\n  power loss: {told}, --seed={seed}")
    assert (found.lost, found.half, found.broken) == (0, 0, 0), f"--seed={seed}: {found.first[:5]}"
    assert found.acknowledged > 3 * found.rounds
    assert found.checkpoints > found.rounds / 10
    assert found.unsynced > found.rounds / 3


@pytest.mark.parametrize("asked", ["OFF", "NORMAL"])
def test_a_setting_that_does_not_wait_for_the_disk_loses(asked, vfs, small_desk, quick_folder, seed):
    weaker = {SYNC: f"PRAGMA synchronous = {asked}"}
    found = rounds_of(vfs, small_desk, quick_folder, count=300, seed=seed, instead=weaker)
    assert found.lost > 0, f"the disk is blind: {found}"


def test_the_store_asks_for_what_is_shown_here(small_desk, tmp_path):
    with closing(SqliteStore.open(shutil.copytree(small_desk, tmp_path / "desk"))) as store:
        settings = {"synchronous": 2, "journal_mode": "wal"}
        for name, wanted in settings.items():
            assert store._connections.get().execute(f"PRAGMA {name}").fetchone()[0] == wanted
