"""The real desk with the sample and a plan, served on this machine, and a headless Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from geo_service.actions.make_workspace import make_workspace
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.actions.sample import load_sample
from geo_service.api.tokens import mint
from geo_service.base.clock import Clock
from geo_service.base.progress import after_iterations
from geo_service.main import now, open_desk, sample_folder
from geo_service.store.sqlite import SqliteStore
from geo_service.web.build_hook import in_place

FIRST = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


@dataclass
class Sight:
    """A page with what went on while it was looked at."""

    page: Page
    base: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message) -> None:
        if message.type in {"error", "warning"} and "GL Driver Message" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        """Go to a page of the desk and, when it is the map, wait until it is drawn."""
        self.page.goto(self.base + path)
        if path.startswith("/map"):
            self.page.wait_for_selector("body[data-ready]", timeout=60_000)
        return self.page

    @property
    def foreign(self) -> list[str]:
        """Requests that left the origin."""
        ours = urlsplit(self.base).netloc
        return [one for one in self.requests if urlsplit(one).scheme != "data" and urlsplit(one).netloc != ours]


@dataclass(frozen=True)
class Served:
    """A desk that answers at ``base``; ``sign_in()`` makes a one-time link."""

    base: str
    store: SqliteStore

    def sign_in(self) -> str:
        secret, link = mint("planner", "Browser", datetime.now(UTC), timedelta(minutes=5), once=True)
        self.store.put_token(link)
        return f"{self.base}/sign-in?token={secret}"


@contextmanager
def served(workspace: Path, clock: Clock = now) -> Iterator[Served]:
    """Serve a workspace on a free port."""
    store = SqliteStore.open(workspace)
    listening = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with listening, ThreadPoolExecutor(max_workers=1) as pool:
        app = open_desk(store, pool, workspace, base, clock=clock)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Served(base, store)
        finally:
            server.should_exit = True
            thread.join(timeout=20)
    store.close()


@pytest.fixture(scope="session")
def workspace(tmp_path_factory) -> Path:
    """Make a workspace with the sample and a plan of two days; tests only read it, or copy it."""
    folder = tmp_path_factory.mktemp("desk") / "workspace"
    store = make_workspace(folder, defaults=sample_folder(), author="tester", at=AT)
    load_sample(store, sample_folder(), at=AT)
    request = PlanRequest(FIRST, days=2, seed=1)
    plan_period(store, request, plan_id="plan-1", author="tester", clock=lambda: AT, stop=after_iterations(20))
    store.close()
    return folder


@pytest.fixture(scope="session")
def desk(workspace) -> Iterator[Served]:
    """Serve that workspace."""
    with served(workspace) as here:
        yield here


@pytest.fixture
def desk_of_my_own(workspace, tmp_path) -> Iterator[Served]:
    """Serve a copy that a test may change."""
    with served(shutil.copytree(workspace, tmp_path / "workspace")) as here:
        yield here


def chromium_here() -> str:
    """Return the path of Chromium; without it the test says what to install and is left out."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium for the browser tests: on Debian `apt-get install chromium`")
    return chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium; without it, or without MapLibre beside the pages, the tests say what to install.

    It ends with the module: Playwright keeps an event loop running, in which other tests could not start theirs.
    """
    chromium = chromium_here()
    web = Path(__file__).parents[2] / "geo_service" / "web"
    assert in_place(web, web / "static" / "vendor"), "MapLibre or Terra Draw is missing or old: `pip install -e .`"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def signed_in(browser, desk) -> dict:
    """Return the cookies of a planner."""
    context = browser.new_context()
    context.new_page().goto(desk.sign_in())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def look(browser, desk, signed_in) -> Iterator[Callable[..., Sight]]:
    """Open a window on the desk, ``look(width, height, anonymous=False, **options)``; nothing moves by itself there."""
    contexts: list[BrowserContext] = []

    def window(width: int = 1024, height: int = 640, *, anonymous: bool = False, **options) -> Sight:
        state = {} if anonymous else {"storage_state": signed_in}
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, locale="de-DE", reduced_motion="reduce", **state, **options)
        contexts.append(context)
        return Sight(context.new_page(), desk.base)

    yield window
    for context in contexts:
        context.close()
