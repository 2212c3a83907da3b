"""The disk is full: writes answer 507, reads 200; with room again the desk goes on by itself, nothing told is lost.

Once the database may not grow beyond a count of pages, one page more each time; once the workspace lies on a disk of
32 MB that is filled up. The second needs the right to mount and is left out where that is missing.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from geo_service.api.app import create_app
from geo_service.api.desk import Desk
from geo_service.api.rate_limit import RateLimiter
from geo_service.api.tokens import mint
from geo_service.base.errors import StoreFull
from geo_service.store.connection import Connect, in_house_words
from geo_service.store.photo_folder import PhotoFolder
from geo_service.store.sqlite import FILE_NAME, SqliteStore
from tests.api.conftest import TLS, Door
from tests.trust.digests import broken
from tests.trust.load import targets
from tests.trust.small_desk import AT, PLAN_ID

NOW = AT + timedelta(hours=4)
PAGE_BYTES = 4096
DISK_BYTES = 32 << 20


@dataclass
class Limit:
    """How many pages the database may have, for all connections; they heed it at their next statement."""

    pages: int = 1 << 30


class LimitedConnection(sqlite3.Connection):
    """A connection to a database that may not grow beyond a limit."""

    limit: Limit
    heeded = 0

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        if self.heeded != self.limit.pages and not self.in_transaction:
            self.heeded = self.limit.pages
            super().execute(f"PRAGMA max_page_count = {self.heeded}")
        return super().execute(sql, values)


def limited(limit: Limit) -> Connect:
    kind = type("Limited", (LimitedConnection,), {"limit": limit})
    return lambda path: sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=kind)


@dataclass
class Phone:
    """A crew's phone and a planner's browser at the same desk.

    Attributes
    ----------
    acknowledged
        Reports that were answered with a receipt.
    """

    store: SqliteStore
    crew: httpx.Client
    planner: httpx.Client
    visit: Any
    acknowledged: list[str] = field(default_factory=list)
    waiting: tuple[str, dict[str, object]] | None = None

    def send(self) -> httpx.Response:
        """Send a report, or the one again that was not taken; a receipt makes the next one due."""
        if self.waiting is None:
            made = {
                "kind": "remark",
                "crew": self.visit.crew,
                "day": self.visit.on.isoformat(),
                "plan_id": PLAN_ID,
                "visit_id": self.visit.visit_id,
                "at": "2026-11-23T08:31:00+01:00",
                "remark": "Zaun offen. " * 80,
            }
            self.waiting = (str(uuid.uuid4()), made)
        report_id, body = self.waiting
        answer = self.crew.put(f"/field-reports/{report_id}", json=body)
        if answer.status_code == 201:
            assert answer.json()["report_id"] == report_id
            self.acknowledged.append(report_id)
            self.waiting = None
        return answer

    def require_reads(self) -> None:
        """Read what people read, and what was acknowledged last."""
        for path in ("/collections/plots/items", f"/days/{self.visit.on}", "/locks", "/field-reports"):
            assert self.planner.get(path).status_code == 200, path
        for report_id in self.acknowledged[-1:]:
            assert self.crew.get(f"/field-reports/{report_id}").json()["status"] == "accepted"

    def require_all_kept(self, path: Path) -> None:
        """Hold what is kept against what was acknowledged, past the store."""
        with closing(sqlite3.connect(path)) as db:
            kept = [row[0] for row in db.execute("SELECT report_id FROM field_report ORDER BY seq")]
        assert kept == self.acknowledged
        assert broken(path) == []


def require_full(answer: httpx.Response) -> None:
    """Check that an answer tells that the disk is full, and what to do."""
    assert answer.status_code == 507, answer.text
    told = answer.json()
    assert (told["code"], told["remedy"]) == ("store_full", "free some space and try again")


@contextmanager
def served(store: SqliteStore, workspace: Path) -> Iterator[Phone]:
    """Serve a workspace on a free port."""
    visit = targets(store)[0]
    with Door().open() as door:
        desk = Desk(store, lambda: NOW, print, door.url, limiter=RateLimiter({}), photos=PhotoFolder(workspace))
        door.app = create_app(desk)
        clients = []
        for role, crew in (("crew", visit.crew), ("planner", "")):
            secret, token = mint(role, role, NOW, timedelta(days=1), crew=crew)
            store.put_token(token)
            headers = {"Authorization": f"Bearer {secret}"}
            clients.append(httpx.Client(base_url=door.url, headers=headers, timeout=20, verify=TLS))
        with clients[0], clients[1]:
            yield Phone(store, clients[0], clients[1], visit)


@pytest.mark.slow
def test_a_database_that_may_not_grow_takes_up_again_at_every_page(copy_desk, how_many):
    workspace, limit = copy_desk("desk"), Limit()
    store = SqliteStore.open(workspace, limited(limit))
    with served(store, workspace) as phone:
        assert phone.send().status_code == 201
        with closing(sqlite3.connect(workspace / FILE_NAME)) as db:
            first = db.execute("PRAGMA page_count").fetchone()[0]
        for page in range(how_many(40, 400)):
            limit.pages = first + page
            for _ in range(50):
                answer = phone.send()
                if answer.status_code != 201:
                    break
            require_full(answer)
            lock = phone.planner.put(f"/visits/{phone.visit.visit_id}/lock", json={"reason": "x" * 300})
            assert lock.status_code in (200, 507), "a small write may still find room in a page"
            phone.require_reads()
        limit.pages = 1 << 30
        refused = phone.waiting[0]
        assert phone.send().status_code == 201
        assert phone.acknowledged[-1] == refused
        phone.require_all_kept(workspace / FILE_NAME)
        assert len(phone.acknowledged) > 20
    store.close()


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """Return a folder on a disk of 32 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount on this machine")
    if done.returncode != 0:
        pytest.skip(f"no disk can be mounted here, root can: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_up(ballast: Path, leave_bytes: int) -> None:
    """Fill the disk until so much room is left."""
    ballast.unlink(missing_ok=True)
    with ballast.open("wb") as file:
        room = shutil.disk_usage(ballast.parent).free - leave_bytes
        while room > 0:
            room -= file.write(bytes(min(room, 1 << 20)))


@pytest.mark.slow
def test_a_full_disk_is_told_and_the_desk_goes_on_when_there_is_room(small_desk, small_disk, how_many):
    workspace, ballast = shutil.copytree(small_desk, small_disk / "desk"), small_disk / "ballast"
    store = SqliteStore.open(workspace)
    picture = b"\xff\xd8\xff" + bytes(1000)
    with served(store, workspace) as phone:
        assert phone.send().status_code == 201
        for page in range(how_many(10, 100)):
            fill_up(ballast, page % 64 * PAGE_BYTES)
            for _ in range(3000):  # the log takes what was checkpointed anew, and grows only after that
                answer = phone.send()
                if answer.status_code != 201:
                    break
            require_full(answer)
            phone.require_reads()
            photo = phone.crew.put(f"/photos/{'a' * 64}", content=picture, headers={"Content-Type": "image/jpeg"})
            assert photo.status_code == 507
            ballast.unlink()
            assert phone.send().status_code == 201
        phone.require_all_kept(workspace / FILE_NAME)
        assert not [path for path in (workspace / "photos").rglob("*") if path.is_file()]
    store.close()


def test_a_desk_opens_and_reads_on_a_full_disk(small_desk, small_disk):
    workspace = shutil.copytree(small_desk, small_disk / "desk")
    fill_up(small_disk / "ballast", 0)
    with pytest.raises(StoreFull):
        SqliteStore.open(workspace).plans()
    (small_disk / "ballast").unlink()
    with closing(SqliteStore.open(workspace)) as store:
        assert store.plan() is not None


@pytest.mark.parametrize(
    "control", [sqlite3.OperationalError("another fault"), sqlite3.OperationalError("disk I/O error")]
)
def test_another_fault_is_not_called_a_full_disk(control, tmp_path):
    def fail() -> None:
        with in_house_words(tmp_path / FILE_NAME):
            raise control

    with pytest.raises(Exception) as caught:
        fail()
    assert not isinstance(caught.value, StoreFull)
