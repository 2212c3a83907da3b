"""Floor 8: puts everything together. Alone reads the environment, the clock and the process."""

from __future__ import annotations

import getpass
import logging
import os
import signal
import socket
import sys
import uuid
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from logging.handlers import RotatingFileHandler
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, cast

from rich.console import Console

from geo_service import cli
from geo_service.base.clock import BERLIN, Clock
from geo_service.base.errors import InputError
from geo_service.base.lasting_pool import LastingPool

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

    from geo_service.api.oidc import OidcSettings
    from geo_service.store.model import Run
    from geo_service.store.sqlite import SqliteStore
    from geo_service.web import inbox
    from geo_service.web import pages as web
    from geo_service.web.page_desk import Who


def now() -> datetime:
    """Read the clock, UTC."""
    return datetime.now(UTC)


def sample_folder() -> Path:
    """Return the folder of the schematic sample: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).parent
    beside = package.parent / "data" / "leipzig_west"
    return beside if beside.is_dir() else package / "sample" / "leipzig_west"


def open_desk(
    store: SqliteStore,
    pool: Executor,
    workspace: Path,
    base_url: str,
    oidc: OidcSettings | None = None,
    clock: Clock = now,
) -> FastAPI:
    """Return the application: the API and the pages on one store; planning runs go to ``pool``."""
    from geo_service.actions.keep_photo import sweep_photos
    from geo_service.actions.run_planning import hand_on
    from geo_service.api import desk as api
    from geo_service.api.app import create_app
    from geo_service.api.identity import identify
    from geo_service.api.oidc import SignInService
    from geo_service.outputs.basemap import FILE_NAME as BASEMAP
    from geo_service.outputs.day_in_force import day_in_force
    from geo_service.outputs.first_picture import FirstPicture
    from geo_service.outputs.plot_record import plot_record
    from geo_service.store.photo_folder import PhotoFolder
    from geo_service.web import inbox
    from geo_service.web import pages as web
    from geo_service.web.neighbourhood_pages import neighbourhood_pages
    from geo_service.web.page_desk import PageDesk, Who

    def submit(run: Run) -> None:
        hand_on(store, pool, workspace, run.run_id)

    def viewer_of(request: Request) -> web.Viewer:
        who = identify(request)
        return web.Viewer(cast(web.Role, who.role) if who.signed_in else "", who.crew)

    def who_of(request: Request) -> Who:
        who = identify(request)
        return Who(who.role, who.label) if who.signed_in else Who()

    def own_text(name: str) -> str:
        path = workspace / f"{name}.txt"
        return path.read_text(encoding="utf-8", errors="replace")[:20_000] if path.is_file() else ""

    def days() -> tuple[date, ...]:
        plan = store.plan()
        return plan.days if plan else ()

    first = FirstPicture(store)
    photos = PhotoFolder(workspace)
    sweep_photos(store, photos, now=clock())
    app = create_app(
        api.Desk(
            store,
            clock=clock,
            submit_run=submit,
            base_url=base_url,
            photos=photos,
            sign_in_service=SignInService(oidc) if oidc else None,
            basemap=workspace / BASEMAP,
        )
    )
    app.include_router(
        web.pages_router(
            web.Desk(
                day_of=lambda on, lang: day_in_force(store, on, lang=lang),
                days=days,
                today=lambda: clock().astimezone(BERLIN).date(),
                is_sample=store.is_sample,
                landscape=store.landscape,
                plan_epsg=store.plan_crs,
                first_picture=lambda signed_in: first.json(public_only=not signed_in),
                plot_record=lambda code: plot_record(store, code),
            ),
            viewer_of,
        )
    )
    app.include_router(inbox.inbox_router(_inbox_desk(store, who_of)))
    app.include_router(neighbourhood_pages(PageDesk(store, clock, who_of, photos, base_url, own_text)))
    app.mount("/static", web.static_files())
    return app


def _inbox_desk(store: SqliteStore, who_of: Callable[[Request], Who]) -> inbox.InboxDesk:
    from geo_service.actions.accept_proposal import accept_proposal
    from geo_service.actions.answer_alert import answer_alert
    from geo_service.actions.resolve_conflict import resolve_conflict
    from geo_service.actions.withdraw_event import withdraw_event
    from geo_service.outputs.field_account import field_actuals
    from geo_service.outputs.inbox import inbox as inbox_of
    from geo_service.web import inbox

    return inbox.InboxDesk(
        box=lambda: inbox_of(store, now().astimezone(BERLIN).date()),
        is_sample=store.is_sample,
        who_of=who_of,
        answer=lambda number, answer, author: answer_alert(store, number, answer, author=author, clock=now),
        settle=lambda number, choice, reason, author: resolve_conflict(
            store, number, choice, reason=reason, author=author, clock=now
        ),
        withdraw=lambda number, author: withdraw_event(store, number, author=author, clock=now),
        accept=lambda work, reason, author: accept_proposal(
            store, work, field_actuals(store).rows, reason=reason, author=author, clock=now
        ),
    )


def _listen(host: str, port: int) -> socket.socket:
    # the protocol is named so that asyncio switches TCP_NODELAY on: without it small answers wait 40 ms
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise InputError(
            f"cannot listen on {host}:{port} ({error.strerror})",
            remedy="choose another port with --port, or an address of this machine with --host",
        ) from error
    return listening


def serve(workspace: Path, host: str, port: int, base_url: str = "") -> None:
    """Serve a workspace until interrupted, and print a sign-in link that works once.

    Parameters
    ----------
    base_url
        Where clients reach the desk; by default the host and port it listens on. Links begin with it.

    Raises
    ------
    InputError
        When the port is taken or the host is not this machine's.
    """
    import uvicorn

    from geo_service.actions.run_planning import cancel_runs, close_stale_runs
    from geo_service.api.audit import LOGGER as AUDIT
    from geo_service.api.oidc import settings_from
    from geo_service.api.tokens import mint
    from geo_service.store.sqlite import SqliteStore

    oidc = settings_from(os.environ)
    said = Console(stderr=True)
    listening = _listen(host, port)
    base_url = base_url.rstrip("/") or f"http://{_host_name(host)}:{listening.getsockname()[1]}"
    if host not in ("127.0.0.1", "::1", "localhost"):
        said.print(
            f"warning: {host} can be reached from other machines, and without TLS in front of it tokens travel open",
            markup=False,
            highlight=False,
        )
    store = SqliteStore.open(workspace)
    close_stale_runs(store)
    secret, link = mint("admin", getpass.getuser(), now(), timedelta(hours=1), once=True)
    store.put_token(link)
    audit_log = _audit_log(workspace)
    pool = LastingPool(lambda: ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")))
    for text in (
        f"map, lists and API: {base_url}/map · {base_url}/docs",
        f"sign in once within an hour: {base_url}/sign-in?token={secret}",
        *([f"sign in with {oidc.issuer}: {base_url}/sign-in"] if oidc else ()),
        "stop with Ctrl-C",
    ):
        said.print(text, markup=False, highlight=False, soft_wrap=True)
    config = uvicorn.Config(
        open_desk(store, pool, workspace, base_url, oidc),
        log_level="warning",
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    signal.signal(signal.SIGTERM, _interrupt)  # the server hands a signal on when it has ended: both end here
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()
        cancel_runs(store)
        pool.shutdown(cancel_futures=True)
        close_stale_runs(store)
        store.close()
        logging.getLogger(AUDIT).removeHandler(audit_log)
        audit_log.close()


def _audit_log(workspace: Path) -> logging.Handler:
    """Let sign-ins and refusals be written to ``audit.log`` in the workspace; old files go when there are ten."""
    from geo_service.api.audit import LOGGER

    file = workspace / "audit.log"
    file.touch(mode=0o600)
    handler = RotatingFileHandler(file, maxBytes=5_000_000, backupCount=9, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return handler


def _host_name(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104  every address of this machine: others reach it by its name
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run() -> None:
    """Run the command line and end the process."""
    app = cli.build(
        cli.Wiring(
            clock=now,
            sample=sample_folder(),
            author=getpass.getuser(),
            new_id=lambda: uuid.uuid4().hex,
            serve=serve,
        )
    )
    sys.exit(cli.run(app))
