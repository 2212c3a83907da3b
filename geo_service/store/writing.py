"""Floor 5: what a transaction on the SQLite workspace can write; every write leaves a line in the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date

import orjson
import shapely

from geo_service.base.errors import Conflict
from geo_service.plots.model import Plot, Quarter
from geo_service.store.model import Place, Plan
from geo_service.store.rows import KEPT_OUT, LINE, PLOT_COLUMNS, ROUTE, lonlat_boxes, plot_row, utc_text
from geo_service.streets.network import StreetNetwork
from geo_service.work.catalogue import catalogue_to_json
from geo_service.work.crews import crews_to_json
from geo_service.work.model import Catalogue, Crew

_UPSERT_PLOT = (
    f"INSERT INTO plot ({PLOT_COLUMNS}) VALUES ({', '.join('?' * 23)}) ON CONFLICT (plot_id) DO UPDATE SET "  # noqa: S608
    + ", ".join(f"{name} = excluded.{name}" for name in PLOT_COLUMNS.split(", ")[1:])
)


class SqliteWriting:
    """Implements `geo_service.store.protocol.Writing` on one open transaction."""

    def __init__(self, connection: sqlite3.Connection, revision: int) -> None:
        self._db = connection
        self._revision = revision

    def _note(self, what: str, keys: Iterable[str]) -> None:
        self._db.executemany(
            "INSERT INTO change (revision, what, key) VALUES (?, ?, ?)", [(self._revision, what, key) for key in keys]
        )

    def _set(self, name: str, value: str) -> None:
        self._db.execute(
            "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )
        self._note("setting", [name])

    def set_plan_crs(self, epsg: int) -> None:
        """Decide the plan CRS; only while no geometry is kept."""
        kept = self._db.execute("SELECT epsg FROM plot UNION SELECT epsg FROM quarter").fetchall()
        if any(row["epsg"] != epsg for row in kept):
            raise Conflict(f"the workspace already holds geometry in EPSG:{kept[0]['epsg']}", remedy="clear it first")
        self._set("plan_crs", str(epsg))

    def set_sample(self, sample: bool) -> None:
        """Say whether the workspace holds the schematic sample."""
        self._set("sample", str(int(sample)))

    def clear(self) -> None:
        """Remove everything that belongs to a place, plans and records too; crews and catalogue stay."""
        for table in ("plan", "visit_done", "plot_box", "plot", "quarter", "street_network", "landscape", "place"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608
        self._db.execute("DELETE FROM setting WHERE name = 'plan_crs'")
        self._note("workspace", ["cleared"])

    def put_quarters(self, quarters: Iterable[Quarter]) -> None:
        """Replace all quarters."""
        rows = [(q.key, q.name, q.short, q.group, shapely.to_wkb(q.geometry), q.epsg) for q in quarters]
        self._db.execute("DELETE FROM quarter")
        self._db.executemany("INSERT INTO quarter VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._note("quarter", [row[0] for row in rows])

    def put_plots(self, plots: Iterable[Plot]) -> None:
        """Insert plots or replace those with the same ``plot_id``."""
        all_plots: Sequence[Plot] = list(plots)
        self._db.executemany(_UPSERT_PLOT, [plot_row(plot) for plot in all_plots])
        self._db.executemany("DELETE FROM plot_history WHERE plot_id = ?", [(plot.plot_id,) for plot in all_plots])
        self._db.executemany(
            "INSERT INTO plot_history VALUES (?, ?, ?, ?, ?, ?)",
            [
                (plot.plot_id, position, step.state.value, utc_text(step.at), step.author, step.reason)
                for plot in all_plots
                for position, step in enumerate(plot.history)
            ],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO plot_box SELECT seq, ?, ?, ?, ? FROM plot WHERE plot_id = ?",
            [(*box, plot.plot_id) for plot, box in zip(all_plots, lonlat_boxes(all_plots), strict=True)],
        )
        self._note("plot", [plot.plot_id for plot in all_plots])

    def put_streets(self, network: StreetNetwork) -> None:
        """Replace the street network."""
        self._db.execute(
            "INSERT OR REPLACE INTO street_network VALUES (1, ?, ?)", (network.licence, network.to_bytes())
        )
        self._note("streets", [network.source])

    def put_landscape(self, geojson: bytes) -> None:
        """Replace the parks, waters and railways behind the map: GeoJSON in degrees."""
        self._db.execute("INSERT OR REPLACE INTO landscape VALUES (1, ?)", (geojson,))
        self._note("landscape", [""])

    def put_places(self, places: Iterable[Place]) -> None:
        """Insert or replace places by code."""
        rows = [(p.code, p.kind.value, p.name, p.address, p.lon, p.lat) for p in places]
        self._db.executemany("INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._note("place", [row[0] for row in rows])

    def put_crews(self, crews: Iterable[Crew]) -> None:
        """Replace all crews."""
        rows = [(crew.code, orjson.dumps(crews_to_json([crew])).decode()) for crew in crews]
        self._db.execute("DELETE FROM crew")
        self._db.executemany("INSERT INTO crew VALUES (?, ?)", rows)
        self._note("crew", [row[0] for row in rows])

    def put_catalogue(self, catalogue: Catalogue) -> None:
        """Replace the catalogue of work."""
        document = orjson.dumps(catalogue_to_json(catalogue)).decode()
        self._db.execute("INSERT OR REPLACE INTO catalogue VALUES (1, ?)", (document,))
        self._note("catalogue", [""])

    def put_plan(self, plan: Plan) -> None:
        """Keep a checked plan and put it in force."""
        self._db.execute("UPDATE plan SET in_force = 0 WHERE in_force = 1")
        self._db.execute(
            "INSERT INTO plan VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (
                plan.plan_id,
                utc_text(plan.made_at),
                plan.author,
                plan.from_on.isoformat(),
                orjson.dumps([day.isoformat() for day in plan.days]).decode(),
                plan.seed,
                orjson.dumps(plan.figures).decode(),
                orjson.dumps(list(plan.notes)).decode(),
                orjson.dumps(list(plan.warnings)).decode(),
                KEPT_OUT.dump_json(plan.kept_out).decode(),
            ),
        )
        self._db.executemany(
            "INSERT INTO plan_route VALUES (?, ?, ?, ?, ?)",
            [
                (
                    plan.plan_id,
                    route.crew_day.on.isoformat(),
                    route.crew_day.crew,
                    ROUTE.dump_json(route).decode(),
                    LINE.dump_json(line).decode(),
                )
                for route, line in zip(plan.routes, plan.lines, strict=True)
            ],
        )
        self._db.executemany(
            "INSERT INTO plan_unserved VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    plan.plan_id,
                    one.visit_id,
                    one.plot_id,
                    one.plot_code,
                    one.work,
                    one.due_on.isoformat(),
                    one.code,
                    one.reason,
                    one.reason_en,
                )
                for one in plan.unserved
            ],
        )
        self._note("plan", [plan.plan_id])

    def record_done(self, plot_id: str, work: str, done_on: date) -> None:
        """Note that work was done on a plot."""
        self._db.execute("INSERT OR IGNORE INTO visit_done VALUES (?, ?, ?)", (plot_id, work, done_on.isoformat()))
        self._note("visit_done", [f"{plot_id}.{work}.{done_on.isoformat()}"])
