"""Floor 5: what the store keeps beside plots, quarters and crews: places, the plan in force, planning runs, tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from geo_service.routes.model import Route
from geo_service.work.model import NotDue


class PlaceKind(StrEnum):
    """What a fixed place is for."""

    DEPOT = "depot"
    CONTACT_POINT = "contact_point"
    TIP = "tip"


@dataclass(frozen=True)
class Place:
    """A fixed place of the service, degrees lon, lat."""

    code: str
    kind: PlaceKind
    name: str
    address: str
    lon: float
    lat: float


@dataclass(frozen=True)
class UnservedVisit:
    """A visit that a plan leaves out, as kept: where, what, why."""

    visit_id: str
    plot_id: str
    plot_code: str
    work: str
    due_on: date
    code: str
    reason: str
    reason_en: str = ""

    def reason_in(self, lang: str) -> str:
        """Return the reason in a language; in German where the English is not known."""
        return (self.reason_en if lang == "en" else "") or self.reason


@dataclass(frozen=True)
class RouteLine:
    """The line a crew drives on a day: one entry per leg (stops + the way back), degrees, with the street names.

    ``legs[i]`` is a tuple of (lon, lat) pairs that ends at stop i + 1; the last one ends at the depot.
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
        ``from, days, seconds, seed`` as asked.
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
class Token:
    """A key to the desk; only its SHA-256 is kept."""

    token_id: str
    sha256: str
    role: str
    label: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    once: bool = False
    used_at: datetime | None = None
