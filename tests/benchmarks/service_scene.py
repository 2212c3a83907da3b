"""Our own kind of problem, made from real streets and plots and a seed: two weeks of four crews in Kaiserslautern.

What all engines can express and no more, so that they compete on equal terms:

- 40 crew-days: four crews on ten working days, each shift at most 6 h, so that no engine has to place a break (PyVRP
  knows none). Crews differ in people, skills, machines, capacity and hours; two depots.
- Visits on the open plots of the town first, then at places on its streets. Each has the service time, machines,
  skills, people and volume of its kind of work, a priority, and dates of its own between first and last day.
- Windows: noise hours by kind of machine (two a day for most), beside schools only in the afternoon (earlier on
  Fridays), on market days not before two o'clock, and single dates that were refused: so they differ by date.
- Every visit is optional. The objective is driving in seconds plus, for each visit left out, `LEFT_OUT_S` divided by
  its priority. All other weights are 0.

Work and volume are scaled to the crew-days, the same way for every number of visits: about 5 to 10 % cannot be served.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geo_service.routes.model import CrewDay
from geo_service.schedule.model import Problem, Weights
from geo_service.streets.model import Profile, Snap, TravelMatrix
from geo_service.streets.network import StreetNetwork
from geo_service.streets.osm import read_osm
from geo_service.streets.router import make_router
from geo_service.work.model import Visit, Window

HOUR = 3600
FIRST_DAY = date(2026, 9, 7)
"""A Monday; no holiday lies in the two weeks after it."""

DAYS = tuple(FIRST_DAY + timedelta(days=n) for n in range(12) if n % 7 < 5)
LEFT_OUT_S = 18_000
"""For a visit of priority 1: five hours of driving; one hour for priority 5."""

DRIVING_S = {400: 230, 1000: 150}
"""What a visit adds to the driving of a good plan, seconds, by the number of visits: only to scale the work."""

BOOKED = 1.12
"""Work and driving asked for, against the time of all crew-days; windows take some more."""

LOADED = 0.9
"""Volume asked for, against the capacity of all crew-days."""

NOISE: dict[str, tuple[Window, ...]] = {
    "loud": ((9 * HOUR, 13 * HOUR), (15 * HOUR, 17 * HOUR)),
    "motor": ((7 * HOUR, 13 * HOUR), (15 * HOUR, 20 * HOUR)),
    "quiet": ((6 * HOUR, 20 * HOUR),),
}


@dataclass(frozen=True)
class Kind:
    """A kind of work: its share of the visits, and what it asks for; ``minutes`` before scaling."""

    code: str
    share: float
    minutes: float
    noise: str
    people: int
    skills: frozenset[str]
    machines: frozenset[str]
    volume_m3: float


KINDS = (
    Kind("mow_meadow", 0.20, 50, "loud", 2, frozenset(), frozenset({"brushcutter"}), 0.9),
    Kind("mow_lawn", 0.25, 40, "motor", 1, frozenset(), frozenset({"mower"}), 0.5),
    Kind("cut_hedge", 0.10, 60, "motor", 2, frozenset({"woody"}), frozenset({"hedge_trimmer"}), 1.2),
    Kind("fell_saplings", 0.05, 70, "loud", 3, frozenset({"chainsaw"}), frozenset({"chainsaw"}), 1.5),
    Kind("clear_litter", 0.20, 25, "quiet", 1, frozenset(), frozenset(), 0.6),
    Kind("plant_care", 0.12, 35, "quiet", 2, frozenset({"plants"}), frozenset(), 0.2),
    Kind("inspect", 0.08, 15, "quiet", 1, frozenset({"inspection"}), frozenset(), 0.0),
)

_GARDEN = frozenset({"brushcutter", "mower", "hedge_trimmer"})
CREWS = (
    ("crew-1", (7 * HOUR, 13 * HOUR), 0, 3, {"woody", "chainsaw", "inspection"}, _GARDEN | {"chainsaw"}, 5.0),
    ("crew-2", (7 * HOUR, 13 * HOUR), 1, 2, {"woody", "plants"}, _GARDEN, 4.0),
    ("crew-3", (11 * HOUR, 17 * HOUR), 0, 3, {"woody", "chainsaw", "plants"}, _GARDEN | {"chainsaw"}, 4.0),
    ("crew-4", (9 * HOUR, 15 * HOUR), 1, 2, {"plants", "inspection"}, frozenset({"brushcutter", "mower"}), 3.0),
)
"""Code, shift, depot, people, skills, machines, capacity in m³."""

DEPOTS = 2
PRIORITY_SHARES = (0.10, 0.20, 0.35, 0.20, 0.15)


@dataclass(frozen=True)
class Town:
    """Streets and the middle of each open plot, lon and lat in degrees."""

    network: StreetNetwork
    plots: npt.NDArray[np.float64]


def read_town(streets: Path, plots: Path) -> Town:
    """Read the streets of a town and its open plots."""
    inside = gpd.read_file(plots).geometry.representative_point()
    return Town(read_osm(streets).network, np.column_stack([inside.x, inside.y]))


def make_problem(town: Town, visits: int, seed: int, *, booked: float = BOOKED) -> Problem:
    """Make the problem: the same town, number of visits and seed give the same problem."""
    rng = np.random.default_rng([seed, visits])
    matrix = _travel(town, DEPOTS + visits, rng)
    crew_days = tuple(
        CrewDay(code, on, shift, depot, people, frozenset(skills), machines, capacity)
        for on in DAYS
        for code, shift, depot, people, skills, machines, capacity in CREWS
    )
    asked = [_visit(number, crew_days, rng) for number in range(visits)]
    return Problem(_scaled(asked, crew_days, booked), crew_days, matrix, DAYS, travel_and_left_out())


def travel_and_left_out() -> Weights:
    """Return the weights of the objective: driving and visits left out; all dates of a visit are equally good."""
    names = ("late_day_s", "early_day_s", "crew_day_s", "crew_change_s", "change_s", "area_s", "unfamiliar_s")
    # a visit whose last day lies in the period, as all do here, counts twice ``unserved_s``
    return Weights(unserved_s=LEFT_OUT_S // 2, overtime=0.0, imbalance=0.0, **dict.fromkeys(names, 0))


def _travel(town: Town, places: int, rng: np.random.Generator) -> TravelMatrix:
    """Return travel between the depots, then the plots, then places drawn from the corners of the streets."""
    router = make_router(town.network, Profile.VAN)
    corners = town.network.shape_lonlat
    drawn = corners[rng.choice(len(corners), 3 * places, replace=False)]
    snapped = router.snap(np.vstack([drawn[:DEPOTS], town.plots, drawn[DEPOTS:]]))
    there: list[Snap] = [snap for snap in snapped if snap is not None]
    return router.matrix(there[:places])


def _visit(number: int, crew_days: tuple[CrewDay, ...], rng: np.random.Generator) -> Visit:
    """Draw a visit until at least one crew-day could do it."""
    while True:
        kind = KINDS[rng.choice(len(KINDS), p=[kind.share for kind in KINDS])]
        first, last = _dates(rng)
        size = rng.lognormal(0.0, 0.4)
        windows = _windows(kind, DAYS[first : last + 1], rng)
        if windows and any(_could(kind, windows, day) for day in crew_days):
            break
    return Visit(
        visit_id=f"visit-{number:04d}",
        plot_id=f"plot-{number:04d}",
        plot_code=f"KL-{number:04d}",
        work=kind.code,
        earliest_on=DAYS[first],
        due_on=DAYS[last],
        latest_on=DAYS[last],
        service_s=round(60 * kind.minutes * size),
        people=kind.people,
        skills=kind.skills,
        machines=kind.machines,
        volume_m3=kind.volume_m3 * size,
        priority=1 + int(rng.choice(5, p=PRIORITY_SHARES)),
        why="Vergleich",
        day_windows=windows,
        forbidden={on: "Vergleich: an diesem Tag nicht" for on in DAYS if on not in windows},
        place=DEPOTS + number,
    )


def _dates(rng: np.random.Generator) -> tuple[int, int]:
    """Draw the first and the last working day: any, some days in a row, or nearly fixed."""
    length = int(rng.choice([10, int(rng.integers(4, 8)), int(rng.integers(1, 4))], p=[0.25, 0.5, 0.25]))
    first = int(rng.integers(0, len(DAYS) - length + 1))
    return first, first + length - 1


def _windows(kind: Kind, days: tuple[date, ...], rng: np.random.Generator) -> dict[date, tuple[Window, ...]]:
    beside_school = rng.random() < 0.10
    at_market = rng.random() < 0.05
    refused = days[int(rng.integers(len(days)))] if len(days) > 1 and rng.random() < 0.15 else None
    windows = {}
    for on in days:
        opens = 6 * HOUR
        if beside_school:
            opens = 12 * HOUR if on.weekday() == 4 else 13 * HOUR + HOUR // 2
        if at_market and on.weekday() in (1, 4):
            opens = 14 * HOUR
        stretches = tuple((max(a, opens), b) for a, b in NOISE[kind.noise] if max(a, opens) < b)
        if on != refused and stretches:
            windows[on] = stretches
    return windows


def _could(kind: Kind, windows: dict[date, tuple[Window, ...]], day: CrewDay) -> bool:
    return (
        kind.people <= day.people
        and kind.skills <= day.skills
        and kind.machines <= day.machines
        and any(min(b, day.shift[1]) - max(a, day.shift[0]) >= 2 * HOUR for a, b in windows.get(day.on, ()))
    )


def _scaled(visits: list[Visit], crew_days: tuple[CrewDay, ...], booked: float) -> tuple[Visit, ...]:
    """Scale service times (to whole minutes, 5 to 90) and volumes (to tenths of a cubic metre) to the crew-days."""
    driving_s = np.interp(len(visits), list(DRIVING_S), list(DRIVING_S.values())) * len(visits)
    time_s = booked * sum(day.shift[1] - day.shift[0] for day in crew_days) - driving_s
    slower = time_s / sum(visit.service_s for visit in visits)
    larger = LOADED * sum(day.capacity_m3 for day in crew_days) / sum(visit.volume_m3 for visit in visits)
    return tuple(
        replace(
            visit,
            service_s=60 * min(90, max(5, round(slower * visit.service_s / 60))),
            volume_m3=min(25, round(10 * larger * visit.volume_m3)) / 10,
        )
        for visit in visits
    )
