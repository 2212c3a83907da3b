"""Floor 7: everything in one GeoPackage: quarters, plots, streets, visits, routes as layers in the plan CRS."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
from pyogrio.errors import DataSourceError
from shapely.geometry.base import BaseGeometry

from geo_service.base.clock import require_aware
from geo_service.base.crs import LEIPZIG_EPSG
from geo_service.base.errors import InputError, StoreError
from geo_service.outputs.collections import PLOTS, QUARTERS, ROUTES, STREETS, VISITS, Collection
from geo_service.outputs.features import (
    Features,
    plot_features,
    quarter_features,
    route_features,
    street_features,
    visit_features,
)
from geo_service.outputs.frames import frame_of
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import words
from geo_service.store.protocol import Store

_EMPTY = Features((), np.empty(0, dtype=object), (), ())


def export_gpkg(path: Path, store: Store, *, at: datetime, public_only: bool = False) -> None:
    """Write a workspace as a GeoPackage; the file appears whole or not at all and replaces an older one.

    Each layer tells in its metadata title, source, licence, date, revision and, for the sample, that it is one.

    Parameters
    ----------
    at
        When it is made, aware.
    public_only
        Only what anybody may see: plots as BauGB §200(3) allows, no visits to plots whose owner objected.

    Raises
    ------
    InputError
        When the folder is missing or cannot be written to, or the path is a folder itself.
    StoreError
        When writing fails, for instance on a full disk.
    """
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}", remedy="make it first, or name another file")
    if path.is_dir():
        raise InputError(f"{path} is a folder", remedy="name a file in it, such as desk.gpkg")
    epsg = store.plan_crs() or LEIPZIG_EPSG
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            part = Path(folder) / "part.gpkg"
            for layer in _layers(store, public_only=public_only):
                frame = frame_of(
                    layer.collection, layer.features, epsg, geometries=layer.geometries, public_only=public_only
                )
                _write(part, layer.collection, frame, _metadata(store, layer, at))
            part.replace(path)
    except PermissionError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}", remedy="name a file you may write") from error
    except (OSError, DataSourceError) as error:
        raise StoreError(f"writing {path} failed: {error}", remedy="free some disk space and export again") from error


@dataclass(frozen=True)
class _Layer:
    """A layer to be written; ``geometries`` in the plan CRS where they are known exactly."""

    collection: Collection
    features: Features
    source: str = ""
    licence: str = ""
    geometries: list[BaseGeometry] | None = None


def _layers(store: Store, *, public_only: bool) -> Iterator[_Layer]:
    plots, quarters, network, plan = store.plots(), store.quarters(), store.streets(), store.plan()
    shown = [plot for plot in plots if plot.public or not public_only]
    yield _Layer(QUARTERS, quarter_features(quarters), geometries=[one.geometry for one in quarters])
    yield _Layer(
        PLOTS,
        plot_features(shown, public_only=public_only),
        source=", ".join(sorted({plot.source for plot in shown if plot.source})),
        geometries=[plot.geometry for plot in shown],
    )
    licence = network.licence if network else ""
    yield _Layer(STREETS, street_features(network) if network else _EMPTY, network.source if network else "", licence)
    source = f"plan {plan.plan_id}, {plan.made_at.isoformat(timespec='seconds')}" if plan else ""
    visits = visit_features(plan, plots, store.catalogue(), public_only=public_only) if plan else _EMPTY
    yield _Layer(VISITS, visits, source)
    yield _Layer(ROUTES, route_features(plan, store.crews()) if plan else _EMPTY, source, licence)


def _metadata(store: Store, layer: _Layer, at: datetime) -> dict[str, str]:
    said = {
        "title": f"{layer.collection.title_de} / {layer.collection.title_en}",
        "description": layer.collection.what_de,
        "source": layer.source,
        "licence": layer.licence,
        "date": require_aware(at).isoformat(timespec="seconds"),
        "revision": str(store.revision()),
        "note": f"{words('de')['sample']} / {words('en')['sample']}" if store.is_sample() else "",
    }
    return plain_values({key: value for key, value in said.items() if value})


def _write(part: Path, collection: Collection, frame: gpd.GeoDataFrame, metadata: dict[str, str]) -> None:
    multi = collection.geometry == "Polygon"
    pyogrio.write_dataframe(
        _as_kept(frame.reset_index()),
        part,
        layer=collection.name,
        driver="GPKG",
        dataset_options={"VERSION": "1.3"},  # what GDAL of Debian 12 reads without a warning
        geometry_type=f"Multi{collection.geometry}" if multi else collection.geometry,
        promote_to_multi=multi,
        layer_metadata=metadata,
        layer_options={"IDENTIFIER": collection.name, "DESCRIPTION": metadata.get("note", collection.what_de)},
    )


def _as_kept(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table as a GeoPackage keeps it: times in UTC, days as ISO text."""
    for name in frame.select_dtypes("datetimetz"):
        frame[name] = frame[name].dt.tz_convert("UTC")
    for name in frame.select_dtypes("datetime"):
        frame[name] = frame[name].dt.strftime("%Y-%m-%d")
    return frame
