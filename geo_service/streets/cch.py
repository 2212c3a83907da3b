"""Floor 1: the search by customizable contraction hierarchies (pyroutingkit).

The library adds 32-bit weights, too few for a packed cost. So it is asked for ``factor * deciseconds + metres``. No
vehicle drives more than ``speed`` metres in a decisecond; where ``speed`` times the deciseconds of an answer stays
below ``factor``, the metres of every way as quick as that do too, so the quotient and the remainder are the cost that
is sought. The factor is chosen so that this holds as far as the weights suffice: for ways of about an hour. Where it
does not, a second question for the deciseconds alone tells whether the remainder is still to be trusted; and places
for which the weights do not suffice, in very large networks, go to Dijkstra.
"""

from __future__ import annotations

import math
from functools import cached_property
from threading import Lock

import numpy as np
import numpy.typing as npt
from pyroutingkit import INF_WEIGHT, CCHMetric, CCHTopology

from geo_service.streets.dijkstra import DijkstraSearch
from geo_service.streets.graph import FAR, PACK, TurnGraph
from geo_service.streets.turns import Ints

_UNITS = np.uint32


class CchSearch:
    """Answers quickest ways between states of a turn graph. May be shared between threads."""

    def __init__(self, graph: TurnGraph) -> None:
        self._graph = graph
        self._keep = graph.arc_tail != graph.arc_head  # a loop never lies on a quickest way
        tail, head = graph.arc_tail[self._keep], graph.arc_head[self._keep]
        place = graph.network.node_lonlat[graph.network.section_nodes[graph.state_edge >> 1]].mean(axis=1)
        topology = CCHTopology()
        topology.build(
            tail.astype(_UNITS),
            head.astype(_UNITS),
            place[:, 1].astype(np.float32),
            place[:, 0].astype(np.float32),
            graph.states,
        )
        self._lock = Lock()
        self._topology = topology
        speed = max(1e-3, float((graph.arc_m / graph.arc_ds).max(initial=0.0)))
        self._factor = min(PACK, math.isqrt(math.ceil(speed * INF_WEIGHT)) + 1)
        self._trusted_ds = min(math.ceil(self._factor / speed), INF_WEIGHT // self._factor) - 1
        weight = graph.arc_ds[self._keep] * self._factor + graph.arc_m[self._keep]
        self._both = self._metric(np.minimum(weight, INF_WEIGHT - 1))

    @cached_property
    def _quickest(self) -> CCHMetric:
        return self._metric(self._graph.arc_ds[self._keep])

    @cached_property
    def _exact(self) -> DijkstraSearch:
        return DijkstraSearch(self._graph)

    def _metric(self, weights: Ints) -> CCHMetric:
        metric = CCHMetric(self._topology)
        metric.customize(weights.astype(_UNITS))
        return metric

    def _ask(self, metric: CCHMetric, sources: Ints, targets: Ints) -> npt.NDArray[np.uint32]:
        with self._lock:
            far: npt.NDArray[np.uint32] = metric.distances_many_to_many(sources.astype(_UNITS), targets.astype(_UNITS))
        return far

    def costs(self, sources: Ints, targets: Ints) -> Ints:
        """Return packed costs, int64, shape (sources, targets); `FAR` where no way leads, 0 from a state to itself."""
        if len(sources) == 0 or len(targets) == 0:
            return np.empty((len(sources), len(targets)), dtype=np.int64)
        both = self._ask(self._both, sources, targets)
        ds, metres = np.divmod(both, _UNITS(self._factor))
        found = ds.astype(np.int64)
        found *= PACK
        found += metres
        unsure = (ds > self._trusted_ds).any(axis=1)
        if unsure.any():
            found[unsure] = self._second_look(both[unsure].astype(np.int64), sources[unsure], targets)
        return found

    def _second_look(self, both: Ints, sources: Ints, targets: Ints) -> Ints:
        """Return packed costs, given the answers of the first question."""
        ds = self._ask(self._quickest, sources, targets).astype(np.int64)
        metres = both - ds * self._factor
        found = np.where(ds >= INF_WEIGHT, FAR, ds * PACK + metres)
        unsure = (((metres >= self._factor) | (both >= INF_WEIGHT)) & (ds < INF_WEIGHT)).any(axis=1)
        if unsure.any():
            found[unsure] = self._exact.costs(sources[unsure], targets)
        return found

    def states(self, source: int, target: int) -> list[int]:
        """Return the states of the quickest way, both ends included; empty where no way leads."""
        with self._lock:
            both, way, _ = self._both.query(source, target)
            if both // self._factor > self._trusted_ds:
                ds, _, _ = self._quickest.query(source, target)
                if ds >= INF_WEIGHT:
                    return []
                if both >= INF_WEIGHT or both - ds * self._factor >= self._factor:
                    return self._exact.states(source, target)
        return [int(state) for state in way]
