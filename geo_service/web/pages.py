"""Floor 8: the pages a browser shows: the map, a crew's day list, and the files they are made of."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from os import PathLike, stat_result
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from starlette.datastructures import Headers
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from geo_service.base.errors import NotFound, NotReady
from geo_service.outputs.day import Day
from geo_service.outputs.words import long_date
from geo_service.web.board_page import board_router
from geo_service.web.crew_app import crew_app_router
from geo_service.web.crew_page import CrewLinks, crew_page, message_page
from geo_service.web.frame import places_for
from geo_service.web.words import WORDS, Lang, as_lang

STATIC = FilePath(__file__).parent / "static"

NO_STORE = {"Cache-Control": "no-store"}
REVALIDATE = {"Cache-Control": "no-cache"}
EMPTY_LANDSCAPE = b'{"type":"FeatureCollection","features":[]}'

Role = Literal["", "viewer", "crew", "analyst", "moderator", "planner", "admin"]


@dataclass(frozen=True)
class Viewer:
    """Who looks at a page; ``role`` is empty when not signed in, ``crew`` names the crew of the role crew."""

    role: Role = ""
    crew: str = ""

    @property
    def signed_in(self) -> bool:
        """Whether the person reads the work of all crews."""
        return self.role not in {"", "crew"}

    @property
    def may_plan(self) -> bool:
        """Whether the person may start a planning run."""
        return self.role in {"planner", "admin"}

    def sees_day_of(self, crew: str) -> bool:
        """Whether the person sees a crew's day with ways in and hazards: the crew itself does, an analyst does not."""
        return self.crew == crew if self.role == "crew" else self.role not in {"", "analyst"}


@dataclass(frozen=True)
class Desk:
    """What the pages ask of the rest of the house; `geo_service.main` wires it.

    Attributes
    ----------
    day_of
        A day of the plan in force with its texts in ``"de"`` or ``"en"``; None, `NotFound` or `NotReady` without one.
    days
        The days of the plan in force, ascending; empty without a plan.
    today
        The local date.
    is_sample
        Whether the workspace holds the schematic sample.
    landscape
        GeoJSON of parks, water and railways for the basemap, or None.
    plan_epsg
        EPSG code of the plan CRS; None before the first import.
    first_picture
        Code, state and place of each plot as JSON, as a signed-in reader (True) or anybody sees them.
    plot_record
        What is kept of a plot beside itself, see `geo_service.outputs.plot_record`; None when there is no such plot.
    """

    day_of: Callable[[date, str], Day | None]
    days: Callable[[], tuple[date, ...]]
    today: Callable[[], date]
    is_sample: Callable[[], bool]
    landscape: Callable[[], bytes | None]
    plan_epsg: Callable[[], int | None]
    first_picture: Callable[[bool], bytes]
    plot_record: Callable[[str], dict[str, Any] | None]


def static_files() -> StaticFiles:
    """Return what to mount at ``/static``: the pages' files and, under ``vendor``, what the build hook fetched."""
    return _Revalidated(directory=STATIC)


def pages_router(desk: Desk, viewer_of: Callable[[Request], Viewer]) -> APIRouter:
    """Return the routes of ``/map`` and its data, ``/board``, ``/crew/{crew}`` and the crew app's.

    Parameters
    ----------
    desk
        Where the pages get what they show.
    viewer_of
        Tells who asks.
    """
    router = APIRouter(include_in_schema=False)
    router.include_router(crew_app_router())
    router.include_router(board_router())

    @router.get("/map")
    def show_map() -> FileResponse:
        return FileResponse(STATIC / "map.html", headers=REVALIDATE)

    @router.get("/map/setup.json")
    def show_setup(request: Request) -> JSONResponse:
        return JSONResponse(_setup(desk, viewer_of(request)), headers=NO_STORE)

    @router.get("/map/landscape.geojson")
    def show_landscape() -> Response:
        return Response(desk.landscape() or EMPTY_LANDSCAPE, media_type="application/geo+json", headers=REVALIDATE)

    @router.get("/map/first.json")
    def show_first_picture(request: Request) -> Response:
        found = desk.first_picture(viewer_of(request).signed_in)
        return Response(found, media_type="application/json", headers=NO_STORE)

    @router.get("/map/plots/{plot}.json")
    def show_plot_record(plot: Annotated[str, Path(pattern=r"^[\w.\- ]{1,80}$")]) -> JSONResponse:
        found = desk.plot_record(plot)
        if found is None:
            raise NotFound("there is no such plot", remedy="GET /collections/plots/items lists them")
        return JSONResponse(found, headers=NO_STORE)

    @router.get("/crew/{crew}")
    def show_crew(request: Request, crew: str, lang: str = "de", date: str = "") -> HTMLResponse:
        status, page = _crew_answer(desk, viewer_of(request), crew, date, as_lang(lang))
        return HTMLResponse(page, status_code=status, headers=NO_STORE)

    return router


def _setup(desk: Desk, viewer: Viewer) -> dict[str, Any]:
    return {
        "signed_in": viewer.signed_in,
        "may_plan": viewer.may_plan,
        "sample": desk.is_sample(),
        "today": desk.today().isoformat(),
        "role": viewer.role,
        "epsg": desk.plan_epsg(),
        "days": [on.isoformat() for on in desk.days()] if viewer.signed_in else [],
        "places": [{"path": path, "de": de, "en": en} for path, de, en in places_for(viewer.role)],
    }


def _crew_answer(desk: Desk, viewer: Viewer, crew: str, asked: str, lang: Lang) -> tuple[int, str]:
    """Return the status and the page for a crew's day, or the page that says why there is none."""
    words = WORDS[lang]
    links = CrewLinks(crew=crew, on=desk.today(), days=(), lang=lang)
    if not viewer.sees_day_of(crew):
        return 401, message_page(links, words["sign_in"], words["sign_in_remedy"])
    try:
        on = date.fromisoformat(asked) if asked else links.on
    except ValueError:
        return 400, message_page(links, words["bad_date"].format(text=asked[:40]), words["bad_date_remedy"])
    links = CrewLinks(crew=crew, on=on, days=desk.days(), lang=lang)
    if not links.days:
        return 409, message_page(links, words["no_plan"], words["no_plan_remedy"])
    try:
        day = desk.day_of(on, lang)
    except (NotFound, NotReady):
        day = None
    found = next((one for one in day.crews if one.crew == crew), None) if day else None
    if day is None or found is None:
        title = words["no_day"].format(crew=crew, day=long_date(on, lang))
        return 404, message_page(links, title, words["no_day_remedy"], links.days)
    return 200, crew_page(day, found, links)


class _Revalidated(StaticFiles):
    """Static files that a browser asks about each time (304 by ETag), so that an update shows at once; texts packed."""

    def file_response(
        self, full_path: PathLike[str] | str, stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(REVALIDATE)
        response.headers.add_vary_header("Accept-Encoding")
        if FilePath(full_path).suffix not in _TEXTS or not _GZIP.search(
            Headers(scope=scope).get("accept-encoding", "")
        ):
            return response
        response.headers["ETag"] = f"W/{response.headers['etag']}"  # not the same bytes as without packing
        if response.status_code != 200 or scope["method"] == "HEAD":
            return response
        body = _packed(str(full_path), stat_result.st_mtime_ns)
        kept = {name: value for name, value in response.headers.items() if name != "content-length"}
        return Response(body, headers={**kept, "Content-Encoding": "gzip"})


_TEXTS = frozenset({".js", ".mjs", ".css", ".svg", ".html", ".webmanifest"})
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)


@lru_cache(maxsize=128)
def _packed(path: str, changed_ns: int) -> bytes:
    """Pack a file once for each of its versions."""
    return gzip.compress(FilePath(path).read_bytes(), 7, mtime=0)
