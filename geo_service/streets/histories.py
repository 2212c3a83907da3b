"""Floor 1: restrictions that bind a way of several edges, as histories that a search has to remember.

Whether one may go on over an edge can depend on the edges driven before it. What has to be remembered is the longest
end of the driven way that is the beginning of a restricted one (as in the string search of Aho and Corasick, 1975).
Beginnings of one edge need no memory: the edge itself tells them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from geo_service.streets.model import Mover, vehicle_of
from geo_service.streets.network import PROFILES, StreetNetwork
from geo_service.streets.turns import Ints, Mask, Turns

Way = tuple[int, ...]


class Restrictions:
    """What turn restrictions demand of a mover, with the histories that matter for it.

    An order (``only_``) over an edge that the mover may not use binds it not: nobody is sent into a closed street.

    Attributes
    ----------
    histories
        Beginnings of restricted ways, two edges and longer, sorted.
    """

    def __init__(self, network: StreetNetwork, mover: Mover) -> None:
        row = PROFILES.index(vehicle_of(mover).profile)
        usable = network.usable(mover)
        bans: set[Way] = set()
        orders: defaultdict[Way, set[int]] = defaultdict(set)
        beginnings: set[Way] = set()
        for place in np.flatnonzero(network.turn_profiles[row]).tolist():
            way = network.turn_ways[place]
            if not network.turn_only[place]:
                bans.add(way)
            elif usable[list(way)].all():
                for length in range(1, len(way)):
                    orders[way[:length]].add(way[length])
            else:
                continue
            beginnings |= {way[:length] for length in range(2, len(way))}
        self._edges = network.edges
        self._bans = bans
        self._orders = dict(orders)
        self.histories = sorted(beginnings)
        self._known = beginnings

    def forbidden(self, turns: Turns) -> Mask:
        """Whether each turn is forbidden whatever came before it."""
        pair = turns.before * self._edges + turns.after
        ordered = {way[0]: after for way, after in self._orders.items() if len(way) == 1}
        banned: Mask = np.isin(pair, self._codes(ban for ban in self._bans if len(ban) == 2))
        bound = np.isin(turns.before, np.array(sorted(ordered), dtype=np.int64))
        allowed = np.isin(pair, self._codes((before, after) for before, some in ordered.items() for after in some))
        return banned | (bound & ~allowed)

    def _codes(self, pairs: Iterable[Way]) -> Ints:
        return np.array([before * self._edges + after for before, after in pairs], dtype=np.int64)

    def after(self, history: Way, edge: int) -> Way | None:
        """Return what is to be remembered after going on over an edge, None where that is forbidden.

        Parameters
        ----------
        history
            The last edge alone, or one of `histories`.
        """
        driven = (*history, edge)
        ends = [driven[first:] for first in range(len(driven) - 1)]
        if any(end in self._bans for end in ends):
            return None
        if any(edge not in self._orders.get(end[:-1], {edge}) for end in ends):
            return None
        return next((end for end in ends if end in self._known), (edge,))
