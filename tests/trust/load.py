"""Writers on the small desk, and the account of what is kept: nothing acknowledged lost, nothing double, nothing half.

Run as a program it is a nursery: for each line on its standard input it starts two processes with four writers each
in a process group of their own, tells the group's number, and waits until somebody has killed them.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from geo_service.actions.lock_visits import lock_visit
from geo_service.actions.take_report import take_report
from geo_service.schedule.events import UrgentVisit
from geo_service.store.model import Place, PlaceKind
from geo_service.store.protocol import Store
from geo_service.store.sqlite import FILE_NAME, SqliteStore
from geo_service.work.field_report import FieldReport, FollowUp, PhotoNote, ReportKind
from tests.trust.small_desk import AT, MONDAY, PLAN_ID

PROCESSES = 2
WRITERS = 8
KEY = re.compile(r"\b[clr]\d+-\d+-\d+\b")
"""How a write is known again in every table: its kind, round, writer and number."""

PARTS = {
    "c": Counter({"revision": 1, "ledger place": 1, "place": 1, "event": 1}),
    "l": Counter({"revision": 1}),
    "r": Counter({"ledger report": 1, "report": 1, "photo": 2, "event": 1}),
}
"""What a write of each kind leaves, each as often."""

NOW = AT + timedelta(hours=4)


@dataclass(frozen=True)
class Target:
    """A visit of the plan in force that writers report about."""

    crew: str
    on: date
    visit_id: str


def targets(store: Store) -> list[Target]:
    """Return the visits of the plan in force."""
    plan = store.plan()
    return [
        Target(route.crew_day.crew, route.crew_day.on, stop.visit.visit_id)
        for route in plan.routes
        for stop in route.stops
    ]


def change(store: Store, key: str, at: Target) -> None:
    """Write into several tables in one transaction."""
    with store.change(author="writer", reason=key, at=NOW) as tx:
        tx.put_places([Place(key, PlaceKind.CONTACT_POINT, key, "", 12.3, 51.3)])
        tx.put_event(UrgentVisit("KLZ-0001", "mow_lawn", key, MONDAY), author="writer", at=NOW)


def lock(store: Store, key: str, at: Target) -> None:
    """Lock a visit."""
    lock_visit(store, at.visit_id, reason=key, author="writer", clock=lambda: NOW)


def report(store: Store, key: str, at: Target) -> None:
    """Send a report with two photos and a follow-up, twice as a phone does that did not hear the answer."""
    told = FieldReport(
        report_id=str(uuid.uuid5(uuid.NAMESPACE_OID, key)),
        kind=ReportKind.REMARK,
        crew=at.crew,
        day=at.on,
        plan_id=PLAN_ID,
        at=NOW,
        visit_id=at.visit_id,
        remark=key,
        photos=(PhotoNote("ab" * 32, "after"), PhotoNote("cd" * 32, "before")),
        follow_up=FollowUp("mow_lawn", key),
    )
    for _ in range(2):
        take_report(store, told, sha256="11" * 32, body=b"{}", author="writer", clock=lambda: NOW)


KINDS: dict[str, Callable[[Store, str, Target], None]] = {"c": change, "l": lock, "r": report}


def change_in_two(store: Store, key: str, at: Target) -> None:
    """Commit between the halves: what must be found."""
    with store.change(author="writer", reason=key, at=NOW) as tx:
        tx.put_places([Place(key, PlaceKind.CONTACT_POINT, key, "", 12.3, 51.3)])
    with store.change(author="writer", reason="the other half", at=NOW) as tx:
        tx.put_event(UrgentVisit("KLZ-0001", "mow_lawn", key, MONDAY), author="writer", at=NOW)


def keep_writing(store: Store, number: str, acknowledge: Callable[[str], None], how: str = "") -> None:
    """Write one thing after the other and acknowledge each; ends only by a kill or a fault.

    Parameters
    ----------
    how
        ``"early"`` acknowledges before the commit, ``"two"`` commits twice: the controls.
    """
    visits = targets(store)
    count = 0
    while True:
        count += 1
        kind = "c" if how else "clr"[count % 3]
        key, at = f"{kind}{number}-{count}", visits[count % len(visits)]
        if how == "early":
            with store.change(author="writer", reason=key, at=NOW) as tx:
                tx.put_places([Place(key, PlaceKind.CONTACT_POINT, key, "", 12.3, 51.3)])
                tx.put_event(UrgentVisit("KLZ-0001", "mow_lawn", key, MONDAY), author="writer", at=NOW)
                acknowledge(key)
            continue
        (change_in_two if how == "two" else KINDS[kind])(store, key, at)
        acknowledge(key)


@dataclass(frozen=True)
class Account:
    """What a database keeps of the writers' work.

    Attributes
    ----------
    kept
        Keys of writes that are kept whole, each once.
    half
        Keys of which a part is missing, with what is there.
    double
        Keys of which a part is there too often.
    """

    kept: set[str]
    half: dict[str, Counter[str]]
    double: dict[str, Counter[str]]

    def lost(self, acknowledged: Iterable[str]) -> set[str]:
        """Return what was acknowledged and is not kept."""
        return set(acknowledged) - self.kept


def account(path: Path) -> Account:
    """Count what a database keeps, with SQL past the store."""
    found: dict[str, Counter[str]] = {}
    with closing(sqlite3.connect(path)) as db:
        sql = {
            "revision": "SELECT reason FROM revision",
            "ledger place": "SELECT key FROM change WHERE what = 'place'",
            "place": "SELECT code FROM place",
            "event": "SELECT document FROM event",
            "report": "SELECT json_extract(document, '$.remark') FROM field_report",
            "ledger report": "SELECT json_extract(document, '$.remark') FROM change"
            " JOIN field_report ON key = report_id WHERE what = 'report'",
            "photo": "SELECT json_extract(document, '$.remark') FROM photo_of JOIN field_report USING (report_id)",
        }
        for part, select in sql.items():
            for (text,) in db.execute(select):
                if key := KEY.search(text or ""):  # a database that lost writes may hold rows without a text
                    found.setdefault(key[0], Counter())[part] += 1
    kept = {key for key, parts in found.items() if parts == PARTS[key[0]]}
    double = {key: parts for key, parts in found.items() if parts - PARTS[key[0]]}
    half = {key: parts for key, parts in found.items() if PARTS[key[0]] - parts}
    return Account(kept, half, double)


def _process(workspace: Path, round_: str, first: int, pipe: int, how: str) -> None:
    """Write with some threads of this process until it is killed."""
    os.setpgid(0, 0) if first == 0 else None
    store = SqliteStore.open(workspace)

    def acknowledge(key: str) -> None:
        os.write(pipe, f"{key}\n".encode())  # short, so it arrives whole

    for number in range(first, first + WRITERS // PROCESSES):
        named = (store, f"{round_}-{number}", acknowledge, how)
        threading.Thread(target=keep_writing, args=named, daemon=True).start()
    signal.pause()


def nursery(pipe: int, how: str) -> None:
    """Start writers for each line ``ROUND WORKSPACE``, tell their group, and tell when all of them are gone."""
    for line in sys.stdin:
        number, _, folder = line.strip().partition(" ")
        group, children = 0, []
        for index in range(PROCESSES):
            child = os.fork()
            if child == 0:
                try:
                    _process(Path(folder), number, index * WRITERS // PROCESSES, pipe, how)
                finally:
                    os._exit(3)
            group = group or child
            os.setpgid(child, group)
            children.append(child)
        print(group, flush=True)
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(*ends, flush=True)


def database(workspace: Path) -> Path:
    """Return the database file of a workspace."""
    return workspace / FILE_NAME


if __name__ == "__main__":
    nursery(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
