"""Floor 4: the crew-days of a period: which crew works on which date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from geo_service.base.errors import NotReady
from geo_service.routes.model import CrewDay, Facility
from geo_service.work.calendar import rest_day
from geo_service.work.hours import MIN_REST_S
from geo_service.work.model import Crew

DAY_S = 86_400


def crew_days(
    crews: Iterable[Crew],
    days: Iterable[date],
    depot_place: int | Mapping[str, int],
    facilities: Mapping[date, tuple[Facility, ...]] | None = None,
) -> tuple[CrewDay, ...]:
    """Return the crew-days of a period in order of date, then of crews; no Sunday or Saxon holiday among them.

    Parameters
    ----------
    depot_place
        Place of the depot in the travel matrix, or the places by ``crew.depot`` and ``crew.end``; a day whose end has
        no place ends at the depot.
    facilities
        Where vehicles may be emptied or loaded, by date.

    Raises
    ------
    NotReady
        When the depot of a crew has no place.

    Examples
    --------
    >>> crew = Crew("crew-1", "Kolonne 1", 2, frozenset(), frozenset(), "Transporter", 2.0, 24300, 55800, "depot")
    >>> [str(day.on) for day in crew_days([crew], [date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 22)], 0)]
    ['2026-11-17']
    """
    crews = tuple(crews)
    return tuple(
        CrewDay(
            crew=crew.code,
            on=on,
            shift=(crew.shift_start_s, crew.shift_end_s),
            depot_place=_place(crew, depot_place),
            people=crew.people,
            skills=crew.skills,
            machines=crew.machines,
            capacity_m3=crew.capacity_m3,
            end_place=None if isinstance(depot_place, int) else depot_place.get(crew.end),
            profile=crew.profile,
            facilities=(facilities or {}).get(on, ()),
            ends_empty=crew.ends_empty,
            regular_s=crew.regular_s,
            max_work_s=crew.max_work_s,
        )
        for on in sorted(set(days))
        for crew in crews
        if on.weekday() in crew.weekdays and rest_day(on) is None
    )


def _place(crew: Crew, depot_place: int | Mapping[str, int]) -> int:
    if isinstance(depot_place, int):
        return depot_place
    if crew.depot not in depot_place:
        raise NotReady(f"the depot '{crew.depot}' of {crew.code} has no place on the streets", remedy="set the depot")
    return depot_place[crew.depot]


def rested(days: Sequence[CrewDay]) -> tuple[CrewDay, ...]:
    """Shorten shifts so that 11 h lie between the shifts of a crew on consecutive dates (ArbZG §5), in the same order.

    The later shift begins later; where nothing is left of it, it is empty.
    """
    shortened = list(days)
    by_crew_and_date = {(day.crew, day.on.toordinal()): index for index, day in enumerate(days)}
    for index in sorted(range(len(days)), key=lambda index: days[index].on):
        day = shortened[index]
        start, end = day.shift
        before = by_crew_and_date.get((day.crew, day.on.toordinal() - 1))
        if before is not None:
            start = max(start, shortened[before].shift[1] + MIN_REST_S - DAY_S)
        if start > day.shift[0]:
            shortened[index] = replace(day, shift=(start, max(start, end)))
    return tuple(shortened)
