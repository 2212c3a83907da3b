"""Geometries in tiles, read back by another decoder: valid, in place, clipped, rightly oriented."""

from __future__ import annotations

import math
from itertools import pairwise

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import shape

from geo_service.outputs.tile_geometry import Drawn, Paths, Shapes
from geo_service.outputs.tile_grid import BUFFER_UNITS, TILE_UNITS, TileAddress, tile_at, unit_m
from geo_service.outputs.vector_tile import Attributes, encode_layer

HERE = tile_at(12.32, 51.32, 15)
FRAME = shapely.box(-BUFFER_UNITS, -BUFFER_UNITS, TILE_UNITS + BUFFER_UNITS, TILE_UNITS + BUFFER_UNITS)


def geometries_of(*given) -> np.ndarray:
    out = np.empty(len(given), object)
    out[:] = given
    return out


def metres(in_units):
    """Put geometries that are drawn in tile units where they belong on earth; the vertical axis turns over."""
    west, _, _, north = HERE.bounds
    unit = unit_m(HERE.zoom)
    return shapely.transform(in_units, lambda xy: np.column_stack([west + xy[:, 0] * unit, north - xy[:, 1] * unit]))


def read_back(geometries: np.ndarray, drawn: Drawn, address: TileAddress = HERE) -> dict[int, dict]:
    """Encode geometries and decode the tile: raw coordinates, by feature."""
    shapes = Shapes(geometries, drawn)
    features, drawing = shapes.draw(shapes.near(address), address)
    body = encode_layer("layer", drawn, features.astype(np.uint64), Attributes.of({}, len(features)), drawing)
    decoded = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    return {one["id"]: one["geometry"] for one in decoded["layer"]["features"]} if decoded else {}


def rings(geometry: dict) -> list[list]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    assert geometry["type"] in {"Polygon", "MultiPolygon"}
    return polygons


def doubled_area(ring: list) -> float:
    """Return twice the area by the surveyor's formula in tile coordinates, as MVT 2.1, 4.3.4.4 asks for it."""
    xy = np.array(ring, float)
    return float(np.sum(xy[:-1, 0] * xy[1:, 1] - xy[1:, 0] * xy[:-1, 1]))


def assert_sound(geometry: dict) -> None:
    for exterior, *holes in rings(geometry):
        assert doubled_area(exterior) > 0
        assert all(doubled_area(hole) < 0 for hole in holes)
        for ring in (exterior, *holes):
            assert len(ring) >= 4
            assert all(one != other for one, other in pairwise(ring))
    assert shape(geometry).is_valid, shapely.is_valid_reason(shape(geometry))
    assert FRAME.covers(shape(geometry))


@st.composite
def stars(draw):
    """Draw a polygon around a centre, wide or spiky or tiny, perhaps with a hole, perhaps across the edge."""
    corners = draw(st.integers(3, 9))
    size = draw(st.sampled_from([0.4, 1.5, 6.0, 60.0, 900.0, 9000.0]))
    near, far = draw(st.sampled_from([(0.02, 1.0), (0.6, 1.0)]))
    radii = np.array(draw(st.lists(st.floats(near, far), min_size=corners, max_size=corners))) * size
    centre = np.array([draw(st.floats(-200, 4300)), draw(st.floats(-200, 4300))])
    turn = draw(st.floats(0, 1)) + np.arange(corners) / corners
    arms = np.column_stack([np.cos(2 * math.pi * turn), np.sin(2 * math.pi * turn)]) * radii[:, None]
    hole = [centre + arms * draw(st.sampled_from([0.3, 0.95]))] if draw(st.booleans()) else []
    star = shapely.Polygon(centre + arms, hole)
    if draw(st.booleans()):
        return shapely.MultiPolygon([star, affinity.translate(star, 2.1 * size, 0.3)])
    return star


@given(st.lists(stars(), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_polygons_stay_valid_and_where_they_are(polygons) -> None:
    found = read_back(metres(geometries_of(*polygons)), Drawn.POLYGON)
    for number, polygon in enumerate(polygons):
        exact = shapely.make_valid(polygon).intersection(FRAME)
        if number in found:
            assert_sound(found[number])
            seen = shape(found[number])
            assert seen.difference(exact.buffer(1.0)).area < 1e-6
            assert exact.buffer(-1.0).difference(seen).area < 1e-6
        else:
            assert exact.buffer(-1.0).is_empty


@given(st.lists(st.tuples(st.floats(-500, 4600), st.floats(-500, 4600)), min_size=2, max_size=8))
@settings(deadline=None)
def test_lines_are_clipped_and_rounded(corners) -> None:
    line = shapely.LineString(corners)
    exact = line.intersection(FRAME)
    found = read_back(metres(geometries_of(line)), Drawn.LINE)
    if not found:
        assert exact.length < 2
        return
    seen = shape(found[0])
    assert seen.length > 0
    assert FRAME.covers(seen)
    assert seen.hausdorff_distance(exact) < 1.0


@given(st.lists(st.tuples(st.floats(-200, 4300), st.floats(-200, 4300)), min_size=1, max_size=6, unique=True))
@settings(deadline=None)
def test_points_within_the_buffer_are_there_within_half_a_unit(places) -> None:
    found = read_back(metres(geometries_of(*map(shapely.Point, places))), Drawn.POINT)
    for number, place in enumerate(places):
        inside = FRAME.buffer(-1e-6).contains(shapely.Point(place))
        assert not inside or found[number]["coordinates"] == pytest.approx(place, abs=0.5001)
        assert inside or number not in found or FRAME.boundary.distance(shapely.Point(place)) < 1e-3


@given(st.integers(0, 4000), st.integers(0, 4000), st.floats(2, 60), st.floats(2, 60), st.floats(0, 1))
@settings(deadline=None)
def test_corners_move_by_half_a_unit_at_most(x: int, y: int, width: float, height: float, shift: float) -> None:
    outline = shapely.box(x + shift, y + shift, x + shift + width, y + shift + height)
    exterior = rings(read_back(metres(geometries_of(outline)), Drawn.POLYGON)[0])[0][0]
    corners = shapely.get_coordinates(outline)
    for corner in exterior:
        assert np.abs(corners - corner).max(axis=1).min() <= 0.5001


def test_a_polygon_that_rounding_breaks_is_mended() -> None:
    """Two wings joined by a neck of a fifth of a unit; rounded alone, the neck would cross itself or touch."""
    bow = shapely.Polygon([(10, 10), (30, 19.9), (50, 10), (50, 30), (30, 20.1), (10, 30)])
    assert not shapely.transform(bow, np.rint).is_valid
    found = read_back(metres(geometries_of(bow)), Drawn.POLYGON)[0]
    assert_sound(found)
    assert shape(found).area == pytest.approx(bow.area, abs=10)


def test_an_invalid_outline_is_mended_and_what_has_no_geometry_left_out() -> None:
    eight = shapely.Polygon([(10, 10), (50, 50), (50, 10), (10, 50)])
    found = read_back(metres(geometries_of(None, eight, shapely.Polygon())), Drawn.POLYGON)
    assert list(found) == [1]
    assert_sound(found[1])


def test_a_hole_that_fills_the_tile_leaves_nothing() -> None:
    around = shapely.box(-900, -900, 5000, 5000)
    ring = around.difference(shapely.box(-400, -400, 4600, 4600))
    assert read_back(metres(geometries_of(ring)), Drawn.POLYGON) == {}
    assert shape(read_back(metres(geometries_of(around)), Drawn.POLYGON)[0]).equals(FRAME)


def test_a_line_that_crosses_itself_stays_one_line() -> None:
    knot = shapely.LineString([(10, 10), (90, 90), (90, 10), (10, 90), (-500, 90)])
    assert read_back(metres(geometries_of(knot)), Drawn.LINE)[0]["type"] == "LineString"


def test_several_points_and_lines_of_a_feature_stay_together() -> None:
    points = shapely.MultiPoint([(1, 1), (5, 5), (-900, 5)])
    lines = shapely.MultiLineString([[(1, 1), (5, 5)], [(9, 9), (9.1, 9.1)], [(7, 7), (20, 7)]])
    found = read_back(metres(geometries_of(points, shapely.Point(8, 8))), Drawn.POINT)
    assert found[0] == {"type": "MultiPoint", "coordinates": [[1, 1], [5, 5]]}
    assert found[1] == {"type": "Point", "coordinates": [8, 8]}
    found = read_back(metres(geometries_of(lines)), Drawn.LINE)
    assert found[0]["coordinates"] == [[[1, 1], [5, 5]], [[7, 7], [20, 7]]]


def test_paths_leave_out_parts_of_another_kind() -> None:
    mixed = shapely.GeometryCollection(
        [shapely.Point(1, 1), shapely.box(0, 0, 2, 2), shapely.LineString([(0, 0), (1, 1)])]
    )
    paths = Paths.of(geometries_of(mixed, None), Drawn.POLYGON)
    assert paths.corners.tolist() == [4]
    assert paths.paths.tolist() == [1, 0]
