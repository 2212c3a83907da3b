"""Floor 7: the area of outlines of which some overlap, so that ground is counted once whatever is added up.

The first outline keeps what it shares with others, each later one has what is left: sums over any groups add up to the
area of all outlines together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import STRtree


def net_areas_m2(outlines: Sequence[shapely.Geometry]) -> list[float]:
    """Return square metres of each outline without what an earlier one covers.

    Parameters
    ----------
    outlines
        Polygons in metres of one CRS; invalid ones are mended first.

    Examples
    --------
    >>> from shapely import box
    >>> net_areas_m2([box(0, 0, 10, 10), box(5, 0, 15, 10), box(40, 0, 50, 10)])
    [100.0, 50.0, 100.0]
    """
    if not outlines:
        return []
    shapes = shapely.make_valid(np.array(outlines, dtype=object))
    later, earlier = STRtree(shapes).query(shapes, predicate="intersects")
    covering: dict[int, list[int]] = {}
    for mine, other in zip(later.tolist(), earlier.tolist(), strict=True):
        if other < mine:
            covering.setdefault(mine, []).append(other)
    areas = shapely.area(shapes)
    for mine, others in covering.items():
        areas[mine] = shapely.area(shapely.difference(shapes[mine], shapely.union_all(shapes[sorted(others)])))
    return [float(area) for area in areas]
