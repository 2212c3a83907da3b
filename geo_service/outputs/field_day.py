"""Floor 7: what came in of a day: by crew, what was done, what was not, minutes against the plan, photos received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from geo_service.store.field import KeptReport
from geo_service.store.protocol import Store
from geo_service.work.field_report import OBSTACLE, ReportKind, ReportStatus, VisitCourse
from geo_service.work.model import Visit

VisitState = Literal["done", "not_possible", "stopped", "begun", "open"]


@dataclass(frozen=True)
class VisitCameIn:
    """A visit of a crew's day: how it stands, booked minutes beside those of the plan, what hinders."""

    visit_id: str
    plot: str
    work: str
    state: VisitState
    minutes: int | None
    planned_minutes: int | None
    reason: str = ""


@dataclass(frozen=True)
class CrewCameIn:
    """What came in of one crew's day.

    Attributes
    ----------
    visits
        Those of the plan in order, then others that the crew told of.
    photos, photos_missing
        How many pictures its reports name; the hashes of those that were not received.
    rejected, waiting, conflicts
        Reports that were not taken: refused with a reason, waiting for one before them, in conflict.
    closed
        The crew closed its day.
    last_at
        When its last report was received.
    """

    crew: str
    name: str
    visits: tuple[VisitCameIn, ...]
    reports: int
    photos: int
    photos_missing: tuple[str, ...]
    rejected: tuple[KeptReport, ...]
    waiting: int
    conflicts: int
    closed: bool
    last_at: datetime | None

    def count(self, *states: VisitState) -> int:
        """Return how many of its visits stand so."""
        return sum(one.state in states for one in self.visits)

    @property
    def minutes(self) -> int:
        """Minutes booked on what was done."""
        return sum(one.minutes or 0 for one in self.visits if one.state == "done")

    @property
    def planned_minutes(self) -> int:
        """Minutes that the plan gives what was done with minutes."""
        mine = (one for one in self.visits if one.state == "done" and one.minutes is not None)
        return sum(one.planned_minutes or 0 for one in mine)


def field_day(store: Store, on: date, crew: str | None = None) -> tuple[CrewCameIn, ...]:
    """Return what came in of a day, by crew: those that the plan in force sends out, and those that told something."""
    plan = store.plan()
    planned: dict[str, list[tuple[Visit, int]]] = {}
    for route in plan.routes if plan else ():
        if route.crew_day.on == on:
            stops = [(stop.visit, stop.end_s - stop.start_s) for stop in route.stops]
            planned.setdefault(route.crew_day.crew, []).extend(stops)
    told: dict[str, list[KeptReport]] = {}
    for kept in store.field_reports(day=on):
        told.setdefault(kept.report.crew, []).append(kept)
    names = {one.code: one.name for one in store.crews()}
    wanted = sorted({*planned, *told}) if crew is None else [crew]
    return tuple(
        _came_in(store, on, one, names.get(one, one), planned.get(one, []), told.get(one, [])) for one in wanted
    )


def _came_in(
    store: Store,
    on: date,
    crew: str,
    name: str,
    planned: list[tuple[Visit, int]],
    told: list[KeptReport],
) -> CrewCameIn:
    known = {visit.visit_id: (visit.plot_code, visit.work, seconds) for visit, seconds in planned}
    for kept in told:
        report = kept.report
        if report.visit_id and report.visit_id not in known and kept.status is not ReportStatus.REJECTED:
            known[report.visit_id] = (report.plot or report.visit_id.split(".")[0], report.visit_id.split(".")[1], 0)
    courses = store.courses(known)
    hashes = list(dict.fromkeys(note.sha256 for kept in told for note in kept.report.photos))
    received = store.photos(hashes)
    return CrewCameIn(
        crew=crew,
        name=name,
        visits=tuple(_visit(visit_id, *about, on, courses.get(visit_id), told) for visit_id, about in known.items()),
        reports=len(told),
        photos=len(hashes),
        photos_missing=tuple(one for one in hashes if one not in received),
        rejected=tuple(one for one in told if one.status is ReportStatus.REJECTED),
        waiting=sum(one.status is ReportStatus.WAITING for one in told),
        conflicts=sum(one.status is ReportStatus.CONFLICT for one in told),
        closed=any(one.report.kind is ReportKind.DAY_CLOSED for one in told),
        last_at=max((one.received_at for one in told), default=None),
    )


def _visit(
    visit_id: str, plot: str, work: str, seconds: int, on: date, course: VisitCourse | None, told: list[KeptReport]
) -> VisitCameIn:
    accepted = [
        kept.report for kept in told if kept.report.visit_id == visit_id and kept.status is ReportStatus.ACCEPTED
    ]
    hindered = [report for report in accepted if report.kind is ReportKind.NOT_POSSIBLE]
    minutes, reason = None, ""
    state: VisitState = "begun" if accepted else "open"
    if course is not None and course.outcome == "done" and course.done_on is not None and course.done_on <= on:
        state, minutes = "done", course.minutes
    elif course is not None and course.stopped:
        state = "stopped"
    elif hindered:
        state, reason = "not_possible", hindered[-1].reason
    return VisitCameIn(visit_id, plot, work, state, minutes, round(seconds / 60) or None, reason)


def obstacle_in(code: str, lang: str) -> str:
    """Return why something was not possible in a language."""
    known = OBSTACLE.get(code)
    return code if known is None else (known.name_en if lang == "en" else known.name_de)
