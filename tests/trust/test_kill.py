"""kill -9 while eight writers write: what was acknowledged is there, once and whole; the desk is ready at once.

Shown for real processes and the real store. What a power cut does is not shown by killing: `test_power_loss` does that.
"""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from geo_service.store.sqlite import SqliteStore
from tests.trust.digests import broken
from tests.trust.load import KINDS, Account, account, change, database, targets

ROOT = Path(__file__).parents[2]
READY_S = 5.0
KILLED = "-9"
ROUNDS_ON_ONE = 10
"""So many kills meet one database before a fresh one is taken: on disk, then four in memory, and so on.

On disk most kills fall into the wait for a sync; in memory, where a sync takes no time, they fall everywhere else.
"""


@dataclass
class Writers:
    """Writers in processes of their own, and what they acknowledged."""

    process: subprocess.Popen[str]
    pipe: int
    acknowledged: set[str] = field(default_factory=set)

    def round(self, number: int, workspace: Path, acks: int, wait_s: float) -> set[str]:
        """Let them write until so many acknowledgements have come, kill them, and return what they acknowledged."""
        self.process.stdin.write(f"{number} {workspace}\n")
        self.process.stdin.flush()
        group = int(self.process.stdout.readline())
        came = b""
        until = time.monotonic() + 60
        while came.count(b"\n") < acks and time.monotonic() < until:
            came += self._read(1.0)
        time.sleep(wait_s)
        os.killpg(group, signal.SIGKILL)
        ends = self.process.stdout.readline().split()
        assert set(ends) == {KILLED}, f"a writer ended by itself: {ends}"
        while rest := self._read(0):
            came += rest
        return set(came.decode().split())

    def _read(self, wait_s: float) -> bytes:
        """Return what has come; nothing when nothing comes in this time."""
        if not select.select([self.pipe], [], [], wait_s)[0]:
            return b""
        came = os.read(self.pipe, 65536)
        assert came, "the nursery is gone"
        return came


@contextmanager
def writing(how: str = "") -> Iterator[Writers]:
    """Start the nursery of the writers."""
    reading, writing_end = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.trust.load", str(writing_end), *([how] if how else [])],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=[writing_end],
    )
    os.close(writing_end)
    try:
        yield Writers(process, reading)
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()
        os.close(reading)


def ready_s(workspace: Path) -> float:
    """Open the desk as it was left behind, read its plan, write to it, and return how long that took."""
    began = time.perf_counter()
    with closing(SqliteStore.open(workspace)) as store:
        visits = targets(store)
        change(store, f"again {time.monotonic_ns()}", visits[0])
    return time.perf_counter() - began


def faults(kept: Account, acknowledged: set[str], workspace: Path) -> dict[str, object]:
    """Return what is wrong, by name; nothing when all promises hold."""
    found = {
        "lost": kept.lost(acknowledged),
        "half": kept.half,
        "double": kept.double,
        "broken": broken(database(workspace)),
    }
    return {name: what for name, what in found.items() if what}


@pytest.mark.slow
def test_a_kill_loses_nothing_that_was_acknowledged(
    small_desk, tmp_path, quick_folder, how_many, seed, record_property, capsys
):
    rounds, most_acks = how_many(25, 1000), how_many(30, 110)
    chance, desk = random.Random(seed), tmp_path / "desk"
    acknowledged, total, slowest, began = set(), 0, 0.0, time.perf_counter()
    with writing() as writers:
        for number in range(rounds):
            if number % ROUNDS_ON_ONE == 0:
                shutil.rmtree(desk, ignore_errors=True)
                desk = (quick_folder if number // ROUNDS_ON_ONE % 5 else tmp_path) / "desk"
                shutil.copytree(small_desk, desk)
                acknowledged = set()
            acks, wait_s = chance.randint(1, most_acks), chance.uniform(0, 0.01)
            came = writers.round(number, desk, acks, wait_s)
            acknowledged |= came
            total += len(came)
            slowest = max(slowest, ready_s(desk))
            found = faults(account(database(desk)), acknowledged, desk)
            assert not found, f"after kill {number}, --seed={seed}: {found}"
    told = (
        f"{rounds} kills, {total} acknowledged, ready in at most {slowest:.2f} s, {time.perf_counter() - began:.0f} s"
    )
    record_property("figures", told)
    with capsys.disabled():
        print(f"\n  kill -9: {told}, --seed={seed}")
    assert total >= how_many(200, 50_000)
    assert slowest <= READY_S


@pytest.mark.parametrize(("how", "what"), [("early", "lost"), ("two", "half")])
def test_the_account_finds_a_store_that_breaks_its_word(how, what, small_desk, tmp_path, seed):
    chance = random.Random(seed)
    workspace = shutil.copytree(small_desk, tmp_path / "desk")  # on disk: the kill falls between word and deed
    acknowledged: set[str] = set()
    with writing(how) as writers:
        for number in range(40):
            acknowledged |= writers.round(number, workspace, chance.randint(1, 5), chance.uniform(0, 0.001))
            if faults(account(database(workspace)), acknowledged, workspace).get(what):
                return
    pytest.fail(f"40 kills, and nothing {what}: the account is blind")


def test_the_account_finds_what_was_written_twice(small_desk, tmp_path):
    workspace = shutil.copytree(small_desk, tmp_path / "desk")
    with closing(SqliteStore.open(workspace)) as store:
        for kind, write in KINDS.items():
            write(store, f"{kind}0-0-1", targets(store)[0])
        assert account(database(workspace)) == Account({"c0-0-1", "l0-0-1", "r0-0-1"}, {}, {})
        change(store, "c0-0-1", targets(store)[0])
    kept = account(database(workspace))
    assert kept.double == {"c0-0-1": Counter({"revision": 2, "ledger place": 2, "event": 2, "place": 1})}
    assert kept.lost({"c0-0-1"}) == {"c0-0-1"}
