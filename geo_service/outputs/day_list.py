"""Floor 7: building the day list from the plan in force. Pure: values in, a `Day` out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely

from geo_service.actions.urgent import urgent_id
from geo_service.base.crs import LEIPZIG_EPSG, WGS84_EPSG, metric_epsg, transform_geometry
from geo_service.outputs.day import Day, DayBreak, DayCrew, DayStop, DayTrip, DayUnserved, DayUrgent, Lonlat
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import words
from geo_service.plots.model import Contamination, Plot, Quarter
from geo_service.routes.model import FacilityTrip, Route, Stop
from geo_service.schedule.events import UrgentVisit
from geo_service.schedule.events import words as reason_of
from geo_service.store.model import KeptEvent, Place, Plan, RouteLine, UnservedVisit, VisitLock
from geo_service.work.model import Catalogue, Crew, Visit, WorkKind
from geo_service.work.noise import STRICT, Rules, rule_note

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5b4b8a", "#6b4c2a")
"""Colours of crews that have none of their own; after Okabe and Ito, distinct for colour-blind eyes."""

_HEX = re.compile("#[0-9a-fA-F]{6}")

DEGREE_PLACES = 7
"""Decimal places of longitudes and latitudes that are written out: about a centimetre."""


def build_day(
    on: date,
    *,
    plan: Plan,
    plots: Sequence[Plot],
    crews: Sequence[Crew],
    places: Sequence[Place],
    catalogue: Catalogue,
    quarters: Sequence[Quarter],
    revision: int,
    sample: bool,
    lang: str = "de",
    licence: str = "",
    rules: Rules = STRICT,
    locks: Sequence[VisitLock] = (),
    events: Sequence[KeptEvent] = (),
) -> Day:
    """Return a day of a plan as every output tells it.

    Every crew that works on that weekday is told of: with its stops, or in a note that it does not go out. Unserved
    are the visits the plan leaves out that were due by that day; those due later are told on their own day.

    Parameters
    ----------
    plan
        The plan in force; a day outside it gives no crews and no unserved visits.
    sample
        Whether the workspace holds the schematic sample; then, or when the plan was made on it, the first note says so.
    lang
        Of notes, rule notes and reasons, ``"de"`` or ``"en"``; the names of the work come in both.
    licence
        Of the streets that the routes follow.
    rules
        Which rules hold beside federal law.
    locks
        What stays on its crew-day, and what was announced.
    events
        Who noted the urgent reports that hold; those of the plan count as noted by its author when they are not here.
    """
    inside = plan.days[0] <= on <= plan.days[-1] if plan.days else False
    sample = sample or any(_tells_sample(note) for note in plan.notes)
    builder = _Builder(
        on=on,
        plots={plot.plot_id: plot for plot in plots},
        places={place.code: place for place in places},
        catalogue=catalogue,
        quarters={quarter.key: quarter.name for quarter in quarters},
        lang=lang,
        law=rules,
        locks={(lock.visit_id, lock.crew): lock for lock in locks if lock.on == on},
        urgent=_urgent(plan, events),
    )
    positions = {crew.code: index for index, crew in enumerate(crews)}
    by_code = {crew.code: crew for crew in crews}
    lines = {line.crew: line for line in plan.lines if line.on == on}
    routes = sorted(
        (route for route in plan.routes if route.crew_day.on == on and route.stops),
        key=lambda route: (positions.get(route.crew_day.crew, len(positions)), route.crew_day.crew),
    )
    out = tuple(
        builder.crew(
            route,
            by_code.get(route.crew_day.crew),
            lines.get(route.crew_day.crew),
            positions.get(route.crew_day.crew, index),
        )
        for index, route in enumerate(routes)
    )
    going = {route.crew_day.crew for route in routes}
    idle = [
        f"{crew.name}: {words(lang)['idle']}"
        for crew in crews
        if on in plan.days and on.weekday() in crew.weekdays and crew.code not in going
    ]
    notes = (
        ([words(lang)["sample"]] if sample else []) + [note for note in plan.notes if not _tells_sample(note)] + idle
    )
    day = Day(
        on=on,
        plan_id=plan.plan_id,
        revision=revision,
        sample=sample,
        notes=tuple(dict.fromkeys(notes)),
        crews=out,
        unserved=tuple(_unserved(one, catalogue, lang) for one in plan.unserved if inside and one.due_on <= on),
        epsg=_epsg(plots, out),
        licence=licence,
    )
    return plain_values(day)


@dataclass(frozen=True)
class _Builder:
    """Turns routes into lists; holds what all crews of a day look things up in."""

    on: date
    plots: Mapping[str, Plot]
    places: Mapping[str, Place]
    catalogue: Catalogue
    quarters: Mapping[str, str]
    lang: str
    law: Rules
    locks: Mapping[tuple[str, str], VisitLock]
    urgent: Sequence[tuple[UrgentVisit, str]]

    def rules(self, visit: Visit, kind: WorkKind | None, plot: Plot | None) -> str:
        """Return what binds the crew here: hours of its machines, and what to check or leave alone."""
        english = self.lang == "en"
        hours = ""
        if kind and plot:
            hours = rule_note(kind, plot, self.on, self.catalogue, rules=self.law, lang="en" if english else "de")
        return "; ".join(note for note in (hours, visit.heed_en if english else visit.heed) if note)

    def crew(self, route: Route, crew: Crew | None, line: RouteLine | None, position: int) -> DayCrew:
        """Return a crew's day; ``position`` is its place among the crews, for its colour."""
        code = route.crew_day.crew
        legs = line.legs if line is not None else ()
        names = line.names if line is not None else ()
        stops = tuple(
            self.stop(
                code,
                stop,
                legs[index] if index < len(legs) else (),
                names[index] if index < len(names) else (),
            )
            for index, stop in enumerate(route.stops)
        )
        way_back = legs[len(stops)] if len(legs) > len(stops) else ()
        place = self.places.get(crew.depot) if crew is not None else None
        ends_elsewhere = route.crew_day.last_place != route.crew_day.depot_place
        end = self.places.get(crew.end) if crew is not None and ends_elsewhere else None
        return DayCrew(
            crew=code,
            name=crew.name if crew is not None else code,
            vehicle=crew.vehicle if crew is not None else "",
            colour=crew_colour(crew, position),
            people=route.crew_day.people,
            depot_name=place.name if place is not None else words(self.lang)["depot"],
            depot=(place.lon, place.lat) if place is not None else _first_point(stops, way_back),
            start_s=route.start_s,
            end_s=route.end_s,
            drive_s=route.drive_s,
            length_m=route.length_m,
            work_s=route.work_s,
            wait_s=route.wait_s,
            volume_m3=sum(stop.volume_m3 for stop in stops),
            stops=stops,
            breaks=tuple(DayBreak(rest.start_s, rest.end_s, rest.after) for rest in route.breaks),
            way_back=way_back,
            trips=tuple(self.trip(trip) for trip in route.trips),
            end_name=end.name if end is not None else "",
            end=(end.lon, end.lat) if end is not None else None,
        )

    def trip(self, trip: FacilityTrip) -> DayTrip:
        """Return a trip to a facility, which may be gone from the places since."""
        place = self.places.get(trip.facility.code)
        return DayTrip(
            after=trip.after,
            facility=trip.facility.code,
            name=place.name if place is not None else trip.facility.name,
            address=place.address if place is not None else "",
            arrival_s=trip.arrival_s,
            start_s=trip.start_s,
            end_s=trip.end_s,
            drive_s=trip.drive_s,
            length_m=trip.length_m,
            unloaded_m3=trip.unloaded_m3,
            loaded_m3=trip.loaded_m3,
            at=(place.lon, place.lat) if place is not None else None,
        )

    def stop(self, crew: str, stop: Stop, leg: tuple[Lonlat, ...], streets: tuple[str, ...]) -> DayStop:
        """Return a stop of a crew. A plot that left the register since is told by its code, at the end of its leg."""
        visit = stop.visit
        plot = self.plots.get(visit.plot_id)
        kind = self.catalogue.kinds.get(visit.work)
        lon, lat = _entry(plot) if plot is not None else (leg[-1] if leg else (0.0, 0.0))
        lang_en = self.lang == "en"
        lock = self.locks.get((visit.visit_id, crew))
        return DayStop(
            order=stop.order,
            visit_id=visit.visit_id,
            plot=visit.plot_code,
            plot_name=plot.name if plot else "",
            address=plot.address if plot else "",
            quarter=self.quarters.get(plot.quarter, "") if plot else "",
            task=visit.work,
            task_de=kind.name_de if kind else visit.work,
            task_en=kind.name_en if kind else visit.work,
            arrival_s=stop.arrival_s,
            start_s=stop.start_s,
            end_s=stop.end_s,
            drive_s=stop.drive_s,
            length_m=stop.length_m,
            area_m2=kind.area_m2(plot) if kind and plot else 0.0,
            access_note=plot.access_note if plot else "",
            hazard_note=plot.hazard_note if plot else "",
            rule_note=self.rules(visit, kind, plot),
            contamination=str(plot.contamination) if plot else str(Contamination.UNKNOWN),
            volume_m3=visit.volume_m3,
            why=visit.why_en or visit.why if lang_en else visit.why,
            lon=lon,
            lat=lat,
            outline=outline(plot) if plot else (),
            leg=leg,
            streets=streets,
            waste_key=visit.waste_key if visit.volume_m3 else "",
            supply=visit.supply if visit.supply_m3 else "",
            supply_m3=visit.supply_m3,
            locked=lock is not None,
            lock_reason=lock.reason if lock is not None else "",
            announced=lock.window if lock is not None else None,
            urgent=next((DayUrgent(event.reason, who) for event, who in self.urgent if answers(visit, event)), None),
        )


def answers(visit: Visit, event: UrgentVisit) -> bool:
    """Tell whether a visit is there, or is there already now, because of an urgent report."""
    if visit.plot_code != event.plot:
        return False
    return visit.visit_id == urgent_id(event) or (
        visit.work == event.work and visit.why.startswith(reason_of(event)[0])
    )


def crew_colour(crew: Crew | None, position: int) -> str:
    """Return a crew's own colour when it is one (``"#0072b2"``), else the palette's for its place among the crews."""
    own = crew.colour if crew is not None else ""
    return own if _HEX.fullmatch(own) else PALETTE[position % len(PALETTE)]


def outline(plot: Plot) -> tuple[tuple[Lonlat, ...], ...]:
    """Return the rings of a plot in degrees, the exterior first for each part."""
    rings: list[tuple[Lonlat, ...]] = []
    for part in shapely.get_parts(transform_geometry(plot.geometry, plot.epsg, WGS84_EPSG)):
        for ring in (part.exterior, *part.interiors):
            xy = np.asarray(ring.coords)[:, :2].round(DEGREE_PLACES)
            rings.append(tuple((float(x), float(y)) for x, y in xy))
    return tuple(rings)


def _entry(plot: Plot) -> Lonlat:
    point = transform_geometry(plot.entry(), plot.epsg, WGS84_EPSG)
    return round(point.x, DEGREE_PLACES), round(point.y, DEGREE_PLACES)


def _first_point(stops: tuple[DayStop, ...], way_back: tuple[Lonlat, ...]) -> Lonlat:
    """Return where a route without a depot of its own begins: the end of the way back, else the first stop."""
    return way_back[-1] if way_back else (stops[0].lon, stops[0].lat)


def _tells_sample(note: str) -> bool:
    return words("de")["sample"] in note or words("en")["sample"].lower() in note.lower()


def _unserved(one: UnservedVisit, catalogue: Catalogue, lang: str) -> DayUnserved:
    kind = catalogue.kinds.get(one.work)
    return DayUnserved(
        plot=one.plot_code,
        task=one.work,
        code=one.code,
        reason=one.reason_in(lang),
        task_de=kind.name_de if kind else one.work,
        task_en=kind.name_en if kind else one.work,
    )


def _urgent(plan: Plan, events: Sequence[KeptEvent]) -> list[tuple[UrgentVisit, str]]:
    """Return the urgent reports that a plan may answer, each once, with who noted it."""
    noted = [(kept.event, kept.author) for kept in events]
    noted += [(event, plan.author) for event in plan.events if event not in {one for one, _ in noted}]
    return [(event, who) for event, who in noted if isinstance(event, UrgentVisit) and event.priority == 1]


def _epsg(plots: Sequence[Plot], crews: Sequence[DayCrew]) -> int:
    if plots:
        return plots[0].epsg
    return metric_epsg(*crews[0].depot) if crews else LEIPZIG_EPSG
