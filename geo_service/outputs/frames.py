"""Floor 7: the collections as GeoDataFrames in the plan CRS, for analysts; units stand in the column names.

Plots have theirs in `geo_service.plots.columns.plots_frame`.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.base.clock import BERLIN
from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.outputs.collections import QUARTERS, ROUTES, STREETS, VISITS, Collection, Property
from geo_service.outputs.features import Features, quarter_features, route_features, street_features, visit_features
from geo_service.plots.model import Plot, Quarter
from geo_service.store.model import Plan
from geo_service.streets.network import StreetNetwork
from geo_service.work.model import Catalogue, Crew

_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "string": "string"}


def visits_frame(plan: Plan, plots: Sequence[Plot], catalogue: Catalogue, epsg: int) -> gpd.GeoDataFrame:
    """Return a row per visit of a plan, planned and unserved, indexed by visit id, with the entry to the plot as point.

    Columns as in `geo_service.outputs.collections.VISITS`: ``arrival`` and ``departure`` are times in Europe/Berlin,
    ``date`` and ``due_on`` days, seconds and metres as the names say; what an unserved visit lacks is missing, not 0.
    """
    return frame_of(VISITS, visit_features(plan, plots, catalogue), epsg)


def routes_frame(plan: Plan, crews: Sequence[Crew], epsg: int) -> gpd.GeoDataFrame:
    """Return a row per crew and day of a plan with the line driven; columns as in `collections.ROUTES`."""
    return frame_of(ROUTES, route_features(plan, crews), epsg)


def quarters_frame(quarters: Sequence[Quarter], epsg: int) -> gpd.GeoDataFrame:
    """Return a row per quarter with its outline; columns as in `collections.QUARTERS`."""
    return frame_of(QUARTERS, quarter_features(quarters), epsg, geometries=[one.geometry for one in quarters])


def streets_frame(network: StreetNetwork, epsg: int) -> gpd.GeoDataFrame:
    """Return a row per street section; columns as in `collections.STREETS`."""
    return frame_of(STREETS, street_features(network), epsg)


def frame_of(
    collection: Collection,
    features: Features,
    epsg: int,
    *,
    geometries: Sequence[BaseGeometry] | None = None,
    public_only: bool = False,
) -> gpd.GeoDataFrame:
    """Return features as a table in EPSG:``epsg``, indexed by id, one typed column per property of the collection.

    Parameters
    ----------
    geometries
        The same geometries in EPSG:``epsg`` where they are known exactly; else those in degrees are transformed.
    public_only
        The features carry public properties only.
    """
    columns = {
        one.name: _column(one, [row[one.name] for row in features.properties])
        for one in collection.seen(public_only=public_only)
    }
    if geometries is None:
        geometries = shapely.transform(features.geometries, lambda lonlat: transform_xy(lonlat, WGS84_EPSG, epsg))
    frame = gpd.GeoDataFrame(columns, geometry=list(geometries), crs=epsg)
    frame.index = pd.Index(list(features.ids), name="id")
    return frame


def _column(one: Property, values: list[object]) -> pd.Series:
    if one.form == "date-time":
        return pd.to_datetime(pd.Series(values, dtype="object"), utc=True).dt.tz_convert(BERLIN.key)
    if one.form == "date":
        return pd.to_datetime(pd.Series(values, dtype="object")).dt.as_unit("ms")
    return pd.Series(values, dtype=_DTYPES[one.type])
