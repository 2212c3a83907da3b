"""Visits, crew-days and travel times small enough to reckon by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pytest

from geo_service.routes.model import CrewDay, Facility
from geo_service.streets.model import TravelMatrix
from geo_service.work.model import Visit, Window

MONDAY = date(2026, 11, 23)
HOUR = 3600
GREEN, MIXED = "200201", "200301"

MakeVisit = Callable[..., Visit]
MakeCrewDay = Callable[..., CrewDay]
MakeFacility = Callable[..., Facility]


@pytest.fixture(scope="session")
def make_visit() -> MakeVisit:
    def make(
        place: int,
        minutes: int = 60,
        windows: Sequence[Window] = ((6 * HOUR, 20 * HOUR),),
        *,
        visit_id: str = "",
        needs: Sequence[str] = (),
        skills: Sequence[str] = (),
        people: int = 1,
        volume_m3: float = 0.0,
        waste_key: str = "",
        supply: str = "",
        supply_m3: float = 0.0,
        on: date = MONDAY,
    ) -> Visit:
        return Visit(
            visit_id=visit_id or f"visit-{place}",
            plot_id=f"plot-{place}",
            plot_code=f"KLZ-{place:04d}",
            work="mow_lawn",
            earliest_on=on,
            due_on=on,
            latest_on=on,
            service_s=minutes * 60,
            people=people,
            skills=frozenset(skills),
            machines=frozenset(needs),
            volume_m3=volume_m3,
            priority=3,
            why="",
            day_windows={on: tuple(windows)} if windows else {},
            place=place,
            waste_key=waste_key,
            supply=supply,
            supply_m3=supply_m3,
        )

    return make


@pytest.fixture(scope="session")
def make_facility() -> MakeFacility:
    def make(
        place: int,
        accepts: Sequence[str] = (GREEN, MIXED),
        supplies: Sequence[str] = (),
        *,
        minutes: int = 15,
        windows: Sequence[Window] = ((6 * HOUR, 20 * HOUR),),
    ) -> Facility:
        return Facility(
            f"facility-{place}", "Hof", place, minutes * 60, tuple(windows), frozenset(accepts), frozenset(supplies)
        )

    return make


@pytest.fixture(scope="session")
def make_crew_day() -> MakeCrewDay:
    def make(
        start_h: float = 6,
        end_h: float = 16,
        *,
        on: date = MONDAY,
        capacity_m3: float = 3.0,
        facilities: Sequence[Facility] = (),
        ends_empty: bool = False,
        end_place: int | None = None,
        max_work_h: float = 8,
    ) -> CrewDay:
        return CrewDay(
            crew="crew-1",
            on=on,
            shift=(round(start_h * HOUR), round(end_h * HOUR)),
            depot_place=0,
            people=2,
            skills=frozenset({"machines"}),
            machines=frozenset({"mower"}),
            capacity_m3=capacity_m3,
            end_place=end_place,
            facilities=tuple(facilities),
            ends_empty=ends_empty,
            max_work_s=round(max_work_h * HOUR),
        )

    return make


@pytest.fixture(scope="session")
def on_a_line() -> Callable[[Sequence[float]], TravelMatrix]:
    """Return the travel times between places on a line, given in minutes from its start; 600 m a minute."""

    def make(minutes: Sequence[float]) -> TravelMatrix:
        at = np.array(minutes, dtype=float)
        apart = np.abs(at[:, None] - at[None])
        return TravelMatrix((apart * 60).astype(np.int32), (apart * 600).astype(np.int32))

    return make


@pytest.fixture(scope="session")
def scattered() -> Callable[[int, int], TravelMatrix]:
    """Return one-way travel times between ``count`` random places, drawn with ``seed``: not symmetric."""

    def make(count: int, seed: int) -> TravelMatrix:
        rng = np.random.default_rng(seed)
        xy = rng.uniform(0, 900, (count, 2))
        seconds = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * rng.uniform(1, 1.3, (count, count))
        np.fill_diagonal(seconds, 0)
        return TravelMatrix(seconds.astype(np.int32), (seconds * 8).astype(np.int32))

    return make
