"""Floor 1: the search by customizable contraction hierarchies (pyroutingkit).

The library adds 32-bit weights, too few for a packed cost. So it is asked twice: once by deciseconds, once by
``factor * deciseconds + metres``. When the second answer minus ``factor`` times the first is below ``factor``, the
second way is as quick as the quickest and the difference is its metres: a slower way would differ by ``factor`` or
more. Places for which this does not hold or the weights do not suffice, in very large networks, go to Dijkstra.
"""

from __future__ import annotations

from functools import cached_property
from threading import Lock

import numpy as np
import numpy.typing as npt
from pyroutingkit import INF_WEIGHT, CCHMetric, CCHTopology

from geo_service.streets.dijkstra import DijkstraSearch
from geo_service.streets.graph import FAR, PACK, TurnGraph
from geo_service.streets.turns import Ints

_SAMPLE = 64
_UNITS = np.uint32


class CchSearch:
    """Answers quickest ways between states of a turn graph. May be shared between threads."""

    def __init__(self, graph: TurnGraph) -> None:
        self._graph = graph
        keep = graph.arc_tail != graph.arc_head  # a loop never lies on a quickest way
        tail, head = graph.arc_tail[keep], graph.arc_head[keep]
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
        self._quickest = self._metric(graph.arc_ds[keep])
        some = np.unique(np.linspace(0, graph.states - 1, _SAMPLE).astype(np.int64))
        far = self._ask(self._quickest, some, some)
        longest = int(far[far < INF_WEIGHT].max(initial=1))
        self._factor = min(PACK, INF_WEIGHT * 4 // (5 * longest))
        weight = graph.arc_ds[keep] * self._factor + graph.arc_m[keep]
        self._shortest = self._metric(np.minimum(weight, INF_WEIGHT - 1))

    @cached_property
    def _exact(self) -> DijkstraSearch:
        return DijkstraSearch(self._graph)

    def _metric(self, weights: Ints) -> CCHMetric:
        metric = CCHMetric(self._topology)
        metric.customize(weights.astype(_UNITS))
        return metric

    def _ask(self, metric: CCHMetric, sources: Ints, targets: Ints) -> Ints:
        with self._lock:
            far: npt.NDArray[np.uint32] = metric.distances_many_to_many(sources.astype(_UNITS), targets.astype(_UNITS))
        return far.astype(np.int64)

    def costs(self, sources: Ints, targets: Ints) -> Ints:
        """Return packed costs, int64, shape (sources, targets); `FAR` where no way leads, 0 from a state to itself."""
        if len(sources) == 0 or len(targets) == 0:
            return np.empty((len(sources), len(targets)), dtype=np.int64)
        ds = self._ask(self._quickest, sources, targets)
        both = self._ask(self._shortest, sources, targets)
        metres = both - ds * self._factor
        found = np.where(ds >= INF_WEIGHT, FAR, ds * PACK + metres)
        unsure = (((metres >= self._factor) | (both >= INF_WEIGHT)) & (ds < INF_WEIGHT)).any(axis=1)
        if unsure.any():
            found[unsure] = self._exact.costs(sources[unsure], targets)
        return found

    def states(self, source: int, target: int) -> list[int]:
        """Return the states of the quickest way, both ends included; empty where no way leads."""
        with self._lock:
            ds, _, _ = self._quickest.query(source, target)
            both, way, _ = self._shortest.query(source, target)
        if ds >= INF_WEIGHT:
            return []
        if both >= INF_WEIGHT or both - ds * self._factor >= self._factor:
            return self._exact.states(source, target)
        return [int(state) for state in way]
