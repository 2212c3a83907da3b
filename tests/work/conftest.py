"""What the tests of work share: the sample's catalogue and crews, plots made for a test, a made-up town with a past."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely import box

from geo_service.plots.model import Baunvo, CareArea, CareKind, Contamination, Plot, PlotState, StateChange
from geo_service.work.catalogue import read_catalogue
from geo_service.work.crews import read_crews
from geo_service.work.model import Catalogue, Crew
from geo_service.work.season import in_season

Town = tuple[list[Plot], dict[tuple[str, str], date]]


@pytest.fixture(scope="session")
def catalogue(sample: Path) -> Catalogue:
    return read_catalogue(sample / "catalogue.json")


@pytest.fixture(scope="session")
def crews(sample: Path) -> tuple[Crew, ...]:
    return read_crews(sample / "crews.json")


def a_plot(number: int = 1, *, care: dict[CareKind, float] | None = None, area_m2: float = 800, **fields: Any) -> Plot:
    """Make a maintained plot in WA without contamination unless told otherwise."""
    given: dict[str, Any] = {
        "plot_id": f"id-{number}",
        "code": f"KLZ-{number:04d}",
        "geometry": box(0, 0, 10, area_m2 / 10),
        "epsg": 25833,
        "area_m2": area_m2,
        "baunvo": Baunvo.WA,
        "contamination": Contamination.NO,
        "state": PlotState.MAINTAINED,
        "care_areas": tuple(CareArea(kind, m2) for kind, m2 in (care or {}).items()),
    }
    return Plot(**given | fields)


@pytest.fixture(scope="session")
def make_plot() -> Callable[..., Plot]:
    return a_plot


@pytest.fixture(scope="session")
def town(catalogue: Catalogue) -> Callable[[date, int], Town]:
    """Return a maker of 130 plots, each work last done on a random day of its interval before a date."""

    def make(on: date, seed: int) -> Town:
        dice = random.Random(seed)
        plots = [_random_plot(number, dice) for number in range(130)]
        return plots, _random_past(plots, catalogue, on, dice)

    return make


def _random_plot(number: int, dice: random.Random) -> Plot:
    state = dice.choices(
        [PlotState.REGISTERED, PlotState.CLEARED, PlotState.GREENED, PlotState.MAINTAINED, PlotState.SET_ASIDE],
        [15, 8, 20, 52, 5],
    )[0]
    area_m2 = min(6000.0, max(120.0, dice.lognormvariate(6.7, 0.8)))
    if state in (PlotState.REGISTERED, PlotState.CLEARED):
        care = {CareKind.WILD: 0.7 * area_m2, CareKind.LITTER: 0.3 * area_m2}
    else:
        care = {CareKind.LITTER: 0.5 * area_m2}
        for kind, share, odds in [
            (CareKind.LAWN, 0.5, 0.6),
            (CareKind.MEADOW, 0.4, 0.4),
            (CareKind.HEDGE, 0.06, 0.35),
            (CareKind.SHRUBS, 0.1, 0.4),
            (CareKind.TREES, 0.15, 0.5),
            (CareKind.PATH, 0.07, 0.5),
        ]:
            if dice.random() < odds:
                care[kind] = share * area_m2
    entered = datetime(2024, 1, 1, 10, tzinfo=UTC) + timedelta(days=dice.randrange(700))
    return a_plot(
        number,
        care=care,
        area_m2=area_m2,
        state=state,
        baunvo=dice.choice([Baunvo.WA, Baunvo.WA, Baunvo.MI, Baunvo.GE, Baunvo.UNKNOWN]),
        contamination=dice.choices(list(Contamination), [8, 72, 20])[0],
        history=(StateChange(state, entered, "test", "made"),),
    )


def _random_past(plots: list[Plot], catalogue: Catalogue, on: date, dice: random.Random) -> dict[tuple[str, str], date]:
    past: dict[tuple[str, str], date] = {}
    for plot in plots:
        for kind in catalogue.kinds.values():
            if kind.interval_days is None or kind.area_m2(plot) <= 0:
                continue
            back = [on - timedelta(days=days) for days in range(1, max(367, sum(kind.interval_days) // 2))]
            open_days = [day for day in back if in_season(kind.season, day)]
            lately = [day for day in open_days if (on - day).days <= sum(kind.interval_days) // 2]
            past[plot.plot_id, kind.code] = dice.choice(lately or open_days)
    return past
