"""Floor 5: objects to rows of the database and back. Dates and times are ISO text, times in UTC."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import numpy as np
import orjson
import shapely
from pydantic import Field, TypeAdapter

from geo_service.base.clock import require_aware
from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.plots.model import (
    Baunvo,
    CareArea,
    CareKind,
    Contamination,
    OwnerKind,
    Parcel,
    Plot,
    PlotState,
    Quarter,
    StateChange,
    Tenure,
    TenureKind,
)
from geo_service.routes.model import Route
from geo_service.schedule.events import Event
from geo_service.schedule.model import Remedy
from geo_service.store.model import (
    Change,
    KeptEvent,
    KeptException,
    Move,
    OpeningHours,
    Place,
    PlaceKind,
    Plan,
    RouteLine,
    Run,
    RunStatus,
    Token,
    UnservedVisit,
    VisitDone,
    VisitLock,
)
from geo_service.work.cutting import CuttingException, ExceptionCode
from geo_service.work.model import NotDue

ROUTE = TypeAdapter(Route)
LINE = TypeAdapter(RouteLine)
KEPT_OUT = TypeAdapter(tuple[NotDue, ...])
REMEDY: TypeAdapter[Remedy | None] = TypeAdapter(Remedy | None)
AnyEvent = Annotated[Event, Field(discriminator="kind")]
EVENT: TypeAdapter[Event] = TypeAdapter(AnyEvent)
EVENTS: TypeAdapter[tuple[Event, ...]] = TypeAdapter(tuple[AnyEvent, ...])
"""Nested value objects are kept as JSON documents, written and checked by pydantic."""

PLOT_COLUMNS = (
    "plot_id, code, name, address, quarter, state, owner_kind, tenure_kind, tenure_from, tenure_until, baunvo, "
    "contamination, parcels, care_areas, access, access_note, hazard_note, public, source, source_id, area_m2, "
    "geometry, epsg"
)


def utc_text(moment: datetime) -> str:
    """Write an aware moment as ISO text in UTC."""
    return require_aware(moment).isoformat()


def day_text(day: date | None) -> str | None:
    """Write a date as ISO text."""
    return None if day is None else day.isoformat()


def day_value(text: str | None) -> date | None:
    """Read a date from ISO text."""
    return None if text is None else date.fromisoformat(text)


def moment_value(text: str | None) -> datetime | None:
    """Read a moment from ISO text."""
    return None if text is None else datetime.fromisoformat(text)


def plot_row(plot: Plot) -> tuple[Any, ...]:
    """Return the values of `PLOT_COLUMNS`."""
    return (
        plot.plot_id,
        plot.code,
        plot.name,
        plot.address,
        plot.quarter,
        plot.state.value,
        plot.owner_kind.value,
        plot.tenure.kind.value,
        day_text(plot.tenure.from_on),
        day_text(plot.tenure.until_on),
        plot.baunvo.value,
        plot.contamination.value,
        orjson.dumps([[parcel.key, parcel.display] for parcel in plot.parcels]).decode(),
        orjson.dumps([[part.kind.value, part.area_m2] for part in plot.care_areas]).decode(),
        None if plot.access is None else shapely.to_wkb(plot.access),
        plot.access_note,
        plot.hazard_note,
        int(plot.public),
        plot.source,
        plot.source_id,
        plot.area_m2,
        shapely.to_wkb(plot.geometry),
        plot.epsg,
    )


def plots_of(rows: Sequence[sqlite3.Row], history: Iterable[sqlite3.Row]) -> list[Plot]:
    """Build plots from their rows and the rows of their history, which come in order of position."""
    changes: dict[str, list[StateChange]] = {}
    for row in history:
        changes.setdefault(row["plot_id"], []).append(
            StateChange(PlotState(row["state"]), datetime.fromisoformat(row["at"]), row["author"], row["reason"])
        )
    geometries = shapely.from_wkb(np.array([row["geometry"] for row in rows], dtype=object))
    return [
        Plot(
            plot_id=row["plot_id"],
            code=row["code"],
            geometry=geometry,
            epsg=row["epsg"],
            area_m2=row["area_m2"],
            name=row["name"],
            address=row["address"],
            quarter=row["quarter"],
            parcels=tuple(Parcel(key, display) for key, display in orjson.loads(row["parcels"])),
            access=None if row["access"] is None else shapely.from_wkb(row["access"]),
            access_note=row["access_note"],
            hazard_note=row["hazard_note"],
            owner_kind=OwnerKind(row["owner_kind"]),
            tenure=Tenure(
                TenureKind(row["tenure_kind"]), day_value(row["tenure_from"]), day_value(row["tenure_until"])
            ),
            baunvo=Baunvo(row["baunvo"]),
            contamination=Contamination(row["contamination"]),
            care_areas=tuple(CareArea(CareKind(kind), area_m2) for kind, area_m2 in orjson.loads(row["care_areas"])),
            state=PlotState(row["state"]),
            public=bool(row["public"]),
            source=row["source"],
            source_id=row["source_id"],
            history=tuple(changes.get(row["plot_id"], ())),
        )
        for row, geometry in zip(rows, geometries, strict=True)
    ]


def lonlat_boxes(plots: Sequence[Plot]) -> list[tuple[float, float, float, float]]:
    """Return min lon, max lon, min lat, max lat of each plot, degrees."""
    if not plots:
        return []
    boxes = np.empty((len(plots), 4))
    for epsg in {plot.epsg for plot in plots}:
        mine = np.array([plot.epsg == epsg for plot in plots])
        outlines = np.array([plot.geometry for plot, is_mine in zip(plots, mine, strict=True) if is_mine])
        moved = shapely.transform(outlines, lambda xy, epsg=epsg: transform_xy(xy, epsg, WGS84_EPSG))
        boxes[mine] = shapely.bounds(moved)[:, [0, 2, 1, 3]]
    return [(box[0], box[1], box[2], box[3]) for box in boxes.tolist()]


def quarter_of(row: sqlite3.Row) -> Quarter:
    """Build a quarter from its row."""
    return Quarter(
        row["key"], row["name"], row["short"], row["quarter_group"], shapely.from_wkb(row["geometry"]), row["epsg"]
    )


def place_row(place: Place) -> tuple[Any, ...]:
    """Return the values of the columns of ``place``; what makes it a facility is a JSON document, the last of them."""
    facility = {
        "accepts": sorted(place.accepts),
        "supplies": sorted(place.supplies),
        "hours": [[list(one.weekdays), one.opens_s, one.closes_s] for one in place.hours],
        "minutes": place.minutes,
    }
    return (
        place.code,
        place.kind.value,
        place.name,
        place.address,
        place.lon,
        place.lat,
        orjson.dumps(facility).decode(),
    )


def place_of(row: sqlite3.Row) -> Place:
    """Build a place from its row; a place of an older workspace is no facility."""
    told = orjson.loads(row["facility"])
    return Place(
        row["code"],
        PlaceKind(row["kind"]),
        row["name"],
        row["address"],
        row["lon"],
        row["lat"],
        accepts=frozenset(told.get("accepts", ())),
        supplies=frozenset(told.get("supplies", ())),
        hours=tuple(OpeningHours(tuple(days), opens_s, closes_s) for days, opens_s, closes_s in told.get("hours", ())),
        minutes=told.get("minutes", 0),
    )


def plan_of(row: sqlite3.Row, routes: Iterable[sqlite3.Row] = (), unserved: Iterable[sqlite3.Row] = ()) -> Plan:
    """Build a plan from its row, and from the rows of its routes and unserved visits."""
    kept = list(routes)
    return Plan(
        plan_id=row["plan_id"],
        made_at=datetime.fromisoformat(row["made_at"]),
        author=row["author"],
        from_on=date.fromisoformat(row["from_on"]),
        days=tuple(date.fromisoformat(day) for day in orjson.loads(row["days"])),
        seed=row["seed"],
        routes=tuple(ROUTE.validate_json(one["route"]) for one in kept),
        lines=tuple(LINE.validate_json(one["line"]) for one in kept),
        unserved=tuple(
            UnservedVisit(
                one["visit_id"],
                one["plot_id"],
                one["plot_code"],
                one["work"],
                date.fromisoformat(one["due_on"]),
                one["code"],
                one["reason"],
                one["reason_en"],
                REMEDY.validate_json(one["remedy"]),
            )
            for one in unserved
        ),
        figures=orjson.loads(row["figures"]),
        notes=tuple(orjson.loads(row["notes"])),
        warnings=tuple(orjson.loads(row["warnings"])),
        kept_out=KEPT_OUT.validate_json(row["kept_out"]),
        costs=orjson.loads(row["costs"]),
        events=EVENTS.validate_json(row["events"]),
    )


def move_row(move: Move) -> tuple[Any, ...]:
    """Return the values of a row of ``plan_move``."""
    old, new = (move.old_crew, move.old_on.isoformat()), (move.new_crew, day_text(move.new_on))
    said = (move.reason, move.reason_en, move.author, utc_text(move.at))
    return (move.plan_id, move.visit_id, move.plot_code, move.work, *old, *new, *said)


def change_of(row: sqlite3.Row) -> Change:
    """Build a line of the ledger from its row."""
    return Change(
        row["revision"],
        datetime.fromisoformat(row["at"]),
        row["author"],
        row["reason"],
        row["what"],
        row["key"],
    )


def move_of(row: sqlite3.Row) -> Move:
    """Build a move from its row."""
    return Move(
        plan_id=row["plan_id"],
        visit_id=row["visit_id"],
        plot_code=row["plot_code"],
        work=row["work"],
        old_crew=row["old_crew"],
        old_on=date.fromisoformat(row["old_on"]),
        new_crew=row["new_crew"],
        new_on=day_value(row["new_on"]),
        reason=row["reason"],
        reason_en=row["reason_en"],
        author=row["author"],
        at=datetime.fromisoformat(row["at"]),
    )


def lock_of(row: sqlite3.Row) -> VisitLock:
    """Build a lock from its row."""
    return VisitLock(
        visit_id=row["visit_id"],
        crew=row["crew"],
        on=date.fromisoformat(row["on_date"]),
        reason=row["reason"],
        author=row["author"],
        at=datetime.fromisoformat(row["at"]),
        window=None if row["opens_s"] is None else (row["opens_s"], row["closes_s"]),
    )


def visit_done_of(row: sqlite3.Row) -> VisitDone:
    """Build a visit done from its row."""
    return VisitDone(
        visit_id=row["visit_id"],
        plot_id=row["plot_id"],
        work=row["work"],
        done_on=date.fromisoformat(row["done_on"]),
        crew=row["crew"],
        part=row["part"],
        parts=row["parts"],
        author=row["author"],
        at=datetime.fromisoformat(row["at"]),
    )


def event_of(row: sqlite3.Row) -> KeptEvent:
    """Build an event from its row."""
    document, at = EVENT.validate_json(row["document"]), datetime.fromisoformat(row["at"])
    return KeptEvent(row["event_id"], document, row["author"], at)


def exception_of(row: sqlite3.Row) -> KeptException:
    """Build an exception to the cutting ban from its row."""
    given = CuttingException(ExceptionCode(row["code"]), row["evidence"])
    return KeptException(row["plot_id"], row["work"], given, row["author"], datetime.fromisoformat(row["at"]))


def run_of(row: sqlite3.Row) -> Run:
    """Build a planning run from its row."""
    return Run(
        run_id=row["run_id"],
        status=RunStatus(row["status"]),
        asked_at=datetime.fromisoformat(row["asked_at"]),
        author=row["author"],
        request=orjson.loads(row["request"]),
        stage=row["stage"],
        done=row["done"],
        total=row["total"],
        note=row["note"],
        cancel_asked=bool(row["cancel_asked"]),
        error=orjson.loads(row["error"]),
    )


def token_of(row: sqlite3.Row) -> Token:
    """Build a token from its row."""
    return Token(
        token_id=row["token_id"],
        sha256=row["sha256"],
        role=row["role"],
        label=row["label"],
        made_at=datetime.fromisoformat(row["made_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        revoked_at=moment_value(row["revoked_at"]),
        once=bool(row["once"]),
        used_at=moment_value(row["used_at"]),
        crew=row["crew"],
        subject=row["subject"],
    )
