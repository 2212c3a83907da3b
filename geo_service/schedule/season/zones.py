"""Floor 4: zones: neighbouring plots of a quarter, halved until few enough are left to be visited together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo_service.plots.model import Plot
from geo_service.schedule.season.model import Zone

PLOTS_PER_ZONE = 25


@dataclass(frozen=True)
class Approach:
    """What it costs to come to a zone and back: an estimate, until the day's routes are driven on the streets.

    Attributes
    ----------
    metres_per_s
        Speed in town, 25 km/h by default.
    detour
        Way on streets over the straight line.
    extra_s
        Seconds for loading and parking.
    """

    metres_per_s: float = 7.0
    detour: float = 1.3
    extra_s: int = 600

    def opening_s(self, metres: float) -> int:
        """Return the seconds there and back over a straight distance in metres."""
        return self.extra_s + round(2 * self.detour * metres / self.metres_per_s)


def make_zones(
    plots: Sequence[Plot], depot: tuple[float, float] | None, approach: Approach = Approach()
) -> tuple[tuple[Zone, ...], list[int]]:
    """Return zones and the zone of each plot.

    Each quarter is halved across its longer side, by the number of plots, until no part has more than
    ``PLOTS_PER_ZONE``: compact, of like size, and always the same.

    Parameters
    ----------
    depot
        Where crews start, in the plan CRS; by default the middle of the plots.
    """
    if not plots:
        return (), []
    centroids = shapely.centroid([plot.geometry for plot in plots])
    xy = np.column_stack([shapely.get_x(centroids), shapely.get_y(centroids)])
    start = np.median(xy, axis=0) if depot is None else np.array(depot)
    by_quarter: defaultdict[str, list[int]] = defaultdict(list)
    for number, plot in enumerate(plots):
        by_quarter[plot.quarter].append(number)
    zones: list[Zone] = []
    zone_of = [0] * len(plots)
    for quarter in sorted(by_quarter):
        parts = _halved(xy, np.array(by_quarter[quarter]))
        for place, part in enumerate(parts, start=1):
            code = f"{quarter or '-'}.{place}"
            metres = float(np.hypot(*(xy[part].mean(axis=0) - start)))
            for number in part.tolist():
                zone_of[number] = len(zones)
            zones.append(Zone(code, f"{plots[part[0]].quarter or '–'} {place}", approach.opening_s(metres)))
    return tuple(zones), zone_of


def _halved(xy: npt.NDArray[np.float64], members: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    if len(members) <= PLOTS_PER_ZONE:
        return [members]
    here = xy[members]
    axis = int(np.argmax(np.ptp(here, axis=0)))
    order = members[np.lexsort((members, here[:, 1 - axis], here[:, axis]))]
    middle = len(order) // 2
    return [*_halved(xy, order[:middle]), *_halved(xy, order[middle:])]
