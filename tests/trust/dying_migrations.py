"""Run as a program: migrate copies of a workspace in processes that kill themselves at each SQL statement in turn.

``python -m tests.trust.dying_migrations BEGUN FOLDER HOW`` leaves in ``FOLDER/NUMBER`` what the process killed at that
statement left, and prints how many statements there were. HOW is ``house``, or ``careless`` for the control: a
migration that makes no transaction. It dies before the statement takes effect: what dying after it leaves is what dying
before the next one does.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from itertools import count
from pathlib import Path

from geo_service.store.schema import MIGRATIONS
from geo_service.store.sqlite import FILE_NAME, SqliteStore
from tests.trust.faulty import Fault, connect_with


def die() -> None:
    """End as by ``kill -9``."""
    os.kill(os.getpid(), signal.SIGKILL)


def careless(connection: sqlite3.Connection) -> None:
    """Migrate statement by statement, each committed at once, and tell the version at the end."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def migrate_and_die(folder: Path, nth: int, how: str) -> bool:
    """Migrate in a process of its own that dies at a statement; return whether it did."""
    child = os.fork()
    if child == 0:
        try:
            connect = connect_with(Fault(nth=nth, act=die))
            if how == "careless":
                careless(connect(folder / FILE_NAME))
            else:
                SqliteStore.open(folder, connect).close()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


if __name__ == "__main__":
    begun, into, how_ = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    for number in count(1):
        if not migrate_and_die(shutil.copytree(begun, into / str(number)), number, how_):
            print(number - 1)
            break
