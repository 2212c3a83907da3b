"""A small made-up desk, and the whole application behind a real server on a free port of this machine."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import inf
from pathlib import Path
from threading import Thread

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from shapely import Point, box
from starlette.types import Receive, Scope, Send

from geo_service.api.app import create_app
from geo_service.api.desk import Desk
from geo_service.api.rate_limit import RateLimiter
from geo_service.api.tokens import mint
from geo_service.base.crs import LEIPZIG_EPSG, WGS84_EPSG, transform_geometry
from geo_service.neighbourhood.concern import Concern, Report, Status, Step, Told
from geo_service.neighbourhood.occasions import Occasion, OccasionKind
from geo_service.neighbourhood.project import Phase, PhaseStep, Project
from geo_service.plots.model import CareArea, CareKind, Parcel, Plot, PlotState, Quarter
from geo_service.routes.model import CrewDay, Route, Stop
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.kinds_network import OCCASION
from geo_service.store.kinds_projects import PROJECT
from geo_service.store.model import Place, PlaceKind, Plan, RouteLine, Run, UnservedVisit
from geo_service.store.photo_folder import PhotoFolder
from geo_service.store.sqlite import SqliteStore
from geo_service.streets.osm import read_osm
from geo_service.web.pages import Desk as PagesDesk
from geo_service.web.pages import Viewer, pages_router, static_files
from geo_service.work.model import Catalogue, Crew, Machine, NotDue, RateTier, Visit, WorkKind

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
WEDNESDAY = date(2026, 11, 25)
X0, Y0 = 313_000.0, 5_688_000.0
"""South-west corner of the first plot, metres in EPSG:25833; the others follow eastwards, 100 m apart."""

TLS = ssl.create_default_context()
"""Never used, but slow to make for every client."""

OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
  <node id="1" lat="51.3125" lon="12.3160"/> <node id="2" lat="51.3125" lon="12.3300"/>
  <node id="3" lat="51.3160" lon="12.3300"/> <node id="4" lat="51.3160" lon="12.3160"/>
  <way id="11"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="Dieskaustraße"/></way>
  <way id="12"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="Antonienstraße"/></way>
  <way id="13"><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="highway" v="residential"/></way>
</osm>
"""


def plot_at(number: int) -> Plot:
    """Make plot ``number`` (from 1); the fourth one is not public."""
    outline = box(X0 + 100 * number, Y0, X0 + 100 * number + 30, Y0 + 20)
    return Plot(
        plot_id=f"id-{number}",
        code=f"KLZ-{number:04d}",
        geometry=outline,
        epsg=LEIPZIG_EPSG,
        area_m2=600.0,
        name=f"Brache {number}",
        address=f"Dieskaustraße {number}",
        quarter="52" if number < 7 else "51",
        parcels=(Parcel(f"14041300000{number:03d}______", f"{number}a Kleinzschocher"),),
        access_note="Tor links, Schlüssel 7",
        hazard_note="Glas",
        care_areas=(CareArea(CareKind.LAWN, 400.0),),
        state=tuple(PlotState)[number % 3],
        public=number != 4,
    )


def visit_on(number: int) -> Visit:
    return Visit(
        visit_id=f"KLZ-{number:04d}.mow_lawn.2026-11-24.1",
        plot_id=f"id-{number}",
        plot_code=f"KLZ-{number:04d}",
        work="mow_lawn",
        earliest_on=TUESDAY,
        due_on=TUESDAY,
        latest_on=WEDNESDAY,
        service_s=1800,
        people=1,
        skills=frozenset(),
        machines=frozenset(),
        volume_m3=0.5,
        priority=3,
        why="zuletzt gemäht 2026-10-01",
    )


def route_on(day: date, crew: str, numbers: list[int]) -> tuple[Route, RouteLine]:
    """Make a route past plots, with a straight line from each to the next."""
    stops = tuple(
        Stop(
            order=order,
            visit=visit_on(number),
            arrival_s=7 * 3600 + 2400 * order,
            start_s=7 * 3600 + 2400 * order,
            end_s=7 * 3600 + 2400 * order + 1800,
            drive_s=600,
            length_m=2000,
        )
        for order, number in enumerate(numbers, start=1)
    )
    crew_day = CrewDay(crew, day, (7 * 3600, 15 * 3600), 0, 2, frozenset(), frozenset(), 6.0)
    places = [(12.3160, 51.3125), *(lonlat(number) for number in numbers), (12.3160, 51.3125)]
    legs = tuple((start, end) for start, end in pairwise(places))
    end_s = stops[-1].end_s + 600
    route = Route(crew_day, stops, (), 7 * 3600, end_s, 600 * len(legs), 2000 * len(legs), 1800 * len(stops), 0)
    return route, RouteLine(crew, day, legs, tuple(("Dieskaustraße",) for _ in legs))


def lonlat(number: int) -> tuple[float, float]:
    """Return the corner of a plot in degrees."""
    corner = transform_geometry(box(*plot_at(number).geometry.bounds).centroid, LEIPZIG_EPSG, WGS84_EPSG)
    return corner.x, corner.y


def plan_at(made_at: datetime, plan_id: str = "plan-1") -> Plan:
    """Make a plan of two days: on Tuesday crew 1 has three stops and crew 2 one, on Wednesday crew 1 one."""
    pairs = [
        route_on(TUESDAY, "crew-1", [1, 2, 3]),
        route_on(TUESDAY, "crew-2", [5]),
        route_on(WEDNESDAY, "crew-1", [6]),
    ]
    return Plan(
        plan_id=plan_id,
        made_at=made_at,
        author="Planning",
        from_on=TUESDAY,
        days=(TUESDAY, WEDNESDAY),
        seed=7,
        routes=tuple(route for route, _ in pairs),
        lines=tuple(line for _, line in pairs),
        unserved=(UnservedVisit("v-9", "id-9", "KLZ-0009", "mow_lawn", TUESDAY, "no_time", "no crew has time"),),
        figures={"visits": 6, "served": 5, "unserved": 1, "drive_s": 4800.0},
        notes=("Schematische Beispieldaten · schematic sample data",),
        kept_out=(NotDue("KLZ-0008", "coppice_hedge", "law", "cutting ban until 30 September"),),
    )


def concern_at(plot: int, *, published: bool) -> Concern:
    """Make a concern on a plot; that of plot 4 is hidden with it."""
    lon, lat = lonlat(plot)
    number, told = f"A-2025-{plot:04d}", Told("litter", lon, lat, "Papier überall", name="Vera Vertraulich")
    steps = (Step(Status.NEW, NOW, "resident", "gemeldet"), Step(Status.CHECKED, NOW, "Mo", "gesehen"))
    return Concern(
        number,
        "litter",
        lon,
        lat,
        reports=(Report(number, told, NOW, f"{plot:064x}"),),
        steps=steps,
        plot=f"KLZ-{plot:04d}",
        quarter="52",
        public_text="Verschmutzung" if published else "",
        published_at=NOW if published else None,
    )


OCCASION_AT = Occasion(
    "fest", OccasionKind.EVENT, "Stadtteilfest", TUESDAY, 14 * 3600, 240, where="Dieskaustraße 1", at=Point(*lonlat(1))
)
PROJECT_AT = Project(
    "V-901", "Pocketpark", Point(*lonlat(1)), (PhaseStep(Phase.CONCEPT, TUESDAY, "intern"),), published=True
)
CONCERNS = (concern_at(1, published=True), concern_at(2, published=False), concern_at(4, published=True))


def fill(store: SqliteStore, folder: Path) -> None:
    """Put the made-up desk into an empty store."""
    (folder / "streets.osm").write_text(OSM, encoding="utf-8")
    network = read_osm(folder / "streets.osm").network
    kind = WorkKind(
        "mow_lawn",
        "Rasen mähen",
        "mow lawn",
        minutes_fixed=10,
        rates=(RateTier(inf, 0.05),),
        states=tuple(PlotState),
        source="made up",
    )
    machine = Machine("mower", "Rasenmäher", "mower", source="made up")
    crews = [
        Crew(
            f"crew-{number}",
            f"Kolonne {number}",
            2,
            frozenset(),
            frozenset(),
            "Transporter",
            6.0,
            25200,
            54000,
            "depot",
        )
        for number in (1, 2)
    ]
    with store.change(author="tests", reason="a small desk", at=NOW) as tx:
        tx.set_plan_crs(LEIPZIG_EPSG)
        tx.set_sample(True)
        tx.put_quarters(
            [
                Quarter("51", "Plagwitz", "PLW", "Plagwitz", box(X0 + 650, Y0 - 500, X0 + 2000, Y0 + 900), 25833),
                Quarter("52", "Kleinzschocher", "KLZ", "Kleinzschocher", box(X0, Y0 - 500, X0 + 650, Y0 + 900), 25833),
            ]
        )
        tx.put_plots([plot_at(number) for number in range(1, 13)])
        tx.put_streets(network)
        tx.put_places([Place("depot", PlaceKind.DEPOT, "Betriebshof", "Dieskaustraße 1", 12.3160, 51.3125)])
        tx.put_crews(crews)
        tx.put_catalogue(Catalogue({kind.code: kind}, {machine.code: machine}))
        tx.put_plan(plan_at(NOW))
        for concern in CONCERNS:
            tx.put_record(CONCERN, concern)
        tx.put_record(OCCASION, OCCASION_AT)
        tx.put_record(PROJECT, PROJECT_AT)


def add_pages(app: FastAPI) -> None:
    """Add the pages as they are for somebody who is not signed in, on a desk without a plan."""
    pages = PagesDesk(
        lambda on, lang: None, tuple, NOW.date, lambda: True, lambda: None, lambda: 25833, lambda signed: b"{}", {}.get
    )
    app.include_router(pages_router(pages, lambda request: Viewer()))
    app.mount("/static", static_files())


@dataclass
class ADesk:
    """A running desk and what a test needs to talk to it.

    Attributes
    ----------
    url
        Where it listens.
    store
        The store behind it.
    started
        The planning runs that were handed on.
    secrets
        A token for each kind of visitor: each role, own-crew (crew 1), other-crew (crew 2), expired, revoked.
    """

    url: str
    store: SqliteStore
    app: FastAPI
    now: list[datetime]
    started: list[Run] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    def client(self, kind: str | None = None, **headers: str) -> httpx.Client:
        """Return a client that sends the token of a kind of visitor, or none."""
        if kind is not None:
            headers["Authorization"] = f"Bearer {self.secrets[kind]}"
        return httpx.Client(base_url=self.url, headers=headers, timeout=20, verify=TLS)

    def keep_token(self, role: str, label: str, lifetime: timedelta = timedelta(days=1), **changes: object) -> str:
        """Make a token, keep it and return its secret."""
        once, crew = bool(changes.pop("once", False)), str(changes.pop("crew", ""))
        secret, token = mint(role, label, self.now[0], lifetime, once=once, crew=crew)
        self.store.put_token(replace(token, **changes))
        return secret


class Door:
    """A real server on a free port of this machine; the application behind it can be changed."""

    def __init__(self) -> None:
        self.app: FastAPI | None = None
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(64)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    @contextmanager
    def open(self) -> Iterator[Door]:
        config = uvicorn.Config(self, lifespan="off", ws="none", log_level="error", timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join(timeout=20)
            self.socket.close()


@contextmanager
def behind(door: Door, folder: Path) -> Iterator[ADesk]:
    """Put a new desk, with its workspace in a folder, behind a door."""
    store = SqliteStore.create(folder / "workspace")
    fill(store, folder)
    now = [NOW]
    started: list[Run] = []
    unlimited, photos = RateLimiter({}), PhotoFolder(folder / "workspace")
    door.app = create_app(
        Desk(store, lambda: now[0], started.append, door.url, poll_s=0.02, limiter=unlimited, photos=photos)
    )
    desk = ADesk(door.url, store, door.app, now, started)
    desk.secrets["planner"] = desk.keep_token("planner", "Ada")
    desk.secrets["viewer"] = desk.keep_token("viewer", "Vic")
    desk.secrets["analyst"] = desk.keep_token("analyst", "Ann")
    desk.secrets["moderator"] = desk.keep_token("moderator", "Mo")
    desk.secrets["admin"] = desk.keep_token("admin", "Root")
    desk.secrets["own-crew"] = desk.keep_token("crew", "Phone 1", crew="crew-1")
    desk.secrets["other-crew"] = desk.keep_token("crew", "Phone 2", crew="crew-2")
    desk.secrets["expired"] = desk.keep_token("planner", "Old", timedelta(seconds=-1))
    desk.secrets["revoked"] = desk.keep_token("planner", "Gone", revoked_at=NOW)
    try:
        yield desk
    finally:
        store.close()


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ADesk]:
    """Return a desk for tests that only read."""
    with Door().open() as door, behind(door, tmp_path_factory.mktemp("desk")) as one:
        yield one


@pytest.fixture(scope="module")
def module_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ADesk]:
    """Return a desk that the tests of a module share and may change."""
    with Door().open() as door, behind(door, tmp_path_factory.mktemp("desk")) as one:
        yield one


@pytest.fixture(scope="session")
def own_door() -> Iterator[Door]:
    """Return the door behind which each test that asks for it puts its own desk."""
    with Door().open() as door:
        yield door


@pytest.fixture
def own_desk(own_door: Door, tmp_path: Path) -> Iterator[ADesk]:
    """Return a desk that the test may change."""
    with behind(own_door, tmp_path) as one:
        yield one


@pytest.fixture(scope="session")
def planner(desk: ADesk) -> Iterator[httpx.Client]:
    with desk.client("planner") as client:
        yield client


@pytest.fixture(scope="session")
def anybody(desk: ADesk) -> Iterator[httpx.Client]:
    with desk.client() as client:
        yield client


@pytest.fixture(scope="session")
def problem() -> Callable[[httpx.Response, int], dict[str, object]]:
    """Return a check that an answer is a problem of a status; it gives the problem back."""
    from geo_service.api.errors import Problem

    def check(response: httpx.Response, status: int) -> dict[str, object]:
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        told = Problem.model_validate_json(response.content)
        assert told.status == status
        assert told.detail
        return told.model_dump()

    return check
