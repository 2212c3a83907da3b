"""Planning problems small enough for hypothesis: odd windows, no capacity, places without a way, holidays, waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import strategies as st

from geo_service.routes.model import CrewDay
from geo_service.schedule.model import Problem, Weights
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.model import Visit

HOUR = 3600
TUESDAY = date(2026, 11, 17)
"""The day before Buß- und Bettag, a Wednesday."""

DAY_WINDOW = ((6 * HOUR, 20 * HOUR),)
NOON_QUIET = ((7 * HOUR, 13 * HOUR), (15 * HOUR, 20 * HOUR))
LOUD = ((9 * HOUR, 13 * HOUR), (15 * HOUR, 17 * HOUR))

MakeProblem = Callable[..., Problem]


def _visit(name: str, place: int, days: tuple[date, ...], **changes) -> Visit:
    visit = Visit(
        visit_id=name,
        plot_id=f"plot-{place}",
        plot_code=f"KLZ-{max(place, 0):04d}",
        work="mow_lawn",
        earliest_on=days[0],
        due_on=days[0],
        latest_on=days[-1],
        service_s=HOUR,
        people=1,
        skills=frozenset(),
        machines=frozenset(),
        volume_m3=0.0,
        priority=3,
        why="",
        day_windows=dict.fromkeys(days, DAY_WINDOW),
        place=place,
    )
    return replace(visit, **changes)


def _crew_day(crew: str, on: date, **changes) -> CrewDay:
    day = CrewDay(crew, on, (7 * HOUR, 15 * HOUR), 0, 2, frozenset({"machines"}), frozenset({"mower"}), 3.0)
    return replace(day, **changes)


def _places(count: int, seed: int = 1, span_s: float = 900) -> TravelMatrix:
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, span_s, (count, 2))
    seconds = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * rng.uniform(1, 1.3, (count, count))
    np.fill_diagonal(seconds, 0)
    return TravelMatrix(seconds.astype(np.int32), (seconds * 8).astype(np.int32))


@pytest.fixture(scope="session")
def make_visit() -> Callable[..., Visit]:
    return _visit


@pytest.fixture(scope="session")
def make_crew_day() -> Callable[..., CrewDay]:
    return _crew_day


@pytest.fixture(scope="session")
def make_places() -> Callable[..., TravelMatrix]:
    return _places


@pytest.fixture(scope="session")
def days() -> tuple[date, ...]:
    """Return four working days around a holiday and a week-end."""
    return (TUESDAY, TUESDAY + timedelta(2), TUESDAY + timedelta(3), TUESDAY + timedelta(6))


@pytest.fixture(scope="session")
def make_problem(days) -> MakeProblem:
    """Return a sound problem of ``count`` visits, two crews and four days."""

    def make(count: int = 12, seed: int = 1) -> Problem:
        rng = np.random.default_rng(seed)
        visits = tuple(
            _visit(
                f"visit-{number}",
                number + 1,
                days,
                service_s=int(rng.integers(900, 9000)),
                due_on=days[int(rng.integers(len(days)))],
                priority=int(rng.integers(1, 6)),
            )
            for number in range(count)
        )
        crew_days = tuple(_crew_day(crew, on) for on in days for crew in ("crew-1", "crew-2"))
        return Problem(visits, crew_days, _places(count + 1, seed), days)

    return make


@st.composite
def _problems(draw: st.DrawFn) -> Problem:
    every_day = [TUESDAY + timedelta(day) for day in range(7)]  # a holiday, a Saturday and a Sunday among them
    period = tuple(sorted(draw(st.sets(st.sampled_from(every_day), min_size=1, max_size=5))))
    count = draw(st.integers(0, 9))
    matrix = _places(count + 1, draw(st.integers(0, 5)), draw(st.sampled_from([60, 900, 6000])))
    seconds = matrix.seconds.copy()
    for _ in range(draw(st.integers(0, 2)) if count else 0):
        a, b = draw(st.integers(0, count)), draw(st.integers(0, count))
        seconds[a, b] = UNREACHABLE if a != b else 0
    visits = []
    for number in range(count):
        allowed = draw(st.sets(st.sampled_from(period)))
        first = every_day[0] + timedelta(draw(st.integers(-9, 6)))
        windows = st.sampled_from([DAY_WINDOW, NOON_QUIET, LOUD, ((12 * HOUR, 12 * HOUR + 1800),), ()])
        visits.append(
            _visit(
                f"visit-{number}",
                draw(st.sampled_from([-1, number + 1, number + 1, number + 1, 1])),
                period,
                work=draw(st.sampled_from(["mow_lawn", "litter_pick"])),
                service_s=draw(st.sampled_from([0, 60, 1200, 3600, 9000, 15_000, 22_000])),
                earliest_on=first,
                due_on=first + timedelta(draw(st.integers(0, 3))),
                latest_on=first + timedelta(draw(st.integers(3, 12))),
                people=draw(st.sampled_from([1, 1, 2, 4])),
                skills=frozenset(draw(st.sets(st.sampled_from(["machines", "woody"])))),
                machines=frozenset(draw(st.sets(st.sampled_from(["mower"])))),
                volume_m3=draw(st.sampled_from([0.0, 0.0, 0.1, 1.5, 9.0])),
                priority=draw(st.integers(1, 5)),
                day_windows={on: draw(windows) for on in allowed},
                forbidden={on: "BNatSchG §39(5)" for on in period if on not in allowed},
                after=draw(st.sampled_from(["", "", "", "visit-0", "visit-1", "visit-2", "elsewhere"])),
                after_days=draw(st.integers(0, 3)),
                parts=draw(st.sampled_from([1, 1, 3])),
            )
        )
    crews = draw(st.sampled_from([["crew-1"], ["crew-1", "crew-2"], []]))
    shifts = st.sampled_from(
        [(7 * HOUR, 15 * HOUR), (6 * HOUR, 22 * HOUR), (14 * HOUR, 24 * HOUR), (9 * HOUR, 11 * HOUR)]
    )
    crew_days = tuple(
        _crew_day(
            crew,
            on,
            shift=draw(shifts),
            capacity_m3=draw(st.sampled_from([0.0, 2.0])),
            skills=frozenset({"machines"} | ({"woody"} if crew == "crew-2" else set())),
        )
        for on in period
        for crew in crews
        if draw(st.integers(0, 4))
    )
    weights = draw(st.sampled_from([Weights(), Weights(unserved_s=0), Weights(crew_day_s=0, crew_change_s=9000)]))
    return Problem(tuple(visits), crew_days, TravelMatrix(seconds, matrix.metres), period, weights)


@pytest.fixture(scope="session")
def problems() -> st.SearchStrategy[Problem]:
    return _problems()
