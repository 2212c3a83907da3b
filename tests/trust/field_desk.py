"""A tiny desk for crews' reports: four visits of one crew and one of another, without streets; a copy takes no time."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from math import inf
from pathlib import Path
from uuid import UUID

from shapely import box

from geo_service.actions.take_report import take_report
from geo_service.plots.model import Baunvo, Plot, PlotState
from geo_service.routes.model import CrewDay, Route, Stop
from geo_service.store.field import KeptReport
from geo_service.store.model import Move, Plan, RouteLine
from geo_service.store.sqlite import SqliteStore
from geo_service.work.field_report import FieldReport, ReportKind
from geo_service.work.model import Catalogue, Crew, Machine, RateTier, Visit, WorkKind

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
PLAN = "plan-1"
VISITS = tuple(f"KLZ-{number:04d}.mow_lawn.2026-11-24.1" for number in range(1, 6))
"""The first four belong to crew-1, the last to crew-2."""

OWNER = {visit: "crew-2" if visit == VISITS[4] else "crew-1" for visit in VISITS}


def make_field_desk(folder: Path) -> Path:
    """Make the workspace."""
    store = SqliteStore.create(folder)
    machine = Machine("brushcutter", "Freischneider", "brushcutter", annex_number="02", loud=True, source="made up")
    kind = WorkKind(
        "mow_lawn",
        "Rasen mähen",
        "mow lawn",
        minutes_fixed=10,
        rates=(RateTier(inf, 0.05),),
        states=tuple(PlotState),
        machines=frozenset({"brushcutter"}),
        source="made up",
    )
    crews = [
        Crew(code, code, 2, frozenset(), frozenset({"brushcutter"}), "Van", 6.0, 25200, 54000, "depot")
        for code in ("crew-1", "crew-2")
    ]
    pairs = [_route("crew-1", VISITS[:4]), _route("crew-2", VISITS[4:])]
    with store.change(author="tests", reason="a field desk", at=AT) as tx:
        tx.set_plan_crs(25833)
        tx.put_plots([_plot(number) for number in range(1, 6)])
        tx.put_crews(crews)
        tx.put_catalogue(Catalogue({kind.code: kind}, {machine.code: machine}))
        tx.put_plan(
            Plan(
                PLAN,
                AT,
                "tests",
                TUESDAY,
                (TUESDAY,),
                1,
                tuple(route for route, _ in pairs),
                tuple(line for _, line in pairs),
                (),
            )
        )
    store.close()
    return folder


@contextmanager
def copied(desk: Path) -> Iterator[SqliteStore]:
    """Open a copy in memory where the machine has such a folder: what is kept, not how safely, is looked at here."""
    quick = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=quick if quick.is_dir() else None) as folder:
        store = SqliteStore.open(shutil.copytree(desk, Path(folder) / "workspace"))
        try:
            yield store
        finally:
            store.close()


def report(
    number: int, kind: str, visit: str, *, base: int = 0, after: int | None = None, **more: object
) -> FieldReport:
    """Make report ``number`` of the crew that the visit belongs to, or of ``crew``."""
    return FieldReport(
        report_id=str(UUID(int=number)),
        kind=ReportKind(kind),
        crew=str(more.pop("crew", OWNER[visit])),
        day=TUESDAY,
        plan_id=PLAN,
        at=AT,
        visit_id=visit,
        base_version=base,
        after="" if after is None else str(UUID(int=after)),
        reason="wet" if kind == "not_possible" else "",
        waste_key="170605*" if kind == "found" else "",
        **more,
    )


def body_of(told: FieldReport) -> bytes:
    """Return bytes that stand for what the device sent."""
    return json.dumps(str(told)).encode()


def send(store: SqliteStore, told: FieldReport, body: bytes | None = None) -> KeptReport:
    """Send a report as the API hands it on."""
    sent = body_of(told) if body is None else body
    fingerprint = hashlib.sha256(sent).hexdigest()
    return take_report(store, told, sha256=fingerprint, body=sent, author="phone", clock=lambda: AT)


def move(store: SqliteStore, visit: str) -> None:
    """Let a planner move a visit."""
    moved = Move(PLAN, visit, visit[:8], "mow_lawn", "crew-1", TUESDAY, "crew-2", TUESDAY, "r", "r", "ada", AT)
    with store.change(author="ada", reason="moved", at=AT) as tx:
        tx.put_moves([moved])


def _plot(number: int) -> Plot:
    x = 313_000.0 + 100 * number
    return Plot(
        f"id-{number}", f"KLZ-{number:04d}", box(x, 5_688_000, x + 30, 5_688_020), 25833, 600.0, baunvo=Baunvo.WA
    )


def _route(crew: str, visits: tuple[str, ...]) -> tuple[Route, RouteLine]:
    stops = tuple(
        Stop(
            order=order,
            visit=Visit(
                visit_id=visit,
                plot_id=f"id-{int(visit[4:8])}",
                plot_code=visit[:8],
                work="mow_lawn",
                earliest_on=TUESDAY,
                due_on=TUESDAY,
                latest_on=TUESDAY,
                service_s=1800,
                people=1,
                skills=frozenset(),
                machines=frozenset({"brushcutter"}),
                volume_m3=0.5,
                priority=3,
                why="",
            ),
            arrival_s=30_000 + 2400 * order,
            start_s=30_000 + 2400 * order,
            end_s=31_800 + 2400 * order,
            drive_s=600,
            length_m=2000,
        )
        for order, visit in enumerate(visits, start=1)
    )
    day = CrewDay(crew, TUESDAY, (25200, 54000), 0, 2, frozenset(), frozenset({"brushcutter"}), 6.0)
    end_s = stops[-1].end_s + 600
    legs = ((),) * (len(stops) + 1)
    route = Route(day, stops, (), 25200, end_s, 600 * len(legs), 2000 * len(legs), 1800 * len(stops), 0)
    return route, RouteLine(crew, TUESDAY, legs, legs)
