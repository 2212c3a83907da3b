"""The collections as tiles: the features of a box of the items, attributes by zoom and reader, counts that add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from geo_service.outputs.collections import COLLECTIONS, PLOTS, QUARTERS, ROUTES, STREETS, VISITS
from geo_service.outputs.features import (
    Features,
    plot_features,
    quarter_features,
    route_features,
    street_features,
    visit_features,
)
from geo_service.outputs.plot_counts import COUNTS_LAYER
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.outputs.tile_grid import LAST_ZOOM, TileAddress, tile_at, to_web_mercator, unit_m
from geo_service.outputs.tile_layers import (
    BRIEF,
    FULL_ZOOM,
    SINGLE_PLOTS_ZOOM,
    STREET_ZOOMS,
    layer_of,
    layer_texts,
    tile_properties,
)


@pytest.fixture(scope="module")
def everything(plan, plots, catalogue, crews, quarters, network, record_features):
    return {
        "quarters": quarter_features(quarters),
        "plots": plot_features(plots),
        "streets": street_features(network),
        "visits": visit_features(plan, plots, catalogue),
        "routes": route_features(plan, crews),
        **record_features,
    }


@pytest.fixture(scope="module")
def layers(everything):
    return {name: layer_of(COLLECTIONS[name], features, public_only=False) for name, features in everything.items()}


def read(body: bytes, name: str) -> list[dict]:
    decoded = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    assert set(decoded) <= {name}
    return decoded[name]["features"] if decoded else []


def tiles_over(features: Features, zoom: int) -> list[TileAddress]:
    west, south, east, north = features.bounds()
    first, last = tile_at(west, north, zoom), tile_at(east, south, zoom)
    return [
        TileAddress(zoom, column, row)
        for column in range(first.column, last.column + 1)
        for row in range(first.row, last.row + 1)
    ]


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("zoom", [FULL_ZOOM, 16, LAST_ZOOM])
def test_a_tile_has_the_features_of_its_box_and_all_they_say(everything, layers, name: str, zoom: int) -> None:
    features = everything[name]
    projected = shapely.transform(features.geometries, to_web_mercator)
    seen: set[object] = set()
    for address in tiles_over(features, zoom)[:40]:
        frame = shapely.box(*address.drawn_bounds)
        surely = shapely.intersects(projected, frame.buffer(-2 * unit_m(zoom)))
        maybe = shapely.intersects(projected, frame.buffer(2 * unit_m(zoom)))
        found = read(layers[name].tile(address), name)
        rows = {repr(sorted(_told(name, features, place).items())): place for place in range(len(features.ids))}
        places = [rows[repr(sorted(one["properties"].items()))] for one in found]
        assert len(set(places)) == len(places)
        assert set(np.flatnonzero(surely)) <= set(places) <= set(np.flatnonzero(maybe))
        for place, one in zip(places, found, strict=True):
            _assert_in_place(one["geometry"], projected[place], address)
        seen |= set(places)
    assert seen


def _told(name: str, features: Features, place: int) -> dict[str, object]:
    told = {name: value for name, value in features.properties[place].items() if value is not None}
    return told | ({"id": features.ids[place]} if name in {"visits", "routes", *RECORD_LAYERS} else {})


def _assert_in_place(geometry: dict, projected, address: TileAddress) -> None:
    seen = shape(geometry)
    assert seen.is_valid
    exact = shapely.transform(projected, address.to_units)
    assert seen.within(exact.buffer(1.0))
    inside = exact.intersection(shapely.box(-62, -62, 4158, 4158))
    assert inside.is_empty or inside.within(seen.buffer(1.0))


def test_the_public_is_told_what_is_public(plots) -> None:
    hidden = [replace(one, public=index != 0) for index, one in enumerate(plots)]
    features = plot_features(hidden, public_only=True)
    layer = layer_of(PLOTS, features, public_only=True)
    public = {one.name for one in PLOTS.properties if one.public}
    found = [one for address in tiles_over(features, 15) for one in read(layer.tile(address), PLOTS.name)]
    assert {name for one in found for name in one["properties"]} <= public
    assert {one["properties"]["code"] for one in found} == {one.code for one in hidden[1:]}
    close_up = [
        one for address in tiles_over(features, SINGLE_PLOTS_ZOOM) for one in read(layer.tile(address), "plots")
    ]
    assert {name for one in close_up for name in one["properties"]} == {"code"}
    counted = read(layer.tile(tile_at(12.33, 51.32, 9)), COUNTS_LAYER)
    assert {name for one in counted for name in one["properties"]} == {"count", "area_m2"}
    assert sum(one["properties"]["count"] for one in counted) == len(plots) - 1


@pytest.mark.parametrize("name", COLLECTIONS)
def test_further_out_features_have_what_a_style_needs(everything, layers, name: str) -> None:
    found = [one for address in tiles_over(everything[name], 13) for one in read(layers[name].tile(address), name)]
    assert found
    assert {key for one in found for key in one["properties"]} <= set(BRIEF[name])
    assert set(BRIEF[name]) <= {one.name for one in tile_properties(COLLECTIONS[name], public_only=False)}


@given(zoom=st.integers(0, SINGLE_PLOTS_ZOOM - 1), spread=st.sampled_from([1e-6, 0.02, 3.0]), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_counts_add_up_to_the_register(plots, zoom: int, spread: float, seed: int) -> None:
    """Move the plots about: at each zoom every plot counts once, in the cell that holds its centroid."""
    features = plot_features(plots)
    shifts = np.random.default_rng(seed).uniform(-spread, spread, (len(plots), 2))
    moved = np.empty(len(plots), object)
    moved[:] = [
        shapely.transform(one, lambda xy, by=by: xy + by) for one, by in zip(features.geometries, shifts, strict=True)
    ]
    features = replace(features, geometries=moved)
    layer = layer_of(PLOTS, features, public_only=False)
    centres = shapely.get_coordinates(shapely.centroid(moved))
    told: Counter[str] = Counter()
    cells = 0
    for address in {tile_at(lon, lat, zoom) for lon, lat in centres}:
        for one in read(layer.tile(address), COUNTS_LAYER):
            x, y = one["geometry"]["coordinates"]
            assert 0 <= x < 4096
            assert 0 <= y < 4096
            cells += 1
            told.update(one["properties"])
    assert cells == len({tile_at(lon, lat, zoom + 4) for lon, lat in centres})
    assert told["count"] == len(plots)
    assert told["area_m2"] == pytest.approx(sum(round(one.area_m2, 2) for one in plots), abs=0.01 * cells)
    for state, count in Counter(one.state.value for one in plots).items():
        assert told[state] == count
        assert told[f"{state}_m2"] == pytest.approx(
            sum(round(one.area_m2, 2) for one in plots if one.state.value == state), abs=0.01 * cells
        )


def test_streets_come_in_by_class(network) -> None:
    features = street_features(network)
    classes = ["motorway", "secondary", "residential", "service"]
    rows = [{**row, "highway": classes[place % 4]} for place, row in enumerate(features.properties)]
    layer = layer_of(STREETS, replace(features, properties=rows), public_only=True)
    seen: dict[int, set[str]] = {}
    for zoom in range(5, FULL_ZOOM + 1):
        found = [one for address in tiles_over(features, zoom) for one in read(layer.tile(address), STREETS.name)]
        seen[zoom] = {one["properties"]["highway"] for one in found}
    assert seen[5] == set()
    assert seen[STREET_ZOOMS["secondary"]] == {"motorway", "secondary"}
    assert seen[13] == {"motorway", "secondary", "residential"}
    assert seen[14] == set(classes)


def test_outlines_lose_corners_that_nobody_could_see(quarters) -> None:
    round_ones = [replace(one, geometry=one.geometry.buffer(400, quad_segs=200)) for one in quarters]
    features = quarter_features(round_ones)
    layer = layer_of(QUARTERS, features, public_only=True)
    sizes = [len(b"".join(layer.tile(address) for address in tiles_over(features, zoom))) for zoom in (8, 11, 14)]
    assert sizes[0] < sizes[1] < sizes[2] / 4
    projected = shapely.transform(features.geometries, to_web_mercator)
    address = tile_at(*shapely.get_coordinates(features.geometries[0].centroid)[0], 10)
    for one in read(layer.tile(address), QUARTERS.name):
        exact = min(
            (shapely.transform(other, address.to_units) for other in projected),
            key=lambda other: other.hausdorff_distance(shape(one["geometry"])),
        )
        assert exact.hausdorff_distance(shape(one["geometry"])) < 3


def test_nothing_makes_empty_tiles() -> None:
    for collection in COLLECTIONS.values():
        layer = layer_of(collection, Features([], np.empty(0, object), []), public_only=False)
        assert layer.bounds is None
        assert {layer.tile(TileAddress(zoom, 0, 0)) for zoom in (0, 13, 14)} == {b""}


def test_a_route_without_a_line_is_left_out(plan, crews) -> None:
    bare = route_features(replace(plan, lines=()), crews)
    assert {layer_of(ROUTES, bare, public_only=False).tile(one) for one in [TileAddress(0, 0, 0)]} == {b""}


@pytest.mark.parametrize("public_only", [True, False])
def test_layers_are_described_as_they_are(everything, layers, public_only: bool) -> None:
    for collection in COLLECTIONS.values():
        for text in layer_texts(collection, public_only=public_only):
            assert 0 <= text.first_zoom <= text.last_zoom <= LAST_ZOOM
    counts, single = layer_texts(PLOTS, public_only=False)
    assert (counts.name, counts.last_zoom + 1, single.name) == (COUNTS_LAYER, single.first_zoom, "plots")
    counted = read(layers["plots"].tile(tile_at(12.33, 51.32, 9)), COUNTS_LAYER)
    assert set(counted[0]["properties"]) == {one.name for one in counts.properties}
    assert "id" in {one.name for one in layer_texts(VISITS, public_only=False)[0].properties}
