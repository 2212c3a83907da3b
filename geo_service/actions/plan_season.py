"""Floor 6: plan a season: from the workspace to the weeks of all its work. Nothing is kept: a season is a proposal."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.base.errors import CheckFailed, InputError, NotReady
from geo_service.base.progress import OnProgress, Progress, Stop, silent
from geo_service.schedule.season.check import season_faults
from geo_service.schedule.season.demand import DEFAULT_RULES, SeasonRules, season_problem
from geo_service.schedule.season.horizon import MAX_WEEKS, Horizon
from geo_service.schedule.season.model import SeasonPlan
from geo_service.schedule.season.search import Effort
from geo_service.schedule.season.solve import solve_season
from geo_service.store.protocol import Store
from geo_service.work.cutting import CuttingException

MAX_SECONDS = 3600.0


@dataclass(frozen=True)
class SeasonRequest:
    """What to plan.

    Attributes
    ----------
    weeks
        ISO weeks, the first of which holds ``from_on``.
    seconds
        How long to search; None: in proportion to the work, which repeats a plan exactly.
    iterations
        Iterations of the search instead; repeats a plan exactly, too.

    Raises
    ------
    InputError
        When a number is out of its range.
    """

    from_on: date
    weeks: int = 52
    seconds: float | None = None
    iterations: int | None = None
    seed: int = 1
    rules: SeasonRules = DEFAULT_RULES

    def __post_init__(self) -> None:
        if not 1 <= self.weeks <= MAX_WEEKS:
            raise InputError(f"cannot plan {self.weeks} weeks", remedy=f"ask for 1 to {MAX_WEEKS} weeks")
        if self.seconds is not None and not 0 < self.seconds <= MAX_SECONDS:
            raise InputError(
                f"cannot search for {self.seconds} seconds", remedy=f"ask for more than 0, to {MAX_SECONDS:.0f} seconds"
            )
        if self.seed < 0:
            raise InputError(f"{self.seed} is no seed", remedy="give a whole number from 0 on")
        for name, share in (("reserve", self.rules.reserve), ("share of travel", self.rules.travel_share)):
            if not 0 <= share < 1:
                raise InputError(f"cannot take {share} as {name}", remedy="give a share from 0 to below 1")


def plan_season(
    store: Store,
    request: SeasonRequest,
    *,
    exceptions: dict[tuple[str, str], CuttingException] | None = None,
    on_progress: OnProgress = silent,
    stop: Stop | None = None,
    now: Callable[[], float] = time.monotonic,
) -> SeasonPlan:
    """Return a checked plan of a season.

    Parameters
    ----------
    exceptions
        Exceptions to the cutting ban by (plot_id, code of the work).
    on_progress, stop
        While it searches either may end it: the answer is the best so far, `SeasonPlan.stopped` tells so.
    now
        A monotonic clock, seconds.

    Raises
    ------
    NotReady
        When plots or crews are missing.
    CheckFailed
        When the independent checker found a fault.
    Cancelled
        When ``on_progress`` raised it before the search began.
    """
    on_progress(Progress("reading the workspace"))
    plots, crews = store.plots(), store.crews()
    if not plots:
        raise NotReady("there are no plots", remedy="import some with `geo-service import plots FILE`")
    if not crews:
        raise NotReady("there are no crews", remedy="make the workspace with `geo-service init`")
    on_progress(Progress("working out what is due"))
    problem = season_problem(
        plots,
        store.catalogue(),
        store.last_done(),
        crews,
        Horizon(request.from_on, request.weeks),
        rules=request.rules,
        depot=_depot(store, crews[0].depot, plots[0].epsg),
        exceptions=exceptions,
    )
    effort = Effort(iterations=request.iterations, seconds=request.seconds)
    plan = solve_season(problem, request.seed, effort, stop=stop, on_progress=on_progress, now=now)
    found = season_faults(plan)
    if found:
        raise CheckFailed(
            f"the checker found {len(found)} faults in the season, the first: {found[0].rule}: {found[0].text}",
            remedy="report this with the seed",
            faults=[fault.text for fault in found[:20]],
        )
    return plan


def _depot(store: Store, code: str, epsg: int) -> tuple[float, float] | None:
    """Return where the crews start in the plan CRS, None where no place is set."""
    for place in store.places():
        if place.code == code:
            x, y = transform_xy(np.array([[place.lon, place.lat]]), WGS84_EPSG, epsg)[0]
            return float(x), float(y)
    return None
