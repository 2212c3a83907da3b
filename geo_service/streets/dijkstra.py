"""Floor 1: the search by scipy's Dijkstra: slower than contraction hierarchies, needs nothing to be prepared."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo_service.streets.graph import FAR, PACK, TurnGraph
from geo_service.streets.turns import Ints

_CHUNK_CELLS = 1 << 22
"""Distances computed at once; 32 MiB."""


class DijkstraSearch:
    """Answers quickest ways between states of a turn graph; exact while a way's packed cost stays below 2**53."""

    def __init__(self, graph: TurnGraph) -> None:
        cost = (graph.arc_ds * PACK + graph.arc_m).astype(np.float64)
        self._graph = csr_array((cost, (graph.arc_tail, graph.arc_head)), shape=(graph.states, graph.states))

    def costs(self, sources: Ints, targets: Ints) -> Ints:
        """Return packed costs, int64, shape (sources, targets); `FAR` where no way leads, 0 from a state to itself."""
        found = np.empty((len(sources), len(targets)), dtype=np.int64)
        step = max(1, _CHUNK_CELLS // max(1, self._graph.shape[0]))
        for first in range(0, len(sources), step):
            far = dijkstra(self._graph, indices=sources[first : first + step])[:, targets]
            found[first : first + step] = np.where(np.isfinite(far), far, FAR)
        return found

    def from_state(self, source: int) -> Ints:
        """Return packed costs from one state to all, int64, shape (states,); `FAR` where no way leads."""
        far = dijkstra(self._graph, indices=np.array([source]))[0]
        return np.where(np.isfinite(far), far, FAR).astype(np.int64)

    def states(self, source: int, target: int) -> list[int]:
        """Return the states of the quickest way, both ends included; empty where no way leads."""
        _, before = dijkstra(self._graph, indices=np.array([source]), return_predecessors=True)
        way = [target]
        while way[-1] != source:
            previous = int(before[0, way[-1]])
            if previous < 0:
                return []
            way.append(previous)
        return way[::-1]
