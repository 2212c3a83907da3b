"""The engine's arrays mean the problem: the same objective, the same facilities, hours, locks and dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.progress import after_iterations
from geo_service.routes.model import Facility, Route
from geo_service.routes.timing import time_route
from geo_service.schedule.arrays import LOCKED_S, Arrays
from geo_service.schedule.cost import cost_s
from geo_service.schedule.dates import left_out_cost_s
from geo_service.schedule.engine.instance import ALL, FAR
from geo_service.schedule.engine.search import Search
from geo_service.schedule.engine.settings import Settings
from geo_service.schedule.model import Placement, Weights
from geo_service.streets.model import UNREACHABLE

HOUR = 3600
TIP = Facility("tip", "Wertstoffhof", 0, 900, ((7 * HOUR, 15 * HOUR),), frozenset({"20 02 01", "17 09 04"}))
NURSERY = Facility("nursery", "Gärtnerei", 3, 600, ((8 * HOUR, 12 * HOUR),), frozenset(), frozenset({"plants"}))


def arrays_of(problem) -> Arrays:
    return Arrays(problem, problem.visits, problem.crew_days)


@pytest.fixture(scope="session")
def rich(make_problem):
    """Return problems in which every part of the objective counts."""

    def make(seed: int):
        rng = np.random.default_rng(seed)
        problem = make_problem(int(rng.integers(4, 16)), seed % 50)
        days = problem.days
        visits = tuple(
            replace(
                visit,
                volume_m3=float(rng.choice([0.0, 1.0, 2.5])),
                waste_key=str(rng.choice(["", "20 02 01", "17 09 04"])),
                latest_on=days[-1] + timedelta(int(rng.integers(-3, 3))),
                work=str(rng.choice(["mow_lawn", "clear"])),
                plot_id=f"plot-{rng.integers(5)}",
                parts=int(rng.choice([1, 3])),
            )
            for visit in problem.visits
        )
        ids = [visit.visit_id for visit in visits]
        crew_days = tuple(
            replace(
                day,
                regular_s=int(rng.choice([2, 5, 8])) * HOUR,
                profile=str(rng.choice(["", "truck"])),
                facilities=(TIP, NURSERY),
                ends_empty=bool(rng.integers(2)),
            )
            for day in problem.crew_days
        )
        placements = [Placement(day.crew, day.on) for day in crew_days]
        slower = replace(problem.matrix, seconds=np.minimum(problem.matrix.seconds * 2, 5000))
        return replace(
            problem,
            visits=visits,
            crew_days=crew_days,
            in_force={name: placements[rng.integers(len(placements))] for name in ids[::2]},
            familiar={"plot-1": frozenset({"crew-1"}), "plot-2": frozenset({"crew-9"})},
            areas={"plot-0": "north", "plot-1": "north", "plot-2": "south"},
            matrices={"truck": slower},
            weights=Weights(imbalance=0.3),
        )

    return make


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_the_engine_and_the_objective_agree_on_what_a_plan_costs(rich, seed):
    """Overtime and imbalance are rounded to a second in the objective, not in the engine; nothing else differs."""
    problem = rich(seed)
    arrays = arrays_of(problem)
    search = Search(arrays.instance, seed, Settings(workers=1))
    search.go_on(after_iterations(60))
    found = search.found()
    orders = [arrays.order_of(stops) for stops in found.routes]
    routes = []
    for day, (order, trips) in zip(arrays.crew_days, orders, strict=True):
        if order:
            route = time_route(day, order, problem.matrix_of(day), trips)
            assert isinstance(route, Route), route
            routes.append(route)
    left_out = [arrays.visits[item] for item in np.flatnonzero(found.patterns < 0)]

    assert routes
    assert abs(found.cost - cost_s(problem, routes, left_out)) <= 1.0


def test_a_locked_visit_lies_nowhere_else_and_costs_more_than_all_others_to_leave_out(make_problem, days):
    problem = make_problem(4)
    there = Placement("crew-2", days[1])
    problem = replace(
        problem,
        in_force={"visit-0": there, "visit-1": there, "visit-2": Placement("crew-9", days[0])},
        locked=frozenset({"visit-0", "visit-2", "visit-3"}),
    )
    arrays = arrays_of(problem)
    able, left_out = arrays.instance.able, arrays.instance.items["left_out"]
    lies = [Placement(day.crew, day.on) == there for day in arrays.crew_days]

    assert able[0].tolist() == lies
    assert able[1].all()
    assert not able[2].any()  # its crew-day is gone
    assert not able[3].any()  # locked, but to no crew-day
    assert left_out.tolist() == [
        LOCKED_S,
        left_out_cost_s(problem.visits[1], days[-1], problem.weights),
        LOCKED_S,
        LOCKED_S,
    ]
    assert left_out[0] > sum(left_out_cost_s(visit, days[-1], problem.weights) for visit in problem.visits)


def test_kinds_of_waste_and_goods_are_bits_that_facilities_share(make_problem):
    problem = make_problem(5)
    green, rubble, any_waste, plants, nothing = problem.visits
    visits = (
        replace(green, volume_m3=1.0, waste_key="20 02 01"),
        replace(rubble, volume_m3=1.0, waste_key="17 09 04"),
        replace(any_waste, volume_m3=1.0, waste_key=""),
        replace(plants, supply="plants", supply_m3=0.5),
        replace(nothing, waste_key="17 09 04"),
    )
    compost = replace(TIP, code="compost", accepts=frozenset({"20 02 01"}))
    problem = replace(
        problem,
        visits=visits,
        crew_days=tuple(replace(day, facilities=(TIP, compost, NURSERY)) for day in problem.crew_days),
    )
    arrays = arrays_of(problem)
    waste, supply = arrays.instance.items["waste"].tolist(), arrays.instance.items["supply"].tolist()
    by_code = dict(zip([one.code for one in arrays.facilities], arrays.instance.facilities, strict=True))

    def takes(code):
        return [not bits & ~int(by_code[code]["accepts"]) for bits in waste]

    assert takes("tip") == [True, True, True, True, True]
    assert takes("compost") == [True, False, True, True, True]
    assert takes("nursery") == [False, False, False, True, True]
    assert [not bits & ~int(by_code["nursery"]["supplies"]) for bits in supply] == [True] * 5
    assert [not bits & ~int(by_code["tip"]["supplies"]) for bits in supply] == [True, True, True, False, True]
    assert arrays.instance.items["volume"].tolist() == [1.0, 1.0, 1.0, 0.5, 0.0]
    assert max(waste + supply) < ALL


def test_hours_are_when_work_may_be_begun_on_each_date(make_problem, days):
    problem = make_problem(2)
    early = replace(
        problem.visits[0], day_windows={days[0]: ((8 * HOUR, 10 * HOUR),), days[2]: ((9 * HOUR, 9 * HOUR),)}
    )
    problem = replace(
        problem,
        visits=(replace(early, service_s=HOUR), problem.visits[1]),
        crew_days=tuple(replace(day, facilities=() if day.on == days[3] else (TIP,)) for day in problem.crew_days),
    )
    instance = arrays_of(problem).instance
    first, opening = instance.first_window, instance.first_opening

    assert np.diff(first[:5]).tolist() == [1, 0, 0, 0]
    assert instance.windows[0].tolist() == (8.0 * HOUR, 9.0 * HOUR)
    assert np.diff(opening).tolist() == [1, 1, 1, 0]
    assert instance.openings[0].tolist() == (7.0 * HOUR, 15.0 * HOUR - 900)


def test_each_profile_has_its_own_travel_and_nobody_reaches_a_facility_that_is_not_his(make_problem, days):
    problem = make_problem(3)
    matrix = problem.matrix.seconds.copy()
    matrix[1, 2] = UNREACHABLE
    truck = replace(problem.matrix, seconds=matrix * (matrix != UNREACHABLE) // 2 + matrix * (matrix == UNREACHABLE))
    tips = {"crew-1": (TIP,), "crew-2": (replace(TIP, windows=()),)}
    problem = replace(
        problem,
        matrices={"truck": truck},
        crew_days=tuple(
            replace(day, profile="truck" if day.crew == "crew-1" else "", facilities=tips[day.crew], end_place=3)
            for day in problem.crew_days
        ),
    )
    arrays = arrays_of(problem)
    instance = arrays.instance
    for day, route in zip(arrays.crew_days, instance.routes, strict=True):
        travel, tip = instance.travel[route["profile"]], instance.facilities["place"][0]
        one, two = instance.items["place"][:2]

        assert travel[route["start"], one] == problem.matrix_of(day).seconds[0, 1]
        assert travel[one, route["end"]] == problem.matrix_of(day).seconds[1, 3]
        assert travel[one, two] == (FAR if day.crew == "crew-1" else problem.matrix.seconds[1, 2])
        assert travel[one, tip] == (truck.seconds[1, 0] if day.crew == "crew-1" else FAR)
        assert (travel[tip, one] >= FAR) == (day.crew == "crew-2")


def test_what_must_come_home_empty_takes_no_waste_where_no_facility_is(make_problem):
    problem = make_problem(2)
    dirty = replace(problem.visits[0], volume_m3=1.0, waste_key="20 02 01")
    off = replace(TIP, place=-1)
    problem = replace(
        problem,
        visits=(dirty, problem.visits[1]),
        crew_days=tuple(
            replace(day, ends_empty=True, facilities=(TIP,) if day.crew == "crew-1" else (off,))
            for day in problem.crew_days
        ),
    )
    arrays = arrays_of(problem)
    crews = [day.crew for day in arrays.crew_days]

    assert arrays.instance.able[0].tolist() == [crew == "crew-1" for crew in crews]
    assert arrays.instance.able[1].all()


def test_deadlines_leave_those_that_wait_a_day_of_their_own(make_problem, days):
    problem = make_problem(4)
    first, second, third, free = problem.visits
    problem = replace(
        problem,
        visits=(
            first,
            replace(second, after=first.visit_id),
            replace(third, after=second.visit_id, after_days=3),
            free,
        ),
    )
    arrays = arrays_of(problem)  # days 0, 2, 3 and 6
    deadline, rank = arrays.instance.items["deadline"], arrays.instance.items["rank"].tolist()
    ordinals = [day.toordinal() for day in days]

    assert deadline.tolist() == [ordinals[1], ordinals[2], FAR, FAR]
    assert rank[0] < rank[1] < rank[2]
    assert arrays.instance.before[1, 0].tolist() == [0, 1]
    assert arrays.instance.before[2, 0].tolist() == [1, 3]


def test_parts_of_a_job_and_areas_are_numbered(make_problem):
    problem = make_problem(4)
    job = problem.visits[0]
    parts = tuple(replace(job, visit_id=f"job.{number}", part=number, parts=3) for number in (1, 2, 3))
    problem = replace(
        problem,
        visits=(*parts, *problem.visits[1:]),
        areas={job.plot_id: "north", problem.visits[1].plot_id: "south"},
    )
    instance = arrays_of(problem).instance

    assert instance.items["job"].tolist() == [0, 0, 0, -1, -1, -1]
    assert instance.jobs[0].tolist()[:4] == [3, 0, 1, 2]
    assert instance.items["area"].tolist() == [0, 0, 0, 1, -1, -1]
