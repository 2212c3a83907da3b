from __future__ import annotations

import json
from dataclasses import replace

import pyogrio
import shapely

from geo_service.outputs.day_geojson import day_geojson


def test_geojson_holds_routes_legs_stops_and_depots(day, tmp_path):
    file = tmp_path / "day.geojson"
    file.write_bytes(day_geojson(day))
    frame = pyogrio.read_dataframe(file)
    assert frame.crs.to_epsg() == 4326
    assert frame["kind"].value_counts().to_dict() == {"leg": 17, "stop": 15, "route": 2, "depot": 2}
    assert frame.geometry.is_valid.all()
    told = json.loads(file.read_bytes())
    assert "Schematische Beispieldaten" in told["note"]
    assert told["licence"] == "CC0-1.0"
    legs = [one for one in told["features"] if one["properties"]["kind"] == "leg"]
    assert legs[0]["properties"]["streets"] == ["1. Querstraße", "Lange Straße 2"]
    route = next(one for one in told["features"] if one["id"] == "crew-1.route")
    assert shapely.from_geojson(json.dumps(route["geometry"])).geom_type == "LineString"


def test_geojson_of_a_route_that_was_never_drawn_has_no_line(day):
    crew = day.crews[1]
    bare = replace(crew, stops=tuple(replace(stop, leg=()) for stop in crew.stops), way_back=(crew.depot,))
    told = json.loads(day_geojson(replace(day, crews=(bare,))))
    lines = {one["id"]: one["geometry"] for one in told["features"]}
    assert lines["crew-2.leg.1"] is None
    assert lines["crew-2.leg.back"]["coordinates"] == [list(crew.depot)] * 2
