"""Floor 8: from the store to the features of a collection, ready to be asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from geo_service.api.feature_index import FeatureIndex
from geo_service.api.field_rules import seen_by, sees_unpublished
from geo_service.outputs.collections import PLOTS, QUARTERS, ROUTES, STREETS, VISITS, Collection
from geo_service.outputs.features import (
    Features,
    plot_features,
    quarter_features,
    route_features,
    street_features,
    visit_features,
)
from geo_service.store.protocol import Store

_NONE = Features([], np.empty(0, dtype=object), [])


def build_index(store: Store, collection: Collection, *, role: str) -> FeatureIndex:
    """Return the features of a collection as a role sees them."""
    found = features_of(store, collection, role=role)
    return FeatureIndex(found.ids, list(_of_one_type(found.geometries)), found.properties, found.spans)


def _of_one_type(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return polygons as multipolygons when there is a multipolygon among them.

    QGIS and GDAL go by the first features of a layer, and its exports refuse what comes as another type later.
    """
    types = shapely.get_type_id(geometries)
    single = types == shapely.GeometryType.POLYGON
    if not single.any() or not (types == shapely.GeometryType.MULTIPOLYGON).any():
        return geometries
    alike = geometries.copy()
    alike[single] = [shapely.MultiPolygon([one]) for one in geometries[single]]
    return alike


def features_of(store: Store, collection: Collection, *, role: str) -> Features:
    """Return the features of a collection column by column, as a role sees them."""
    found = _all_of(store, collection, public=not sees_unpublished(role))
    names = {one.name for one in seen_by(collection, role)}
    rows = [{name: value for name, value in row.items() if name in names} for row in found.properties]
    return replace(found, properties=rows)


def _all_of(store: Store, collection: Collection, *, public: bool) -> Features:
    if collection is QUARTERS:
        return quarter_features(store.quarters())
    if collection is PLOTS:
        return plot_features(store.plots(public_only=public), public_only=public)
    if collection is STREETS:
        network = store.streets()
        return _NONE if network is None else street_features(network)
    plan = store.plan()
    if plan is not None and collection is VISITS:
        return visit_features(plan, store.plots(), store.catalogue(), public_only=public)
    if plan is not None and collection is ROUTES:
        return route_features(plan, store.crews())
    return _NONE
