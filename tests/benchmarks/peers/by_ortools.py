"""OR-Tools' routing library: cheapest insertion, then guided local search. One core; it has no seed.

It knows vehicles by stop and penalties, and windows as holes in the domain of a time; but such a domain is a set of
seconds and very slow. So, as for PyVRP, all days share one axis from midnight to midnight and a stop becomes a
disjunction of nodes, one for each stretch of a day, each for the vehicles of the days that have it. The plan before
is not told.
"""

from __future__ import annotations

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from peers.task import Answer, Task


def solve(task: Task, *, seconds: float, seed: int, cores: int) -> Answer:
    """Return the answer of OR-Tools; no stop is visited when it finds none."""
    model = _Model(task)
    params = pywrapcp.DefaultRoutingSearchParameters()
    params.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    params.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    params.time_limit.FromMilliseconds(round(1000 * seconds))
    return model.answer(model.routing.SolveWithParameters(params))


class _Model:
    """A task as OR-Tools takes it, and the way back: the nodes are the depots, then the stretches of each stop."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.depots = sorted({vehicle.depot for vehicle in task.vehicles})
        self.stretches = [
            (number, stretch, days)
            for number in range(len(task.stops))
            for stretch, days in task.stretches(number).items()
        ]
        self.places = [*self.depots, *(task.stops[stop].place for stop, _, _ in self.stretches)]
        at = [self.depots.index(vehicle.depot) for vehicle in task.vehicles]
        self.nodes = pywrapcp.RoutingIndexManager(len(self.places), len(task.vehicles), at, at)
        self.routing = pywrapcp.RoutingModel(self.nodes)
        self._add_costs()
        self._add_times()
        self._add_loads()
        self._add_choices()

    def _index(self, stretch: int) -> int:
        return int(self.nodes.NodeToIndex(len(self.depots) + stretch))

    def _add_costs(self) -> None:
        costs = self.task.costs[self.places][:, self.places].tolist()
        self.routing.SetArcCostEvaluatorOfAllVehicles(self.routing.RegisterTransitMatrix(costs))

    def _add_times(self) -> None:
        task = self.task
        services = [0] * len(self.depots) + [task.stops[stop].service for stop, _, _ in self.stretches]
        took = task.seconds[self.places][:, self.places] + [[service] for service in services]
        shifts = [self._in_day(vehicle.shift) for vehicle in task.vehicles]
        horizon = max(end for _, end in shifts)
        transit = self.routing.RegisterTransitMatrix(took.tolist())
        self.routing.AddDimension(transit, horizon, horizon, False, "time")
        time = self.routing.GetDimensionOrDie("time")
        for number, (_, (low, high), _) in enumerate(self.stretches):
            time.CumulVar(self._index(number)).SetRange(low, min(high, horizon))
        for number, shift in enumerate(shifts):
            for index in (self.routing.Start(number), self.routing.End(number)):
                time.CumulVar(index).SetRange(*shift)

    def _in_day(self, shift: tuple[int, int]) -> tuple[int, int]:
        midnight = self.task.day_of(shift) * self.task.day
        return shift[0] - midnight, shift[1] - midnight

    def _add_loads(self) -> None:
        loads = [0] * len(self.depots) + [self.task.stops[stop].load for stop, _, _ in self.stretches]
        load = self.routing.RegisterUnaryTransitVector(loads)
        capacities = [vehicle.capacity for vehicle in self.task.vehicles]
        self.routing.AddDimensionWithVehicleCapacity(load, 0, capacities, True, "load")

    def _add_choices(self) -> None:
        """Tell which vehicles may visit a stretch, and that one of those of a stop is enough."""
        task = self.task
        indices: list[list[int]] = [[] for _ in task.stops]
        for number, (stop, _, days) in enumerate(self.stretches):
            able = [vehicle for vehicle in task.allowed(stop) if task.day_of(task.vehicles[vehicle].shift) in days]
            self.routing.VehicleVar(self._index(number)).SetValues([-1, *able])
            indices[stop].append(self._index(number))
        for stop, choices in zip(task.stops, indices, strict=True):
            if stop.penalty is None:
                self.routing.AddDisjunction(choices)
            else:
                self.routing.AddDisjunction(choices, stop.penalty)

    def answer(self, found: pywrapcp.Assignment | None) -> Answer:
        """Return the stops of each vehicle."""
        if found is None:
            return ((),) * len(self.task.vehicles)
        return tuple(self._route(found, vehicle) for vehicle in range(len(self.task.vehicles)))

    def _route(self, found: pywrapcp.Assignment, vehicle: int) -> tuple[int, ...]:
        route = []
        index = found.Value(self.routing.NextVar(self.routing.Start(vehicle)))
        while not self.routing.IsEnd(index):
            route.append(self.stretches[self.nodes.IndexToNode(index) - len(self.depots)][0])
            index = found.Value(self.routing.NextVar(index))
        return tuple(route)
