"""Floor 5: what the store keeps beside plots, quarters and crews: places, the plan in force, planning runs, tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from geo_service.routes.model import Facility, Route
from geo_service.schedule.events import Event
from geo_service.schedule.model import Remedy, Unserved
from geo_service.work.cutting import CuttingException
from geo_service.work.model import NotDue, Window


class PlaceKind(StrEnum):
    """What a fixed place is for."""

    DEPOT = "depot"
    CONTACT_POINT = "contact_point"
    TIP = "tip"
    NURSERY = "nursery"


@dataclass(frozen=True)
class OpeningHours:
    """When a place is open on some weekdays (Monday 0), seconds since local midnight."""

    weekdays: tuple[int, ...]
    opens_s: int
    closes_s: int


@dataclass(frozen=True)
class Place:
    """A fixed place of the service, degrees lon, lat.

    Attributes
    ----------
    accepts
        AVV keys of the waste that a tip takes.
    supplies
        Kinds of goods that a nursery has (``"plants"``).
    hours
        When it is open; a place without hours is never called at within a day.
    minutes
        That emptying or loading a vehicle takes there.
    """

    code: str
    kind: PlaceKind
    name: str
    address: str
    lon: float
    lat: float
    accepts: frozenset[str] = frozenset()
    supplies: frozenset[str] = frozenset()
    hours: tuple[OpeningHours, ...] = ()
    minutes: int = 0

    @property
    def is_facility(self) -> bool:
        """Whether a vehicle may be emptied or loaded here in the middle of a day."""
        return bool(self.hours and (self.accepts or self.supplies))

    def open_on(self, on: date) -> tuple[Window, ...]:
        """Return the stretches in which it is open on a date, in order."""
        return tuple(sorted((one.opens_s, one.closes_s) for one in self.hours if on.weekday() in one.weekdays))


def facilities_of(places: Iterable[Place], on: date, at: Mapping[str, int]) -> tuple[Facility, ...]:
    """Return where vehicles may be emptied or loaded on a date, in order of the places.

    Parameters
    ----------
    at
        Places in the travel matrix by code; a place without one is no facility.
    """
    return tuple(
        Facility(
            code=place.code,
            name=place.name,
            place=at[place.code],
            service_s=60 * place.minutes,
            windows=place.open_on(on),
            accepts=place.accepts,
            supplies=place.supplies,
        )
        for place in places
        if place.is_facility and place.code in at and place.open_on(on)
    )


@dataclass(frozen=True)
class UnservedVisit:
    """A visit that a plan leaves out, as kept: where, what, why, and how it could be served after all."""

    visit_id: str
    plot_id: str
    plot_code: str
    work: str
    due_on: date
    code: str
    reason: str
    reason_en: str = ""
    remedy: Remedy | None = None

    @classmethod
    def of(cls, left_out: Unserved) -> UnservedVisit:
        """Return a visit that a search left out as it is kept."""
        visit = left_out.visit
        return cls(
            visit.visit_id,
            visit.plot_id,
            visit.plot_code,
            visit.work,
            visit.due_on,
            left_out.code,
            left_out.reason,
            left_out.reason_en,
            left_out.remedy,
        )

    def remedy_in(self, lang: str) -> str:
        """Return the remedy in a language; empty when none is known."""
        if self.remedy is None:
            return ""
        return self.remedy.text_en if lang == "en" else self.remedy.text

    def reason_in(self, lang: str) -> str:
        """Return the reason in a language; in German where the English is not known."""
        return (self.reason_en if lang == "en" else "") or self.reason


@dataclass(frozen=True)
class RouteLine:
    """The line a crew drives on a day: one entry per leg (stops + the way back), degrees, with the street names.

    ``legs[i]`` is a tuple of (lon, lat) pairs that ends at stop i + 1, passing the facilities on the way there; the
    last one ends where the day ends.
    ``names[i]`` lists the streets of that leg in order.
    """

    crew: str
    on: date
    legs: tuple[tuple[tuple[float, float], ...], ...]
    names: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Plan:
    """A checked plan as kept.

    Attributes
    ----------
    figures
        ``visits, served, unserved, drive_s, work_s, length_m, cost_s, iterations, seconds``.
    notes
        What a reader must know: sample data, depot assumed, plots off the network.
    warnings
        What only planners must know: agreements that end soon.
    kept_out
        Work that a plot would ask for but may not have now, with the reason.
    costs
        The parts of the objective in seconds of driving: the fields of `geo_service.schedule.model.Costs`.
    events
        What happened that this plan answers; they hold from when it is put in force.
    """

    plan_id: str
    made_at: datetime
    author: str
    from_on: date
    days: tuple[date, ...]
    seed: int
    routes: tuple[Route, ...]
    lines: tuple[RouteLine, ...]
    unserved: tuple[UnservedVisit, ...]
    figures: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    kept_out: tuple[NotDue, ...] = ()
    costs: dict[str, int] = field(default_factory=dict)
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Move:
    """A visit that a plan put in force took from its crew-day; without a new one it is in no route any more.

    Attributes
    ----------
    plan_id
        The plan that moved it.
    reason
        What happened, in German; ``reason_en`` in English.
    at
        When the plan was put in force, aware, UTC.
    """

    plan_id: str
    visit_id: str
    plot_code: str
    work: str
    old_crew: str
    old_on: date
    new_crew: str
    new_on: date | None
    reason: str
    reason_en: str
    author: str
    at: datetime


@dataclass(frozen=True)
class VisitLock:
    """A visit that stays on its crew-day.

    Attributes
    ----------
    window
        The hours that were announced to somebody, seconds since local midnight; None: only the crew-day is fixed.
    """

    visit_id: str
    crew: str
    on: date
    reason: str
    author: str
    at: datetime
    window: Window | None = None


@dataclass(frozen=True)
class VisitDone:
    """A visit that was done; ``part`` of ``parts`` of its job. ``crew`` is empty when nobody said who did it."""

    visit_id: str
    plot_id: str
    work: str
    done_on: date
    crew: str
    part: int
    parts: int
    author: str
    at: datetime


@dataclass(frozen=True)
class KeptEvent:
    """An event that holds for all plans made after it, until it is withdrawn."""

    event_id: int
    event: Event
    author: str
    at: datetime


@dataclass(frozen=True)
class KeptException:
    """An exception to the cutting ban for one work on one plot."""

    plot_id: str
    work: str
    exception: CuttingException
    author: str
    at: datetime


class RunStatus(StrEnum):
    """How a planning run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class Run:
    """A planning run; its row in the store is how processes tell each other progress and cancelling.

    Attributes
    ----------
    run_id
        Also the id of the plan it makes.
    request
        ``from, days, seconds, seed, draft`` as asked; a run that plans anew what is in force has ``events``, too.
    error
        ``code, message, remedy`` when it failed.
    """

    run_id: str
    status: RunStatus
    asked_at: datetime
    author: str
    request: dict[str, Any]
    stage: str = ""
    done: int = 0
    total: int = 0
    note: str = ""
    cancel_asked: bool = False
    error: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A line of the ledger: who changed what, when and why. ``at`` aware, UTC."""

    revision: int
    at: datetime
    author: str
    reason: str
    what: str
    key: str


@dataclass(frozen=True)
class Changed:
    """A thing that a revision changed."""

    revision: int
    what: str
    key: str


@dataclass(frozen=True)
class Token:
    """A key to the desk; only its SHA-256 is kept.

    Attributes
    ----------
    crew
        Code of the crew whose days it opens, or empty.
    subject
        Whom an identity provider vouched for, as issuer and subject, or empty.
    """

    token_id: str
    sha256: str
    role: str
    label: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    once: bool = False
    used_at: datetime | None = None
    crew: str = ""
    subject: str = ""
