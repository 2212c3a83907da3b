"""Floor 1: what is odd about sound outlines: the same twice, overlaps, slivers, tiny or huge ones."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geo_service.plots.account import Account
from geo_service.plots.table import Geometries

TINY_M2 = 10.0
HUGE_M2 = 10_000_000.0
SLIVER_M = 0.5
OVERLAP_M2 = 1.0
OVERLAP_SHARE = 0.01

_GRID_M = 0.001


def outline_keys(geometries: Geometries) -> list[bytes | None]:
    """Return a key per outline that is the same for the same shape to the millimetre.

    Start, direction and order of rings and parts do not matter. None where there is no outline.
    """
    rounded = shapely.set_precision(geometries, _GRID_M, mode="pointwise")
    rounded = shapely.transform(rounded, lambda xy: xy + 0.0)  # -0.0 becomes 0.0
    keys: list[bytes | None] = shapely.to_wkb(shapely.normalize(rounded)).tolist()
    return keys


def refuse_doubles(outlines: Sequence[bytes | None], keys: Sequence[Hashable], account: Account) -> None:
    """Refuse rows that repeat an earlier one: the same outline, or the same id with another outline.

    Parameters
    ----------
    outlines
        As `outline_keys` gives them.
    keys
        The id of each row, empty where it has none.
    """
    by_outline: dict[bytes, int] = {}
    by_key: dict[Hashable, int] = {}
    for row, (outline, key) in enumerate(zip(outlines, keys, strict=True)):
        if outline is None or row in account.refusals:
            continue
        if outline in by_outline:
            account.refuse(
                row, f"same outline as row {by_outline[outline] + 1}", "nothing to do: one of them is enough"
            )
        elif key and key in by_key:
            account.refuse(row, f"id {key} is also row {by_key[key] + 1}", "give each outline its own id")
        else:
            by_outline[outline] = row
            if key:
                by_key[key] = row


def warn_of_shapes(geometries: Geometries, area_m2: npt.NDArray[np.float64], account: Account) -> None:
    """Warn of outlines under 10 m², over 10 km², or less than half a metre wide on average (2 area / perimeter)."""
    known = area_m2 > 0
    perimeter = np.nan_to_num(shapely.length(geometries), nan=1.0)
    width = 2 * area_m2 / np.maximum(perimeter, 1e-9)
    for row in np.flatnonzero(known & (area_m2 < TINY_M2)).tolist():
        account.warn(row, f"tiny: {area_m2[row]:.1f} m²")
    for row in np.flatnonzero(known & (width < SLIVER_M)).tolist():
        account.warn(row, f"a sliver: {width[row]:.2f} m wide on average")
    for row in np.flatnonzero(area_m2 > HUGE_M2).tolist():
        account.warn(row, f"huge: {area_m2[row] / 1e6:.0f} km²")


def overlaps(geometries: Geometries) -> list[tuple[int, int, float]]:
    """Return pairs (i, j, m²) with i < j whose outlines share over 1 m² and over 1 % of the smaller one."""
    tree = shapely.STRtree(geometries)
    first, second = tree.query(geometries, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    width = np.minimum(bounds[first, 2], bounds[second, 2]) - np.maximum(bounds[first, 0], bounds[second, 0])
    height = np.minimum(bounds[first, 3], bounds[second, 3]) - np.maximum(bounds[first, 1], bounds[second, 1])
    close = width * height > OVERLAP_M2
    first, second = first[close], second[close]
    shared = shapely.area(shapely.intersection(geometries[first], geometries[second]))
    area = shapely.area(geometries)
    smaller = np.minimum(area[first], area[second])
    kept = (shared > OVERLAP_M2) & (shared > OVERLAP_SHARE * smaller)
    pairs = zip(first[kept].tolist(), second[kept].tolist(), shared[kept].tolist(), strict=True)
    return sorted(pairs)
