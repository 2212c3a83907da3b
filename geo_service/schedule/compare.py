"""Floor 4: two plans side by side: which visits lie elsewhere, what each crew-day gains, what each part costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from geo_service.base.units import hours
from geo_service.routes.model import Route
from geo_service.schedule.model import Costs, Placement
from geo_service.work.model import Visit

COST_PARTS = tuple(part.name for part in fields(Costs))
"""The parts of the objective in their order."""

COST_NAMES = {
    "travel_s": ("Fahrt", "travel"),
    "crew_days_s": ("Einsatztage", "crew-days"),
    "dates_s": ("Termine früh oder spät", "dates early or late"),
    "overtime_s": ("Mehrarbeit", "overtime"),
    "changes_s": ("Änderungen", "changes"),
    "imbalance_s": ("ungleiche Last", "imbalance"),
    "areas_s": ("Gebietswechsel", "further areas"),
    "familiarity_s": ("fremde Flächen", "unfamiliar plots"),
    "crew_changes_s": ("Kolonnenwechsel", "crew changes"),
    "unserved_s": ("nicht eingeplant", "unserved"),
}
"""Names of the parts in German and in English."""


@dataclass(frozen=True)
class VisitChange:
    """A visit that lies elsewhere: ``old`` None when it is new, ``new`` None when it is in no route any more."""

    visit: Visit
    old: Placement | None
    new: Placement | None


@dataclass(frozen=True)
class DayChange:
    """A crew-day that differs; old and new count of visits, driving and work in seconds."""

    crew: str
    on: date
    visits: tuple[int, int]
    drive_s: tuple[int, int]
    work_s: tuple[int, int]


@dataclass(frozen=True)
class Comparison:
    """Two plans side by side.

    Attributes
    ----------
    same
        Count of visits that lie on the same crew-day in both.
    visits
        Those that do not, in order of old date, then new date, then id.
    days
        The crew-days that differ, by date and crew.
    costs
        Old and new seconds by part of the objective, ``total_s`` last.
    """

    same: int
    visits: tuple[VisitChange, ...]
    days: tuple[DayChange, ...]
    costs: Mapping[str, tuple[int, int]]

    def lines(self, lang: str = "de") -> tuple[str, ...]:
        """Return the comparison for people, a line for each thing that differs; German, or English for ``"en"``."""
        en = lang == "en"
        gone = sum(change.new is None for change in self.visits)
        new = sum(change.old is None for change in self.visits)
        moved = len(self.visits) - gone - new
        said = [
            f"{self.same} visits stay, {moved} move, {gone} drop out, {new} come in"
            if en
            else f"{self.same} Einsätze bleiben, {moved} wechseln, {gone} fallen heraus, {new} kommen hinzu"
        ]
        said += [
            f"{change.visit.visit_id}: {_where(change.old, lang)} → {_where(change.new, lang)}"
            for change in self.visits
        ]
        said += [
            f"{day.crew} {day.on.isoformat() if en else f'{day.on:%d.%m.%Y}'}: "
            f"{day.visits[0]} → {day.visits[1]} {'visits' if en else 'Einsätze'}, "
            f"{'driving' if en else 'Fahrt'} {hours(day.drive_s[0])} → {hours(day.drive_s[1])}, "
            f"{'work' if en else 'Arbeit'} {hours(day.work_s[0])} → {hours(day.work_s[1])}"
            for day in self.days
        ]
        names = {**COST_NAMES, "total_s": ("Summe", "total")}
        said += [
            f"{names[part][1] if en else names[part][0]}: {old} s → {now} s ({now - old:+d} s)"
            for part, (old, now) in self.costs.items()
            if old != now
        ]
        return tuple(said)


def placements(routes: Iterable[Route]) -> dict[str, Placement]:
    """Return the crew-day of each visit, by visit_id."""
    return {
        stop.visit.visit_id: Placement(route.crew_day.crew, route.crew_day.on)
        for route in routes
        for stop in route.stops
    }


def compare(
    old: Iterable[Route], new: Iterable[Route], old_costs: Mapping[str, int], new_costs: Mapping[str, int]
) -> Comparison:
    """Compare two plans.

    Parameters
    ----------
    old_costs, new_costs
        Seconds by the fields of `Costs`; parts that a plan does not tell count as 0.
    """
    old, new = tuple(old), tuple(new)
    before, after = placements(old), placements(new)
    known = {stop.visit.visit_id: stop.visit for route in (*old, *new) for stop in route.stops}
    changes = [
        VisitChange(known[visit_id], before.get(visit_id), after.get(visit_id))
        for visit_id in known
        if before.get(visit_id) != after.get(visit_id)
    ]
    changes.sort(key=lambda change: (_day(change.old), _day(change.new), change.visit.visit_id))
    costs = {part: (old_costs.get(part, 0), new_costs.get(part, 0)) for part in COST_PARTS}
    costs["total_s"] = (sum(one for one, _ in costs.values()), sum(two for _, two in costs.values()))
    return Comparison(len(known) - len(changes), tuple(changes), _days(old, new), costs)


def _days(old: Iterable[Route], new: Iterable[Route]) -> tuple[DayChange, ...]:
    before = {(route.crew_day.on, route.crew_day.crew): route for route in old}
    after = {(route.crew_day.on, route.crew_day.crew): route for route in new}
    changed = []
    for on, crew in sorted(before.keys() | after.keys()):
        one, two = (_sums(sides.get((on, crew))) for sides in (before, after))
        ids = [_ids(sides.get((on, crew))) for sides in (before, after)]
        if one != two or ids[0] != ids[1]:
            changed.append(DayChange(crew, on, *zip(one, two, strict=True)))
    return tuple(changed)


def _sums(route: Route | None) -> tuple[int, int, int]:
    return (0, 0, 0) if route is None else (len(route.stops), route.drive_s, route.work_s)


def _ids(route: Route | None) -> frozenset[str]:
    return frozenset() if route is None else frozenset(stop.visit.visit_id for stop in route.stops)


def _day(at: Placement | None) -> date:
    return date.max if at is None else at.on


def _where(at: Placement | None, lang: str) -> str:
    if at is None:
        return "–"
    return f"{at.crew} {at.on.isoformat() if lang == 'en' else f'{at.on:%d.%m.%Y}'}"
