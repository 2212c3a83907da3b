"""Floor 7: the five collections as features in degrees (EPSG:4326, lon lat) with properties fit for JSON.

Quarters, plots, streets, visits and routes; `geo_service.outputs.collections` describes their properties.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.base.clock import at_local
from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.outputs.day_list import DEGREE_PLACES, crew_colour
from geo_service.outputs.plain import plain_values
from geo_service.outputs.plot_care import PlotCare
from geo_service.plots.columns import plot_properties
from geo_service.plots.model import Plot, Quarter
from geo_service.routes.model import Route, Stop
from geo_service.store.model import Plan, UnservedVisit
from geo_service.streets.network import StreetNetwork
from geo_service.work.model import Catalogue, Crew

Properties = dict[str, Any]
Span = tuple[date, date]


@dataclass(frozen=True)
class Features:
    """The features of a collection, column by column.

    Attributes
    ----------
    ids
        Unique in the collection; all text or all whole numbers.
    geometries
        shapely geometries in degrees, shape (n,); None where a place is not known.
    properties
        By name, as JSON can carry them.
    spans
        First and last day of each feature, for collections that have times.
    origins
        What each feature was made of, when the store tells of its changes by another name than its id.
    """

    ids: Sequence[str | int]
    geometries: npt.NDArray[np.object_]
    properties: Sequence[Properties]
    spans: Sequence[Span] | None = None
    origins: Sequence[str] | None = None

    def rows(self) -> Iterator[tuple[str | int, BaseGeometry | None, Properties]]:
        """Yield id, geometry in degrees and properties of each feature."""
        yield from zip(self.ids, self.geometries, self.properties, strict=True)

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return min lon, min lat, max lon, max lat in degrees; None when nothing has a place."""
        placed = self.geometries[~shapely.is_missing(self.geometries)]
        if not len(placed):
            return None
        west, south, east, north = (float(value) for value in shapely.total_bounds(placed))
        return west, south, east, north

    def geojson(self, **members: Any) -> bytes:
        """Return a GeoJSON FeatureCollection (RFC 7946) with further ``members`` such as a note."""
        parts = [
            {
                "type": "Feature",
                "id": key,
                "geometry": None if text is None else orjson.Fragment(text),
                "properties": row,
            }
            for key, text, row in zip(self.ids, shapely.to_geojson(self.geometries), self.properties, strict=True)
        ]
        return orjson.dumps({"type": "FeatureCollection", **plain_values(members), "features": parts})


def quarter_features(quarters: Sequence[Quarter], *, exact: bool = False) -> Features:
    """Return the quarters; the id is the official key, ``area_m2`` in square metres of the plan CRS.

    Parameters
    ----------
    exact
        Leave the degrees as they are computed, so that they can be turned back to the plan CRS without a loss.
    """
    properties = [
        {
            "key": quarter.key,
            "name": quarter.name,
            "short": quarter.short,
            "group": quarter.group,
            "area_m2": round(quarter.geometry.area, 1),
        }
        for quarter in quarters
    ]
    geometries = _degrees([quarter.geometry for quarter in quarters], [quarter.epsg for quarter in quarters], exact)
    return Features([plain_values(quarter.key) for quarter in quarters], geometries, plain_values(tuple(properties)))


def plot_features(
    plots: Sequence[Plot],
    *,
    public_only: bool = False,
    exact: bool = False,
    care: Mapping[str, PlotCare] | None = None,
) -> Features:
    """Return the plots; the id is the code.

    Parameters
    ----------
    public_only
        Give what BauGB §200(3) lets anybody see and no more: code, quarter, address, parcels as people write them
        and area in square metres; plots whose owner objected are not there at all.
    exact
        As in `quarter_features`.
    care
        By ``plot_id``, see `geo_service.outputs.plot_care`; without it what is due is not told.
    """
    shown = [plot for plot in plots if plot.public] if public_only else list(plots)
    known = care or {}
    properties = tuple(
        _public(plot) if public_only else {**plot_properties(plot), **_care(known.get(plot.plot_id, PlotCare()))}
        for plot in shown
    )
    geometries = _degrees([plot.geometry for plot in shown], [plot.epsg for plot in shown], exact)
    return Features(
        [plain_values(plot.code) for plot in shown],
        geometries,
        plain_values(properties),
        origins=[plot.plot_id for plot in shown],
    )


def street_features(network: StreetNetwork) -> Features:
    """Return the street sections; the id is the section's index, a one-way's line runs as one may drive."""
    lines = list(network.lines())
    points = [line.lonlat for line in lines]
    geometries = shapely.linestrings(
        np.vstack([np.empty((0, 2)), *points]), indices=np.repeat(np.arange(len(lines)), [len(one) for one in points])
    )
    properties = tuple(
        {
            "name": line.name,
            "highway": line.highway,
            "oneway": line.oneway,
            "length_m": round(float(network.section_length_m[line.section]), 1),
            "osm_way": int(line.way),
        }
        for line in lines
    )
    return Features([int(line.section) for line in lines], geometries, plain_values(properties))


def visit_features(plan: Plan, plots: Sequence[Plot], catalogue: Catalogue, *, public_only: bool = False) -> Features:
    """Return every visit of a plan, planned or unserved, as a point where the crew enters; the id is the visit's.

    Parameters
    ----------
    public_only
        Only the visits to plots that are in the register and whose owner did not object to publication.
    """
    listed = {plot.plot_id: plot for plot in plots if plot.public or not public_only}
    stops = [
        (route, stop)
        for route in plan.routes
        for stop in route.stops
        if stop.visit.plot_id in listed or not public_only
    ]
    left_out = [one for one in plan.unserved if one.plot_id in listed or not public_only]
    properties = tuple(
        {**_work(work, catalogue), **row}
        for work, row in (
            *((stop.visit.work, _planned(plan, route, stop)) for route, stop in stops),
            *((one.work, _unserved(plan, one)) for one in left_out),
        )
    )
    entered = [
        listed.get(plot_id) for plot_id in (*(s.visit.plot_id for _, s in stops), *(u.plot_id for u in left_out))
    ]
    ids = [*(stop.visit.visit_id for _, stop in stops), *(one.visit_id for one in left_out)]
    days = [*(route.crew_day.on for route, _ in stops), *(one.due_on for one in left_out)]
    return Features(
        ids=plain_values(tuple(ids)),
        geometries=_degrees(
            [plot.entry() if plot else None for plot in entered],
            [plot.epsg if plot else WGS84_EPSG for plot in entered],
        ),
        properties=plain_values(properties),
        spans=[(day, day) for day in days],
        origins=[*(stop.visit.plot_id for _, stop in stops), *(one.plot_id for one in left_out)],
    )


def route_features(plan: Plan, crews: Sequence[Crew]) -> Features:
    """Return a line for each crew and day of a plan; the id is ``"crew-1.2026-11-23"``."""
    lines = {(line.crew, line.on): line for line in plan.lines}
    by_code = {crew.code: (position, crew) for position, crew in enumerate(crews)}
    routes = [route for route in plan.routes if route.stops]
    geometries = np.empty(len(routes), dtype=object)
    for index, route in enumerate(routes):
        line = lines.get((route.crew_day.crew, route.crew_day.on))
        points = [point for leg in line.legs for point in leg] if line else []
        geometries[index] = shapely.linestrings(points) if len(points) > 1 else None
    properties = tuple(_route(plan, route, by_code) for route in routes)
    return Features(
        ids=[f"{route.crew_day.crew}.{route.crew_day.on.isoformat()}" for route in routes],
        geometries=geometries,
        properties=plain_values(properties),
        spans=[(route.crew_day.on, route.crew_day.on) for route in routes],
    )


def _public(plot: Plot) -> Properties:
    return {
        "code": plot.code,
        "quarter": plot.quarter or None,
        "address": plot.address or None,
        "parcels": "; ".join(parcel.display for parcel in plot.parcels) or None,
        "area_m2": round(plot.area_m2, 2),
    }


def _care(care: PlotCare) -> Properties:
    return {
        "due": care.due or None,
        "due_on": care.due_on.isoformat() if care.due_on else None,
        "last_visit_on": care.last_visit_on.isoformat() if care.last_visit_on else None,
    }


def _work(work: str, catalogue: Catalogue) -> Properties:
    kind = catalogue.kinds.get(work)
    return {"task": work, "task_de": kind.name_de if kind else work, "task_en": kind.name_en if kind else work}


def _planned(plan: Plan, route: Route, stop: Stop) -> Properties:
    on, visit = route.crew_day.on, stop.visit
    return {
        "plot": visit.plot_code,
        "status": "planned",
        "date": on.isoformat(),
        "crew": route.crew_day.crew,
        "order": stop.order,
        "arrival": at_local(on, stop.arrival_s).isoformat(),
        "departure": at_local(on, stop.end_s).isoformat(),
        "service_s": stop.end_s - stop.start_s,
        "drive_s": stop.drive_s,
        "length_m": stop.length_m,
        "volume_m3": round(visit.volume_m3, 3),
        "due_on": visit.due_on.isoformat(),
        "why": visit.why,
        "why_en": visit.why_en or None,
        "code": None,
        "reason": None,
        "reason_en": None,
        "plan": plan.plan_id,
    }


def _unserved(plan: Plan, one: UnservedVisit) -> Properties:
    nothing = dict.fromkeys(
        ("date", "crew", "order", "arrival", "departure", "service_s", "drive_s", "length_m", "volume_m3")
    )
    return {
        "plot": one.plot_code,
        "status": "unserved",
        **nothing,
        "due_on": one.due_on.isoformat(),
        "why": None,
        "why_en": None,
        "code": one.code,
        "reason": one.reason,
        "reason_en": one.reason_en or None,
        "plan": plan.plan_id,
    }


def _route(plan: Plan, route: Route, crews: Mapping[str, tuple[int, Crew]]) -> Properties:
    day = route.crew_day
    position, crew = crews.get(day.crew, (len(crews), None))
    return {
        "crew": day.crew,
        "crew_name": crew.name if crew else day.crew,
        "colour": crew_colour(crew, position),
        "date": day.on.isoformat(),
        "start": at_local(day.on, route.start_s).isoformat(),
        "end": at_local(day.on, route.end_s).isoformat(),
        "stops": len(route.stops),
        "work_s": route.work_s,
        "drive_s": route.drive_s,
        "wait_s": route.wait_s,
        "length_m": route.length_m,
        "plan": plan.plan_id,
    }


def _degrees(
    geometries: Sequence[BaseGeometry | None], epsgs: Sequence[int], exact: bool = False
) -> npt.NDArray[np.object_]:
    """Transform geometries to degrees, all of one system at once, rounded to a centimetre unless exact."""
    places = 15 if exact else DEGREE_PLACES
    out = np.empty(len(geometries), dtype=object)
    out[:] = geometries
    for epsg in set(epsgs):
        chosen = np.flatnonzero(np.array(epsgs) == epsg)
        out[chosen] = shapely.transform(
            out[chosen], lambda xy, epsg=epsg: transform_xy(xy, epsg, WGS84_EPSG).round(places)
        )
    return out
