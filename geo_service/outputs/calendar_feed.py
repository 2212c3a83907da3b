"""Floor 7: a crew's plan as a calendar to subscribe to (RFC 5545, RFC 7986), kept and shown by machines of others.

Calendars are kept by third parties, so the feed tells what a crew needs to find its work and no more: plot,
address, work, minutes, the rule that binds, whether somebody was told the hours. Access notes, hazards in words,
reasons, who reported what and everything else that people wrote in their own words stay on the list, to which each
event links. A plot whose owner objected to publication stands there without its place.

An event keeps its UID as long as the visit keeps its id. Its SEQUENCE is the revision of the data at which something
was last changed that the event can depend on (the plan put in force, the lock, the plot, the crew, the catalogue, the
places, the rules): it rises with every such change and never falls. A visit that a plan took from the crew, or put on
another day of another crew, is cancelled (``STATUS:CANCELLED``) on the day where it lay, until `KEPT_DAYS` after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vGeo, vText

from geo_service.base.clock import BERLIN, at_local, hhmm
from geo_service.base.units import hours, minutes
from geo_service.outputs.day import Day, DayCrew, DayStop, DayTrip
from geo_service.outputs.day_codes import reachable, stop_link
from geo_service.outputs.day_ical import uid
from geo_service.outputs.day_in_force import days_in_force
from geo_service.outputs.day_marks import announced_hours
from geo_service.outputs.day_trip import trip_title
from geo_service.outputs.ical_zone import berlin_zone
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import kilometres, numeric_date, words
from geo_service.store.model import Change, Move
from geo_service.store.protocol import Store
from geo_service.work.model import Catalogue

KEPT_DAYS = 7
"""So long the feed remembers what is over."""

REFRESH = timedelta(hours=1)
"""How often calendars are asked to read the feed again."""


@dataclass(frozen=True)
class Stamp:
    """When something last changed: the revision of the data, and its time, aware, UTC."""

    revision: int
    at: datetime


@dataclass(frozen=True)
class Stamps:
    """When what the events depend on last changed.

    Attributes
    ----------
    whole
        Of everything that all events depend on.
    plots, visits, moves
        By code of the plot and by id of the visit (its lock, its moves).
    """

    whole: Stamp
    plots: Mapping[str, Stamp]
    visits: Mapping[str, Stamp]
    moves: Mapping[str, Stamp]

    def of_stop(self, stop: DayStop) -> Stamp:
        """Return when the event of a stop last changed."""
        own = (self.plots.get(stop.plot), self.visits.get(stop.visit_id), self.moves.get(stop.visit_id))
        return _newest([self.whole, *(one for one in own if one is not None)])


def feed_in_force(store: Store, crew: str, today: date, *, base_url: str = "", lang: str = "de") -> bytes:
    """Return the feed of a crew: the days of the plan in force, and what was taken from them.

    The same data and ``today`` give the same bytes. Without a plan the calendar is empty.

    Parameters
    ----------
    today
        Local date; what lies more than `KEPT_DAYS` before it is left out.
    base_url
        Where the desk is reached; events link to the crew's page when a phone reaches it.

    Raises
    ------
    NotFound
        When there is no such crew.
    """
    first = today - timedelta(days=KEPT_DAYS)
    days = days_in_force(store, first, crew=crew, lang=lang)
    names = {one.code: one.name for one in store.crews()}
    planned = {stop.visit_id for day in days for one in day.crews for stop in one.stops}
    gone: dict[str, Move] = {}
    newest: dict[str, Move] = {}
    for move in store.moves():  # the newest first
        last = newest.setdefault(move.visit_id, move)
        if move.old_crew == crew and move.old_on >= first and move.visit_id not in planned:
            gone.setdefault(move.visit_id, replace(move, new_crew=last.new_crew, new_on=last.new_on))
    unpublished = frozenset(plot.code for plot in store.plots() if not plot.public)
    return crew_feed(
        days,
        name=names[crew],
        gone=sorted(gone.values(), key=lambda move: (move.old_on, move.visit_id)),
        stamps=_stamps(store),
        catalogue=store.catalogue(),
        crews=names,
        unpublished=unpublished,
        base_url=base_url,
        lang=lang,
    )


def crew_feed(
    days: Sequence[Day],
    *,
    name: str,
    gone: Sequence[Move],
    stamps: Stamps,
    catalogue: Catalogue,
    crews: Mapping[str, str],
    unpublished: frozenset[str] = frozenset(),
    base_url: str = "",
    lang: str = "de",
) -> bytes:
    """Return the feed of the days of one crew; see `feed_in_force` for what goes in.

    Parameters
    ----------
    name
        Of the crew.
    gone
        Visits that were taken from it, each once.
    crews
        Names of the crews by code.
    unpublished
        Codes of the plots whose owner objected.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//geo-service//crew calendar//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", BERLIN.key)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(berlin_zone())
    for day in plain_values(tuple(days)):
        for crew in day.crews:
            calendar.add_component(_crew_event(day, crew, stamps, lang))
            for stop in crew.stops:
                event = _stop_event(day, crew, stop, stamps, lang, shown=stop.plot not in unpublished)
                if reachable(base_url):
                    event.add("url", stop_link(day, crew, stop, base_url))
                calendar.add_component(event)
            for number, trip in enumerate(crew.trips, start=1):
                calendar.add_component(_trip_event(day, crew, trip, number, stamps, lang))
    for move in plain_values(tuple(gone)):
        calendar.add_component(_cancelled(move, stamps, catalogue, crews, lang))
    return bytes(calendar.to_ical())


def _crew_event(day: Day, crew: DayCrew, stamps: Stamps, lang: str) -> Event:
    said = words(lang)
    newest = _newest([stamps.whole, *map(stamps.of_stop, crew.stops)])
    event = _event(f"crew-day.{crew.crew}.{day.on.isoformat()}", newest)
    _between(event, day.on, crew.start_s, crew.end_s)
    event.add("summary", f"{crew.name}: {len(crew.stops)} {said['stops' if len(crew.stops) != 1 else 'stop']}")
    event.add("location", crew.depot_name)
    lines = [
        f"{said['work']} {hours(crew.work_s)}, {said['drive']} {hours(crew.drive_s)}, "
        f"{kilometres(crew.length_m, lang)}",
        *(f"{said['break']} {hhmm(rest.start_s)}–{hhmm(rest.end_s)}" for rest in crew.breaks),
        *([said["sample"]] if day.sample else []),
    ]
    event.add("description", "\n".join(lines))
    event.add("transp", "TRANSPARENT")
    return event


def _stop_event(day: Day, crew: DayCrew, stop: DayStop, stamps: Stamps, lang: str, *, shown: bool) -> Event:
    said = words(lang)
    event = _event(f"visit.{stop.visit_id}", stamps.of_stop(stop))
    _between(event, day.on, stop.arrival_s, stop.end_s)
    announced = announced_hours(stop, lang)
    title = f"{stop.plot} {stop.task_in(lang)}" + (f" ({announced})" if announced else "")
    event.add("summary", f"{said['urgent']}: {title}" if stop.urgent else title)
    if stop.urgent:
        event.add("priority", 1)
    if shown:
        event.add("location", stop.address or stop.plot_name)
        event["geo"] = vGeo((stop.lat, stop.lon))
    lines = [
        f"{said['stop']} {stop.order}, {minutes(stop.end_s - stop.start_s)} min",
        *([f"{said['from']} {hhmm(stop.start_s)}"] if stop.start_s - stop.arrival_s >= 60 else []),
        *([f"{said['rule']}: {stop.rule_note}"] if stop.rule_note else []),
        *([said["contaminated"]] if stop.contamination == "yes" else []),
        *([said["see_list"]] if stop.hazard_note or stop.access_note or stop.urgent or not shown else []),
    ]
    event.add("description", "\n".join(lines))
    event.add("categories", [vText(stop.task)])
    return event


def _trip_event(day: Day, crew: DayCrew, trip: DayTrip, number: int, stamps: Stamps, lang: str) -> Event:
    event = _event(f"trip.{crew.crew}.{day.on.isoformat()}.{number}", stamps.whole)
    _between(event, day.on, trip.arrival_s, trip.end_s)
    event.add("summary", trip_title(trip, lang))
    event.add("location", ", ".join(part for part in (trip.name, trip.address) if part))
    if trip.at:
        event["geo"] = vGeo((trip.at[1], trip.at[0]))
    return event


def _cancelled(move: Move, stamps: Stamps, catalogue: Catalogue, crews: Mapping[str, str], lang: str) -> Event:
    """Return the event of a visit that lies elsewhere now, or nowhere, on the whole day where it lay."""
    said = words(lang)
    kind = catalogue.kinds.get(move.work)
    task = (kind.name_en if lang == "en" else kind.name_de) if kind else move.work
    event = _event(f"visit.{move.visit_id}", stamps.moves.get(move.visit_id, stamps.whole), status="CANCELLED")
    event.add("dtstart", move.old_on)
    event.add("dtend", move.old_on + timedelta(days=1))
    event.add("summary", f"{said['cancelled']}: {move.plot_code} {task}")
    if move.new_on is not None:
        who = crews.get(move.new_crew, move.new_crew)
        event.add("description", f"{said['now']}: {numeric_date(move.new_on, lang)}, {who}")
    event.add("transp", "TRANSPARENT")
    return event


def _event(key: str, stamp: Stamp, *, status: str = "CONFIRMED") -> Event:
    event = Event()
    event.add("uid", uid(key))
    event.add("dtstamp", stamp.at)
    event.add("last-modified", stamp.at)
    event.add("sequence", stamp.revision)
    event.add("status", status)
    return event


def _between(event: Event, on: date, start_s: int, end_s: int) -> None:
    start, end = at_local(on, start_s), at_local(on, end_s)
    event.add("dtstart", start)
    event.add("dtend", max(end, start + timedelta(minutes=1)))


def _stamps(store: Store) -> Stamps:
    in_force = store.plan_in_force()
    codes = {plot.plot_id: plot.code for plot in store.plots()}
    common: list[Change] = [
        change for what in ("crew", "catalogue", "setting", "place") for change in store.last_changes(what).values()
    ]
    plans = store.last_changes("plan")
    common += [plans[in_force]] if in_force in plans else []
    return Stamps(
        whole=_newest(map(_stamp, common)),
        plots={codes[key]: _stamp(one) for key, one in store.last_changes("plot").items() if key in codes},
        visits={key: _stamp(one) for key, one in store.last_changes("lock").items()},
        moves={key: _stamp(one) for key, one in store.last_changes("move").items()},
    )


def _stamp(change: Change) -> Stamp:
    return Stamp(change.revision, change.at)


def _newest(stamps: Iterable[Stamp]) -> Stamp:
    return max(stamps, key=lambda stamp: stamp.revision)
