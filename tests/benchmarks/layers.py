"""The layers over HTTP: ours against tipg and pygeoapi on PostGIS, and against ST_AsMVT alone, in the same run.

Usage: python tests/benchmarks/layers.py --peers VENV [--plots 100000] [--seconds 10] [--connections 4] [--short]
VENV is a virtual environment with the peers, which does not get into ours:

    python3 -m venv /tmp/peers
    /tmp/peers/bin/pip install tipg pygeoapi "uvicorn[standard]" gunicorn psycopg2-binary geoalchemy2

PostgreSQL with PostGIS comes from Debian (apt-get install postgresql postgresql-15-postgis-3); a cluster of its own is
made in a temporary folder and removed. Whatever is missing is said and left out; ours is measured in any case.

Every server has one worker; the peers' database works beside it in processes of its own. All serve the same plots with
the same attributes, asked by the same client on the same connections, in turns of a second, so that other work on the
machine hits all alike. Prints a JSON line per case and server, and a table. ``times`` is how many times as many answers
ours gives in a second (``goal``: how many it ought to); ``spread`` is p99 by p50; ``cpu_ms`` is the computing of all
processes of a server for an answer, which other work does not lengthen. Answers are held against each other first.

A run with a million plots needs 8 GB of memory and about ten minutes before the first case:

    python tests/benchmarks/layers.py --peers VENV --plots 1000000 --seconds 10
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from command import Report, Row, options
from layers_check import Told, difference, fetch, told_by_page, told_by_tile
from layers_client import Asked, Timing, hammer
from layers_scene import TWELVE, Region, columns, copy_rows, fill_store, table_sql
from layers_servers import (
    FIRST_ANSWER_S,
    Cluster,
    Missing,
    Place,
    Server,
    start_ceiling,
    start_ours,
    start_postgres,
    start_pygeoapi,
    start_tipg,
)

from geo_service.api.items_query import Cursor, write_cursor
from geo_service.outputs.collections import PLOTS
from geo_service.outputs.tile_grid import TileAddress
from geo_service.outputs.tile_layers import BRIEF, FULL_ZOOM
from geo_service.store.sqlite import SqliteStore

IN_BOX = 1000
BOXES, TILES, KEPT_TILES, PAGES = 2000, 400, 20, 50
PAGE_SIZE = 100
DEEP = 0.9
TURN_S = 1.0
MOST = 10_000

OURS, TIPG, PYGEOAPI, POSTGIS = "ours", "tipg", "pygeoapi", "ST_AsMVT"


@dataclass(frozen=True)
class Case:
    """What is asked of several servers.

    Attributes
    ----------
    paths
        Server -> addresses.
    goal
        How many times as many answers as tipg ours ought to give.
    against
        The case whose figures of the peers count, when they are not asked in this one.
    keeps
        Whether ours keeps tiles.
    unchanged
        Whether ours is asked by a client that has the answer already.
    """

    name: str
    paths: dict[str, list[str]]
    goal: float | None = None
    against: str = ""
    keeps: bool = True
    unchanged: bool = False
    zoom: int | None = None


def make_cases(region: Region, zooms: Sequence[int], rng: np.random.Generator) -> list[Case]:
    """Return what is asked, in the order in which it is."""
    boxes = region.boxes(IN_BOX, BOXES, rng)
    twelve = f"&properties={','.join(TWELVE)}"
    cases = [
        Case("bbox, 12 attributes", _items([f"bbox={box}&limit={MOST}{twelve}" for box in boxes]), 5),
        Case(f"bbox, {len(columns())} attributes", _items([f"bbox={box}&limit={MOST}" for box in boxes])),
        Case("first pages", _pages([PAGE_SIZE * number for number in range(PAGES)])),
        Case("deep pages", _pages([int(DEEP * region.count) + PAGE_SIZE * number for number in range(PAGES)])),
    ]
    for zoom in zooms:
        tiles = region.tiles(zoom, TILES, rng)
        name = f"tile z{zoom}"
        cases += [
            Case(
                name,
                {one: [_tile(one, tile) for tile in tiles] for one in (OURS, TIPG, PYGEOAPI)},
                1.5,
                keeps=False,
                zoom=zoom,
            ),
            Case(f"{name}, kept", {OURS: [_tile(OURS, tile) for tile in tiles[:KEPT_TILES]]}, 10, name),
            Case(f"{name}, 304", {OURS: [_tile(OURS, tile) for tile in tiles[:KEPT_TILES]]}, 30, name, unchanged=True),
        ]
    return cases


def _items(queries: Sequence[str]) -> dict[str, list[str]]:
    return {
        OURS: [f"/collections/plots/items?{one}" for one in queries],
        TIPG: [f"/collections/public.plots/items?{one}&f=geojson" for one in queries],
        PYGEOAPI: [f"/collections/plots/items?{one}&f=json" for one in queries],
    }


def _pages(rows: Sequence[int]) -> dict[str, list[str]]:
    """Return pages of `PAGE_SIZE`; by the code before it for ours, by how many to pass over for the others."""
    paths = _items([f"limit={PAGE_SIZE}&offset={row}" for row in rows])
    queries = (f"&cursor={write_cursor(Cursor(f'KLZ-{row - 1:07d}'))}" if row else "" for row in rows)
    paths[OURS] = [f"/collections/plots/items?limit={PAGE_SIZE}{query}" for query in queries]
    return paths


def _tile(server: str, tile: TileAddress) -> str:
    """Return the address of a tile with the attributes that ours has at its zoom."""
    z, x, y = tile.zoom, tile.column, tile.row
    if server == OURS:
        return f"/collections/plots/tiles/WebMercatorQuad/{z}/{y}/{x}"
    if server == PYGEOAPI:
        return f"/collections/plots/tiles/WebMercatorQuad/{z}/{y}/{x}?f=mvt"
    brief = f"?properties={','.join(tile_names(z))}" if z < FULL_ZOOM else ""
    return f"/collections/public.plots/tiles/WebMercatorQuad/{z}/{x}/{y}{brief}"


def tile_names(zoom: int) -> list[str]:
    """Return the attributes that our tiles have at a zoom."""
    seen = [one.name for one in columns()]
    return seen if zoom >= FULL_ZOOM else [name for name in BRIEF[PLOTS.name] if name in seen]


def mvt_sql(tiles: Sequence[TileAddress]) -> tuple[list[str], str]:
    """Return what makes a table of tiles, and the script for pgbench that draws one of them."""
    names = ", ".join(f'"{name}"' for name in tile_names(tiles[0].zoom))
    values = ", ".join(f"({i}, {one.zoom}, {one.column}, {one.row})" for i, one in enumerate(tiles))
    made = [
        "DROP TABLE IF EXISTS asked",
        "CREATE TABLE asked (i int PRIMARY KEY, z int, x int, y int)",
        f"INSERT INTO asked VALUES {values}",
    ]
    script = f"""\\set i random(0, {len(tiles) - 1})
SELECT length(ST_AsMVT(drawn, 'plots', 4096, 'geom')) FROM (
  SELECT {names}, ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(z, x, y), 4096, 64, true) AS geom
  FROM asked JOIN plots ON geom && ST_Transform(ST_TileEnvelope(z, x, y, margin => 64.0 / 4096), 4326)
  WHERE i = :i
) AS drawn WHERE geom IS NOT NULL;
"""
    return made, script


class Run:
    """Servers that are up, and what came of asking them."""

    def __init__(self, report: Report, region: Region, seconds: float, connections: int) -> None:
        self.report = report
        self.region = region
        self.seconds = seconds
        self.connections = connections
        self.servers: dict[str, Server] = {}
        self.headers: dict[str, tuple[tuple[str, str], ...]] = {}
        self.per_s: dict[tuple[str, str], float] = {}

    def measure(self, case: Case) -> None:
        """Ask all servers in turn and tell what came of it."""
        ours = self.servers[OURS]
        ours.process.send_signal(signal.SIGUSR2 if case.keeps else signal.SIGUSR1)
        asked = {name: self._asked(name, case) for name in case.paths if name in self.servers}
        same = self._same(case, asked)
        requests = {name: one.requests() for name, one in asked.items()}
        timings: dict[str, Timing] = {name: Timing() for name in asked}
        for name, one in asked.items():
            self._turn(name, one, requests[name], TURN_S / 4)  # not counted
        turns = max(1, round(self.seconds / TURN_S))
        for _ in range(turns):
            for name, one in asked.items():
                timings[name].add(self._turn(name, one, requests[name], self.seconds / turns))
        for name, timing in timings.items():
            self.per_s[case.name, name] = timing.per_s
        for name, timing in timings.items():
            self.report.add(self._row(case, name, timing) | ({"same": same[name]} if name in same else {}))

    def _asked(self, name: str, case: Case) -> Asked:
        asked = Asked(self.servers[name].base, case.paths[name], self.headers[name])
        if not case.unchanged:
            return asked
        with_tag = _tag_of(asked)
        return replace(asked, headers=(*asked.headers, ("If-None-Match", with_tag)), expected=304)

    def _turn(self, name: str, asked: Asked, requests: Iterator[bytes], seconds: float) -> Timing:
        server = self.servers[name]
        before = server.cpu_s()
        timing = hammer(asked, requests, seconds=seconds, connections=self.connections)
        timing.cpu_s = server.cpu_s() - before
        return timing

    def _row(self, case: Case, name: str, timing: Timing) -> Row:
        peer = self.per_s.get((case.against or case.name, TIPG if name == OURS else OURS))
        p50, p99 = timing.percentile_ms(50), timing.percentile_ms(99)
        row: Row = {"plots": self.region.count, "case": case.name, "server": name, "per_s": round(timing.per_s, 1)}
        row |= {"p50_ms": round(p50, 2), "p99_ms": round(p99, 2), "spread": round(p99 / p50, 1)}
        row |= {
            "cpu_ms": round(1000 * timing.cpu_s / len(timing), 2),
            "kB": round(timing.sent_bytes / len(timing) / 1000, 1),
        }
        if name == OURS:
            row |= {"times": None if peer is None else round(timing.per_s / peer, 2), "goal": case.goal}
        return row

    def _same(self, case: Case, asked: dict[str, Asked]) -> dict[str, bool]:
        """Hold the first answer of each server against ours; say how they differ."""
        told: dict[str, Told | None] = {}
        for name, one in asked.items():
            if len(asked) == 1:
                return {}
            body = fetch(one.base + one.paths[0], dict(one.headers))
            told[name] = told_by_page(body) if case.zoom is None else told_by_tile(body)
        ours = told.pop(OURS, None)
        found = {}
        for name, theirs in told.items():
            if ours is not None and theirs is not None:
                wrong = difference(ours, theirs, beyond=case.zoom is not None)
                found[name] = not wrong
                if wrong:
                    print(f"{case.name}, {name}: {wrong}", flush=True)
        return found

    def draw_tiles(self, case: Case, cluster: Cluster, tiles: Sequence[TileAddress]) -> None:
        """Let PostGIS draw the tiles, without a server before it."""
        made, script = mvt_sql(tiles)
        cluster.sql(*made)
        cluster.bench(script, seconds=1, connections=self.connections)  # not counted
        before = cluster.server.cpu_s()
        per_s, mean_ms = cluster.bench(script, seconds=self.seconds, connections=self.connections)
        cpu_s = cluster.server.cpu_s() - before
        row: Row = {"plots": self.region.count, "case": case.name, "server": POSTGIS, "per_s": round(per_s, 1)}
        self.report.add(row | {"p50_ms": round(mean_ms, 2), "cpu_ms": round(1000 * cpu_s / per_s / self.seconds, 2)})


def _tag_of(asked: Asked) -> str:
    import urllib.request

    with urllib.request.urlopen(
        urllib.request.Request(asked.base + asked.paths[0], headers=dict(asked.headers))
    ) as one:
        return str(one.headers["ETag"])


def start_all(run: Run, place: Place, asked: argparse.Namespace) -> Cluster | None:
    """Start ours, and whichever peers there are; return the database when there is one."""
    workspace = place.folder / "workspace"
    began = time.perf_counter()
    secret = fill_store(workspace, run.region.count, asked.seed)
    print(f"{run.region.count} plots kept in {time.perf_counter() - began:.0f} s", flush=True)
    ours = run.servers[OURS] = start_ours(place, workspace)
    ours.wait("/healthz")
    run.headers[OURS] = (("Authorization", f"Bearer {secret}"),)
    before, began = ours.cpu_s(), time.perf_counter()
    for path in ("/collections/plots/items?limit=1", _tile(OURS, run.region.tiles(14, 1, np.random.default_rng(0))[0])):
        ours.wait(path, dict(run.headers[OURS]), FIRST_ANSWER_S)
    seconds, cpu_s = time.perf_counter() - began, ours.cpu_s() - before
    run.report.sum_up(
        {
            "plots": run.region.count,
            "case": "ready",
            "server": OURS,
            "seconds": round(seconds, 1),
            "cpu_s": round(cpu_s, 1),
        }
    )
    if asked.peers is None:
        print("without the peers: no --peers VENV given, see --help")
        return None
    try:
        cluster = start_postgres(place)
        store = SqliteStore.open(workspace)
        try:
            cluster.sql(table_sql(), "COPY plots FROM STDIN", rows=copy_rows(store))
        finally:
            store.close()
        cluster.sql("ALTER TABLE plots ADD PRIMARY KEY (code)", "CREATE INDEX ON plots USING gist (geom)")
        cluster.sql("VACUUM ANALYZE plots")
    except Missing as missing:
        print(f"without the peers: {missing}")
        return None
    box = [float(one) for one in run.region.boxes(run.region.count, 1, np.random.default_rng(0))[0].split(",")]
    for name, start in (
        (TIPG, lambda: start_tipg(place, asked.peers, cluster)),
        (PYGEOAPI, lambda: start_pygeoapi(place, asked.peers, cluster, box)),
    ):
        try:
            run.servers[name] = start()
            run.headers[name] = ()
        except Missing as missing:
            print(f"without {name}: {missing}", flush=True)
    return cluster


def measure_client(run: Run, place: Place) -> None:
    """Tell what the client itself can do: with answers as short as a 304 and as long as a page."""
    for length in (200, 500_000):
        server = start_ceiling(place, length)
        server.wait("/")
        asked = Asked(server.base, ["/"])
        timing = hammer(asked, asked.requests(), seconds=min(run.seconds, 2), connections=run.connections)
        row: Row = {"case": "the client alone", "server": f"{length} bytes", "per_s": round(timing.per_s, 1)}
        run.report.add({"plots": run.region.count, **row, "p50_ms": round(timing.percentile_ms(50), 2)})


def main() -> None:
    """Measure and print."""
    parser = options(__doc__, files=False, seconds=10)
    parser.add_argument("--plots", type=int, default=100_000)
    parser.add_argument("--peers", type=Path, help="a virtual environment with tipg and pygeoapi")
    parser.add_argument("--zooms", nargs="+", type=int, default=[13, 14, 16])
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--cases", nargs="+", default=[""], help="only cases whose names begin so")
    asked = parser.parse_args()
    if asked.short:
        asked.plots, asked.seconds, asked.zooms = 3_000, min(asked.seconds, 1), asked.zooms[-1:]
    report = Report(f"Layers: {asked.connections} connections, {asked.seconds:g} s each")
    region = Region(asked.plots)
    run = Run(report, region, asked.seconds, asked.connections)
    place = Place(Path(tempfile.mkdtemp(prefix="layers-")))
    try:
        cluster = start_all(run, place, asked)
        measure_client(run, place)
        for case in make_cases(region, asked.zooms, np.random.default_rng(asked.seed)):
            if not case.name.startswith(tuple(asked.cases)):
                continue
            run.measure(case)
            if cluster is not None and case.zoom is not None:
                run.draw_tiles(case, cluster, region.tiles(case.zoom, TILES, np.random.default_rng(asked.seed)))
        for name, server in run.servers.items():
            own, behind = server.memory_mb()
            report.sum_up(
                {
                    "plots": region.count,
                    "case": "memory",
                    "server": name,
                    "own_MB": round(own),
                    "database_MB": round(behind),
                }
            )
    finally:
        place.end()
        shutil.rmtree(place.folder, ignore_errors=True)
    report.table()


if __name__ == "__main__":
    sys.exit(main())
