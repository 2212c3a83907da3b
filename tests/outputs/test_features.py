from __future__ import annotations

import json
from dataclasses import replace

import pyogrio
import pytest

from geo_service.outputs.collections import COLLECTIONS, PLOTS
from geo_service.outputs.features import (
    plot_features,
    quarter_features,
    route_features,
    street_features,
    visit_features,
)


@pytest.fixture
def everything(plan, plots, catalogue, crews, quarters, network, record_features):
    return {
        "quarters": quarter_features(quarters),
        "plots": plot_features(plots),
        "streets": street_features(network),
        "visits": visit_features(plan, plots, catalogue),
        "routes": route_features(plan, crews),
        **record_features,
    }


@pytest.mark.parametrize("name", COLLECTIONS)
def test_features_are_as_their_collection_describes_them(everything, name, tmp_path):
    collection, features = COLLECTIONS[name], everything[name]
    kinds = {"string": str, "integer": int, "number": float | int, "boolean": bool}
    for key, geometry, properties in features.rows():
        assert key is not None
        assert list(properties) == [one.name for one in collection.properties]
        assert collection.geometry in {"Geometry", geometry.geom_type.removeprefix("Multi")}
        for one in collection.properties:
            assert properties[one.name] is None or isinstance(properties[one.name], kinds[one.type]), one.name
    assert len(set(features.ids)) == len(features.ids)
    assert (features.spans is not None) == bool(collection.temporal)
    west, south, east, north = features.bounds()
    assert 12.3 < west < east < 12.4
    assert 51.3 < south < north < 51.4
    assert collection.title("de") != collection.title("en")
    assert collection.what("de")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_features_are_geojson_that_others_read(everything, name, tmp_path):
    file = tmp_path / "features.geojson"
    file.write_bytes(everything[name].geojson(note="Schematische Beispieldaten"))
    read = pyogrio.read_dataframe(file)
    assert len(read) == len(everything[name].ids)
    assert read.crs.to_epsg() == 4326
    assert json.loads(file.read_bytes())["note"] == "Schematische Beispieldaten"


def test_the_public_sees_plots_as_the_law_allows_and_no_more(plots):
    public = plot_features(plots, public_only=True)
    assert "KLZ-0004" not in public.ids
    assert len(public.ids) == 15
    for properties in public.properties:
        assert set(properties) == {"code", "quarter", "address", "parcels", "area_m2"}
    assert public.properties[0]["parcels"] == "1a Kleinzschocher"
    assert [one.name for one in PLOTS.seen(public_only=True)] == ["code", "address", "quarter", "area_m2", "parcels"]
    assert "KLZ-0004" in plot_features(plots).ids


def test_the_public_sees_no_visit_to_a_plot_whose_owner_objected(plan, plots, catalogue):
    public = visit_features(plan, plots, catalogue, public_only=True)
    assert {"KLZ-0004"}.isdisjoint(row["plot"] for row in public.properties)
    assert len(public.ids) == 16
    gone = visit_features(plan, plots[1:], catalogue, public_only=True)
    assert "KLZ-0001" not in {row["plot"] for row in gone.properties}


def test_visits_tell_planned_and_unserved(everything):
    visits = dict(zip(everything["visits"].ids, everything["visits"].properties, strict=True))
    planned = visits["KLZ-0003.mow_lawn.2026-11-20.1"]
    assert (planned["status"], planned["crew"], planned["order"]) == ("planned", "crew-1", 3)
    assert planned["arrival"] == "2026-11-23T08:11:00+01:00"
    assert planned["service_s"] == 1500
    left_out = visits["v-2"]
    assert (left_out["status"], left_out["date"], left_out["order"]) == ("unserved", None, None)
    assert (left_out["code"], left_out["reason"], left_out["due_on"]) == (
        "law",
        "erst nach dem 30. September",
        "2026-11-26",
    )


def test_a_visit_to_a_plot_that_left_the_register_has_no_place(plan, plots, catalogue):
    visits = visit_features(plan, plots[1:], catalogue)
    assert visits.geometries[0] is None
    assert json.loads(visits.geojson())["features"][0]["geometry"] is None


def test_a_route_runs_along_its_line_and_a_one_way_as_one_may_drive(plan, crews, network):
    routes = route_features(plan, crews)
    assert routes.ids[0] == "crew-1.2026-11-23"
    assert len(routes.geometries[0].coords) == 3 * 13
    assert route_features(replace(plan, lines=()), crews).geometries[0] is None
    one_way = network.edge_seconds.copy()
    one_way[:, 0] = float("inf")  # section 0 may be driven against its shape only
    turned = street_features(replace(network, edge_seconds=one_way))
    assert turned.properties[0]["oneway"]
    assert list(turned.geometries[0].coords) == list(street_features(network).geometries[0].coords)[::-1]


def test_thousands_of_plots_take_no_time(plots):
    many = [replace(plots[n % 16], code=f"X-{n}") for n in range(3000)]
    features = plot_features(many)
    assert len(json.loads(features.geojson())["features"]) == 3000
