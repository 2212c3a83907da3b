"""Floor 4: what stands against a move, for people: each fault that the checkers find, in German and in English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geo_service.base.clock import hhmm
from geo_service.base.units import hours, minutes
from geo_service.routes.model import CrewDay, Fault, Route
from geo_service.schedule.compare import placements
from geo_service.schedule.dates import days_after, predecessors
from geo_service.schedule.model import Placement, Problem
from geo_service.schedule.moving import working_s
from geo_service.work.model import Visit


@dataclass(frozen=True)
class Objection:
    """What stands against a move.

    Attributes
    ----------
    rule
        As the checkers name it (`geo_service.schedule.check.faults`, `geo_service.routes.check.faults`); beside theirs
        ``begun``, ``done``, ``not_due``, ``refused``, ``past``, ``no_crew_day``, ``off_network``.
    text, text_en
        With names and figures.
    """

    rule: str
    text: str
    text_en: str


_RULES_DE = {
    "place": "Ort unbekannt",
    "drive": "kein Weg",
    "length": "Weglänge",
    "order": "Reihenfolge",
    "twice": "doppelt",
    "arrival": "Ankunft",
    "start": "Beginn",
    "end": "Ende",
    "date": "an diesem Tag nicht erlaubt",
    "window": "außerhalb der erlaubten Zeiten",
    "people": "zu wenige Personen",
    "skill": "Befähigung fehlt",
    "machine": "Gerät fehlt",
    "capacity": "passt nicht auf das Fahrzeug",
    "facility": "Anlage",
    "ends_empty": "Fahrzeug kommt nicht leer zurück",
    "shift": "außerhalb der Schicht",
    "break": "Pause",
    "stretch": "mehr als 6 Stunden ohne Pause",
    "work_time": "Arbeitszeit zu lang",
    "total": "Summen",
    "placed": "nicht genau einmal eingeplant",
    "stranger": "unbekannt",
    "crew_day": "Einsatztag",
    "reason": "ohne Grund nicht eingeplant",
    "dates": "außerhalb der Frist",
    "predecessor": "Reihenfolge der Arbeiten",
    "rest": "weniger als 11 Stunden Ruhezeit",
    "rest_day": "Sonn- oder Feiertag",
    "locked": "festgelegt",
    "profile": "Fahrzeugart unbekannt",
}

_TOO_LONG = ("Arbeitszeit und Pausen gehen nicht auf", "working time and breaks do not work out")
_REFUSALS = {
    "off_network": ("off_network", "die Fläche liegt an keiner Straße", "the plot lies at no street"),
    "unreachable": ("drive", "kein Weg führt dorthin", "no way leads there"),
    "no_facility": ("facility", "keine Anlage nimmt, was anfällt", "no facility takes what falls"),
    "too_large": ("capacity", "es passt nicht auf das Fahrzeug", "it does not fit on the vehicle"),
    "break": ("break", *_TOO_LONG),
    "work_time": ("work_time", *_TOO_LONG),
}


def objections(
    problem: Problem, visit: Visit, there: CrewDay | None, touched: Sequence[Route], routes: Sequence[Route],
    found: Iterable[Fault],
) -> tuple[Objection, ...]:  # fmt: skip
    """Say what checkers found wrong after a move.

    Parameters
    ----------
    there
        Where the visit was moved to; None: nowhere.
    touched, routes
        The routes that were timed anew, and all of them.
    found
        What the checkers find now and did not find before.
    """
    found = list(found)
    rules = {fault.rule for fault in found}
    told: list[Objection] = []
    if there is not None:
        told += [one for one in _of_visit(problem, visit, there) if one.rule in rules]
    for route in touched:
        told += [one for one in _of_day(route) if one.rule in rules]
    told += [one for one in _of_others(problem, visit, routes) if one.rule in rules]
    said = {one.rule for one in told}
    for fault in found:
        if fault.rule not in said:
            told.append(Objection(fault.rule, f"{_RULES_DE.get(fault.rule, fault.rule)}: {fault.text}", fault.text))
    return tuple(dict.fromkeys(told))


def refused(code: str) -> Objection:
    """Say why a crew-day cannot be timed whatever the crew had: a code of `geo_service.routes.timing.Refusal`.

    Examples
    --------
    >>> refused("unreachable").text
    'kein Weg führt dorthin'
    """
    told = _REFUSALS.get(code, (code, "der Einsatztag geht nicht auf", "the crew-day cannot be timed"))
    return Objection(*told)


def _of_visit(problem: Problem, visit: Visit, day: CrewDay) -> Iterator[Objection]:
    on, who = day.on, day.crew
    if not visit.day_windows.get(on):
        why = visit.forbidden.get(on, "kein erlaubtes Zeitfenster")
        yield Objection("date", f"am {_de(on)} nicht erlaubt: {why}", f"not allowed on {on}: {why}")
    if on < visit.earliest_on:
        de = f"frühestens am {_de(visit.earliest_on)} möglich"
        yield Objection("dates", de, f"possible from {visit.earliest_on} on")
    if visit.latest_on < on and visit.latest_on >= min(problem.days):
        yield Objection(
            "dates", f"spätestens am {_de(visit.latest_on)} fällig", f"due by {visit.latest_on} at the latest"
        )
    if visit.people > day.people:
        de = f"braucht {visit.people} Personen, {who} hat {day.people}"
        yield Objection("people", de, f"needs {visit.people} people, {who} has {day.people}")
    for rule, lacking, what_de, what_en in (
        ("skill", visit.skills - day.skills, "die Befähigung", "the skill"),
        ("machine", visit.machines - day.machines, "das Gerät", "the machine"),
    ):
        names = ", ".join(sorted(lacking))
        if lacking:
            yield Objection(rule, f"{who} fehlt {what_de}: {names}", f"{who} lacks {what_en}: {names}")
    lock = problem.in_force.get(visit.visit_id)
    if lock is not None and visit.visit_id in problem.locked and lock != Placement(who, on):
        de = f"festgelegt auf {lock.crew} am {_de(lock.on)}: erst die Festlegung aufheben"
        yield Objection("locked", de, f"locked to {lock.crew} on {lock.on}: unlock it first")


def _of_day(route: Route) -> Iterator[Objection]:
    day = route.crew_day
    name_de, name_en = f"{day.crew} am {_de(day.on)}", f"{day.crew} on {day.on}"
    if route.end_s > day.shift[1]:
        more = minutes(route.end_s - day.shift[1])
        de = f"{name_de}: zurück um {hhmm(route.end_s)}, Schichtende {hhmm(day.shift[1])} ({more} min zu spät)"
        en = f"{name_en}: back at {hhmm(route.end_s)}, the shift ends at {hhmm(day.shift[1])} ({more} min late)"
        yield Objection("shift", de, en)
    work, most = working_s(route), day.max_work_s
    if work > most:
        de = f"{name_de}: {hours(work)} Arbeitszeit, erlaubt sind {hours(most)}"
        yield Objection("work_time", de, f"{name_en}: {hours(work)} of working time, {hours(most)} are allowed")
    carried = sum(stop.visit.volume_m3 + stop.visit.supply_m3 for stop in route.stops)
    if carried > day.capacity_m3 and not route.trips:
        de = f"{name_de}: {_m3(carried)} m³ fallen an, {_m3(day.capacity_m3)} m³ passen auf das Fahrzeug"
        en = f"{name_en}: {carried:.1f} m3 are carried, {day.capacity_m3:.1f} m3 fit on the vehicle"
        yield Objection("capacity", de, en)
    for stop in route.stops:
        windows = stop.visit.day_windows.get(day.on, ())
        if windows and not any(opens <= stop.start_s and stop.end_s <= closes for opens, closes in windows):
            when = f"{hhmm(stop.start_s)}-{hhmm(stop.end_s)}"
            allowed = ", ".join(f"{hhmm(opens)}-{hhmm(closes)}" for opens, closes in windows)
            de = f"{stop.visit.visit_id}: {when}, erlaubt {allowed}"
            yield Objection("window", de, f"{stop.visit.visit_id}: {when}, allowed {allowed}")


def _of_others(problem: Problem, visit: Visit, routes: Sequence[Route]) -> Iterator[Objection]:
    """Tell which visits lie too soon after those that must come before, of those that the move concerns."""
    where: Mapping[str, Placement] = placements(routes)
    known = {one.visit_id: one for one in problem.visits}
    for later, before in predecessors(problem.visits).items():
        at = where.get(later)
        if at is None or visit.visit_id not in (later, *before):
            continue
        for first in before:
            soonest = where.get(first)
            if soonest is None:
                de = f"{later} wartet auf {first}, das in keiner Tour liegt"
                yield Objection("predecessor", de, f"{later} waits for {first}, which is in no route")
            elif (at.on - soonest.on).days < days_after(known[later]):
                gap = days_after(known[later])
                de = f"{later} am {_de(at.on)} muss mindestens {gap} Tage nach {first} am {_de(soonest.on)} liegen"
                en = f"{later} on {at.on} must lie at least {gap} days after {first} on {soonest.on}"
                yield Objection("predecessor", de, en)


def _de(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _m3(volume: float) -> str:
    return f"{volume:.1f}".replace(".", ",")
