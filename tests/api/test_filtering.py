"""Filters, orders, choice of properties and their descriptions over HTTP; pages far in."""

from __future__ import annotations

import json

import httpx
import jsonschema
import pytest

from geo_service.api.schemas import FeatureCollection
from geo_service.outputs.collections import COLLECTIONS


def found(client: httpx.Client, name: str, **query: object) -> list[object]:
    response = client.get(
        f"/collections/{name}/items", params={key.replace("_", "-"): one for key, one in query.items()}
    )
    assert response.status_code == 200, response.text
    told = FeatureCollection.model_validate_json(response.content)
    assert told.number_matched >= told.number_returned == len(told.features)
    return [one.id for one in told.features]


@pytest.mark.parametrize(
    ("name", "text", "ids"),
    [
        ("plots", "quarter = '51' AND code > 'KLZ-0010'", ["KLZ-0011", "KLZ-0012"]),
        ("plots", "NOT public", ["KLZ-0004"]),
        ("plots", "casei(name) LIKE 'brache 1_'", ["KLZ-0010", "KLZ-0011", "KLZ-0012"]),
        ("plots", "S_INTERSECTS(geometry, BBOX(12,51,12.3202,52))", ["KLZ-0001", "KLZ-0002"]),
        ("visits", "status = 'unserved'", ["v-9"]),
        ("visits", "T_AFTER(date, DATE('2026-11-24'))", ["KLZ-0006.mow_lawn.2026-11-24.1"]),
        ("routes", "date = DATE('2026-11-24') AND stops BETWEEN 2 AND 5", ["crew-1.2026-11-24"]),
        ("quarters", "area_m2 / 10000 > 100", ["51"]),
        ("streets", "oneway", []),
    ],
)
def test_filters(planner: httpx.Client, name: str, text: str, ids: list[str]) -> None:
    assert found(planner, name, filter=text) == ids


def test_json_and_another_system(planner: httpx.Client) -> None:
    box = {"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [51, 12, 52, 12.3202]}]}
    asked = {"filter": json.dumps(box), "filter_lang": "cql2-json"}
    latitude_first = "http://www.opengis.net/def/crs/EPSG/0/4326"
    assert found(planner, "plots", **asked, filter_crs=latitude_first) == ["KLZ-0001", "KLZ-0002"]
    assert found(planner, "plots", **asked) == []


def test_filters_come_together(planner: httpx.Client) -> None:
    ids = found(planner, "plots", filter="code <> 'KLZ-0002'", bbox="12,51,12.3215,52", quarter="52", public="true")
    assert ids == ["KLZ-0001", "KLZ-0003"]


def test_only_what_one_may_read_can_be_asked_for(anybody, desk, problem) -> None:
    for query in ({"filter": "hazard_note IS NULL"}, {"sortby": "hazard_note"}, {"properties": "code,hazard_note"}):
        told = problem(anybody.get("/collections/plots/items", params=query), 400)
        assert "tenure_kind" not in str(told)
        with desk.client("analyst") as analyst:
            problem(analyst.get("/collections/plots/items", params=query), 400)
        with desk.client("viewer") as viewer:
            assert viewer.get("/collections/plots/items", params=query).status_code == 200
    assert "KLZ-0004" not in found(anybody, "plots", filter="code LIKE 'KLZ%'")


@pytest.mark.parametrize("text", ["code =", "cod = 'x'", "code = 3", "(" * 3000, "code = 'x' AND", "\x00", "NaN = 1"])
def test_a_malformed_filter_is_refused(planner, problem, text: str) -> None:
    for language in ("cql2-text", "cql2-json"):
        query = {"filter": text, "filter-lang": language}
        told = problem(planner.get("/collections/plots/items", params=query), 400)
        assert (told["code"], told["fields"]["parameter"]) == ("invalid_filter", "filter")
        assert told["remedy"]


def test_orders_and_pages(planner: httpx.Client) -> None:
    whole = found(planner, "plots", sortby="-state,quarter", limit=100)
    rows = {one["id"]: one["properties"] for one in planner.get("/collections/plots/items").json()["features"]}
    states = [rows[key]["state"] for key in whole]
    assert states == sorted(states, reverse=True)
    assert len(set(states)) > 1
    paged, address = [], "/collections/plots/items?sortby=-state,quarter&limit=5"
    while address:
        told = planner.get(address).json()
        paged += [one["id"] for one in told["features"]]
        address = next((link["href"] for link in told["links"] if link["rel"] == "next"), "")
    assert paged == whole


def test_properties_and_geometry_can_be_left_out(planner: httpx.Client) -> None:
    query = {"properties": "code,state", "skipGeometry": "true", "limit": 1}
    one = planner.get("/collections/plots/items", params=query).json()["features"][0]
    assert one["geometry"] is None
    assert one["properties"] == {"code": "KLZ-0001", "state": one["properties"]["state"]}
    assert planner.get("/collections/plots/items?properties=").json()["features"][0]["properties"] == {}


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("part", ["queryables", "sortables", "schema"])
def test_what_can_be_named_is_described(planner, anybody, name: str, part: str) -> None:
    response = planner.get(f"/collections/{name}/{part}")
    assert response.headers["content-type"] == "application/schema+json"
    told = response.json()
    jsonschema.Draft202012Validator.check_schema(told)
    assert told["$id"] == str(response.url)
    names = {one.name for one in COLLECTIONS[name].properties}
    assert set(told["properties"]) == names | (set() if part == "sortables" else {"id", "geometry"})
    page = planner.get(f"/collections/{name}/{part}", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    again = planner.get(f"/collections/{name}/{part}", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304
    public = anybody.get(f"/collections/{name}/{part}")
    if name in {"visits", "routes"}:
        assert public.status_code == 401
    else:
        assert set(public.json()["properties"]) & names == {
            one.name for one in COLLECTIONS[name].properties if one.public
        }


@pytest.mark.parametrize("name", COLLECTIONS)
def test_features_are_what_the_schema_says(planner: httpx.Client, name: str) -> None:
    schema = planner.get(f"/collections/{name}/schema").json()
    properties = {
        key: one | {"type": [one["type"], "null"]} for key, one in schema["properties"].items() if "type" in one
    }
    checked = jsonschema.Draft202012Validator({"properties": properties, "additionalProperties": False})
    for feature in planner.get(f"/collections/{name}/items").json()["features"]:
        checked.validate(feature["properties"] | {"id": feature["id"]})


def test_every_queryable_can_be_asked_for(planner: httpx.Client) -> None:
    for name in COLLECTIONS:
        for key in planner.get(f"/collections/{name}/queryables").json()["properties"]:
            assert len(found(planner, name, filter=f'"{key}" IS NULL OR "{key}" IS NOT NULL', limit=1000)) > 0
