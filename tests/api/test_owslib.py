"""OWSLib reads the collections as programs in Python do: conformance, queryables, items, CQL2, and edits."""

from __future__ import annotations

import json

import pytest
from owslib.ogcapi.features import Features

from geo_service.outputs.record_layers import RECORD_LAYERS

from .conftest import X0, Y0


@pytest.fixture
def service(desk):
    """Return the desk as OWSLib sees it with a planner's token."""
    return Features(f"{desk.url}/", headers={"Authorization": f"Bearer {desk.secrets['planner']}"})


def ids(told: dict) -> list[str]:
    return [one["id"] for one in told["features"]]


def test_it_finds_its_way(service) -> None:
    assert service.feature_collections() == ["quarters", "plots", "streets", "visits", "routes", *RECORD_LAYERS]
    conforms = set(service.conformance()["conformsTo"])
    assert {
        f"http://www.opengis.net/spec/{one}" for one in ("ogcapi-features-2/1.0/conf/crs", "cql2/1.0/conf/basic-cql2")
    } <= conforms
    assert service.collection("plots")["storageCrs"].endswith("/25833")
    assert "quarter" in service.collection_queryables("plots")["properties"]
    assert service.collection_schema("plots")["properties"]["geometry"]["x-ogc-role"] == "primary-geometry"


def test_items(service) -> None:
    assert service.collection_items("plots", limit=3)["numberMatched"] == 12
    assert ids(service.collection_items("plots", bbox=[12, 51, 12.3202, 52])) == ["KLZ-0001", "KLZ-0002"]
    assert ids(service.collection_items("routes", datetime_="2026-11-25/..")) == ["crew-1.2026-11-25"]
    assert service.collection_item("plots", "KLZ-0004")["properties"]["public"] is False


def test_filters_and_orders(service) -> None:
    asked = {"filter": "quarter = '51' AND area_m2 BETWEEN 100 AND 1000", "sortby": ("code", "desc"), "limit": 2}
    told = service.collection_items("plots", **asked)
    assert (ids(told), told["numberMatched"]) == (["KLZ-0012", "KLZ-0011"], 6)
    as_json = json.dumps({"op": "like", "args": [{"property": "name"}, "%e 1%"]})
    told = service.collection_items("plots", **{"filter": as_json, "filter-lang": "cql2-json"})
    assert ids(told) == ["KLZ-0001", "KLZ-0010", "KLZ-0011", "KLZ-0012"]
    with pytest.raises(RuntimeError, match="invalid_filter"):
        service.collection_items("plots", filter="quarter =")


def test_it_draws_and_deletes(own_desk) -> None:
    headers = {"Authorization": f"Bearer {own_desk.secrets['planner']}"}
    headers["Content-Crs"] = "<http://www.opengis.net/def/crs/EPSG/0/25833>"
    service = Features(f"{own_desk.url}/", headers=headers)
    west, south = X0 + 150, Y0 + 200
    ring = [[west, south], [west + 40, south], [west + 40, south + 30], [west, south]]
    drawn = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": "Aus Python", "code": "KLZ-0200"},
    }
    assert service.collection_item_create("plots", drawn)
    kept = own_desk.store.plot("KLZ-0200")
    assert (kept.name, kept.area_m2) == ("Aus Python", 600.0)
    with pytest.raises(RuntimeError, match="version_missing"):
        service.collection_item_delete("plots", "KLZ-0200")
    service.headers["If-Match"] = "*"
    assert service.collection_item_delete("plots", "KLZ-0200")
    assert own_desk.store.plot("KLZ-0200") is None
