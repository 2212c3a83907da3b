"""PyVRP: iterated local search (from release 0.12 on; before, a genetic one). One process per core, the best wins.

It knows neither several windows nor skills. A stop becomes a group of mutually exclusive clients, one for each window.
So that there are few of them, all days share one axis from midnight to midnight, and a client stands for a stretch on
all days that have it (a client for each day and stretch, tried too, was no better). Vehicles that may visit different
stops on their day get matrices of their own, in which the way to a forbidden stop is endless; equal vehicles become
one type. The price of a change is a cost on the way to a stop for all vehicles but the one before.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import repeat
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt
from pyvrp import (
    Client,
    ClientGroup,
    Depot,
    Location,
    ProblemData,
    RandomNumberGenerator,
    Result,
    Route,
    Solution,
    VehicleType,
)
from pyvrp import solve as search
from pyvrp.IteratedLocalSearch import IteratedLocalSearch
from pyvrp.PenaltyManager import PenaltyManager
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)
from pyvrp.stop import MaxRuntime

from peers.task import Answer, Task, Vehicle

ENDLESS = 1 << 36
"""Longer than any period, and far below what PyVRP may add up."""

NEIGHBOURS = 100
MOST_CHANGED = 3
"""Of optional stops, see `_iterate`; PyVRP has 50 and 25."""

Matrix = npt.NDArray[np.int64]


def solve(task: Task, *, seconds: float, seed: int, cores: int) -> Answer:
    """Return the best answer of as many searches with different seeds as there are cores."""
    if cores == 1:
        return _search(task, seconds, seed)[1]
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        found = pool.map(_search, repeat(task), repeat(seconds), [seed + 1000 * core for core in range(cores)])
        return min(found)[1]


def _search(task: Task, seconds: float, seed: int) -> tuple[float, Answer]:
    stop = MaxRuntime(seconds)
    stop(0)  # the clock runs from here
    model = _Model(task)
    optional = any(one.penalty is not None for one in task.stops)
    result = _iterate(model, stop, seed) if optional else search(model.data, stop, seed=seed, collect_stats=False)
    if not result.is_feasible():
        return float("inf"), ((),) * len(task.vehicles)
    return float(result.cost()), model.answer(result.best)


def _iterate(model: _Model, stop: MaxRuntime, seed: int) -> Result:
    """Search as `pyvrp.solve` does, but with what suits many vehicles and stops that may be left out.

    As it is, it begins with penalties that hardly come down within a minute, looks at too few neighbours to find a
    place for what was left out, and changes too much at once: it costs twice as much at 25 s on 400 visits.
    """
    random = RandomNumberGenerator(seed=seed)
    near = compute_neighbours(model.data, NeighbourhoodParams(num_neighbours=NEIGHBOURS))
    local = LocalSearch(model.data, random, near, PerturbationManager(PerturbationParams(1, MOST_CHANGED)))
    for operator in OPERATORS:
        if operator.supports(model.data):
            local.add_operator(operator(model.data))
    penalties = PenaltyManager(model.penalties())
    before = model.start()
    begun = Solution.make_random(model.data, random) if before is None else before
    start = local(begun, penalties.max_cost_evaluator(), exhaustive=True)
    return IteratedLocalSearch(model.data, penalties, local, start).run(stop, collect_stats=False)


class _Model:
    """A task as PyVRP takes it, and the way back.

    A location is a stop on some days; its clients are the stretches of those days in which the service may begin.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.clients: list[Client] = []
        self.stop_of: list[int] = []
        self._locations: list[tuple[int, frozenset[int]]] = []
        groups: list[ClientGroup] = []
        for number, stop in enumerate(task.stops):
            stretches = task.stretches(number)
            group = len(groups) if len(stretches) > 1 else None
            if group is not None:
                copies = [len(self.clients) + k for k in range(len(stretches))]
                groups.append(ClientGroup(copies, required=stop.penalty is None))
            for (low, high), days in stretches.items():
                if (number, days) not in self._locations[-len(stretches) :]:
                    self._locations.append((number, days))
                self.clients.append(
                    Client(
                        location=self._locations.index((number, days), max(0, len(self._locations) - len(stretches))),
                        pickup=[stop.load],
                        service_duration=stop.service,
                        tw_early=low,
                        tw_late=high,
                        prize=stop.penalty or 0,
                        required=group is None and stop.penalty is None,
                        group=group,
                    )
                )
                self.stop_of.append(number)
        self._depots = sorted({vehicle.depot for vehicle in task.vehicles})
        self._set_vehicles(groups)

    def _set_vehicles(self, groups: list[ClientGroup]) -> None:
        task = self.task
        places = [*(task.stops[stop].place for stop, _ in self._locations), *self._depots]
        self._costs = task.costs[np.ix_(places, places)].astype(np.int64)
        self._seconds = task.seconds[np.ix_(places, places)].astype(np.int64)
        profiles: dict[tuple[frozenset[int], int], int] = {}
        types: defaultdict[tuple[Vehicle, int], list[int]] = defaultdict(list)
        for number, vehicle in enumerate(task.vehicles):
            forbidden = frozenset(
                k for k, (stop, days) in enumerate(self._locations) if not self._may(number, stop, days)
            )
            profile = profiles.setdefault((forbidden, number if task.before else -1), len(profiles))
            day = task.day_of(vehicle.shift)
            shift = (vehicle.shift[0] - day * task.day, vehicle.shift[1] - day * task.day)
            types[replace(vehicle, shift=shift), profile].append(number)
        self.vehicles_of = list(types.values())
        matrices = [self._matrices(forbidden, vehicle) for forbidden, vehicle in profiles]
        self.data = ProblemData(
            locations=[Location(0, 0)] * len(places),
            clients=self.clients,
            depots=[Depot(location=len(self._locations) + k) for k in range(len(self._depots))],
            vehicle_types=[
                VehicleType(
                    num_available=len(numbers),
                    capacity=[vehicle.capacity],
                    start_depot=self._depots.index(vehicle.depot),
                    end_depot=self._depots.index(vehicle.depot),
                    tw_early=vehicle.shift[0],
                    tw_late=vehicle.shift[1],
                    profile=profile,
                )
                for (vehicle, profile), numbers in types.items()
            ],
            distance_matrices=[costs for costs, _ in matrices],
            duration_matrices=[seconds for _, seconds in matrices],
            groups=groups,
        )

    def _may(self, vehicle: int, stop: int, days: frozenset[int]) -> bool:
        able = self.task.stops[stop].vehicles
        return self.task.day_of(self.task.vehicles[vehicle].shift) in days and (able is None or vehicle in able)

    def _matrices(self, forbidden: frozenset[int], vehicle: int) -> tuple[Matrix, Matrix]:
        """Return costs and times as a vehicle has them."""
        task = self.task
        costs, seconds = self._costs.copy(), self._seconds.copy()
        if task.before:
            before = task.vehicle_before()
            moved = [k for k, (stop, _) in enumerate(self._locations) if before.get(stop, vehicle) != vehicle]
            costs[:, moved] += task.before.change
        columns = sorted(forbidden)
        costs[:, columns] = seconds[:, columns] = ENDLESS
        np.fill_diagonal(costs, 0)
        np.fill_diagonal(seconds, 0)
        return costs, seconds

    def penalties(self) -> tuple[list[float], float, float]:
        """Return what too much load, time and distance costs at first: a mean leg for a mean load, else as it is."""
        legs = self.task.costs[self.task.costs > 0]
        load = sum(stop.load for stop in self.task.stops) / len(self.task.stops)
        return [float(legs.mean()) / max(load, 1)], 1.0, 1.0

    def start(self) -> Solution | None:
        """Return the plan before as a solution, each stop in its first window that is left when the crew comes."""
        if self.task.before is None:
            return None
        copies: defaultdict[int, list[int]] = defaultdict(list)
        for client, stop in enumerate(self.stop_of):
            copies[stop].append(client)
        routes = []
        for kind, numbers in enumerate(self.vehicles_of):
            for number in numbers:
                chosen = self._timed(number, copies)
                if chosen:
                    routes.append(Route(self.data, chosen, kind))
        return Solution(self.data, routes)

    def _timed(self, vehicle: int, copies: dict[int, list[int]]) -> list[int]:
        """Return the clients of a vehicle in the plan before, as far as they can be reached in time."""
        task = self.task
        assert task.before is not None
        day = task.day_of(task.vehicles[vehicle].shift)
        at, place = task.vehicles[vehicle].shift[0] - day * task.day, task.vehicles[vehicle].depot
        chosen: list[int] = []
        for stop in task.before.routes[vehicle]:
            reached = at + int(task.seconds[place, task.stops[stop].place])
            open_still = [
                client
                for client in copies[stop]
                if reached <= self.clients[client].tw_late
                and self._may(vehicle, *self._locations[self.clients[client].location])
            ]
            if open_still:
                chosen.append(min(open_still, key=lambda client: self.clients[client].tw_early))
                at = max(reached, self.clients[chosen[-1]].tw_early) + task.stops[stop].service
                place = task.stops[stop].place
        return chosen

    def answer(self, best: Solution) -> Answer:
        """Return the stops of each vehicle."""
        free = [list(numbers) for numbers in self.vehicles_of]
        routes: dict[int, tuple[int, ...]] = {}
        for route in best.routes():
            number = free[route.vehicle_type()].pop(0)
            routes[number] = tuple(self.stop_of[visit.idx] for visit in route if visit.is_client())
        return tuple(routes.get(number, ()) for number in range(len(self.task.vehicles)))
