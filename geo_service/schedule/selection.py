"""Floor 4: which visits a search takes on: the most urgent that the crew-days could at all serve.

Fourteen thousand visits may fall due where forty crew-days serve a few hundred. The rest is named here, with its
reason, before any road is looked at, so that travel times need only be known for the plots selected.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from geo_service.base.units import hours
from geo_service.routes.model import CrewDay
from geo_service.schedule.dates import in_order, predecessors, urgency
from geo_service.schedule.fit import Fit
from geo_service.schedule.model import Unserved
from geo_service.schedule.unserved import before_roads, over_capacity, waiting_in_vain
from geo_service.work.model import Visit

OVERBOOKING = 1.5
"""Work selected against the time that the crew-days have, so that the search can choose."""


@dataclass(frozen=True)
class Selection:
    """The visits a search takes on, most urgent first, and those left out before it, with their reasons."""

    visits: tuple[Visit, ...]
    unserved: tuple[Unserved, ...]


class _Pool:
    """Crew-days, what they hold, and what was booked on them: seconds of work and cubic metres."""

    def __init__(self, crew_days: int, holds: tuple[float, float]) -> None:
        self.crew_days = crew_days
        self.holds = holds
        self.due = (0.0, 0.0)
        self.booked = (0.0, 0.0)

    def is_full_for(self, visit: Visit) -> tuple[str, str] | None:
        """Return what is due and what the crew-days hold, in words, when a visit is too much for them; else None."""
        words = (hours, _cubic_metres)
        for booked, asked, due, holds, word in zip(self.booked, _load(visit), self.due, self.holds, words, strict=True):
            if asked > 0 and booked + asked > OVERBOOKING * holds:
                return word(due), word(holds)
        return None


def _cubic_metres(volume_m3: float) -> str:
    return f"{volume_m3:.1f} m³"


def _load(visit: Visit) -> tuple[float, float]:
    return (visit.service_s, visit.volume_m3)


def _plus(one: tuple[float, float], two: tuple[float, float]) -> tuple[float, float]:
    return (one[0] + two[0], one[1] + two[1])


def select(
    visits: Sequence[Visit], crew_days: Sequence[CrewDay], days: Sequence[date], first: Collection[str] = ()
) -> Selection:
    """Select the visits worth planning. ``visit.place`` does not matter yet; selecting twice changes nothing more.

    Taken on are, most urgent first, visits whose work and volume add up to at most `OVERBOOKING` times what all
    crew-days hold, and what those crew-days hold that can serve the same visits; their predecessors with them.

    Parameters
    ----------
    first
        visit_ids that go before all others, however urgent, and are taken on however full it is: locked, or planned
        already.
    """
    first_day, last_day = min(days), max(days)
    number = {visit.visit_id: index for index, visit in enumerate(visits)}
    waiting = predecessors(visits)
    ordered, never = in_order(
        [one.visit_id for one in sorted(visits, key=lambda one: (one.visit_id not in first, urgency(one, last_day)))],
        waiting,
    )
    pools = _pools(Fit(visits, crew_days, first_day))
    taken: dict[str, Visit] = {}
    unserved: list[Unserved] = []
    for visit_id in [*ordered, *never]:
        visit, shared = visits[number[visit_id]], pools[number[visit_id]]
        lacking = [before for before in waiting.get(visit_id, ()) if before not in taken]
        reason = before_roads(visit, crew_days, first_day) if not shared else None
        if reason is None and lacking:
            reason = waiting_in_vain(visit, lacking)
        for pool in shared if reason is None and visit_id not in first else ():
            figures = pool.is_full_for(visit)
            if figures is not None:
                reason = over_capacity(visit, pool.crew_days, *figures)
                break
        if reason is not None:
            unserved.append(reason)
            continue
        taken[visit_id] = visit
        for pool in shared:
            pool.booked = _plus(pool.booked, _load(visit))
    return Selection(tuple(taken.values()), tuple(unserved))


def _pools(fit: Fit) -> list[tuple[_Pool, ...]]:
    """Return for each visit the crew-days that can serve it and all crew-days, as pools; none when nobody can."""
    # a vehicle that is emptied during the day carries what it has time for
    capacity_m3 = np.array([np.inf if day.facilities else day.capacity_m3 for day in fit.crew_days])
    everyone = _Pool(len(fit.crew_days), (float(fit.limit_s.sum()), float(capacity_m3.sum())))
    alike: dict[bytes, _Pool] = {}
    pools: list[tuple[_Pool, ...]] = []
    for visit, row in zip(fit.visits, fit.possible, strict=True):
        if not row.any():
            pools.append(())
            continue
        holds = (float(fit.limit_s[row].sum()), float(capacity_m3[row].sum()))
        pool = alike.setdefault(row.tobytes(), _Pool(int(row.sum()), holds))
        for shared in (pool, everyone):
            shared.due = _plus(shared.due, _load(visit))
        pools.append((pool, everyone))
    return pools
