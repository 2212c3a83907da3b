"""Connections on which one chosen SQL statement fails: the fault enters where the store opens its file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo_service.store.connection import Connect


@dataclass
class Fault:
    """The statement that fails, counted over all connections of a store from 1.

    Attributes
    ----------
    nth
        Which statement fails; 0 lets all pass.
    done_first
        The statement takes effect, and the error comes after: an answer that got lost.
    act
        What happens there; by default a disk that cannot be written.
    seen
        The statements so far.
    """

    nth: int = 0
    done_first: bool = False
    act: Callable[[], None] | None = None
    seen: list[str] = field(default_factory=list)

    def meet(self, sql: str, run: Callable[[], Any]) -> Any:
        """Run a statement, or fail."""
        self.seen.append(sql)
        if len(self.seen) != self.nth:
            return run()
        if self.done_first:
            run()
        if self.act is not None:
            self.act()
        raise sqlite3.OperationalError(f"disk I/O error at statement {self.nth}: {sql[:60]}")


class FaultyConnection(sqlite3.Connection):
    """Tells each statement to a `Fault`; ``executemany`` counts each of its rows."""

    fault: Fault

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        return self.fault.meet(sql, lambda: super(FaultyConnection, self).execute(sql, values))

    def executemany(self, sql: str, values: Iterable[Any]) -> Any:
        for each in values:
            self.execute(sql, each)


def connect_with(fault: Fault) -> Connect:
    """Return what opens files for a store whose statements a fault may meet."""
    kind = type("Faulty", (FaultyConnection,), {"fault": fault})

    def connect(path: Path) -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False, factory=kind)

    return connect
