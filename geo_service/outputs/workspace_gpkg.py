"""Floor 7: everything in one GeoPackage: all collections in the plan CRS, with QGIS styles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from geo_service.base.clock import BERLIN
from geo_service.base.crs import LEIPZIG_EPSG
from geo_service.outputs.collections import COLLECTIONS, PLOTS, QUARTERS, ROUTES, STREETS, VISITS, Collection, Property
from geo_service.outputs.downloads import Dataset, about, add_layer, new_file, seen_as
from geo_service.outputs.features import (
    Features,
    plot_features,
    quarter_features,
    route_features,
    street_features,
    visit_features,
)
from geo_service.outputs.map_classes import MAPS, Condition, MapClass, classes_of
from geo_service.outputs.map_colours import Look, MapColours
from geo_service.outputs.plot_care import care_reader
from geo_service.outputs.qgis_style import Kind, LayerStyle, add_styles, qml_of
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.store.protocol import Store

_EMPTY = Features((), np.empty(0, dtype=object), (), ())
_KINDS: dict[str, tuple[Kind, ...]] = {
    "Polygon": ("fill",),
    "LineString": ("line",),
    "Point": ("marker",),
    "Geometry": ("fill", "line", "marker"),
}

View = Callable[[Collection], tuple[Features, Sequence[Property]]]
"""Gives the features of a collection in degrees as somebody sees them, and the properties that he sees."""


def export_gpkg(
    path: Path,
    store: Store,
    *,
    at: datetime,
    public_only: bool = False,
    view: View | None = None,
    colours: MapColours | None = None,
) -> None:
    """Write a workspace as a GeoPackage; the file appears whole or not at all and replaces an older one.

    Each layer tells in its metadata title, source, licence, date, revision and, for the sample, that it is one.

    Parameters
    ----------
    at
        When it is made, aware.
    public_only
        Only what anybody may see: plots as BauGB §200(3) allows, no visits to plots whose owner objected.
    view
        What is to be seen instead of everything.
    colours
        With them the file carries styles, by which QGIS draws it.

    Raises
    ------
    InputError
        When the folder is missing or cannot be written to, or the path is a folder itself.
    StoreError
        When writing fails, for instance on a full disk.
    """
    with new_file(path) as part:
        layers = {}
        for name, collection in COLLECTIONS.items():
            made = dataset_of(store, collection, at=at, public_only=public_only, view=view)
            add_layer(part, made)
            layers[name] = made
        if colours is not None:
            add_styles(part, list(_styles(store, layers, colours, at)), at=at)


def dataset_of(
    store: Store, collection: Collection, *, at: datetime, public_only: bool = False, view: View | None = None
) -> Dataset:
    """Return a collection ready to be written; the parameters are those of `export_gpkg`."""
    epsg = store.plan_crs() or LEIPZIG_EPSG
    source, licence = _origin(store, collection)
    told = about(store, collection, at=at, source=source, licence=licence)
    if view is not None:
        features, properties = view(collection)
        return Dataset(seen_as(collection, properties), features, epsg, told)
    seen = seen_as(collection, collection.seen(public_only=public_only))
    if collection is PLOTS:
        plots = [plot for plot in store.plots() if plot.public or not public_only]
        care = None if public_only else care_reader(store).of(plots)
        features = plot_features(plots, public_only=public_only, care=care)
        return Dataset(seen, features, epsg, told, [plot.geometry for plot in plots])
    if collection is QUARTERS:
        quarters = store.quarters()
        return Dataset(seen, quarter_features(quarters), epsg, told, [one.geometry for one in quarters])
    return Dataset(seen, _others(store, collection, public_only=public_only), epsg, told)


def _others(store: Store, collection: Collection, *, public_only: bool) -> Features:
    layer = RECORD_LAYERS.get(collection.name)
    if layer is not None:
        return layer.features(store, public_only)
    if collection is STREETS:
        network = store.streets()
        return street_features(network) if network else _EMPTY
    plan = store.plan()
    if plan is None:
        return _EMPTY
    if collection is VISITS:
        return visit_features(plan, store.plots(), store.catalogue(), public_only=public_only)
    return route_features(plan, store.crews())


def _origin(store: Store, collection: Collection) -> tuple[str, str]:
    """Return source and licence of a collection."""
    layer = RECORD_LAYERS.get(collection.name)
    if layer is not None:
        return layer.source, layer.licence
    if collection is PLOTS:
        return ", ".join(sorted({plot.source for plot in store.plots() if plot.source})), ""
    if collection is STREETS:
        network = store.streets()
        return (network.source, network.licence) if network else ("", "")
    if collection in {VISITS, ROUTES}:
        plan = store.plan()
        source = f"plan {plan.plan_id}, {plan.made_at.isoformat(timespec='seconds')}" if plan else ""
        return source, store.street_licence() if collection is ROUTES else ""
    return "", ""


def _styles(store: Store, layers: dict[str, Dataset], colours: MapColours, at: datetime) -> Iterator[LayerStyle]:
    """Yield the styles of the layers, as far as these have what the styles go by."""
    today, crews = at.astimezone(BERLIN).date(), store.crews()
    has = {name: {one.name for one in made.collection.properties} for name, made in layers.items()}
    maps = [one for one in MAPS.values() if one.name != PLOTS.name] if "state" in has[PLOTS.name] else [MAPS["plots"]]
    by_crew: tuple[MapClass, ...] = ()
    for one in maps:
        classes = classes_of(one, colours, today=today, crews=crews)
        by_crew = classes if one.collection == ROUTES.name else by_crew
        if _fields(classes) <= has[one.collection]:
            kinds = _KINDS[COLLECTIONS[one.collection].geometry]
            default = one is maps[0] or one.collection != PLOTS.name
            told = f"{one.what_de} · {one.what_en} ({today})"
            yield LayerStyle(one.collection, one.title_de, told, qml_of(classes, *kinds), default=default)
    ground = colours.ground
    unserved = MapClass(
        "unserved",
        "nicht eingeplant",
        "unserved",
        Look(ground["halo"], ground["ink"], ground["ink"]),
        ((Condition("status", "==", "unserved"),),),
    )
    if by_crew and "status" in has[VISITS.name]:
        qml = qml_of((*by_crew, unserved), "marker")
        yield LayerStyle(VISITS.name, "Einsätze nach Kolonne", VISITS.what_de, qml, default=True)
    edge = Look(ground["quarter_fill"], ground["quarter_line"], ground["quarter_line"], dashed=True)
    quarter = MapClass("quarter", QUARTERS.title_de, QUARTERS.title_en, edge)
    yield LayerStyle(QUARTERS.name, "Ortsteile", QUARTERS.what_de, qml_of((quarter,), "fill"), default=True)
    grey = Look(ground["rail"], ground["rail"], ground["rail"])
    street = MapClass("street", STREETS.title_de, STREETS.title_en, grey)
    yield LayerStyle(STREETS.name, "Straßen", STREETS.what_de, qml_of((street,), "line"), default=True)


def _fields(classes: Sequence[MapClass]) -> set[str]:
    return {one.field for each in classes for together in each.whose for one in together}
