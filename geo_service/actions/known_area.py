"""Floor 6: where new data is expected to lie, from what the workspace holds already."""

from __future__ import annotations

import numpy as np
import shapely

from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.plots.location import KnownArea
from geo_service.store.protocol import Store


def known_area(store: Store) -> KnownArea | None:
    """Return the area around the streets, else around the quarters; None in a workspace without either."""
    network = store.streets()
    if network is not None:
        return KnownArea(network.bounds(), "the street network")
    quarters = store.quarters()
    if not quarters:
        return None
    corners = shapely.get_coordinates(shapely.box(*shapely.total_bounds([one.geometry for one in quarters])))
    lonlat = transform_xy(np.asarray(corners), quarters[0].epsg, WGS84_EPSG)
    west, south = lonlat.min(axis=0)
    east, north = lonlat.max(axis=0)
    return KnownArea((float(west), float(south), float(east), float(north)), "the quarters")
