"""Floor 5: what a transaction on the SQLite workspace can write; every write leaves a line in the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import orjson
import shapely

from geo_service.base.errors import Conflict
from geo_service.plots.model import Plot, Quarter
from geo_service.schedule.events import Event
from geo_service.store.model import KeptException, Move, Place, Plan, VisitDone, VisitLock
from geo_service.store.rows import (
    EVENT,
    EVENTS,
    KEPT_OUT,
    LINE,
    PLOT_COLUMNS,
    REMEDY,
    ROUTE,
    lonlat_boxes,
    move_row,
    place_row,
    plot_row,
    utc_text,
)
from geo_service.store.sqlite_field import SqliteFieldWriting
from geo_service.store.sqlite_records import SqliteRecordWriting
from geo_service.streets.network import StreetNetwork
from geo_service.work.catalogue import catalogue_to_json
from geo_service.work.crews import crews_to_json
from geo_service.work.model import Catalogue, Crew
from geo_service.work.noise import Rules

_UPSERT_PLOT = (
    f"INSERT INTO plot ({PLOT_COLUMNS}) VALUES ({', '.join('?' * 23)}) ON CONFLICT (plot_id) DO UPDATE SET "  # noqa: S608
    + ", ".join(f"{name} = excluded.{name}" for name in PLOT_COLUMNS.split(", ")[1:])
)


class SqliteWriting(SqliteFieldWriting, SqliteRecordWriting):
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
        made_here = ("plan", "visit_lock", "event", "visit_done", "plot_box", "plot", "quarter")
        of_crews = ("alert", "field_conflict", "visit_course", "field_report_aside", "field_report", "photo")
        of_others = ("record", "series")
        for table in (*made_here, *of_crews, *of_others, "street_network", "landscape", "place"):
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

    def drop_plots(self, plot_ids: Iterable[str]) -> None:
        """Remove plots with their history, their visits done and their exceptions."""
        ids = list(plot_ids)
        for sql in (
            "DELETE FROM plot_box WHERE seq IN (SELECT seq FROM plot WHERE plot_id = ?)",
            "DELETE FROM plot WHERE plot_id = ?",
        ):
            self._db.executemany(sql, [(plot_id,) for plot_id in ids])
        self._note("plot", ids)

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
        rows = [place_row(place) for place in places]
        self._db.executemany("INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
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

    def put_plan(self, plan: Plan, in_force: bool = True) -> None:
        """Keep a checked plan, and put it in force unless it is a draft."""
        if in_force:
            self._db.execute("UPDATE plan SET in_force = 0 WHERE in_force = 1")
        self._db.execute(
            "INSERT INTO plan VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                int(in_force),
                orjson.dumps(plan.costs).decode(),
                EVENTS.dump_json(plan.events).decode(),
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
            "INSERT INTO plan_unserved VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                    REMEDY.dump_json(one.remedy).decode(),
                )
                for one in plan.unserved
            ],
        )
        self._note("plan", [plan.plan_id])

    def put_in_force(self, plan_id: str) -> None:
        """Put a plan in force that is kept already."""
        self._db.execute("UPDATE plan SET in_force = 0 WHERE in_force = 1")
        self._db.execute("UPDATE plan SET in_force = 1 WHERE plan_id = ?", (plan_id,))
        self._note("plan", [plan_id])

    def put_moves(self, moves: Iterable[Move]) -> None:
        """Keep what a plan moved; the versions of these visits rise."""
        rows = [move_row(move) for move in moves]
        self._db.executemany("INSERT INTO plan_move VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._note("move", [row[1] for row in rows])
        self.raise_versions(dict.fromkeys(row[1] for row in rows))

    def put_lock(self, lock: VisitLock) -> None:
        """Keep a visit on its crew-day, or replace its lock."""
        opens_s, closes_s = lock.window or (None, None)
        said = (lock.reason, lock.author, utc_text(lock.at))
        self._db.execute(
            "INSERT OR REPLACE INTO visit_lock VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (lock.visit_id, lock.crew, lock.on.isoformat(), *said, opens_s, closes_s),
        )
        self._note("lock", [lock.visit_id])

    def drop_locks(self, visit_ids: Iterable[str]) -> None:
        """Lift locks."""
        ids = list(visit_ids)
        self._db.executemany("DELETE FROM visit_lock WHERE visit_id = ?", [(visit_id,) for visit_id in ids])
        self._note("lock", ids)

    def put_event(self, event: Event, *, author: str, at: datetime) -> None:
        """Let an event hold for all plans that are made from now on."""
        document = EVENT.dump_json(event).decode()
        kept = self._db.execute(
            "INSERT INTO event (document, author, at) VALUES (?, ?, ?)", (document, author, utc_text(at))
        ).lastrowid
        self._note("event", [str(kept)])

    def drop_event(self, event_id: int) -> None:
        """Withdraw an event."""
        self._db.execute("DELETE FROM event WHERE event_id = ?", (event_id,))
        self._note("event", [str(event_id)])

    def put_exception(self, kept: KeptException) -> None:
        """Keep an exception to the cutting ban, or replace the one for the same work on the same plot."""
        given = (kept.exception.code.value, kept.exception.evidence)
        self._db.execute(
            "INSERT OR REPLACE INTO cutting_exception VALUES (?, ?, ?, ?, ?, ?)",
            (kept.plot_id, kept.work, *given, kept.author, utc_text(kept.at)),
        )
        self._note("exception", [f"{kept.plot_id}.{kept.work}"])

    def drop_exception(self, plot_id: str, work: str) -> None:
        """Take an exception to the cutting ban back."""
        self._db.execute("DELETE FROM cutting_exception WHERE plot_id = ? AND work = ?", (plot_id, work))
        self._note("exception", [f"{plot_id}.{work}"])

    def set_rules(self, rules: Rules) -> None:
        """Say which rules hold beside federal law."""
        self._set("leipzig_noise", str(int(rules.leipzig_noise)))
        self._set("municipal_exempt", str(int(rules.municipal_exempt)))

    def record_visit(self, done: VisitDone) -> None:
        """Note that a visit was done, or correct the note; `record_done` tells that the whole work was."""
        self._db.execute(
            "INSERT OR REPLACE INTO visit_record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(done.visit_id, done.plot_id, done.work, done.done_on.isoformat(), done.crew),
                *(done.part, done.parts, done.author, utc_text(done.at)),
            ),
        )
        self._note("visit", [done.visit_id])

    def record_done(self, plot_id: str, work: str, done_on: date) -> None:
        """Note that work was done on a plot."""
        self._db.execute("INSERT OR IGNORE INTO visit_done VALUES (?, ?, ?)", (plot_id, work, done_on.isoformat()))
        self._note("visit_done", [f"{plot_id}.{work}.{done_on.isoformat()}"])

    def restate_done(self, plot_id: str, work: str, done_on: date | None) -> None:
        """Say anew when work was last done on the whole of a plot, or that it never was; records of visits stay."""
        later = "" if done_on is None else done_on.isoformat()
        self._db.execute(
            "DELETE FROM visit_done WHERE plot_id = ? AND work = ? AND done_on > ?", (plot_id, work, later)
        )
        self._note("visit_done", [f"{plot_id}.{work}.{later or 'never'}"])
        if done_on is not None:
            self.record_done(plot_id, work, done_on)
