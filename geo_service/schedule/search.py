"""Floor 4: the improvement of a draft by ruin and recreate.

Each iteration takes out strings of neighbouring visits from a few crew-days around a random visit and puts them and
some unplaced visits back one by one where each costs least (after Christiaens and Vanden Berghe 2020, "Slack
induction by string removals"). What is worse is accepted when it is not worse than what was current some iterations
ago (late acceptance, Burke and Bykov 2017): a rule that needs no clock and no known end.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from geo_service.schedule.draft import NOWHERE, Draft, Order

MEAN_TAKEN = 6
LONGEST_STRING = 10
NEIGHBOURS = 100
TRIED_UNPLACED = 8
"""So many unplaced visits are tried in an iteration."""

BLINK = 0.02
"""Probability of passing over the cheapest place."""

HISTORY = 30


class Search:
    """Ruin and recreate on one draft, which has visits and crew-days.

    Attributes
    ----------
    best, best_s
        The orders of the best draft seen and its cost, seconds.
    """

    def __init__(self, draft: Draft, seed: int) -> None:
        self._draft = draft
        self._rng = random.Random(seed)  # noqa: S311 - a search, no secret
        self._neighbours: dict[int, list[int]] = {}
        self._places = np.array(draft.place, dtype=np.int64)
        self._history = [draft.cost_s] * HISTORY
        self._iterations = 0
        self.best: list[Order] = list(draft.orders)
        self.best_s = draft.cost_s

    def step(self) -> None:
        """Do one iteration."""
        draft, rng = self._draft, self._rng
        before_s = draft.cost_s
        draft.begin()
        unplaced = draft.unplaced
        taken = draft.take_out(self._strings(self._seed_visit(unplaced)))
        tried = rng.sample(unplaced, min(len(unplaced), TRIED_UNPLACED))
        for visit in self._sorted([*taken, *tried]):
            draft.put_in(visit, skip=rng.random() < BLINK)
        slot = self._iterations % HISTORY
        self._iterations += 1
        if draft.cost_s > before_s and draft.cost_s > self._history[slot]:
            draft.roll_back()
        self._history[slot] = min(self._history[slot], draft.cost_s)
        if draft.cost_s < self.best_s:
            self.best, self.best_s = list(draft.orders), draft.cost_s

    def _seed_visit(self, unplaced: list[int]) -> int:
        if unplaced and self._rng.random() < 0.5:
            return self._rng.choice(unplaced)
        return self._rng.randrange(len(self._draft.where))

    def _near(self, visit: int) -> list[int]:
        place = self._draft.place[visit]
        if place not in self._neighbours:
            way = self._draft.seconds[place][self._places]
            self._neighbours[place] = np.argsort(way, kind="stable")[:NEIGHBOURS].tolist()
        return self._neighbours[place]

    def _strings(self, seed: int) -> list[int]:
        """Choose strings of visits near ``seed`` from different crew-days, where it lies or might lie."""
        draft, rng = self._draft, self._rng
        used = [len(order) for order in draft.orders if order]
        if not used:
            return []
        longest = min(LONGEST_STRING, max(1, sum(used) // len(used)))
        strings = int(rng.random() * (4 * MEAN_TAKEN / (1 + longest)) + 1)
        allowed = set(draft.days_of[seed].tolist()) if draft.where[seed] == NOWHERE else None
        ruined: set[int] = set()
        chosen: list[int] = []
        for visit in [seed, *self._near(seed)]:
            day = draft.where[visit]
            if day == NOWHERE or day in ruined or (allowed is not None and day not in allowed):
                continue
            ruined.add(day)
            order = draft.orders[day]
            length = rng.randint(1, min(longest, len(order)))
            at = order.index(visit)
            start = rng.randint(max(0, at - length + 1), min(at, len(order) - length))
            chosen += order[start : start + length]
            if len(ruined) >= strings:
                break
        return chosen

    def _sorted(self, visits: list[int]) -> list[int]:
        """Order visits for putting in: by one of several keys, predecessors first."""
        draft, rng = self._draft, self._rng
        depot_s = draft.seconds[draft.depot[0]]
        keys: tuple[tuple[float, Callable[[int], float]], ...] = (
            (0.3, lambda _: rng.random()),
            (0.5, lambda visit: -draft.services_s[visit]),
            (0.6, lambda visit: -depot_s[draft.place[visit]]),
            (0.7, lambda visit: depot_s[draft.place[visit]]),
            (0.85, lambda visit: len(draft.days_of[visit])),
            (1.0, lambda visit: -draft.left_out_s[visit]),
        )
        drawn = rng.random()
        key = next(key for limit, key in keys if drawn < limit)
        ranked = sorted(dict.fromkeys(visits), key=key)
        waiting = [visit for visit in ranked if draft.before[visit]]
        if not waiting:
            return ranked
        free = [visit for visit in ranked if not draft.before[visit]]
        return free + sorted(waiting, key=draft.rank.__getitem__)
