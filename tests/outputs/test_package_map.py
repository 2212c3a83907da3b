"""The map that a phone takes along: what lies around the day, clipped and simplified."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import orjson
import pytest
import shapely
from shapely.geometry import shape

from geo_service.outputs.package_map import MARGIN_M, day_bounds, package_map

LAKE = shapely.Point(12.325, 51.325).buffer(0.002, quad_segs=64)


@pytest.fixture(scope="session")
def crew(day):
    return day.crews[0]


@pytest.fixture(scope="session")
def bounds(crew):
    return day_bounds(crew, crew.depot)


def landscape(*geometries: object, **properties: object) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": orjson.loads(shapely.to_geojson(one)) if one else None,
        }
        for one in geometries
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def drawn(crew, bounds, **changes):
    return package_map(crew, bounds, **({"network": None, "landscape": None, "quarters": ()} | changes))


def test_the_box_holds_all_that_the_day_touches_with_a_margin(crew, bounds) -> None:
    west, south, east, north = bounds
    touched = [crew.depot, *crew.way_back]
    for stop in crew.stops:
        touched += [*stop.leg, *(point for ring in stop.outline for point in ring)]
    lon, lat = np.array(touched).T
    metres = 111_320.0
    assert (lat.min() - south) * metres == pytest.approx(MARGIN_M, abs=1)
    assert (north - lat.max()) * metres == pytest.approx(MARGIN_M, abs=1)
    assert (lon.min() - west) * metres * np.cos(np.deg2rad(51.32)) == pytest.approx(MARGIN_M, abs=2)
    assert (east - lon.max()) * metres * np.cos(np.deg2rad(51.32)) == pytest.approx(MARGIN_M, abs=2)


def test_streets_are_joined_by_name_and_class(crew, bounds, network) -> None:
    features = drawn(crew, bounds, network=network)["streets"]["features"]
    names = [(one["properties"]["name"], one["properties"]["class"]) for one in features]
    assert len(names) == len(set(names)) == 12
    first = next(one for one in features if one["properties"]["name"] == "1. Querstraße")
    assert first["geometry"]["type"] == "LineString"
    assert len(first["geometry"]["coordinates"]) == 2


def test_only_what_lies_in_the_box_is_there(crew, network) -> None:
    west, south = crew.stops[0].lon - 0.001, crew.stops[0].lat - 0.001
    small = (west, south, west + 0.002, south + 0.002)
    told = drawn(crew, small, network=network, landscape=landscape(LAKE))
    assert 0 < len(told["streets"]["features"]) < 12
    for one in told["streets"]["features"]:
        assert shapely.box(*small).buffer(2e-5).covers(shape(one["geometry"]))
    assert told["landscape"]["features"] == []


def test_footways_are_there_near_the_stops_only(crew, bounds, network) -> None:
    paths = replace(network, highways=("footway", "footway"))
    alone = replace(crew, stops=crew.stops[:1])
    near = drawn(alone, bounds, network=paths)["streets"]["features"]
    whole = drawn(alone, bounds, network=network)["streets"]["features"]
    assert 0 < len(near) < len(whole)
    assert drawn(replace(crew, stops=()), bounds, network=paths)["streets"]["features"] == []


def test_the_landscape_is_clipped_and_simplified(crew, bounds) -> None:
    west, south, east, north = bounds
    middle = shapely.Point((west + east) / 2, (south + north) / 2)
    pond, river = middle.buffer(0.002, quad_segs=64), shapely.LineString([(west - 1, south), (east + 1, north)])
    told = drawn(crew, bounds, landscape=landscape(pond, river, None, kind="water", name="Elster", extra=7))
    found = told["landscape"]["features"]
    assert [one["properties"] for one in found] == [{"kind": "water", "name": "Elster"}] * 2
    shapes = [shape(one["geometry"]) for one in found]
    assert shapely.get_num_coordinates(shapes[0]) < shapely.get_num_coordinates(pond) / 3
    assert shapes[0].symmetric_difference(pond).area < 0.05 * pond.area
    assert shapely.box(*bounds).buffer(2e-5).covers(shapes[1])


def test_a_broken_landscape_does_no_harm(crew, bounds) -> None:
    west, south, east, north = bounds
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    (one,) = drawn(crew, bounds, landscape=landscape(bow))["landscape"]["features"]
    assert one["geometry"]["type"] == "MultiPolygon"


def test_what_only_touches_the_box_leaves_no_crumbs(crew, bounds) -> None:
    west, south = bounds[:2]
    inside = [(west + 0.001, south + 0.001), (west + 0.002, south + 0.001), (west + 0.002, south + 0.003)]
    comb = shapely.Polygon([*inside, (west - 0.001, south + 0.003), (west, south + 0.002), (west - 0.001, south)])
    touching = shapely.box(west - 0.001, south, west, south + 0.01)
    found = drawn(crew, bounds, landscape=landscape(shapely.union_all([comb, touching]), touching))["landscape"]
    kinds = [one["geometry"]["type"] for one in found["features"]]
    assert kinds[0] in {"Polygon", "MultiPolygon"}
    assert "GeometryCollection" not in kinds


def test_quarters_stand_with_their_names(crew, bounds, quarters) -> None:
    found = drawn(crew, bounds, quarters=quarters)["quarters"]["features"]
    assert {one["properties"]["name"] for one in found} == {"Plagwitz", "Kleinzschocher"}
