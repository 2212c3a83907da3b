"""A desk whose clock stands still, with planners at browsers of their own, for the tests of the schedule board."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from geo_service.actions.board import Board, open_board
from geo_service.actions.run_planning import run_in
from geo_service.actions.try_move import Verdict, try_move
from geo_service.api.tokens import mint
from geo_service.main import open_desk
from geo_service.schedule.model import Placement
from geo_service.store.sqlite import SqliteStore

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Five in the morning: nothing has begun yet."""


class _Pool(ThreadPoolExecutor):
    """Carries planning runs out in this process, by the desk's clock."""

    def __init__(self, store: SqliteStore) -> None:
        super().__init__(max_workers=1)
        self._store = store

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(run_in, self._store, args[1], clock=lambda: AT)


@dataclass
class BoardDesk:
    """A desk that answers at ``base``; ``expected`` are words of complaints of pages that belong to a test."""

    base: str
    store: SqliteStore
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    _contexts: list[BrowserContext] = field(default_factory=list)

    def board(self) -> Board:
        """Read the board as it is now."""
        return open_board(self.store, clock=lambda: AT)

    def look(
        self, who: str = "Ada", path: str = "/board", *, role: str = "planner", size: tuple[int, int] = (1280, 800),
        **options: Any,
    ) -> Page:  # fmt: skip
        """Open the board in a browser of somebody; without a name nobody is signed in."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="de-DE", reduced_motion="reduce", **options
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda told: self.complaints.append(told.text) if told.type == "error" else None)
        if who:
            secret, link = mint(role, who, AT, timedelta(days=1))
            self.store.put_token(link)
            context.add_cookies([{"name": "desk_session", "value": secret, "url": self.base}])
        page.goto(self.base + path)
        page.wait_for_selector("body[data-ready]", timeout=20_000)
        return page

    def unexpected(self) -> list[str]:
        """Return what pages complained of."""
        return [one for one in self.complaints if not any(word in one for word in self.expected)]

    def close(self) -> None:
        """Close all browsers."""
        for context in self._contexts:
            context.close()


def a_move(
    board: Board, *, ok: bool, other_day: bool = False, beside: Verdict | None = None, position: int | None = None
) -> Verdict:
    """Return what is to be said of a move that is as asked: the first such of a visit near the top of its day.

    ``beside``: only of crew-days that another move does not touch.
    """
    taken = {beside.old, beside.new} if beside else set()
    for place in range(6):
        for route in board.routes:
            for stop in route.stops[place : place + 1]:
                for day in board.problem.crew_days:
                    both = {Placement(route.crew_day.crew, route.crew_day.on), Placement(day.crew, day.on)}
                    if both & taken or (other_day and day.on == route.crew_day.on):
                        continue
                    verdict = try_move(board, stop.visit.visit_id, day.crew, day.on, position)
                    if verdict.ok is ok and verdict.old != verdict.new and verdict.position:
                        return verdict
    raise AssertionError("no such move")


@contextmanager
def board_desk(workspace: Path, browser: Browser) -> Iterator[BoardDesk]:
    """Serve a workspace on a free port; what pages complain of is a failure."""
    store = SqliteStore.open(workspace)
    door = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{door.getsockname()[1]}"
    with door, _Pool(store) as pool:
        app = open_desk(store, pool, workspace, base, clock=lambda: AT)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        desk = BoardDesk(base, store, browser)
        try:
            yield desk
        finally:
            desk.close()
            server.should_exit = True
            thread.join(timeout=20)
    store.close()
