"""Floor 7: all that a phone needs for a crew's day without network, as one JSON object. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from geo_service.outputs.day import Day, DayCrew, DayStop, DayTrip
from geo_service.outputs.day_list import crew_colour
from geo_service.outputs.package_map import day_bounds, package_map
from geo_service.outputs.plain import plain
from geo_service.plots.model import Plot, Quarter
from geo_service.store.field import PhotoUse
from geo_service.store.model import Place, Plan
from geo_service.streets.network import StreetNetwork
from geo_service.work.field_report import OBSTACLES, VisitCourse
from geo_service.work.model import Catalogue, Crew, Visit
from geo_service.work.noise import STRICT, Rules, machine_hours
from geo_service.work.waste import WASTE

MOST_PHOTOS = 3
"""Earlier pictures of a plot that are taken along."""

_TELLING = ("obstacle", "find", "after", "before")
"""What a picture shows, the most useful before the work first. Signatures stay at the desk."""


@dataclass(frozen=True)
class Ground:
    """What the package is made of beside the day itself.

    Attributes
    ----------
    courses
        How the visits stand, by visit_id.
    photos
        Which reports name pictures that were received, in the desk's order.
    """

    plan: Plan
    crew: Crew
    plots: Sequence[Plot]
    places: Sequence[Place]
    catalogue: Catalogue
    quarters: Sequence[Quarter]
    courses: Mapping[str, VisitCourse]
    photos: Sequence[PhotoUse]
    network: StreetNetwork | None = None
    landscape: bytes | None = None
    rules: Rules = STRICT
    position: int = 0


def day_package(day: Day, ground: Ground, *, as_of: datetime, lang: str = "de") -> dict[str, Any]:
    """Return the package of a crew's day; a crew that does not go out gets one without stops.

    Parameters
    ----------
    day
        The day with this crew in it, or none.
    as_of
        When it was made, aware.
    lang
        Of the notes that come in one language only.
    """
    crew = ground.crew
    place = next((place for place in ground.places if place.code == crew.depot), None)
    out = next((one for one in day.crews if one.crew == crew.code), None)
    depot = (place.lon, place.lat) if place is not None else None
    going = out if out is not None else _idle(ground)
    builder = _Builder(day.on, ground)
    stops = [builder.stop(stop) for stop in going.stops]
    bounds = day_bounds(going, going.depot if out is not None else depot)
    return {
        "crew": {
            "code": crew.code,
            "name": plain(crew.name),
            "vehicle": plain(crew.vehicle),
            "people": going.people,
            "colour": going.colour,
        },
        "date": day.on.isoformat(),
        "plan_id": day.plan_id,
        "revision": day.revision,
        "as_of": as_of.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "lang": lang,
        "sample": day.sample,
        "notes": list(day.notes),
        "licence": day.licence,
        "depot": {
            "name": going.depot_name if out is not None else (plain(place.name) if place is not None else ""),
            "address": plain(place.address) if place is not None else "",
            "lon": going.depot[0] if out is not None else (depot[0] if depot else None),
            "lat": going.depot[1] if out is not None else (depot[1] if depot else None),
        },
        "end_at": None if going.end is None else {"name": going.end_name, "lon": going.end[0], "lat": going.end[1]},
        "start_s": going.start_s,
        "end_s": going.end_s,
        "drive_s": going.drive_s,
        "work_s": going.work_s,
        "length_m": going.length_m,
        "stops": stops,
        "trips": [_trip(trip) for trip in going.trips],
        "breaks": [{"start_s": rest.start_s, "end_s": rest.end_s, "after": rest.after} for rest in going.breaks],
        "way_back": [list(point) for point in going.way_back],
        "catalogue": _catalogue(ground.catalogue),
        "map": None
        if bounds is None
        else package_map(going, bounds, network=ground.network, landscape=ground.landscape, quarters=ground.quarters),
        "photos": sorted({photo["sha256"] for stop in stops for photo in stop["photos"]}),
    }


def _idle(ground: Ground) -> DayCrew:
    """Return the day of a crew that does not go out."""
    crew = ground.crew
    return DayCrew(
        crew=crew.code,
        name=crew.name,
        vehicle=crew.vehicle,
        colour=crew_colour(crew, ground.position),
        people=crew.people,
        depot_name="",
        depot=(0.0, 0.0),
        start_s=crew.shift_start_s,
        end_s=crew.shift_end_s,
        drive_s=0,
        length_m=0,
        work_s=0,
        wait_s=0,
        volume_m3=0.0,
        stops=(),
        breaks=(),
        way_back=(),
    )


class _Builder:
    """Tells stops; holds what they are looked up in."""

    def __init__(self, on: date, ground: Ground) -> None:
        self._on = on
        self._ground = ground
        self._plots = {plot.code: plot for plot in ground.plots}
        self._visits: dict[str, Visit] = {
            plain(stop.visit.visit_id): stop.visit
            for route in ground.plan.routes
            if route.crew_day.on == on and route.crew_day.crew == ground.crew.code
            for stop in route.stops
        }
        self._photos: dict[str, list[PhotoUse]] = {}
        for use in ground.photos:
            self._photos.setdefault(use.plot, []).append(use)

    def stop(self, stop: DayStop) -> dict[str, Any]:
        """Return a stop as the list tells it, with what the phone needs beside."""
        visit = self._visits[stop.visit_id]
        urgent = stop.urgent
        return {
            "order": stop.order,
            "visit_id": stop.visit_id,
            "version": self._course(stop).version,
            "plot": stop.plot,
            "plot_name": stop.plot_name,
            "address": stop.address,
            "quarter": stop.quarter,
            "task": stop.task,
            "task_de": stop.task_de,
            "task_en": stop.task_en,
            "machines": sorted(visit.machines),
            "arrival_s": stop.arrival_s,
            "start_s": stop.start_s,
            "end_s": stop.end_s,
            "drive_s": stop.drive_s,
            "length_m": stop.length_m,
            "area_m2": round(stop.area_m2, 1),
            "access_note": stop.access_note,
            "hazard_note": stop.hazard_note,
            "rule_note": stop.rule_note,
            "rules": self._rules(stop),
            "contamination": stop.contamination,
            "volume_m3": round(stop.volume_m3, 2),
            "waste_key": visit.waste_key,
            "supply": visit.supply,
            "supply_m3": round(visit.supply_m3, 2),
            "why": plain(visit.why),
            "why_en": plain(visit.why_en or visit.why),
            "heed": plain(visit.heed),
            "heed_en": plain(visit.heed_en or visit.heed),
            "lon": stop.lon,
            "lat": stop.lat,
            "outline": [[list(point) for point in ring] for ring in stop.outline],
            "leg": [list(point) for point in stop.leg],
            "streets": list(stop.streets),
            "locked": stop.locked,
            "announced": None if stop.announced is None else list(stop.announced),
            "urgent": None if urgent is None else {"who": urgent.who, "why": urgent.why, "why_en": urgent.why},
            "photos": self._earlier(stop.plot),
            "course": self._told_course(stop),
        }

    def _rules(self, stop: DayStop) -> list[dict[str, Any]]:
        kind, plot = self._ground.catalogue.kinds.get(stop.task), self._plots.get(stop.plot)
        if kind is None or plot is None:
            return []
        found = machine_hours(kind, plot, self._on, self._ground.catalogue, rules=self._ground.rules)
        return [
            {
                "machine": hours.machine.code,
                "machine_de": plain(hours.machine.name_de),
                "machine_en": plain(hours.machine.name_en),
                "windows": [list(window) for window in hours.windows],
                "cite": hours.laws,
            }
            for hours in found
        ]

    def _course(self, stop: DayStop) -> VisitCourse:
        return self._ground.courses.get(stop.visit_id) or VisitCourse(stop.visit_id)

    def _told_course(self, stop: DayStop) -> dict[str, Any]:
        course = self._course(stop)
        return {
            "version": course.version,
            "outcome": course.outcome,
            "stopped": course.stopped,
            "minutes": course.minutes,
            "quantities": [
                {"unit": one.unit, "amount": one.amount, "waste_key": one.waste_key} for one in course.quantities
            ],
            "reason": course.reason,
            "report_id": course.report_id,
        }

    def _earlier(self, plot: str) -> list[dict[str, Any]]:
        """Return the pictures of a plot that help most: of the latest day first, obstacles and finds before others."""
        uses = {use.note.sha256: use for use in self._photos.get(plot, ()) if use.note.role in _TELLING}
        ordered = sorted(uses.values(), key=lambda use: (-use.day.toordinal(), _TELLING.index(use.note.role)))
        return [
            {
                "sha256": use.note.sha256,
                "role": use.note.role,
                "taken_at": None if use.note.taken_at is None else use.note.taken_at.isoformat(),
            }
            for use in ordered[:MOST_PHOTOS]
        ]


def _trip(trip: DayTrip) -> dict[str, Any]:
    lon, lat = trip.at if trip.at is not None else (None, None)
    return {
        "after": trip.after,
        "facility": trip.facility,
        "name": trip.name,
        "address": trip.address,
        "arrival_s": trip.arrival_s,
        "start_s": trip.start_s,
        "end_s": trip.end_s,
        "drive_s": trip.drive_s,
        "length_m": trip.length_m,
        "unloaded_m3": round(trip.unloaded_m3, 2),
        "loaded_m3": round(trip.loaded_m3, 2),
        "lon": lon,
        "lat": lat,
    }


def _catalogue(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "waste_keys": [
            {"key": one.key, "name_de": one.name_de, "name_en": one.name_en, "hazardous": one.hazardous}
            for one in WASTE.values()
        ],
        "reasons": [{"code": one.code, "de": one.name_de, "en": one.name_en} for one in OBSTACLES],
        "works": [
            {"code": kind.code, "name_de": plain(kind.name_de), "name_en": plain(kind.name_en)}
            for kind in catalogue.kinds.values()
        ],
    }
