"""Vector tiles: the encoder against one that goes feature by feature, with the same plots in the same run.

Usage: python tests/benchmarks/tiles.py [--plots 28000] [--zooms 12 14 16] [--runs 5] [--seed 1] [--short]
Prints one JSON line per case and a table with the ratios. ``first`` is the first tile of a fresh layer, ``ours`` a
later one, ``kept`` one from the cache. The peer is mapbox-vector-tile with equal attributes; its features are chosen
and clipped for it, by the same library that ours uses. When it is not installed, ours are measured alone.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import shapely
from rich.console import Console
from rich.table import Table

from geo_service.outputs.features import Features
from geo_service.outputs.tile_cache import Tile, TileCache
from geo_service.outputs.tile_geometry import Drawn, Shapes
from geo_service.outputs.tile_grid import TILE_UNITS, TileAddress, tile_at
from geo_service.outputs.vector_tile import Attributes, encode_layer, feature_ids

LON, LAT = 12.32, 51.32
DENSE_ZOOM = 12
"""All plots lie in one tile of this zoom, as densely as in a city's register."""

STATES = ("registered", "cleared", "greened", "maintained")
BRIEF_BELOW = 14


def make_plots(count: int, seed: int) -> Features:
    """Make outlines of 4 to 9 corners with 3 attributes for far and 12 for near."""
    rng = np.random.default_rng(seed)
    west, south, east, north = tile_at(LON, LAT, DENSE_ZOOM).bounds
    outlines = []
    for x, y in zip(rng.uniform(west, east, count), rng.uniform(south, north, count), strict=True):
        corners = int(rng.integers(4, 10))
        turn = 2 * np.pi * (rng.random() + np.arange(corners) / corners)
        arm = rng.uniform(0.5, 1.0, corners) * rng.uniform(15, 45)
        outlines.append(shapely.Polygon(np.column_stack([x + arm * np.cos(turn), y + arm * np.sin(turn)])))
    rows = [
        {
            "code": f"KLZ-{number:05d}",
            "state": STATES[number % 4],
            "tenure_kind": "lease" if number % 3 else "none",
            "area_m2": round(float(rng.uniform(100, 3000)), 2),
            "quarter": str(number % 63),
            "address": f"Dieskaustraße {number % 400}",
            "owner_kind": "city" if number % 2 else "private",
            "baunvo": "WA",
            "contamination": "unknown",
            "public": True,
            "parcels": f"{number}a Kleinzschocher",
            "plot_id": f"id-{number}",
        }
        for number in range(count)
    ]
    geometries = np.empty(count, object)
    geometries[:] = outlines
    return Features([row["code"] for row in rows], geometries, rows)


def median_ms(work: Callable[[], object], runs: int) -> float:
    """Return the median time of some runs in milliseconds."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def measure(plots: Features, zoom: int, runs: int) -> dict[str, object]:
    """Time both encoders on the tile in the middle."""
    address = tile_at(LON, LAT, zoom)
    names = list(plots.properties[0])[: 3 if zoom < BRIEF_BELOW else None]
    columns = {name: [row[name] for row in plots.properties] for name in names}
    attributes, ids = Attributes.of(columns, len(plots.ids)), feature_ids(plots.ids)
    shapes = Shapes(plots.geometries, Drawn.POLYGON)

    def ours() -> bytes:
        features, drawing = shapes.draw(shapes.near(address), address)
        return encode_layer("plots", Drawn.POLYGON, ids[features], attributes.take(features), drawing)

    cache = TileCache(64_000_000)
    first = median_ms(ours, 1)
    body = ours()
    cache.put(address, Tile(body))
    row: dict[str, object] = {
        "zoom": zoom,
        "features": len(shapes.near(address)),
        "attributes": len(names),
        "kB": round(len(body) / 1000, 1),
        "gzip_kB": round(len(Tile(body).packed("gzip")) / 1000, 1),
        "first_ms": round(first, 2),
        "ours_ms": round(ours_ms := median_ms(ours, runs), 2),
        "kept_ms": round(median_ms(lambda: cache.get(address), 100), 5),
    }
    if find_spec("mapbox_vector_tile"):
        peer = median_ms(lambda: encode_by_feature(plots, names, address), 1 if zoom < BRIEF_BELOW else runs)
        row |= {"peer_ms": round(peer, 2), "ratio": round(peer / ours_ms, 1)}
    return row


def encode_by_feature(plots: Features, names: list[str], address: TileAddress) -> bytes:
    """Encode the same tile with mapbox-vector-tile."""
    import mapbox_vector_tile

    frame = shapely.box(*address.drawn_bounds)
    chosen = np.flatnonzero(shapely.intersects(plots.geometries, frame))
    clipped = shapely.intersection(plots.geometries[chosen], frame)
    features = [
        {"geometry": geometry, "properties": {name: plots.properties[place][name] for name in names}, "id": int(place)}
        for place, geometry in zip(chosen, clipped, strict=True)
    ]
    layer = {"name": "plots", "features": features}
    options = {"quantize_bounds": address.bounds, "extents": TILE_UNITS}
    return bytes(mapbox_vector_tile.encode(layer, default_options=options))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plots", type=int, default=28_000)
    parser.add_argument("--zooms", nargs="+", type=int, default=[12, 14, 16])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="a tenth of the plots: shows that it runs")
    asked = parser.parse_args()
    if asked.short:
        asked.plots //= 10
    plots = make_plots(asked.plots, asked.seed)
    rows = [measure(plots, zoom, asked.runs) for zoom in asked.zooms]
    table = Table(*rows[0])
    for row in rows:
        print(json.dumps(row), flush=True)
        table.add_row(*map(str, row.values()))
    Console().print(table)
    if "ratio" not in rows[0]:
        print("without the peer: pip install mapbox-vector-tile")


if __name__ == "__main__":
    main()
