"""A small made-up world for the outputs: a grid of streets in Leipzig's west, plots on it, two crews, a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import inf

import numpy as np
import pytest
from shapely import MultiPolygon, Point, Polygon, box

from geo_service.base.crs import LEIPZIG_EPSG, WGS84_EPSG, transform_geometry, transform_xy
from geo_service.neighbourhood.concern import Concern, Report, Status, Step, Told
from geo_service.neighbourhood.occasions import Occasion, OccasionKind
from geo_service.neighbourhood.project import Phase, PhaseStep, Project
from geo_service.outputs.day import Day
from geo_service.outputs.day_list import build_day
from geo_service.outputs.map_streets import MapStreets, map_streets
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.plots.model import (
    Baunvo,
    CareArea,
    CareKind,
    Contamination,
    Parcel,
    Plot,
    PlotState,
    Quarter,
)
from geo_service.routes.model import Break, CrewDay, Facility, FacilityTrip, Route, Stop
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.kinds_network import OCCASION
from geo_service.store.kinds_projects import PROJECT
from geo_service.store.model import Place, PlaceKind, Plan, RouteLine, UnservedVisit
from geo_service.store.protocol import Writing
from geo_service.store.sqlite import SqliteStore
from geo_service.streets.network import StreetNetwork
from geo_service.work.model import Catalogue, Crew, Machine, RateTier, Visit, WorkKind

MONDAY = date(2026, 11, 23)
X0, Y0, STEP = 313_400.0, 5_688_700.0, 200.0
"""South-west corner of the street grid and the distance of its streets, metres in EPSG:25833."""

GRID = 6
H = 3600


def put_records(tx: Writing, plots: list[Plot]) -> None:
    """Write records of every layer into an open transaction: concerns on four plots in all states, two occasions."""
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    for number, plot in enumerate(plots[:6], start=1):
        point = transform_geometry(plot.geometry.centroid, plot.epsg, WGS84_EPSG)
        name, told = f"A-2026-{number:04d}", Told("litter", point.x, point.y, "Papier", name="Vera Vertraulich")
        steps = [Step(Status.NEW, at, "resident", "gemeldet"), Step(tuple(Status)[number - 1], at, "Mo", "gesehen")]
        tx.put_record(
            CONCERN,
            Concern(
                name,
                "litter",
                point.x,
                point.y,
                reports=(Report(name, told, at, f"{number:064x}"),),
                steps=tuple(steps),
                plot=plot.code,
                quarter=plot.quarter,
                public_text="Verschmutzung",
                published_at=at,
            ),
        )
        if number <= 2:
            kind = tuple(OccasionKind)[number - 1]
            held = Occasion(f"o{number}", kind, "Fest", MONDAY, 36_000, 90, where=plot.address, at=point)
            tx.put_record(OCCASION, held)
        if number <= 4:
            phases = (PhaseStep(tuple(Phase)[number - 1], MONDAY),)
            tx.put_record(PROJECT, Project(f"V-{number:03d}", "Park", point, phases, published=True))


@pytest.fixture(scope="session")
def record_features(tmp_path_factory, plots, quarters):
    """Return the features of the layers that are made of records, by name."""
    store = SqliteStore.create(tmp_path_factory.mktemp("records") / "workspace")
    with store.change(author="test", reason="made up", at=datetime(2026, 11, 20, tzinfo=UTC)) as tx:
        tx.set_plan_crs(LEIPZIG_EPSG)
        tx.put_quarters(quarters)
        tx.put_plots(plots)
        put_records(tx, plots)
    yield {name: layer.features(store, False) for name, layer in RECORD_LAYERS.items()}
    store.close()


@pytest.fixture(scope="session")
def on() -> date:
    return MONDAY


@pytest.fixture(scope="session")
def quarters() -> list[Quarter]:
    half, side = X0 + 2.5 * STEP, (GRID - 1) * STEP
    west = box(X0 - 100, Y0 - 100, half, Y0 + side + 100)
    east = box(half, Y0 - 100, X0 + side + 100, Y0 + side + 100)
    return [
        Quarter("51", "Plagwitz", "PLW", "Plagwitz", east, LEIPZIG_EPSG),
        Quarter("52", "Kleinzschocher", "KLZ", "Kleinzschocher", west, LEIPZIG_EPSG),
    ]


def plot_at(number: int) -> Plot:
    """Make plot ``number`` (from 1), beside a crossing of the grid; every kind of note and part occurs."""
    column, row = (number * 2) % GRID, (number * 5 // 3) % GRID
    x, y = X0 + column * STEP + 12 + 3 * number, Y0 + row * STEP + 10
    outline: Polygon | MultiPolygon = box(x, y, x + 30 + number, y + 24)
    if number % 5 == 0:
        outline = MultiPolygon([outline, box(x + 60, y, x + 75, y + 15)])
    return Plot(
        plot_id=f"id-{number}",
        code=f"KLZ-{number:04d}",
        geometry=outline,
        epsg=LEIPZIG_EPSG,
        area_m2=outline.area,
        name=f"Brache Nr. {number}",
        address=f"Dieskaustraße {number * 7}",
        quarter="52" if column < 3 else "51",
        parcels=(Parcel(f"14041300000{number:03d}______", f"{number}a Kleinzschocher"),),
        access=Point(x, y),
        access_note="Tor links, Schlüssel am Bund 7" if number % 3 == 0 else "",
        hazard_note="Kellergewölbe, Einsturzgefahr" if number % 4 == 0 else "",
        baunvo=Baunvo.WA,
        contamination=(Contamination.NO, Contamination.UNKNOWN, Contamination.YES)[number % 3],
        care_areas=(CareArea(CareKind.LAWN, 400.0), CareArea(CareKind.LITTER, 90.5)),
        state=tuple(PlotState)[number % 6],
        public=number != 4,
    )


@pytest.fixture(scope="session")
def plots() -> list[Plot]:
    return [plot_at(number) for number in range(1, 17)]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    kinds = (
        WorkKind(
            "mow_lawn",
            "Rasen mähen",
            "mow lawn",
            minutes_fixed=10,
            rates=(RateTier(inf, 0.06),),
            care=CareKind.LAWN,
            machines=frozenset({"brushcutter"}),
            states=(PlotState.MAINTAINED,),
            source="made up",
        ),
        WorkKind(
            "litter_pick",
            "Müll sammeln",
            "litter picking",
            minutes_fixed=5,
            rates=(RateTier(inf, 0.02),),
            states=(PlotState.MAINTAINED,),
            source="made up",
        ),
    )
    cutter = Machine("brushcutter", "Freischneider", "brushcutter", annex_number="02", loud=True, source="made up")
    return Catalogue({kind.code: kind for kind in kinds}, {cutter.code: cutter})


@pytest.fixture(scope="session")
def crews() -> list[Crew]:
    def crew(number: int, name: str, vehicle: str) -> Crew:
        return Crew(
            code=f"crew-{number}",
            name=name,
            people=number + 1,
            skills=frozenset({"machines"}),
            machines=frozenset({"brushcutter"}),
            vehicle=vehicle,
            capacity_m3=6,
            shift_start_s=7 * H,
            shift_end_s=15 * H,
            depot="depot",
            colour="#0072b2" if number == 1 else "",
        )

    return [
        crew(1, "Kolonne Grün", "Pritschenwagen 3,5 t"),
        crew(2, "Kolonne Ost", "Transporter"),
        crew(3, "Kolonne Quartier", "Lastenrad"),
    ]


@pytest.fixture(scope="session")
def places() -> list[Place]:
    lon, lat = _lonlat([(X0 + 90, Y0 + STEP)])[0]
    return [Place("depot", PlaceKind.DEPOT, "Betriebshof West", "Dieskaustraße 1", lon, lat)]


@pytest.fixture(scope="session")
def plan(plots: list[Plot], places: list[Place]) -> Plan:
    return plan_of(plots, places[0], (12, 3))


def plan_of(plots: list[Plot], depot: Place, counts: tuple[int, ...]) -> Plan:
    """Make a plan for Monday in which crew 1, 2 ... have so many stops, and two visits are left out."""
    rest = list(plots)
    routes: list[Route] = []
    lines: list[RouteLine] = []
    for crew, count in enumerate(counts, start=1):
        chosen, rest = rest[:count], rest[count:]
        routes.append(_route(f"crew-{crew}", crew + 1, chosen))
        lines.append(_line(f"crew-{crew}", chosen, (depot.lon, depot.lat)))
    unserved = (
        UnservedVisit(
            "v-1", "id-16", "KLZ-0016", "mow_lawn", MONDAY, "no_time", "keine Kolonne hat Zeit", "no crew has time"
        ),
        UnservedVisit(
            "v-2", "id-15", "KLZ-0015", "mow_lawn", MONDAY + timedelta(days=3), "law", "erst nach dem 30. September"
        ),
    )
    return Plan(
        plan_id="plan-1",
        made_at=datetime(2026, 11, 23, 5, 0, tzinfo=UTC),
        author="planner",
        from_on=MONDAY,
        days=tuple(MONDAY + timedelta(days=day) for day in range(5)),
        seed=1,
        routes=tuple(routes),
        lines=tuple(lines),
        unserved=unserved,
        figures={"visits": sum(counts) + 2.0, "served": float(sum(counts)), "unserved": 2.0},
        notes=("Schematische Beispieldaten · schematic sample data", "depot assumed"),
    )


@pytest.fixture(scope="session")
def day(
    plan: Plan,
    plots: list[Plot],
    crews: list[Crew],
    places: list[Place],
    catalogue: Catalogue,
    quarters: list[Quarter],
) -> Day:
    return build_day(
        MONDAY,
        plan=plan,
        plots=plots,
        crews=crews,
        places=places,
        catalogue=catalogue,
        quarters=quarters,
        revision=7,
        sample=True,
        licence="CC0-1.0",
    )


@pytest.fixture(scope="session")
def tipping_day(
    plan: Plan,
    plots: list[Plot],
    crews: list[Crew],
    places: list[Place],
    catalogue: Catalogue,
    quarters: list[Quarter],
) -> Day:
    """Return the day with three trips of crew 1, the last to a place that is gone, and its end at the tip."""
    (lon, lat) = _lonlat([(X0 + 300, Y0 + 2 * STEP)])[0]
    tip = Place("tip-1", PlaceKind.TIP, "Wertstoffhof Ost", "Ostweg", lon, lat)
    facility = Facility("tip-1", "Wertstoffhof", 1, 900, ((7 * H, 17 * H),), frozenset({"200301"}))
    nursery = Facility("nursery-1", "Gärtnerei", 2, 600, ((7 * H, 17 * H),), supplies=frozenset({"plants"}))
    first, *others = plan.routes
    third, sixth = first.stops[2].end_s, first.stops[5].end_s + 1800
    trips = (
        FacilityTrip(3, facility, third + 60, third + 60, third + 960, 60, 700, 5.2, 0.0),
        FacilityTrip(6, facility, sixth + 60, sixth + 120, sixth + 1020, 60, 700, 1.0, 0.0),
        FacilityTrip(6, nursery, sixth + 1080, sixth + 1080, sixth + 1680, 60, 800, 0.0, 2.0),
    )
    first = replace(
        first,
        crew_day=replace(first.crew_day, end_place=1, facilities=(facility, nursery)),
        trips=trips,
        drive_s=first.drive_s + 180,
        length_m=first.length_m + 2200,
        work_s=first.work_s + 2400,
    )
    return build_day(
        MONDAY,
        plan=replace(plan, routes=(first, *others)),
        plots=plots,
        crews=[replace(crews[0], end="tip-1"), *crews[1:]],
        places=[*places, tip],
        catalogue=catalogue,
        quarters=quarters,
        revision=7,
        sample=True,
    )


@pytest.fixture(scope="session")
def network() -> StreetNetwork:
    """Return a grid of streets, 200 m apart, with names, as arrays."""
    nodes = [(X0 + i * STEP, Y0 + j * STEP) for j in range(GRID) for i in range(GRID)]
    pairs: list[tuple[int, int]] = []
    names: list[int] = []
    for j in range(GRID):
        for i in range(GRID):
            if i < GRID - 1:
                pairs.append((j * GRID + i, j * GRID + i + 1))
                names.append(1 + j)
            if j < GRID - 1:
                pairs.append((j * GRID + i, (j + 1) * GRID + i))
                names.append(1 + GRID + i)
    lonlat = np.array(_lonlat(nodes))
    sections = len(pairs)
    return StreetNetwork(
        source="made up",
        licence="CC0-1.0",
        node_lonlat=lonlat,
        node_id=np.arange(len(nodes), dtype=np.int64),
        node_blocked=np.zeros((3, len(nodes)), dtype=bool),
        section_nodes=np.array(pairs, dtype=np.int32),
        section_length_m=np.full(sections, STEP),
        section_way=np.arange(sections, dtype=np.int64),
        section_name=np.array(names, dtype=np.int32),
        section_highway=np.array([name % 2 for name in names], dtype=np.int32),
        section_stop=np.ones(sections, dtype=bool),
        shape_offset=np.arange(0, 2 * sections + 1, 2, dtype=np.int64),
        shape_lonlat=lonlat[np.array(pairs).reshape(-1)],
        edge_seconds=np.full((3, 2 * sections), 24.0),
        edge_destination=np.zeros((3, 2 * sections), dtype=bool),
        turn_from=np.empty(0, dtype=np.int32),
        turn_to=np.empty(0, dtype=np.int32),
        turn_only=np.empty(0, dtype=bool),
        turn_profiles=np.empty((3, 0), dtype=bool),
        turn_relation=np.empty(0, dtype=np.int64),
        names=(
            "",
            *(f"{n}. Querstraße" for n in range(1, GRID + 1)),
            *(f"Lange Straße {n}" for n in range(1, GRID + 1)),
        ),
        highways=("residential", "tertiary"),
    )


@pytest.fixture(scope="session")
def streets(network: StreetNetwork) -> MapStreets:
    return map_streets(network, LEIPZIG_EPSG)


def _route(crew: str, people: int, plots: list[Plot]) -> Route:
    now = 7 * H
    stops = []
    for order, plot in enumerate(plots, start=1):
        work = "mow_lawn" if order % 2 else "litter_pick"
        visit = Visit(
            visit_id=f"{plot.code}.{work}.2026-11-20.1",
            plot_id=plot.plot_id,
            plot_code=plot.code,
            work=work,
            earliest_on=MONDAY,
            due_on=MONDAY,
            latest_on=MONDAY,
            service_s=1500,
            people=2,
            skills=frozenset(),
            machines=frozenset(),
            volume_m3=0.4,
            priority=3,
            why="zuletzt am 01.10.2026, alle 14 bis 21 Tage",
            why_en="last done 2026-10-01, every 14 to 21 days",
        )
        arrival = now + 420
        stops.append(Stop(order, visit, arrival, arrival, arrival + 1500, 420, 1800))
        now = arrival + 1500 + (1800 if order == 6 else 0)
    breaks = (Break(stops[5].end_s, stops[5].end_s + 1800, 6),) if len(stops) > 5 else (Break(7 * H, 7 * H + 900, 0),)
    return Route(
        crew_day=CrewDay(crew, MONDAY, (7 * H, 15 * H), 0, people, frozenset(), frozenset(), 6.0),
        stops=tuple(stops),
        breaks=breaks,
        start_s=7 * H,
        end_s=now + 600,
        drive_s=420 * len(stops) + 600,
        length_m=1800 * len(stops) + 2500,
        work_s=1500 * len(stops),
        wait_s=0,
    )


def _line(crew: str, plots: list[Plot], depot: tuple[float, float]) -> RouteLine:
    """Draw legs along the grid: across, then up."""
    places = [depot, *(_lonlat([plot.entry().coords[0][:2]])[0] for plot in plots), depot]
    legs = tuple((a, (b[0], a[1]), b) for a, b in pairwise(places))
    names = tuple(("1. Querstraße", "Lange Straße 2") for _ in legs)
    return RouteLine(crew, MONDAY, legs, names)


def _lonlat(xy: list[tuple[float, float]]) -> list[tuple[float, float]]:
    degrees = transform_xy(np.array(xy), LEIPZIG_EPSG, WGS84_EPSG).round(7)
    return [(float(lon), float(lat)) for lon, lat in degrees]
