"""Floor 4: what happens to a plan in force: rain, absence, breakdown, urgency, work done early, work refused.

Events are values. Those that say when something cannot be (rain, absence, breakdown, refusal) and what is wanted
(urgency) hold for every plan that is made after them, until they are withdrawn; what was done early is a fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from geo_service.base.errors import InputError
from geo_service.routes.model import CrewDay
from geo_service.schedule.model import Unserved
from geo_service.work.model import Visit

MAX_SERVICE_S = 6 * 3600


@dataclass(frozen=True)
class Rain:
    """It rains from ``on`` to ``until_on``, both inclusive: wet-sensitive work is not done.

    ``works`` and ``machines`` name what is hit; when both are empty it is all work that the catalogue says so of.
    """

    on: date
    until_on: date | None = None
    works: frozenset[str] = frozenset()
    machines: frozenset[str] = frozenset()
    kind: Literal["rain"] = "rain"

    def __post_init__(self) -> None:
        _require_order(self.on, self.until_on)

    def hits(self, visit: Visit) -> bool:
        """Tell whether a visit cannot be done in the rain."""
        if not self.works and not self.machines:
            return visit.wet_sensitive
        return visit.work in self.works or bool(visit.machines & self.machines)


@dataclass(frozen=True)
class CrewAbsent:
    """A crew does not work from ``from_on`` to ``until_on``, both inclusive."""

    crew: str
    from_on: date
    until_on: date | None = None
    kind: Literal["crew_absent"] = "crew_absent"

    def __post_init__(self) -> None:
        _require_order(self.from_on, self.until_on)


@dataclass(frozen=True)
class VehicleBroken:
    """A crew's vehicle is out of order: without ``machines`` the crew cannot go out, else it goes without those."""

    crew: str
    from_on: date
    until_on: date | None = None
    machines: frozenset[str] = frozenset()
    kind: Literal["vehicle_broken"] = "vehicle_broken"

    def __post_init__(self) -> None:
        _require_order(self.from_on, self.until_on)


@dataclass(frozen=True)
class FollowsFrom:
    """The report of a crew that asks for further work.

    Attributes
    ----------
    report_id
        The report; it asks once, however often it is read.
    visit_id
        The visit that it is about, or empty.
    text, text_en
        What the crew was at, and who: ``"Rasen mähen am 26.11.2026, Kolonne 1"``.
    """

    report_id: str
    visit_id: str
    text: str
    text_en: str


@dataclass(frozen=True)
class UrgentVisit:
    """Something must be done on a plot by ``latest_on``.

    Attributes
    ----------
    plot
        Code of the plot.
    work
        Code of the catalogue, or what is to be done in free words; then minutes, people and the rest count.
    reason
        Who reported what; the crew reads it.
    priority
        1 most urgent to 5 least.
    follows
        The crew's report that asks for it; then ``reason`` may be empty.
    """

    plot: str
    work: str
    reason: str
    latest_on: date
    service_s: int = 3600
    people: int = 1
    skills: frozenset[str] = frozenset()
    machines: frozenset[str] = frozenset()
    volume_m3: float = 0.0
    waste_key: str = ""
    kind: Literal["urgent_visit"] = "urgent_visit"
    priority: int = 1
    follows: FollowsFrom | None = None

    def __post_init__(self) -> None:
        if not self.work.strip() or not (self.reason.strip() or self.follows):
            raise InputError("an urgent visit without work or reason", remedy="say what is to be done and why")
        if not 60 <= self.service_s <= MAX_SERVICE_S or self.people < 1 or not 0 <= self.volume_m3 <= 1000:
            raise InputError(
                "an urgent visit needs 1 to 360 minutes, at least one person and no negative volume",
                remedy="divide a longer job",
            )
        if not 1 <= self.priority <= 5:
            raise InputError(f"there is no priority {self.priority}", remedy="1 is most urgent, 5 least")


@dataclass(frozen=True)
class DoneEarly:
    """A visit was done on ``on``, before or after its day in the plan."""

    visit_id: str
    on: date
    kind: Literal["done_early"] = "done_early"


@dataclass(frozen=True)
class Refused:
    """A visit may not be done from ``on`` to ``until_on``, or, without a date, not until somebody says otherwise."""

    visit_id: str
    reason: str
    on: date | None = None
    kind: Literal["refused"] = "refused"
    until_on: date | None = None

    def __post_init__(self) -> None:
        if self.on is not None:
            _require_order(self.on, self.until_on)
        elif self.until_on is not None:
            raise InputError(f"the visit {self.visit_id} is refused until a day, but from none", remedy="name both")
        if not self.reason.strip():
            raise InputError(f"the visit {self.visit_id} is refused without a reason", remedy="say why")


Event = Rain | CrewAbsent | VehicleBroken | UrgentVisit | DoneEarly | Refused


def _require_order(from_on: date, until_on: date | None) -> None:
    if until_on is not None and until_on < from_on:
        raise InputError(f"{until_on} lies before {from_on}", remedy="name the first day first")


def covers(from_on: date, until_on: date | None, on: date) -> bool:
    """Tell whether a day lies in a stretch of days; without an end it is one day."""
    return from_on <= on <= (until_on or from_on)


def words(event: Event) -> tuple[str, str]:
    """Return what happened in German and in English.

    Examples
    --------
    >>> words(Rain(date(2026, 11, 26)))
    ('Regen am 26.11.2026', 'rain on 2026-11-26')
    >>> words(CrewAbsent("crew-2", date(2026, 11, 26), date(2026, 11, 27)))
    ('crew-2 fällt aus am 26.11.2026 bis 27.11.2026', 'crew-2 is absent on 2026-11-26 to 2026-11-27')
    """
    match event:
        case Rain():
            de, en = _span(event.on, event.until_on)
            return f"Regen am {de}", f"rain on {en}"
        case CrewAbsent():
            de, en = _span(event.from_on, event.until_on)
            return f"{event.crew} fällt aus am {de}", f"{event.crew} is absent on {en}"
        case VehicleBroken():
            de, en = _span(event.from_on, event.until_on)
            lost = ", ".join(sorted(event.machines))
            without_de, without_en = (f", ohne {lost}", f", without {lost}") if lost else ("", "")
            return (
                f"Fahrzeug von {event.crew} defekt am {de}{without_de}",
                f"the vehicle of {event.crew} is broken on {en}{without_en}",
            )
        case UrgentVisit():
            if event.follows is None:
                return f"dringend: {event.reason}", f"urgent: {event.reason}"
            said = f": {event.reason}" if event.reason else ""
            return f"Folge von {event.follows.text}{said}", f"follow-up of {event.follows.text_en}{said}"
        case DoneEarly():
            return f"erledigt am {_de(event.on)}: {event.visit_id}", f"done on {event.on}: {event.visit_id}"
        case Refused():
            if event.on is None:
                return f"abgelehnt: {event.reason}", f"refused: {event.reason}"
            de, en = _span(event.on, event.until_on)
            return f"abgelehnt am {de}: {event.reason}", f"refused on {en}: {event.reason}"


def change_crew_days(crew_days: Iterable[CrewDay], events: Sequence[Event]) -> tuple[CrewDay, ...]:
    """Return the crew-days that are left, with the machines that are left."""
    left = []
    for day in crew_days:
        now: CrewDay | None = day
        for event in events:
            if not isinstance(event, CrewAbsent | VehicleBroken) or now is None or event.crew != day.crew:
                continue
            if covers(event.from_on, event.until_on, day.on):
                lost = event.machines if isinstance(event, VehicleBroken) else frozenset()
                now = replace(now, machines=now.machines - lost) if lost else None
        if now is not None:
            left.append(now)
    return tuple(left)


def change_visits(
    visits: Iterable[Visit], events: Sequence[Event], staying: frozenset[str] = frozenset()
) -> tuple[tuple[Visit, ...], tuple[Unserved, ...]]:
    """Return the visits with the days taken from them that events forbid, and those that are refused altogether.

    Parameters
    ----------
    staying
        visit_ids that rain does not move: started, announced or locked.
    """
    asked: list[Visit] = []
    refused: list[Unserved] = []
    for visit in visits:
        never = next((one for one in events if isinstance(one, Refused) and _for_good(one, visit)), None)
        if never is not None:
            de, en = words(never)
            refused.append(Unserved(visit, "refused", de, en))
            continue
        asked.append(_without(visit, _forbidden(visit, events, staying)))
    return tuple(asked), tuple(refused)


def _for_good(event: Refused, visit: Visit) -> bool:
    return event.visit_id == visit.visit_id and event.on is None


def _forbidden(visit: Visit, events: Sequence[Event], staying: frozenset[str]) -> dict[date, str]:
    forbidden: dict[date, str] = {}
    for event in events:
        if isinstance(event, Rain) and visit.visit_id not in staying and event.hits(visit):
            wet = [on for on in visit.day_windows if covers(event.on, event.until_on, on)]
            forbidden |= dict.fromkeys(wet, words(event)[0])
        if isinstance(event, Refused) and event.visit_id == visit.visit_id and event.on is not None:
            hit = [on for on in visit.day_windows if covers(event.on, event.until_on, on)]
            forbidden |= dict.fromkeys(hit, words(event)[0])
    return forbidden


def _without(visit: Visit, forbidden: dict[date, str]) -> Visit:
    if not forbidden:
        return visit
    windows = {on: when for on, when in visit.day_windows.items() if on not in forbidden}
    return replace(visit, day_windows=windows, forbidden=visit.forbidden | forbidden)


def cause_of(event: Event, visit: Visit, crew: str, on: date) -> bool:
    """Tell whether an event by itself takes a visit from its crew-day; what else moves, moves as a consequence."""
    match event:
        case Rain():
            return event.hits(visit) and covers(event.on, event.until_on, on)
        case CrewAbsent():
            return event.crew == crew and covers(event.from_on, event.until_on, on)
        case VehicleBroken():
            needs = not event.machines or bool(visit.machines & event.machines)
            return event.crew == crew and covers(event.from_on, event.until_on, on) and needs
        case UrgentVisit():
            return visit.plot_code == event.plot and visit.work == event.work
        case DoneEarly() | Refused():
            return event.visit_id == visit.visit_id


def _span(from_on: date, until_on: date | None) -> tuple[str, str]:
    if until_on is None or until_on == from_on:
        return _de(from_on), from_on.isoformat()
    return f"{_de(from_on)} bis {_de(until_on)}", f"{from_on} to {until_on}"


def _de(day: date) -> str:
    return f"{day:%d.%m.%Y}"
