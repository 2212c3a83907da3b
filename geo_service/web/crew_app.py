"""Floor 8: `/crew`: the crew's day as an app that opens without network, with the service worker that keeps it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from geo_service.base.errors import NotFound
from geo_service.web.app_icon import icon_png
from geo_service.web.words import WORDS, as_lang

STATIC = Path(__file__).parent / "static"
REVALIDATE = {"Cache-Control": "no-cache"}
ICONS = {"192": (192, False), "512": (512, False), "maskable": (512, True)}
"""Name in the address -> pixels each way, and whether launchers may cut it to their shape."""
MANIFEST_TYPE = "application/manifest+json"

_OWN = "crew/**/*"
_BESIDE = ("icon.svg", "vendor/maplibre-gl/maplibre-gl.css")
_MAP_WORKER = "vendor/maplibre-gl/maplibre-gl-worker.mjs"  # a worker is kept by the service worker of its own address
_NOT_SHELL = {"service_worker.js", "app.html"}
_IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']((?:/static/|\.{1,2}/)[^"']+)["']""")


def shell(static: Path = STATIC) -> dict[str, str]:
    """Return address -> SHA-256 of every file that the app needs to open without network.

    The app's own files, what they import of the other pages, and MapLibre where it is beside the pages.
    """
    own = [path for path in sorted(static.glob(_OWN)) if path.is_file() and path.name not in _NOT_SHELL]
    files = [*own, *_imported(own, static), *(static / name for name in _BESIDE)]
    found = {f"/static/{path.relative_to(static).as_posix()}": path for path in files}
    found |= {"/crew": static / "crew" / "app.html", "/crew-map-worker.mjs": static / _MAP_WORKER}
    listed = {address: _digest(path.read_bytes()) for address, path in found.items() if path.is_file()}
    for name, (size, maskable) in ICONS.items():
        listed[f"/crew-icon-{name}.png"] = _digest(icon_png(size, maskable=maskable))
    return listed


def _imported(scripts: Iterable[Path], static: Path) -> list[Path]:
    """Follow the imports of scripts; what MapLibre imports is its own affair."""
    found: dict[Path, None] = {}
    waiting = [path for path in scripts if path.suffix == ".js"]
    while waiting:
        script = waiting.pop()
        for name in _IMPORTED.findall(script.read_text(encoding="utf-8")):
            path = static / name.removeprefix("/static/") if name.startswith("/") else (script.parent / name).resolve()
            if path not in found and path.is_file():
                found[path] = None
                waiting += [path] if path.suffix == ".js" else []
    return list(found)


def service_worker(static: Path = STATIC) -> bytes:
    """Return the service worker: our file under the list of what it keeps, so that it changes with every file."""
    listed = json.dumps(shell(static), indent=0, sort_keys=True)
    version = _digest(listed.encode())[:12]
    head = f'const VERSION = "{version}";\nconst SHELL = {listed};\n'
    return head.encode() + (static / "crew" / "service_worker.js").read_bytes()


def manifest(lang: str = "de") -> dict[str, object]:
    """Return the web app manifest."""
    words = WORDS[as_lang(lang)]
    query = "?lang=en" if as_lang(lang) == "en" else ""
    icons: list[dict[str, str]] = [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml"}]
    for name, (size, maskable) in ICONS.items():
        icon = {"src": f"/crew-icon-{name}.png", "sizes": f"{size}x{size}", "type": "image/png"}
        icons.append(icon | ({"purpose": "maskable"} if maskable else {}))
    return {
        "id": "/crew",
        "name": words["app_name"],
        "short_name": words["app_short"],
        "lang": as_lang(lang),
        "start_url": f"/crew{query}",
        "scope": "/crew",
        "display": "standalone",
        "orientation": "any",
        "background_color": "#f5f4ef",
        "theme_color": "#0f5c4c",
        "icons": icons,
    }


def crew_app_router() -> APIRouter:
    """Return the routes ``/crew``, its manifest, icons and map worker, and ``/service-worker.js``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/crew")
    def show_app() -> Response:
        page = (STATIC / "crew" / "app.html").read_bytes()
        return Response(page, media_type="text/html", headers=REVALIDATE)

    @router.get("/crew.webmanifest")
    def show_manifest(lang: str = "de") -> JSONResponse:
        return JSONResponse(manifest(lang), media_type=MANIFEST_TYPE, headers=REVALIDATE)

    @router.get("/crew-icon-{name}.png")
    def show_icon(name: str) -> Response:
        if name not in ICONS:
            raise NotFound("there is no icon of this name", remedy=f"icons: {', '.join(ICONS)}")
        size, maskable = ICONS[name]
        return Response(icon_png(size, maskable=maskable), media_type="image/png", headers=REVALIDATE)

    @router.get("/crew-map-worker.mjs")
    def show_map_worker() -> Response:
        path = STATIC / _MAP_WORKER
        if not path.is_file():
            raise NotFound("MapLibre is not beside the pages", remedy="build the package: pip install -e .")
        return Response(path.read_bytes(), media_type="text/javascript", headers=REVALIDATE)

    @router.get("/service-worker.js")
    def show_service_worker() -> Response:
        headers = REVALIDATE | {"Service-Worker-Allowed": "/crew"}
        return Response(service_worker(), media_type="text/javascript", headers=headers)

    return router


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
