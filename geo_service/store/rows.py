"""Floor 5: objects to rows of the database and back. Dates and times are ISO text, times in UTC."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import orjson
import shapely
from pydantic import TypeAdapter

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
from geo_service.store.model import Plan, RouteLine, Run, RunStatus, Token, UnservedVisit
from geo_service.work.model import NotDue

ROUTE = TypeAdapter(Route)
LINE = TypeAdapter(RouteLine)
KEPT_OUT = TypeAdapter(tuple[NotDue, ...])
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
            )
            for one in unserved
        ),
        figures=orjson.loads(row["figures"]),
        notes=tuple(orjson.loads(row["notes"])),
        warnings=tuple(orjson.loads(row["warnings"])),
        kept_out=KEPT_OUT.validate_json(row["kept_out"]),
    )


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
    )
