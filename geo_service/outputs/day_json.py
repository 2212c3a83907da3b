"""Floor 7: the day list as JSON: times ``"HH:MM"`` local, durations in seconds, lengths in metres, degrees lon, lat."""

from __future__ import annotations

from typing import Any

from geo_service.base.clock import hhmm
from geo_service.base.units import minutes
from geo_service.outputs.day import Day, DayCrew, DayStop, DayTrip
from geo_service.outputs.day_sums import waste_m3
from geo_service.outputs.plain import plain_values


def day_json(day: Day) -> dict[str, Any]:
    """Return the day as the JSON object that the command line and the API give.

    ``date``, ``crews`` with ``stops``, and ``unserved`` always stand; the other keys are for people and pages.
    """
    day = plain_values(day)
    return {
        "date": day.on.isoformat(),
        "plan": day.plan_id,
        "revision": day.revision,
        "sample": day.sample,
        "notes": list(day.notes),
        "licence": day.licence,
        "crews": [_crew(crew) for crew in day.crews],
        "unserved": [
            {
                "plot": one.plot,
                "task": one.task,
                "task_de": one.task_de,
                "task_en": one.task_en,
                "code": one.code,
                "reason": one.reason,
            }
            for one in day.unserved
        ],
    }


def _crew(crew: DayCrew) -> dict[str, Any]:
    return {
        "crew": crew.crew,
        "name": crew.name,
        "vehicle": crew.vehicle,
        "colour": crew.colour,
        "people": crew.people,
        "start": hhmm(crew.start_s),
        "end": hhmm(crew.end_s),
        "drive_s": crew.drive_s,
        "work_s": crew.work_s,
        "wait_s": crew.wait_s,
        "length_m": crew.length_m,
        "volume_m3": round(crew.volume_m3, 2),
        "waste_m3": {key: round(m3, 2) for key, m3 in waste_m3(crew).items()},
        "depot": {"name": crew.depot_name, "lon": crew.depot[0], "lat": crew.depot[1]},
        "end_at": {"name": crew.last_name, "lon": crew.last[0], "lat": crew.last[1]},
        "stops": [stop_json(stop) for stop in crew.stops],
        "trips": [trip_json(trip) for trip in crew.trips],
        "breaks": [{"start": hhmm(rest.start_s), "end": hhmm(rest.end_s), "after": rest.after} for rest in crew.breaks],
    }


def stop_json(stop: DayStop) -> dict[str, Any]:
    """Return a stop as it stands in the day's JSON."""
    return {
        "order": stop.order,
        "visit": stop.visit_id,
        "plot": stop.plot,
        "name": stop.plot_name,
        "address": stop.address,
        "quarter": stop.quarter,
        "task": stop.task,
        "task_de": stop.task_de,
        "task_en": stop.task_en,
        "arrival": hhmm(stop.arrival_s),
        "start": hhmm(stop.start_s),
        "end": hhmm(stop.end_s),
        "minutes": minutes(stop.end_s - stop.start_s),
        "drive_s": stop.drive_s,
        "length_m": stop.length_m,
        "area_m2": round(stop.area_m2, 1),
        "volume_m3": round(stop.volume_m3, 2),
        "access_note": stop.access_note,
        "hazard_note": stop.hazard_note,
        "waste_key": stop.waste_key,
        "supply": stop.supply,
        "supply_m3": round(stop.supply_m3, 2),
        "rule_note": stop.rule_note,
        "contamination": stop.contamination,
        "why": stop.why,
        "locked": stop.locked,
        "lock_reason": stop.lock_reason,
        "announced": "–".join(hhmm(second) for second in stop.announced) if stop.announced else "",
        "urgent": {"why": stop.urgent.why, "who": stop.urgent.who} if stop.urgent else None,
        "streets": list(stop.streets),
        "lon": stop.lon,
        "lat": stop.lat,
    }


def trip_json(trip: DayTrip) -> dict[str, Any]:
    """Return a trip to a facility as it stands in the day's JSON; ``after`` is the order of the stop before it."""
    return {
        "after": trip.after,
        "facility": trip.facility,
        "name": trip.name,
        "address": trip.address,
        "arrival": hhmm(trip.arrival_s),
        "start": hhmm(trip.start_s),
        "end": hhmm(trip.end_s),
        "minutes": minutes(trip.end_s - trip.start_s),
        "drive_s": trip.drive_s,
        "length_m": trip.length_m,
        "unloaded_m3": round(trip.unloaded_m3, 2),
        "loaded_m3": round(trip.loaded_m3, 2),
        "lon": trip.at[0] if trip.at else None,
        "lat": trip.at[1] if trip.at else None,
    }
