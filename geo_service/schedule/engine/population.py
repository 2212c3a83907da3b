"""Floor 4: good solutions kept side by side, from which new ones are bred."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo_service.schedule.engine.instance import Array


@dataclass(frozen=True)
class Member:
    """A solution: its cost, for each route its stops, for each item its pattern or -1."""

    cost: float
    routes: list[list[int]]
    patterns: Array


class Population:
    """At most ``size`` members, the cheapest first, no two at the same cost."""

    def __init__(self, size: int, seed: int) -> None:
        self.members: list[Member] = []
        self._size = size
        self._random = np.random.default_rng(seed)

    def add(self, member: Member) -> None:
        """Take a member in; the dearest goes when there are too many."""
        if any(abs(member.cost - one.cost) < 1e-6 for one in self.members):
            return
        self.members = sorted([*self.members, member], key=lambda one: one.cost)[: self._size]

    def parents(self) -> tuple[Member, Member, float]:
        """Return two members, the cheaper first, and the share of the items that a child has from the second."""
        one, other = sorted(self._random.choice(len(self.members), 2, replace=False))
        return self.members[one], self.members[other], float(self._random.uniform(0.1, 0.5))
