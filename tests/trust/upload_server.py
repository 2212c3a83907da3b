"""A desk in a process of its own, with short times: ``upload_server WORKSPACE [unlimited]`` prints address and key."""

from __future__ import annotations

import os
import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from geo_service.api.app import create_app
from geo_service.api.desk import Desk
from geo_service.api.rate_limit import RateLimiter
from geo_service.api.tokens import mint
from geo_service.api.uploads import UploadLimits
from geo_service.store.photo_folder import PhotoFolder
from geo_service.store.sqlite import SqliteStore

SHORT = UploadLimits(piece_s=0.4, whole_s=1.2, dropped_s=0.3)
ENDLESS = UploadLimits(piece_s=600, whole_s=600, dropped_s=0.3)


def main(workspace: Path, *, unlimited: bool) -> None:
    store = SqliteStore.create(workspace)
    secret, token = mint("planner", "tests", datetime.now(UTC), timedelta(hours=1))
    store.put_token(token)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(16)
    desk = Desk(
        store,
        lambda: datetime.now(UTC),
        lambda run: None,
        f"http://127.0.0.1:{listening.getsockname()[1]}",
        limiter=RateLimiter({}),
        photos=PhotoFolder(workspace, free_bytes=lambda folder: 10**12),
        upload_limits=ENDLESS if unlimited else SHORT,
    )
    app = create_app(desk)
    if unlimited:
        from geo_service.api import imports
        from geo_service.api import photos as api
        from geo_service.base import picture_parts, pictures

        imports.MAX_BYTES = 200_000_000
        api.MAX_BYTES = pictures.MAX_BYTES = 200_000_000
        pictures.MAX_SIDE = 100_000
        pictures.MAX_PIXELS = dict.fromkeys(pictures.MAX_PIXELS, 10**9)
        picture_parts.MOST_SCANS = picture_parts.MOST_PARTS = 10**9
    print(desk.base_url, secret, os.getpid(), flush=True)
    uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_level="error")).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]), unlimited="unlimited" in sys.argv[2:])
