"""A small desk that speaks the phone's part of the interface and fails on demand; and a line to it that can be cut."""

from __future__ import annotations

import hashlib
import io
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import uvicorn
from fastapi import FastAPI
from PIL import Image
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo_service.api.security import HEADERS
from geo_service.web.crew_app import STATIC, crew_app_router, service_worker

DAY = "2026-11-26"
CREW = "crew-1"
PORTAL = "<!doctype html><title>Free Wi-Fi</title><form><input name=mail></form>"


def picture(shade: int, size: tuple[int, int] = (320, 240)) -> bytes:
    """Return a JPEG of one colour with a corner that differs."""
    image = Image.new("RGB", size, (shade % 256, 120, 90))
    image.paste((250, shade % 256, 20), (0, 0, size[0] // 3, size[1] // 3))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def stop_at(order: int, **changes: object) -> dict[str, object]:
    """Return a stop of a package."""
    lon, lat = 12.318 + 0.004 * (order % 4), 51.322 + 0.003 * (order // 4)
    square = [[lon, lat], [lon + 0.0008, lat], [lon + 0.0008, lat + 0.0005], [lon, lat + 0.0005], [lon, lat]]
    begin = 7 * 3600 + order * 1800
    stop = {
        "order": order,
        "visit_id": f"KLZ-{order:04d}.mow_lawn.{DAY}.1",
        "version": 0,
        "plot": f"KLZ-{order:04d}",
        "plot_name": "Eckgrundstück",
        "address": f"Dieskaustraße {order}",
        "quarter": "Kleinzschocher",
        "task": "mow_lawn",
        "task_de": "Rasen mähen",
        "task_en": "Mow lawn",
        "machines": ["mower"],
        "arrival_s": begin,
        "start_s": begin,
        "end_s": begin + 1200,
        "drive_s": 300,
        "length_m": 1200,
        "area_m2": 420.0,
        "access_note": "Tor links, Zahlenschloss",
        "hazard_note": "",
        "rule_note": "",
        "rules": [],
        "contamination": "no",
        "volume_m3": 0.0,
        "waste_key": "",
        "supply": "",
        "why": "zuletzt gemäht 2026-10-01",
        "why_en": "mown last 2026-10-01",
        "heed": "",
        "heed_en": "",
        "lon": lon,
        "lat": lat,
        "outline": [square],
        "leg": [[lon - 0.004, lat], [lon, lat]],
        "streets": ["Dieskaustraße"],
        "locked": False,
        "announced": None,
        "urgent": None,
        "photos": [],
        "course": {"version": 0, "outcome": "", "stopped": False, "minutes": None, "quantities": [], "reason": ""},
    }
    return stop | changes


def package_of(stops: list[dict[str, object]], photos: list[str]) -> dict[str, object]:
    """Return the package of a day."""
    grid = [[12.314 + 0.004 * x, 51.320] for x in range(6)]
    streets = [
        {"type": "Feature", "properties": {"name": "Dieskaustraße", "class": "secondary"}, "geometry": one}
        for one in ({"type": "LineString", "coordinates": [[x, y + 0.003 * row] for x, y in grid]} for row in range(5))
    ]
    reasons = (("gate_locked", "Tor verschlossen", "gate locked"), ("wet", "zu nass", "too wet"))
    keys = (
        ("200201", "Grünabfall", "green waste"),
        ("200301", "Restabfall", "mixed waste"),
        ("170605*", "Asbest", "asbestos"),
    )
    empty = {"type": "FeatureCollection", "features": []}
    return {
        "crew": {"code": CREW, "name": "Kolonne Grün", "vehicle": "Pritsche", "people": 2, "colour": "#0072b2"},
        "date": DAY,
        "plan_id": "plan-1",
        "revision": 1,
        "as_of": "2026-11-26T05:45:00Z",
        "lang": "de",
        "depot": {"name": "Betriebshof", "lon": 12.316, "lat": 51.321},
        "start_s": 25200,
        "end_s": 54000,
        "stops": stops,
        "trips": [],
        "breaks": [{"start_s": 32400, "end_s": 34200, "after": 4}],
        "way_back": [],
        "notes": [],
        "catalogue": {
            "waste_keys": [
                {"key": key, "name_de": de, "name_en": en, "hazardous": key.endswith("*")} for key, de, en in keys
            ],
            "reasons": [{"code": code, "de": de, "en": en} for code, de, en in reasons],
            "works": [{"code": "litter_pick", "name_de": "Müll sammeln", "name_en": "pick litter"}],
        },
        "map": {
            "bounds": [12.31, 51.318, 12.34, 51.336],
            "streets": {"type": "FeatureCollection", "features": streets},
            "landscape": empty,
            "quarters": empty,
        },
        "photos": photos,
    }


@dataclass
class FakeDesk:
    """What arrived, what is asked of the phone, and how the desk fails.

    Attributes
    ----------
    fault
        Called with each request of the interface: an answer instead of ours, or None.
    lost
        Whether the answer to a request gets lost after the work was done.
    static
        Where the pages' files lie.
    new_version, new_version_does
        Whether the desk has another version of the app by now, and what else its service worker does.
    """

    stops: list[dict[str, object]] = field(default_factory=lambda: [stop_at(order) for order in range(1, 15)])
    pictures: dict[str, bytes] = field(default_factory=dict)
    role: str = "crew"
    reports: dict[str, dict[str, object]] = field(default_factory=dict)
    receipts: dict[str, dict[str, object]] = field(default_factory=dict)
    arrivals: list[str] = field(default_factory=list)
    photos: dict[str, bytes] = field(default_factory=dict)
    pieces: dict[str, bytearray] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    asides: list[bytes] = field(default_factory=list)
    verdict: Callable[[dict[str, object]], tuple[str, str]] = lambda report: ("accepted", "")
    fault: Callable[[Request], Response | None] = lambda request: None
    lost: Callable[[Request], bool] = lambda request: False
    revision: int = 1
    static: Path = STATIC
    new_version: bool = False
    new_version_does: str = ""
    asked: list[str] = field(default_factory=list)

    def add_picture(self, shade: int) -> str:
        """Keep an earlier picture and return its hash."""
        data = picture(shade)
        name = hashlib.sha256(data).hexdigest()
        self.pictures[name] = data
        return name

    def take(self, report_id: str, body: bytes) -> tuple[int, dict[str, object]]:
        """Keep a report once."""
        digest = hashlib.sha256(body).hexdigest()
        self.arrivals.append(report_id)
        kept = self.receipts.get(report_id)
        if kept is not None and kept["sha256"] != digest:
            self.asides.append(body)
            return 409, {"title": "Conflict", "status": 409, "detail": "other body", "code": "other_body"}
        if kept is None:
            report = json.loads(body)
            status, reason = self.verdict(report)
            if report["after"] and report["after"] not in self.reports:
                status, reason = "waiting", ""
            self.reports[report_id] = report
            kept = {
                "report_id": report_id,
                "sha256": digest,
                "status": status,
                "version": report["base_version"] + (report["kind"] in {"done", "not_possible"}),
                "code": "refused" if reason else "",
                "reason": reason,
                "reason_en": reason,
                "received_at": datetime.now(UTC).isoformat(),
                "photos_missing": [],
            }
            self.receipts[report_id] = kept
            for one, told in self.receipts.items():
                if told["status"] == "waiting" and self.reports[one]["after"] == report_id:
                    self.receipts[one] = told | {"status": "accepted"}
        return (202 if kept["status"] == "waiting" else 201), self.receipts[report_id]

    def keep_photo(self, name: str, data: bytes) -> Response:
        """Keep a photo when its hash is right."""
        if hashlib.sha256(data).hexdigest() != name:
            self.pieces.pop(name, None)
            return problem(422, "hash_wrong")
        self.photos[name] = bytes(data)
        return JSONResponse({"sha256": name, "status": "received", "size_bytes": len(data)}, 201)

    async def answer(self, request: Request) -> Response:
        """Answer a request of the interface."""
        path, method = request.url.path, request.method
        self.asked.append(f"{method} {path}")
        early = self.fault(request)
        if early is not None:
            return early
        name = path.rsplit("/", 1)[-1]
        if path == "/me":
            crew = CREW if self.role == "crew" else None
            return JSONResponse({"role": self.role, "label": "Telefon 1", "crew": crew, "expires_at": None})
        if path.endswith("/package"):
            tag = f'"{self.revision}"'
            if request.headers.get("if-none-match") == tag:
                return Response(status_code=304, headers={"ETag": tag})
            package = package_of(self.stops, list(self.pictures)) | {"revision": self.revision}
            return JSONResponse(package, headers={"ETag": tag})
        if path.startswith("/field-reports/"):
            status, told = self.take(name, await request.body())
            kind = "application/problem+json" if status >= 400 else "application/json"
            return JSONResponse(told, status, media_type=kind)
        if path.startswith("/photos/"):
            return await self._photo(request, method, name)
        return problem(404, "nothing")

    async def _photo(self, request: Request, method: str, name: str) -> Response:
        got = self.photos.get(name) or self.pieces.get(name)
        if method == "GET":
            data = self.photos.get(name) or self.pictures.get(name)
            return Response(data, media_type="image/jpeg") if data else problem(404, "nothing")
        if method == "HEAD":
            if not got:
                return Response(status_code=404)
            length = len(got) if name in self.photos else self.lengths[name]
            return Response(headers={"Upload-Offset": str(len(got)), "Upload-Length": str(length)})
        if method == "PUT":
            return self.keep_photo(name, await request.body())
        if name in self.photos:
            return self.keep_photo(name, self.photos[name])
        part = self.pieces.setdefault(name, bytearray())
        length = self.lengths[name] = int(request.headers["upload-length"])
        if int(request.headers["upload-offset"]) != len(part):
            return problem(409, "offset_wrong")
        part += await request.body()
        if len(part) == length:
            return self.keep_photo(name, bytes(part))
        return Response(status_code=204, headers={"Upload-Offset": str(len(part))})

    def app(self) -> ASGIApp:
        """Return the application: our pages, and this interface."""
        app = FastAPI(openapi_url=None)

        @app.get("/service-worker.js")
        async def worker() -> Response:
            text = service_worker(self.static).decode()
            if self.new_version:
                text = text.replace('const VERSION = "', 'const VERSION = "new-') + self.new_version_does
            return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

        app.include_router(crew_app_router())
        app.mount("/static", StaticFiles(directory=self.static, follow_symlink=True))

        @app.api_route("/{path:path}", methods=["GET", "PUT", "PATCH", "HEAD"])
        async def anything(request: Request) -> Response:
            return await self.answer(request)

        return _Losing(app, self)


class LostAnswer(Exception):
    """The work is done, and the line breaks before the answer is through."""


class _Losing:
    """Breaks a connection in the middle of the answers that get lost; all others carry the desk's headers."""

    def __init__(self, app: ASGIApp, desk: FakeDesk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def pass_on(message: Message) -> None:
            if message["type"] == "http.response.start" and self._desk.lost(Request(scope)):
                await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"100000")]})
                await send({"type": "http.response.body", "body": b"{", "more_body": True})
                raise LostAnswer
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, pass_on if scope["type"] == "http" else send)


def problem(status: int, code: str) -> JSONResponse:
    """Return a problem as the desk writes it."""
    body = {"title": code, "status": status, "detail": code, "code": code}
    return JSONResponse(body, status, media_type="application/problem+json")


def portal(request: Request) -> Response:
    """Answer as a captive portal does: 200 with its own page, to everything."""
    return HTMLResponse(PORTAL)


class Line:
    """A line from the phone to a server of this machine: open, or cut so that every connection breaks at once."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_cut = False
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break all connections and refuse new ones."""
        self.is_cut = True
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let connections through again."""
        self.is_cut = False

    def close(self) -> None:
        """End the line for good."""
        self.cut()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            with self._lock:
                self._open |= {near, far}
            for a, b in ((near, far), (far, near)):
                Thread(target=self._carry, args=(a, b), daemon=True).start()

    def _carry(self, a: socket.socket, b: socket.socket) -> None:
        with suppress(OSError):
            while data := a.recv(65536):
                b.sendall(data)
        for one in (a, b):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        with self._lock:
            self._open -= {a, b}


@contextmanager
def listening(app: ASGIApp) -> Iterator[int]:
    """Serve an application on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1, lifespan="off")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@contextmanager
def behind_a_line(app: ASGIApp) -> Iterator[Line]:
    """Serve an application and lead a line to it."""
    with listening(app) as port:
        line = Line(port)
        try:
            yield line
        finally:
            line.close()
